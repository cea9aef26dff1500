#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Networks that are not there, or not all there, as the device tells them. Everything happens inside a network
# namespace of this test's own; nothing leaves the machine.
. test/e2e/lib.sh

if [ "${ALOFT_IN_NAMESPACE:-}" != 1 ]; then
    own=-n
    unshare "$own" true 2>/dev/null || own=-rn
    unshare "$own" true 2>/dev/null || { echo "skipped: no network namespaces on this machine"; exit 0; }
    export ALOFT_IN_NAMESPACE=1
    unshare "$own" sh "$0"
    exit
fi

device() {
    "$ALOFT" -C "$tmp/p" device --dir "$tmp/d" --once "$@"
}

say "a project and a device"
"$ALOFT" init "$tmp/p" --host localhost >/dev/null
sh examples/build.sh "$tmp/p" examples/hello/main.c "$tmp/hello" 2>"$tmp/log" || { cat "$tmp/log"; fail "no hello"; }

say "no network at all: that is told, and neither the address nor the name is blamed"
provokes NET_DOWN device --flash "$tmp/hello" --url https://192.0.2.1:4443
exits 2 device --url https://192.0.2.1:4443
provokes NET_DOWN device --url https://updates.example:4443

say "a network without a path to the server"
ip link set lo up
ip link add lan0 type veth peer name lan1
ip address add 10.9.9.1/24 dev lan0
ip link set lan0 up
ip link set lan1 up
provokes NET_UNREACHABLE device --url https://192.0.2.1:4443
has "no network path from this device to 192.0.2.1" "$tmp/said"
ip route add unreachable 198.51.100.0/24
provokes NET_UNREACHABLE device --url https://198.51.100.7:4443

say "a name that nobody knows"
provokes NET_NAME device --url https://updates.example:4443
has "updates.example cannot be resolved" "$tmp/said"

say "a network that this device's own rules forbid"
ip route add prohibit 203.0.113.0/24
provokes NET_LOCAL device --url https://203.0.113.7:4443

say "NAME.local is asked for on the local network"
cat >"$tmp/responder.py" <<'END'
import socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 5353))
s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
             socket.inet_aton("224.0.0.251") + socket.inet_aton("10.9.9.1"))
print("ready", flush=True)
name = b"\x03lab\x05local\x00"
while True:
    packet, who = s.recvfrom(1500)
    if name in packet:
        s.sendto(struct.pack(">6H", 0, 0x8400, 0, 1, 0, 0) + name +
                 struct.pack(">HHIH", 1, 0x8001, 120, 4) + socket.inet_aton("10.9.9.1"), who)
END
background "$tmp/responder.log" python3 "$tmp/responder.py"
wait_for 5 grep -q ready "$tmp/responder.log"
provokes NET_REFUSED device --url https://lab.local:1
has "lab.local refused the connection on port 1" "$tmp/said"
ALOFT_NO_MDNS=1
export ALOFT_NO_MDNS
provokes NET_NAME device --url https://lab.local:1
unset ALOFT_NO_MDNS
provokes NET_NAME device --url https://nobody.local:1
