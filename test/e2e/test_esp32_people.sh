#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What people and networks do to an ESP32 with esp32/ota_demo, over the real component and the model of ESP-IDF: each has a
# sentence on the console that says what is the case.
. test/e2e/board.sh

# asks: `ota status`
asks() {
    types 'ota status'
    seen '^next check in'
}

# pretends COMMAND...: another program in place of the update server, in $other
pretends() {
    background other.log "$@"
    other=$pid
    wait_for 10 python3 -c 'import socket; socket.create_connection(("127.0.0.1", 4443)).close()'
}

# goes_on: after a power cut, from a mark; the first line about the download says where
goes_on() {
    stop "$board"
    switch_on
    seen '^boot: '
    seen '^1.1.0 -> 1.2.0 '
    sed -n "${mark}p" monitor | grep -q ' [1-9][0-9] %$' || fail "it begins anew"
}

# one with bytes that are never used, so that its download takes a while
printf '__attribute__((used)) const char ballast[%s] = {1};\n' '2 << 20' >ballast.c
printf '__attribute__((used)) const char ballast[%s] = {1};\n' '7 << 20' >too_much.c
build 1.0.0 1.0.0.elf $races
build 1.1.0 1.1.0.elf
build 1.2.0 1.2.0.elf ballast.c -Wl,-u,ballast
build 1.3.0 1.3.0.elf too_much.c -Wl,-u,ballast

# and an image of an ESP32-S3, which this board is not
printf '#include <aloft/image.h>\n#include "aloft_trust.h"\nALOFT_IMAGE("%s", "1.1.1", "ota_demo");\n' \
    "$(sed -n 's/^CONFIG_ALOFT_CLASS="\(.*\)"/\1/p' "$app/sdkconfig.defaults")" >records.c
gcc -fno-pie -I "$root/include" -I "$app/main" -c records.c -o records.o
objcopy -O binary -j .rodata records.o records

say "no Wi-Fi, a wrong password, a network out of reach, one of another kind, one that goes away and comes back"
printf 'home correct-horse\nold correct-horse 210\n' >air
switch_on 1.0.0.elf
seen '^ota_demo 1.0.0 in slot A'
wait_for 10 grep -q '^No Wi-Fi is set, or NVS was erased. Type: wifi NAME PASSWORD' monitor
! grep -q '0x02' monitor || fail "without a network it tells that it reaches nobody"
asks
seen '^No Wi-Fi is set'
types 'wifi home short'
seen '^A Wi-Fi name has 1 to 32 characters'
types 'wifi home wrong-horse'
seen '^The Wi-Fi "home" refuses the password'
asks
seen '^The Wi-Fi "home" refuses the password'
types 'wifi nowhere correct-horse'
seen '^No Wi-Fi called "nowhere" is in reach on 2.4 GHz'
types 'wifi old correct-horse'
seen '^The Wi-Fi "old" wants a kind of security'
types 'wifi home correct-horse'
seen '^wifi: 192.0.2.40$'
mv air away
seen '^The Wi-Fi "home" is gone. The device looks for it by itself'
mv away air
seen '^wifi: 192.0.2.40$'

say "the clock is not set: a release that ends at a date waits until a time server answers"
"$ALOFT" -C pc publish 1.1.0.elf --use-before "$(date -d tomorrow +%s)" >said
serves
types 'ota check'
seen '0x0405'
asks
seen '^The clock is not set: a release that ends at a date is not taken'
touch time
types 'ota check'
seen '^1.1.0 is on offer'

