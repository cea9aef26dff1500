# SPDX-License-Identifier: Apache-2.0
"""The world of one fault: a device and a server in two network namespaces with a cable between them, and everything
that can go wrong in between. A fault is a function with @fault; what was said is in World.told, made comparable by
normal(). Knows namespaces and programs, never what a sentence should be."""
import os
import re
import shutil
import subprocess
import time

ALOFT = os.environ["ALOFT"]
HERE = os.path.dirname(os.path.abspath(__file__))
HOST, SERVER, DEVICE, PORT = "updates.example", "10.9.9.1", "10.9.9.2", 4443
BASE = f"https://{HOST}:{PORT}"
CLASS = "acme.example/lamp/a"
RUN_S = 100  # no program of a fault runs longer; the longest wait of a device here is a minute of a slow download
FAULTS = {}


def fault(name, title, waits=0):
    """Enters a function into the gallery. The title is a noun phrase for docs/troubleshooting.md. Faults that wait long,
    in seconds, are begun first."""
    def enter(function):
        assert name not in FAULTS, name
        FAULTS[name] = (title, function, waits)
        return function
    return enter


def number_of(name):
    with open("include/aloft/errors.def", encoding="utf-8") as file:
        return re.search(rf"^E\({name}, (0x[0-9a-f]{{4}}),", file.read(), re.M).group(1)


# ---- what differs from run to run

CHANGES = [
    (re.compile(r"\b\d\d:\d\d:\d\d  "), "hh:mm:ss  "),
    (re.compile(r"\b\d{4,5} days\b"), "N days"),
    (re.compile(r"\b20\d\d-\d\d-\d\d \d\d:\d\d"), "YYYY-MM-DD hh:mm"),
    (re.compile(r"\(\d+ ms\)"), "(N ms)"),
    (re.compile(r"\b\d s from the server's"), "N s from the server's"),
    (re.compile(r"\b2\d{4} days\b"), "N days"),  # since 1970
    (re.compile(r"200, \d+ bytes\n"), "200, N bytes\n"),
    (re.compile(r"manifest  \d+ bytes;"), "manifest  N bytes;"),
    (re.compile(r"_ssl\.c:\d+"), "_ssl.c:N"),
    (re.compile(r"\b1[789]\d{8}\b"), "SEQUENCE"),
    (re.compile(r"aloft CA [0-9a-f]{8}"), "aloft CA 01234567"),
    (re.compile(r"\b[0-9a-f]{16,64}\b"), "HEX"),
    (re.compile(r"at byte \d+"), "at byte N"),
    (re.compile(r"at offset \d+"), "at offset N"),
    (re.compile(r"\bfrom (byte )?[1-9]\d* on"), r"from \1N on"),
    (re.compile(r"from byte [1-9]\d*"), "from byte N"),
    (re.compile(r"answer has \d{5,} bytes"), "answer has N bytes"),
    (re.compile(r"fetched \d+ bytes"), "fetched N bytes"),
    (re.compile(r"left after \d+ bytes"), "left after N bytes"),
    (re.compile(r"\[[# ]{10}\] \d+ %"), "[...] N %"),
    (re.compile(r", \d+ bytes (received|came)"), r", N bytes \1"),
]


def normal(text, folders, sizes):
    """What the same fault says on every machine: times, sizes of images and names of temporary folders are replaced."""
    for folder in folders:
        text = text.replace(folder, "DIR")
    for size in sizes:
        text = re.sub(rf"\b{size}\b", "SIZE", text)
    for pattern, word in CHANGES:
        text = pattern.sub(word, text)
    lines = []
    for line in text.split("\n"):
        if not (lines and line == lines[-1] and "[...] N %" in line):
            lines.append(line.rstrip())
    return "\n".join(lines)


# ---- the world

class Wrong(Exception):
    pass


