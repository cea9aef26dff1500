#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The software device by itself: flashing, what it refuses, how it treats programs that crash, hang and leave.
. test/e2e/lib.sh

device() {
    "$ALOFT" -C "$tmp/p" device --url https://localhost:1 "$@"
}

# firmware NAME [-DX=Y]...: builds the lamp into $tmp/NAME
firmware() {
    name=$1
    shift
    sh examples/build.sh "$tmp/p" examples/lamp/main.c "$tmp/$name" "$@" 2>"$tmp/build.log" || {
        cat "$tmp/build.log"
        fail "$name was not built"
    }
}

# A program with an image record that does not link the library at all: $tmp/NAME from the C text on stdin.
plain_firmware() {
    {
        echo '#include <aloft/image.h>'
        echo 'ALOFT_IMAGE("acme.example/lamp/a", "0.0.1", "test");'
        cat
    } >"$tmp/plain.c"
    cc -D_GNU_SOURCE -I include -o "$tmp/$1" "$tmp/plain.c"
}

say "a project and a firmware"
"$ALOFT" init "$tmp/p" --host localhost >/dev/null
firmware lamp
firmware lamp-again
cmp "$tmp/lamp" "$tmp/lamp-again" || fail "the same sources gave other bytes"
[ "$(wc -c <"$tmp/lamp")" -ge 524288 ] || fail "the lamp is smaller than 512 KiB"

say "a device that was never flashed says so"
provokes DEVICE_BLANK device --dir "$tmp/d" --once
exits 1 device --dir "$tmp/d" --once

say "what cannot be flashed is refused, and leaves no flash"
echo "no firmware" >"$tmp/text"
provokes IMAGE_NO_RECORD device --dir "$tmp/d" --flash "$tmp/text"
provokes DEVICE_BIG device --dir "$tmp/d" --flash "$tmp/lamp" --slot-size 512K
[ ! -e "$tmp/d/flash.bin" ] || fail "there is a flash file"
exits 64 device --dir "$tmp/d" --slot-size 5000
exits 64 device --dir "$tmp/d" --watchdog 0
exits 64 device --dir "$tmp/d" --poll 5
exits 64 device --dir "$tmp/d" word

say "flashed once, it runs, and asks a server that is not there"
exits 2 device --dir "$tmp/d" --flash "$tmp/lamp" --once
has "flashed 1.0.0 into slot A" "$tmp/out"
has "boot: 1.0.0 in slot A" "$tmp/out"
has "lamp 1.0.0, slot A" "$tmp/out"
provokes NET_REFUSED device --dir "$tmp/d" --once
has "localhost refused the connection on port 1" "$tmp/said"

say "a device is never overwritten, and keeps its id"
cp "$tmp/d/flash.bin" "$tmp/before"
cp "$tmp/d/id" "$tmp/id"
provokes DEVICE_FLASHED device --dir "$tmp/d" --flash "$tmp/lamp"
cmp "$tmp/before" "$tmp/d/flash.bin" || fail "the flash has changed"
cmp "$tmp/id" "$tmp/d/id" || fail "the id has changed"

say "doctor takes it for what it is: the test keys in its TLS library are no alarm"
exits 0 "$ALOFT" doctor --firmware "$tmp/lamp"
has "a program for" "$tmp/out"

if [ "$(id -u)" = 0 ]; then
    say "a device of somebody else is told by its owner"
    chmod 755 "$tmp" "$tmp/d"
    cp "$ALOFT" "$tmp/aloft"
    provokes FILE_OWNER setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/aloft" device --url https://localhost:1 \
        --ca "$tmp/p/pki/ca.crt" --dir "$tmp/d" --once
    has "$tmp/d/lock cannot be written by nobody: the folder $tmp/d belongs to root and has mode 0755" "$tmp/said"
fi

