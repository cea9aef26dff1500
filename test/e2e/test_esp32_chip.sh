#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ESP32 application over the real component and the model of ESP-IDF (test/ota_demo/chip.c), as a process that restarts:
# its console, typed through a pipe, updates it from a real `aloft serve`; what crashes comes back. In a network of its own.
. test/e2e/board.sh
build 1.0.0 1.0.0.elf $races

say "without a server it says so, and what it is told outlives the restart"
echo 'home correct-horse' >air
touch time
switch_on 1.0.0.elf
seen '^boot: slot 0$'
seen '^ota_demo 1.0.0 in slot A, as it was flashed$'
types 'wifi home correct-horse'
seen '^wifi: 192.0.2.40$'
types 'ota check'
seen '0x0202'
types 'ota url nonsense'
seen '0x0102'
types 'ota url https://127.0.0.1:4443'
seen 'https://127.0.0.1:4443'
types restart
seen '^boot: slot 0$'
seen '^ota_demo 1.0.0'
types 'ota url'
seen 'https://127.0.0.1:4443'

say "it reaches the server"
serves
types 'ota check'
seen 'update server reached, certificate good, nothing published yet'

say "ota update brings 1.1.0, which confirms itself"
build 1.1.0 1.1.0.elf
"$ALOFT" -C pc publish 1.1.0.elf >said
types 'ota check'
seen '^1.1.0 is on offer'
types 'ota update'
seen '^1.0.0 -> 1.1.0  '
seen '^restart$'
seen '^boot: slot 1$'
seen '^ota_demo 1.1.0 in slot B, on trial$'
seen '^1.1.0 confirmed$'
wait_for 10 grep -q 'runs 1.1.0, confirmed' serve.log

say "after the power was gone it still runs 1.1.0"
stop "$board"
switch_on
seen '^boot: slot 1$'
seen '^ota_demo 1.1.0 in slot B, confirmed$'
seen 'update server reached'

say "1.2.0 crashes at once; the loader takes it back"
build 1.2.0 1.2.0.elf -DCONFIG_OTA_DEMO_CRASH=1
"$ALOFT" -C pc publish 1.2.0.elf >said
types 'ota check'
seen '^1.2.0 is on offer'
types 'ota update'
seen '^boot: slot 0$'
seen '^boot: slot 1$'
seen '^ota_demo 1.1.0 in slot B'
types 'ota status'
seen '1.2.0'

! grep -q 'has no rollback' monitor || fail "it does not know its boot loader"

say "ota doctor walks the real road, and knows what was given up"
types 'ota doctor'
seen '^http *good'
seen '0x0708'

say "1.0.0 over the cable, above the records of updates: it is told as one, and what is on offer is new to it"
stop "$board"
switch_on 1.0.0.elf
seen '^boot: slot 0$'
seen '^ota_demo 1.0.0 in slot A'
seen 'came over the cable.*0x070d'
seen '^1.2.0 is on offer'

say "the server goes away, and comes back"
stop "$server"
types 'ota check'
seen '0x0202'
serves
types 'ota doctor'
seen '^http *good'
types 'ota status'
seen '^next check in'

no_races
