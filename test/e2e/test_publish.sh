# SPDX-License-Identifier: Apache-2.0
# publish refuses what no device should get, and whatever happens to it, the site stays whole.
. test/e2e/lib.sh
. test/kit/make_image.sh

p=$tmp/p
lamp=acme.example/lamp/a
fan=acme.example/fan/a
stable=$p/site/$lamp/stable
mkdir -p "$p/keys" "$tmp/away"

new_key() { # FOLDER NAME
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1/$2.key" 2>/dev/null
    chmod 600 "$1/$2.key"
    openssl pkey -in "$1/$2.key" -pubout -out "$1/$2.pub"
}

kid() { # FILE.pub
    openssl pkey -pubin -in "$1" -outform DER | sha256sum | cut -c1-16
}

publish() {
    "$ALOFT" -C "$p" publish "$@"
}

on_offer() { # the version on offer in stable
    "$ALOFT" -C "$p" releases --class $lamp --channel stable --json |
        python3 -c 'import json, sys
print(*[r["version"] for r in json.load(sys.stdin)["releases"] if r["on_offer"]])'
}

# The offer is a manifest that this project signed, and the payload that it names is there and whole.
site_is_whole() {
    "$ALOFT" -C "$p" inspect --json "$1/manifest.suit" >"$tmp/offer" || fail "the offer is broken"
    python3 - "$1" "$tmp/offer" <<'PY'
import hashlib, json, sys
offer = json.load(open(sys.argv[2]))
assert offer["authentic"], offer
payload = open(sys.argv[1] + "/" + offer["branches"][-1]["uri"], "rb").read()
assert len(payload) == offer["image_size"], "payload has another size"
assert hashlib.sha256(payload).hexdigest() == offer["image_digest"], "payload has another digest"
PY
}

for name in firmware spare; do new_key "$p/keys" $name; done
new_key "$p/keys" fresh
for name in third stranger; do new_key "$tmp/away" $name; done
ours="$p/keys/firmware.pub $p/keys/spare.pub"
cat >"$p/aloft.conf" <<'CONF'
[project]
base = https://localhost:4443
[class acme.example/lamp/a]
channels = stable, beta
slot-size = 64K
[class acme.example/fan/a]
keys = device
CONF

say "the first release"
make_image "$tmp/1.0.0" $lamp 1.0.0 20000 $ours
exits 0 publish "$tmp/1.0.0" --notes "first light"
has "lamp 1.0.0 for $lamp published, 20 KB" "$tmp/out"
site_is_whole "$stable"
[ "$(on_offer)" = 1.0.0 ] || fail "1.0.0 is not on offer"

say "the same bytes again are nothing to do"
before=$(sha256sum "$stable/manifest.suit")
exits 0 publish "$tmp/1.0.0"
has "already published, nothing to do" "$tmp/out"
[ "$before" = "$(sha256sum "$stable/manifest.suit")" ] || fail "the offer changed"

say "files that are no firmware are called what they are"
: >"$tmp/empty"
provokes IMAGE_EMPTY publish "$tmp/empty"
echo "<!DOCTYPE html><title>404</title>" >"$tmp/page"
provokes IMAGE_HTML publish "$tmp/page"
gzip -c "$tmp/1.0.0" >"$tmp/packed"
provokes IMAGE_PACKED publish "$tmp/packed"
has "gzip archive" "$tmp/said"
provokes IMAGE_NO_RECORD publish "$ALOFT"
has "an ELF program" "$tmp/said"
cat "$tmp/1.0.0" "$tmp/1.0.0" >"$tmp/two"
provokes IMAGE_TWO_RECORDS publish "$tmp/two"
make_image "$tmp/bad" $lamp "1 0" 20000 $ours
provokes IMAGE_RECORD_FORM publish "$tmp/bad"
provokes FILE_READ publish "$tmp/missing"

say "an image for others is refused"
make_image "$tmp/other" acme.example/toaster/a 1.0.0 20000 $ours
provokes PUBLISH_CLASS_UNKNOWN publish "$tmp/other"
provokes PUBLISH_CLASS publish "$tmp/1.0.0" --class $fan
provokes PUBLISH_CHANNEL publish "$tmp/1.0.0" --channel nightly
provokes PUBLISH_VERSION publish "$tmp/1.0.0" --version 1.0.1
provokes PUBLISH_CLASS_OPEN publish --again 7.7.7
exits 0 publish "$tmp/1.0.0" --class $lamp --version 1.0.0

