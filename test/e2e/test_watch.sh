# SPDX-License-Identifier: Apache-2.0
# `aloft watch`: a board on a pseudo-terminal, a real server, real clients. What one side alone cannot say is said, once.
. test/e2e/lib.sh
. test/e2e/serve.sh
export ALOFT

# board: a pseudo-terminal whose other end writes what stands in $tmp/feed.N, one file after the other
cat >"$tmp/board.py" <<'PY'
import os, pty, sys, time, tty
own, other = pty.openpty()
tty.setraw(other)
os.symlink(os.ttyname(other), sys.argv[1] + "/board")
end = time.time() + 120
n = 1
while time.time() < end:
    name = f"{sys.argv[1]}/feed.{n}"
    if os.path.exists(name):
        os.write(own, open(name, "rb").read())
        open(f"{sys.argv[1]}/took.{n}", "w").close()
        n += 1
    time.sleep(0.05)
PY
feed() {
    n_fed=$((${n_fed:-0} + 1))
    printf '%b' "$1" >"$tmp/feed.new"
    mv "$tmp/feed.new" "$tmp/feed.$n_fed"
}
seen() {
    wait_for 20 grep -qF -e "$1" "$watched"
}

make_project
serve
background "$tmp/board.log" python3 "$tmp/board.py" "$tmp"
wait_for 10 test -e "$tmp/board"
watched=$tmp/watched
feed 'E (4000) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n'
wait_for 10 test -e "$tmp/took.1"
background "$watched" "$ALOFT" -C "$project" watch "$tmp/board"
watcher=$pid
seen "device and server"

say "what was waiting in the terminal is shown as that"
seen "1 line above was waiting from before"

say "a device that nobody answers, and a server that heard nothing: wrong address, or another network"
feed '\033[0;31mE (50859) esp-tls: Failed to connnect to host (errno 113)\033[0m\nFailed to open HTTP connection: 28674\r\n'
seen "E (50859) esp-tls: Failed to connnect to host (errno 113)"
seen "No packet from any device has reached this server"
grep -q "$(printf '\033')" "$watched" && fail "a colour of the device came through"

say "the same again is not said again"
feed 'E (61000) esp-tls: Failed to connnect to host (errno 113)\n'
seen "E (61000)"
sleep 3
[ "$(grep -c 'No packet from any device' "$watched")" = 1 ] || fail "the verdict was said twice"
[ "$(grep -c 'ECONNABORTED' "$watched")" -le 1 ] || fail "113 was explained twice"

say "a device with another CA: alert 48 at the server"
"$ALOFT" init "$tmp/stranger" --host localhost --class acme.example/lamp/a >/dev/null
exits 60 curl -sS --max-time 10 --cacert "$tmp/stranger/pki/ca.crt" "https://localhost:$port/"
feed 'E (70000) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n'
seen "alert 48: it trusts another CA"
seen "The firmware holds another CA"

say "a wrong path and a class that this project does not have are lines, with the address of who asked"
status_is 404 "https://localhost:$port/acme.example/oven/b/stable/manifest.suit"
provokes CLIENT_OTHER_CLASS line_of CLIENT_OTHER_CLASS
feed 'The server has nothing for this device: it answered 404. Publish a release for this class and channel.  [0x0303 while checking for an update; HTTP 404]\n'
seen "asked for a class that this project"
status_is 404 "https://localhost:$port/index.php"
provokes CLIENT_WRONG_PATH line_of CLIENT_WRONG_PATH
seen "asks for /index.php"
grep -q ' 0x1316 127.0.0.1 ' "$project/serve.log" || fail "the journal does not name who asked"

say "who knocked is in the list of devices too, once for each reason"
exits 0 "$ALOFT" -C "$project" devices
has "Who knocked in the last 24 hours" "$tmp/out"
has "alert 48" "$tmp/out"
exits 0 "$ALOFT" -C "$project" devices --knocks --json
python3 -c 'import json, sys
rows = json.load(open(sys.argv[1]))
assert {r["code"] for r in rows} == {0x1308, 0x1316, 0x1317}, rows
assert all(r["address"] == "127.0.0.1" and r["times"] == 1 for r in rows), rows' "$tmp/out"

say "what a device sends does not reach the terminal as commands"
feed 'evil \033]0;title\007 \033[2J \001\377 end\n'
seen "end"
LC_ALL=C grep -q "[$(printf '\001\007\033\377')]" "$watched" && fail "a control byte came through"

say "a prompt without a line feed is shown too"
feed 'ota> '
seen "ota>"

say "a server that has ended is named as the cause"
stop "$pid_of_server"
feed 'E (90000) esp-tls: Failed to connnect to host (errno 104)\n'
seen "No \`aloft serve\` runs in this project"

kill -INT "$watcher"
wait_for 10 grep -q 'lines of the device' "$watched"
has "of the server" "$watched"

say "the summary says what both sides told, with the server's line, and no weaker guess"
sed '1,/lines of the device/d' "$watched" >"$tmp/summary"
has "Device and server together:" "$tmp/summary"
has "No \`aloft serve\` runs" "$tmp/summary"
grep -q "What it is" "$tmp/summary" && fail "a guess of the device's lines alone behind what is sure"

say "a file is read to its end, and explained; without a project too"
printf 'I (300) wifi: connected\nE (50859) esp-tls: Failed to connnect to host (errno 113)\n' >"$tmp/monitor.log"
exits 0 "$ALOFT" -C "$tmp" watch "$tmp/monitor.log"
has "only the device's side" "$tmp/out"
has "ECONNABORTED" "$tmp/out"
exits 0 "$ALOFT" -C "$tmp" watch --json "$tmp/monitor.log"
python3 -c 'import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
assert [r["side"] for r in rows].count("device") == 2, rows
assert any(r["side"] == "explain" for r in rows), rows' "$tmp/out"

say "wrong input gets a sentence"
provokes FILE_READ "$ALOFT" watch "$tmp/nothing-here"
provokes FILE_READ "$ALOFT" watch "$tmp"
exits 64 "$ALOFT" watch a b

# in_dev COMMAND...: with a /dev of its own, which is empty at first
in_dev() {
    unshare -m sh -c 'mount -t tmpfs tmpfs /dev && eval "$1"' sh "$1"
}
if unshare -m true 2>/dev/null; then
    say "no adapter, two adapters, one that does not answer"
    provokes WATCH_NO_PORT in_dev '"$ALOFT" watch'
    provokes WATCH_WHICH_PORT in_dev 'touch /dev/ttyUSB0 /dev/ttyACM0; "$ALOFT" watch'
    has "/dev/ttyUSB0 and /dev/ttyACM0" "$tmp/said"
    provokes WATCH_PORT in_dev 'mknod /dev/ttyUSB0 c 188 0; "$ALOFT" watch'
    has "idf.py monitor" "$tmp/said"
else
    say "not root: /dev cannot be replaced, so three sentences were not provoked"
fi
