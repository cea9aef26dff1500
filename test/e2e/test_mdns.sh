# SPDX-License-Identifier: Apache-2.0
# Multicast DNS between two machines that exist only here: two network namespaces and a cable. Nothing leaves them.
. test/e2e/lib.sh
if [ "${1:-}" != inside ]; then
    unshare -n true 2>/dev/null || { say "no network namespaces here: not run"; exit 0; }
    rm -rf "$tmp"
    exec unshare -n sh "$0" inside
fi
. test/e2e/serve.sh
"$ALOFT" init "$project" --host lab-pc.local --class acme.example/lamp/a >/dev/null

say "this namespace is the server, another one its neighbour"
background "$tmp/neighbour.log" unshare -n sleep 120
neighbour=$pid
own=$(readlink /proc/self/ns/net)
not_own() {
    other=$(readlink "/proc/$neighbour/ns/net") && [ -n "$other" ] && [ "$other" != "$own" ]
}
wait_for 5 not_own
ip link set lo up
ip link add cable type veth peer name far
ip link set far netns "$neighbour"
ip addr add 10.77.0.1/24 dev cable
ip addr add 2001:db8:77::1/64 dev cable nodad
ip link set cable up
there() {
    nsenter -t "$neighbour" -n "$@"
}
there ip addr add 10.77.0.2/24 dev far
there ip link set far up

say "it probes, announces, and says so"
served=$tmp/serve.log
background "$served" "$ALOFT" -C "$project" serve --listen '[::]:0'
server=$pid
line "answering for lab-pc.local"

say "a legacy client, one that wants unicast, and one that wants multicast get the addresses"
ask() {
    there timeout 20 python3 test/e2e/mdns.py ask "$@" >"$tmp/answer" || fail "mdns.py ask $*"
}
ask lab-pc.local 1 10.77.0.2 legacy
has "1 0x1 10 10.77.0.1" "$tmp/answer"
has "28 0x1 10 2001:db8:77::1" "$tmp/answer"
ask lab-pc.local 28 10.77.0.2 unicast
has "28 0x8001 120 2001:db8:77::1" "$tmp/answer"
sleep 2.2 # its second announcement is a second old then (RFC 6762 section 6)
ask lab-pc.local 1 10.77.0.2 multicast
has "1 0x8001 120 10.77.0.1" "$tmp/answer"
! grep -q "127.0.0.1" "$tmp/answer" || fail "the loopback address went out"

say "nobody is answered who asks for another name"
ask other.local 1 10.77.0.2 legacy
has nothing "$tmp/answer"

say "a type that there is not is denied, and what is known already is not said again"
ip addr del 2001:db8:77::1/64 dev cable
stop "$server"
[ "$ended" = 0 ] || fail "it ended with $ended"
background "$served" "$ALOFT" -C "$project" serve --listen '[::]:0'
server=$pid
line "answering for lab-pc.local"
sleep 2 # its second announcement comes a second later and is no answer to this
ask lab-pc.local 28 10.77.0.2 unicast
grep -q '^47 0x8001 120 c00c000440000000$' "$tmp/answer" || { cat "$tmp/answer"; fail "no denial"; }
sleep 2
ask lab-pc.local 1 10.77.0.2 known
has nothing "$tmp/answer"

say "two responders on one machine do not fight"
background "$tmp/second.log" "$ALOFT" -C "$project" serve --listen '127.0.0.1:0'
wait_for 5 grep -q '^ready' "$tmp/second.log"
has "not answering mDNS: another program has port 5353" "$tmp/second.log"
stop "$pid"
stop "$server"

say "another machine that has the name already is left in peace"
there timeout 30 python3 test/e2e/mdns.py impostor lab-pc.local 10.77.0.2 &
impostor=$!
sleep 0.5
background "$served" "$ALOFT" -C "$project" serve --listen '[::]:0'
server=$pid
provokes MDNS_CONFLICT line_of MDNS_CONFLICT
wait "$impostor"
ask lab-pc.local 1 10.77.0.2 legacy
has nothing "$tmp/answer"

say "with --no-mdns it is silent"
stop "$server"
serve --no-mdns
ask lab-pc.local 1 10.77.0.2 legacy
has nothing "$tmp/answer"
stop "$pid"
