# SPDX-License-Identifier: Apache-2.0
# Code and stack of the device library against test/size/budget.txt, both ways: no figure above its line, no line that
# nothing is measured for.
set -eu
case $(gcc -dumpmachine) in
x86_64*) ;;
*)
    echo "the budget is for gcc on x86-64; nothing was measured"
    exit 0
    ;;
esac
tmp=$(mktemp -d /tmp/aloft-size-test-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
tools/size-table --plain x86_64 >"$tmp/measured"

# held MEASURED BUDGET: says what is above its line, and which line stands alone
held() {
    awk '
        NR == FNR { measured[$1] = $2; next }
        !/^x86_64\./ { next }
        !($1 in measured) { print $1 " is in the budget, and nothing measures it"; failed = 1; next }
        measured[$1] > $2 + 0 { print $1 " is " measured[$1] " bytes; the budget allows " $2; failed = 1 }
        { n++ }
        END { if (n == 0) print "the budget has no line for x86_64"; exit failed || n == 0 }
    ' "$1" "$2"
}

held "$tmp/measured" test/size/budget.txt

# a budget that is passed by one byte, or names what nobody measures, is found
stack=$(sed -n 's/^x86_64\.stack\.aloft_step //p' "$tmp/measured")
echo "x86_64.stack.aloft_step $((stack - 1))" >"$tmp/tight"
echo "x86_64.stack.nobody 9" >"$tmp/unknown"
for budget in tight unknown; do
    if held "$tmp/measured" "$tmp/$budget" >"$tmp/said"; then
        echo "a budget that is $budget passes"
        exit 1
    fi
done
echo "$(grep -c '^x86_64' test/size/budget.txt) lines of the budget hold"
