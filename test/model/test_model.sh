#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks every state of update.pml; $ALOFT_RELEASES: how many releases the mirror has (3; with 4 it takes minutes and
# gigabytes). Then each rule of the protocol is broken in the model, and an assertion must fail: a model that cannot fail
# proves nothing. Exit: 0 so it is, 1 it is not (the steps are printed), 77 no spin on this machine.
set -eu
command -v spin >/dev/null || exit 77
if grep -qs '^ALOFT_SANITIZE:BOOL=ON' "${ALOFT_BUILD:-build}/CMakeCache.txt"; then
    echo "a sanitizer build: once is enough"
    exit 77
fi
models=$PWD/test/model
room=$(mktemp -d /tmp/aloft-model-XXXXXX)
trap 'rm -rf "$room"' EXIT
cd "$room"
: "${ALOFT_RELEASES:=3}"

# search MODEL AGAIN: all states, where release AGAIN is the image of release 1; what pan says is in `said`
search() {
    rm -f ./*.trail
    spin "-DRELEASES=$ALOFT_RELEASES" "-DAGAIN=$2" -a "$1" >spin.log 2>&1 || {
        cat spin.log
        exit 1
    }
    cc -O2 -DSAFETY -DMEMLIM=2500 -o pan pan.c
    timeout 280 ./pan -m1000000 >said 2>&1 || true
}

# holds MODEL AGAIN: no assertion can fail
holds() {
    cp "$models/$1" .
    search "$1" "$2"
    grep -q 'errors: 0' said && ! grep -qE 'depth too small|not completed' said || {
        cat said
        [ ! -f "$1.trail" ] || spin "-DRELEASES=$ALOFT_RELEASES" "-DAGAIN=$2" -t -p "$1" | tail -n 60
        exit 1
    }
    states=$((states + $(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' said)))
}

# breaks RULE SED: without that rule an assertion fails
breaks() {
    rules=$((rules + 1))
    sed "$2" "$models/update.pml" >broken.pml
    ! cmp -s broken.pml "$models/update.pml" || {
        echo "model: '$1' is not in the model any more"
        exit 1
    }
    for again in 2 3; do
        search broken.pml "$again"
        ! grep -q 'assertion violated' said || break
    done
    grep -q 'assertion violated' said || {
        echo "model: nothing fails without '$1'"
        cat said
        exit 1
    }
}

rules=0
states=0
holds update.pml 2
holds update.pml 3
breaks "T1 touches the other slot only" 's/^    holds\[other\] = SCRAP;$/    holds[home] = SCRAP;/'
breaks "T1 of another release gives up the one that failed" '/:: fails > 0 || cold > 0 ->/,/over/s/raise(skipped, sequence\[other\]);/skip;/'
breaks "T1 of the same release keeps its failed trials" 's/^        :: cand != s ->$/        :: true ->/'
breaks "what is replaced while it fails is replaced by a newer one" '/fails > 0 || cold > 0) && offer <= sequence/d'
breaks "T3 and T4 only where the bytes are right" 's/ && is_right(other) ->$/ ->/; s/ || !is_right(other))/)/; s/^    :: is_right(other) ->  /    :: true -> /; s/^    :: !is_right(other) -> goto rest$/    :: false/'
breaks "T4 counts" 's/:: else -> boots++/:: else/'
breaks "T4 ends a trial" 's/boots >= 3/boots >= 9/; s/boots < 3/boots < 9/'
breaks "cold has an end" 's/ && cold < 10 -> cold++/ -> skip/'
breaks "T5 raises the floor" '/^inline confirm/,/^}/s/raise(floor, sequence\[home\]);/skip;/'
breaks "T7 has an end" 's/phase == KEPT \&\& fails < 3 \&\&/phase == KEPT \&\&/; s/phase == KEPT && fails >= 3 ->/false ->/'
breaks "T9 by an old manifest clears nothing" 's/:: sequence\[other\] <= offer ->/:: true ->/'
breaks "T9 raises the floor" 's/raise(floor, offer);/skip;/'
breaks "a fallback in IDLE" 's/^    :: !on_trial \&\& holds\[home\] != SCRAP -> running = home/    :: !on_trial -> running = home/'
breaks "R16 and R17: neither skipped nor below the floor" 's/^#define may_take(s) .*/#define may_take(s) ((s) > 0)/'
printf 'states\t%s\tof download, verify, switch, boot, confirm, rollback, adoption and fallback, the power going anywhere\n' "$states"
printf 'lost\t0\tassertions of I1 to I6 that can fail\n'
printf 'rules\t%s\tbroken in the model, one at a time; each makes an assertion fail\n' "$rules"
