# SPDX-License-Identifier: Apache-2.0
# Clients that do not behave: each gets one calm line, and nobody else notices.
. test/e2e/lib.sh
. test/e2e/serve.sh
make_project
serve --rate 4000000000

say "a client that trusts another CA; one that does not take the name"
curl -sS --max-time 5 "https://localhost:$port/" >/dev/null 2>&1 && fail "curl trusted a stranger"
provokes CLIENT_OTHER_CA line_of CLIENT_OTHER_CA
python3 - "$port" <<'EOF'
import socket, sys
# a client hello of TLS 1.2 cut short by the client's alerts 42, 40, 45: content type 21, level fatal
for number in (42, 40, 45):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as s:
        hello = bytes.fromhex("0303") + bytes(32) + b"\0" + bytes.fromhex("0002c02b0100")
        hello += bytes.fromhex("0022000a00040002001700" "0b00020100" "000d00040002" "0403" "002b0003020303" "ff01000100")
        hello = b"\x01" + len(hello).to_bytes(3, "big") + hello
        s.sendall(b"\x16\x03\x01" + len(hello).to_bytes(2, "big") + hello)
        s.recv(4096)
        s.sendall(bytes([21, 3, 3, 0, 2, 2, number]))
        s.settimeout(5)
        while s.recv(4096):
            pass
EOF
provokes CLIENT_REFUSED_US line_of CLIENT_REFUSED_US
provokes CLIENT_ALERT line_of CLIENT_ALERT
provokes CLIENT_EXPIRED line_of CLIENT_EXPIRED

say "a client that is too old for TLS 1.2"
openssl s_client -connect "localhost:$port" -tls1_1 -cipher DEFAULT@SECLEVEL=0 </dev/null >/dev/null 2>&1 || :
provokes CLIENT_OLD_TLS line_of CLIENT_OLD_TLS

say "plain HTTP gets a page that says where it is"
curl -sS --max-time 5 -o "$tmp/page" "http://localhost:$port/x"
has "You have reached aloft" "$tmp/page"
provokes CLIENT_PLAIN line_of CLIENT_PLAIN

say "bytes that are no TLS, a broken record, a client that leaves"
python3 - "$port" <<'EOF'
import socket, sys
for bytes_sent in (b"\x00\x01garbage", b"\x16\x03\x01\x00\x10" + b"\xff" * 16, b"\x16\x03"):
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as s:
        s.settimeout(5)
        try:
            s.sendall(bytes_sent)
            s.shutdown(socket.SHUT_WR)
            while s.recv(4096):
                pass
        except OSError: # it may be closed already
            pass
EOF
provokes CLIENT_NOT_TLS line_of CLIENT_NOT_TLS
provokes CLIENT_TLS line_of CLIENT_TLS
provokes CLIENT_LEFT line_of CLIENT_LEFT

say "keep-alive, pipelining, and requests that two readers could read in two ways"
cat >"$tmp/tls.py" <<'EOF'
import socket, ssl, sys
def connect(port, ca):
    context = ssl.create_default_context(cafile=ca)
    raw = socket.create_connection(("127.0.0.1", int(port)), 20)
    return context.wrap_socket(raw, server_hostname="localhost")
def read_all(s):
    got = b""
    while True:
        try:
            part = s.recv(65536)
        except (ssl.SSLEOFError, ConnectionResetError):
            break
        if not part:
            break
        got += part
    return got
EOF
PYTHONPATH=$tmp python3 - "$port" "$project/pki/ca.crt" "/$place/manifest.suit" <<'EOF'
import sys
from tls import connect, read_all
port, ca, path = sys.argv[1:]
one = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
with connect(port, ca) as s: # 150 at once: 100 are answered, then the connection ends
    s.sendall(one * 150)
    got = read_all(s)
    assert got.count(b"HTTP/1.1 200 OK") == 100, got.count(b"HTTP/1.1 200 OK")
    assert got.count(b"Connection: close") == 1
bad = (b"GET / HTTP/1.1\r\n\r\n", # no Host
       b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
       b"POST /v1/report HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
       b"POST /v1/report HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
       b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
       b"GET / HTTP/1.1\nHost: a\n\n",
       b"\0\0\0\0",
       b"GET / HTTP/3.7\r\nHost: a\r\n\r\n")
for request in bad:
    with connect(port, ca) as s:
        s.sendall(request + one)
        got = read_all(s)
        assert got.startswith(b"HTTP/1.1 400 "), (request, got)
        assert got.count(b"HTTP/1.1 4") == 1 and b"200 OK" not in got, (request, got)
