#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The software device takes updates from the real server: a good one, one with the power cut in the middle, and five
# that should never have been published.
. test/e2e/lib.sh

p=$tmp/p
d=$tmp/d

device() {
    "$ALOFT" -C "$p" device --dir "$d" --url "https://localhost:$port" --watchdog 2 --once "$@"
}

# publish VERSION [-DX=Y]...: builds a lamp and publishes it
publish() {
    version=$1
    shift
    sh examples/build.sh "$p" examples/lamp/main.c "$tmp/lamp" -DLAMP_VERSION="$version" "$@" 2>"$tmp/build.log" || {
        cat "$tmp/build.log"
        fail "$version was not built"
    }
    "$ALOFT" -C "$p" publish "$tmp/lamp" >"$tmp/publish.log" 2>&1 || { cat "$tmp/publish.log"; fail "no release"; }
}

# serve [OPTION]...: starts the server and sets $port and $server
serve() {
    background "$tmp/serve.log" "$ALOFT" -C "$p" serve --listen 127.0.0.1:0 --no-mdns "$@"
    server=$pid
    wait_for 10 grep -q "^ready" "$tmp/serve.log"
    port=$(sed -n 's/^listening on 127.0.0.1:\([0-9]*\)$/\1/p' "$tmp/serve.log")
    [ -n "$port" ] || fail "the server has not said its port"
}

# runs VERSION SLOT: the next start runs this, confirmed
runs() {
    exits 0 device
    has "boot: $1 in slot $2" "$tmp/out"
    has "lamp $1, slot $2" "$tmp/out"
}

say "flashed, and nothing published yet"
"$ALOFT" init "$p" --host localhost >/dev/null
sh examples/build.sh "$p" examples/lamp/main.c "$tmp/lamp" 2>"$tmp/build.log" || { cat "$tmp/build.log"; fail "no lamp"; }
serve
exits 0 device --flash "$tmp/lamp"
has "boot: 1.0.0 in slot A" "$tmp/out"
has "update server localhost:$port reached, certificate good, nothing published yet for this class and channel (404)" "$tmp/out"
has "Next: \`aloft publish IMAGE\`" "$tmp/out"
[ ! -s "$tmp/said" ] || fail "what is no fault sounds like one: $(cat "$tmp/said")"

say "an update: downloaded, tried, confirmed, reported"
publish 1.1.0
has "Waiting for it: 1 of 1 known device." "$tmp/publish.log"
exits 0 device
has "1.0.0 -> 1.1.0" "$tmp/out"
has "boot: 1.1.0 in slot B, on trial (start 1 of 3)" "$tmp/out"
has "lamp 1.1.0, slot B, on trial" "$tmp/out"
has "1.1.0 confirmed: it stays" "$tmp/out"
has "reported to the server" "$tmp/out"
runs 1.1.0 B
"$ALOFT" -C "$p" devices >"$tmp/devices"
has "1.1.0" "$tmp/devices"

say "the power goes in the middle; the download goes on from its mark"
stop "$server"
serve --rate 300000
publish 1.2.0
background "$tmp/log" "$ALOFT" -C "$p" device --dir "$d" --url "https://localhost:$port"
boot=$pid
wait_for 20 grep -q "25 %" "$tmp/log"
kill -9 "$boot"
stop "$boot"
wait_for 5 flock -n "$d/lock" true

say "Ctrl-C in the middle of a check is no success"
stopped_in_the_middle() {
    background "$tmp/log" "$ALOFT" -C "$p" device --dir "$d" --url "https://localhost:$port" --once
    wait_for 20 grep -q "going on with 1.2.0" "$tmp/log"
    kill -INT "$pid"
    stop "$pid"
    cat "$tmp/log" >&2
    return "$ended"
}
provokes DEVICE_STOPPED stopped_in_the_middle
[ "$code" = 2 ] || fail "exit code $code, not 2"
stop "$server"
serve
exits 0 device
has "boot: 1.1.0 in slot B" "$tmp/out"
has "going on with 1.2.0 at byte" "$tmp/out"
has "1.2.0 confirmed: it stays" "$tmp/out"
received=$(sed -n 's/^1.2.0 is written, \([0-9]*\) bytes received.*/\1/p' "$tmp/out")
[ "$received" -lt "$(wc -c <"$tmp/lamp")" ] || fail "all of it was fetched again: $received bytes"
runs 1.2.0 A

# refused_trial VERSION FAULT ERROR TEXT...: a release that fails its trial; the device says why and goes back
refused_trial() {
    version=$1
    fault=$2
    error=$3
    publish "$version" "-DLAMP_FAULT=$fault"
    say "$version: $fault"
    provokes "$error" device
    [ "$code" = 3 ] || fail "exit code $code, not 3"
    has "boot: $version in slot B, on trial (start 1 of 3)" "$tmp/out"
    has "boot: 1.2.0 in slot A" "$tmp/out"
    has "$version" "$tmp/said"
    ! grep -q "^Before this start: .*\[$(number_of "$error")" "$tmp/said" || fail "what has just happened is told as an old story"
    provokes TRIAL_WAITS device
    [ "$code" = 3 ] || fail "exit code $code, not 3"
    grep -q "^Before this start: .*\[$(number_of "$error")" "$tmp/said" || fail "an old fault sounds new: $(cat "$tmp/said")"
    ! grep -q "slot B" "$tmp/out" || fail "$version was started again before its back-off"
}

refused_trial 1.3.0 crash TRIAL_CRASHED
has "it is tried again in 1 h" "$tmp/said"
refused_trial 1.3.1 hang TRIAL_HUNG
refused_trial 1.3.2 leave TRIAL_ENDED
refused_trial 1.3.3 sick TRIAL_SICK
ALOFT_TRIAL_S=10
export ALOFT_TRIAL_S
refused_trial 1.3.4 mute TRIAL_SILENT
unset ALOFT_TRIAL_S

say "a mended release is taken at once"
publish 1.4.0
exits 0 device
has "1.4.0 confirmed: it stays" "$tmp/out"
runs 1.4.0 B
"$ALOFT" -C "$p" devices >"$tmp/devices"
has "1.4.0" "$tmp/devices"
