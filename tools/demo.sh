#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main job on this machine, end to end: an update, a power cut in the middle of one, two releases that should
# never have left the house, three forgeries, and an evening with errno 113. Called by `./dev demo`, which has built
# build/aloft. Everything is real but the device, which is a software device: flash in a file, firmware as a program.
# All traffic stays on 127.0.0.0/8. What it makes stays in build/demo; what it starts, it stops.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
build=${ALOFT_BUILD:-$PWD/build}
aloft=$build/aloft
export ALOFT="$aloft" ALOFT_BUILD="$build"
work=$PWD/build/demo
project=$work/project
device=$work/device
pids=
live=
table=
n_servers=0
server_log=
began=$(date +%s)

# ---- telling

bold() {
    if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
        printf '\033[1m%s\033[0m\n' "$*"
    else
        printf '%s\n' "$*"
    fi
}

scene() {
    echo
    bold "$*"
}

run() {
    echo "  \$ aloft $*" | sed "s|$PWD/||g"
    "$aloft" -C "$project" "$@" 2>&1 | sed "s|$PWD/||g; s/^/    /"
}

# fact WHAT WORDS: a line of the closing table; WORDS were read from the device's or the server's own output
fact() {
    table="$table  $1|$2
"
}

die() {
    echo
    echo "demo: $*" >&2
    echo "demo: the last words of the device:" >&2
    tail -n 8 "$work/device.log" >&2 2>/dev/null || true
    echo "demo: and of the server:" >&2
    tail -n 8 "$server_log" >&2 2>/dev/null || true
    exit 1
}

# ---- starting and stopping

stop() {
    for pid in "$@"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "$@"; do
        wait "$pid" 2>/dev/null || true
    done
}

