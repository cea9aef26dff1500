# SPDX-License-Identifier: Apache-2.0
# What `aloft serve` answers to an honest client, to one that is not, and how it begins and ends.
. test/e2e/lib.sh
. test/e2e/serve.sh
make_project
serve --rate 4000000000

say "a check gets the manifest, and 304 when it has it already"
status_is 200 "$url/manifest.suit"
cmp "$tmp/body" "$project/site/$place/manifest.suit"
has "Content-Type: application/suit-envelope+cose" "$tmp/head"
has "Content-Length: 300" "$tmp/head"
etag=$(sed -n 's/^ETag: \(".*"\).*/\1/p' "$tmp/head")
status_is 304 -H "If-None-Match: $etag" "$url/manifest.suit"
status_is 304 -H "If-None-Match: \"other\", W/$etag" "$url/manifest.suit"
status_is 200 -H 'If-None-Match: "other"' "$url/manifest.suit"
status_is 404 "https://localhost:$port/acme.example/lamp/b/stable/manifest.suit"
status_is 405 -X DELETE "$url/manifest.suit"
has "Allow: GET, HEAD" "$tmp/head"

say "a HEAD has the head of the GET and no body"
status_is 200 -I "$url/$payload"
has "Content-Length: 1000000" "$tmp/head"
[ "$(curl -sS --cacert "$project/pki/ca.crt" -I "$url/manifest.suit" | sed -n 's/^Content-Length: //p' | tr -d '\r')" = 300 ]

say "a payload comes whole, in parts, and not beyond its end"
status_is 200 "$url/$payload"
cmp "$tmp/body" "$project/site/$place/$payload"
has "immutable" "$tmp/head"
status_is 206 -r 999990- "$url/$payload"
has "Content-Range: bytes 999990-999999/1000000" "$tmp/head"
tail -c 10 "$project/site/$place/$payload" | cmp - "$tmp/body"
status_is 206 -r 65536-131071 "$url/$payload"
has "Content-Length: 65536" "$tmp/head"
status_is 206 -r -5 "$url/$payload"
has "Content-Range: bytes 999995-999999/1000000" "$tmp/head"
status_is 416 -r 1000000- "$url/$payload"
has "Content-Range: bytes */1000000" "$tmp/head"
status_is 200 -r 5-9 -H 'If-Range: "another"' "$url/$payload"

say "nothing but the site can be had"
echo secret >"$project/site/.hidden"
ln -s ../aloft.conf "$project/site/link"
ln -s ../pki "$project/site/pki"
mkfifo "$project/site/pipe"
for path in /../aloft.conf /%2e%2e/aloft.conf /..%2faloft.conf /.hidden /link /pki/ca.key /pipe //aloft.conf \
    /acme.example /acme.example/ /acme.example/lamp/../../../aloft.conf /./aloft.conf '/a\..\aloft.conf' \
    /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do
    get --path-as-is "https://localhost:$port$path"
    case $status in 400 | 404) ;; *) fail "$path gave $status" ;; esac
    ! grep -q -e secret -e '\[project\]' -e 'PRIVATE KEY' "$tmp/body" || fail "$path showed a file"
done

say "a person gets a page"
status_is 200 "https://localhost:$port/"
has "You have reached aloft" "$tmp/body"

say "what a device says is shown as its word"
status_is 200 -H 'Aloft-Device: pump-1' -H 'Aloft-Running: 1.0.0;0;0011223344556677' -H 'Aloft-State: idle' \
    -H 'Aloft-Record: 3' "$url/manifest.suit"
line "pump-1 checks: runs 1.0.0, idle"
status_is 200 -H 'Aloft-Device: pump-1' -H 'Aloft-Running: 1.0.0;0;0011223344556677' \
    -H 'Aloft-State: failed:0x0802' -H 'Aloft-Record: 4' "$url/manifest.suit"
line "pump-1 runs 1.0.0, failed: The payload ended after ? of ? bytes"
status_is 200 -H 'Aloft-Device: pump-1' -H 'Aloft-Running: 1.0.0;0;0011223344556677' \
    -H 'Aloft-State: failed:0x0505' -H 'Aloft-Record: 5' "$url/manifest.suit"
