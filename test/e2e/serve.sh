# SPDX-License-Identifier: Apache-2.0
# Words for tests of `aloft serve`, after lib.sh: a project in $project with a site, and a server for it.
project=$tmp/project
place=acme.example/lamp/a/stable
payload=fw/0011223344556677.bin

# make_project: with hosts localhost and 127.0.0.1, a manifest that is only bytes, and a payload of 1,000,000 bytes
make_project() {
    "$ALOFT" init "$project" --host localhost --host 127.0.0.1 --class acme.example/lamp/a >/dev/null
    mkdir -p "$project/site/$place/fw"
    head -c 1000000 /dev/urandom >"$project/site/$place/$payload"
    head -c 300 /dev/urandom >"$project/site/$place/manifest.suit"
}

# serve [OPTION...]: starts a server on a free port and waits for it; its lines are in $served, its port in $port
serve() {
    n_served=$((${n_served:-0} + 1))
    served=$tmp/serve-$n_served.log
    background "$served" "$ALOFT" -C "$project" serve --listen 127.0.0.1:0 --no-mdns "$@"
    wait_for 10 grep -q '^ready https://' "$served"
    pid_of_server=$pid
    port=$(sed -n 's/^listening on .*:\([0-9]*\)$/\1/p' "$served")
    url=https://localhost:$port/$place
}

# get CURL-ARGUMENT...: the head of the answer is then in $tmp/head, the body in $tmp/body, the status in $status
get() {
    status=$(curl -sS --max-time 20 --cacert "$project/pki/ca.crt" -D "$tmp/head" -o "$tmp/body" -w '%{http_code}' "$@") ||
        fail "curl $*"
}

# status_is STATUS CURL-ARGUMENT...
status_is() {
    wanted=$1
    shift
    get "$@"
    [ "$status" = "$wanted" ] || { cat "$tmp/head" "$tmp/body" >&2; fail "status $status, not $wanted: $*"; }
}

# line TEXT: the server has said it, within 5 s
line() {
    wait_for 5 grep -qF -e "$1" "$served"
}

# line_of NAME: for `provokes NAME line_of NAME`: the server has said the sentence of this row of errors.def in a line,
# which is given as a program would that ends with it
line_of() {
    line "[$(number_of "$1")"
    grep -F "[$(number_of "$1")" "$served" >&2
    return 2
}
