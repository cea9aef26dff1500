#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Erases and writes of one update, slot and record log
#
# $ALOFT_BUILD: the build folder, default build. test/size holds the counts against test/size/budget.txt.
set -eu
: "${ALOFT_BUILD:=./build}"
exec "$ALOFT_BUILD/bench_flash"
