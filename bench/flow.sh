#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Instructions per payload byte of a download, over one SHA-256 and one memcpy of the same bytes
#
# bench/flow.c says what each count takes in. $ALOFT_BUILD: the build folder, default build.
set -eu
: "${ALOFT_BUILD:=./build}"
program=$ALOFT_BUILD/bench_flow
[ -x "$program" ] || {
    echo "bench: $program is not built: valgrind/callgrind.h was missing when the build was described" >&2
    exit 2
}
# callgrind counts `rep movsb` as one instruction for each byte; glibc's other copies are counted as they are
GLIBC_TUNABLES=glibc.cpu.x86_rep_movsb_threshold=0x40000000:glibc.cpu.x86_rep_stosb_threshold=0x40000000
export GLIBC_TUNABLES
tmp=$(mktemp -d /tmp/aloft-bench-XXXXXX)
trap 'rm -rf "$tmp"' EXIT
valgrind -q --tool=callgrind --collect-atstart=no --callgrind-out-file="$tmp/out" "$program" >"$tmp/steps" 2>"$tmp/said" || {
    cat "$tmp/said" >&2
    exit 2
}

# one line for each dump, `name instructions`, and the steps of each download
{
    awk '/^desc: Trigger: Client Request:/ { name = $NF } /^totals:/ && name { print name, $2; name = "" }' "$tmp"/out.*
    sed 's/^steps \([a-z-]*\) /steps-\1 /' "$tmp/steps"
} | awk -v bytes=1048576 '
    { of[$1] = $2 }
    function line(name, value, how) { printf "%s\t%s\t%s\n", name, value, how }
    function ratio(name) { return sprintf("%.3f", of[name] / (of["hash"] + of["copy"])) }
    function own(name) { return sprintf("%.2f", (of[name] - of["hash"]) / bytes) }
    END {
        if (!of["hash"] || !of["copy"] || !of["device"] || !of["device-alone"] || !of["small"] || !of["small-alone"]) {
            print "bench: a count is missing" >"/dev/stderr"
            exit 2
        }
        whole = "instructions of aloft_step from the record that begins a download of 1 MiB to the record that makes it " \
            "bootable, the simulated network and chips in them, no TLS"
        line("flow", ratio("device"), whole ", over one SHA-256 by the same mbedTLS and one memcpy; page 4096, input " \
            "2048; goal: at most 1.15")
        line("flow.alone", ratio("device-alone"), "the same without what runs inside the port: no network, no chip")
        line("flow.small", ratio("small"), "as flow, page 256 and the smallest input, 1024: " of["steps-small"] \
            " steps instead of " of["steps-device"])
        line("flow.small.alone", ratio("small-alone"), "the same without what runs inside the port")
        line("flow.hash", sprintf("%.2f", of["hash"] / bytes), "instructions per byte of that SHA-256")
        line("flow.copy", sprintf("%.2f", of["copy"] / bytes), "instructions per byte of that memcpy")
        line("flow.own", own("device"), "instructions per byte of flow beside the SHA-256: what is left where hardware hashes")
        line("flow.small.own", own("small"), "the same of flow.small")
    }'
