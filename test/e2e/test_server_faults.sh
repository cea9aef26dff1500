# SPDX-License-Identifier: Apache-2.0
# The server is killed, kept waiting, fed with rubbish and left without a disk; `./dev bench server` does it for longer.
KILLS=12 SLOW=10000 GARBAGE=120
export KILLS SLOW GARBAGE
exec tools/result server sh test/e2e/server_faults.sh
