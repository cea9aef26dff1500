# SPDX-License-Identifier: Apache-2.0
# How a stranger calls the program: each verb has its help, and each wrong word one sentence that
# names it.
. test/e2e/lib.sh

verbs=$(sed -n 's/^V(\([a-z_0-9]*\),.*/\1/p' cli/verbs.def)
[ "$(echo "$verbs" | wc -w)" -ge 12 ] || fail "the verbs were not found"

say "the help of each verb is complete"
exits 0 "$ALOFT" --help
for verb in $verbs; do
    grep -q "^  $verb " "$tmp/out" || fail "aloft --help does not name $verb"
done
for verb in $verbs; do
    "$ALOFT" "$verb" --help >"$tmp/help" || fail "$verb --help"
    head -n 1 "$tmp/help" | grep -q "^usage: aloft $verb" || fail "$verb --help begins otherwise"
    ! grep -q '.\{101\}' "$tmp/help" || fail "$verb --help has a line that is too long"
    "$ALOFT" help "$verb" | cmp -s - "$tmp/help" || fail "aloft help $verb says something else"
    # every long option that the verb's source knows stands in its help, --help itself apart
    sources="cli/$verb.c"
    case $verb in
    key) sources="$sources cli/key_image.c" ;;
    verify) sources=cli/verify_options.c ;;
    esac
    for option in $(sed -n 's/.*{"\([a-z-]*\)", \(required\|no\)_argument.*/\1/p' $sources); do
        case $option in
        help) ;;
        output) grep -q -e '-o FILE' "$tmp/help" || fail "$verb --help does not name -o" ;;
        *) grep -q -e "--$option" "$tmp/help" || fail "$verb --help does not name --$option" ;;
        esac
    done
done

say "what is not an option is named once, and the help is pointed to"
for verb in $verbs; do
    case $verb in
    legacy | key) continue ;; # they ask for their second word first
    esac
    exits 64 "$ALOFT" "$verb" --no-such-thing
    [ "$(wc -l <"$tmp/said")" = 2 ] || fail "$verb says more than two lines: $(cat "$tmp/said")"
    has "aloft $verb: there is no option \"--no-such-thing\"" "$tmp/said"
    has "aloft $verb --help" "$tmp/said"
done
exits 64 "$ALOFT" releases --class
has '--class needs a value' "$tmp/said"
exits 64 "$ALOFT" releases --json=3
has 'takes no value' "$tmp/said"
exits 64 "$ALOFT" releases word
[ "$(wc -l <"$tmp/said")" = 2 ] || fail "it says it twice"
exits 64 "$ALOFT" publish image --legacy --notes x
has 'aloft publish --legacy: there is no option "--notes"' "$tmp/said"
exits 64 "$ALOFT" --no-such-thing
has 'there is no option "--no-such-thing" before the verb' "$tmp/said"
exits 64 "$ALOFT" -C
has '-C needs the folder' "$tmp/said"
exits 64 "$ALOFT" help no-such-verb
has 'there is no verb "no-such-verb"' "$tmp/said"

say "what is missing in aloft.conf stands in no line"
mkdir "$tmp/bare"
: >"$tmp/bare/aloft.conf"
provokes CONF_FORM "$ALOFT" -C "$tmp/bare" releases
has "aloft.conf is wrong: [project] does not say base" "$tmp/said"
printf '[project]\nbase = https://localhost:1\nrubbish\n' >"$tmp/bare/aloft.conf"
provokes CONF_FORM "$ALOFT" -C "$tmp/bare" releases
has "aloft.conf is wrong in line 3: " "$tmp/said"

say "typographic quotes and dashes are refused where they begin something, not within a text"
quote=$(printf '\342\200\234')
dash=$(printf '\342\200\223')
exits 64 "$ALOFT" releases "${dash}json"
has 'curly quote or a long dash' "$tmp/said"
exits 64 "$ALOFT" releases "-${dash}json"
has 'curly quote or a long dash' "$tmp/said"
exits 64 "$ALOFT" releases --class="${quote}a/b/c"
has 'curly quote or a long dash' "$tmp/said"
provokes NO_PROJECT "$ALOFT" -C "$tmp" publish image --notes "faster $dash and quieter"

say "a word that ./dev does not know is refused before anything is built"
for words in "demo frob" "demo smartthings --frob" "build frob" "check frob" frob; do
    # words on purpose
    # shellcheck disable=SC2086
    exits 64 ./dev $words
    has frob "$tmp/said"
done

say "what could not be said is no success, and a stream that is closed does not become a file"
"$ALOFT" init "$tmp/p" --host localhost >/dev/null
for verb in "key list --json" releases "cert show" --version; do
    # words on purpose
    # shellcheck disable=SC2016,SC2086
    exits 2 sh -c '"$0" -C "$1" $2 >/dev/full' "$ALOFT" "$tmp/p" "$verb"
    has "standard output cannot be written" "$tmp/said"
done
# shellcheck disable=SC2016
exits 0 sh -c '"$0" --help | head -n 1' "$ALOFT"
[ ! -s "$tmp/said" ] || fail "who reads no further is told of it: $(cat "$tmp/said")"
# shellcheck disable=SC2016
background "$tmp/none" sh -c 'exec "$0" -C "$1" serve --no-mdns --listen 127.0.0.1:0 >&- 2>&- <&-' "$ALOFT" "$tmp/p"
wait_for 10 test -e "$tmp/p/serve.log"
stop "$pid"
[ "$ended" = 0 ] || fail "a server without standard streams ended with $ended"
