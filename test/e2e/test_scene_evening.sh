# SPDX-License-Identifier: Apache-2.0
# The demo's scene of the evening with errno 113 ends well, and its words are those that were promised.
. test/e2e/lib.sh

exits 0 env ALOFT="$ALOFT" ALOFT_BUILD="$ALOFT_BUILD" sh tools/scene-evening.sh "$tmp/evening"
has "(errno 113)" "$tmp/out"
has "main/ota_util.c:47" "$tmp/out"
has "The device asks a machine that is not there. Your certificates are fine." "$tmp/out"
has "The device runs ota_demo_ver2." "$tmp/out"
