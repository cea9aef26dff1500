#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The bridge as a device of the SmartThings ota_demo gets it: esp32/ota_demo with CONFIG_ALOFT_BRIDGE over the model, in the
# second slot of a board whose loader has no rollback and whose table has no place for records. Its identity is in the old
# image alone until it is in NVS; then that image is overwritten by the first update from a real `aloft serve`.
. test/e2e/board.sh

# old OUT JSON: an old firmware with these bytes in it
old() {
    printf '__attribute__((used)) static const char device_info[] = "%s";\nint main(void) { return 0; }\n' "$2" >old.c
    gcc -O2 -Wl,-u,device_info -o "$1" old.c
}
old own.elf '{\"deviceInfo\": {\"firmwareVersion\": \"v1\", \"privateKey\": \"q83vEjRWeJA=\", \"serialNumber\": \"STDK001\"}}'
old none.elf '{\"deviceInfo\": {\"firmwareVersion\": \"v1\", \"privateKey\": \"privateKey_here\", \"serialNumber\": \"S\"}}'
build 2.0.0 bridge.elf -DCONFIG_ALOFT_BRIDGE=1 $races
build 2.1.0 next.elf -DCONFIG_ALOFT_BRIDGE=1
echo 'home correct-horse' >air
touch time
serves
"$ALOFT" -C pc publish next.elf >said

say "the identity is kept before anything else, and the device says what net it has"
switch_on --legacy=own.elf bridge.elf
seen '^boot: slot 1$'
seen '^The identity of this device is still in the other slot'
seen '^The identity of this device is in NVS; updates are open'
seen '^ota_demo 2.0.0 in slot B, as it was flashed$'
types 'wifi home correct-horse'
seen '^2.1.0 is on offer'
types 'ota status'
seen '^This boot loader has no rollback'
seen '^The records stand in NVS'

say "the update overwrites the old image, and confirms itself; the identity stays"
types 'ota update'
seen '^boot: slot 0$'
seen '^The identity of this device is in NVS; updates are open'
seen '^ota_demo 2.1.0 in slot A, on trial$'
seen '^2.1.0 confirmed$'
grep -q 'q83vEjRWeJA=' board.flash || fail "the identity is gone"
stop "$board"
switch_on
seen '^boot: slot 0$'
seen '^The identity of this device is in NVS; updates are open'
seen '^ota_demo 2.1.0 in slot A, confirmed$'
stop "$board"

say "without an identity nothing is begun"
flash=other.flash
switch_on --legacy=none.elf bridge.elf
seen '^boot: slot 1$'
seen '^No identity was found in the other slot, and none is in NVS: updates stay closed'
types 'ota update'
types 'ota status'
seen '^Updates are off'

no_races