cleanup() {
    # shellcheck disable=SC2086
    stop $pids $live
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# await FILE PATTERN SECONDS: until a line of the file says it
await() {
    tries=$(($3 * 10))
    until grep -q -- "$2" "$1" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# a port that nobody has: another one as long as the server does not take it
first_serve() {
    tries=20
    until serve_on "$(awk -v seed="$$$tries" 'BEGIN { srand(seed); print 20000 + int(rand() * 12000) }')"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "the server did not start"
    done
}

serve_on() {
    sed -i "s|^base = .*|base = https://127.0.0.1:$1|; s|^listen = .*|listen = 127.0.0.1:$1|" "$project/aloft.conf"
    start_server
}

start_server() {
    n_servers=$((n_servers + 1))
    server_log=$work/server-$n_servers.log
    "$aloft" -C "$project" serve --no-mdns "$@" >"$server_log" 2>&1 &
    server=$!
    pids="$pids $server"
    await "$server_log" '^ready ' 10
}

serve() {
    start_server "$@" || die "the server did not start"
}

switch_on() {
    "$aloft" -C "$project" device --dir "$device" --poll 3600 --watchdog 3 --id lamp-1 "$@" >>"$work/device.log" 2>&1 &
    machine=$!
    pids="$pids $machine"
}

check_now() {
    kill -USR1 "$machine"
}

# said PATTERN SECONDS: the device says it, in words that it says from now on
mark_log() {
    said_before=$(wc -l <"$work/device.log")
}
said() {
    tries=$(($2 * 10))
    until tail -n +$((said_before + 1)) "$work/device.log" | grep -q -- "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "the device did not say \"$1\" within $2 s"
        sleep 0.1
    done
}
words() {
    tail -n +$((said_before + 1)) "$work/device.log" | grep -- "$1" | tail -n 1
}

# server_says NAME: a field of what the server knows of the device
server_says() {
    "$aloft" -C "$project" devices --json | tr -d '\t\n' | sed "s/.*\"$1\"://; s/[,}].*//; s/^\"//; s/\"$//"
}

# heard PATTERN: the last line of the server about the device that says this, without its time
heard() {
    sed -n "s/^[0-9:]* *\\(lamp-1 .*$1.*\\)/\\1/p" "$server_log" | tail -n 1 | first_sentence
}

first_sentence() {
    sed 's/\([a-z0-9)%]\)\. [A-Z].*/\1/; s/  \[0x.*//'
}

firmware() {
    version=$1
    shift
    sh examples/build.sh "$project" examples/lamp/main.c "$work/lamp-$version" "-DLAMP_VERSION=$version" "$@" \
        >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; die "firmware $version could not be built"; }
}

publish() {
    run publish "$work/lamp-$1" || die "$1 could not be published"
}

# ---- the scenes

rm -rf "$work"
mkdir -p "$work"
: >"$work/device.log"

scene "1. A project, a firmware, a device, a server"
"$aloft" init "$project" --host 127.0.0.1 --class acme.example/lamp/a 2>&1 | sed "s|$PWD/||g; s/^/    /"
for version in 1.0.0 1.1.0 1.2.0 1.4.0 1.5.0; do
    firmware "$version"
done
firmware 1.3.0 -DLAMP_FAULT=crash
firmware 1.3.1 -DLAMP_FAULT=hang
size=$(wc -c <"$work/lamp-1.2.0")
[ "$size" -ge 524288 ] || die "the firmware has only $size bytes"
echo "    firmware 1.0.0 to 1.5.0 built, $size bytes each: a C program with the device library in it"
first_serve
(tail -n +1 -F "$work/device.log" 2>/dev/null & echo $! >"$work/tail.pid"; wait) | sed -u 's/^/    device | /' &
live=$!
sleep 0.2
live="$live $(cat "$work/tail.pid")"
mark_log
switch_on --flash "$work/lamp-1.0.0"
said 'lamp 1.0.0, slot A' 10
said 'nothing published yet' 20
fact "the device begins on" "$(words '^lamp 1.0.0')"

scene "2. An update: 1.1.0"
mark_log
publish 1.1.0
check_now
said '1.1.0 confirmed' 40
said 'reported to the server' 20
[ "$(server_says runs), $(server_says state)" = "1.1.0, confirmed" ] || die "the server does not say that it runs"
run devices
fact "after the update, the server" "$(heard confirmed)"

scene "3. The power is cut in the middle of 1.2.0"
stop "$server"
serve --rate 200000
mark_log
publish 1.2.0
check_now
said '1.1.0 -> 1.2.0' 20
# each unit of 4096 bytes is erased once just before it is written; the log has two, then comes slot A
units=$((size * 40 / 100 / 4096))
tries=300
until written=$(od -A n -v -t u4 -w4 -j 8 -N 4096 "$device/wear.bin" | awk '$1 > 0' | wc -l) && [ "$written" -ge "$units" ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || die "the download of 1.2.0 did not come to 40 %"
    sleep 0.05
done
children=$(cat "/proc/$machine/task/$machine/children" 2>/dev/null || true)
# shellcheck disable=SC2086
kill -KILL "$machine" $children
wait "$machine" 2>/dev/null || true
echo "    boot stage and program killed together, $written of $((size / 4096 + 1)) units written"
await "$server_log" ' left after ' 10 || die "the server did not notice that the device was gone"
mark_log
switch_on
said 'lamp 1.1.0, slot B' 20
fact "after the cut it comes back on" "$(words '^lamp 1.1.0')"
said '1.2.0 confirmed' 60
said 'reported to the server' 20
sleep 0.5
first=$(sed -n 's/.* left after \([0-9]*\) bytes from 0 .*/\1/p' "$server_log")
from=$(sed -n 's/.* fetched [0-9]* bytes from \([0-9]*\) on.*/\1/p' "$server_log")
second=$(sed -n 's/.* fetched \([0-9]*\) bytes from .*/\1/p' "$server_log")
[ "$from" -gt 0 ] || die "the download began at 0 again"
[ "$(server_says runs)" = 1.2.0 ] || die "the server does not say that it runs 1.2.0"
fact "the server, of the first download" "$(sed -n 's/^[0-9:]* *\(.* left after .*\)/\1/p' "$server_log")"
fact "and of the second" "$(sed -n 's/^[0-9:]* *\(.* fetched .*\)/\1/p' "$server_log")"
[ $((first + second)) -le $((size + 65536)) ] || die "more was fetched than the file and one mark interval"
[ $((from + second)) -eq "$size" ] || die "the second download was not the rest of the first"
fact "then" "$(heard '1.2.0, confirmed')"
stop "$server"
serve

# bad VERSION WHAT
bad() {
    mark_log
    publish "$1"
    check_now
    said "back on 1.2.0" 60
    await "$server_log" "back on 1.2.0: $1 .*\[0x07" 30 || die "the server has not heard why $1 came back"
    case $(server_says state) in rolled-back*) ;; *) die "the server does not say that $1 was rolled back" ;; esac
    fact "$1, which $2, the device" "$(words 'back on 1.2.0' | first_sentence)"
    fact "and the server" "$(heard 'back on 1.2.0')"
    mark_log
    check_now
    said 'tried again in' 30
    starts=$(tail -n +$((said_before + 1)) "$work/device.log" | grep -c "$1 in slot" || true)
    [ "$starts" -eq 0 ] || die "$1 was started again before its back-off ended"
    fact "asked again at once" "$(words 'tried again in' | first_sentence)"
}

