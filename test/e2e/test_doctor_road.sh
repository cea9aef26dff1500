#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `aloft doctor BASE`: faults made for real, each named at its step with its values. Everything happens inside a network
# namespace of this test's own; nothing leaves the machine.
. test/e2e/lib.sh

if [ "${ALOFT_IN_NAMESPACE:-}" != 1 ]; then
    own=-n
    unshare "$own" true 2>/dev/null || own=-rn
    unshare "$own" true 2>/dev/null || { echo "skipped: no network namespaces on this machine"; exit 0; }
    export ALOFT_IN_NAMESPACE=1 ALOFT_NO_MDNS=1
    unshare "$own" sh "$0"
    exit
fi
export ALOFT_BUILD

doctor() {
    timeout 60 "$ALOFT" -C "$tmp/p" doctor "$@"
}

# at STEP TEXT: the road that was walked last ends at this step, and the text (a cause, a value) is said
at() {
    grep -q "^!! $1 " "$tmp/out" || { cat "$tmp/out" >&2; fail "not broken at $1"; }
    # nothing behind the broken step is claimed, and all before it was walked
    awk -v step="$1" '/^(ok|--|!!|\.\.) / { n++; if (($1 == "..") != past || (past && !/ not reached$/)) bad = 1
        if ($2 == step) past = 1 } END { exit bad || n != 12 }' "$tmp/out" || { cat "$tmp/out" >&2; fail "not 12 steps around $1"; }
    cat "$tmp/said" >>"$tmp/out"
    has "$2" "$tmp/out"
    cat "$tmp/out" >>"$tmp/all"
    n_faults=$((n_faults + 1))
}
n_faults=0

# holds TEXT ARGUMENT...: every step holds, and the text is said
holds() {
    text=$1
    shift
    exits 0 doctor "$@"
    has "$text" "$tmp/out"
}

say "a project, two releases, another key's release"
"$ALOFT" init "$tmp/p" --host localhost --host 127.0.0.1 >/dev/null
sh examples/build.sh "$tmp/p" examples/hello/main.c "$tmp/hello" 2>"$tmp/log" || { cat "$tmp/log"; fail "no hello"; }
"$ALOFT" -C "$tmp/p" publish "$tmp/hello" >/dev/null
class=$("$ALOFT" -C "$tmp/p" releases --json | sed -n 's/.*"class":[^"]*"\([^"]*\)".*/\1/p' | head -n 1)
: "${class:=acme.example/lamp/a}"
site=$tmp/p/site
[ -f "$site/$class/stable/manifest.suit" ] || fail "no release of $class"

say "no network, and a name that nobody knows"
provokes NET_DOWN doctor https://192.0.2.1:4443
at route "this machine has: none"
provokes NET_DOWN doctor https://updates.example:4443
at name "no network to ask in"
ip link set lo up
ip link add lan0 type veth peer name lan1
ip address add 10.9.9.1/24 dev lan0
ip link set lan0 up
ip link set lan1 up
provokes NET_NAME doctor https://updates.example:4443
at name "updates.example has no address here"
provokes NET_NAME doctor https://nobody.local:4443
at name "nobody on this network answered for it"

say "no route; nobody at the address; forbidden; refused; a silent firewall"
provokes NET_UNREACHABLE doctor https://192.0.2.1:4443
at route "no way from this machine to 192.0.2.1"
has "this machine has: 10.9.9.1" "$tmp/out"
provokes NET_UNREACHABLE doctor https://10.9.9.9:4443
at tcp "nobody at that address"
has "10.9.9.9 is on this network (lan0, from 10.9.9.1)" "$tmp/out"
ip route add prohibit 203.0.113.0/24
provokes DOCTOR_FILTERED doctor https://203.0.113.7:4443
at route "forbids connections to 203.0.113.7, port 4443"
provokes NET_REFUSED doctor https://localhost:1
at tcp "refused port 1: nothing listens there"
if nft add table ip t 2>/dev/null; then
    nft add chain ip t in '{ type filter hook input priority 0; }'
    nft add rule ip t in tcp dport 4444 drop
    provokes NET_TIMEOUT doctor https://localhost:4444
    at tcp "no answer at all on port 4444 in 5 s"
    has "a rule of this machine's firewall says: tcp dport 4444 drop" "$tmp/out"
