# SPDX-License-Identifier: Apache-2.0
# aloft esp32: CA, keys and address go into an ESP-IDF project, are shown, and come out again; a person's lines stay.
. test/e2e/lib.sh
idf=$tmp/blinker

# make_idf: what `idf.py create-project` leaves, with a table for updates
make_idf() {
    rm -rf "$idf"
    mkdir -p "$idf/main"
    cat >"$idf/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.16)
set(EXTRA_COMPONENT_DIRS "aloft/esp32/component")
include($ENV{IDF_PATH}/tools/cmake/project.cmake)
project(blinker)
END
    echo 'idf_component_register(SRCS "main.c" EMBED_TXTFILES "aloft_ca.pem")' >"$idf/main/CMakeLists.txt"
    echo 'int main;' >"$idf/main/main.c"
    printf 'otadata,data,ota,,8K\nota_0,app,ota_0,,1M\nota_1,app,ota_1,,1M\naloft,data,0x40,,8K\n' >"$idf/partitions.csv"
    printf 'CONFIG_MINE=y' >"$idf/sdkconfig.defaults" # without an end of line, as editors leave it
}

esp32() {
    "$ALOFT" -C "$tmp/home" esp32 "$@"
}

hash_all() {
    find "$idf" -type f | sort | xargs sha256sum
}

"$ALOFT" init "$tmp/home" --host lab-pc.local --class acme.example/lamp/a >"$tmp/out"
make_idf
hash_all >"$tmp/before"

say "the first run writes three files and shows what it wrote"
exits 0 esp32 "$idf"
has "main/aloft_ca.pem    new" "$tmp/out"
has "main/aloft_trust.h   new" "$tmp/out"
has "sdkconfig.defaults   changed" "$tmp/out"
has '+ CONFIG_ALOFT_BASE="https://lab-pc.local:4443"' "$tmp/out"
has '+ CONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=y' "$tmp/out"
! grep -q CONFIG_MINE "$tmp/out" || fail "a line that did not change is shown as changed"
! grep -q Note: "$tmp/out" || fail "there is nothing to note"
has 'CONFIG_ALOFT_CLASS="acme.example/lamp/a"' "$idf/sdkconfig.defaults"
has 'CONFIG_MINE=y' "$idf/sdkconfig.defaults"
openssl x509 -in "$idf/main/aloft_ca.pem" -noout -fingerprint -sha256 >"$tmp/a"
openssl x509 -in "$tmp/home/pki/ca.crt" -noout -fingerprint -sha256 >"$tmp/b"
cmp "$tmp/a" "$tmp/b"
exits 0 "$ALOFT" -C "$tmp/home" key image -o "$idf/main/aloft_trust.h"
has "is up to date" "$tmp/said"

say "the second run changes nothing and says so"
hash_all >"$tmp/once"
exits 0 esp32 "$idf"
[ "$(grep -c 'up to date' "$tmp/out")" = 3 ] || fail "three files are up to date"
hash_all | cmp - "$tmp/once"

say "a new address takes the place of the old one, in the same place"
echo 'CONFIG_BEHIND=y' >>"$idf/sdkconfig.defaults"
sed -i 's|^base = .*|base = https://other.local:4443|' "$tmp/home/aloft.conf"
exits 0 esp32 "$idf"
has '- CONFIG_ALOFT_BASE="https://lab-pc.local:4443"' "$tmp/out"
has '+ CONFIG_ALOFT_BASE="https://other.local:4443"' "$tmp/out"
tail -n 1 "$idf/sdkconfig.defaults" | grep -qx 'CONFIG_BEHIND=y' || fail "the line behind the marks has moved"
sed -i '/CONFIG_BEHIND/d' "$idf/sdkconfig.defaults"

say "--remove leaves the folder as it was"
exits 0 esp32 "$idf" --remove
has "main/aloft_trust.h   removed" "$tmp/out"
printf '\n' >>"$tmp/newline" # the one end of line that was added to a last line without one
tail -c 1 "$idf/sdkconfig.defaults" | cmp - "$tmp/newline"
printf 'CONFIG_MINE=y' >"$idf/sdkconfig.defaults"
hash_all | cmp - "$tmp/before"
exits 0 esp32 "$idf" --remove

say "lines of ours that were edited stay, and that is said"
exits 0 esp32 "$idf"
sed -i 's|other.local|mine.local|' "$idf/sdkconfig.defaults"
hash_all >"$tmp/edited"
provokes ESP32_EDITED esp32 "$idf"
has "(line 3)" "$tmp/said"
hash_all | cmp - "$tmp/edited"
exits 0 esp32 "$idf" --overwrite
has '- CONFIG_ALOFT_BASE="https://mine.local:4443"' "$tmp/out"
sed -i '/# aloft: end/d' "$idf/sdkconfig.defaults"
provokes ESP32_EDITED esp32 "$idf" --overwrite
has "without its partner" "$tmp/said"

