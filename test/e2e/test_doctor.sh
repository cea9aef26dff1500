# SPDX-License-Identifier: Apache-2.0
# `aloft doctor` on a source folder of the shape of ota_demo: the line is named, the innocent are cleared.
. test/e2e/lib.sh

cp -r test/fixtures/ota_demo "$tmp/app"
"$ALOFT" init "$tmp/project" --host 192.168.86.68 --host lab.local >"$tmp/out"

say "as it is shipped: address and placeholders"
exits 1 "$ALOFT" -C "$tmp/project" doctor --project "$tmp/app"
has "main/ota_util.c:47      the firmware calls   https://192.168.1.3:4443/" "$tmp/out"
has "your server is at    https://192.168.86.68:4443/" "$tmp/out"
has "put the second address into line 47 of main/ota_util.c" "$tmp/out"
has "main/root.pem           a placeholder" "$tmp/out"
has "rollback is off" "$tmp/out"

say "the thread: certificates are right and the address is not"
cp "$tmp/project/pki/ca.crt" "$tmp/app/main/root.pem"
openssl genrsa -out "$tmp/root.key" 2048 2>/dev/null
openssl rsa -in "$tmp/root.key" -pubout -out "$tmp/app/main/public_key.pem" 2>/dev/null
exits 1 "$ALOFT" -C "$tmp/project" doctor --project "$tmp/app"
has "The device asks a machine that is not there. Your certificates are fine." "$tmp/out"

say "mended"
sed -i 's/192\.168\.1\.3/192.168.86.68/' "$tmp/app/main/ota_util.c"
exits 0 "$ALOFT" -C "$tmp/project" doctor --project "$tmp/app/"
has "= your server" "$tmp/out"
has "Nothing wrong was found" "$tmp/out"

say "another CA"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/k" -out "$tmp/app/main/root.pem" -subj /CN=other -days 9 2>/dev/null
exits 1 "$ALOFT" -C "$tmp/project" doctor --project "$tmp/app"
has "The firmware trusts another CA" "$tmp/out"
has "The address is fine." "$tmp/out"

say "without a project, as JSON, and wrong calls"
exits 1 "$ALOFT" -C "$tmp" doctor --project test/fixtures/ota_demo --json
python3 -c 'import json,sys; assert json.load(open(sys.argv[1]))["worst"] == "wrong"' "$tmp/out"
mkdir "$tmp/bare"
provokes DOCTOR_NO_SOURCE "$ALOFT" doctor --project "$tmp/bare"
provokes FILE_READ "$ALOFT" doctor --firmware "$tmp/none"
provokes NO_PROJECT "$ALOFT" -C "$tmp" doctor
provokes DOCTOR_NEEDS "$ALOFT" -C "$tmp" doctor https://updates.example
has "needs --ca FILE (the CA that devices hold) and --class V/M/R" "$tmp/said"
provokes DOCTOR_NEEDS "$ALOFT" -C "$tmp" doctor https://updates.example --class acme.example/lamp/a
has "needs --ca FILE (the CA that devices hold). " "$tmp/said"
exits 0 "$ALOFT" doctor --help

say "the identity of a device beside the firmware is where it belongs; one that is compiled in is not"
cp -r esp32/ota_demo "$tmp/lamp"
exits 0 "$ALOFT" smartthings identity "$tmp/lamp"
exits 0 "$ALOFT" doctor --project "$tmp/lamp"
has "the identity of one device, beside the firmware and not in it" "$tmp/out"
! grep -q "compiled in" "$tmp/out" || fail "$(cat "$tmp/out")"
cp "$tmp/lamp/identity/device_info.json" "$tmp/lamp/main"
sed -i 's/idf_component_register(/&EMBED_FILES device_info.json /' "$tmp/lamp/main/CMakeLists.txt"
exits 0 "$ALOFT" doctor --project "$tmp/lamp"
has "main/device_info.json        the device's privateKey is compiled in" "$tmp/out"

say "a built image: a key inside is an alarm, a web page is none"
openssl genrsa 2048 2>/dev/null >"$tmp/with_key.bin"
exits 3 "$ALOFT" doctor --firmware "$tmp/with_key.bin"
has "A private key is inside" "$tmp/out"
echo '<!DOCTYPE html><p>404' >"$tmp/page.bin"
exits 1 "$ALOFT" doctor --firmware "$tmp/page.bin"
has "a web page" "$tmp/out"

say "an image in its build folder: whether it fits a slot, and whether rollback is on"
mkdir -p "$tmp/build/partition_table" "$tmp/build/config"
"$ALOFT_BUILD/make_esp_image" 5 lamp 1.0.0 "$tmp/build/lamp.bin"
printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,1M\nota_1,app,ota_1,,1M\n' >"$tmp/build/partition_table/partition-table.bin"
echo '#define CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE 1' >"$tmp/build/config/sdkconfig.h"
exits 0 "$ALOFT" doctor --firmware "$tmp/build/lamp.bin"
has "it fits: 98 of 1024 KiB of a slot" "$tmp/out"
has "rollback is on" "$tmp/out"
has "no private key inside" "$tmp/out"
printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,64K\nota_1,app,ota_1,,64K\n' >"$tmp/build/partition_table/partition-table.bin"
echo '#define CONFIG_OTHER 1' >"$tmp/build/config/sdkconfig.h"
exits 1 "$ALOFT" doctor --firmware "$tmp/build/lamp.bin"
has "it does not fit: 98 of 64 KiB of a slot" "$tmp/out"
has "rollback is off" "$tmp/out"
