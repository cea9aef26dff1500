# SPDX-License-Identifier: Apache-2.0
# An update server that lies: liar.py CERT KEY SITE [ADDRESS:PORT]. The first part of the path says how, the rest is a file
# of SITE. Prints its port. For tests of `aloft doctor` and the gallery.
import http.server
import os
import re
import ssl
import sys

cert, key, site = sys.argv[1:4]
address, _, port = (sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1:0").rpartition(":")


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string(0 if self.how == "clock" else timestamp)

    def send_header(self, keyword, value):
        if not (self.how == "dateless" and keyword == "Date"):
            super().send_header(keyword, value)

    def answer(self, status, body, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        if not {"Content_Length", "Transfer_Encoding"} & set(fields):
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def payload(self, body):
        asked = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        at = int(asked.group(1)) if asked else 0
        if self.how == "changed":
            body = b"X" + body[1:]
        if self.how == "length":
            body += b"more"
        if self.how == "short" or (self.how == "shortonce" and not asked):
            return self.answer(200, body[:1000], Content_Length=str(len(body)))
        if not asked or self.how == "noranges":
            return self.answer(200, body)
        if self.how == "otherrange":
            at -= 1
        part = body[at:]
        if self.how == "othertail":
            part = b"X" * len(part)
        self.answer(206, part, Content_Range=f"bytes {at}-{len(body) - 1}/{len(body)}")

    def do_GET(self):
        _, self.how, rest = self.path.split("/", 2)
        path = os.path.join(site, rest)
        if self.how == "other":  # the manifest of another class
            path = path.replace("lamp/a", "lamp/b")
        if not os.path.exists(path):
            return self.answer(404, b"")
        with open(path, "rb") as file:
            body = file.read()
        if not rest.endswith("manifest.suit"):
            return self.payload(body)
        if self.how in ("403", "500", "503"):
            return self.answer(int(self.how), b"no")
        if self.how == "html":
            return self.answer(200, b"<html>log in", Content_Type="text/html")
        if self.how == "loop":
            return self.answer(302, b"", Location=self.path)
        if self.how == "away":
            return self.answer(302, b"", Location="https://elsewhere.example/x")
        if self.how == "chunked":
            return self.answer(200, b"1\r\nx\r\n0\r\n\r\n", Transfer_Encoding="chunked")
        if self.how == "gzip":
            return self.answer(200, body, Content_Encoding="gzip")
        if self.how == "cut":
            return self.answer(200, body[:50], Content_Length=str(len(body)))
        if self.how == "long":
            return self.answer(200, b"x" * 5000)
        if self.how == "garbage":
            return self.answer(200, b"this is no manifest")
        if self.how == "forged":
            at = body.index(b"fw/")  # the payload's address stands in what is signed
            body = body[:at] + b"g" + body[at + 1:]
        self.answer(200, body)


server = http.server.ThreadingHTTPServer((address, int(port)), Liar)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print("port", server.server_address[1], flush=True)
server.serve_forever()
