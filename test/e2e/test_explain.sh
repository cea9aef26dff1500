# SPDX-License-Identifier: Apache-2.0
# `aloft explain` as a person uses it, and the page that is made of its tables.
. test/e2e/lib.sh

say "the log of the thread leads to the address, in one command"
exits 0 "$ALOFT" explain test/fixtures/logs/nobody_answers.log
has "https://192.168.1.3:4443/" "$tmp/out"
has "TLS had not begun" "$tmp/out"

say "numbers, names, standard input, JSON"
exits 0 "$ALOFT" explain 113
has ECONNABORTED "$tmp/out"
exits 0 "$ALOFT" explain -0x2700
has CERT_VERIFY "$tmp/out"
exits 0 "$ALOFT" explain 0x0303
has "it answered N" "$tmp/out"
"$ALOFT" explain - <test/fixtures/logs/nobody_answers.log >"$tmp/out"
has ECONNABORTED "$tmp/out"
exits 0 "$ALOFT" explain 28674 --json
python3 -c 'import json,sys; assert json.load(open(sys.argv[1]))["findings"][0]["number"] == 28674' "$tmp/out"
exits 0 "$ALOFT" explain --help
exits 64 "$ALOFT" explain
exits 64 "$ALOFT" explain --nonsense

say "nothing known, nothing there"
provokes EXPLAIN_NOTHING "$ALOFT" explain hello
provokes FILE_READ "$ALOFT" explain /dev/null/no

say "200 MB with binary in it, in bounded time and memory"
(head -c 100000000 /dev/urandom; yes 'I (1) app: the lamp is on' | head -c 100000000
    cat test/fixtures/logs/nobody_answers.log) |
    timeout 120 "$ALOFT" explain - >"$tmp/out"
has "TLS had not begun" "$tmp/out"

say "docs/troubleshooting.md is what the tables and the gallery say"
{ "$ALOFT" explain --document; python3 tools/gallery_page.py; } >"$tmp/page"
cmp "$tmp/page" docs/troubleshooting.md ||
    fail "run: { aloft explain --document; python3 tools/gallery_page.py; } >docs/troubleshooting.md"