class World:
    def __init__(self, folder, prepared):
        self.folder, self.prepared, self.told, self.running = folder, prepared, [], []
        self.project = f"{folder}/p"
        self.site = f"{self.project}/site"
        self.said_by_device = self.served = ""
        shutil.copytree(f"{prepared}/p", self.project)
        self.at_device = f"{folder}/at-device"
        self.copy_public()
        self.sizes = {os.path.getsize(f"{prepared}/{name}") for name in os.listdir(prepared) if name.startswith("lamp-")}
        self.lay_cable()
        self.names(f"{SERVER} {HOST}")

    def copy_public(self):
        """What a person has where doctor runs, which is not the server's machine: no private key."""
        for name in ("pki/ca.crt", "keys/firmware.pub", "keys/spare.pub", "aloft.conf"):
            os.makedirs(os.path.dirname(f"{self.at_device}/{name}"), exist_ok=True)
            os.symlink(f"{self.project}/{name}", f"{self.at_device}/{name}")

    def lay_cable(self):
        """lan0 of the device, lan1 of the server. The mount namespace is this fault's own too (run.py)."""
        self.sleeper = self.start("unshare", "-n", "sleep", "300")
        self.wait_for(lambda: os.readlink(f"/proc/{self.sleeper.pid}/ns/net") != os.readlink("/proc/self/ns/net"))
        self.sh("ip link set lo up; ip link add lan0 type veth peer name lan1;"
                f"ip link set lan1 netns {self.sleeper.pid};"
                f"ip address add {DEVICE}/24 dev lan0; ip link set lan0 up")
        self.at_server(f"ip link set lo up; ip address add {SERVER}/24 dev lan1; ip link set lan1 up")

    def names(self, hosts):
        """What the device's machine resolves; nothing else is asked, and no name server is there."""
        for name, text in (("hosts", hosts + "\n"), ("resolv.conf", f"nameserver {SERVER}\noptions timeout:1\n")):
            path = f"{self.folder}/{name}"
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            if not getattr(self, "mounted", False):
                self.sh(f"mount --bind {path} $(readlink -f /etc/{name})")
        self.mounted = True

    # -- programs

    def start(self, *command, log=None):
        out = open(log, "wb") if log else subprocess.DEVNULL
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT)
        self.running.append(child)
        return child

    def end(self):
        for child in reversed(self.running):
            child.terminate()
        for child in self.running:
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def wait_for(self, question, seconds=10):
        for _ in range(seconds * 20):
            if question():
                return
            time.sleep(0.05)
        raise Wrong(f"waited {seconds} s in vain")

    def run(self, command, stdin="", environment=None):
        done = subprocess.run(command, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=RUN_S, check=False, env={**os.environ, **(environment or {})})
        return done.returncode, done.stdout.decode(errors="replace")

    def sh(self, script):
        code, said = self.run(["sh", "-ec", script])
        if code != 0:
            raise Wrong(f"{script}\n{said}")
        return said

    def aloft(self, *arguments):
        code, said = self.run([ALOFT, "-C", self.project, *arguments])
        if code != 0:
            raise Wrong(f"aloft {' '.join(arguments)}\n{said}")
        return said

    def inside(self, *command):
        return ("nsenter", "-t", str(self.sleeper.pid), "-n", *command)

    def at_server(self, script):
        code, said = self.run(self.inside("sh", "-ec", script))
        if code != 0:
            raise Wrong(f"{script}\n{said}")

    def listens(self, port=PORT):
        """Whether something at the server listens on the port; no connection is made."""
        return f":{port} " in self.run(self.inside("ss", "-ltn"))[1]

    # -- servers, all at 10.9.9.1:4443

    def serve(self, port=PORT):
        """aloft's own server; what it says is in the gallery."""
        self.served = f"{self.folder}/served"
        self.start(*self.inside(ALOFT, "-C", self.project, "serve", "--no-mdns", "--listen", f"[::]:{port}"), log=self.served)
        self.wait_for(lambda: self.listens(port))

    def proxy(self, how, limit):
        """Before a server on port 4444; fails once, after so many bytes of one connection."""
        self.start(*self.inside("python3", f"{HERE}/proxy.py", how, str(limit), f"{SERVER}:{PORT}", "4444"))
        self.wait_for(self.listens)

    def web(self, *options):
        """A web server of another make that lies as the path says: test/e2e/liar.py."""
        pki = f"{self.project}/pki"
        self.start(*self.inside("python3", "test/e2e/liar.py", f"{pki}/server.crt", f"{pki}/server.key", self.site,
                                f"{SERVER}:{PORT}", *options), log=f"{self.folder}/web")
        self.wait_for(self.listens)

    def plain(self, how):
        self.start(*self.inside("python3", f"{HERE}/plain.py", how, f"{SERVER}:{PORT}"), log=f"{self.folder}/plain")
        self.wait_for(self.listens)

    def openssl(self, certificate, *options):
        """openssl's server with a certificate of certify()."""
        path = f"{self.folder}/{certificate}"
        self.start(*self.inside("openssl", "s_server", "-accept", f"{SERVER}:{PORT}", "-cert", f"{path}.crt", "-key",
                                f"{path}.key", "-quiet", "-naccept", "20", *options), log=f"{self.folder}/s_server")
        self.wait_for(self.listens)

    def name_server(self):
        """Knows no name at all, and says so."""
        log = f"{self.folder}/dns"
        self.start(*self.inside("python3", f"{HERE}/no_such_name.py", SERVER), log=log)
        self.wait_for(lambda: "ready" in open(log, encoding="utf-8").read())

    def certify(self, name, subject, *extensions, issuer="pki/ca", days=("20200101000000Z", "20400101000000Z")):
        """A certificate NAME.crt with NAME.key in the fault's folder, issued by the project's CA or by another file."""
        path = f"{self.folder}/{name}"
        issuer = f"{self.project}/{issuer}" if "/" in issuer else f"{self.folder}/{issuer}"
        with open(f"{path}.ext", "w", encoding="utf-8") as file:
            file.write("\n".join(extensions) + "\n")
        with open(f"{path}.cnf", "w", encoding="utf-8") as file:
            file.write(f"[ca]\ndefault_ca=own\n[own]\ndatabase={path}.db\nserial={path}.serial\nnew_certs_dir="
                       f"{self.folder}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=optional\n"
                       "organizationName=optional\n")
        open(f"{path}.db", "w", encoding="utf-8").close()
        self.sh(f"openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {path}.key -out {path}.csr "
                f"-subj '{subject}'")
        signer = "-selfsign" if issuer.endswith(f"/{name}") else f"-cert {issuer}.crt"
        self.sh(f"openssl ca -batch -config {path}.cnf -in {path}.csr -out {path}.crt -notext -rand_serial "
                f"-keyfile {issuer}.key {signer} -startdate {days[0]} -enddate {days[1]} -extfile {path}.ext")

    def rules(self, text, who="device", hook="output"):
        """A firewall rule at the device (what goes out) or at the server (what comes in)."""
        script = (f"nft add table inet gallery; nft add chain inet gallery {hook} "
                  f"'{{ type filter hook {hook} priority 0; }}'; nft add rule inet gallery {hook} {text}")
        (self.sh if who == "device" else self.at_server)(script)

    # -- what is asked, and what must be in the answer

    def tell(self, shown, code, said, error, words):
        self.told.append(f"$ {shown}\n{said}(exit code {code})\n")
        if error and f"[{number_of(error)}" not in said:
            raise Wrong(f"no {error} [{number_of(error)} from: {shown}\n{said}")
        if error is None and code != 0:  # "": any exit code
            raise Wrong(f"exit code {code} from: {shown}\n{said}")
        for word in words:
            if word not in said:
                raise Wrong(f"\"{word}\" is not said by: {shown}\n{said}")
        return said

    def doctor(self, error, *words, base=None, options=(), environment=None):
        arguments = ["doctor", *([base] if base else []), *options]
        code, said = self.run([ALOFT, "-C", self.at_device, *arguments], environment=environment)
        self.tell("aloft " + " ".join(arguments), code, said, error, words)

    def flash(self, image="lamp-1.0.0", *options):
        """A device from the factory; what it says then is no part of the gallery."""
        code, said = self.run([ALOFT, "-C", self.project, "device", "--flash", f"{self.prepared}/{image}", "--id", "lamp-1",
                               "--once", "--url", "https://10.9.9.2:1", *options])
        if "flashed" not in said:
            raise Wrong(f"flashing: {code} {said}")

    def until(self, command, text, environment):
        """Runs a device until it has said this, then pulls its plug."""
        path = f"{self.folder}/until"
        with open(path, "wb") as out:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                                     env={**os.environ, **environment})
        try:
            self.wait_for(lambda: child.poll() is not None or text in open(path, encoding="utf-8").read(), RUN_S)
        except Wrong as why:
            with open(path, encoding="utf-8") as said:
                raise Wrong(f"{why}; it says: {said.read()}") from why
        finally:
            child.terminate()
            child.wait(10)
        with open(path, encoding="utf-8") as said:
            return "ended by hand", said.read()

    def device(self, error, *words, base=None, options=(), environment=None, before=(), until=None):
        if not os.path.exists(f"{self.project}/device/flash.bin"):
            self.flash()
        arguments = ["device", "--once", *(["--url", base] if base else []), *options]
        command = [*before, ALOFT, "-C", self.project, *arguments, "--id", "lamp-1"]
        code, said = (self.until(command, until, environment or {}) if until
                      else self.run(command, environment=environment))
        self.said_by_device += said
        self.tell("aloft " + " ".join(arguments), code, said, error, words)

    def curl(self, *words, url=BASE):
        """What people try first. Its line is explained too."""
        command = ["curl", "-sS", "--max-time", "10", "--cacert", f"{self.at_device}/pki/ca.crt", url]
        code, said = self.run(command)
        self.tell(" ".join(command), code, said, None if code == 0 else "", words)
        return said

    def python(self, *words, host):
        """A client that compares names as OpenSSL and browsers do."""
        call = (f"import ssl, urllib.request as u; "
                f"u.urlopen('https://{host}:{PORT}/', context=ssl.create_default_context(cafile='{self.at_device}/pki/ca.crt'))")
        code, said = self.run(["python3", "-c", call])
        said = said.strip().split("\n")[-1] + "\n"
        self.tell(f"python3: urlopen(\"https://{host}:{PORT}/\")", code, said, "", words)
        return said

    def server_says(self, *words, without=None):
        """The lines of aloft's own server that are about clients: first what was fetched, then what devices
        have reported, for which of two connections ends first is chance."""
        time.sleep(0.2)
        with open(self.served, encoding="utf-8") as file:
            lines = [line for line in file if not line.startswith(("listening on", "ready "))
                     and "the project belongs to root" not in line and not (without and without in line)]
        lines.sort(key=lambda line: " lamp-1 " in line)
        said = "".join(lines)
        self.told.append(f"what the server says:\n{said or '(nothing)'}\n")
        for word in words:
            if word not in said:
                raise Wrong(f"\"{word}\" is not said by the server:\n{said}")

    def explain(self, *words, log=None):
        """The device's lines, as a person would paste them."""
        code, said = self.run([ALOFT, "explain", "-"], stdin=log or self.said_by_device)
        flat = re.sub(r"\s+", " ", said)
        self.told.append(f"$ aloft explain -\n{said}(exit code {code})\n")
        for word in words:
            if word not in flat:
                raise Wrong(f"\"{word}\" is not explained:\n{said}")

    def story(self):
        return normal("\n".join(self.told), (self.folder, self.prepared), self.sizes)
