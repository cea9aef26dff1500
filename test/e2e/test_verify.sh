# SPDX-License-Identifier: Apache-2.0
# `aloft verify` says what a device would do: every vector of the profile, through the program.
. test/e2e/lib.sh

vectors=test/vectors/suit-profile
p256="--key $vectors/keys/appendixB-p256.pub.pem"
both="$p256 --key $vectors/keys/rfc8032-test1-ed25519.pub.pem"
class="--vendor a96d394e-68fa-534e-a15b-282e8658292d --class-id 2a5e160f-15a7-56c1-b248-fadd0254431d"
device="$both --threshold 2 $class --floor 41 --installed 41:0101010101010101 --slot-size 1048576
    --now 1795329000 --running $vectors/payload_old.bin --encodings 0,16"

# takes BRANCH NAME OPTION...: accepted, and this branch
takes() {
    branch=$1
    name=$2
    shift 2
    exits 0 "$ALOFT" verify "$vectors/pos/$name.hex" $device "$@"
    has "branch: $branch" "$tmp/out"
    exits 0 "$ALOFT" verify --json "$vectors/pos/$name.hex" $device "$@"
    has "\"branch\":	\"$branch\"" "$tmp/out"
}

say "every positive vector is accepted"
takes delta p01_delta_and_full_two_signers
takes delta p02_same_text_severed
takes full p03_full_only_one_component
takes delta p04_no_expiry_no_invoke_no_text
takes full p05_running_image_differs_takes_full --running "$vectors/example.hex"
takes delta p06_one_signer_ES256_minus7 --threshold 1
takes delta p07_unknown_third_signer_is_skipped
takes delta p08_prerelease_version

say "every negative vector is refused for its own rule"
n=0
tab=$(printf '\t')
while IFS=$tab read -r name rule setting; do
    [ "$setting" = - ] && setting=
    exits 3 "$ALOFT" verify "$vectors/neg/$name.hex" $device $setting
    has "refused by rule $rule: " "$tmp/said"
    [ ! -s "$tmp/out" ] || fail "$name: a refusal says nothing on standard output"
    n=$((n + 1))
done <"$vectors/neg/INDEX.tsv"
[ "$n" = 78 ] || fail "INDEX.tsv has $n lines"

say "a refusal for programs"
exits 3 "$ALOFT" verify --json "$vectors/neg/n018_signature_bit_flip.hex" $device
has '"rule":	12' "$tmp/out"
has '"error":	"SIGNATURE_BAD"' "$tmp/out"
[ ! -s "$tmp/said" ] || fail "--json says all on standard output"

say "what comes before a verdict"
example=$vectors/example.hex
provokes SIGNER_UNKNOWN "$ALOFT" verify "$example" --key "$vectors/keys/unknown-p256.pub.pem"
provokes ROLLBACK_REFUSED "$ALOFT" verify "$example" $device --floor 43
provokes SKIPPED "$ALOFT" verify "$example" $device --skip 42
provokes MANIFEST_EXPIRED "$ALOFT" verify "$example" $device --no-clock
provokes MANIFEST_CLASS "$ALOFT" verify "$example" $p256 --class aloft.example/esp32-sensor/rev-b --channel beta
provokes MANIFEST_SIZE "$ALOFT" verify "$example" $device --slot-size 35999
provokes MANIFEST_ENCODING "$ALOFT" verify "$example" $device --encodings 0

say "a class by its name, a binary manifest, standard input"
exits 0 "$ALOFT" verify "$example" $p256 --class aloft.example/esp32-sensor/rev-b --now 1795329000
has "branch: full" "$tmp/out"
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(open(sys.argv[1]).read()))' "$example" >"$tmp/example.suit"
exits 0 "$ALOFT" verify "$tmp/example.suit" $device
"$ALOFT" verify - $device <"$tmp/example.suit" >"$tmp/out" || fail "standard input was not taken"
has "branch: delta" "$tmp/out"
exits 0 "$ALOFT" verify "$example" $p256 --now 1795329000
has "The class was not compared" "$tmp/out"

say "installed already; the image runs already"
digest=46f12f14a76530417af2d1667d49389f9f98d9450d197d205cffdd72d94403ca
exits 0 "$ALOFT" verify "$example" $device --installed "42:$digest"
has "branch: none, this very manifest is installed" "$tmp/out"

say "questions that cannot be put"
exits 64 "$ALOFT" verify
exits 64 "$ALOFT" verify "$example"
exits 64 "$ALOFT" verify "$example" $p256 $p256
exits 64 "$ALOFT" verify "$example" $p256 --threshold 2
exits 64 "$ALOFT" verify "$example" $p256 --threshold 0
exits 64 "$ALOFT" verify "$example" $p256 --floor -1
exits 64 "$ALOFT" verify "$example" $p256 --floor 99999999999999999999
exits 64 "$ALOFT" verify "$example" $p256 --vendor 1234
exits 64 "$ALOFT" verify "$example" $p256 --installed 42:0101
exits 64 "$ALOFT" verify "$example" $p256 --encodings 32
exits 64 "$ALOFT" verify "$example" $p256 --channel beta
exits 64 "$ALOFT" verify "$example" $p256 $class --class a.example/b/c
exits 64 "$ALOFT" verify "$example" $p256 --sideways
exits 0 "$ALOFT" verify --help
has "usage: aloft verify" "$tmp/out"
provokes FILE_READ "$ALOFT" verify "$tmp/nowhere" $p256
provokes FILE_READ "$ALOFT" verify "$example" $p256 --running "$tmp/nowhere"
provokes KEY_FORM "$ALOFT" verify "$example" --key "$example"
