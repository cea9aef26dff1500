# SPDX-License-Identifier: Apache-2.0
"""Reads include/aloft/errors.def for the tools."""
import re

DEF = "include/aloft/errors.def"
BLOCKS = {
    0x01: "use and settings", 0x02: "network", 0x03: "HTTP", 0x04: "manifest form", 0x05: "alarms",
    0x06: "flash and records", 0x07: "trials", 0x08: "payload", 0x09: "ESP-IDF", 0x10: "files and arguments",
    0x11: "keys and certificates", 0x12: "publishing", 0x13: "server", 0x14: "firmware files", 0x15: "the ota_demo",
    0x16: "the doctor", 0x17: "SmartThings",
}
FIRST_HOST_BLOCK = 0x10
STRING = r'"(?:\\.|[^"\\])*"'
ROW = re.compile(r"^E\(\s*(\w+)\s*,\s*(0x[0-9a-f]{4})\s*,\s*(\w+)\s*,\s*(\w+)\s*,\s*"
                 rf"({STRING}(?:\s*{STRING})*)\s*,\s*({STRING}(?:\s*{STRING})*)\s*\)", re.M)


class Row:
    def __init__(self, found, line):
        self.name, number, self.where, self.again = found.group(1, 2, 3, 4)
        self.number = int(number, 16)
        self.sentence, self.advice = (unquote(found.group(g)) for g in (5, 6))
        self.line = line


def unquote(literals):
    joined = "".join(part[1:-1] for part in re.findall(STRING, literals))
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t"}.get(m.group(1), m.group(1)), joined)


def rows():
    with open(DEF, encoding="utf-8") as file:
        text = file.read()
    return [Row(found, text.count("\n", 0, found.start()) + 1) for found in ROW.finditer(text)]


def n_begun():
    """How many rows the file begins; more than rows() reads means that one is malformed."""
    with open(DEF, encoding="utf-8") as file:
        return len(re.findall(r"^E\(", file.read(), re.M))
