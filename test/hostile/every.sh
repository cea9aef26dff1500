# SPDX-License-Identifier: Apache-2.0
# Lines of name, value, meaning with tabs between, for tools/result. $ALOFT_BUILD: the build folder.
set -eu
tmp=$(mktemp -d /tmp/aloft-every-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
all=0
for source in fuzz/fuzz_*.c; do
    name=$(basename "$source" .c)
    name=${name#fuzz_}
    "$ALOFT_BUILD/every_$name" "fuzz/seeds/$name"/* >"$tmp/$name" 2>"$tmp/said" || {
        echo "FAILED: every_$name fuzz/seeds/$name/*" >&2
        cat "$tmp/said" >&2
        exit 1
    }
    n=$(tail -n 1 "$tmp/$name")
    all=$((all + n))
    printf '%s\t%s\t\n' "$name" "$n" >>"$tmp/lines"
done
printf 'inputs\t%s\tall of up to two bytes, and all single changes of the seeds, before a forbidden page\n' "$all"
printf 'lost\t0\tinputs on which a reader read too far, hung or gave what it must not\n'
sed 's/\t$/\tinputs of this target of fuzz\//' "$tmp/lines"
