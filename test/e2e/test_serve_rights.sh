# SPDX-License-Identifier: Apache-2.0
# What the server may do on this machine, and what never leaves it: root's rights, files beside the site, keys.
. test/e2e/lib.sh
. test/e2e/serve.sh
make_project

# rights PID: its users, capabilities and "no new privileges", as proc(5) has them
rights() {
    sed -n 's/^\(Uid\|Gid\|CapPrm\|CapEff\|CapBnd\|NoNewPrivs\):[[:space:]]*/\1=/p' "/proc/$1/status" | tr '\t\n' ', '
}

none=0000000000000000
if [ "$(id -u)" = 0 ]; then
    say "a project of root is served without root's rights, and that is said"
    serve
    line "the project belongs to root"
    [ "$(rights "$pid")" = "Uid=0,0,0,0 Gid=0,0,0,0 CapPrm=$none CapEff=$none CapBnd=$none NoNewPrivs=1 " ] ||
        fail "$(rights "$pid")"
    status_is 200 "$url/manifest.suit"
    stop "$pid"

    say "a project of somebody is served as that one, also on a port below 1024"
    chmod 755 "$tmp"
    chown -R 12345:12346 "$project"
    if [ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start)" -gt 600 ]; then
        serve --listen 127.0.0.1:600
        port=600
        url=https://localhost:$port/$place
    else
        serve
    fi
    line "this is user 12345 now"
    [ "$(rights "$pid")" = \
        "Uid=12345,12345,12345,12345 Gid=12346,12346,12346,12346 CapPrm=$none CapEff=$none CapBnd=$none NoNewPrivs=1 " ] ||
        fail "$(rights "$pid")"
    grep -q '^Groups:[[:space:]]*$' "/proc/$pid/status" || fail "it is still in groups of root"
    status_is 200 -H 'Aloft-Device: lamp-1' "$url/manifest.suit"
    wait_for 5 test -s "$project/aloft.db"
    stop "$pid"
    [ "$(find "$project" ! -user 12345)" = "" ] || fail "root's files in the project: $(find "$project" ! -user 12345)"

    say "a user who may not read the project is refused in words"
    provokes SERVER_RIGHTS "$ALOFT" -C "$project" serve --no-mdns --listen 127.0.0.1:0 --user no-such-user
    chmod 700 "$project"
    provokes SERVER_RIGHTS "$ALOFT" -C "$project" serve --no-mdns --listen 127.0.0.1:0 --user nobody
    has "as nobody: Permission denied" "$tmp/said"
    chown -R 0:0 "$project"
    chmod 755 "$project"
fi

say "who is not root cannot become somebody else"
as_me="$ALOFT"
[ "$(id -u)" != 0 ] || { cp "$ALOFT" "$tmp/aloft" && chmod 755 "$tmp" && as_me="setpriv --reuid 12345 --clear-groups $tmp/aloft"; }
# words on purpose
# shellcheck disable=SC2086
provokes SERVER_RIGHTS $as_me -C "$project" serve --no-mdns --listen 127.0.0.1:0 --user daemon
has "only root can become somebody else" "$tmp/said"

say "who may not read or write what it takes hears which file, whose it is, and who is asking"
me=$(id -un)
if [ "$(id -u)" = 0 ]; then
    me="user 12345"
    # shellcheck disable=SC2086
    provokes PROJECT_OWNER $as_me -C "$project" serve --no-mdns --listen 127.0.0.1:0
    has "$project/pki/server.key cannot be read by $me: it belongs to root and has mode 0600. Run this as root; or," "$tmp/said"
    has "\`chown -R 12345 $project\`" "$tmp/said"
    # shellcheck disable=SC2086
    exits 0 $as_me -C "$project" key list
    has "  closed  " "$tmp/out"
    ! grep -q elsewhere "$tmp/out" || fail "a key that is here is said to be elsewhere"
    has "keys/firmware.key cannot be read by $me: it belongs to root and has mode 0600" "$tmp/out"
    chown 12345 "$project/pki/server.key"
    # shellcheck disable=SC2086
    provokes PROJECT_OWNER $as_me -C "$project" serve --no-mdns --listen 127.0.0.1:0
    has "$project/aloft.db cannot be written by $me: the folder $project belongs to root and has mode 0755" "$tmp/said"
    # shellcheck disable=SC2086
    provokes PROJECT_OWNER $as_me -C "$project" devices
    has "aloft.db-shm cannot be written by $me: the folder $project belongs to root and has mode 0755" "$tmp/said"
    chown -R 12345 "$project"
fi
chmod 0 "$project/site"
# shellcheck disable=SC2086
provokes FILE_MODE $as_me -C "$project" serve --no-mdns --listen 127.0.0.1:0
has "$project/site cannot be read by $me: it belongs to $me and has mode 0000. \`chmod u+rwX $project/site\`" "$tmp/said"
chmod 755 "$project/site"

say "a release that the server may not read is no 404: the device comes again, and the line says why"
chmod 0 "$project/site/$place/manifest.suit"
serve
status_is 503 "$url/manifest.suit"
line "$place/manifest.suit cannot be read by $me: it belongs to $me and has mode 0000"
stop "$pid"
chmod 644 "$project/site/$place/manifest.suit"
[ "$(id -u)" != 0 ] || chown -R 0:0 "$project"