fi

say "this machine has no longer the address that devices call"
cp "$tmp/p/aloft.conf" "$tmp/conf"
sed -i 's/^base = .*/base = https:\/\/10.77.0.1:4443/' "$tmp/p/aloft.conf"
provokes NET_UNREACHABLE doctor
at route "it does not have that address now (it has: 10.9.9.1)"
cp "$tmp/conf" "$tmp/p/aloft.conf"

say "a server that listens to this machine only, where devices call an address of the network"
sed -i -e 's/^base = .*/base = https:\/\/10.9.9.1:4443/' -e 's/^listen = .*//' "$tmp/p/aloft.conf"
printf '\n[serve]\nlisten = 127.0.0.1:4443\n' >>"$tmp/p/aloft.conf"
provokes NET_REFUSED doctor
at tcp "refused port 4443"
has "aloft.conf has \`listen = 127.0.0.1:4443\`, which only this machine can call" "$tmp/out"
cp "$tmp/conf" "$tmp/p/aloft.conf"

say "an address that only this computer can reach"
ip address add 10.0.2.15/24 dev lan0
provokes NET_REFUSED doctor https://10.0.2.15:1
at tcp "refused port 1"
grep -qE "the network that VirtualBox and QEMU makes|this is (WSL|a container)" "$tmp/out" ||
    fail "the network of a virtual machine is not named"
ip address del 10.0.2.15/24 dev lan0

say "what is no setting is refused at once"
provokes CONFIG_BASE doctor http://localhost:1
provokes FILE_READ doctor https://localhost:1 --ca "$tmp/none"
provokes DEVICE_CA doctor https://localhost:1 --ca "$tmp/conf"
provokes NO_PROJECT timeout 20 "$ALOFT" -C "$tmp" doctor
exits 64 doctor https://localhost:1 --now yesterday
exits 64 doctor https://localhost:1 https://localhost:2
exits 64 doctor https://localhost:1 --project "$tmp"

say "not TLS, and a server that says nothing"
cat >"$tmp/odd.py" <<'END'
import socket, sys
s = socket.create_server(("127.0.0.1", 0))
print("port", s.getsockname()[1], flush=True)
kept = []
while True:
    c, _ = s.accept()
    kept.append(c)
    if sys.argv[1] == "plain":
        c.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
END
port_of() {
    wait_for 10 grep -q '^port' "$1"
    sed -n 's/^port //p' "$1"
}
background "$tmp/plain" python3 "$tmp/odd.py" plain
provokes TLS_NOT_TLS doctor "https://localhost:$(port_of "$tmp/plain")"
at tls "answers, and not with TLS"
background "$tmp/mute" python3 "$tmp/odd.py" mute
provokes NET_TIMEOUT doctor "https://localhost:$(port_of "$tmp/mute")"
at tls "took the connection and says nothing"

# certificate NAME CA SUBJECT EXTENSION...: $tmp/NAME.crt and .key, issued by pki/ or by $tmp/CA
certificate() {
    issuer=$2
    printf '%s\n' "$4" "${5:-}" >"$tmp/ext"
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/$1.key" -out "$tmp/csr" -subj "$3" 2>/dev/null
    openssl x509 -req -in "$tmp/csr" -CA "$issuer.crt" -CAkey "$issuer.key" -CAcreateserial -days 30 -extfile "$tmp/ext" \
        -out "$tmp/$1.crt" 2>/dev/null
}