line "pump-1 runs 1.0.0, failed: The bytes in the slot are not the image"
status_is 200 -H 'Aloft-Device: bad id' -H 'Aloft-Running: 9;9;9' "$url/manifest.suit"
status_is 200 -H 'Aloft-Device: pump-2' -H 'Aloft-Running: <b>;x;zz' -H 'Aloft-State: nonsense' "$url/manifest.suit"
line "pump-2 checks: runs an unknown version"
"$ALOFT" -C "$project" devices >"$tmp/table"
has "What devices say about themselves" "$tmp/table"
grep -q '^pump-1  *1.0.0  *failed ' "$tmp/table"
has "last fault: The bytes in the slot" "$tmp/table"
! grep -q -e 'bad id' -e '<b>' "$tmp/table" || fail "a bad word came through"
"$ALOFT" -C "$project" devices --json | python3 -c '
import json, sys
one, two = json.load(sys.stdin)
assert one["id"] == "pump-1" and one["fault"]["name"] == "DIGEST_MISMATCH" and not one["confirmed"], one
assert two["id"] == "pump-2" and two["runs"] == "", two'

say "a port in use is named, with what to do"
provokes LISTEN_IN_USE "$ALOFT" -C "$project" serve --listen "127.0.0.1:$port" --no-mdns
has "Port $port" "$tmp/said"
has "choose another port" "$tmp/said"
provokes LISTEN_FORM "$ALOFT" -C "$project" serve --listen nonsense --no-mdns
provokes LISTEN_REFUSED "$ALOFT" -C "$project" serve --listen 192.0.2.1:0 --no-mdns
exits 64 "$ALOFT" -C "$project" serve --rate 0
exits 64 "$ALOFT" -C "$project" serve --nonsense
exits 0 "$ALOFT" serve --help

say "a key that is not the certificate's is refused"
cp -r "$project" "$tmp/other"
cp "$project/pki/ca.key" "$tmp/other/pki/server.key"
provokes SERVER_CERTIFICATE "$ALOFT" -C "$tmp/other" serve --listen 127.0.0.1:0 --no-mdns
rm -rf "$tmp/other"

say "both families by default, and a base with a path"
sed 's|^base = .*|base = https://localhost:4443/ota|' "$project/aloft.conf" >"$tmp/conf"
cp "$tmp/conf" "$project/aloft.conf"
first=$pid
serve --listen '[::]:0'
port=$(sed -n 's/^listening on \[::\]:\([0-9]*\)$/\1/p; s/^listening on 0\.0\.0\.0:\([0-9]*\)$/\1/p' "$served")
status_is 200 "https://127.0.0.1:$port/ota/$place/manifest.suit"
stop "$pid"
[ "$ended" = 0 ] || fail "it ended with $ended"

say "a server that only this machine can call says so, where devices are to call another host"
! grep -q "only this machine can call" "$served" || fail "said of all interfaces"
sed -i 's|^base = .*|base = https://127.0.0.2:4443|' "$project/aloft.conf"
serve
! grep -q "only this machine can call" "$served" || fail "said of a base that is this machine"
stop "$pid"
sed -i 's|^base = .*|base = https://192.0.2.7:4443|' "$project/aloft.conf"
serve
has "only this machine can call" "$served"
stop "$pid"
cp "$tmp/conf" "$project/aloft.conf"
pid=$first

say "SIGTERM ends an idle server at once with 0"
stop "$pid"
[ "$ended" = 0 ] || fail "it ended with $ended"

say "SIGTERM lets a download finish that is under way"
serve --rate 400000
get_later() {
    curl -sS --max-time 20 --cacert "$project/pki/ca.crt" -D "$tmp/late.head" -o "$tmp/late" "$url/$payload"
}
get_later &
late=$!
wait_for 5 test -s "$tmp/late"
stop "$pid"
[ "$ended" = 0 ] || fail "it ended with $ended"
wait "$late" || fail "the download was cut"
cmp "$tmp/late" "$project/site/$place/$payload"
line "ending: 1 connections may finish"