others = ((b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", b"431"),
          (b"POST /v1/report HTTP/1.1\r\nHost: a\r\nContent-Length: 513\r\n\r\n", b"413"),
          (b"POST /v1/report HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"))
for request, status in others:
    with connect(port, ca) as s:
        s.sendall(request)
        got = read_all(s)
        assert got.startswith(b"HTTP/1.1 " + status), (request[:60], got)
with connect(port, ca) as s: # Expect
    s.sendall(b"POST /v1/report HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
    assert s.recv(100).startswith(b"HTTP/1.1 100 "), "no 100"
EOF

say "300 stalled downloads, and checks are answered beside them"
PYTHONPATH=$tmp python3 - "$port" "$project/pki/ca.crt" "/$place" fw/0011223344556677.bin <<'EOF'
import sys, time
from tls import connect, read_all
port, ca, place, payload = sys.argv[1:]
stalled = []
for _ in range(300):
    s = connect(port, ca)
    s.sendall(f"GET {place}/{payload} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    stalled.append(s)
began = time.monotonic()
for i in range(20):
    with connect(port, ca) as s:
        s.sendall(f"GET {place}/manifest.suit HTTP/1.1\r\nHost: a\r\nAloft-Device: d{i}\r\nConnection: close\r\n\r\n".encode())
        assert read_all(s).startswith(b"HTTP/1.1 200 OK")
took = time.monotonic() - began
assert took < 5, took
for s in stalled[:3]:
    s.sendall(b"")
    got = s.recv(16384)
    assert got.startswith(b"HTTP/1.1 200 OK")
EOF
line "d19 checks"

say "one byte a second does not outlive the deadlines"
PYTHONPATH=$tmp python3 - "$port" "$project/pki/ca.crt" <<'EOF'
import select, socket, sys, time
from tls import connect
port, ca = sys.argv[1:]
handshake = socket.create_connection(("127.0.0.1", int(port)), 5)
handshake.sendall(b"\x16\x03\x01\x02\x00")
silent = socket.create_connection(("127.0.0.1", int(port)), 5)
head = connect(port, ca)
head.settimeout(0.3)
began, ended = time.monotonic(), {}
sockets = {handshake: "handshake", silent: "silent", head: "head"}
while len(ended) < 3 and time.monotonic() - began < 25:
    for s, name in sockets.items():
        if name in ended:
            continue
        try:
            if name != "silent":
                s.send(b"\x01" if name == "handshake" else b"G")
            ready, _, _ = select.select([s], [], [], 0.3)
            if ready and not s.recv(4096):
                ended[name] = time.monotonic() - began
        except TimeoutError: # it was only a session ticket
            pass
        except OSError:
            ended[name] = time.monotonic() - began
assert 9 < ended["handshake"] < 14 and 9 < ended["silent"] < 14 and 13 < ended["head"] < 20, ended
EOF
provokes CLIENT_SLOW_TLS line_of CLIENT_SLOW_TLS
provokes CLIENT_SLOW_HEAD line_of CLIENT_SLOW_HEAD

say "a file that becomes shorter while it is sent ends the connection"
head -c 3000000 /dev/zero >"$project/site/$place/fw/shrinks.bin"
PYTHONPATH=$tmp python3 - "$port" "$project/pki/ca.crt" "/$place" "$project/site/$place/fw/shrinks.bin" <<'EOF'
import os, sys
from tls import connect, read_all
port, ca, place, file = sys.argv[1:]
with connect(port, ca) as s:
    s.sendall(f"GET {place}/fw/shrinks.bin HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    s.recv(10)
    os.truncate(file, 1000)
    assert len(read_all(s)) < 3000000
EOF
provokes SITE_CHANGED line_of SITE_CHANGED

say "with few descriptors it says that it is full, and goes on when they are free again"
stop "$pid"
(
    ulimit -n 48
    exec "$ALOFT" -C "$project" serve --listen 127.0.0.1:0 --no-mdns >"$tmp/few.log" 2>&1
) &
pid=$!
started="$started $pid"
served=$tmp/few.log
wait_for 10 grep -q '^ready https://' "$served"
port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$served")
url=https://localhost:$port/$place
python3 - "$port" <<'EOF'
import socket, sys, time
all = [socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) for _ in range(60)]
time.sleep(1)
EOF
provokes SERVER_FULL line_of SERVER_FULL
status_is 200 "$url/manifest.suit"
stop "$pid"
[ "$ended" = 0 ] || fail "it ended with $ended"
