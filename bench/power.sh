#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cuts of the power, as many cases as $ALOFT_POWER_CASES says
#
# $ALOFT_BUILD: the build folder, default build; $ALOFT_POWER_CASES: default 100000; $ALOFT_POWER_JOBS: processes,
# default 2. A million takes some minutes on two cores, a hundred millions a night: then start
# `build/power --cases 100000000 --all-pairs --prefixes 131072` itself, for bench/run ends after 300 s. The cases that one seed
# gives are always the same; `build/power --replay ID` lives one of them again.
set -eu
: "${ALOFT_BUILD:=./build}"
: "${ALOFT_POWER_CASES:=100000}"
: "${ALOFT_POWER_JOBS:=2}"
set -- --cases "$ALOFT_POWER_CASES" --prefixes 8 --jobs "$ALOFT_POWER_JOBS"
[ "$ALOFT_POWER_CASES" -ge 500000 ] || set -- "$@" --random-only
exec "$ALOFT_BUILD/power" "$@"
