#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long `aloft publish` of 1 MiB takes beside sha256sum and openssl dgst -sign
#
# Median of 9, in ms; beside it what is the least that any tool would have to do with the same file in the same run.
# $ALOFT: the program, default build/aloft.
set -eu
: "${ALOFT:=./build/aloft}"
. test/kit/make_image.sh
tmp=$(mktemp -d /tmp/aloft-bench-XXXXXX)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/p/keys"
for name in firmware spare; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$tmp/p/keys/$name.key" \
        2>/dev/null
    openssl pkey -in "$tmp/p/keys/$name.key" -pubout -out "$tmp/p/keys/$name.pub"
done
cat >"$tmp/p/aloft.conf" <<'CONF'
[project]
base = https://localhost:4443
[class acme.example/lamp/a]
slot-size = 2M
CONF

now_us() {
    echo $(($(date +%s%N) / 1000))
}

# Both in turn, so that a slow moment of the machine hits both.
for n in 1 2 3 4 5 6 7 8 9; do
    make_image "$tmp/image" acme.example/lamp/a "1.0.$n" 1048576 "$tmp/p/keys/firmware.pub" \
        "$tmp/p/keys/spare.pub"
    a=$(now_us)
    "$ALOFT" -C "$tmp/p" publish "$tmp/image" >/dev/null
    b=$(now_us)
    sha256sum "$tmp/image" >/dev/null
    openssl dgst -sha256 -sign "$tmp/p/keys/firmware.key" -out "$tmp/signature" "$tmp/image"
    c=$(now_us)
    echo $((b - a)) >>"$tmp/publish"
    echo $((c - b)) >>"$tmp/least"
done

median() {
    sort -n "$1" | sed -n 5p
}

us=$(median "$tmp/publish")
least=$(median "$tmp/least")
awk -v us="$us" -v least="$least" 'BEGIN {
    printf "publish\t%.1f ms\t", us / 1000
    printf "aloft publish of a 1 MiB image, from start to end of the program; median of 9; goal: under 100 ms\n"
    printf "publish.ratio\t%.2f\t", us / least
    printf "that, over sha256sum and openssl dgst -sign of the same file in the same run, %.1f ms\n", least / 1000
}'
