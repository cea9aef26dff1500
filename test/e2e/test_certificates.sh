# SPDX-License-Identifier: Apache-2.0
# The server's certificate is accepted by five TLS libraries by name, IPv4, IPv6 and localhost; each
# refuses a host that is not in it, and a CA that is not this project's. All connections go to
# 127.0.0.1; only the host that is compared differs.
. test/e2e/lib.sh

exits 0 "$ALOFT" init "$tmp/p" --host updates.example --host 192.0.2.7 \
    --host 2001:DB8:0:0:0:0:0:7 --host localhost --host 127.0.0.1 --host ::1 --host Build_PC
exits 0 "$ALOFT" init "$tmp/other" --host updates.example
ca=$tmp/p/pki/ca.crt

# start: an openssl server with the project's certificate, on a free port, in $port
start() {
    port=$(free_port)
    background "$tmp/server.log" openssl s_server -accept "127.0.0.1:$port" -www -quiet \
        -cert "$tmp/p/pki/server.crt" -key "$tmp/p/pki/server.key"
    server=$pid
    wait_for 10 sh -c "openssl s_client -connect 127.0.0.1:$port </dev/null"
}

is_ip() {
    case $1 in
    *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) true ;;
    *) false ;;
    esac
}

in_url() {
    case $1 in
    *:*) echo "[$1]" ;;
    *) echo "$1" ;;
    esac
}

# Each client: CLIENT CA HOST; exit code 0 accepted; what it said is in $tmp/client
by_curl() {
    curl --silent --show-error --noproxy '*' --max-time 10 --cacert "$1" \
        --connect-to "::127.0.0.1:$port" "https://$(in_url "$2"):$port/" >"$tmp/client" 2>&1
}
by_openssl() {
    check=-verify_hostname
    ! is_ip "$2" || check=-verify_ip
    openssl s_client -connect "127.0.0.1:$port" -CAfile "$1" -verify_return_error "$check" "$2" \
        </dev/null >"$tmp/client" 2>&1
}
by_gnutls() {
    gnutls-cli --x509cafile "$1" --verify-hostname="$2" -p "$port" 127.0.0.1 \
        </dev/null >"$tmp/client" 2>&1
}
by_python() {
    python3 - "$1" "$2" "$port" >"$tmp/client" 2>&1 <<'END'
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[1])
with socket.create_connection(("127.0.0.1", int(sys.argv[3])), 10) as plain:
    with context.wrap_socket(plain, server_hostname=sys.argv[2]):
        pass
END
}
by_mbedtls() {
    "$ALOFT_BUILD/tls_client" "$1" 127.0.0.1 "$port" "$2" >"$tmp/client" 2>&1
}

# What each says when the certificate is the reason.
reason_of() {
    case $1 in
    curl) echo 'certificate subject name|unable to get local issuer|self-signed' ;;
    openssl) echo 'hostname mismatch|IP address mismatch|unable to get local issuer|self-signed' ;;
    gnutls) echo 'does not match|issuer is unknown' ;;
    python) echo 'CERTIFICATE_VERIFY_FAILED' ;;
    mbedtls) echo 'Common Name|not correctly signed' ;;
    esac
}

takes() {
    "by_$1" "$2" "$3" || { cat "$tmp/client" >&2; fail "$1 refuses $3"; }
}

refuses() {
    ! "by_$1" "$2" "$3" || { cat "$tmp/client" >&2; fail "$1 accepts $3"; }
    grep -qE "$(reason_of "$1")" "$tmp/client" && return
    cat "$tmp/client" >&2
    fail "$1 refuses $3 for another reason"
}

start
for client in curl openssl gnutls python mbedtls; do
    say "$client accepts name, IPv4, IPv6 and localhost"
    for host in updates.example 192.0.2.7 2001:db8::7 localhost 127.0.0.1 ::1; do
        takes $client "$ca" $host
    done
    say "$client refuses other hosts, and another CA"
    for host in other.example sub.updates.example 192.0.2.8 2001:db8::8; do
        refuses $client "$ca" $host
    done
    refuses $client "$tmp/other/pki/ca.crt" updates.example
done

say "after a renewal with one more host the same CA still does"
exits 0 "$ALOFT" -C "$tmp/p" cert renew --host new.example
stop "$server"
start
for client in curl openssl gnutls python mbedtls; do
    takes $client "$ca" new.example
    takes $client "$ca" 192.0.2.7
done
say "all of it held"
