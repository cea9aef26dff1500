#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds a firmware for the software device: one C file, the device library, the posix port, mbedTLS.
#   examples/build.sh PROJECT MAIN.c OUT [-DNAME=VALUE]...
# Writes PROJECT/aloft_trust.h first (`aloft key image`), so that the firmware takes this project's updates. The class
# is the first one of PROJECT/aloft.conf, or $CLASS. The same sources give the same bytes. $ALOFT_BUILD is where
# aloft was built (default: build), $CC the compiler.
set -eu
[ $# -ge 3 ] || { sed -n '3,7s/^# *//p' "$0" >&2; exit 64; }
project=$1
main=$2
out=$3
shift 3

root=$(cd "$(dirname "$0")/.." && pwd)
build=${ALOFT_BUILD:-$root/build}
aloft=${ALOFT:-$build/aloft}
for file in "$build/libaloft_posix.a" "$build/libaloft_core.a" "$build/libaloft_crypto_mbedtls.a"; do
    [ -f "$file" ] || { echo "build.sh: $file is missing: build aloft first (./dev build)" >&2; exit 2; }
done
class=${CLASS:-$(sed -n 's/^\[class \(.*\)\] *$/\1/p' "$project/aloft.conf" | head -n 1)}
[ -n "$class" ] || { echo "build.sh: $project/aloft.conf names no class" >&2; exit 1; }
"$aloft" -C "$project" key image --class "$class" -o "$project/aloft_trust.h" >&2

# built with sanitizers, the library needs them in the firmware too, and the compiler that it was built with
sanitize=
compiler=${CC:-cc}
if grep -qs '^ALOFT_SANITIZE:BOOL=ON' "$build/CMakeCache.txt"; then
    sanitize=-fsanitize=address,undefined
    compiler=$(sed -n 's/^CMAKE_C_COMPILER:[^=]*=//p' "$build/CMakeCache.txt")
fi

"$compiler" -std=c11 -O2 -Wall -Wextra -D_GNU_SOURCE -DFIRMWARE_CLASS="\"$class\"" "$@" $sanitize \
    -ffile-prefix-map="$root"=. -I "$project" -I "$root/include" -I "$root/port" \
    -o "$out.new" "$main" -Wl,--build-id=none -Wl,--gc-sections -s \
    "$build/libaloft_posix.a" "$build/libaloft_core.a" "$build/libaloft_crypto_mbedtls.a" \
    -l:libmbedtls.a -l:libmbedx509.a -l:libmbedcrypto.a -pthread
mv "$out.new" "$out"
echo "$out: $(wc -c <"$out") bytes, class $class" >&2
