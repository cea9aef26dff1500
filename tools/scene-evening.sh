#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The evening with errno 113, as a scene of the demo: a server at one address, a firmware that calls another, curl content,
# the device failing, `doctor` naming the line, mended, updated. The device is a model that follows the SmartThings
# ota_demo step by step (test/kit/ota_demo_device.c); server, keys, signatures and TLS are real. Loopback only.
# usage: scene-evening.sh FOLDER      with $ALOFT, the program, and $ALOFT_BUILD, the folder that it was built in
set -eu
: "${ALOFT:=./build/aloft}"
: "${ALOFT_BUILD:=$(dirname "$ALOFT")}"
work=$1
pids=

cleanup() {
    for pid in $pids; do
        kill "$pid" 2>/dev/null || :
        wait "$pid" 2>/dev/null || :
    done
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

die() {
    echo "the evening: $*" >&2
    exit 1
}

tell() {
    printf '\n  %s\n' "$*"
}

# show COMMAND WORDS...: the command as a person types it, then its output; keeps the output in $work/said
show() {
    typed=$1
    shift
    printf '  $ %s\n' "$typed"
    "$@" >"$work/said" 2>&1 || : # what it must have said is checked by `holds`
    sed "s|$work/||g; s/^/    /" "$work/said"
}

holds() {
    grep -qF -e "$1" "$work/said" || die "\"$1\" was not said"
}

await() { # FILE WORDS
    tries=100
    until grep -q "$2" "$1" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "waited in vain for \"$2\" in $1"
        sleep 0.1
    done
}

rm -rf "$work"
mkdir -p "$work/old"

tell "Somebody has followed the ota_demo's document: a root, a server certificate, a firmware."
openssl req -new -nodes -out "$work/old/root.csr" -keyout "$work/old/root.key" -subj /CN=my.home 2>/dev/null
openssl x509 -req -in "$work/old/root.csr" -days 3650 -extfile /etc/ssl/openssl.cnf -extensions v3_ca \
    -signkey "$work/old/root.key" -out "$work/old/root.crt" 2>/dev/null
openssl req -new -nodes -out "$work/old/server.csr" -keyout "$work/old/server.key" -subj /CN=127.0.0.1 2>/dev/null
openssl x509 -req -in "$work/old/server.csr" -days 365 -CA "$work/old/root.crt" -CAkey "$work/old/root.key" \
    -CAcreateserial -out "$work/old/server.crt" 2>/dev/null
openssl rsa -in "$work/old/root.key" -pubout -out "$work/old/public_key.pem" 2>/dev/null
printf '{"versioninfo":{"latest":"ota_demo_ver1","upgrade":["ota_demo_ver0"],"polling":"1"}}' \
    >"$work/old/version_info.json"
"$ALOFT" init "$work/home" --host 127.0.0.1 --import-ota-demo "$work/old" >"$work/said" 2>&1 || die "init failed"
sed -i 's/^listen = .*/listen = 127.0.0.1:0/; s/^legacy-listen = .*/legacy-listen = 127.0.0.1:0/' "$work/home/aloft.conf"
"$ALOFT" -C "$work/home" serve --no-mdns >"$work/serve.log" 2>&1 &
pids="$pids $!"
await "$work/serve.log" "ready https"
port=$(sed -n 's/.*ota_demo are served on port \([0-9]*\).*/\1/p' "$work/serve.log")
[ -n "$port" ] || die "the server did not say its port"
sed -i "s/^legacy-listen = .*/legacy-listen = 127.0.0.1:$port/" "$work/home/aloft.conf"

# at the other address nobody answers: every packet is dropped, as by a firewall, or as where no machine is
"$ALOFT_BUILD/silent_port" 127.0.0.2 >"$work/silent" &
pids="$pids $!"
await "$work/silent" .
cp -r test/fixtures/ota_demo "$work/app"
cp "$work/old/root.crt" "$work/app/main/root.pem"
cp "$work/old/public_key.pem" "$work/app/main/"
sed -i "s|https://192.168.1.3:4443/|https://127.0.0.2:$(cat "$work/silent")/|" "$work/app/main/ota_util.c"

# what the compiler would put into the firmware
address() {
    sed -n '47s/.*"\(https[^"]*\)".*/\1/p' "$work/app/main/ota_util.c"
}

device() {
    "$ALOFT_BUILD/ota_demo_device" "$(address)" "$work/app/main/root.pem" "$work/app/main/public_key.pem" ota_demo_ver1
}

tell "The server runs at https://127.0.0.1:$port/, and curl is content:"
show "curl --cacert root.crt https://127.0.0.1:$port/version_info.json" \
    curl -sS --cacert "$work/old/root.crt" "https://127.0.0.1:$port/version_info.json"
holds ota_demo_ver1

tell "The device is not:"
show "idf.py monitor          (a model of the device)" device
holds "errno 113"
holds 28674
cp "$work/said" "$work/device.log"

tell "What does that mean?"
show "aloft explain device.log" "$ALOFT" explain "$work/device.log"
holds "TLS had not begun"

tell "And where is it?"
show "aloft -C home doctor --project app" "$ALOFT" -C "$work/home" doctor --project "$work/app"
holds "main/ota_util.c:47"
holds "The device asks a machine that is not there. Your certificates are fine."

tell "The second address goes into line 47. Build, flash:"
sed -i "47s|https://[^\"]*|https://127.0.0.1:$port/|" "$work/app/main/ota_util.c"
address >"$work/strings"
sed 's/ota_demo_ver1/ota_demo_ver2/' "$work/app/main/device_info.json" >"$work/new_info.json"
"$ALOFT_BUILD/make_esp_image" 0 ota_demo 1 "$work/ota_demo.bin" \
    "$work/strings" "$work/app/main/root.pem" "$work/app/main/public_key.pem" "$work/new_info.json"
show "aloft -C home doctor --firmware ota_demo.bin" "$ALOFT" -C "$work/home" doctor --firmware "$work/ota_demo.bin"
holds "= your server"
show "aloft -C home publish ota_demo.bin --legacy" "$ALOFT" -C "$work/home" publish "$work/ota_demo.bin" --legacy
holds "ota_demo_ver2 is on offer"

tell "The device looks again:"
show "idf.py monitor          (a model of the device)" device
holds "running ota_demo_ver2"
echo
echo "  The device runs ota_demo_ver2. It was line 47, and nothing else."