say "a login page in place of the server: in plain HTTP, with a certificate of its own, and with a good one"
stop "$server"
pretends python3 "$root/test/gallery/plain.py" portal 127.0.0.1:4443
types 'ota check'
seen '0x020e'
asks
seen 'Something else answers in place of the update server.*captive portal'
stop "$other"
openssl req -x509 -newkey rsa:2048 -nodes -keyout portal.key -out portal.crt -subj '/CN=portal of the hotel' 2>/dev/null
pretends openssl s_server -accept 127.0.0.1:4443 -cert portal.crt -key portal.key -www
types 'ota check'
seen '0x0209'
asks
seen 'Something else answers in place of the update server.*captive portal'
stop "$other"
pretends openssl s_server -accept 127.0.0.1:4443 -cert pc/pki/server.crt -key pc/pki/server.key -www
types 'ota check'
seen '0x0308'
asks
seen '^A login page answers in place of the update server .a captive portal.'
stop "$other"
serves

say "three presses of the button take it; then an image for another chip is refused by the boot loader"
types '!press 3'
seen '^1.0.0 -> 1.1.0  '
seen '^1.1.0 confirmed$'
"$ALOFT_BUILD/make_esp_image" 9 ota_demo 1.1.1 1.1.1.bin records
"$ALOFT" -C pc publish 1.1.1.bin >said
types 'ota check'
seen '^1.1.1 is on offer'
types 'ota update'
seen '0x070b'
types 'ota check'
seen '0x0708'
asks
seen '0x070b'
seen '^The boot loader refuses the image on offer: it is for another chip than esp32c3.*set-target esp32c3'

say "a release that is larger than the slot is refused before anything is written"
"$ALOFT" -C pc publish 1.3.0.elf >said
types 'ota check'
seen 'Make the image smaller; nothing was written.*0x0407'

say "the power goes twice in a download, and twice on trial: it goes on from the last mark, and tries it again"
"$ALOFT" -C pc publish 1.2.0.elf >said
types 'ota check'
seen '^1.2.0 is on offer'
types 'ota update'
seen '^1.1.0 -> 1.2.0 .* [2-9][0-9] %$'
goes_on
goes_on
seen 'it is read back and compared'
mv air away
seen '^ota_demo 1.2.0 in slot A, on trial$'
stop "$board"
switch_on
seen '^ota_demo 1.1.0 in slot B'
seen '^The power went while .*0x0705'
seen '^ota_demo 1.2.0 in slot A, on trial$'
stop "$board"
switch_on
seen '^ota_demo 1.2.0 in slot A, on trial$'
mv away air
seen '^1.2.0 confirmed$'

say "the server is gone for a week"
stop "$server"
stop "$board"
BOARD_HASTE=400000 switch_on
seen '^ota_demo 1.2.0'
weeks_gone() {
    types 'ota status'
    grep -q 'has not answered for [0-9]* days. The device works on and keeps asking' monitor
}
wait_for 20 weeks_gone
stop "$board"
serves

say "an NVS of another layout is erased by the application: Wi-Fi is forgotten, what was refused is not"
switch_on --foreign-nvs
seen '^NVS is of another layout: it is erased'
seen '^ota_demo 1.2.0 in slot A, confirmed$'
asks
seen '^No Wi-Fi is set, or NVS was erased'
types 'wifi home correct-horse'
seen '^wifi: 192.0.2.40$'
! tail -n 8 monitor | grep -q 'records' || fail "the records are not in NVS"

say "where the table has no place for the records, they go with it, and that is said"
stop "$board"
flash=other.flash
switch_on --records-in-nvs 1.0.0.elf
seen '^ota_demo 1.0.0 in slot A, as it was flashed$'
types 'wifi home correct-horse'
seen '^1.2.0 is on offer'
types 'ota update'
seen '^1.2.0 confirmed$'
stop "$board"
switch_on --foreign-nvs
seen '^NVS is of another layout'
seen '^ota_demo 1.2.0 in slot B'
asks
seen '^NVS was erased, and the records of updates with it'

say "a partition table that does not do is named, and nothing else is done"
stop "$board"
flash=third.flash
switch_on --slots-differ 1.0.0.elf
seen 'The two app slots of this device differ.*0x0902'
types 'ota status'
seen '^Updates are off'
seen '0x0902'

no_races
