# SPDX-License-Identifier: Apache-2.0
# The server under faults, as often as $KILLS says: lines of name, value, meaning with tabs between, for tools/result.
# test_server_faults.sh runs it briefly, `./dev bench server` for long.
. test/e2e/lib.sh
. test/e2e/serve.sh
. test/kit/make_image.sh
: "${KILLS:=20}" "${SLOW:=10000}" "${GARBAGE:=200}"

# new_project FOLDER: with a release on offer and the image of the next one
new_project() {
    project=$1
    "$ALOFT" init "$project" --host localhost --class acme.example/lamp/a >/dev/null
    for version in 1.0.0 1.1.0; do
        make_image "$project/next.img" acme.example/lamp/a $version 60000 "$project/keys/firmware.pub" "$project/keys/spare.pub"
        [ $version = 1.1.0 ] || "$ALOFT" -C "$project" publish "$project/next.img" >/dev/null
    done
}

faults() {
    python3 test/e2e/server_faults.py "$ALOFT" "$project" "$@" || { tail -n 20 "$project/faults.log" >&2; fail "$*"; }
}

if [ "${ALOFT_FULL_DISK:-}" != "" ]; then # inside the namespace below
    mount -t tmpfs -o size=4m none "$ALOFT_FULL_DISK"
    new_project "$ALOFT_FULL_DISK/p"
    faults full "$ALOFT_FULL_DISK/filler"
    exit
fi
new_project "$tmp/p"
faults kill "$KILLS"
faults slow "$SLOW"
faults garbage "$GARBAGE"
mkdir "$tmp/small"
own=-m
unshare "$own" true 2>/dev/null || own=-rm
if unshare "$own" true 2>/dev/null; then
    ALOFT_FULL_DISK=$tmp/small unshare "$own" sh "$0"
else
    echo "no mount namespaces on this machine: the full disk was not tried" >&2
fi
