# SPDX-License-Identifier: Apache-2.0
# The server's certificate, as `aloft serve` finds it when it begins: renewed where that is possible, else told how.
. test/e2e/lib.sh
. test/e2e/serve.sh

say "a certificate made for this machine gets the addresses that the machine has now"
machine=$(hostname | sed 's/\..*//' | tr '[:upper:]' '[:lower:]').local
"$ALOFT" init "$project" --host "$machine" --host localhost >/dev/null
mkdir -p "$project/site/$place"
cp "$project/pki/ca.crt" "$tmp/ca.crt"
openssl x509 -in "$project/pki/server.crt" -noout -pubkey >"$tmp/key.before"
serve --rate 4000000000
line "the certificate lacks"
line "the certificate was renewed under the same root"
curl -sS --max-time 10 --cacert "$tmp/ca.crt" "https://127.0.0.1:$port/" >"$tmp/page" || fail "127.0.0.1 is not in it"
has "You have reached aloft" "$tmp/page"
openssl x509 -in "$project/pki/server.crt" -noout -pubkey | cmp - "$tmp/key.before"
stop "$pid"

say "the second time there is nothing to do"
serve --rate 4000000000
! grep -q certificate "$served" || { cat "$served"; fail "it spoke of the certificate again"; }
stop "$pid"

say "without the CA's key it says which command to run, and serves what is there"
rm -rf "$project"
"$ALOFT" init "$project" --host "$machine" --host localhost >/dev/null
mkdir -p "$project/site/$place"
mv "$project/pki/ca.key" "$tmp/away"
serve --rate 4000000000
line "pki/ca.key is not here: run"
curl -sS --max-time 10 --cacert "$project/pki/ca.crt" "https://localhost:$port/" >/dev/null || fail "it does not serve"
stop "$pid"

say "chosen hosts stay the only ones"
rm -rf "$project"
"$ALOFT" init "$project" --host localhost >/dev/null
mkdir -p "$project/site/$place"
serve --rate 4000000000
! grep -q certificate "$served" || { cat "$served"; fail "it spoke of the certificate"; }
stop "$pid"

say "one that ends in ten days is said and renewed, with the same hosts"
openssl req -new -key "$project/pki/server.key" -subj /CN=aloft -out "$tmp/request" 2>/dev/null
printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n' >"$tmp/extensions"
openssl x509 -req -in "$tmp/request" -CA "$project/pki/ca.crt" -CAkey "$project/pki/ca.key" -set_serial 7 -days 10 \
    -extfile "$tmp/extensions" -out "$project/pki/server.crt" 2>/dev/null
serve --rate 4000000000
line "the certificate ends on"
line "the certificate was renewed under the same root"
openssl x509 -in "$project/pki/server.crt" -noout -checkend 60000000 >/dev/null || fail "it ends too soon"
stop "$pid"

say "no certificate at all is refused"
rm "$project/pki/server.crt"
provokes FILE_READ "$ALOFT" -C "$project" serve --listen 127.0.0.1:0 --no-mdns