scene "4. A firmware that crashes, one that hangs, and the one that mends it"
bad 1.3.0 crashes
bad 1.3.1 hangs
mark_log
publish 1.4.0
check_now
said '1.4.0 confirmed' 40
said 'reported to the server' 20
fact "1.4.0 is taken at once" "$(heard "1.4.0, confirmed")"

# refused WORD PATTERN
refused() {
    mark_log
    check_now
    said "$2" 60
    fact "$1" "$(words "$2" | first_sentence)"
}

scene "5. Three forgeries"
site=$project/site/acme.example/lamp/a/stable
cp "$site/manifest.suit" "$work/good.suit"
echo "  a payload that somebody has changed on the server:"
publish 1.5.0
payload=$(find "$site/fw" -name '*.bin' -newer "$work/good.suit")
printf 'X' | dd of="$payload" bs=1 seek=400000 conv=notrunc 2>/dev/null
refused "a changed payload" 'not the image that the manifest describes'
echo "  a manifest that a stranger signed:"
"$aloft" init "$work/stranger" --host 127.0.0.1 --class acme.example/lamp/a >/dev/null 2>&1
sh examples/build.sh "$work/stranger" examples/lamp/main.c "$work/stranger-6.6.6" -DLAMP_VERSION=6.6.6 >"$work/build.log" 2>&1
"$aloft" -C "$work/stranger" publish "$work/stranger-6.6.6" >/dev/null 2>&1 || die "the stranger could not publish"
cp "$work/stranger/site/acme.example/lamp/a/stable/manifest.suit" "$site/manifest.suit"
refused "a stranger's manifest" 'not signed by enough keys'
echo "  an older release, replayed:"
old=$(find "$site" -name '*.suit' ! -name manifest.suit | sort | head -n 1)
cp "$old" "$site/manifest.suit"
refused "an old release" 'older than what this device has already confirmed'
cp "$work/good.suit" "$site/manifest.suit"
mark_log
check_now
said 'nothing newer on the server: 1.4.0 runs' 30
fact "after all that, the device" "$(words 'nothing newer on the server')"
stop "$machine" "$server"
pids=

if [ -f tools/scene-evening.sh ]; then
    scene "6. An evening with errno 113"
    sh tools/scene-evening.sh "$work/evening" || die "the evening did not end well"
fi

# shellcheck disable=SC2086
stop $live
live=
scene "What happened (each line in the device's or the server's own words)"
echo "$table" | awk -F '|' 'NF > 1 { printf "  %-36s %s\n", $1, $2 }'
echo
echo "All of it held, in $(($(date +%s) - began)) s. It ran on a software device on this machine, a stand-in for a board."
echo "Now with your own program: examples/hello/main.c, 30 lines. What was made is in build/demo."
