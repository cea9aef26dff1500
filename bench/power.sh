#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cuts of the power, as many cases as $ALOFT_POWER_CASES says
#
# $ALOFT_BUILD: the build folder, default build; $ALOFT_POWER_CASES: default 100000; $ALOFT_POWER_JOBS: processes,
# default 2. A million takes some minutes on two cores, a hundred millions a night, with each way of a second cut and each
# prefix of each operation: ALOFT_POWER_CASES=100000000 ALOFT_BENCH_S=36000 ./dev bench power. The cases that one seed
# gives are always the same; `build/power --replay ID` lives one of them again. A run of so many may be stopped: each scene
# on each chip that is done is kept in power-parts of the build folder, and the same command goes on with the others.
set -eu
: "${ALOFT_BUILD:=./build}"
: "${ALOFT_POWER_CASES:=100000}"
: "${ALOFT_POWER_JOBS:=2}"
set -- --cases "$ALOFT_POWER_CASES" --jobs "$ALOFT_POWER_JOBS"
if [ "$ALOFT_POWER_CASES" -ge 10000000 ]; then
    mkdir -p "$ALOFT_BUILD/power-parts"
    set -- "$@" --prefixes 131072 --all-pairs --keep "$ALOFT_BUILD/power-parts"
elif [ "$ALOFT_POWER_CASES" -ge 500000 ]; then
    set -- "$@" --prefixes 8
else
    set -- "$@" --random-only
fi
exec tools/result power-bench "$ALOFT_BUILD/power" "$@"
