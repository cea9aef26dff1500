#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Server under faults: $ALOFT_KILLS times SIGKILL under load, slow clients, malformed requests, a full disk
#
# $ALOFT, $ALOFT_BUILD as for bench/run; $ALOFT_KILLS: default 200.
set -eu
KILLS=${ALOFT_KILLS:-200} SLOW=10000 GARBAGE=2000
export KILLS SLOW GARBAGE
exec tools/result server sh test/e2e/server_faults.sh
