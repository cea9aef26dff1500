# SPDX-License-Identifier: Apache-2.0
# `aloft install`: what lies where, that it says what the program says, and that it can be taken away again.
. test/e2e/lib.sh
chmod 755 "$tmp"
prefix=$tmp/prefix
version=$("$ALOFT" --version)
verbs=$(sed -n 's/^V(\([a-z_0-9]*\),.*/\1/p' cli/verbs.def)

# as_root COMMAND...: as root, or as one who looks like it to the program
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else unshare -r "$@"; fi
}

say "the program, the man page and the completions are put in place"
exits 0 "$ALOFT" install --prefix "$prefix"
app=
files=4
if [ -x "$ALOFT_BUILD/aloft-smartthings" ]; then
    app=", aloft-smartthings"
    files=5
fi
[ "$(cat "$tmp/out")" = "$version installed: $prefix/bin/aloft, man page, completions$app" ] || fail "$(cat "$tmp/out")"
[ "$("$prefix/bin/aloft" --version)" = "$version" ] || fail "the program that was put there is another one"
[ "$(find "$prefix" -type f | wc -l)" = $files ] || fail "not $files files: $(find "$prefix" -type f)"
[ -z "$app" ] || exits 0 "$prefix/bin/aloft" smartthings app --help

say "once more changes nothing, also from the place where it lies now"
was=$(find "$prefix" -type f -printf '%i %T@ %p\n' | sort)
exits 0 "$prefix/bin/aloft" install --prefix "$prefix/"
[ "$was" = "$(find "$prefix" -type f -printf '%i %T@ %p\n' | sort)" ] || fail "files were written again"

say "the man page is one, and holds the help of each verb"
page=$prefix/share/man/man1/aloft.1
groff -man -Tutf8 -ww -rLL=200n "$page" >"$tmp/page" 2>"$tmp/complaints"
[ ! -s "$tmp/complaints" ] || fail "groff: $(cat "$tmp/complaints")"
sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g' "$tmp/page" | tr '‐−' '--' >"$tmp/plain"
for verb in $verbs; do
    grep -q "^ *aloft $verb$" "$tmp/plain" || fail "the man page has no heading for $verb"
    "$ALOFT" "$verb" --help | grep '^  *-' | while read -r line; do
        grep -qF -e "$line" "$tmp/plain" || fail "$verb: the man page does not say: $line"
    done
done

# completed WORD...: what bash completes the last word to
completed() {
    bash -c '. "$1"; shift; COMP_WORDS=(aloft "$@"); COMP_CWORD=$#; _aloft; echo "${COMPREPLY[*]}"' - \
        "$prefix/share/bash-completion/completions/aloft" "$@"
}

