#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The tables "what has run where", made of docs/runs.txt:

  python3 tools/runs_page.py      writes them into the pages that docs/runs.txt names

Exit: 0 written, 1 docs/runs.txt has a line that is none, or a claim whose test or verb is not there."""
import os
import re
import sys

LIST = "docs/runs.txt"
BEGIN = "<!-- made of docs/runs.txt by tools/runs_page.py -->"
END = "<!-- to here -->"
NOBODY = "**not by us yet**: `aloft report` says what to tell us"


class Wrong(Exception):
    pass


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def seen(evidence, page):
    """The last column: where the claim can be looked at. Wrong: nowhere."""
    if evidence == "nobody":
        return NOBODY
    if re.fullmatch(r"hand 20\d\d-\d\d-\d\d", evidence):
        return f"by hand, {evidence[5:]}"
    if evidence.startswith("./dev "):
        verb = evidence.split()[1]
        if f"\ndo_{verb}() {{" not in read("dev"):
            raise Wrong(f"{LIST}: dev has no verb {verb}")
        return f"in `{evidence}`"
    links = []
    for part in evidence.split(", "):
        name, _, path = part.partition(" = ")
        if not re.fullmatch(r"test/.*\.(c|sh)", path) or not os.path.exists(path):
            raise Wrong(f"{LIST}: \"{part}\" is no test")
        links.append(f"[{name}]({os.path.relpath(path, os.path.dirname(page) or '.')})")
    return ", ".join(links)


def row(cells):
    return "| " + " | ".join(cells) + " |"


def tables():
    """{page: its table}"""
    found, page, cells = {}, None, None
    for line in read(LIST).split("\n"):
        word, _, rest = line.partition(" ")
        if word == "page":
            page = rest
            found[page] = []
        elif word == "columns":
            head = [cell.strip() for cell in rest.split("|")]
            found[page] += [row(head), "|" + "---|" * len(head)]
        elif word == "row":
            cells = [cell.strip() for cell in rest.split("|")]
        elif word == "by" and cells:
            found[page].append(row(cells + [seen(rest, page)]))
            if found[page][-1].count(" |") != found[page][0].count(" |"):
                raise Wrong(f"{LIST}: a row of {page} has not its columns: {cells[0]}")
            cells = None
        elif word and word != "#":
            raise Wrong(f"{LIST}: \"{line}\" is no line of it")
    return {page: "\n".join(lines) + "\n" for page, lines in found.items()}


def filled(text, table):
    """A page with the table between its marks. Wrong: it has none."""
    if text.count(BEGIN) != 1 or END not in text[text.index(BEGIN):]:
        raise Wrong("a page has not the marks for its table")
    begin = text.index(BEGIN) + len(BEGIN)
    return text[:begin] + "\n" + table + text[text.index(END, begin):]


def pages():
    """{page: the text that it should have}"""
    return {page: filled(read(page), table) for page, table in tables().items()}


def main():
    for page, text in pages().items():
        with open(page, "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(1)
