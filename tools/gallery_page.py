#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second half of docs/troubleshooting.md, out of what the gallery of faults has really said (test/golden/gallery):
    { aloft explain --document; python3 tools/gallery_page.py; } >docs/troubleshooting.md"""
import glob
import os
import re

GOLDEN = "test/golden/gallery"
ENDED = "[0x134b"  # the gallery has ended a device by hand: no fault of anybody
HEAD = """
## Faults, each made for real

Each of these is made by a test in network namespaces of its own, and this is what was said there: by the device, by
`aloft doctor` in the device's network, by other clients. Times, sizes and folders are replaced. Search for your line.
"""


def paragraphs(text):
    """(what was called, the lines that it said)"""
    for part in re.split(r"^(?=\$ |what the server says:)", text, flags=re.M)[1:]:
        first, _, rest = part.partition("\n")
        yield first.lstrip("$ "), [line for line in rest.split("\n") if line and not line.startswith("(exit code")]


def story(lines):
    """The three paragraphs of `aloft explain`, each as one line."""
    found, name = {}, None
    for line in lines:
        head = re.match(r"(What it is not|What it is|Next) +(.*)", line)
        if head:
            name = head.group(1)
            found[name] = head.group(2)
        elif name and line.startswith("      "):
            found[name] += " " + line.strip()
        else:
            name = None
    return found


def quoted(lines):
    return ["", *("    " + line for line in lines)] if lines else []


def entry(text):
    title = text.partition("\n")[0]
    out, device, doctor, other, server, told = [f"\n### {title}"], [], [], [], [], {}
    for called, lines in paragraphs(text):
        if called.startswith("aloft doctor"):
            doctor += [line for line in lines if line.startswith(("!!", "    ", "aloft: ")) and line not in doctor]
        elif called.startswith("aloft device"):
            device += [line for line in lines if ("[0x" in line or "(404)" in line) and ENDED not in line and line not in device]
        elif called.startswith("aloft explain"):
            told = story(lines)
        elif called.startswith("what the server says"):
            server += [line for line in lines if "[0x" in line or "alert" in line or "TLS" in line]
        else:
            other += lines
    for who, lines in (("The device", device), ("Other clients", other), ("`aloft doctor`", doctor),
                       ("`aloft serve`", server)):
        if lines:
            out += ["", f"{who}:", *quoted(lines)]
    for name in ("What it is not", "Next"):
        if name in told:
            out += ["", f"{name}: {told[name]}"]
    return "\n".join(out) + "\n"


def page():
    entries = []
    for path in sorted(glob.glob(f"{GOLDEN}/*.txt")):
        with open(path, encoding="utf-8") as file:
            entries.append((os.path.basename(path), entry(file.read())))
    return HEAD + "".join(text for _, text in entries)


if __name__ == "__main__":
    print(page(), end="")
