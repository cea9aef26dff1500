#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A long run of power cuts that was stopped goes on where it was, and counts no case of another plan.
set -eu
room=$(mktemp -d /tmp/aloft-parts-XXXXXX)
trap 'rm -rf "$room" "$room.said"' EXIT
fail() {
    echo "test_power_parts: $*" >&2
    exit 1
}
part() {
    "${ALOFT_BUILD:-build}/power" --only adopt --random-only --keep "$room" "$@" >"$room.said"
}
number() {
    awk -F '\t' -v name="$1" '$1 == name { print $2 }' "$room.said"
}

part --cases 300
all=$(number cases)
[ "$(find "$room" -type f | wc -l)" -eq 15 ] && [ "$(number 'taken over')" = "" ] || fail "not each chip was kept"
rm "$room/adopt-3" "$room/adopt-7"
truncate -s 30 "$room/adopt-9" # as a power cut leaves it
part --cases 300
[ "$(number cases)" -eq "$all" ] || fail "$all cases in one part, $(number cases) in two"
[ "$(number 'taken over')" -gt 0 ] && [ "$(number 'taken over')" -lt "$all" ] || fail "nothing was done anew, or all"
part --cases 300
[ "$(number 'taken over')" -eq "$all" ] || fail "a run that is done does something"
part --cases 300 --seed 2
[ "$(number 'taken over')" = "" ] || fail "cases of another plan were counted"
