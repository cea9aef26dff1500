# SPDX-License-Identifier: Apache-2.0
"""What the server is put through, and what must hold: server_faults.py ALOFT PROJECT FAULT [NUMBER]

kill N: SIGKILL at random moments under load, N times. Every report that was answered with 204 is in the database, which is
whole, and no report is there in parts.   slow N: that many clients that never end what they began; checks are answered.
garbage: bytes that are no TLS, TLS with bytes that are no HTTP.   full FILLER: the disk is full while FILLER is large.
Prints lines of name, value, meaning with tabs between."""
import json, os, random, resource, signal, socket, sqlite3, ssl, subprocess, sys, threading, time

PLACE = "/acme.example/lamp/a/stable"
aloft, project = sys.argv[1:3]
context = ssl.create_default_context(cafile=project + "/pki/ca.crt")


class Server:
    def __init__(self, log=project + "/faults.log"):
        self.log = open(log, "ab+")
        at = self.log.seek(0, 2)
        self.process = subprocess.Popen([aloft, "-C", project, "serve", "--listen", "127.0.0.1:0", "--no-mdns"],
                                        stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        for _ in range(1000): # 10 s
            said = open(self.log.name, "rb").read()[at:]
            if b"\nready https://" in said:
                break
            assert self.process.poll() is None, said
            time.sleep(0.01)
        self.port = int(said.split(b"listening on 127.0.0.1:")[1].split(b"\n")[0])

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(30)


def connect(port, own="127.0.0.1"):
    raw = socket.create_connection(("127.0.0.1", port), 20, (own, 0))
    return context.wrap_socket(raw, server_hostname="localhost")


def ask(s, request):
    """Gives the status; the body is read where its length is said."""
    s.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        part = s.recv(65536)
        if not part:
            raise ConnectionError("no answer")
        got += part
    head, _, body = got.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            while len(body) < int(line.split(b":")[1]):
                part = s.recv(65536)
                if not part:
                    raise ConnectionError("half an answer")
                body += part
    return int(head[9:12])


def number(n):
    for size, first in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if n < 24:
            return bytes([n])
        if n < 1 << 8 * size:
            return bytes([first]) + n.to_bytes(size, "big")


def report(device, n):
    """The same number in four places of the row, so that a row that holds two of them is half a report."""
    text = lambda s: bytes([0x78, len(s)]) + s.encode() if len(s) > 23 else bytes([0x60 | len(s)]) + s.encode()
    body = b"\xaa\x01\x01\x02" + text(device) + b"\x03" + text("acme.example/lamp/a") + b"\x04" + text("stable")
    body += b"\x05" + text(f"1.0.{n}") + b"\x06" + number(n) + b"\x08" + number(n) + b"\x09" + text("idle")
    body += b"\x0b" + number(n) + b"\x0e\xa1\x01" + number(n)
    return b"POST /v1/report HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def check(device):
    return f"GET {PLACE}/manifest.suit HTTP/1.1\r\nHost: localhost\r\nAloft-Device: {device}\r\n\r\n".encode()


def rows():
    with sqlite3.connect(project + "/aloft.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the database is broken"
        return {id: (record, version, sequence, attempt, received) for id, record, version, sequence, attempt, received
                in db.execute("SELECT id, record, version, sequence, attempt, received FROM devices")}


def load(server, device, kept, ended):
    n = kept.get(device, 0)
    try:
        with connect(server.port) as s:
            while not ended.is_set():
                n += 1
                if ask(s, report(device, n)) == 204:
                    kept[device] = n
                assert ask(s, check("c" + device)) == 200
    except (OSError, ConnectionError):
        pass # the server was killed


def compare(kept):
    """Gives how many that were acknowledged are gone."""
    lost, there = 0, rows()
    for device, n in kept.items():
        row = there.get(device)
        if row is None or row[0] < n:
            lost += 1
            continue
        r = row[0]
        assert row == (r, f"1.0.{r}", r, r, r), f"half a report: {row}"
    return lost


def kill(times):
    kept, lost, chance = {}, 0, random.Random(7)
    for _ in range(times):
        server, ended = Server(), threading.Event()
        threads = [threading.Thread(target=load, args=(server, f"lamp-{i}", kept, ended)) for i in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.02 + chance.random() * 0.15)
        server.end(signal.SIGKILL)
        ended.set()
        for thread in threads:
            thread.join()
        lost += compare(kept)
    assert Server().end(signal.SIGTERM) == 0
    print(f"kills\t{times}\tSIGKILL of the server at random moments under load")
    print(f"reports\t{sum(kept.values())}\treports acknowledged before them")
    print(f"lost\t{lost}\treports that were acknowledged and are gone, or stand there in part")
    assert lost == 0 and len(kept) == 4 and sum(kept.values()) > 4 * times


def slow(wanted):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    wanted = min(wanted, hard - 200)
    server, all, took = Server(), [], []
    while len(all) < wanted: # of one address 2500 are taken
        s = socket.socket()
        s.bind((f"127.0.0.{2 + len(all) // 2450}", 0))
        s.connect(("127.0.0.1", server.port))
        s.setblocking(False)
        s.send(b"\x16\x03\x01\x02\x00\x01") # the beginning of a hello
        all.append(s)
    time.sleep(1.2) # a client is given this long
    for i in range(40):
        began = time.monotonic()
        with connect(server.port, "127.0.0.99") as s:
            assert ask(s, check(f"good-{i}")) == 200
        took.append(time.monotonic() - began)
        for s in all[i * 50:i * 50 + 50]: # they go on, a byte at a time
            try:
                s.send(b"\x01")
            except OSError:
                pass
    rss = [line for line in open(f"/proc/{server.process.pid}/status") if line.startswith("VmRSS")][0].split()[1]
    for s in all:
        s.close()
    assert server.end(signal.SIGTERM) == 0
    print(f"slow clients\t{len(all)}\tthat begin a TLS handshake and send a byte at a time; meanwhile {len(took)} checks were answered")
    print(f"slowest check\t{max(took) * 1000:.0f} ms\tbeside them; the server then held {int(rss) // 1024} MB")
    assert max(took) < 5, max(took)


def garbage(times):
    server, chance, answered = Server(), random.Random(11), 0
    folder = "fuzz/seeds/http_request"
    seeds = [open(f"{folder}/{name}", "rb").read() for name in sorted(os.listdir(folder))] + [report("lamp-1", 5), check("lamp-1")]
    for i in range(times):
        bytes_sent = bytearray(chance.choice(seeds))
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(bytes_sent))
            how = chance.randrange(4)
            if how == 0:
                bytes_sent[at] = chance.randrange(256)
            elif how == 1:
                del bytes_sent[at:at + chance.randrange(1, 20)]
            elif how == 2:
                bytes_sent[at:at] = chance.choice([b"\r\n", b"\0", b" ", b":", b"\r", b"\n", b"A" * 3000, b"\xff"])
            else:
                bytes_sent[at:at] = bytes_sent[at:at + 40]
            if not bytes_sent:
                bytes_sent = bytearray(b"\0")
        try:
            if i % 4 == 0: # no TLS at all, or a handshake that goes wrong behind its first byte
                with socket.create_connection(("127.0.0.1", server.port), 10) as s:
                    s.sendall(b"\x16\x03\x01" + chance.randbytes(200) if i % 8 else bytes(bytes_sent))
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(65536):
                        pass
                continue
            with connect(server.port) as s:
                s.sendall(bytes_sent)
                s.settimeout(0.15) # what waits for more is not answered
                got = s.recv(65536)
                assert not got or got.startswith(b"HTTP/1.1 "), got
                answered += 1 if got else 0
        except OSError:
            pass
        assert server.process.poll() is None, "the server has gone"
    with connect(server.port) as s:
        assert ask(s, check("lamp-1")) == 200
    assert server.end(signal.SIGTERM) == 0
    assert answered > times // 8, answered
    print(f"malformed\t{times}\trequests and handshakes, changed at random; {answered} were answered, a check after them too")


def full(filler):
    server, n = Server(log=os.path.dirname(os.path.dirname(project)) + "/full.log"), 0 # which has room
    with connect(server.port) as s:
        assert ask(s, report("lamp-1", 1)) == 204
    began = time.monotonic()
    file = os.open(filler, os.O_CREAT | os.O_WRONLY)
    for size in (1 << 16, 1 << 10, 1): # until nothing more goes
        try:
            while True:
                os.write(file, b"x" * size)
        except OSError:
            pass
    os.close(file)
    refused, kept = 0, 1
    with connect(server.port) as s:
        for n in range(2, 45): # the log may still have some room of its own; 100 requests a connection
            status = ask(s, report("lamp-1", n))
            assert status in (204, 503), status
            refused += status == 503
            kept = n if status == 204 else kept
            assert ask(s, check("lamp-2")) == 200
    assert refused > 0, "the disk was not full"
    published = subprocess.run([aloft, "-C", project, "publish", project + "/next.img"], capture_output=True, text=True)
    offered = open(project + "/site" + PLACE + "/manifest.suit", "rb").read()
    os.unlink(filler)
    with connect(server.port) as s:
        assert ask(s, report("lamp-1", 100)) == 204, "no report is kept after the disk has room again"
    assert server.end(signal.SIGTERM) == 0
    assert compare({"lamp-1": 100}) == 0
    said = open(server.log.name).read().split("\n")
    unkept = [line for line in said if "could not be written down" in line]
    assert 1 <= len(unkept) <= 1 + (time.monotonic() - began) // 60, unkept
    again = [line for line in said if "is written down again" in line]
    assert len(again) == len(unkept) == 1 and int(again[0].split("; ")[1].split()[0]) > refused, again
    left = [name for _, _, names in os.walk(project + "/site") for name in names if len(name) > 7 and name[-7] == "."]
    assert published.returncode == 2 and "No space left" in published.stderr, published
    assert offered == open(project + "/site" + PLACE + "/manifest.suit", "rb").read() and not left, left
    assert subprocess.run([aloft, "-C", project, "publish", project + "/next.img"], capture_output=True).returncode == 0
    print(f"disk full\t{refused}\treports answered with 503 while nothing could be written; checks went on, and so did all when there was room")


fault, amount = sys.argv[3], sys.argv[4]
globals()[fault](amount if fault == "full" else int(amount))
