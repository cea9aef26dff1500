# SPDX-License-Identifier: Apache-2.0
# What reports do: only the digest of a release makes a success, an older word changes nothing, nonsense is refused.
. test/e2e/lib.sh
. test/e2e/serve.sh
make_project
python3 - "$project/site/$place" <<'EOF'
import hashlib, json, sys
place = sys.argv[1]
manifest = open(place + "/manifest.suit", "rb").read()
def release(version, sequence, manifest):
    return {"version": version, "sequence": sequence, "when": "2026-01-02T03:04:05Z", "size": 1000,
            "digest": hashlib.sha256(version.encode()).hexdigest(), "payload": "fw/0011223344556677.bin", "notes": "",
            "build": "", "signed_by": [], "encodings": 1, "decoder_kib": 0,
            "manifest": hashlib.sha256(manifest).hexdigest()}
json.dump({"format": "aloft-releases-1", "class": "acme.example/lamp/a", "channel": "stable",
           "releases": [release("1.1.0", 1000, b"older"), release("1.2.0", 2000, manifest)]},
          open(place + "/release.json", "w"))
EOF
serve --rate 4000000000

server=$pid

# report JSON: the map with these keys, as deterministic CBOR; "h:" begins bytes in hexadecimal
cat >"$tmp/report.py" <<'EOF'
import json, sys
def head(major, n):
    for size, short in ((0, 24), (1, 1 << 8), (2, 1 << 16), (4, 1 << 32), (8, 1 << 64)):
        if n < short:
            return bytes([major << 5 | (n if size == 0 else {1: 24, 2: 25, 4: 26, 8: 27}[size])]) + (n.to_bytes(size, "big") if size else b"")
def encode(x):
    if isinstance(x, int):
        return head(0, x) if x >= 0 else head(1, -1 - x)
    if isinstance(x, str):
        b = bytes.fromhex(x[2:]) if x.startswith("h:") else x.encode()
        return head(2 if x.startswith("h:") else 3, len(b)) + b
    if isinstance(x, list):
        return head(4, len(x)) + b"".join(map(encode, x))
    return head(5, len(x)) + b"".join(k + v for k, v in sorted((encode(int(k)), encode(v)) for k, v in x.items()))
open(sys.argv[2], "wb").write(encode(json.loads(sys.argv[1])))
EOF
report() {
    wanted=$1
    python3 "$tmp/report.py" "$2" "$tmp/report.cbor"
    status_is "$wanted" --data-binary "@$tmp/report.cbor" -H 'Content-Type: application/cbor' \
        "https://localhost:$port/v1/report"
}
digest_of() {
    printf %s "$1" | sha256sum | cut -c 1-64
}
who='"2":"lamp-1","3":"acme.example/lamp/a","4":"stable"'

say "the factory's image is no success; a release's image on trial is none either"
report 204 "{\"1\":1,$who,\"5\":\"1.0.0\",\"6\":0,\"7\":\"h:$(digest_of 1.0.0)\",\"8\":1,\"9\":\"idle\"}"
line "lamp-1 reports: runs 1.0.0, idle"
report 204 "{\"1\":1,$who,\"5\":\"1.1.0\",\"6\":1000,\"7\":\"h:$(digest_of 1.1.0)\",\"8\":4,\"9\":\"testing\"}"
line "lamp-1 runs 1.1.0, on trial"

say "another image that claims to be a release is none"
report 204 "{\"1\":1,$who,\"5\":\"1.1.0\",\"6\":1000,\"7\":\"h:$(digest_of 9.9.9)\",\"8\":5,\"9\":\"confirmed\"}"
"$ALOFT" -C "$project" devices >"$tmp/table"
has "no known release" "$tmp/table"
! grep -q 'lamp-1 runs 1.1.0, confirmed' "$served" || fail "a stranger's digest was a success"

say "confirmed, with the release's digest: that is it"
report 204 "{\"1\":1,$who,\"5\":\"1.1.0\",\"6\":1000,\"7\":\"h:$(digest_of 1.1.0)\",\"8\":5,\"9\":\"confirmed\",\"10\":[0,0,0,0,0,0,0],\"11\":1,\"12\":1000,\"13\":1000,\"14\":{\"1\":524288,\"2\":12,\"3\":1,\"4\":2,\"5\":0,\"6\":0}}"
line "lamp-1 runs 1.1.0, confirmed"
"$ALOFT" -C "$project" devices >"$tmp/table"
grep -q '^lamp-1  *1.1.0  *confirmed  *1.1.0  *1.1.0 ' "$tmp/table" || { cat "$tmp/table"; fail "not so in the table"; }