say "bash completes verbs, and the options of just the verb that stands there"
[ "$(completed relea)" = releases ] || fail "bash: relea -> $(completed relea)"
[ "$(completed -C home publish --ag)" = --again ] || fail "bash: publish --ag -> $(completed -C home publish --ag)"
[ "$(completed serve --im)" = "" ] || fail "bash: serve has the option of init: $(completed serve --im)"
[ "$(completed publish lamp)" = "" ] || fail "bash: files are bash's own matter"
for verb in $verbs; do
    [ "$(completed "$verb")" != "" ] || fail "bash does not complete $verb"
    # only verify has a second name for an option behind the first
    for option in $("$ALOFT" "$verb" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'); do
        completed "$verb" "$option" | grep -q -e "$option" || fail "bash does not complete $verb $option"
    done
done
completed verify --no | grep -q -e --no-clock || fail "bash does not complete verify --no-clock"

say "zsh can read its completion"
zsh -n "$prefix/share/zsh/site-functions/_aloft"
has "serve) options=(--listen" "$prefix/share/zsh/site-functions/_aloft"

say "a unit needs a project, and one that is not root's"
provokes NO_PROJECT "$ALOFT" -C "$tmp" install --prefix "$prefix" --service
"$ALOFT" init "$tmp/home" --host localhost >/dev/null
provokes INSTALL_ROOT as_root "$ALOFT" -C "$tmp/home" install --prefix "$prefix" --service
mkdir "$tmp/a \$b"
cp "$tmp/home/aloft.conf" "$tmp/a \$b"
provokes INSTALL_PATH "$ALOFT" -C "$tmp/a \$b" install --prefix "$prefix" --user-service
[ "$(find "$prefix" -type f | wc -l)" = $files ] || fail "a refusal left something"

say "the unit of the system runs as the owner, is one, and is closed"
[ "$(id -u)" != 0 ] || chown -R 12345 "$tmp/home"
exits 0 "$ALOFT" -C "$tmp/home" install --prefix "$prefix" --service
has "systemctl enable --now $prefix/lib/systemd/system/aloft.service" "$tmp/out"
unit=$prefix/lib/systemd/system/aloft.service
has "User=$(stat -c %u "$tmp/home")" "$unit" || has "User=$(stat -c %U "$tmp/home")" "$unit"
SYSTEMD_LOG_LEVEL=warning systemd-analyze verify "$unit" >"$tmp/said" 2>&1 || fail "verify: $(cat "$tmp/said")"
[ ! -s "$tmp/said" ] || fail "verify: $(cat "$tmp/said")"
# 10 is open, 0 is closed; the network, which it cannot do without, is 1.3 of what is left
systemd-analyze security --offline=true --threshold=20 "$unit" >"$tmp/said" 2>&1 || fail "$(tail -n 1 "$tmp/said")"
! grep -q '^CapabilityBoundingSet=CAP' "$unit" || fail "a right that port 4443 does not need"
sed 's/:4443/:443/' "$tmp/home/aloft.conf" >"$tmp/conf"
cp "$tmp/conf" "$tmp/home/aloft.conf"
exits 0 "$ALOFT" -C "$tmp/home" install --prefix "$prefix" --service
has "CapabilityBoundingSet=CAP_NET_BIND_SERVICE" "$unit"

say "a unit of one's own needs no root, and lies where the user's manager looks"
mkdir "$tmp/me"
exits 0 env HOME="$tmp/me" "$ALOFT" -C "$tmp/home" install --user-service
has "systemctl --user enable --now aloft" "$tmp/out"
own=$tmp/me/.local/share/systemd/user/aloft.service
! grep -q '^User=' "$own" || fail "a manager of a user changes no user"
mkdir -m 700 "$tmp/run"
XDG_RUNTIME_DIR=$tmp/run systemd-analyze --user verify "$own" >"$tmp/said" 2>&1 || fail "verify: $(cat "$tmp/said")"

say "where nothing can be written, one sentence says so"
provokes FILE_WRITE "$ALOFT" install --prefix /proc/nowhere
[ "$(wc -l <"$tmp/said")" -le 3 ] || fail "too many words: $(cat "$tmp/said")"
cat >"$tmp/full.sh" <<'END'
. test/e2e/lib.sh
mkdir "$tmp/disk"
mount -t tmpfs -o size=64k none "$tmp/disk"
provokes FILE_FULL "$ALOFT" install --prefix "$tmp/disk"
umount "$tmp/disk"
! grep -q sudo "$tmp/said" || fail "root makes no room: $(cat "$tmp/said")"
END
if unshare -rm true 2>/dev/null; then
    ALOFT=$(realpath "$ALOFT") unshare -rm sh "$tmp/full.sh" || fail "see above"
fi
if [ "$(id -u)" = 0 ]; then
    provokes INSTALL_REFUSED setpriv --reuid 12345 --clear-groups "$prefix/bin/aloft" install
    has sudo "$tmp/said"
fi
exits 64 "$ALOFT" install --service --user-service
exits 64 "$ALOFT" install word

say "what is enabled is not removed, what is there is removed, what is not there is no fault"
mkdir -p "$tmp/me/.config/systemd/user/default.target.wants"
ln -s "$own" "$tmp/me/.config/systemd/user/default.target.wants/aloft.service"
provokes INSTALL_ENABLED env HOME="$tmp/me" "$ALOFT" install --user-service --remove
has 'systemctl --user disable --now aloft' "$tmp/said"
rm "$tmp/me/.config/systemd/user/default.target.wants/aloft.service"
exits 0 env HOME="$tmp/me" "$ALOFT" install --user-service --remove
exits 0 env HOME="$tmp/me" "$ALOFT" install --prefix "$prefix" --remove
has "removed from $prefix: $((files + 1)) files" "$tmp/out"
[ "$(find "$prefix" "$tmp/me/.local" -type f | wc -l)" = 0 ] || fail "left: $(find "$prefix" "$tmp/me/.local" -type f)"
[ -f "$tmp/home/pki/ca.key" ] || fail "the project is gone"
exits 0 env HOME="$tmp/me" "$ALOFT" install --prefix "$prefix" --remove
has "nothing of aloft is in $prefix" "$tmp/out"
