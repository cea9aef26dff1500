#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Memory of `aloft serve` with 1,000 downloads whose clients read nothing
#
# RSS of the process, and what the kernel holds for its sockets (/proc/net/sockstat, TCP mem pages, which count both ends
# on loopback).
# what lib.sh and serve.sh set; dash has ulimit -H
# shellcheck disable=SC2154,SC3045
set -eu
cd "$(dirname "$0")/.."
. test/e2e/lib.sh
. test/e2e/serve.sh
n=${1:-1000}
make_project
head -c 8000000 /dev/urandom >"$project/site/$place/$payload"
ulimit -n "$(ulimit -H -n)" 2>/dev/null || :
serve --rate 4000000000

rss_kb() {
    sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"
}
kernel_kb() {
    pages=$(sed -n 's/^TCP:.* mem \([0-9]*\)$/\1/p' /proc/net/sockstat)
    echo $((pages * $(getconf PAGESIZE) / 1024))
}

# port is of the first listener; warm the process up, so that what every process needs is not counted
status_is 200 "$url/manifest.suit"
rss=$(rss_kb)
kernel=$(kernel_kb)
cat >"$tmp/stall.py" <<'EOF'
import socket, ssl, sys, time
port, ca, path, n = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
context = ssl.create_default_context(cafile=ca)
stalled = []
for _ in range(n):
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096) # so that what waits, waits at the server
    raw.connect(("127.0.0.1", port))
    s = context.wrap_socket(raw, server_hostname="localhost")
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    stalled.append(s)
time.sleep(2)
print("stalled", flush=True)
time.sleep(60)
EOF
background "$tmp/stall.log" python3 "$tmp/stall.py" "$port" "$project/pki/ca.crt" "/$place/$payload" "$n"
stall=$pid
pid=$(echo "$started" | tr ' ' '\n' | sed '/^$/d' | head -n 1)
wait_for 60 grep -q stalled "$tmp/stall.log"
rss_grown=$(($(rss_kb) - rss))
kernel_grown=$(($(kernel_kb) - kernel))
began=$(date +%s%N)
status_is 200 "$url/manifest.suit"
took=$((($(date +%s%N) - began) / 1000000))
printf 'memory.process\t%s KB\tgrowth of the RSS of aloft serve by %s stalled downloads over TLS, %s KB each\n' \
    "$rss_grown" "$n" $((rss_grown / n))
printf 'memory.sockets\t%s KB\twhat the kernel holds for their sockets, both ends, %s KB each (/proc/net/sockstat)\n' \
    "$kernel_grown" $((kernel_grown / n))
printf 'memory.check\t%s ms\ta manifest fetched by curl beside them, its start and handshake with it\n' "$took"
stop "$stall"
