#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A device diagnoses its own road: refused, another CA, an update on offer. It changes nothing, and a running one answers
# a signal as it would answer a console.
. test/e2e/lib.sh
. test/e2e/serve.sh

device() {
    "$ALOFT" -C "$project" device --url "https://localhost:$port" "$@"
}

# step NAME WORD: the diagnosis in $tmp/out says this of this step
step() {
    grep -qx "  $1  *$2" "$tmp/out" || { cat "$tmp/out" >&2; fail "step $1 is not $2"; }
}

say "a project, a firmware and a newer one"
"$ALOFT" init "$project" --host localhost --class acme.example/lamp/a >/dev/null
sh examples/build.sh "$project" examples/hello/main.c "$tmp/hello-1" >/dev/null
sed 's/"1.0.0"/"1.1.0"/' examples/hello/main.c >"$tmp/hello.c"
sh examples/build.sh "$project" "$tmp/hello.c" "$tmp/hello-2" >/dev/null

say "nothing listens: everything up to the name holds, and what comes after is not reached"
port=$(free_port)
provokes NET_REFUSED device --flash "$tmp/hello-1" --diagnose
step name good
step connect broken
step tls "not reached"
step decision "not reached"

say "nothing is published: the road is good up to HTTP"
serve
exits 0 device --diagnose
step chain good
step clock good
step http broken
step manifest "not reached"

say "a release is on offer: it says what it would do, and its flash is as it was"
"$ALOFT" -C "$project" publish "$tmp/hello-2" >/dev/null
cp "$project/device/flash.bin" "$tmp/before"
exits 0 device --diagnose
step decision good
has "It would compare what runs with 1.1.0, and fetch that where they differ:" "$tmp/out"
cmp "$project/device/flash.bin" "$tmp/before" || fail "a diagnosis has written"

say "another CA in the device is named, and not the network"
"$ALOFT" init "$tmp/other" --host localhost >/dev/null
provokes TLS_CA device --ca "$tmp/other/pki/ca.crt" --diagnose
step tls good
step chain broken
step host "not reached"

say "a running device answers when it is asked, and updates all the same"
background "$tmp/device.log" "$ALOFT" -C "$project" device --url "https://localhost:$port"
wait_for 20 grep -q '1.1.0 confirmed: it stays' "$tmp/device.log"
wait_for 10 grep -q 'reported to the server' "$tmp/device.log"
kill -USR2 "$pid"
wait_for 10 grep -q 'It would do nothing: nothing newer is there for it.' "$tmp/device.log"
grep -qx '  decision  good' "$tmp/device.log" || fail "the running device did not say its steps"
stop "$pid"
