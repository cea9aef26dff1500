# SPDX-License-Identifier: Apache-2.0
# src/ on a processor of 32 bits: built freestanding without a warning, then the tests that need no crypto library run
# there, undefined behaviour found by the sanitizer. Exit 77: this machine's gcc makes no programs for 32-bit x86
# (Debian: libc6-dev-i386, lib32gcc-12-dev), so nothing was tested.
#   $NARROW_CC: another compiler. $NARROW_RUN: what runs its programs. $NARROW_SAN: its sanitizer, empty for none.
#   $NARROW_CASES: more options, as -DCASES=100 for fewer cases.
set -eu
: "${NARROW_CC:=gcc -m32 -idirafter /usr/include/x86_64-linux-gnu}" "${NARROW_RUN:=}" "${NARROW_SAN=-fsanitize=undefined -fno-sanitize-recover=all}"
tests="test/narrow/test_hash.c test/unit/test_cbor.c test/prop/test_cbor_prop.c test/unit/test_error.c
    test/unit/test_http_answer.c test/unit/test_http_range.c test/unit/test_http_request.c test/unit/test_http_url.c
    test/prop/test_http_split.c test/unit/test_record.c test/unit/test_log.c test/unit/test_transition.c
    test/unit/test_boot.c test/power/test_log_power.c test/power/test_boot_power.c test/port/test_port_sim.c
    test/net/test_sim_net.c"
tmp=$(mktemp -d /tmp/aloft-narrow-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
warn="-std=c11 -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wpointer-arith -Wcast-align -Wundef -Wformat=2"

# the compiler and its options are words on purpose
# shellcheck disable=SC2086
printf '#include <stdio.h>\nint main(void) { return 0; }\n' >"$tmp/works.c"
# shellcheck disable=SC2086
if ! $NARROW_CC $NARROW_SAN "$tmp/works.c" -o "$tmp/works" 2>/dev/null || ! $NARROW_RUN "$tmp/works"; then
    echo "$NARROW_CC makes no programs that run here; nothing was tested"
    exit 77
fi

# compile OPTIONS: the files of standard input, two at a time
compile() {
    xargs -P 2 -I '{}' sh -c 'f={}; '"$NARROW_CC $warn $1"' -Iinclude -Isrc -Iport -I. -Itest/narrow -c "$f" -o \
        "$0/$(echo "$f" | tr / _).o"' "$tmp"
}

find src -name '*.c' | compile "-ffreestanding -Os -DALOFT_DEVICE_BUILD"
{
    find src port/sim -name '*.c'
    echo test/kit/kit.c
    echo test/kit/port_suite.c
    echo "$tests" | xargs -n 1
} | compile "-O2 -g1 -D_GNU_SOURCE -DALOFT_SOURCE_DIR=\\\".\\\" -DALOFT_BINARY_DIR=\\\"$tmp\\\" $NARROW_SAN ${NARROW_CASES:-}"
# most of the time is spent in it, and it is no part of what is tested
echo port/crypto_psa/hash.c test/narrow/no_verify.c | xargs -n 1 | compile "-O3"

for file in $tests; do
    object=$tmp/$(echo "$file" | tr / _).o
    # shellcheck disable=SC2086
    $NARROW_CC $NARROW_SAN "$object" "$tmp"/src_*.o "$tmp"/port_*.o "$tmp"/test_kit_*.o "$tmp/test_narrow_no_verify.c.o" \
        -o "$tmp/test"
    echo "-- $file: $($NARROW_RUN "$tmp/test")"
done