say "a CA or a header that somebody else put there stays"
make_idf
cp "$tmp/home/pki/server.crt" "$idf/main/aloft_ca.pem"
provokes ESP32_EDITED esp32 "$idf"
has "would trust two CAs" "$tmp/said"
rm "$idf/main/aloft_ca.pem"
echo 'mine' >"$idf/main/aloft_trust.h"
provokes TRUST_HEADER esp32 "$idf"
[ ! -e "$idf/main/aloft_ca.pem" ] || fail "something was written before all was read"
provokes TRUST_HEADER esp32 "$idf" --remove

say "another class goes into aloft.conf, with slot and chip where they are known"
make_idf
echo 'CONFIG_IDF_TARGET="esp32c3"' >"$idf/sdkconfig"
exits 0 esp32 "$idf" --class acme.example/blinker/a
has "+ [class acme.example/blinker/a]" "$tmp/out"
has "+ esp-chip = esp32c3" "$tmp/out"
has "+ slot-size = 1048576" "$tmp/out"
has "Note: sdkconfig is there already and wins over sdkconfig.defaults; it says nothing for CONFIG_ALOFT_BASE" "$tmp/out"
exits 0 esp32 "$idf" # the class that stands in the folder is taken again, though there are two now
has "class acme.example/blinker/a" "$tmp/out"
exits 0 "$ALOFT" -C "$tmp/home" releases
for way in defaults environment; do
    make_idf
    [ $way = environment ] || printf '\nCONFIG_IDF_TARGET="esp32s3"\n' >>"$idf/sdkconfig.defaults"
    exits 0 env IDF_TARGET=esp32h2 "$ALOFT" -C "$tmp/home" esp32 "$idf" --class "acme.example/$way/a"
    case $way in
    defaults) has "+ esp-chip = esp32s3" "$tmp/out" ;;
    environment) has "+ esp-chip = esp32h2" "$tmp/out" ;;
    esac
done
make_idf
provokes ESP32_CLASS esp32 "$idf"
has "acme.example/lamp/a, acme.example/blinker/a" "$tmp/said" # and two more
provokes ESP32_CLASS esp32 "$idf" --class lamp

say "what is missing in the folder is noted, with the line to write"
echo 'idf_component_register(SRCS "main.c")' >"$idf/main/CMakeLists.txt"
sed -i /EXTRA/d "$idf/CMakeLists.txt"
rm "$idf/partitions.csv"
printf 'CONFIG_ALOFT_CHANNEL="beta"\n' >"$idf/sdkconfig.defaults"
exits 0 esp32 "$idf" --class acme.example/lamp/a
has 'EMBED_TXTFILES "aloft_ca.pem"' "$tmp/out"
has 'EXTRA_COMPONENT_DIRS' "$tmp/out"
has 'There is no partitions.csv' "$tmp/out"
has 'sets CONFIG_ALOFT_CHANNEL a second time' "$tmp/out"
printf 'factory,app,factory,,1M\n' >"$idf/partitions.csv"
exits 0 esp32 "$idf"
has 'has no two ota slots' "$tmp/out"

say "what is no ESP-IDF project, and no project of ours, is told by what is missing"
provokes ESP32_PROJECT esp32 "$tmp/nowhere"
has "it does not exist" "$tmp/said"
provokes ESP32_PROJECT esp32 "$tmp/home"
has "there is no CMakeLists.txt" "$tmp/said"
mkdir "$tmp/plain"
echo 'project(plain C)' >"$tmp/plain/CMakeLists.txt"
provokes ESP32_PROJECT esp32 "$tmp/plain"
has "does not include project.cmake" "$tmp/said"
make_idf
rm "$idf/main/CMakeLists.txt"
provokes ESP32_PROJECT esp32 "$idf"
provokes NO_PROJECT "$ALOFT" -C "$tmp/plain" esp32 "$idf"
exits 64 esp32
exits 64 esp32 "$idf" more
exits 64 esp32 "$idf" --nonsense
exits 0 esp32 --help

say "a folder that cannot be written is a sentence"
make_idf
if [ "$(id -u)" = 0 ]; then # root may write everywhere: a folder where a file has to go does the same
    mkdir "$idf/main/aloft_ca.pem"
    provokes FILE_READ esp32 "$idf" --class acme.example/lamp/a
else
    chmod a-w "$idf/main"
    provokes FILE_WRITE esp32 "$idf" --class acme.example/lamp/a
    chmod u+w "$idf/main"
fi
