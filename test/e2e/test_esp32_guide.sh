#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ten steps of esp32/README.md, in the guide's own commands, and what it says that is seen. In a network of its own, so
# that port 4443 is free. Steps 1 to 6 and 8 with a stand-in of idf.py, which writes an image as a build leaves it; 7, 9 and
# 10 with the application as firmware of the software device (test/ota_demo).
. test/e2e/own_net.sh
. test/e2e/lib.sh
from_anywhere
export ALOFT ALOFT_BUILD HOME="$tmp" PATH="$tmp/bin:$PATH" ROOT="$root"
mkdir "$tmp/bin" "$tmp/esp32"
ln -s "$ALOFT" "$tmp/bin/aloft"

# quoted N COLUMN: what stands between backticks there in row N of the table, a line each; 3 is "do", 4 "you see"
quoted() {
    awk -F'|' -v n=" $1 " -v c="$2" '$2 == n {print $c}' "$root/esp32/README.md" | grep -o '`[^`]*`' | tr -d '`'
}

# sees N FILE...: each phrase of row N is in one of the files; what stands in angle brackets is the reader's own
sees() {
    row=$1
    shift
    quoted "$row" 4 >"$tmp/phrases"
    [ -s "$tmp/phrases" ] || fail "row $row of the guide shows nothing"
    while read -r phrase; do
        case $phrase in ok | 'aloft doctor' | 'aloft -C ~/home devices') continue ;; esac
        pattern=$(printf '%s' "$phrase" | sed 's/[][\.*^$]/\\&/g; s/⟨[^⟩]*⟩/.*/g')
        cat "$@" | grep -q -e "$pattern" || { cat "$@" >&2; fail "step $row: nobody says \"$phrase\""; }
    done <"$tmp/phrases"
}

# does N: the commands of row N one after another, in one folder; their output is in $tmp/said
does() {
    : >"$tmp/said"
    quoted "$1" 3 >"$tmp/commands"
    [ -s "$tmp/commands" ] || fail "row $1 of the guide does nothing"
    while read -r command; do
        command=$(printf '%s' "$command" | sed 's/⟨\([^⟩]*\)⟩/\1/g')
        echo "$1: $command"
        case $command in
        'set(PROJECT_VER'*) sed -i "s|set(PROJECT_VER .*|$command|" CMakeLists.txt ;;
        '#define BLINK_MS'*) sed -i "s|^#define BLINK_MS.*|$command|" main/main.c ;;
        './dev build && sudo build/aloft install') "$ALOFT" install --prefix "$tmp/usr" >>"$tmp/said" 2>&1 ;;
        'cd '*) cd "$tmp/${command#cd }" ;;
        *) eval "$command" >>"$tmp/said" 2>&1 </dev/null || { cat "$tmp/said" >&2; fail "step $1: $command"; } ;;
        esac
    done <"$tmp/commands"
}

# idf.py, as far as the guide needs it
cat >"$tmp/bin/idf.py" <<'END'
#!/bin/sh
set -eu
[ "$1" != set-target ] || echo "$2" >.target
case $(cat .target) in esp32) chip=0 ;; esp32c3) chip=5 ;; esp32s3) chip=9 ;; *) exit 2 ;; esac
version=$(sed -n 's/^ *set(PROJECT_VER "\(.*\)").*/\1/p' CMakeLists.txt)
setting() {
    sed -n "s/^$1=\"\(.*\)\"/\1/p" sdkconfig.defaults
}
mkdir -p build/partition_table build/config
printf '#include <aloft/image.h>\n#include "main/aloft_trust.h"\nALOFT_IMAGE("%s", "%s", "ota_demo");\n' \
    "$(setting CONFIG_ALOFT_CLASS)" "$version" >build/records.c
gcc -fno-pie -I "$ROOT/include" -I . -c build/records.c -o build/records.o
objcopy -O binary -j .rodata build/records.o build/records
setting CONFIG_ALOFT_BASE >build/base
"$ALOFT_BUILD/make_esp_image" "$chip" ota_demo "$version" build/ota_demo.bin build/records build/base main/aloft_ca.pem
cp partitions.csv build/partition_table/partition-table.bin
sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y/#define \1 1/p' sdkconfig.defaults >build/config/sdkconfig.h
END
chmod +x "$tmp/bin/idf.py"

new_ota_demo() {
    rm -rf "$tmp/esp32/ota_demo"
    cp -r "$root/esp32/ota_demo" "$tmp/esp32/ota_demo"
    cd "$tmp/esp32/ota_demo"
    rm -rf build build-* sdkconfig main/aloft_*
    sed -i '/^# aloft: begin/,/^# aloft: end/d' sdkconfig.defaults
    cd "$tmp"
}

new_ota_demo
say "steps 1 and 2"
does 1
sees 1 "$tmp/said"
does 2
sees 2 "$tmp/said"

say "steps 3 and 4"
[ "$(quoted 3 3)" = 'aloft -C ~/home serve' ] || fail "step 3 is another command"
background "$tmp/serve.log" aloft -C "$tmp/home" serve
server=$pid
wait_for 10 grep -q '^ready' "$tmp/serve.log"
sees 3 "$tmp/serve.log"
curl -sS --cacert "$tmp/home/pki/ca.crt" https://localhost:4443/ >"$tmp/page"
sees 4 "$tmp/page"

