# SPDX-License-Identifier: Apache-2.0
# `aloft init`, `cert` and `key` with right and wrong input: each mistake has its sentence, and
# nothing is lost.
. test/e2e/lib.sh

# state FOLDER: names, modes and content of everything in it
state() {
    (cd "$1" && find . -printf '%p %m\n' -type f -exec sha256sum {} + | sort)
}

say "a project has all its parts, and keys are their owner's only"
umask 022
exits 0 "$ALOFT" init "$tmp/new" --host Updates.Example --host 192.0.2.7 \
    --class acme.example/lamp/a --class acme.example/lamp/b
has 'devices will call   https://updates.example:4443' "$tmp/out"
has '(also https://192.0.2.7:4443)' "$tmp/out"
has 'a label, nobody compares it' "$tmp/out"
has 'take it to another place now; it is the only way back' "$tmp/out"
has 'Back up these files' "$tmp/out"
for file in pki/ca.key pki/server.key keys/firmware.key keys/spare.key keys/fresh.key; do
    [ "$(stat -c %a "$tmp/new/$file")" = 600 ] || fail "$file can be read by others"
    openssl pkey -in "$tmp/new/$file" -noout -text | grep -q 'NIST CURVE: P-256' ||
        fail "$file is no P-256 key"
done
for name in firmware spare fresh; do
    openssl pkey -in "$tmp/new/keys/$name.key" -pubout | cmp -s - "$tmp/new/keys/$name.pub" ||
        fail "$name: halves differ"
done
[ -d "$tmp/new/site" ] || fail "no site/"
git init -q "$tmp/sources" && cp -r "$tmp/new" "$tmp/sources/home"
(cd "$tmp/sources" && git add . && git ls-files) >"$tmp/shared"
has home/aloft.conf "$tmp/shared"
! grep '[.]key$' "$tmp/shared" || fail "git add . takes a private key"
[ "$(cd "$tmp/new" && find . -maxdepth 1 | sort | tr '\n' ' ')" = \
    ". ./aloft.conf ./keys ./pki ./site " ] ||
    fail "something else was left there"
openssl verify -x509_strict -purpose sslserver -CAfile "$tmp/new/pki/ca.crt" \
    "$tmp/new/pki/server.crt" >/dev/null
exits 0 "$ALOFT" -C "$tmp/new" cert show
has 'its host is among them' "$tmp/out"

# extensions FILE: those that say what a certificate may do, one line
extensions() {
    openssl x509 -in "$1" -noout -ext basicConstraints,keyUsage,extendedKeyUsage,subjectAltName |
        tr -s ' \n' ' '
}
[ "$(extensions "$tmp/new/pki/ca.crt")" = "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0 \
X509v3 Key Usage: critical Certificate Sign, CRL Sign " ] || fail "the CA may do something else"
[ "$(extensions "$tmp/new/pki/server.crt")" = "X509v3 Basic Constraints: critical CA:FALSE \
X509v3 Key Usage: critical Digital Signature \
X509v3 Extended Key Usage: TLS Web Server Authentication \
X509v3 Subject Alternative Name: DNS:updates.example, IP Address:192.0.2.7, DNS:192.0.2.7 " ] ||
    fail "the server certificate may do something else"
for file in ca server; do
    openssl x509 -in "$tmp/new/pki/$file.crt" -noout -text >"$tmp/text"
    has 'Version: 3' "$tmp/text"
    has 'Subject Key Identifier' "$tmp/text"
    has 'NIST CURVE: P-256' "$tmp/text"
done
has 'Authority Key Identifier' "$tmp/text"

say "without --host the base is <machine>.local, and localhost is in the certificate"
exits 0 "$ALOFT" init "$tmp/plain"
machine=$(uname -n | cut -d. -f1 | tr '[:upper:]' '[:lower:]')
has "devices will call   https://$machine.local:4443" "$tmp/out"
exits 0 "$ALOFT" -C "$tmp/plain" cert show --json
for host in localhost 127.0.0.1 ::1; do has "\"$host\"" "$tmp/out"; done

say "an IPv6 address as the base stands in brackets, and a base outside the certificate is told"
exits 0 "$ALOFT" init "$tmp/six" --host 2001:DB8::7
has 'devices will call   https://[2001:db8::7]:4443' "$tmp/out"
exits 0 "$ALOFT" -C "$tmp/six" cert show
has 'its host is among them' "$tmp/out"
sed -i 's|^base = .*|base = https://other.example/ota|' "$tmp/six/aloft.conf"
exits 0 "$ALOFT" -C "$tmp/six" cert show
has 'its host is NOT among them' "$tmp/out"
has 'cert renew --host other.example' "$tmp/out"