say "keys that somebody puts into the site by a link, and hidden files, are not served"
ln -s ../../../../../pki/server.key "$project/site/$place/server.key"
ln -s ../pki "$project/site/pki"
cp "$project/pki/server.key" "$project/site/$place/.server.key"
mkfifo "$project/site/$place/pipe"
serve
for path in server.key .server.key pipe fw; do
    status_is 404 --path-as-is "$url/$path"
done
status_is 404 "https://localhost:$port/pki/server.key"
python3 - "$port" "$project/pki/ca.crt" <<'EOF'
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
key = b"PRIVATE KEY"
steps = ("..", "%2e%2e", "%2e.", ".%2E", "..%2f", "..%5c", "..\\", "....", "..;", "%252e%252e", "%c0%ae%c0%ae", ".", "")
files = ("pki/server.key", "keys/firmware.key", "aloft.conf", "aloft.db", "etc/passwd", "pki%2fserver.key")
targets = [b"//", b"/" + b"../" * 400, b"*", b"/\0", b"/site/../pki/server.key", b"file:///etc/passwd",
           b"https://localhost/../pki/server.key", b"/acme.example/lamp/a/stable/fw/../../../../../../pki/server.key"]
for step in steps:
    for n in (1, 2, 6):
        targets += [("/" + (step + "/") * n + file).encode() for file in files]
        targets += [("/acme.example/lamp/" + (step + "/") * n + file).encode() for file in files]
n = 0
for target in targets:
    raw = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
    with context.wrap_socket(raw, server_hostname="localhost") as s:
        s.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        got = b""
        while True:
            part = s.recv(65536)
            if not part:
                break
            got += part
    assert got[:13] in (b"HTTP/1.1 400 ", b"HTTP/1.1 404 ", b"HTTP/1.1 431 "), (target, got[:200])
    assert key not in got and b"[project]" not in got and b"root:" not in got and len(got) < 600, (target, got)
    n += 1
print(f"   {n} paths, nothing given")
EOF
rm "$project/site/$place/server.key" "$project/site/$place/.server.key" "$project/site/pki"

say "after a life of a project no line of a private key is in the site, the list of devices or what was said"
. test/kit/make_image.sh
make_image "$tmp/image" acme.example/lamp/a 1.0.0 20000 "$project/keys/firmware.pub" "$project/keys/spare.pub"
rm "$project/site/$place/manifest.suit"
"$ALOFT" -C "$project" publish "$tmp/image" --notes "the first" >"$tmp/published" 2>&1
status_is 200 -H 'Aloft-Device: lamp-1' "$url/manifest.suit"
curl -s "http://localhost:$port/" >"$tmp/page" || :
stop "$pid"
"$ALOFT" -C "$project" cert renew --host key.example >"$tmp/renewed" 2>&1
"$ALOFT" -C "$project" devices >"$tmp/devices" 2>&1
"$ALOFT" -C "$project" doctor --json >"$tmp/doctor" 2>&1 || :
"$ALOFT" -C "$project" key list >"$tmp/keys" 2>&1
mkdir "$tmp/seen"
cp -r "$project/site" "$project"/aloft.db* "$tmp"/serve-*.log "$tmp/head" "$tmp/body" "$tmp/page" "$tmp/published" "$tmp/renewed" \
    "$tmp/devices" "$tmp/doctor" "$tmp/keys" "$tmp/seen"
# looked for: each line of each key's base64, its bytes, and the number that is the secret
cat >"$tmp/look.py" <<'EOF'
import base64, glob, os, sys
project, seen = sys.argv[1:]
needles = {}
for path in glob.glob(project + "/*/*.key"):
    lines = [line for line in open(path).read().split("\n") if line and not line.startswith("-----")]
    der = base64.b64decode("".join(lines))
    for line in lines:
        needles[line.encode()] = path
    at = der.find(b"\x02\x01\x01\x04\x20") # ECPrivateKey: version 1, then 32 bytes (RFC 5915 section 3)
    secret = der[at + 5:at + 37] if at >= 0 else der[-32:]
    needles[secret] = needles[secret.hex().encode()] = needles[base64.b64encode(secret)] = path
assert len(needles) >= 5 * 4, len(needles)
n = 0
for folder, _, names in os.walk(seen):
    for name in names:
        if name == "pipe":
            continue
        data = open(os.path.join(folder, name), "rb").read()
        n += 1
        for needle, path in needles.items():
            if needle in data or b"PRIVATE KEY" in data:
                sys.exit(f"{os.path.join(folder, name)} holds a part of {path}")
print(f"   {len(needles)} parts of keys looked for in {n} files")
EOF
rm "$tmp/seen/site/$place/pipe"
python3 "$tmp/look.py" "$project" "$tmp/seen"
cp "$project/pki/server.key" "$tmp/seen/planted" # what looks must also find
! python3 "$tmp/look.py" "$project" "$tmp/seen" >/dev/null 2>&1 || fail "a key that was planted was not found"
