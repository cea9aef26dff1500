# SPDX-License-Identifier: Apache-2.0
# Devices with the SmartThings ota_demo, from an old set-up to a running update: the model of the device goes their steps.
. test/e2e/lib.sh

old=$tmp/old
new=$tmp/new
mkdir -p "$old" "$tmp/main"

say "an old set-up, made as its document says"
openssl req -new -nodes -out "$old/root.csr" -keyout "$old/root.key" -subj /CN=home 2>/dev/null
openssl x509 -req -in "$old/root.csr" -days 3650 -extfile /etc/ssl/openssl.cnf -extensions v3_ca \
    -signkey "$old/root.key" -out "$old/root.crt" 2>/dev/null
openssl req -new -nodes -out "$old/server.csr" -keyout "$old/server.key" -subj /CN=127.0.0.1 2>/dev/null
openssl x509 -req -in "$old/server.csr" -days 365 -CA "$old/root.crt" -CAkey "$old/root.key" -CAcreateserial \
    -out "$old/server.crt" 2>/dev/null
openssl rsa -in "$old/root.key" -pubout -out "$old/public_key.pem" 2>/dev/null

info() { # VERSION OUT [PRIVATE_KEY]
    printf '{"deviceInfo":{"firmwareVersion":"%s","privateKey":"%s"}}' "$1" "${3:-privateKey_here}" >"$2"
}
image() { # VERSION OUT [PRIVATE_KEY]
    info "$1" "$tmp/info.json" "${3:-}"
    "$ALOFT_BUILD/make_esp_image" 0 ota_demo 9.9.9 "$2" "$tmp/info.json" "$old/root.crt" "$old/public_key.pem"
}

say "import: the old keys into legacy/, everything else new"
printf '{"versioninfo":{"latest":"ver1","upgrade":["ver0"],"polling":"2"}}' >"$old/version_info.json"
exits 0 "$ALOFT" init "$new" --host 127.0.0.1 --import-ota-demo "$old"
has "legacy/server.crt is new, for 20 years" "$tmp/out"
cmp "$old/root.key" "$new/legacy/root.key"
openssl verify -CAfile "$old/root.crt" "$new/legacy/server.crt" >/dev/null
openssl x509 -in "$new/legacy/server.crt" -noout -text >"$tmp/text"
has "DNS:127.0.0.1" "$tmp/text"
has "IP Address:127.0.0.1" "$tmp/text"
[ "$(stat -c %a "$new/legacy/root.key")" = 600 ] || fail "root.key can be read by others"
cmp "$old/version_info.json" "$new/site/legacy/version_info.json"

say "imports that are refused leave nothing"
cp -r "$old" "$tmp/mixed"
openssl genrsa -out "$tmp/mixed/root.key" 2048 2>/dev/null
provokes LEGACY_IMPORT "$ALOFT" init "$tmp/none" --import-ota-demo "$tmp/mixed"
cp "$old/root.key" "$tmp/mixed/root.key"
echo nonsense >"$tmp/mixed/version_info.json"
provokes LEGACY_LIST "$ALOFT" init "$tmp/none" --import-ota-demo "$tmp/mixed"
provokes FILE_READ "$ALOFT" init "$tmp/none" --import-ota-demo "$tmp/nowhere"
[ ! -e "$tmp/none" ] || fail "a refused import left a folder"

publish() {
    "$ALOFT" -C "$new" publish "$@" --legacy
}

say "publish refuses what would harm"
image ver1 "$tmp/a.bin"
provokes LEGACY_OFFERED publish "$tmp/a.bin"
image ver0 "$tmp/a.bin"
provokes LEGACY_OFFERED publish "$tmp/a.bin"
image firmwareVersion_here "$tmp/a.bin"
provokes LEGACY_PLACEHOLDER publish "$tmp/a.bin"
"$ALOFT_BUILD/make_esp_image" 0 ota_demo 9.9.9 "$tmp/a.bin"
provokes LEGACY_NO_VERSION publish "$tmp/a.bin"
image ver2 "$tmp/a.bin" c2VjcmV0
provokes LEGACY_IDENTITY publish "$tmp/a.bin"
[ "$code" = 3 ] || fail "a private key is an alarm, not exit $code"
info ver2 "$tmp/info.json"
openssl genrsa 2048 2>/dev/null >"$tmp/some.key"
"$ALOFT_BUILD/make_esp_image" 0 ota_demo 9.9.9 "$tmp/a.bin" "$tmp/info.json" "$tmp/some.key"
provokes LEGACY_PRIVATE_KEY publish "$tmp/a.bin" --one-device
[ "$code" = 3 ] || fail "a private key is an alarm, not exit $code"
image ver2 "$tmp/a.bin"
printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,64K\nota_1,app,ota_1,,64K\n' >"$tmp/small.csv"
provokes PARTITIONS_SMALL publish "$tmp/a.bin" --partitions "$tmp/small.csv"
printf 'factory,app,factory,,1M\n' >"$tmp/one.csv"
provokes PARTITIONS_NO_SLOTS publish "$tmp/a.bin" --partitions "$tmp/one.csv"
provokes LEGACY_PAIR publish "$tmp/a.bin" --key "$tmp/some.key"
echo '<html>' >"$tmp/page.bin"
provokes IMAGE_KIND publish "$tmp/page.bin"
head -c 50000 "$tmp/a.bin" >"$tmp/cut.bin"
provokes ESP_CUT publish "$tmp/cut.bin"
cmp "$old/version_info.json" "$new/site/legacy/version_info.json" || fail "a refusal changed the offer"