say "one version is one image, in each channel"
SEED=2 make_image "$tmp/1.0.0-other" $lamp 1.0.0 20000 $ours
provokes PUBLISH_OTHER_BYTES publish "$tmp/1.0.0-other"
provokes PUBLISH_OTHER_BYTES publish "$tmp/1.0.0-other" --channel beta
make_image "$tmp/big" $lamp 1.0.1 65537 $ours
provokes PUBLISH_BIG publish "$tmp/big"
make_image "$tmp/fits" $lamp 1.0.1 65536 $ours
exits 0 publish "$tmp/fits" --channel beta

say "an image that could not be updated again is refused"
make_image "$tmp/untrusting" $lamp 1.0.2 20000
provokes TRUST_NONE publish "$tmp/untrusting"
make_image "$tmp/foreign" $lamp 1.0.2 20000 "$tmp/away/stranger.pub"
provokes PUBLISH_KEYS_AWAY publish "$tmp/foreign"
T=2 make_image "$tmp/half" $lamp 1.0.2 20000 "$p/keys/firmware.pub" "$tmp/away/stranger.pub"
provokes PUBLISH_KEYS_AWAY publish "$tmp/half"
LOWEST=9000000000 make_image "$tmp/future" $lamp 1.0.2 20000 $ours
provokes PUBLISH_LOWEST publish "$tmp/future"
EPOCH=0 make_image "$tmp/past" $lamp 1.0.2 20000 $ours
provokes PUBLISH_EPOCH_LOWER publish "$tmp/past"
make_image "$tmp/same" $lamp 1.0.2 20000 "$p/keys/firmware.pub"
provokes PUBLISH_EPOCH_SAME publish "$tmp/same"
EPOCH=2 make_image "$tmp/dropped" $lamp 1.0.2 20000 "$p/keys/firmware.pub"
provokes PUBLISH_KEY_DROPPED publish "$tmp/dropped"
has "$(kid "$p/keys/spare.pub")" "$tmp/said"
[ "$(on_offer)" = 1.0.0 ] || fail "a refused image changed the offer"

say "what no device with this image would take is not published"
ENCODINGS=2 make_image "$tmp/deaf" $lamp 1.0.2 20000 $ours
provokes PUBLISH_SELF publish "$tmp/deaf"
has "encoding 0" "$tmp/said"

say "keys = device: no trust record is wanted"
make_image "$tmp/fan" $fan 3.0 20000
exits 0 publish "$tmp/fan"
site_is_whole "$p/site/$fan/stable"

say "two signatures are needed, one key is elsewhere"
mv "$p/keys/spare.key" "$tmp/away/spare.key"
EPOCH=2 T=2 make_image "$tmp/1.1.0" $lamp 1.1.0 20000 $ours
provokes PUBLISH_FEW_KEYS publish "$tmp/1.1.0"
provokes FILE_READ publish "$tmp/1.1.0" --key "$tmp/away/none.key"
provokes KEY_IS_PUBLIC publish "$tmp/1.1.0" --key "$tmp/away/third.pub"
provokes USAGE publish "$tmp/1.1.0" --key "$p/keys/fresh.key"
exits 0 publish "$tmp/1.1.0" --key "$tmp/away/spare.key"
has "(was 1.0.0)" "$tmp/out"
has "there is no spare" "$tmp/out"
site_is_whole "$stable"

say "a planned change of keys"
gone=$(kid "$p/keys/firmware.pub")
EPOCH=3 GONE=$gone make_image "$tmp/1.2.0" $lamp 1.2.0 20000 "$p/keys/spare.pub" \
    "$tmp/away/third.pub"
exits 0 publish "$tmp/1.2.0" --key "$tmp/away/spare.key" --key "$tmp/away/third.key"
has "3 signatures" "$tmp/out"
exits 0 publish --again 1.2.0 --key "$tmp/away/third.key"
has "devices that still run 1.1.0 trust other keys" "$tmp/out"
mv "$tmp/away/spare.key" "$p/keys/spare.key"
cp "$tmp/away/third.key" "$tmp/away/third.pub" "$p/keys/"

say "an earlier release again, under a higher number"
sequence() { "$ALOFT" -C "$p" inspect --json "$stable/manifest.suit" | sed -n 's/.*"sequence":[^0-9]*\([0-9]*\).*/\1/p'; }
old=$(sequence)
provokes PUBLISH_NOT_NEWEST publish "$tmp/1.1.0"
provokes PUBLISH_NO_SUCH publish --again 9.9.9 --class $lamp
provokes PUBLISH_EPOCH_LOWER publish --again 1.0.0 --class $lamp
exits 0 publish --again 1.2.0 --class $lamp
[ "$(sequence)" -gt "$old" ] || fail "the sequence did not grow"
exits 0 publish --again 1.2.0 --class $lamp --channel beta
site_is_whole "$p/site/$lamp/beta"
provokes PUBLISH_NO_SUCH publish --again 1.2.0 --class $lamp --min-release 0.1

