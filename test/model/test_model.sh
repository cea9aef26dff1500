#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks every state of update.pml and of foreign.pml; $ALOFT_RELEASES: how many releases the mirror of the first has (3;
# with 4 it takes minutes and gigabytes). Then each rule of the protocol is broken in the model, and an assertion must fail: a
# model that cannot fail proves nothing. Exit: 0 so it is, 1 it is not (the steps are printed), 77 no spin on this machine.
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

# search MODEL OPTION: all states; what pan says is in `said`
search() {
    rm -f ./*.trail
    spin "-DRELEASES=$ALOFT_RELEASES" "-D$2" -a "$1" >spin.log 2>&1 || {
        cat spin.log
        exit 1
    }
    cc "$optimise" -DSAFETY -DMEMLIM=2500 -o pan pan.c
    timeout 280 ./pan -m1000000 >said 2>&1 || true
}

# holds MODEL OPTION: no assertion can fail
holds() {
    cp "$models/$1" .
    search "$1" "$2"
    grep -q 'errors: 0' said && ! grep -qE 'depth too small|not completed' said || {
        cat said
        [ ! -f "$1.trail" ] || spin "-DRELEASES=$ALOFT_RELEASES" "-D$2" -t -p "$1" | tail -n 60
        exit 1
    }
    states=$((states + $(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' said)))
}

# breaks RULE SED: without that rule an assertion of $model fails, with one of its $variants
breaks() {
    rules=$((rules + 1))
    sed "$2" "$models/$model" >broken.pml
    ! cmp -s broken.pml "$models/$model" || {
        echo "model: '$1' is not in the model any more"
        exit 1
    }
    for variant in $variants; do
        search broken.pml "$variant"
        ! grep -q 'assertion violated' said || return 0
    done
    echo "model: nothing fails without '$1'"
    cat said
    exit 1
}

rules=0
states=0

model=update.pml
variants='AGAIN=2 AGAIN=3' # which release is the image of release 1
optimise=-O2
for variant in $variants; do holds $model "$variant"; done
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

model=foreign.pml
variants='ROLLBACK=1 ROLLBACK=0'
optimise=-O0 # its search is short
for variant in $variants; do holds $model "$variant"; done
breaks "T3: the record first" 's/^\( *\)d_step { phase = TRIAL; boots = 0 } .*T3.*/\1skip/'
breaks "T5: the loader first" '/^well:/,/^leave:/s/confirm_note();/skip;/'
breaks "T6: the loader first" '/^leave:/,/^back:/s/go_back(home);/skip;/'
breaks "going back leaves the note of what stays alone" 's/may_start(1 - at) && names\[1 - at\] == slot -> bury(at)/false -> bury(at)/'
breaks "a slot without a note gets one first" 's/:: deciding == NONE -> write_first(running, VALID)/:: false/'
breaks "starts are counted, and come to an end" 's/:: else -> boots++$/:: else/'
breaks "a trial that is begun once more keeps its starts" 's/cold++;  *.* once more .*/cold++; boots = 0;/'
breaks "nothing begins while the loader waits" '/^agreed:/,/^take:/s/-> confirm_note()/-> skip/'
breaks "I6: only what reads back right" 's/^    :: !is_right(other) -> goto agreed .*//; s/^    :: is_right(other) ->$/    :: true ->/'
printf 'states\t%s\tof download, verify, switch, boot, confirm, rollback, adoption and fallback, under our boot stage and a foreign loader, the power going anywhere\n' "$states"
printf 'lost\t0\tassertions of I1 to I6 that can fail\n'
printf 'rules\t%s\tbroken in the model, one at a time; each makes an assertion fail\n' "$rules"
