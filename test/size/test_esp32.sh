# SPDX-License-Identifier: Apache-2.0
# The ESP-IDF component compiles for rv32imc without a warning, also as a packed folder by itself, and stays within its
# size; a configuration that could not take an image back does not build, and says why.
set -eu
tmp=$(mktemp -d /tmp/aloft-esp32-test-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP

fail() {
    echo "$*" >&2
    exit 1
}

# ---- packed: the same archive twice, and nothing in it points out of it
tools/pack-esp32 "$tmp/one" >/dev/null
tools/pack-esp32 "$tmp/two" >/dev/null
cmp "$tmp/one"/aloft-*.tar.gz "$tmp/two"/aloft-*.tar.gz || fail "two packings of one tree differ"
! tools/pack-esp32 "$tmp/one" 2>/dev/null || fail "a packing overwrites what is there"
! grep -rn '\.\./\.\./' "$tmp/one/aloft" --include='*.[ch]' || fail "the packed folder points out of itself"
for file in CMakeLists.txt Kconfig idf_component.yml README.md CHANGELOG.md LICENSE include/aloft_esp.h \
    include/aloft/aloft.h src/device/update.c port/crypto_psa/verify.c; do
    [ -f "$tmp/one/aloft/$file" ] || fail "the packed folder has no $file"
done

# ---- compiled by itself; exit 77: no compiler here
tools/size-esp32 "$tmp/one/aloft" >"$tmp/sizes"

# within NAME MOST: measured, and a tenth more
within() {
    is=$(awk -v name="$1" '$1 == name { print $2 }' "$tmp/sizes")
    [ "$is" -gt 0 ] && [ "$is" -le "$2" ] || fail "$1 is $is bytes, at most $2"
}
within port.code 10000
within crypto.code 1700
within library.code 52000
within struct.ram 18500

# ---- configurations. refuses WORDS CONFIG...
compile() {
    clang -std=c11 -fsyntax-only -D_GNU_SOURCE -Iinclude -Iesp32/component/include -Itest/esp/idf "$@" \
        esp32/component/start.c 2>"$tmp/said"
}

refuses() {
    words=$1
    shift
    ! compile "$@" || fail "built with $*"
    grep -q "$words" "$tmp/said" || fail "with $* it does not say \"$words\": $(cat "$tmp/said")"
}

compile || fail "the usual configuration does not build: $(cat "$tmp/said")"
refuses "without rollback an image that crashes" -DTEST_ESP_NO_ROLLBACK
refuses "confirms each image before its first line" -DCONFIG_BOOTLOADER_APP_ROLLBACK_CONFIRM_ON_STARTUP=1
compile -DTEST_ESP_NO_ROLLBACK -DCONFIG_ALOFT_BRIDGE=1 || fail "the bridge does not build"
compile -DTEST_ESP_NO_ROLLBACK -DCONFIG_BOOTLOADER_APP_ROLLBACK=1 -DCONFIG_BOOTLOADER_APP_ROLLBACK_CONFIRM_BY_APP=1 ||
    fail "6.2's confirmation by the application does not build"

# ---- at most eight switches in all
[ "$(grep -c '^    config ' esp32/component/Kconfig)" -le 8 ] || fail "Kconfig has more than eight switches"