# tls_server NAME OPTION...: with $tmp/NAME.crt; the port is then in $port
tls_server() {
    certified=$1
    shift
    background "$tmp/s_server" timeout 60 openssl s_server -accept 127.0.0.1:0 -cert "$tmp/$certified.crt" \
        -key "$tmp/$certified.key" -quiet -naccept 20 "$@"
    wait_for 10 listens "$pid"
    port=$(ss -ltnp | sed -n "s/.*127.0.0.1:\([0-9]*\) .*openssl.*/\1/p" | head -n 1)
}
listens() {
    ss -ltnp | grep -q '127.0.0.1:.*openssl'
}
unserve() {
    stop "$pid"
}

say "versions of TLS"
ca=$tmp/p/pki/ca
certificate good "$ca" /CN=good "subjectAltName=DNS:localhost,DNS:127.0.0.1,IP:127.0.0.1"
tls_server good -tls1_1 -cipher 'ALL:@SECLEVEL=0'
provokes TLS_HANDSHAKE doctor "https://localhost:$port"
at tls "the server speaks only TLS 1.1 here"
unserve
tls_server good -tls1_3
provokes TLS_ALERT doctor "https://localhost:$port"
at tls "the server speaks only TLS 1.3 here"
has "alert 70" "$tmp/out"
unserve

tls_server good -tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305
doctor "https://localhost:$port" >"$tmp/out" 2>&1 || :
has "the server has no suite with AES" "$tmp/out"
unserve
tls_server good -tls1_2 -serverpref -cipher ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256
doctor "https://localhost:$port" >"$tmp/out" 2>&1 || :
has "ok tls       TLSv1.2, ECDHE-ECDSA-CHACHA20-POLY1305" "$tmp/out"
! grep -q "no suite with AES" "$tmp/out" || fail "a server with AES too is blamed"
unserve

say "chains: another CA, of the same name, self-signed, an intermediate that is missing, no CA, not for servers"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$tmp/other.key" -out "$tmp/other.crt" \
    -subj /CN=other -days 9 2>/dev/null
certificate stranger "$tmp/other" /CN=stranger "subjectAltName=DNS:localhost"
tls_server stranger
provokes TLS_CA doctor "https://localhost:$port"
at chain "issued by /CN=other; expected /O=aloft/CN=aloft CA"
doctor "https://localhost:$port" --ca "$tmp/other.crt" --now 1 >"$tmp/out" 2>&1 || :
has "ok chain     issued by /CN=other, the CA" "$tmp/out"
unserve
tls_server other
provokes TLS_CA doctor "https://localhost:$port"
at chain "it is self-signed"
unserve
certificate middle "$ca" /CN=middle "basicConstraints=critical,CA:TRUE" "keyUsage=keyCertSign"
certificate below "$tmp/middle" /CN=below "subjectAltName=DNS:localhost"
tls_server below
provokes TLS_CA doctor "https://localhost:$port"
at chain "an intermediate certificate that the server does not send"
unserve
certificate noca "$ca" /CN=noca "basicConstraints=critical,CA:FALSE"
certificate under "$tmp/noca" /CN=under "subjectAltName=DNS:localhost"
tls_server under -cert_chain "$tmp/noca.crt"
provokes TLS_CA doctor "https://localhost:$port"
at chain "may not issue certificates"
unserve
certificate client "$ca" /CN=client "subjectAltName=DNS:localhost" "extendedKeyUsage=clientAuth"
tls_server client
provokes TLS_HANDSHAKE doctor "https://localhost:$port"
at dates "not made for servers (key usage)"
unserve

say "names: another one, an address as iPAddress only, as name only, in the CN only"
certificate elsewhere "$ca" /CN=elsewhere "subjectAltName=DNS:elsewhere.example"
tls_server elsewhere
provokes TLS_NAME doctor "https://localhost:$port"
at host "the certificate is for: elsewhere.example; expected: localhost"
unserve
certificate ip "$ca" /CN=ip "subjectAltName=IP:127.0.0.1"
tls_server ip
provokes DOCTOR_NAME_OLD doctor "https://127.0.0.1:$port"
at host "mbedTLS before 3.5 compares names only"
unserve
certificate dns "$ca" /CN=dns "subjectAltName=DNS:127.0.0.1"
tls_server dns
doctor "https://127.0.0.1:$port" --now 1 >"$tmp/out" 2>&1 || :
has "OpenSSL, curl and browsers do not: it is not there as a subjectAltName iPAddress" "$tmp/out"
unserve
certificate cn "$ca" /CN=localhost "basicConstraints=CA:FALSE"
tls_server cn
doctor "https://localhost:$port" --now 1 >"$tmp/out" 2>&1 || :
has "devices take it; browsers do not" "$tmp/out"

