# SPDX-License-Identifier: Apache-2.0
# Words for shell tests of esp32/ota_demo over the real component and the model of ESP-IDF (test/ota_demo/chip.c), as a
# process that restarts. A test begins with:   . test/e2e/board.sh
# It runs in a network of its own and in $tmp, where ota_demo/ is a copy of the application. What is in the air, and whether a
# time server answers, are files there (test/ota_demo/air.c).
. test/e2e/own_net.sh
. test/e2e/lib.sh
from_anywhere
export ALOFT ALOFT_BUILD
app=$tmp/ota_demo
cp -r esp32/ota_demo "$app"
sed -i '/^# aloft: begin/,/^# aloft: end/d' "$app/sdkconfig.defaults"
rm -f "$app"/main/aloft_*
cd "$tmp"
mkfifo keyboard
exec 9<>keyboard
: >monitor
mark=0

# build VERSION OUT [-DNAME=VALUE]...
build() {
    version=$1
    shift
    VERSION=$version sh "$root/test/ota_demo/build_chip.sh" "$app" "$@" || fail "$version does not build"
}

# types WORDS: on the console
types() {
    echo "$1" >&9
}

# switch_on [WORD]... [FIRMWARE]: power for the board that $flash names (test/ota_demo/power.c)
flash=board.flash
switch_on() {
    words=
    while :; do
        case ${1-} in --*) words="$words $1" ;; *) break ;; esac
        shift
    done
    # shellcheck disable=SC2086 # a list of words
    "$ALOFT_BUILD/board_power" $words "$flash" "$@" <&9 >>monitor 2>&1 &
    board=$!
    started="$started $board"
}

# seen WORDS: since what was seen last, within 30 s
seen() {
    tries=300
    while ! at=$(awk -v from="$mark" -v words="$1" 'NR > from && $0 ~ words {print NR; found = 1; exit} END {exit !found}' monitor); do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat monitor >&2; fail "nobody says: $1"; }
        sleep 0.1
    done
    mark=$at
}

# serves: `aloft serve` of the project pc, in $server
serves() {
    background serve.log "$ALOFT" -C pc serve --no-mdns
    server=$pid
    wait_for 10 grep -q '^ready' serve.log
}

"$ALOFT" init pc --host localhost --host 127.0.0.1 >/dev/null
"$ALOFT" -C pc esp32 "$app" >/dev/null

# Console, updater, lamp and what comes from a network are threads: a firmware that is built with $races is watched for what two
# of them touch at once, and no_races says what was seen.
races=-fsanitize=thread
! grep -qs '^ALOFT_SANITIZE:BOOL=ON' "$ALOFT_BUILD/CMakeCache.txt" || races= # one sanitizer at a time
no_races() {
    ! grep -A20 'ThreadSanitizer' monitor >&2 || fail "two threads touch the same at once"
}