say "a project that is there is never touched"
state "$tmp/new" >"$tmp/before"
provokes PROJECT_EXISTS "$ALOFT" init "$tmp/new"
provokes PROJECT_EXISTS "$ALOFT" -C "$tmp/new" init
state "$tmp/new" | cmp - "$tmp/before" || fail "the project was changed"
mkdir -p "$tmp/half/keys"
echo mine >"$tmp/half/keys/firmware.key"
provokes PROJECT_EXISTS "$ALOFT" init "$tmp/half"
[ "$(cat "$tmp/half/keys/firmware.key")" = mine ] || fail "the key was changed"
[ "$(ls -A "$tmp/half")" = keys ] || fail "something was made there"

say "a folder with other files takes a project and keeps them"
mkdir "$tmp/mixed"
echo mine >"$tmp/mixed/main.c"
(cd "$tmp/mixed" && exits 0 "$ALOFT" init)
[ "$(cat "$tmp/mixed/main.c")" = mine ] || fail "main.c was changed"
[ -f "$tmp/mixed/aloft.conf" ] || fail "there is no project"

say "wrong words are refused before anything is made"
long=$(printf 'a%.0s' $(seq 60))
provokes HOST_FORM "$ALOFT" init "$tmp/no" --host 'https://updates.example'
provokes HOST_FORM "$ALOFT" init "$tmp/no" --host '192.0.2.777'
provokes HOST_FORM "$ALOFT" init "$tmp/no" --host '*.example'
provokes HOST_FORM "$ALOFT" init "$tmp/no" --host "$long.$long.$long.example"
provokes CLASS_FORM "$ALOFT" init "$tmp/no" --class lamp
provokes CLASS_FORM "$ALOFT" init "$tmp/no" --class 'Acme.example/lamp/a'
exits 64 "$ALOFT" init "$tmp/no" --hosts x
exits 64 "$ALOFT" init "$tmp/no" other
exits 64 "$ALOFT" init "$tmp/no" --host "$(printf '\342\200\234updates.example\342\200\235')"
has 'curly quote' "$tmp/said"
[ ! -e "$tmp/no" ] || fail "something was made"
echo file >"$tmp/file"
provokes FILE_WRITE "$ALOFT" init "$tmp/file/below"
provokes NO_PROJECT "$ALOFT" -C "$tmp/file" cert show
for verb in init cert key; do
    exits 0 "$ALOFT" "$verb" --help
    has 'usage: aloft' "$tmp/out"
done

say "a certificate is renewed under the same CA, and the old one is kept"
cp "$tmp/new/pki/server.crt" "$tmp/old.crt"
exits 0 "$ALOFT" -C "$tmp/new" cert renew --host localhost --drop 192.0.2.7
kept=$(sed -n 's/^The old one is kept as \(.*\)\.$/\1/p' "$tmp/out")
cmp "$tmp/old.crt" "$tmp/new/$kept" || fail "the old certificate is not kept"
openssl verify -x509_strict -CAfile "$tmp/new/pki/ca.crt" "$tmp/new/pki/server.crt" >/dev/null
openssl x509 -in "$tmp/new/pki/server.crt" -noout -checkhost localhost | grep -q 'does match' ||
    fail "no localhost"
openssl x509 -in "$tmp/new/pki/server.crt" -noout -checkip 192.0.2.7 | grep -q 'NOT match' ||
    fail "192.0.2.7 is there"
exits 64 "$ALOFT" -C "$tmp/new" cert renew --drop updates.example --drop localhost
exits 64 "$ALOFT" -C "$tmp/new" cert renew --drop typo.example
has '--drop typo.example: the certificate does not hold that' "$tmp/said"

say "a certificate that ends soon is told, whoever issued it under this CA"
cp -r "$tmp/new" "$tmp/soon"
openssl req -new -key "$tmp/soon/pki/server.key" -subj /CN=x -out "$tmp/request"
echo 'subjectAltName=DNS:updates.example' >"$tmp/extensions"
openssl x509 -req -in "$tmp/request" -CA "$tmp/soon/pki/ca.crt" -CAkey "$tmp/soon/pki/ca.key" \
    -days 10 -extfile "$tmp/extensions" -out "$tmp/soon/pki/server.crt" 2>/dev/null
exits 0 "$ALOFT" -C "$tmp/soon" cert show
grep -q 'in [0-9]* days: run .aloft cert renew' "$tmp/out" || fail "the near end is not told"
exits 0 "$ALOFT" -C "$tmp/soon" cert renew
grep -Eq 'in 82[45] days\.' "$tmp/out" || fail "the certificate does not end in 825 days less a moment"

say "keys that cannot be read are named"
cp -r "$tmp/new" "$tmp/bad"
cp "$tmp/bad/keys/spare.pub" "$tmp/bad/keys/firmware.key"
provokes KEY_IS_PUBLIC "$ALOFT" -C "$tmp/bad" key list
openssl pkey -in "$tmp/new/keys/firmware.key" -aes128 -passout pass:word \
    -out "$tmp/bad/keys/firmware.key"
