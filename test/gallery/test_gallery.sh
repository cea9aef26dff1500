# SPDX-License-Identifier: Apache-2.0
# At least thirty faults, each made for real in network namespaces of its own; exit code 77 where a machine gives none.
set -eu
: "${ALOFT:=./build/aloft}"
: "${ALOFT_BUILD:=$(dirname "$ALOFT")}"
export ALOFT ALOFT_BUILD NO_COLOR=1 ALOFT_NO_MDNS=1
exec python3 test/gallery/run.py "$@"
