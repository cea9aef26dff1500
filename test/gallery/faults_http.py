# SPDX-License-Identifier: Apache-2.0
"""Faults of HTTP: answers that no update server gives, and downloads that do not come whole."""
from world import BASE, HOST, fault


def lie(w, how, error, *doctor_words, device_words=(), explained="the certificate"):
    """A web server with a right certificate and a release, which lies."""
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    w.doctor(error, *doctor_words, base=f"{BASE}/{how}")
    w.device(error, *device_words, base=f"{BASE}/{how}")
    w.explain(explained)


@fault("nothing-published", "A server that has nothing for this class: 404")
def nothing_published(w):
    w.serve()
    w.doctor("HTTP_NOT_FOUND", "!! http", "404; expected 200")
    w.device(None, "certificate good, nothing published yet")
    w.server_says()
    w.explain("aloft publish IMAGE")


@fault("html", "A web page instead of a manifest")
def html(w):
    lie(w, "html", "HTTP_HTML", "!! http", "200, a web page", device_words=("is a web page",), explained="captive portal")


@fault("forbidden", "A server that does not let the device in: 403")
def forbidden(w):
    lie(w, "403", "HTTP_FORBIDDEN", "!! http", "403; expected 200", device_words=("it answered 403",))


@fault("server-error", "A server that fails: 500")
def server_error(w):
    lie(w, "500", "HTTP_STATUS", "!! http", "500; expected 200", device_words=("answered 500",))


@fault("redirect-loop", "A redirect that leads in a circle")
def redirect_loop(w):
    lie(w, "loop", "HTTP_REDIRECT", "!! http", "302 leads to", device_words=("more than 3 times",))


@fault("redirect-away", "A redirect to another server")
def redirect_away(w):
    lie(w, "away", "HTTP_REDIRECT", "!! http", "302 leads to https://elsewhere.example/x",
        device_words=("one it may not follow",))


@fault("chunked", "An answer in chunks")
def chunked(w):
    lie(w, "chunked", "HTTP_ENCODED", "!! http", "chunked; expected: a plain body",
        device_words=("compressed or chunked",))


@fault("gzip", "A compressed answer")
def gzip(w):
    lie(w, "gzip", "HTTP_ENCODED", "!! http", "compressed; expected: a plain body",
        device_words=("compressed or chunked",))


@fault("truncated", "A manifest that is cut off")
def truncated(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    w.doctor("NET_CLOSED", "!! http", "broke off after 50 bytes", base=f"{BASE}/cut")
    w.device("NET_DROPPED", HOST, "was cut in the middle", base=f"{BASE}/cut")
    w.explain("something answered there")


@fault("clock-apart", "A server whose clock is wrong")
def clock_apart(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    w.doctor("DOCTOR_CLOCK", "!! clock", "days", base=f"{BASE}/clock")


@fault("no-ranges", "A server without ranges, and a download that is cut")
def no_ranges(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    w.doctor("DOCTOR_NO_RANGES", "!! payload", "gave the whole payload", base=f"{BASE}/noranges")
    w.device(None, "1.1.0 confirmed: it stays", base=f"{BASE}/noranges")


@fault("short-payload", "A payload that ends too early, again and again")
def short_payload(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.web()
    w.doctor("PAYLOAD_SHORT", "!! payload", "after 1000 of", base=f"{BASE}/short")
    w.device("NET_DROPPED", HOST, "while downloading", base=f"{BASE}/short", until="[0x")
    w.explain("part of the image had come already")


@fault("wrong-length", "A payload of another length than was signed")
def wrong_length(w):
    lie(w, "length", "HTTP_LENGTH", "!! payload", device_words=("were expected",), explained="publish again")


@fault("changed-payload", "A payload that was changed on the server")
def changed_payload(w):
    lie(w, "changed", "DIGEST_MISMATCH", "!! payload", device_words=("not the image that the manifest describes",),
        explained="publish again")


@fault("cut-download", "A download that is cut once: the device goes on where it was")
def cut_download(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.serve(port=4444)
    w.proxy("cut", 300000)
    w.device("NET_DROPPED", "was cut in the middle", until="[0x")
    w.device(None, "going on with 1.1.0 at byte", "1.1.0 confirmed: it stays")
    # what the kernel took from the server, and the device never got, is chance
    w.server_says("fetches 1.1.0", without=" from 0 on")
    w.explain("part of the image had come already")


@fault("stalled-download", "A download that stops and stays open, once", waits=60)
def stalled_download(w):
    w.flash("lamp-1.0.0")
    w.aloft("publish", f"{w.prepared}/lamp-1.1.0")
    w.serve(port=4444)
    w.proxy("stall", 5000)  # the handshake and the manifest come, of the payload not one whole record
    w.device("HTTP_SLOW", "slower than 100 bytes a second for a minute", "while downloading", until="[0x")
    w.device(None, "1.1.0 confirmed: it stays")
    w.server_says("fetches 1.1.0", without=" from 0 on")
    w.explain("the answer came through all of them")
