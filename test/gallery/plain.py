# SPDX-License-Identifier: Apache-2.0
"""A server that speaks no TLS:  plain.py http|mute|portal ADDRESS:PORT
http answers each connection with a page at once it has read something, portal sends everybody to its login page,
mute takes connections and says nothing."""
import socket
import sys

address, _, port = sys.argv[2].rpartition(":")
server = socket.create_server((address, int(port)))
kept = []
while True:
    connection, _ = server.accept()
    if sys.argv[1] == "mute":
        kept.append(connection)
        continue
    connection.settimeout(5)
    try:
        connection.recv(4096)
        head = b"302 Found\r\nLocation: http://login.hotel.example/" if sys.argv[1] == "portal" else b"400 Bad Request"
        connection.sendall(b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    except OSError:
        pass
    connection.close()