say "an expiry says what it costs"
provokes PUBLISH_EXPIRED publish --again 1.2.0 --class $lamp --use-before 1000000000
exits 0 publish --again 1.2.0 --class $lamp --use-before 4000000000
has "a device without a trusted clock never" "$tmp/out"
exits 0 "$ALOFT" -C "$p" inspect "$stable/manifest.suit"
has "2096-10-02" "$tmp/out"
exits 64 publish --again 1.2.0 --class $lamp --use-before tomorrow
exits 64 publish --again 1.2.0 --class $lamp --use-before 4000000000000 # milliseconds
exits 64 publish --again 1.2.0 --class $lamp --forget 12

say "notes that are too long"
provokes PUBLISH_LONG publish --again 1.2.0 --class $lamp \
    --notes "$(head -c 3900 /dev/zero | tr '\0' n)"
provokes USAGE publish --again 1.2.0 --class $lamp --notes "$(printf 'caf\351')"

say "a payload that was changed in the site is not published again"
payload=$(ls "$p/site/$fan/stable/fw/"*.bin)
cp "$payload" "$tmp/kept"
printf x | dd of="$payload" conv=notrunc bs=1 seek=99 2>/dev/null
provokes PUBLISH_PAYLOAD publish --again 3.0 --class $fan
cp "$tmp/kept" "$payload"

say "a list of releases that is damaged is not believed"
cp "$stable/release.json" "$tmp/list"
echo '{"format": "aloft-releases-1", "releases": [{"version": "1.0.0"}]}' >"$stable/release.json"
provokes RELEASES_FORM publish "$tmp/fits"
provokes RELEASES_FORM "$ALOFT" -C "$p" releases
rm "$stable/release.json"
old=$(sequence)
make_image "$tmp/fan2" $fan 3.1 20000
EPOCH=3 GONE=$gone make_image "$tmp/1.2.1" $lamp 1.2.1 20000 "$p/keys/spare.pub" "$p/keys/third.pub"
exits 0 publish "$tmp/1.2.1"
[ "$(sequence)" -gt "$old" ] || fail "without its list the sequence fell"
cp "$tmp/list" "$stable/release.json"
exits 0 publish --again 1.2.0 --class $lamp

say "a manifest that is cut off is not published over; moved away, it is"
old=$(sequence)
head -c 200 "$stable/manifest.suit" >"$tmp/cut" && cp "$tmp/cut" "$stable/manifest.suit"
provokes SITE_OFFER publish "$tmp/1.2.1"
provokes SITE_OFFER publish --again 1.2.0 --class $lamp
rm "$stable/manifest.suit"
exits 0 publish --again 1.2.0 --class $lamp
[ "$(sequence)" -gt "$old" ] || fail "the sequence fell"

say "releases"
exits 0 "$ALOFT" -C "$p" releases
has "$lamp, channel beta" "$tmp/out"
has "* 1.2.0" "$tmp/out"
provokes PUBLISH_CLASS_UNKNOWN "$ALOFT" -C "$p" releases --class acme.example/toaster/a

say "an unreadable key"
cp "$p/keys/third.key" "$tmp/third.key"
echo rubbish >"$p/keys/third.key"
provokes KEY_FORM publish --again 1.2.0 --class $lamp
cp "$tmp/third.key" "$p/keys/third.key"

say "two publishers at once: one waits for the other"
EPOCH=3 GONE=$gone make_image "$tmp/1.3.0" $lamp 1.3.0 60000 "$p/keys/spare.pub" "$p/keys/third.pub"
EPOCH=3 GONE=$gone make_image "$tmp/1.3.1" $lamp 1.3.1 60000 "$p/keys/spare.pub" "$p/keys/third.pub"
background "$tmp/one" "$ALOFT" -C "$p" publish "$tmp/1.3.0"
one=$pid
background "$tmp/other" "$ALOFT" -C "$p" publish "$tmp/1.3.1"
wait "$one" || fail "the first publisher failed: $(cat "$tmp/one")"
wait "$pid" || fail "the second publisher failed: $(cat "$tmp/other")"
started=
"$ALOFT" -C "$p" releases --json --class $lamp --channel stable >"$tmp/list"
has '"1.3.0"' "$tmp/list"
has '"1.3.1"' "$tmp/list"
site_is_whole "$stable"