say "clocks: 1970, and far ahead"
provokes TLS_FUTURE doctor "https://localhost:$port" --now 1
at dates "the device's clock says 1970-01-01 00:00"
provokes TLS_EXPIRED doctor "https://localhost:$port" --now 2208988800
at dates "the device's clock says 2040-01-01"
unserve

say "a server that tells the truth: every step holds"
background "$tmp/liar" python3 test/e2e/liar.py "$tmp/good.crt" "$tmp/good.key" "$site"
liar=https://localhost:$(port_of "$tmp/liar")
holds "digest as signed; resumed at byte" "$liar/truth" --class "$class"
has "signed by firmware" "$tmp/out"
has "fresh from the factory would now update to" "$tmp/out"
holds "it runs what is on offer" "$liar/truth" --running "$tmp/hello"
holds '"state":	"good"' "$liar/truth" --json

say "the statement of freshness beside it: how old, how long it holds, and why devices would not take it"
now=$(date +%s)
holds "statement of freshness: 0 h old, holds for 7 days more" "$liar/truth"
holds "6 days old, holds for 23 h more: make a new one" "$liar/dateless" --now $((now + 6 * 86400 + 3600))
has "not compared: this server sends no Date" "$tmp/out"
holds "the statement of freshness ended 2 days ago" "$liar/dateless" --now $((now + 9 * 86400 + 3600))
cp "$site/$class/stable/fresh.cose" "$tmp/fresh"
printf X | dd of="$site/$class/stable/fresh.cose" bs=1 seek=60 conv=notrunc 2>/dev/null
holds "devices pass it over" "$liar/truth"
rm "$site/$class/stable/fresh.cose"
holds "no statement of freshness (404)" "$liar/truth"
"$ALOFT" -C "$tmp/p" publish "$tmp/hello" >/dev/null
"$ALOFT" -C "$tmp/p" publish --again 1.0.0 >/dev/null
cp "$tmp/fresh" "$site/$class/stable/fresh.cose"
holds "is on offer: make a new one" "$liar/truth"
"$ALOFT" -C "$tmp/p" fresh >/dev/null

say "HTTP"
provokes HTTP_NOT_FOUND doctor "$liar/truth" --channel beta
at http ": 404; expected 200"
printf '[class acme.example/new/a]\n' >>"$tmp/p/aloft.conf"
provokes HTTP_NOT_FOUND doctor "$liar/truth" --class acme.example/new/a
at http ": 404; expected 200"
has "nothing is published yet for acme.example/new/a, channel stable: up to here everything is right." "$tmp/out"
cp "$tmp/conf" "$tmp/p/aloft.conf"
provokes HTTP_NOT_FOUND doctor "$liar/truth/elsewhere"
at http ": 404; expected 200"
! grep -q "nothing is published" "$tmp/out" || fail "a wrong path is taken for an empty site"
provokes HTTP_FORBIDDEN doctor "$liar/403"
at http ": 403; expected 200"
provokes HTTP_STATUS doctor "$liar/500"
at http ": 500; expected 200"
provokes HTTP_BUSY doctor "$liar/503"
at http "503"
provokes HTTP_HTML doctor "$liar/html"
at http "200, a web page; expected 200 and a manifest"
provokes HTTP_REDIRECT doctor "$liar/loop"
at http "302 leads to /loop/"
provokes HTTP_REDIRECT doctor "$liar/away"
at http "302 leads to https://elsewhere.example/x"
provokes HTTP_ENCODED doctor "$liar/chunked"
at http "200, chunked; expected: a plain body"
provokes HTTP_ENCODED doctor "$liar/gzip"
at http "200, compressed; expected: a plain body"
provokes NET_CLOSED doctor "$liar/cut"
at http "broke off after 50 bytes"
provokes MANIFEST_LONG doctor "$liar/long"
at http "more than 4096 bytes"
provokes DOCTOR_CLOCK doctor "$liar/clock"
at clock "days ahead of the server's"

