#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The button "Firmware update" and what the app says afterwards, on this machine, without an account. A stand-in of the
# SmartThings cloud and app, a stand-in of the SDK's functions, and a software device; the broker between them (mosquitto,
# TLS), the update server, the device library and the binding are the real ones. Called by `./dev demo smartthings`.
# With --short: one update only; with --play: the app on your terminal, and an update waits for your key. All traffic stays on 127.0.0.1; what it makes stays in build/demo-smartthings.
set -eu
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8
build=${ALOFT_BUILD:-$PWD/build}
aloft=$build/aloft
export ALOFT="$aloft" ALOFT_BUILD="$build"
work=${ALOFT_DEMO_WORK:-$PWD/build/demo-smartthings}
project=$work/project
lamp=$work/lamp
cloud=$work/cloud.log
pids=
broker=
short=
play=
case ${1:-} in
--short) short=yes ;;
--play) short=yes play=yes ;;
esac
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
        -I. -Wl,--no-as-needed smartthings/binding.c smartthings/view.c smartthings/standin/sdk.c smartthings/standin/words.c \
        smartthings/standin/token.c -lmosquitto -lcjson -lcrypto \
        >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; die "firmware $version could not be built"; }
}

# start_cloud PUBLIC_KEY: the stand-in with what was pasted into the Workspace; its input is the user
start_cloud() {
    rm -f "$work/user"
    mkfifo "$work/user"
    timeout 600 "$aloft" smartthings app --broker "127.0.0.1:$mqtt_port" --ca "$project/pki/ca.crt" --device lamp-1 \
        --serial "$serial" --public-key "$1" --mnid fkOP <"$work/user" >>"$cloud" 2>&1 &
    cloud_pid=$!
    pids="$pids $cloud_pid"
    exec 3>"$work/user"
    await "$cloud" 'ready for lamp-1' 10 || die "the cloud did not start"
}

start_device() {
    ALOFT_STANDIN_BROKER=127.0.0.1:$mqtt_port ALOFT_STANDIN_PROJECT=$lamp timeout 600 "$aloft" -C "$project" device \
        --dir "$work/device" --poll 3600 --watchdog 10 --id lamp-1 "$@" >>"$work/device.log" 2>&1 &
    device_pid=$!
    pids="$pids $device_pid"
}

# an identity, and the file that the Developer Workspace would give for a device profile
make_identity() {
    mkdir -p "$lamp/main"
    cat >"$lamp/main/onboarding_config.json" <<END
{"onboardingConfig":{"deviceOnboardingId":"ALOFT_LAMP","mnId":"fkOP","setupId":"001","vid":"VID-1","deviceTypeId":"Switch",
"ownershipValidationTypes":["JUSTWORKS"],"identityType":"ED25519"}}
END
    "$aloft" smartthings identity "$lamp" >"$work/identity.log"
    serial=$(sed -n 's/^ *Serial number *//p' "$work/identity.log")
    public_key=$(sed -n 's/^ *Public key *//p' "$work/identity.log")
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
[ -n "$short" ] || { firmware 1.2.0 -DLAMP_FAULT=sick; firmware 1.3.0; firmware 1.4.0; }
mqtt_port=$(port)
describe_broker
start_broker
http_port=$(port)
sed -i "s|^base = .*|base = https://127.0.0.1:$http_port|; s|^listen = .*|listen = 127.0.0.1:$http_port|" "$project/aloft.conf"
timeout 600 "$aloft" -C "$project" serve --no-mdns >"$work/server.log" 2>&1 &
pids="$pids $!"
await "$work/server.log" '^ready ' 10 || die "the server did not start"
await "$work/broker.log" 'running' 10 || die "the broker did not start"
make_identity
grep -A1 'Serial number' "$work/identity.log"
said_before=0
if [ -n "$play" ]; then
    start_device --flash "$work/lamp-1.0.0"
    publish 1.1.0
    "$aloft" smartthings app --broker "127.0.0.1:$mqtt_port" --ca "$project/pki/ca.crt" --device lamp-1 \
        --serial "$serial" --public-key "$public_key" --mnid fkOP
    exit
fi
mkdir -p "$work/other"
"$aloft" smartthings identity "$work/other" >"$work/other.log"
start_cloud "$(sed -n 's/^ *Public key *//p' "$work/other.log")"
start_device --flash "$work/lamp-1.0.0"
sees 'was not let in: the token was signed with another key' 30
echo "    the key of another device was pasted; now the right one"
stop "$cloud_pid"
: >"$cloud"
start_cloud "$public_key"
sees 'lamp-1 has connected' 30
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

scene "4. The broker goes while an update waits, and comes back; the power too"
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
said_before=$(wc -l <"$cloud")
kill -9 "$(pgrep -P "$device_pid" | head -n 1)"
wait "$device_pid" 2>/dev/null || true
echo "    the device has lost its power, and has it again"
start_device
sees 'has connected' 30
sees 'firmware 1.1.0 \[Firmware update\]' 20
never 'no button'

scene "5. The connection is lost in the middle of the update"
press update
sees 'in progress' 30
stop "$broker"
echo "    the broker is gone; the new firmware runs, and is not confirmed before it has reached the cloud"
await "$work/device.log" '1\.3\.0' 60 || die "the device did not start 1.3.0"
sleep 3
! grep -q '1\.3\.0.*confirmed' "$work/device.log" || die "1.3.0 confirmed itself without the cloud"
start_broker
sees 'firmware 1.3.0 (no button: up to date)' 90
sees 'last update: updateSucceeded' 5

scene "6. A rate limit; the button works all the same, and the end is right"
publish 1.4.0
press check
sees '1.4.0 latest: update available' 20
press limit
sleep 1
press update
sees 'firmware 1.4.0 (no button: up to date)' 120
sees 'last update: updateSucceeded' 5
sees '1.4.0 installed, 1.4.0 latest: up to date' 5

echo
cat <<END
demo: each step held. A button was pressed twice and one update came; a sick firmware was shown as a failure; an offer
survived a lost broker and a power cut; nothing was claimed before the cloud was reached; a rate limit hid nothing.
The broker, the update server, the device library and the binding are the real ones; cloud, app and the SDK's functions
were stand-ins (docs/smartthings.md), and the real SmartThings cloud was not met.

Next, with your own account and an ESP32: esp32/SMARTTHINGS.md. To press the button yourself:
  ./dev demo smartthings --play
END
