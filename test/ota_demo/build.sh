#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds esp32/ota_demo, unchanged, as firmware of the software device (standin.c):
#   test/ota_demo/build.sh OTA_DEMO OUT [-DNAME=VALUE]...
# OTA_DEMO is a folder in which `aloft esp32` has been; version and class are read from its files as ESP-IDF's build reads
# them; $VERSION wins, as -D PROJECT_VER does there. $ALOFT_BUILD is where aloft was built.
set -eu
app=$1
out=$2
shift 2
root=$(cd "$(dirname "$0")/../.." && pwd)
here=$root/test/ota_demo
version=${VERSION:-$(sed -n 's/^ *set(PROJECT_VER "\(.*\)").*/\1/p' "$app/CMakeLists.txt")}
class=$(sed -n 's/^CONFIG_ALOFT_CLASS="\(.*\)"$/\1/p' "$app/sdkconfig.defaults")
sanitize=
compiler=${CC:-cc}
if grep -qs '^ALOFT_SANITIZE:BOOL=ON' "$ALOFT_BUILD/CMakeCache.txt"; then
    sanitize=-fsanitize=address,undefined
    compiler=$(sed -n 's/^CMAKE_C_COMPILER:[^=]*=//p' "$ALOFT_BUILD/CMakeCache.txt")
fi
# what is given comes last, so that it wins
"$compiler" -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE $sanitize -DPROJECT_VER="\"$version\"" \
    -DCONFIG_ALOFT_CLASS="\"$class\"" "$@" \
    -I "$here/idf" -I "$root/test/esp/idf" -I "$root" -I "$root/include" -I "$root/port" -I "$root/esp32/component/include" \
    -I "$app/parts" -I "$app/chip" -I "$app/smartthings" -I "$app/main" -Wa,-I"$app/main" -ffile-prefix-map="$root"=. -ffile-prefix-map="$app"=app \
    -o "$out" "$app/main/main.c" "$app"/parts/*.c "$app/chip/board_linux.c" "$app/chip/console.c" "$app/chip/turn.c" \
    "$app/chip/bridge_nvs.c" "$app/smartthings/none.c" "$here/tasks.c" "$here/standin.c" -Wl,--build-id=none -Wl,--gc-sections -s \
    "$ALOFT_BUILD/libaloft_posix.a" "$ALOFT_BUILD/libaloft_core.a" "$ALOFT_BUILD/libaloft_crypto_mbedtls.a" \
    -l:libmbedtls.a -l:libmbedx509.a -l:libmbedcrypto.a -pthread