say "manifest"
provokes MANIFEST_FORM doctor "$liar/garbage"
at manifest "19 bytes; expected:"
provokes SIGNATURE_BAD doctor "$liar/forged"
at manifest "changed after signing"
"$ALOFT" init "$tmp/q" --host localhost --class "$class" >/dev/null
cp "$tmp/p/pki/ca.crt" "$tmp/q/pki/ca.crt"
provokes SIGNER_UNKNOWN timeout 60 "$ALOFT" -C "$tmp/q" doctor "$liar/truth"
at manifest "0 of 1"
[ "$code" = 3 ] || fail "an alarm exits with $code"
mkdir -p "$site/acme.example/lamp/b"
mkdir -p "$site/acme.example/lamp/c"
cp -r "$site/$class/stable" "$site/acme.example/lamp/c/"
provokes MANIFEST_CLASS doctor "$liar/truth" --class acme.example/lamp/c
at decision "for another class or channel"
has "would refuse what is on offer" "$tmp/out"
echo "slot-size = 1000" >>"$tmp/p/aloft.conf"
provokes MANIFEST_SIZE doctor "$liar/truth"
at decision "and the slot only 1000"
cp "$tmp/conf" "$tmp/p/aloft.conf"

say "payload"
provokes DIGEST_MISMATCH doctor "$liar/changed"
at payload "bytes came"
provokes HTTP_LENGTH doctor "$liar/length"
at payload "bytes where"
provokes PAYLOAD_SHORT doctor "$liar/short"
at payload "ended after 1000 of"
has "begins anew: a proxy in between cuts and takes ranges away" "$tmp/out"
provokes PAYLOAD_SHORT doctor "$liar/shortonce"
at payload "asked for the rest it goes on"
provokes DOCTOR_NO_RANGES doctor "$liar/noranges"
at payload "gave the whole payload"
provokes HTTP_RANGE doctor "$liar/otherrange"
at payload "another part of the file"
provokes DIGEST_MISMATCH doctor "$liar/othertail"
at payload "bytes came"

say "as JSON the same, with the cause word; and aloft's own server holds"
exits 2 doctor "$liar/noranges" --json
python3 - "$tmp/out" <<'END'
import json, sys
road = json.load(open(sys.argv[1]))
assert road["broken"] == "payload" and road["fault"]["name"] == "DOCTOR_NO_RANGES", road
END
background "$tmp/served" "$ALOFT" -C "$tmp/p" serve --listen 127.0.0.1:0 --no-mdns
wait_for 10 grep -q '^ready https://' "$tmp/served"
own=https://localhost:$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$tmp/served")
holds "digest as signed" "$own"
has "s from the server's" "$tmp/out"
! grep -q "This road holds" "$tmp/out" || fail "nobody has failed here"

say "a device has failed at TLS where this road holds: its CA and its clock cannot be seen from here"
! curl -s --max-time 10 --cacert "$tmp/q/pki/server.crt" "$own/" || fail "curl has taken another CA"
holds "This road holds, and a device failed on it at " "$own"
has "ended the handshake with alert 48" "$tmp/out"
has '`--ca FILE` walks the road with the CA that is in it' "$tmp/out"
holds '"hint":' "$own" --json
say "no advice turns a check off"
! grep -iE "insecure|skip[ _-]?(cert|verif|common)|verify[ _-]?none|without (checking|verif)|disable (tls|certificate)" "$tmp/all" ||
    fail "an advice weakens security"
say "$n_faults faults"
[ "$n_faults" -ge 40 ] || fail "only $n_faults faults"