say "steps 5 and 6"
does 5
sees 5 "$tmp/said"
does 6
sees 6 "$tmp/said"
! grep -q '^!!\|^--' "$tmp/said" || { cat "$tmp/said"; fail "step 6 shows more than ticks"; }

say "step 8; no board has called here, so what it says of one comes from step 9's"
does 8
echo 'Waiting for it: see below' >>"$tmp/said"
sees 8 "$tmp/said"
stop "$server"

say "step 7, with the software device"
new_ota_demo
aloft init "$tmp/pc" --host localhost --host 127.0.0.1 >/dev/null
aloft -C "$tmp/pc" esp32 esp32/ota_demo >/dev/null
background "$tmp/serve.log" aloft -C "$tmp/pc" serve --no-mdns
wait_for 10 grep -q '^ready' "$tmp/serve.log"
sh "$root/test/ota_demo/build.sh" esp32/ota_demo ota_demo.elf
mkfifo "$tmp/keyboard"
exec 9<>"$tmp/keyboard"
: >"$tmp/monitor"
# switch_on [OPTION]...: power for the board
switch_on() {
    aloft -C "$tmp/pc" device --dir "$tmp/board" "$@" --id esp32-a1b2 --poll 60 <&9 >>"$tmp/monitor" 2>&1 &
    board=$!
    started="$started $board"
}
switch_on --flash ota_demo.elf --slot-size 8M
wait_for 20 grep -q 'nothing published yet' "$tmp/monitor"
sees 7 "$tmp/monitor"

# types N WORDS: the console takes it, if row N of the guide says so
types() {
    quoted "$1" 3 | grep -qx "$2" || fail "step $1 does not say: $2"
    echo "$2" >&9
}

# edits N: the edits of row N, without its commands
edits() {
    quoted "$1" 3 | grep '^set(\|^#define' >"$tmp/edits"
    while read -r edit; do
        case $edit in
        'set('*) sed -i "s|set(PROJECT_VER .*|$edit|" esp32/ota_demo/CMakeLists.txt ;;
        *) sed -i "s|^#define BLINK_MS.*|$edit|" esp32/ota_demo/main/main.c ;;
        esac
    done <"$tmp/edits"
}

say "step 9"
edits 8
sh "$root/test/ota_demo/build.sh" esp32/ota_demo ota_demo.elf
aloft -C "$tmp/pc" publish ota_demo.elf >"$tmp/said"
sees 8 "$tmp/said"
types 9 'ota update'
wait_for 30 grep -q '^1.1.0 confirmed$' "$tmp/monitor"
wait_for 10 grep -q 'runs 1.1.0, confirmed' "$tmp/serve.log"
sees 9 "$tmp/monitor" "$tmp/serve.log"

say "on the console outside of a trial: rollback says how, doctor walks the road"
echo 'ota rollback' >&9
wait_for 5 grep -q 'aloft publish --again VERSION' "$tmp/monitor"
echo 'ota doctor' >&9
wait_for 20 grep -q '^decision *good' "$tmp/monitor"
echo 'ota url nonsense' >&9
wait_for 5 grep -q '0x0102' "$tmp/monitor"

say "step 10: the plug is pulled in the middle of an update"
# with bytes that are never used, so that its download has a middle
echo '__attribute__((used)) const char ballast[2 << 20] = {1};' >"$tmp/ballast.c"
VERSION=1.2.0 sh "$root/test/ota_demo/build.sh" esp32/ota_demo crash.elf -DCONFIG_OTA_DEMO_CRASH=1 "$tmp/ballast.c" -Wl,-u,ballast
aloft -C "$tmp/pc" publish crash.elf >"$tmp/said"
mark=$(wc -l <"$tmp/monitor")
# after WORDS: a line of the monitor since the mark
after() {
    tail -n +"$((mark + 1))" "$tmp/monitor" | grep -q -e "$1"
}
types 10 'ota update'
wait_for 20 after '^1.1.0 -> 1.2.0 .* [2-6][0-9] %$'
kill -9 "$board"
wait "$board" 2>/dev/null || :
! after 'it is read back' || fail "the plug was pulled too late"
mark=$(wc -l <"$tmp/monitor")
switch_on

say "it goes on where it was; then 1.2.0 crashes, and 1.1.0 comes back"
wait_for 20 after '^1.1.0 -> 1.2.0 '
tail -n +"$((mark + 1))" "$tmp/monitor" | grep -m1 '^1.1.0 -> 1.2.0 ' | grep -q ' [1-9][0-9] %$' || fail "it begins anew"
wait_for 20 after 'it is read back'
mark=$((mark + $(tail -n +"$((mark + 1))" "$tmp/monitor" | grep -n -m1 'it is read back' | cut -d: -f1)))
wait_for 60 after 'ota_demo 1.1.0 in slot B'
tail -n +"$((mark + 1))" "$tmp/monitor" >"$tmp/after"
sees 10 "$tmp/after"
grep -q '1.2.0' "$tmp/after" || fail "nobody says what became of 1.2.0"
exits 0 aloft -C "$tmp/pc" devices
has 1.1.0 "$tmp/out"
