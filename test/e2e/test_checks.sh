# SPDX-License-Identifier: Apache-2.0
# Each check of ./dev check sees what it is there for: a copy of the sources gets one fault at a time.
. test/e2e/lib.sh
command -v git >/dev/null || { say "no git here: the checks need it"; exit 0; }
git rev-parse --git-dir >/dev/null 2>&1 || { say "not a checkout: the checks need one"; exit 0; }

mkdir "$tmp/copy"
git ls-files -co --exclude-standard | while read -r file; do
    [ ! -f "$file" ] || echo "$file"
done | tar -cf - -T - | tar -xf - -C "$tmp/copy"
cd "$tmp/copy"
git init -q .

# complains CHECK TEXT: the check fails and says this
complains() {
    code=0
    "tools/check-$1" >"$tmp/said" 2>&1 || code=$?
    [ "$code" -ne 0 ] || fail "check-$1 found nothing wrong, and should have said: $2"
    has "$2" "$tmp/said"
}

# with_fault FILE LINE CHECK TEXT: the check complains as long as the file ends with this line
with_fault() {
    cp "$1" "$tmp/kept"
    printf '%s\n' "$2" >>"$1"
    complains "$3" "$4"
    cp "$tmp/kept" "$1"
}

say "rooms"
tools/check-rooms
with_fault src/http/url.c '#include "device/log.h"' rooms "includes src/device/log.h: src/http may include only"
with_fault src/http/url.c '#include "cbor/cbor.h"' rooms "includes src/cbor/cbor.h"
with_fault src/http/url.c '#include <stdio.h>' rooms "includes <stdio.h>"
with_fault port/sim/net.c '#include "http/url.h"' rooms "includes src/http/url.h: port may include only"
with_fault port/sim/net.c '#include "port/tls_mbedtls/tls_mbedtls.h"' rooms "port/sim/net.c:"
with_fault port/sim/net.c '#include "no_such.h"' rooms "is no file of this repository"
with_fault host/file.c '#include "cli/verb.h"' rooms "includes cli/verb.h"
with_fault include/aloft/bytes.h '#include <stdio.h>' rooms "a door takes only"

say "symbols"
with_fault src/http/url.c 'int al_http_counter;' symbols "al_http_counter can be written"
with_fault src/http/url.c 'int shout(void); static int n; int shout(void) { return ++n; }' symbols "n can be written"
has "shout is visible to everybody" "$tmp/said"
with_fault src/http/url.c 'void *malloc(unsigned long); void *al_http_m(void); void *al_http_m(void) { return malloc(9); }' \
    symbols "needs malloc"

say "sizes"
with_fault src/http/url.c "/* $(printf '%0120d' 0) */" sizes "columns, at most 110"
with_fault src/http/url.c 'void al_http_f(int a, int b, int c, int d, int e, int f, int g) {
}' sizes "al_http_f takes 7 parameters"
long=$(awk 'BEGIN { print "void al_http_f(void) {"; for (i = 0; i < 60; i++) print "    ;"; print "}" }')
with_fault src/http/url.c "$long" sizes "al_http_f has 62 lines"

say "errors"
with_fault include/aloft/errors.def 'E(NOBODY, 0x03fe, DEVICE, LATER,
  "Nobody did it.",
  "Look again.")' errors "no test ""provokes NOBODY"
with_fault include/aloft/errors.def 'E(TWIN, 0x0301, DEVICE, LATER,
  "Twice.",
  "Once.")' errors "is that of HTTP_FORM already"
with_fault include/aloft/errors.def 'E(BARE, 0x03fd, HOST, LATER,
  "It is %bare%.",
  "Once")' errors "%bare% has no words"
with_fault include/aloft/errors.def 'E(BARE, 0x03fd, HOST, LATER,
  "It is.",
  "Once")' errors "is in a block of the other kind"
with_fault test/unit/test_error.c 'static void f(void) { assert_provoked(f(1, 2), NO_SUCH_ROW); }' errors \
    "provokes NO_SUCH_ROW, which is no row"
with_fault test/e2e/test_checks.sh 'provokes NO_SUCH_LINE true' errors "provokes NO_SUCH_LINE"
with_fault ERRORS.md 'More.' errors "Run: tools/make-errors > ERRORS.md"
with_fault test/golden/errors.txt 'MORE: words' errors "UPDATE_GOLDEN=1"

say "documents"
with_fault DESIGN.md 'See [there](no/such/file.md).' docs "leads nowhere"
with_fault DESIGN.md 'See [there](KNOWN.md#no-such-heading).' docs "leads to no heading"
with_fault DESIGN.md 'Run `aloft levitate`.' docs "names \`aloft levitate\`"
with_fault DESIGN.md 'Run `./dev nothing`.' docs "names \`./dev nothing\`"
with_fault DESIGN.md 'It is in /home/somebody/aloft.' docs "a path of one machine"

say "format"
if command -v clang-format codespell shellcheck >/dev/null; then
    with_fault src/http/url.c 'static   int x ;' format "clang-format"
    with_fault DESIGN.md 'It is te''h same.' format "not spelled right"
    with_fault dev 'a=$(cat $1' format "shellcheck"
fi
say "done"
