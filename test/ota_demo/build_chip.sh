#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds esp32/ota_demo and esp32/component, both unchanged, as a program that board_power starts (chip.c):
#   test/ota_demo/build_chip.sh OTA_DEMO OUT [-DNAME=VALUE]...
# OTA_DEMO is a folder in which `aloft esp32` has been: version, class and address are read from its files as ESP-IDF's build
# reads them; $VERSION wins, as -D PROJECT_VER does there. $ALOFT_BUILD is where aloft was built.
set -eu
app=$1
out=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/ota_demo
version=${VERSION:-$(sed -n 's/^ *set(PROJECT_VER "\(.*\)").*/\1/p' "$app/CMakeLists.txt")}
setting() {
    sed -n "s/^$1=\"\(.*\)\"$/\1/p" "$app/sdkconfig.defaults"
}
sanitize=
compiler=${CC:-cc}
if grep -qs '^ALOFT_SANITIZE:BOOL=ON' "$ALOFT_BUILD/CMakeCache.txt"; then
    sanitize=-fsanitize=address,undefined
    compiler=$(sed -n 's/^CMAKE_C_COMPILER:[^=]*=//p' "$ALOFT_BUILD/CMakeCache.txt")
fi
set -- -DPROJECT_VER="\"$version\"" -DCONFIG_ALOFT_CLASS="\"$(setting CONFIG_ALOFT_CLASS)\"" \
    -DCONFIG_ALOFT_BASE="\"$(setting CONFIG_ALOFT_BASE)\"" -DCONFIG_IDF_TARGET='"esp32c3"' -DCONFIG_ALOFT_CHANNEL='"stable"' \
    -DCONFIG_ALOFT_POLL_S=60 -DCONFIG_ALOFT_TRIAL_S=60 -DCONFIG_BOOTLOADER_APP_ROLLBACK_ENABLE=1 "$@"
sources=
for file in "$root"/esp32/component/*.c; do
    [ "${file##*/}" = loader_linux.c ] || sources="$sources $file"
done
# $SMARTTHINGS: as with sdkconfig.smartthings, over a stand-in of the SDK
app_part=$app/smartthings/none.c
[ -z "${SMARTTHINGS:-}" ] ||
    app_part="$app/smartthings/smartthings.c $root/smartthings/binding.c $root/smartthings/view.c $here/cloud.c"
# shellcheck disable=SC2086 # lists of files
"$compiler" -std=gnu11 -O1 -Wall -Wextra -Werror -D_GNU_SOURCE $sanitize "$@" \
    -I "$here/idf" -I "$root/test/esp/idf" -I "$root" -I "$root/include" -I "$root/port" -I "$root/esp32/component/include" \
    -I "$app/parts" -I "$app/chip" -I "$app/smartthings" -I "$app/main" -Wa,-I"$app/main" \
    -ffile-prefix-map="$root"=. -ffile-prefix-map="$app"=app -ffunction-sections -fdata-sections \
    -o "$out" "$app/main/main.c" "$app"/parts/*.c "$app/chip/board_pins.c" "$app/chip/wifi.c" "$app/chip/console.c" "$app/chip/turn.c" \
    "$app/chip/bridge_nvs.c" $app_part $sources "$here/tasks.c" "$here/chip.c" "$here/air.c" "$here/pins.c" "$here/kept.c" \
    "$root/test/esp/model_flash.c" "$root/test/esp/model_nvs.c" "$root/test/esp/model_tls.c" "$root/test/esp/model_table.c" "$root/test/esp/model_system.c" \
    -Wl,--wrap=nvs_open,--wrap=nvs_close,--wrap=nvs_commit,--wrap=connect,--wrap=time -Wl,--build-id=none -Wl,--gc-sections -s \
    -Wl,--start-group "$ALOFT_BUILD/libaloft_core.a" "$ALOFT_BUILD/libaloft_crypto_mbedtls.a" "$ALOFT_BUILD/libaloft_sim.a" \
    -Wl,--end-group -l:libmbedtls.a -l:libmbedx509.a -l:libmbedcrypto.a -pthread