say "publish, and say when devices look"
exits 0 publish "$tmp/a.bin" --polling 1
has "ver2 is on offer for devices that run ver0, ver1" "$tmp/out"
has "30 s after each restart" "$tmp/out"
"$ALOFT" legacy sign "$tmp/a.bin" "$old/root.key" "$tmp/signed" >/dev/null
cmp "$tmp/signed" "$new/site/legacy/signed_ota_demo.bin"

say "serve both: aloft's own devices, and the old ones; a project that has none says so"
"$ALOFT" init "$tmp/without" --host localhost >/dev/null
provokes SERVER_LEGACY "$ALOFT" -C "$tmp/without" serve --no-mdns --listen 127.0.0.1:0 --legacy-listen 127.0.0.1:0
sed -i 's/^listen = .*/listen = 127.0.0.1:0/' "$new/aloft.conf"
port=$(free_port)
background "$tmp/serve.log" "$ALOFT" -C "$new" serve --no-mdns --legacy-listen "127.0.0.1:$port"
wait_for 10 grep -q "ready https" "$tmp/serve.log"
url=https://127.0.0.1:$port

say "curl and openssl agree with the old root; just two names, with Content-Length, TLS 1.2"
curl -sS --tls-max 1.2 --cacert "$old/root.crt" -D "$tmp/head" -o "$tmp/got.json" "$url/version_info.json"
cmp "$tmp/got.json" "$new/site/legacy/version_info.json"
grep -qi '^content-length:' "$tmp/head" || fail "no Content-Length"
[ "$(wc -c <"$tmp/got.json")" -le 2047 ] || fail "the list is too long"
curl -sS --cacert "$old/root.crt" -o "$tmp/got.bin" "$url/signed_ota_demo.bin"
cmp "$tmp/got.bin" "$tmp/signed"
for path in / /legacy/version_info.json /version_info.json/ /aloft.conf /../legacy/root.key; do
    status=$(curl -sS --path-as-is --cacert "$old/root.crt" -o "$tmp/other" -w '%{http_code}' "$url$path")
    case $status in 400 | 404) ;; *) fail "$path gave $status" ;; esac
    [ "$(wc -c <"$tmp/other")" -lt 268 ] || fail "a device takes a body of 268 bytes for firmware"
done

device() { # RUNNING [ROOT] [URL]
    "$ALOFT_BUILD/ota_demo_device" "${3:-$url}" "${2:-$old/root.crt}" "$old/public_key.pem" "$1"
}

say "an unmodified device accepts it, step by step"
exits 0 device ver1
has "running ver2" "$tmp/out"
exits 0 device ver0
exits 1 device ver2
exits 1 device somebody_else

say "what devices refuse, the model refuses: another root, another name"
exits 2 device ver1 "$new/pki/ca.crt"
has "returned -0x2700" "$tmp/out"
"$ALOFT" explain "$tmp/out" >"$tmp/why"
has "one of three" "$tmp/why"

say "the next version is offered to all before it"
image ver3 "$tmp/a.bin"
exits 0 publish "$tmp/a.bin"
exits 0 device ver2
has "running ver3" "$tmp/out"
image ver4 "$tmp/a.bin" c2VjcmV0
exits 0 publish "$tmp/a.bin" --one-device
has "identity of one device" "$tmp/out"
stop "$pid"
[ "$ended" = 0 ] || fail "serve ended with $ended"

say "a project without a list needs to be told what runs out there; too many do not fit"
rm "$new/site/legacy/version_info.json"
image ver5 "$tmp/a.bin"
provokes LEGACY_NO_OLDER publish "$tmp/a.bin"
exits 0 publish "$tmp/a.bin" --older ver1
python3 - "$new/site/legacy/version_info.json" <<'END'
import json, sys
json.dump({"versioninfo": {"latest": "ver5", "upgrade": ["v%060d" % n for n in range(31)], "polling": "1"}},
          open(sys.argv[1], "w"))
END
image ver6 "$tmp/a.bin"
provokes LEGACY_LIST_LONG publish "$tmp/a.bin"
echo '{"versioninfo":{"latest":1}}' >"$new/site/legacy/version_info.json"
provokes LEGACY_LIST publish "$tmp/a.bin"

say "a bridge carries its own version, and no identity: old devices are offered it"
gcc -std=gnu11 -Os -fno-pie -DPROJECT_VER='"bridge-1"' -DCONFIG_ALOFT_BRIDGE=1 -I test/ota_demo/idf -I test/esp/idf -I include \
    -I esp32/component/include -I esp32/ota_demo/parts -c esp32/ota_demo/chip/bridge_nvs.c -o "$tmp/bridge.o"
nm -u "$tmp/bridge.o" | grep -q ' puts$' || fail "nothing in the bridge names its version, so a linker may throw it out"
objcopy -O binary -j '.rodata*' "$tmp/bridge.o" "$tmp/bridge.rodata"
"$ALOFT_BUILD/make_esp_image" 0 ota_demo bridge-1 "$tmp/bridge.bin" "$tmp/bridge.rodata"
rm "$new/site/legacy/version_info.json"
exits 0 publish "$tmp/bridge.bin" --older ver5
has "bridge-1 is on offer for devices that run" "$tmp/out"
