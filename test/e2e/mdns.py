# SPDX-License-Identifier: Apache-2.0
"""Asks for an address by multicast DNS, or pretends to be another machine. Run inside a network namespace only.

  mdns.py ask NAME TYPE ADDRESS legacy|unicast|multicast|known   prints "type class ttl data" of each record
  mdns.py impostor NAME ADDRESS                                  answers each probe for NAME with another address
"""
import socket
import struct
import sys

GROUP, PORT = "224.0.0.251", 5353


def name_of(text):
    return b"".join(bytes([len(p)]) + p.encode() for p in text.split(".")) + b"\0"


def skip_name(m, at):
    while m[at] & 0xC0 != 0xC0 and m[at] != 0:
        at += m[at] + 1
    return at + (2 if m[at] else 1)


def records(m):
    questions, *counts = struct.unpack("!4H", m[4:12])
    at = 12
    for _ in range(questions):
        at = skip_name(m, at) + 4
    for _ in range(sum(counts)):
        at = skip_name(m, at)
        kind, klass, ttl, size = struct.unpack("!HHIH", m[at:at + 10])
        yield kind, klass, ttl, m[at + 10:at + 10 + size]
        at += 10 + size


def open_socket(address, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("", port))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(address))
    s.settimeout(3)
    return s


def text_of(kind, data):
    if kind == 1:
        return socket.inet_ntoa(data)
    return socket.inet_ntop(socket.AF_INET6, data) if kind == 28 else data.hex()


def ask(name, kind, address, how):
    s = open_socket(address, 0 if how == "legacy" else PORT)
    klass = 0x8001 if how == "unicast" else 1
    question = name_of(name) + struct.pack("!HH", int(kind), klass)
    known = b""
    if how == "known":
        known = name_of(name) + struct.pack("!HHIH", 1, 1, 120, 4) + socket.inet_aton("10.77.0.1")
    s.sendto(struct.pack("!6H", 0x4242, 0, 1, 1 if known else 0, 0, 0) + question + known, (GROUP, PORT))
    while True:
        try:
            m, _ = s.recvfrom(9000)
        except TimeoutError:
            print("nothing")
            return
        if m[2] & 0x80 and name_of(name) in m.lower():
            break
    assert how != "legacy" or m[:2] == b"\x42\x42", "the id of a legacy question comes back"
    for kind, klass, ttl, data in records(m):
        print(kind, hex(klass), ttl, text_of(kind, data))


def impostor(name, address):
    s = open_socket(address, PORT)
    s.settimeout(20)
    while True:
        m, _ = s.recvfrom(9000)
        if not m[2] & 0x80 and name_of(name) in m.lower():
            break
    answer = name_of(name) + struct.pack("!HHIH", 1, 0x8001, 120, 4) + socket.inet_aton(address)
    s.sendto(struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + answer, (GROUP, PORT))


{"ask": ask, "impostor": impostor}[sys.argv[1]](*sys.argv[2:])
