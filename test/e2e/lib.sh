# SPDX-License-Identifier: Apache-2.0
# Words for shell tests. A test begins with:   . test/e2e/lib.sh
# It then has: $ALOFT (the program), $tmp (a folder that is removed at the end), and the functions
# below. It runs in the folder of the repository. What `background` started is ended by process id.
set -eu
: "${ALOFT:=./build/aloft}"
: "${ALOFT_BUILD:=$(dirname "$ALOFT")}"
export NO_COLOR=1
tmp=$(mktemp -d /tmp/aloft-e2e-XXXXXX)
started=

# say TEXT: what the test is doing now; the last one before a failure tells where it failed
say() {
    echo "-- $*"
}

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

end_all() {
    code=$?
    for id in $started; do
        kill "$id" 2>/dev/null || :
        wait "$id" 2>/dev/null || :
    done
    rm -rf "$tmp"
    exit "$code"
}
trap end_all EXIT
trap 'exit 130' INT TERM HUP

# background LOG COMMAND...: starts it with its output in LOG; its process id is then in $pid
background() {
    : >"$1" # at once, or a wait_for would read what the last one has said
    log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    started="$started $pid"
}

# stop PID: ends what `background` started and waits for it; its exit code is in $ended
stop() {
    kill "$1" 2>/dev/null || :
    ended=0
    wait "$1" 2>/dev/null || ended=$?
    left=
    for id in $started; do
        [ "$id" = "$1" ] || left="$left $id"
    done
    started=$left
}

# wait_for SECONDS COMMAND...: until the command succeeds, at most that long (asked every 0.1 s)
wait_for() {
    tries=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.1
    done
}

# free_port: a TCP port that nothing uses at the moment, on both loopback addresses
free_port() {
    python3 -c '
import socket
for _ in range(50):
    with socket.socket() as four:
        four.bind(("127.0.0.1", 0))
        port = four.getsockname()[1]
        try:
            with socket.socket(socket.AF_INET6) as six:
                six.bind(("::1", port))
        except OSError as why:
            if why.errno == 98:
                continue
        print(port)
        break'
}

number_of() {
    sed -n "s/^E($1, \(0x[0-9a-f]*\),.*/\1/p" include/aloft/errors.def
}

# provokes NAME COMMAND...: the command must fail with the exit code of an error (1, 2 or 3), and
# say a sentence with the number of this row of errors.def. What it said is then in $tmp/said.
provokes() {
    name=$1
    shift
    number=$(number_of "$name")
    [ -n "$number" ] || fail "errors.def has no row $name"
    code=0
    "$@" >"$tmp/out" 2>"$tmp/said" </dev/null || code=$?
    case $code in
    1 | 2 | 3) ;;
    *) cat "$tmp/said" >&2; fail "exit code $code instead of $name from: $*" ;;
    esac
    grep -qF "[$number" "$tmp/said" || { cat "$tmp/said" >&2; fail "no $name [$number from: $*"; }
}

# exits CODE COMMAND...: the command must end with just this exit code; its output is in $tmp/out
# and $tmp/said
exits() {
    wanted=$1
    shift
    code=0
    "$@" >"$tmp/out" 2>"$tmp/said" </dev/null || code=$?
    [ "$code" = "$wanted" ] && return
    cat "$tmp/out" "$tmp/said" >&2
    fail "exit code $code, not $wanted: $*"
}

# has TEXT FILE: the file holds this text
has() {
    grep -qF -e "$1" "$2" || { cat "$2" >&2; fail "\"$1\" is not in $2"; }
}

# from_anywhere: for a test that leaves this folder, which is in $root then; the program and the build by their whole paths
from_anywhere() {
    root=$PWD
    case $ALOFT in /*) ;; *) ALOFT=$root/$ALOFT ;; esac
    case $ALOFT_BUILD in /*) ;; *) ALOFT_BUILD=$root/$ALOFT_BUILD ;; esac
}