provokes KEY_ENCRYPTED "$ALOFT" -C "$tmp/bad" key list
rm "$tmp/bad/pki/ca.key"
provokes CA_KEY_AWAY "$ALOFT" -C "$tmp/bad" cert renew
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$tmp"
    cp "$ALOFT" "$tmp/aloft"
    provokes PROJECT_OWNER setpriv --reuid=65534 --regid=65534 --clear-groups \
        "$tmp/aloft" -C "$tmp/new" cert renew
    has 'pki/ca.key cannot be read by nobody: it belongs to root and has mode 0600' "$tmp/said"
    has "chown -R nobody $tmp/new" "$tmp/said"
    provokes FILE_OWNER setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/aloft" init /aloft-test
    has '/aloft-test cannot be written by nobody: the folder / belongs to root' "$tmp/said"
    ! grep -q chown "$tmp/said" || fail "what is no project shall change hands: $(cat "$tmp/said")"
fi

say "Ctrl-C at any moment leaves all or nothing, and never a key in a hidden folder"
cat >"$tmp/stop.c" <<'END'
/* Ctrl-C at the n-th file: each file that is kept is synchronised once */
#include <signal.h>
#include <stdlib.h>
int fsync(int fd) {
    static int n;
    (void)fd;
    if (++n == atoi(getenv("STOP_AT")))
        raise(SIGINT);
    return 0;
}
END
cc -shared -fPIC -o "$tmp/stop.so" "$tmp/stop.c"
stops=0
while :; do
    stops=$((stops + 1))
    [ $stops -lt 200 ] || fail "init has no end"
    code=0
    STOP_AT=$stops LD_PRELOAD=$tmp/stop.so ASAN_OPTIONS=verify_asan_link_order=0 "$ALOFT" init "$tmp/stopped" \
        --host localhost >"$tmp/out" 2>&1 || code=$?
    if [ $code = 130 ]; then
        [ ! -e "$tmp/stopped" ] || [ -e "$tmp/stopped/aloft.conf" ] || fail "left: $(find "$tmp/stopped")"
    else
        [ $code = 0 ] || fail "$code: $(cat "$tmp/out")"
        break
    fi
    [ "$(find "$tmp/stopped" -name '.aloft-*' -o -name '*.??????' 2>/dev/null)" = "" ] || fail "left: $(find "$tmp/stopped")"
    rm -rf "$tmp/stopped"
done
echo "   stopped $((stops - 1)) times"
[ $stops -gt 10 ] || fail "it was stopped $stops times only"

say "a disk that is full at any moment leaves all or nothing"
cat >"$tmp/full.sh" <<'END'
# $1: aloft, $2: folder to mount on, $3: notes. Every number of free inodes and a few sizes, so that
# each file fails once.
set -eu
made=0
for limit in $(seq -f nr_inodes=%g 2 20) size=4k size=16k size=32k size=64k; do
    mount -t tmpfs -o $limit tmpfs "$2"
    code=0
    "$1" init "$2/p" --host localhost >"$3" 2>&1 || code=$?
    if [ $code = 0 ]; then
        made=$((made + 1))
        "$1" -C "$2/p" cert show >/dev/null
    else
        [ $code = 2 ] && grep -qF '[0x1010' "$3" || { cat "$3"; echo "$limit: exit $code"; exit 1; }
        [ -z "$(ls -A "$2")" ] || { ls -AR "$2"; echo "$limit: something is left"; exit 1; }
    fi
    umount "$2"
done
echo "   made $made projects, the other times nothing was left"
[ $made -ge 1 ] && [ $made -le 10 ] || { echo "made $made projects: the limits miss"; exit 1; }

# renewing on a full disk: what was served is still there
mount -t tmpfs -o size=256k tmpfs "$2"
"$1" init "$2/p" --host localhost >/dev/null
cp "$2/p/pki/server.crt" "$3.crt"
dd if=/dev/zero of="$2/filler" bs=4k 2>/dev/null || :
code=0
"$1" -C "$2/p" cert renew >"$3" 2>&1 || code=$?
[ $code = 2 ] && grep -qF '[0x1010' "$3" || { cat "$3"; exit 1; }
cmp "$2/p/pki/server.crt" "$3.crt"
"$1" -C "$2/p" cert show >/dev/null
umount "$2"
END
mkdir "$tmp/mnt"
program=$(realpath "$ALOFT")
if unshare -rm mount -t tmpfs tmpfs "$tmp/mnt" 2>/dev/null; then
    unshare -rm sh "$tmp/full.sh" "$program" "$tmp/mnt" "$tmp/full" || fail "see above"
else
    say "no mount namespaces here: the full disk was not tried"
fi
say "all of it held"
