#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SmartThings in the ota_demo: compiles for rv32imc against the SDK's prototypes as they are restated here, keeps its size,
# and refuses what it cannot be built with. Exit 77: no compiler for that here.
set -eu
tmp=$(mktemp -d /tmp/aloft-st-esp32-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
here=esp32/ota_demo/smartthings

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# refuses WORDS MAJOR MINOR SDK PROFILE
refuses() {
    ! STDK_CORE_PATH=$4 cmake -DIDF_VERSION_MAJOR="$2" -DIDF_VERSION_MINOR="$3" -DPROFILE="$5" -P $here/needs.cmake \
        >"$tmp/said" 2>&1 || fail "built with ESP-IDF $2.$3"
    tr -s ' \n' ' ' <"$tmp/said" | grep -qF "$1" || fail "it does not say \"$1\": $(cat "$tmp/said")"
}
mkdir -p "$tmp/sdk/src/include"
: >"$tmp/sdk/src/include/st_dev.h"
: >"$tmp/profile.json"
refuses "needs ESP-IDF 5.3 to 5.5, and this is 6.0" 6 0 "$tmp/sdk" "$tmp/profile.json"
refuses "needs ESP-IDF 5.3 to 5.5, and this is 5.2" 5 2 "$tmp/sdk" "$tmp/profile.json"
refuses "needs ESP-IDF 5.3 to 5.5, and this is 5.6" 5 6 "$tmp/sdk" "$tmp/profile.json"
refuses "Clone st-device-sdk-c, release 2.1.1" 5 4 "$tmp" "$tmp/profile.json"
refuses "Download it from the Developer Workspace" 5 4 "$tmp/sdk" "$tmp/none.json"
for minor in 3 4 5; do
    STDK_CORE_PATH=$tmp/sdk cmake -DIDF_VERSION_MAJOR=5 -DIDF_VERSION_MINOR=$minor -DPROFILE="$tmp/profile.json" -P $here/needs.cmake ||
        fail "does not build with ESP-IDF 5.$minor"
done

# the slots are where they are without SmartThings, so that a device keeps them
if [ -f esp32/ota_demo/partitions.csv ]; then
    grep -v -e '^#' -e '^stnv' esp32/ota_demo/partitions_smartthings.csv >"$tmp/with"
    grep -v '^#' esp32/ota_demo/partitions.csv | cmp - "$tmp/with" || fail "partitions.csv has other partitions"
fi

if ! command -v clang >/dev/null || [ ! -f /usr/include/newlib/string.h ]; then
    echo "no clang or no newlib here (Debian: clang, libnewlib-dev); nothing was compiled" >&2
    exit 77
fi
# atomics of this chip are calls, which ESP-IDF provides (stdatomic.c of its C library)
for file in $here/smartthings.c $here/none.c smartthings/binding.c smartthings/view.c; do
    clang --target=riscv32-unknown-elf -march=rv32imc -mabi=ilp32 -std=c11 -Os -Wall -Wextra -Werror -Wno-atomic-alignment -D_GNU_SOURCE \
        -DALOFT_DEVICE_BUILD -Iinclude -Iesp32/component/include -I. -Itest/esp/idf -isystem test/esp/bare \
        -isystem /usr/include/newlib -c $file -o "$tmp/$(basename $file .c).o" || fail "$file does not compile"
done
text=$(size -B "$tmp/smartthings.o" "$tmp/binding.o" "$tmp/view.o" | awk 'NR > 1 { sum += $1 } END { print sum }')
echo "smartthings.code $text"
[ "$text" -gt 1000 ] && [ "$text" -le 9000 ] || fail "the binding and its start are $text bytes, at most 9000"
