#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The button "Firmware update" and what the app says afterwards, on this machine, without an account. A stand-in of the
# SmartThings cloud and app, a stand-in of the SDK's functions, and a software device; the broker between them (mosquitto,
# TLS), the update server, the device library and the binding are the real ones. Called by `./dev demo smartthings`.
# With --short: one update only. All traffic stays on 127.0.0.1; what it makes stays in build/demo-smartthings.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
build=${ALOFT_BUILD:-$PWD/build}
aloft=$build/aloft
export ALOFT="$aloft" ALOFT_BUILD="$build"
work=${ALOFT_DEMO_WORK:-$PWD/build/demo-smartthings}
project=$work/project
cloud=$work/cloud.log
pids=
broker=
short=
[ "${1:-}" != --short ] || short=yes
PATH=$PATH:/usr/sbin # where Debian keeps mosquitto

scene() {
    echo
    echo "$*"
}

die() {
    echo "demo: $*" >&2
    tail -n 8 "$cloud" "$work/device.log" "$work/broker.log" >&2 2>/dev/null || true
    exit 1
}

stop() {
    kill "$@" 2>/dev/null || true
    for pid in "$@"; do
        wait "$pid" 2>/dev/null || true
    done
}

cleanup() {
    # shellcheck disable=SC2086
    [ -z "$pids$broker" ] || stop $pids $broker
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- starting

port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await FILE PATTERN SECONDS
await() {
    tries=$(($3 * 10))
    until grep -q -- "$2" "$1" 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# the names of subscriptions come back as messages: by them the cloud knows whom to greet
describe_broker() {
    cat >"$work/mosquitto.conf" <<END
listener $mqtt_port 127.0.0.1
cafile $project/pki/ca.crt
certfile $project/pki/server.crt
keyfile $project/pki/server.key
allow_anonymous true
user $(id -un)
log_type subscribe
log_type error
log_type information
log_type notice
log_dest stderr
log_dest topic
END
}

start_broker() {
    timeout 600 mosquitto -c "$work/mosquitto.conf" >>"$work/broker.log" 2>&1 &
    broker=$!
}

firmware() {
    version=$1
    shift
    sh examples/build.sh "$project" examples/lamp_smartthings/main.c "$work/lamp-$version" "-DLAMP_VERSION=$version" "$@" \
        -I. -Wl,--no-as-needed smartthings/binding.c smartthings/view.c smartthings/standin/sdk.c -lmosquitto -lcjson \
        >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; die "firmware $version could not be built"; }
}

publish() {
    "$aloft" -C "$project" publish "$work/lamp-$1" >"$work/publish.log" 2>&1 || { cat "$work/publish.log" >&2; die "$1 could not be published"; }
    echo "    published $1"
}

# ---- the user in front of the app

press() {
    said_before=$(wc -l <"$cloud")
    echo "    the user presses: $1"
    echo "$1" >&3
}

# sees PATTERN SECONDS: on the app's screens, since the last time the user did something
sees() {
    tries=$(($2 * 10))
    until tail -n +$((said_before + 1)) "$cloud" | grep -q -- "$1"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || die "the app did not show \"$1\" within $2 s"
        sleep 0.1
    done
    tail -n +$((said_before + 1)) "$cloud" | grep -- "$1" | tail -n 1 | sed 's/^/    /'
}

never() {
    ! tail -n +$((said_before + 1)) "$cloud" | grep -q -- "$1" || die "the app showed \"$1\""
}

# ---- the scenes

command -v mosquitto >/dev/null || { echo "demo: mosquitto is not installed; ./dev demo smartthings installs it" >&2; exit 2; }
[ -x "$build/aloft-smartthings" ] || { echo "demo: $build/aloft-smartthings is missing: build with libmosquitto-dev" >&2; exit 2; }
rm -rf "$work"
mkdir -p "$work"

scene "1. A project, a broker, an update server, a device; cloud, app and SDK are stand-ins"
"$aloft" init "$project" --host 127.0.0.1 --class acme.example/lamp/a >"$work/init.log" 2>&1
firmware 1.0.0
firmware 1.1.0
[ -n "$short" ] || { firmware 1.2.0 -DLAMP_FAULT=sick; firmware 1.3.0; }
mqtt_port=$(port)
describe_broker
start_broker
http_port=$(port)
sed -i "s|^base = .*|base = https://127.0.0.1:$http_port|; s|^listen = .*|listen = 127.0.0.1:$http_port|" "$project/aloft.conf"
timeout 600 "$aloft" -C "$project" serve --no-mdns >"$work/server.log" 2>&1 &
pids="$pids $!"
await "$work/server.log" '^ready ' 10 || die "the server did not start"
await "$work/broker.log" 'running' 10 || die "the broker did not start"
mkfifo "$work/user"
timeout 600 "$build/aloft-smartthings" --broker "127.0.0.1:$mqtt_port" --ca "$project/pki/ca.crt" --device lamp-1 \
    <"$work/user" >"$cloud" 2>&1 &
pids="$pids $!"
exec 3>"$work/user"
await "$cloud" 'ready for lamp-1' 10 || die "the cloud did not start"
said_before=0
ALOFT_STANDIN_BROKER=127.0.0.1:$mqtt_port timeout 600 "$aloft" -C "$project" device --dir "$work/device" --poll 3600 \
    --watchdog 10 --id lamp-1 --flash "$work/lamp-1.0.0" >"$work/device.log" 2>&1 &
pids="$pids $!"
sees 'information: firmware 1.0.0 (no button' 30
sees '1.0.0 latest: up to date' 10

scene "2. 1.1.0 is published; the button is pressed, twice"
publish 1.1.0
press check
sees 'New firmware is available' 20
sees 'firmware 1.0.0 \[Firmware update\]' 5
sees 'update available' 5
press update
echo update >&3
sees 'Update requested' 10
sees 'in progress' 30
sees 'firmware 1.1.0 (no button: up to date)' 60
sees 'last update: updateSucceeded' 5
sees '1.1.0 installed, 1.1.0 latest: up to date' 5
[ "$(grep -c ' fetched ' "$work/server.log")" -le 1 ] || die "the update was fetched more than once"
[ -z "$short" ] || { echo; echo "demo: all as it was said; cloud, app and SDK were stand-ins"; exit 0; }

scene "3. 1.2.0 finds itself sick and rolls back"
publish 1.2.0
press check
sees 'firmware 1.1.0 \[Firmware update\]' 20
press update
sees 'in progress' 30
sees 'last update: updateFailed' 60
sees 'information: firmware 1.1.0' 5
never 'updateSucceeded: 1.2.0'

scene "4. The broker goes while an update waits, and comes back"
publish 1.3.0
press check
sees '1.3.0 latest: update available' 20
said_before=$(wc -l <"$cloud")
stop "$broker"
echo "    the broker is gone"
sleep 3
start_broker
sees 'has connected' 60
sees 'firmware 1.1.0 \[Firmware update\]' 20
never 'no button'

scene "5. A rate limit; the button works all the same, and the end is right"
press limit
sleep 1
press update
sees 'firmware 1.3.0 (no button: up to date)' 120
sees 'last update: updateSucceeded' 5
sees '1.3.0 installed, 1.3.0 latest: up to date' 5

echo
echo "demo: all as it was said; cloud, app and SDK were stand-ins, see docs/smartthings.md"