say "a check with the same truth in its heads, and what is on offer"
status_is 200 -H 'Aloft-Device: lamp-1' -H "Aloft-Running: 1.1.0;1000;$(digest_of 1.1.0 | cut -c 1-16)" \
    -H 'Aloft-State: idle' -H 'Aloft-Record: 6' "$url/manifest.suit"
line "lamp-1 checks: runs 1.1.0, idle; on offer: 1.2.0"

say "a roll-back is told as a sentence, and an older word changes nothing"
report 204 "{\"1\":1,$who,\"5\":\"1.1.0\",\"6\":1000,\"7\":\"h:$(digest_of 1.1.0 | cut -c 1-16)\",\"8\":9,\"9\":\"rolled-back\",\"10\":[$((0x0702)),7,0,-5,0,0,0]}"
line "lamp-1 is back on 1.1.0: 1.2.0 hung before it had confirmed itself"
report 204 "{\"1\":1,$who,\"5\":\"1.2.0\",\"6\":2000,\"7\":\"h:$(digest_of 1.2.0)\",\"8\":8,\"9\":\"confirmed\"}"
line "lamp-1: an older word came late"
"$ALOFT" -C "$project" devices --json | python3 -c '
import json, sys
(one,) = json.load(sys.stdin)
assert one["runs"] == "1.1.0" and one["state"] == "rolled-back" and not one["confirmed"], one
assert one["last_confirmed"] == "1.1.0" and one["offered"] == "1.2.0" and one["record"] == 9, one
assert one["fault"]["name"] == "TRIAL_HUNG" and one["fault"]["raw"] == -5, one'
"$ALOFT" -C "$project" devices >"$tmp/table"
grep -q '^lamp-1  *1.1.0  *back on 1.1.0 ' "$tmp/table" || { cat "$tmp/table"; fail "not so in the table"; }

say "--watch shows what changes"
background "$tmp/watch" timeout 20 "$ALOFT" -C "$project" devices --watch
wait_for 5 grep -q lamp-1 "$tmp/watch"
status_is 200 -H 'Aloft-Device: lamp-2' -H 'Aloft-State: idle' "$url/manifest.suit"
wait_for 5 grep -q lamp-2 "$tmp/watch"
stop "$pid"
pid=$server

say "nonsense is refused with a sentence"
for bad in '{}' '{"2":"lamp-1"}' '{"1":2}' '{"1":1,"2":"a b"}' '{"1":1,"2":"<script>"}' '{"1":1,"99":1}' '{"1":1,"7":"h:0011"}' \
    '{"1":1,"10":[1,2,3]}' '{"1":1,"10":[65536,0,0,0,0,0,0]}' '{"1":1,"14":{"7":1}}' '{"1":1,"14":{"1":4294967296}}' \
    '{"1":1,"9":"flying"}' '{"1":1,"5":"1;0"}' '{"1":1,"8":-1}' '{"1":1,"3":"no-class"}' '[1]' '1'; do
    report 400 "$bad"
    has "The report of this device is not what FORMAT.md says" "$tmp/body"
done
provokes REPORT_FORM line_of REPORT_FORM
printf '\241\001\030\001' >"$tmp/report.cbor" # 1 in two bytes is not deterministic
status_is 400 --data-binary "@$tmp/report.cbor" "https://localhost:$port/v1/report"
printf '\241\001\001\000' >"$tmp/report.cbor" # a byte behind it
status_is 400 --data-binary "@$tmp/report.cbor" "https://localhost:$port/v1/report"
status_is 405 "https://localhost:$port/v1/report"
report 204 '{"1":1}'

say "what is there stays there after a restart"
stop "$pid"
[ "$ended" = 0 ] || fail "it ended with $ended"
serve --rate 4000000000
"$ALOFT" -C "$project" devices >"$tmp/table"
has "lamp-1" "$tmp/table"
stop "$pid"

say "a database that is none is refused, and the loop that cannot begin too"
echo 'this is no database, whatever its name may say' >"$project/aloft.db"
rm -f "$project/aloft.db-wal" "$project/aloft.db-shm"
provokes STORE_OPEN "$ALOFT" -C "$project" serve --listen 127.0.0.1:0 --no-mdns
provokes STORE_OPEN "$ALOFT" -C "$project" devices
# shellcheck disable=SC2016 # that shell expands its own arguments
provokes SERVER_START sh -c 'exec 3>&- 4>&- 5>&-; ulimit -n 6; exec "$0" -C "$1" serve --listen 127.0.0.1:0 --no-mdns' "$ALOFT" "$project"