say "a publisher that hangs is waited for 10 s, not for ever"
flock -F "$p/site.lock" sleep 30 &
hung=$!
started="$hung"
sleep 0.2
provokes FILE_LOCKED publish --again 1.2.0 --class $lamp
stop "$hung"

say "killed at any point, the site is whole"
now_us() { echo $(($(date +%s%N) / 1000)); }
us=$(now_us)
exits 0 publish --again 1.2.0 --class $lamp
us=$(($(now_us) - us))
n=0
killed=0
while [ $n -lt 20 ]; do
    n=$((n + 1))
    EPOCH=3 GONE=$gone SEED=$n make_image "$tmp/kill" $lamp "2.0.$n" 60000 "$p/keys/spare.pub" \
        "$p/keys/third.pub"
    "$ALOFT" -C "$p" publish "$tmp/kill" >"$tmp/out" 2>&1 </dev/null &
    id=$!
    sleep "$(printf 0.%06d $((us * n / 18)))" # from its first instruction to behind its end
    kill -KILL $id 2>/dev/null || :
    wait $id 2>/dev/null || killed=$((killed + 1))
    site_is_whole "$stable"
done
echo "   $killed of $n were killed before their end"
[ $killed -gt 0 ] || fail "no publisher was killed in time"
exits 0 publish --again 1.2.0 --class $lamp
[ -z "$(find "$p/site/$lamp/stable" -name '*.??????' ! -name '*.bin' ! -name '*.suit' ! -name '*.json')" ] ||
    fail "files of killed publishers were left: $(find "$p/site")"

say "a full disk: the old release stays on offer"
cat >"$tmp/full.sh" <<'FULL'
set -eu
. test/e2e/lib.sh
cp -r "$P/site" "$tmp/site"
mount -t tmpfs -o size=8m none "$P/site"
cp -r "$tmp/site/." "$P/site/"
n=0
# Payload, manifest, list and offer are written in this order; each of them meets the end of the disk once.
for left in 0 40 64 0 4 8 16 24 32 40 48 56; do
    head -c $(($(stat -f -c '%a * %S' "$P/site") - left * 1024)) /dev/zero >"$P/site/ballast"
    if "$ALOFT" -C "$P" publish "$IMAGE" >/dev/null 2>&1; then break; fi
    n=$((n + 1))
    provokes FILE_FULL "$ALOFT" -C "$P" publish "$IMAGE"
    cmp "$tmp/site/$LAMP/stable/manifest.suit" "$P/site/$LAMP/stable/manifest.suit"
    [ -z "$(find "$P/site" -name '*.json.*' -o -name '*.bin.*' -o -name '*.suit.*')" ] ||
        fail "temporary files were left"
    rm "$P/site/ballast"
done
[ $n -ge 4 ] || fail "the disk was full $n times only"
[ $n -lt 12 ] || fail "there was never enough room"
cmp -s "$tmp/site/$LAMP/stable/manifest.suit" "$P/site/$LAMP/stable/manifest.suit" && fail "not on offer"
echo "   the disk was full $n times"
FULL
EPOCH=3 GONE=$gone make_image "$tmp/3.0.0" $lamp 3.0.0 60000 "$p/keys/spare.pub" "$p/keys/third.pub"
if unshare -m true 2>/dev/null; then
    P=$p LAMP=$lamp IMAGE=$tmp/3.0.0 ALOFT=$ALOFT ALOFT_BUILD=$ALOFT_BUILD unshare -m sh "$tmp/full.sh"
else
    echo "no mount namespace here: the full disk was not tried"
fi
[ "$(on_offer)" = 1.2.0 ] || fail "the offer changed outside the namespace"

say "a lower version than the one on offer is published, and said to be one"
SEED=7 make_image "$tmp/stale" $fan 2.10 20000 "$p/keys/spare.pub" "$tmp/away/third.pub"
mv "$tmp/away/spare.key" "$p/keys/spare.key" 2>/dev/null || :
exits 0 publish "$tmp/stale" --key "$p/keys/spare.key"
has "Warning: 2.10 is lower than" "$tmp/out"
has "aloft publish --again 3." "$tmp/out"
SEED=8 make_image "$tmp/newer" $fan 2.11 20000 "$p/keys/spare.pub" "$tmp/away/third.pub"
exits 0 publish "$tmp/newer" --key "$p/keys/spare.key"
! grep "is lower than" "$tmp/out" || fail "2.11 is not lower than 2.10"

say "bytes of a private key are never shown"
exits 0 "$ALOFT" -C "$p" inspect "$p/keys/firmware.key"
has "$gone" "$tmp/out"
if grep -q "$(sed -n 2p "$p/keys/firmware.key")" "$tmp/out"; then fail "a private key was shown"; fi
echo ok