say "wrong settings are told, and end with 1"
provokes DEVICE_CA device --dir "$tmp/d" --once --ca "$tmp/text"
exits 1 device --dir "$tmp/d" --once --ca "$tmp/text"
provokes FILE_READ device --dir "$tmp/d" --once --ca "$tmp/nothing"
provokes DEVICE_KEY device --dir "$tmp/d" --once --key "$tmp/text"
provokes CONFIG_BASE device --dir "$tmp/d" --once --url http://localhost:1
[ "$(grep -c 'is not one that a device can call' "$tmp/said")" = 1 ] || fail "it is not said once"
exits 1 device --dir "$tmp/d" --once --url http://localhost:1
provokes CONFIG_CHANNEL device --dir "$tmp/d" --once --channel nightly
mkdir "$tmp/askew"
head -c 100000 "$tmp/d/flash.bin" >"$tmp/askew/flash.bin"
provokes DEVICE_FLASH_FILE device --dir "$tmp/askew" --once
mkdir "$tmp/odd"
cp "$tmp/d/flash.bin" "$tmp/odd/"
echo "a name with spaces" >"$tmp/odd/id"
provokes DEVICE_SETTING device --dir "$tmp/odd" --once

say "one folder, one device; SIGTERM ends boot stage and program"
background "$tmp/log" "$ALOFT" -C "$tmp/p" device --url https://localhost:1 --dir "$tmp/d"
wait_for 10 grep -q "looks again in" "$tmp/log"
provokes DEVICE_BUSY device --dir "$tmp/d" --once
child=$(cat "/proc/$pid/task/$pid/children")
stop "$pid"
[ "$ended" = 0 ] || fail "SIGTERM ended it with $ended"
[ ! -e "/proc/${child% }" ] || fail "the program has outlived its boot stage"

say "killing the boot stage takes the power of the program too"
background "$tmp/log" "$ALOFT" -C "$tmp/p" device --url https://localhost:1 --dir "$tmp/d"
wait_for 10 grep -q "looks again in" "$tmp/log"
child=$(cat "/proc/$pid/task/$pid/children")
kill -9 "$pid"
gone() { [ ! -e "/proc/${child% }" ]; }
wait_for 5 gone
exits 2 device --dir "$tmp/d" --once

say "a SIGUSR1 makes it look at once"
background "$tmp/log" "$ALOFT" -C "$tmp/p" device --url https://localhost:1 --dir "$tmp/d"
wait_for 10 grep -q "looks again in" "$tmp/log"
kill -USR1 "$pid"
looked_twice() { [ "$(grep -c "looks again in" "$tmp/log")" -ge 2 ]; }
wait_for 5 looked_twice
stop "$pid"

say "what is no program is not run"
printf 'text that is no program' | cat - "$tmp/lamp" >"$tmp/no-elf"
provokes NO_BOOTABLE device --dir "$tmp/d2" --flash "$tmp/no-elf" --once
{ head -c 16 "$tmp/lamp"; printf '\377\377\377\377'; tail -c +21 "$tmp/lamp"; } >"$tmp/bad-elf"
provokes DEVICE_PROGRAM device --dir "$tmp/d3" --flash "$tmp/bad-elf" --once

say "a program that leaves again and again is not started for ever"
plain_firmware leaves <<'END'
int main(void) { return 7; }
END
provokes DEVICE_ENDS device --dir "$tmp/d4" --flash "$tmp/leaves"
has "0.0.1 ended by itself with code 7" "$tmp/out"

say "a crash is named by its signal"
plain_firmware crashes <<'END'
#include <signal.h>
int main(void) { return raise(SIGSEGV); }
END
provokes DEVICE_ENDS device --dir "$tmp/d5" --flash "$tmp/crashes"
has "0.0.1 crashed: Segmentation fault" "$tmp/out"

say "a program that hangs is ended by the watchdog and started again"
plain_firmware hangs <<'END'
#include <unistd.h>
int main(void) { for (;;) pause(); }
END
background "$tmp/log" "$ALOFT" -C "$tmp/p" device --url https://localhost:1 --dir "$tmp/d6" \
    --flash "$tmp/hangs" --watchdog 1
wait_for 10 grep -q "0.0.1 hung: nothing was heard of it for 1 s" "$tmp/log"
stop "$pid"
