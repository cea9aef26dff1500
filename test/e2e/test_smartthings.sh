#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The button, once, over a real broker: the first scenes of ./dev demo smartthings.
set -eu
PATH=$PATH:/usr/sbin
if ! command -v mosquitto >/dev/null || [ ! -x "$ALOFT_BUILD/aloft-smartthings" ]; then
    echo "no mosquitto or no libmosquitto-dev here: not run"
    exit 77
fi

"$ALOFT_BUILD/aloft-smartthings" --help | grep -q 'usage: aloft-smartthings'
rc=0
"$ALOFT_BUILD/aloft-smartthings" --what >/dev/null 2>&1 || rc=$?
[ "$rc" -eq 64 ] || { echo "a wrong option gave $rc"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ALOFT_DEMO_WORK=$work/demo timeout 200 tools/demo-smartthings.sh --short
