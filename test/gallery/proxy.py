# SPDX-License-Identifier: Apache-2.0
"""Stands between device and server and fails once:  proxy.py cut|stall BYTES ADDRESS:PORT TO-PORT
The first connection is ended after BYTES from the server, or gets nothing more and stays open."""
import socket
import sys
import threading

how, limit = sys.argv[1], int(sys.argv[2])
address, _, port = sys.argv[3].rpartition(":")


def fail(device):
    if how == "cut":
        device.shutdown(socket.SHUT_RDWR)
    else:
        threading.Event().wait()  # until the device gives up, and this program is ended


def carry(here, there, most):
    try:
        while data := here.recv(16384):
            there.sendall(data[:most])
            most -= len(data)
            if most <= 0:
                return fail(there)
        there.shutdown(socket.SHUT_WR)
    except OSError:
        here.close()
        there.close()


server = socket.create_server((address, int(port)))
while True:
    device, _ = server.accept()
    upstream = socket.create_connection((address, int(sys.argv[4])))
    threading.Thread(target=carry, args=(device, upstream, sys.maxsize), daemon=True).start()
    threading.Thread(target=carry, args=(upstream, device, limit), daemon=True).start()
    limit = sys.maxsize
