#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The shell lines of the README, as they stand there, in a network of their own, so that port 4443 is free.
set -eu
. test/e2e/own_net.sh
source_dir=$PWD
server=
work=$(mktemp -d)
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
for name in "$source_dir"/*; do
    [ "$(basename "$name")" = build ] || ln -s "$name" .
done
ln -s "$ALOFT_BUILD" build
awk '/^```sh$/ {on = 1; next} /^```$/ {on = 0} on' "$source_dir/README.md" >lines.sh
[ "$(grep -c . lines.sh)" -ge 12 ] || { echo "the README has lost its shell lines"; exit 1; }

run() {
    if ! timeout 120 sh -c "$1" </dev/null >said.log 2>&1; then
        cat said.log server.log
        echo "this line of the README failed: $1"
        exit 1
    fi
    cat said.log
    cat said.log >>all.log
}

while read -r line; do
    echo "\$ $line"
    case $line in
    'kill %1') kill "$server" ;;
    *' &')
        # the README's reader takes a moment before the next line
        sh -c "exec ${line%&}" >server.log 2>&1 </dev/null &
        server=$!
        tries=50
        until grep -q '^ready' server.log || [ "$tries" -eq 0 ]; do
            tries=$((tries - 1))
            sleep 0.1
        done
        ;;
    *) run "$line" ;;
    esac
done <lines.sh
for words in 'certificate good, nothing published yet' '1.1.0 confirmed: it stays' 'runs 1.1.0, confirmed' 'exit code 3' \
    'Waiting for it: 1 of 1 known device'; do
    grep -q "$words" all.log server.log || { echo "nobody said: $words"; exit 1; }
done
echo "every line of the README ran"
