# SPDX-License-Identifier: Apache-2.0
# ESP-IDF images: inspect says what they are, publish takes the right ones and refuses the others by what they are.
. test/e2e/lib.sh

make_image() { # CHIP_ID PROJECT VERSION OUT [FILE]...
    "$ALOFT_BUILD/make_esp_image" "$@"
}

"$ALOFT" init "$tmp/p" --host 127.0.0.1 --class acme.example/lamp/a >"$tmp/out"
cat >>"$tmp/p/aloft.conf" <<'END'
esp-project = lamp
esp-chip = esp32c3
keys = device
END
make_image 5 lamp 1.2.3 "$tmp/lamp.bin"

say "inspect: sentences and JSON"
exits 0 "$ALOFT" inspect "$tmp/lamp.bin"
has "An application for esp32c3: project lamp, version 1.2.3" "$tmp/out"
has "the SHA-256 is right" "$tmp/out"
exits 0 "$ALOFT" inspect "$tmp/lamp.bin" --json
python3 -c 'import json,sys; d=json.load(open(sys.argv[1]))["esp"]; assert d["chip"] == "esp32c3" and d["version"] == "1.2.3"' "$tmp/out"
make_image 0 arduino-lib-builder v4.4 "$tmp/arduino.bin"
exits 0 "$ALOFT" inspect "$tmp/arduino.bin"
has "those of the Arduino core" "$tmp/out"

publish() {
    "$ALOFT" -C "$tmp/p" publish "$@"
}

say "refused: another chip, another project, a version that is none"
make_image 0 lamp 1.2.3 "$tmp/x.bin"
provokes ESP_CHIP publish "$tmp/x.bin"
make_image 5 pump 1.2.3 "$tmp/x.bin"
provokes ESP_PROJECT publish "$tmp/x.bin"
make_image 5 lamp "v 1" "$tmp/x.bin"
provokes ESP_VERSION publish "$tmp/x.bin"

say "refused: cut, damaged, more behind it, a page, too large"
head -c 50000 "$tmp/lamp.bin" >"$tmp/x.bin"
provokes ESP_CUT publish "$tmp/x.bin"
cp "$tmp/lamp.bin" "$tmp/x.bin"
printf 'x' | dd of="$tmp/x.bin" bs=1 seek=5000 conv=notrunc 2>/dev/null
provokes ESP_BROKEN publish "$tmp/x.bin"
{ cat "$tmp/lamp.bin"; echo more; } >"$tmp/x.bin"
provokes ESP_TRAILING publish "$tmp/x.bin"
printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,64K\nota_1,app,ota_1,,64K\n' >"$tmp/small.csv"
provokes PARTITIONS_SMALL publish "$tmp/lamp.bin" --partitions "$tmp/small.csv"
echo nonsense >"$tmp/bad.csv"
provokes PARTITIONS_FORM publish "$tmp/lamp.bin" --partitions "$tmp/bad.csv"
printf ':00000001FF\n' >"$tmp/x.hex"
provokes IMAGE_KIND publish "$tmp/x.hex"
has "an Intel HEX file" "$tmp/said"

say "refused although a record may stand inside: an ELF of another machine, UF2"
printf '\177ELF\001\001\001\000\000\000\000\000\000\000\000\000\002\000\136\000' >"$tmp/x.elf"
head -c 3000 "$tmp/lamp.bin" >>"$tmp/x.elf"
provokes IMAGE_KIND publish "$tmp/x.elf"
has "an ELF program for Xtensa" "$tmp/said"
has "Publish the .bin" "$tmp/said"
{ printf 'UF2\012WQ\135\236'; cat "$tmp/lamp.bin"; } >"$tmp/x.uf2"
provokes IMAGE_KIND publish "$tmp/x.uf2"

say "taken, and padding behind it is cut off"
{ cat "$tmp/lamp.bin"; head -c 1000 /dev/zero | tr '\000' '\377'; } >"$tmp/padded.bin"
printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,1M\nota_1,app,ota_1,,1M\n' >"$tmp/large.csv"
exits 0 publish "$tmp/padded.bin" --partitions "$tmp/large.csv"
has "1.2.3" "$tmp/out"
find "$tmp/p/site" -type f -size +50k -exec cmp -s {} "$tmp/lamp.bin" \; -print >"$tmp/same"
[ -s "$tmp/same" ] || fail "the published bytes are not the image alone"
