# SPDX-License-Identifier: Apache-2.0
"""Faults before TLS: the cable, the route, the name, the port, what stands in between."""
from world import BASE, DEVICE, HOST, PORT, SERVER, fault


@fault("no-network", "A device without any network")
def no_network(w):
    w.sh("ip link set lan0 down; ip address flush dev lan0")
    w.doctor("NET_DOWN", "!! route", "this machine has: none")
    w.device("NET_DOWN", "This device has no network at the moment.")
    w.explain("Check the cable or the Wi-Fi")


@fault("no-route", "An address in another network, and no gateway")
def no_route(w):
    w.serve()
    w.names(f"192.0.2.1 {HOST}")
    w.doctor("NET_UNREACHABLE", "!! route", "no way from this machine to 192.0.2.1", DEVICE)
    w.device("NET_UNREACHABLE", f"no network path from this device to {HOST}")
    w.server_says()
    w.explain("TLS had not begun")


@fault("wrong-subnet", "An address of another subnet, and a gateway that knows no way to it")
def wrong_subnet(w):
    w.serve()
    w.sh(f"ip route add default via {SERVER}")
    w.at_server("sysctl -qw net.ipv4.ip_forward=1")
    w.names(f"192.168.1.3 {HOST}")
    w.doctor("NET_UNREACHABLE", "!! tcp", "192.168.1.3 is on another network, by the gateway")
    w.device("NET_UNREACHABLE", f"no network path from this device to {HOST}")
    w.server_says()
    w.explain("TLS had not begun")


@fault("nobody-there", "An address of this network at which nobody is")
def nobody_there(w):
    w.serve()
    w.names(f"10.9.9.77 {HOST}")
    w.doctor("NET_UNREACHABLE", "!! tcp", "nobody at that address", "10.9.9.77")
    w.device("NET_UNREACHABLE", f"no network path from this device to {HOST}")
    w.server_says()
    w.explain("TLS had not begun")


@fault("refused", "A machine that is there, and no server on the port")
def refused(w):
    w.doctor("NET_REFUSED", "!! tcp", f"refused port {PORT}")
    w.device("NET_REFUSED", HOST, f"on port {PORT}")
    w.explain("the machine is there, but nothing listens", "TLS had not begun")


@fault("rejecting-firewall", "A firewall on the server's machine that says no")
def rejecting_firewall(w):
    w.serve()
    w.rules(f"tcp dport {PORT} reject with icmpx type admin-prohibited", "server", "input")
    w.doctor("NET_UNREACHABLE", "!! tcp", "a router or firewall says so")
    w.device("NET_UNREACHABLE", HOST)
    w.server_says()
    w.explain("TLS had not begun")


@fault("silent-firewall", "A firewall that drops without a word", waits=35)
def silent_firewall(w):
    w.serve()
    w.rules(f"tcp dport {PORT} drop", "server", "input")
    w.doctor("NET_TIMEOUT", "!! tcp", f"no answer at all on port {PORT} in 5 s", "drops silently")
    w.device("NET_TIMEOUT", HOST, "did not answer within")
    w.server_says()
    w.explain("firewall that drops silently", "TLS had not begun")


@fault("own-rules", "The device's own rules forbid the way")
def own_rules(w):
    w.serve()
    w.sh("ip route add prohibit 203.0.113.0/24")
    w.names(f"203.0.113.7 {HOST}")
    w.doctor("DOCTOR_FILTERED", "!! route", f"forbids connections to {HOST}, port {PORT}")
    w.device("NET_LOCAL", "own network code failed")
    w.server_says()
    w.explain("TLS had not begun")


@fault("no-such-name", "A name that does not resolve")
def no_such_name(w):
    w.serve()
    w.name_server()
    w.names("127.0.0.1 localhost")
    w.doctor("NET_NAME", "!! name", f"{HOST} has no address here")
    w.device("NET_NAME", f"{HOST} cannot be resolved")
    w.server_says()
    w.explain("typo in the address", "TLS had not begun")


@fault("no-such-local", "A name ending in .local for which nobody answers")
def no_such_local(w):
    w.serve()
    w.doctor("NET_NAME", "!! name", "nobody on this network answered for it", base=f"https://nobody.local:{PORT}")
    w.device("NET_NAME", "nobody.local cannot be resolved", base=f"https://nobody.local:{PORT}")
    w.server_says()
    w.explain("needs the server on the same network")


@fault("ipv6-only", "A name with an IPv6 address only, and a device without IPv6")
def ipv6_only(w):
    w.serve()
    w.sh("sysctl -qw net.ipv6.conf.lan0.disable_ipv6=1")
    w.names(f"2001:db8::1 {HOST}")
    w.doctor("NET_UNREACHABLE", "!! route", "2001:db8::1", "IPv6")
    w.device("NET_NAME", HOST, "a device with IPv6")
    w.server_says()
    w.explain("TLS had not begun")


@fault("proxy-only", "A network that lets nobody out but its proxy", waits=35)
def proxy_only(w):
    w.serve()
    w.rules(f"tcp dport {PORT} drop", "server", "input")
    w.doctor("NET_TIMEOUT", "!! tcp", "http://10.9.9.3:3128", "devices use no proxy",
             environment={"https_proxy": "http://10.9.9.3:3128"})
    w.device("NET_TIMEOUT", HOST)
    w.server_says()
    w.explain("TLS had not begun")


@fault("captive-portal", "A portal of the Wi-Fi that answers in the server's place")
def captive_portal(w):
    w.certify("portal", "/CN=portal of the hotel", "basicConstraints=CA:TRUE", issuer="portal")
    w.openssl("portal")
    w.doctor("TLS_CA", "!! chain", "issued by /CN=portal of the hotel", "a portal or another program answers there")
    w.device("TLS_CA", "was not issued by the CA that this device trusts", HOST)
    w.explain("The network, the address")


@fault("portal-without-tls", "A portal that sends everybody to its login page")
def portal_without_tls(w):
    w.plain("portal")
    w.doctor("TLS_NOT_TLS", "!! tls", f"port {PORT} answers, and not with TLS", "302 Found",
             "http://login.hotel.example/")
    w.device("TLS_NOT_TLS", f"{HOST} does not speak TLS")
    w.explain("certificates")


@fault("plain-http", "A plain HTTP server on the port")
def plain_http(w):
    w.plain("http")
    w.doctor("TLS_NOT_TLS", "!! tls", f"port {PORT} answers, and not with TLS", "400 Bad Request")
    w.device("TLS_NOT_TLS", f"{HOST} does not speak TLS")
    w.curl(url=BASE)
    w.explain("certificates")


@fault("mute", "A server that takes connections and says nothing", waits=40)
def mute(w):
    w.plain("mute")
    w.doctor("NET_TIMEOUT", "!! tls", "took the connection and says nothing")
    w.device("NET_TIMEOUT", HOST)
    w.explain("did not answer")
