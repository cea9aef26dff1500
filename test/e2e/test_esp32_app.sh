#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The lamp with its SmartThings part, linked and running over the component and the model of ESP-IDF, with a stand-in of the
# SDK and the cloud (test/ota_demo/cloud.c): the app's button updates it from a real `aloft serve`, and what the app is told
# after the restart is the truth.
. test/e2e/board.sh

SMARTTHINGS=1 build 1.0.0 1.0.0.elf $races
SMARTTHINGS=1 build 1.1.0 1.1.0.elf
SMARTTHINGS=1 build 1.2.0 1.2.0.elf -DCONFIG_OTA_DEMO_CRASH=1
echo 'home correct-horse' >air
touch time
serves

say "it connects by itself, registers with the image's own version, and tells its state"
switch_on 1.0.0.elf
seen '^cloud: registers .*"firmwareVersion":"1.0.0"'
seen '^ota_demo 1.0.0 in slot A'
seen '^cloud: firmwareUpdate currentVersion 1.0.0$'
seen '^cloud: firmwareUpdate updateAvailable false$'
seen '^cloud: firmwareUpdate state normalOperation$'

say "the lamp is switched in the app and at the device"
types '!app switch off'
seen '^cloud: switch switch off$'
types '!press 1'
seen '^cloud: switch switch on$'

say "a release is offered in the app; its button updates; after the restart the app is told the truth"
"$ALOFT" -C pc publish 1.1.0.elf >said
types '!app firmwareUpdate checkForFirmwareUpdate'
seen '^cloud: firmwareUpdate availableVersion 1.1.0$'
seen '^cloud: firmwareUpdate updateAvailable true$'
types '!app firmwareUpdate updateFirmware'
seen '^cloud: firmwareUpdate state updateInProgress$'
seen '^boot: slot 1$'
seen '^ota_demo 1.1.0 in slot B, on trial$'
seen '^cloud: firmwareUpdate state updateInProgress$' # nothing is claimed before it has proved itself
seen '^cloud: firmwareUpdate currentVersion 1.1.0$'
seen '^cloud: firmwareUpdate availableVersion 1.1.0$'
seen '^cloud: firmwareUpdate updateAvailable false$'
seen '^cloud: firmwareUpdate lastUpdateStatus updateSucceeded$'
seen '^cloud: firmwareUpdate state normalOperation$'
wait_for 10 grep -q '^1.1.0 confirmed$' monitor

say "one that crashes is not called a success"
"$ALOFT" -C pc publish 1.2.0.elf >said
types '!app firmwareUpdate checkForFirmwareUpdate'
seen '^cloud: firmwareUpdate updateAvailable true$'
types '!app firmwareUpdate updateFirmware'
seen '^boot: slot 0$'
seen '^boot: slot 1$'
seen '^cloud: firmwareUpdate currentVersion 1.1.0$'
seen '^cloud: firmwareUpdate lastUpdateStatus updateFailed$'

no_races
