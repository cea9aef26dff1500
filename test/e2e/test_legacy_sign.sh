# SPDX-License-Identifier: Apache-2.0
# `aloft legacy sign` gives the bytes that the ota_demo's script gives. The script's steps are done here with openssl.
. test/e2e/lib.sh

cd_here=$(pwd)
openssl genrsa -out "$tmp/root.key" 2048 2>/dev/null
openssl rsa -in "$tmp/root.key" -pubout -out "$tmp/public_key.pem" 2>/dev/null
head -c 70000 /dev/urandom >"$tmp/ota_demo.bin"
printf 'x' >>"$tmp/ota_demo.bin"

say "the steps of the script: hash to a file, sign that file, header, signature, footer"
cd "$tmp"
openssl dgst -sha256 -binary -out firmware.hash ota_demo.bin
openssl dgst -sha256 -sign root.key -out sha256.sign firmware.hash
{ cat ota_demo.bin; printf '\377\377\377\377\000\000'; cat sha256.sign; printf '\000\000\377\377\377\377'; } >wanted
cd "$cd_here"

say "byte for byte, beside the file or where it is wanted"
exits 0 "$ALOFT" legacy sign "$tmp/ota_demo.bin" "$tmp/root.key"
cmp "$tmp/wanted" "$tmp/signed_ota_demo.bin"
(cd "$tmp" && "$ALOFT" legacy sign ota_demo.bin root.key other.bin >/dev/null)
cmp "$tmp/wanted" "$tmp/other.bin"

say "openssl takes the signature out of the trailer and believes it"
tail -c 262 "$tmp/signed_ota_demo.bin" | head -c 256 >"$tmp/signature"
openssl dgst -sha256 -verify "$tmp/public_key.pem" -signature "$tmp/signature" "$tmp/firmware.hash" >/dev/null

say "refusals"
provokes LEGACY_SIGNED "$ALOFT" legacy sign "$tmp/signed_ota_demo.bin" "$tmp/root.key"
provokes LEGACY_KEY "$ALOFT" legacy sign "$tmp/ota_demo.bin" "$tmp/public_key.pem"
has "public_key.pem" "$tmp/said"
openssl genrsa -out "$tmp/long.key" 3072 2>/dev/null
provokes LEGACY_KEY "$ALOFT" legacy sign "$tmp/ota_demo.bin" "$tmp/long.key"
openssl ecparam -name prime256v1 -genkey -noout -out "$tmp/ec.key"
provokes LEGACY_KEY "$ALOFT" legacy sign "$tmp/ota_demo.bin" "$tmp/ec.key"
: >"$tmp/nothing"
provokes LEGACY_EMPTY "$ALOFT" legacy sign "$tmp/nothing" "$tmp/root.key"
exits 64 "$ALOFT" legacy sign "$tmp/ota_demo.bin"
exits 64 "$ALOFT" legacy
exits 0 "$ALOFT" legacy --help
