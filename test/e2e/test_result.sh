#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a run counted is kept for RELIABILITY.md; a run that failed or lost something leaves no number.
set -eu
room=$(mktemp -d /tmp/aloft-result-XXXXXX)
trap 'rm -rf "$room"' EXIT
ALOFT_BUILD=$room
export ALOFT_BUILD
fail() {
    echo "test_result: $*" >&2
    exit 1
}
kept=$room/results/power.txt

# what it counted is kept, behind when, where and how
tools/result power printf 'cases\t1234\tof all\nand words\nlost\t0\tdevices\n' | grep -q '^and words' ||
    fail "not all that was said is passed on"
[ "$(sed -n '4p' "$kept")" = "$(printf 'cases\t1234\tof all')" ] || fail "the first number is not the run's first"
[ "$(cut -f 1 "$kept" | head -n 3 | tr '\n' ' ')" = "date machine command " ] || fail "when, where and how are not told"
tools/make-reliability "$room/results" | grep -q '| \[The power.*| 1,234 cases | 0 devices |' || fail "not on the page"

# a run that failed, and one that lost something, leave none, also not the one before
for words in 'exit 3' 'printf "cases\t9\tof all\nlost\t1\tdevices\n"' 'printf "cases\t9\tof all\n"'; do
    tools/result power printf 'cases\t1\tof all\nlost\t0\tdevices\n' >/dev/null
    if tools/result power sh -c "$words" >/dev/null 2>&1; then
        fail "'$words' passes"
    fi
    [ ! -e "$kept" ] || fail "'$words' leaves a number"
done

# and nobody writes one by hand
printf 'cases\t9\tof all\n' >"$kept"
if tools/make-reliability "$room/results" >/dev/null 2>&1; then
    fail "a file that no run made is taken"
fi
