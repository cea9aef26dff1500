# SPDX-License-Identifier: Apache-2.0
"""A name server that answers every question with "no such name" (RFC 1035 §4.1.1, RCODE 3):  no_such_name.py ADDRESS"""
import socket
import struct
import sys

s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((sys.argv[1], 53))
print("ready", flush=True)
while True:
    question, who = s.recvfrom(512)
    s.sendto(question[:2] + struct.pack("!5H", 0x8183, 1, 0, 0, 0) + question[12:], who)
