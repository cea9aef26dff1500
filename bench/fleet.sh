#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Years of bad luck of as many devices as $ALOFT_FLEET says
#
# $ALOFT_BUILD: the build folder, default build; $ALOFT_FLEET: default 1000 devices, which take two
# minutes on an idle core.
set -eu
: "${ALOFT_BUILD:=./build}"
: "${ALOFT_FLEET:=1000}"
exec tools/result fleet "$ALOFT_BUILD/fleet" --devices "$ALOFT_FLEET"
