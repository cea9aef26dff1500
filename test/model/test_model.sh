#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks every state of update.pml; $ALOFT_RELEASES: how many releases the mirror has (3; with 4 it takes half a minute
# and 700 MB). Exit: 0 no assertion can fail, 1 one can (its steps are printed), 77 no spin on this machine.
set -eu
command -v spin >/dev/null || exit 77
model=$PWD/test/model/update.pml
room=$(mktemp -d /tmp/aloft-model-XXXXXX)
trap 'rm -rf "$room"' EXIT
cd "$room"
cp "$model" .
spin "-DRELEASES=${ALOFT_RELEASES:-3}" -a update.pml
cc -O2 -DSAFETY -DMEMLIM=2500 -o pan pan.c
timeout 280 ./pan -m1000000 >said 2>&1 || true
grep -E 'states, stored|errors:|elapsed time' said
if ! grep -q 'errors: 0' said || grep -qE 'depth too small|not completed' said; then
    cat said
    [ ! -f update.pml.trail ] || spin "-DRELEASES=${ALOFT_RELEASES:-3}" -t -p update.pml | tail -n 60
    exit 1
fi
