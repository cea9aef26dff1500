#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `./dev demo` itself, with the words that its closing table must have. Once is enough: the sanitizers look at the same
# programs in the other tests.
set -eu
if grep -qs '^ALOFT_SANITIZE:BOOL=ON' "$ALOFT_BUILD/CMakeCache.txt"; then
    echo "a sanitizer build: not run"
    exit 0
fi
out=$(mktemp)
trap 'rm -f "$out"' EXIT
timeout 280 sh tools/demo.sh >"$out" 2>&1 </dev/null || { tail -n 60 "$out"; exit 1; }
for words in 'lamp-1 runs 1.1.0, confirmed' 'it comes back on *lamp 1.1.0' 'lamp-1 runs 1.2.0, confirmed' \
    'back on 1.2.0: 1.3.0 crashed' 'back on 1.2.0: 1.3.1 hung' 'lamp-1 runs 1.4.0, confirmed' \
    'are not the image that the manifest describes' 'not signed by enough keys' 'older than what this device' \
    'All of it held'; do
    grep -q "^ .*$words\|^$words" "$out" || { tail -n 40 "$out"; echo "the demo did not say: $words"; exit 1; }
done
