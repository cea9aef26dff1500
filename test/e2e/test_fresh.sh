#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Statements of freshness: made by publish, fresh and serve; refused by a clock that makes no sense; told by a device.
set -eu
. test/e2e/lib.sh

"$ALOFT" init "$tmp/home" --class acme.example/lamp/a --host localhost >"$tmp/out"
p=$tmp/home
statement=$p/site/acme.example/lamp/a/stable/fresh.cose

"$ALOFT" -C "$p" fresh >"$tmp/out"
has "Nothing is on offer" "$tmp/out"
examples/build.sh "$p" examples/hello/main.c "$tmp/hello-1.0.0"
"$ALOFT" -C "$p" publish "$tmp/hello-1.0.0" >"$tmp/out"
[ -s "$statement" ] || fail "publish made no statement"
[ "$(wc -c <"$statement")" -le 160 ] || fail "the statement is too long for a device"
cp "$statement" "$tmp/before"
"$ALOFT" -C "$p" fresh --json >"$tmp/out"
has '"channel":	"stable"' "$tmp/out"
! cmp -s "$statement" "$tmp/before" || fail "fresh made the same statement again"

# no key, no statement, and the publish stands all the same
mv "$p/keys/fresh.key" "$tmp/fresh.key"
provokes FRESH_KEY "$ALOFT" -C "$p" fresh
mv "$tmp/fresh.key" "$p/keys/fresh.key"

# a statement of the year 2106: the clock of this machine is before it
python3 - "$statement" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
at = data.rindex(b"\x1a", 0, data.rindex(b"\x1a\x00\x09\x3a\x80"))
data[at + 1:at + 5] = b"\xff\xff\xff\x00"
open(sys.argv[1], "wb").write(data)
END
provokes FRESH_CLOCK "$ALOFT" -C "$p" fresh
