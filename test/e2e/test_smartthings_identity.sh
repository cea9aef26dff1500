# SPDX-License-Identifier: Apache-2.0
# The way of a SmartThings device into the Developer Workspace: identity, checks of the two JSON files, QR code.
. test/e2e/lib.sh

project=$tmp/lamp
mine=$project/identity
mkdir -p "$project/main"

config() { # SED...: the file of a device profile, changed
    cat >"$project/main/onboarding_config.json" <<'END'
{"onboardingConfig":{"deviceOnboardingId":"ALOFT_LAMP","mnId":"fkOP","setupId":"001","vid":"VID-1",
"deviceTypeId":"Switch","ownershipValidationTypes":["JUSTWORKS"],"identityType":"ED25519",
"deviceIntegrationProfileKey":{"id":"11111111-2222-3333-4444-555555555555","majorVersion":0,"minorVersion":1}}}
END
    for change in "$@"; do
        sed -i "$change" "$project/main/onboarding_config.json"
    done
}

say "a folder that is not there gets no identity"
provokes FILE_READ "$ALOFT" smartthings identity "$tmp/lanp"
[ ! -e "$tmp/lanp" ] || fail "it was made"

say "an identity: what to paste is shown, the private key never"
exits 0 "$ALOFT" smartthings identity "$project"
cp "$tmp/out" "$tmp/first"
has "Serial number   ALFT" "$tmp/out"
has "Public key  " "$tmp/out"
has "download onboarding_config.json" "$tmp/out"
private=$(sed -n 's/.*"privateKey": "\(.*\)".*/\1/p' "$mine/device_info.json")
[ ${#private} -eq 44 ] || fail "the private key has ${#private} characters"
! grep -qF "$private" "$tmp/out" || fail "the private key was shown"
[ "$(stat -c %a "$mine" "$mine/device_info.json" "$mine/stnv.bin" | tr '\n' ' ')" = "700 600 600 " ] || fail "others can read it"
[ "$(stat -c %s "$mine/stnv.bin")" -eq 16384 ] || fail "stnv.bin has another size than the SDK's partition"
grep -qF "$private" "$mine/stnv.bin" || fail "the key is not in the NVS image"
git init -q "$project"
[ -z "$(git -C "$project" status --porcelain)" ] || fail "git would take the identity"

say "openssl finds that the public key belongs to it"
public=$(sed -n 's/ *Public key *//p' "$tmp/out")
{ printf '\060\056\002\001\000\060\005\006\003\053\145\160\004\042\004\040'; echo "$private" | base64 -d; } >"$tmp/key.der"
[ "$(openssl pkey -inform DER -in "$tmp/key.der" -pubout -outform DER | tail -c 32 | base64)" = "$public" ] || fail "another key"

say "again: the same, nothing is replaced; what is missing is made"
cksum "$mine"/* >"$tmp/sums"
exits 0 "$ALOFT" smartthings identity "$project"
has "is whole" "$tmp/out"
rm "$mine/stnv.bin"
config
exits 0 "$ALOFT" smartthings identity "$project"
cksum "$mine"/* | cmp - "$tmp/sums" || fail "something has changed"
has "is right: manufacturer fkOP, setup 001" "$tmp/out"
exits 0 "$ALOFT" smartthings identity "$project" --json
has '"public_key"' "$tmp/out"
! grep -q private "$tmp/out" || fail "the private key was shown to programs"

say "the QR code"
serial=$(sed -n 's/ *Serial number *//p' "$tmp/first")
exits 0 "$ALOFT" smartthings qr "$project"
has "https://qr.samsungiots.com/?m=fkOP&s=001&r=$serial" "$tmp/out"
has "█" "$tmp/out"
exits 0 "$ALOFT" smartthings qr "$project" --json
has '"url"' "$tmp/out"

say "what is wrong with a device profile is said"
config 's/fkOP/MNID/'
provokes ST_PLACEHOLDER "$ALOFT" smartthings identity "$project"
wrong() { # TEXT CHANGE...
    text=$1
    shift
    config "$@"
    provokes ST_FIELD "$ALOFT" smartthings qr "$project"
    has "$text" "$tmp/said"
}
wrong 'no usable mnId: it is missing' 's/mnId/mnid/'
wrong 'no usable mnId: it is not a text' 's/"fkOP"/7/'
wrong 'no usable setupId: it has another character' 's/"001"/"0\&1"/'
wrong 'it has 14 characters, and 1 to 13 are right' 's/ALOFT_LAMP/ALOFT_LAMP_123/'
wrong 'profile wants certificates' 's/ED25519/X509/'
wrong 'neither ED25519 nor X509' 's/ED25519/RSA/'
wrong 'a word that the SDK does not know' 's/JUSTWORKS/TRUSTME/'
wrong 'not a list' 's/\["JUSTWORKS"\]/"JUSTWORKS"/'
wrong 'its id is no UUID' 's/11111111-/1111111/'
wrong 'majorVersion is missing' 's/majorVersion/major/'
wrong 'neither 4 nor 5' 's/"mnId"/"ssidVersion":6,"mnId"/'
wrong 'no usable onboardingConfig: it is missing' 's/onboardingConfig/config/'
wrong 'curly quotes' 's/VID-1/VID”1/'
config 's/"fkOP"/“fkOP”/'
provokes ST_JSON "$ALOFT" smartthings qr "$project"
has "it has curly quotes" "$tmp/said"
config 's/}}}$/}}/'
provokes ST_JSON "$ALOFT" smartthings qr "$project"
has "line 4" "$tmp/said"
head -c 20000 /dev/zero | tr '\0' ' ' >"$project/main/onboarding_config.json"
provokes FILE_LONG "$ALOFT" smartthings qr "$project"
rm "$project/main/onboarding_config.json"
provokes ST_NO_PROFILE "$ALOFT" smartthings qr "$project"
has "into $project/main; " "$tmp/said"
mkdir "$tmp/early"
provokes ST_NO_IDENTITY "$ALOFT" smartthings qr "$tmp/early"
has "Make it with \`aloft smartthings identity $tmp/early\`" "$tmp/said"
provokes FILE_READ "$ALOFT" smartthings qr "$tmp/lanp"
echo >"$tmp/file"
provokes FILE_READ "$ALOFT" smartthings identity "$tmp/file"
has "Not a directory" "$tmp/said"

say "what is wrong with an identity is said"
config
cp "$mine/device_info.json" "$tmp/good.json"
damage() { sed "$1" "$tmp/good.json" >"$mine/device_info.json"; }
damage 's/"privateKey": "./"privateKey": "+/'
provokes ST_KEYS "$ALOFT" smartthings identity "$project"
has "do not belong together" "$tmp/said"
damage 's/=",$/-",/'
provokes ST_KEYS "$ALOFT" smartthings identity "$project"
has "publicKey is not 32 bytes in base64" "$tmp/said"
damage 's/"ALFT.*"/"serialNumber_here"/'
provokes ST_PLACEHOLDER "$ALOFT" smartthings identity "$project"
damage 's/"ALFT.*"/"ALFT123"/'
provokes ST_FIELD "$ALOFT" smartthings identity "$project"
has "it has 7 characters, and 8 to 30 are right" "$tmp/said"
damage 's/"ALFT.*"/"ALFT 1234567"/'
provokes ST_FIELD "$ALOFT" smartthings identity "$project"
damage '/firmwareVersion/d'
provokes ST_FIELD "$ALOFT" smartthings identity "$project"
damage ''
printf x | dd of="$mine/stnv.bin" bs=1 seek=140 conv=notrunc 2>/dev/null
provokes ST_IMAGE "$ALOFT" smartthings identity "$project"
rm "$mine/stnv.bin"

say "an identity inside the firmware is refused"
cp "$tmp/good.json" "$project/main/device_info.json"
provokes LEGACY_IDENTITY "$ALOFT" smartthings identity "$project"
echo '{"deviceInfo":{"firmwareVersion":"1.0.0"}}' >"$project/main/device_info.json"
exits 0 "$ALOFT" smartthings identity "$project"

say "words that are no verb; the app where it is not built"
exits 64 "$ALOFT" smartthings
exits 64 "$ALOFT" smartthings identity
exits 64 "$ALOFT" smartthings qr "$project" "$project"
exits 64 "$ALOFT" smartthings identity "$project" --what
exits 0 "$ALOFT" smartthings --help
has "aloft smartthings identity DIR" "$tmp/out"
cp "$ALOFT" "$tmp/aloft"
provokes ST_NO_APP "$tmp/aloft" smartthings app
has "libmosquitto-dev" "$tmp/said"
