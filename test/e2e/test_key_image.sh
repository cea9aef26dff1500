# SPDX-License-Identifier: Apache-2.0
# aloft_trust.h: compiles with gcc and clang, holds what it should, and changes only when keys do.
. test/e2e/lib.sh

exits 0 "$ALOFT" init "$tmp/p" --host localhost --class acme.example/lamp/a
sed -i 's/^channels = .*/channels = stable, beta/' "$tmp/p/aloft.conf"
header=$tmp/aloft_trust.h
export SOURCE_DATE_EPOCH=1795330000

say "the header is made, and left alone while nothing changes"
exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header"
cp -p "$header" "$tmp/first.h"
file=$(stat -c %i.%Y "$header")
SOURCE_DATE_EPOCH=1795999999 exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header"
has 'up to date' "$tmp/said"
cmp "$header" "$tmp/first.h"
[ "$(stat -c %i.%Y "$header")" = "$file" ] || fail "the header was written again"
exits 0 "$ALOFT" -C "$tmp/p" key image
cmp "$tmp/out" "$tmp/first.h" || fail "standard output says something else"

say "it compiles with gcc and clang, and the program holds the record and the channels"
cat >"$tmp/main.c" <<'END'
#include <stdio.h>
#include <aloft/image.h>
#include "aloft_trust.h"
ALOFT_IMAGE("acme.example/lamp/a", "1.0.0", "test");
int main(void) {
    fwrite(aloft_trust, 1, aloft_trust_size, stdout);
    for (unsigned i = 0; i < aloft_n_channels; i++)
        fprintf(stderr, "%s %02x%02x\n", aloft_channels[i].name, aloft_channels[i].vendor_id[0],
                aloft_channels[i].class_id[0]);
    return (int)aloft_image.layout - 1;
}
END
for compiler in gcc clang; do
    $compiler -std=c11 -Wall -Wextra -Wpedantic -Werror -Iinclude -I"$tmp" "$tmp/main.c" \
        -o "$tmp/$compiler" ||
        fail "$compiler does not take the header"
    "$tmp/$compiler" >"$tmp/record" 2>"$tmp/channels"
    [ "$(stat -c %s "$tmp/record")" = 280 ] || fail "the record has not 280 bytes"
    [ "$(head -c 8 "$tmp/record")" = ALOFTKEY ] || fail "no magic"
    [ "$(od -An -tu8 -j16 -N8 "$tmp/record" | tr -d ' ')" = 1795330000 ] || fail "lowest sequence"
    [ "$(od -An -tu4 -j24 -N4 "$tmp/record" | tr -d ' ')" = 1 ] || fail "epoch"
    python3 - "$tmp/channels" <<'END'
import sys, uuid
vendor = uuid.uuid5(uuid.NAMESPACE_DNS, "acme.example")
want = ["%s %02x%02x" % (name, vendor.bytes[0], uuid.uuid5(vendor, path).bytes[0])
        for name, path in (("stable", "lamp/a"), ("beta", "lamp/a/beta"))]
assert open(sys.argv[1]).read().split("\n")[:-1] == want, want
END
done

say "the record holds the keys as openssl sees them"
python3 - "$tmp/record" "$tmp/p/keys" <<'END'
import base64, hashlib, sys
record = open(sys.argv[1], "rb").read()
assert hashlib.sha256(record[:-8]).digest()[:8] == record[-8:]
for i, (name, role) in enumerate((("firmware", 1), ("spare", 1), ("fresh", 2))):
    lines = open("%s/%s.pub" % (sys.argv[2], name)).read().split("\n")
    der = base64.b64decode("".join(l for l in lines if "-----" not in l))
    key = record[32 + 80 * i:112 + 80 * i]
    assert key == hashlib.sha256(der).digest()[:8] + bytes([1, role]) + bytes(6) + der[-64:], name
END

say "another channel changes the table and not the record"
sed -i 's/^channels = .*/channels = stable, beta, lab/' "$tmp/p/aloft.conf"
exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header"
has '"lab"' "$header"
has 'epoch 1,' "$header"

say "a key that is gone raises the epoch, and stays gone"
kid=$("$ALOFT" -C "$tmp/p" key list | sed -n 's/^firmware *firmware *P-256 *\([0-9a-f]*\) .*/\1/p')
exits 0 "$ALOFT" -C "$tmp/p" key new second
SOURCE_DATE_EPOCH=1795340000 exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header" --gone "$kid"
has 'epoch 2, 1 of the firmware keys must sign, lowest sequence 1795340000' "$header"
has "trusted no more: $kid" "$header"
rm "$header"
exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header"
has 'epoch 2,' "$header"
exits 0 "$ALOFT" -C "$tmp/p" key list
grep -q '^firmware .* gone ' "$tmp/out" || fail "key list does not say that it is gone"

say "a key dropped without a word is told, and a missing spare too"
rm "$tmp/p/keys/second.key" "$tmp/p/keys/second.pub"
exits 0 "$ALOFT" -C "$tmp/p" key image -o "$header"
has 'neither trusted nor gone' "$tmp/said"
has 'there is no spare key' "$tmp/said"
has 'epoch 3,' "$header"

say "wrong words and wrong files are refused, and the header stays"
cp "$header" "$tmp/kept.h"
provokes KEY_GONE "$ALOFT" -C "$tmp/p" key image -o "$header" --gone nobody
provokes KEYS_FEW "$ALOFT" -C "$tmp/p" key image -o "$header" --threshold 2
provokes KEYS_FEW "$ALOFT" -C "$tmp/p" key image -o "$header" --gone spare
exits 64 "$ALOFT" -C "$tmp/p" key image -o "$header" --threshold 5
exits 64 "$ALOFT" -C "$tmp/p" key image --class acme.example/lamp/z
SOURCE_DATE_EPOCH=soon exits 64 "$ALOFT" -C "$tmp/p" key image
cmp "$header" "$tmp/kept.h"
echo '#define MINE 1' >"$tmp/mine.h"
provokes TRUST_HEADER "$ALOFT" -C "$tmp/p" key image -o "$tmp/mine.h"
[ "$(cat "$tmp/mine.h")" = '#define MINE 1' ] || fail "a file of the user was overwritten"
echo '[class acme.example/lamp/b]' >>"$tmp/p/aloft.conf"
exits 64 "$ALOFT" -C "$tmp/p" key image
has 'acme.example/lamp/b' "$tmp/said"
exits 2 sh -c "\"$ALOFT\" -C '$tmp/p' key image --class acme.example/lamp/b >/dev/full"
say "all of it held"
