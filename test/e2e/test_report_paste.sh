#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `aloft report`: what is planted in project, database, journal, log and firmware is not in it; what finds a fault is.
. test/e2e/lib.sh
. test/e2e/serve.sh

# each of these is private, and stands somewhere that the report is made from
secrets='hunter2
MyNet 5GHz
3c:a6:2f:00:11:22
3ca62f001122
annabell
anna.b@acme.example
updates.acme.example
203.0.113.9
2001:db8::99
ghp_0123456789AbCdEfGhIjKlMnOp
MHcCAQEEIJx3
a0b1c2d3e4f5a6b7c8d9'
clean() {
    echo "$secrets" | while read -r secret; do
        ! grep -qiF -e "$secret" "$1" || { grep -iF -e "$secret" "$1" >&2; fail "\"$secret\" is in the report"; }
    done
    ! grep -qF -e "$tmp" "$1" || fail "the folder is in the report"
    ! grep -qwF -e "$(uname -n)" "$1" || fail "this machine's name is in the report"
}
HOME=$tmp/home/annabell
USER=annabell
export HOME USER
project=$HOME/updates
mkdir -p "$HOME"

say "without a project, a log, a database it says what was not found"
exits 0 "$ALOFT" -C "$HOME" report
has "aloft 0.1.0" "$tmp/out"
has "No project: " "$tmp/out"
has "not walked: no project" "$tmp/out"
clean "$tmp/out"

say "wrong words get sentences"
exits 64 "$ALOFT" report --wrong
exits 64 "$ALOFT" report one two
exits 64 "$ALOFT" report --hide
exits 64 "$ALOFT" report --hide ""
exits 1 "$ALOFT" report "$tmp/there-is-none"

say "a project whose server is away: the road is broken, and what comes after is not reached"
make_project
port=$(free_port)
sed -i "s|^base = .*|base = https://localhost:$port|" "$project/aloft.conf"
printf '# the password is hunter2 of anna.b@acme.example\n' >>"$project/aloft.conf"
exits 0 "$ALOFT" -C "$project" report
has "!! tcp" "$tmp/out"
has ".. tls       not reached" "$tmp/out"
has "no device has called yet" "$tmp/out"
clean "$tmp/out"

say "with a server, a device that said things, and somebody who knocked"
background "$tmp/served" "$ALOFT" -C "$project" serve --listen "127.0.0.1:$port" --no-mdns
wait_for 10 grep -q '^ready https://' "$tmp/served"
place=acme.example/lamp/a/stable
curl -s --cacert "$project/pki/ca.crt" -o "$tmp/body" -H 'Aloft-Device: lamp-3ca62f001122' -H 'Aloft-State: confirmed' \
    -H 'Aloft-Running: 1.0.0;0;0011223344556677' "https://localhost:$port/$place/manifest.suit"
curl -s --cacert "$project/pki/ca.crt" -o "$tmp/body" -H 'Aloft-Device: lamp-3ca62f001122' \
    -H 'Aloft-State: rolled-back:0x0701' -H 'Aloft-Running: 1.0.0;0;0011223344556677' \
    "https://localhost:$port/$place/manifest.suit"
wait_for 10 sh -c "'$ALOFT' -C '$project' devices | grep -q 'back on'"
python3 - "$project/aloft.db" <<'PY'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
db.execute("UPDATE devices SET address = '203.0.113.9', id = 'anna.b@acme.example'")
db.execute("UPDATE events SET id = 'anna.b@acme.example'")
db.commit()
PY
printf '%s 0x1308 203.0.113.9 203.0.113.9 2001:db8::99 ended the handshake with alert 48, MAC 3c:a6:2f:00:11:22\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" >>"$project/serve.log"
exits 0 "$ALOFT" -C "$project" report
has "ok route" "$tmp/out"
has "device 1: class acme.example/lamp/a, channel stable, runs 1.0.0, back on 1.0.0" "$tmp/out"
has "last fault: " "$tmp/out"
has "chip not said, 1.0.0: 1 ran it, 1 said confirmed, 0 by the digest of a release, 1 went back to it" "$tmp/out"
has "<public address> ended the handshake with alert 48" "$tmp/out"
clean "$tmp/out"

say "a device's log: the last lines without what is private, and what they mean"
cat >"$tmp/device.log" <<'LOG'
I (600) wifi:connected with MyNet 5GHz, aid = 3, bssid = 3c:a6:2f:00:11:22
I (700) app: CONFIG_WIFI_PASSWORD="hunter2", ssid MyNet 5GHz
I (710) app: token=ghp_0123456789AbCdEfGhIjKlMnOp
I (800) esp_netif_handlers: sta ip: 192.168.86.40, mask: 255.255.255.0, gw: 192.168.86.1
I (810) app: built by annabell in /home/annabell/ota_demo, mail anna.b@acme.example
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJx3
-----END EC PRIVATE KEY-----
I (820) app: digest a0b1c2d3e4f5a6b7c8d9, from 203.0.113.9 and 2001:db8::99
I (900) app: asks https://updates.acme.example:8443/version_info.json
E (50859) esp-tls: Failed to connnect to host (errno 113)
Failed to open HTTP connection: 28674
LOG
exits 0 "$ALOFT" -C "$project" report "$tmp/device.log" --offline
has "errno 113" "$tmp/out"
has "ECONNABORTED" "$tmp/out"
has "192.168.86.40" "$tmp/out"
has "not walked: --offline was asked for" "$tmp/out"
clean "$tmp/out"
echo "lost MyNet 5GHz" >>"$tmp/device.log"
"$ALOFT" -C "$project" report - --offline --hide "MyNet 5GHz" <"$tmp/device.log" >"$tmp/out"
has "lost <hidden>" "$tmp/out"
clean "$tmp/out"
: >"$tmp/empty"
exits 0 "$ALOFT" report "$tmp/empty"
has "it is empty" "$tmp/out"

say "a firmware with a key and a password inside, and its source"
mkdir "$tmp/src"
cp "$tmp/device.log" "$tmp/src/main.c"
printf 'idf_component_register(SRCS "main.c")\n' >"$tmp/src/CMakeLists.txt"
cat "$tmp/device.log" >"$tmp/firmware.bin"
exits 0 "$ALOFT" -C "$project" report --firmware "$tmp/firmware.bin" --project "$tmp/src" --offline
has "the firmware calls   https://<host>:8443" "$tmp/out"
clean "$tmp/out"

say "the same for programs"
exits 0 "$ALOFT" -C "$project" report "$tmp/device.log" --hide "MyNet 5GHz" --json
clean "$tmp/out"
python3 - "$tmp/out" <<'PY' || fail "not the JSON that was promised"
import json, sys
report = json.load(open(sys.argv[1]))
for name in ("versions", "project", "road", "devices", "ran", "knocks", "log", "explained"):
    assert report[name], name
assert report["lines_left_out"] == 0
PY
