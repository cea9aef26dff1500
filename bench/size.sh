#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Code, memory and stack of the device library
#
# Each figure of tools/size-table, which says how it counts; the processors are those that the compilers here know.
set -eu
tools/size-table --plain | awk '
    {
        target = substr($1, 1, index($1, ".") - 1)
        name = substr($1, index($1, ".") + 1)
        if (!(name in value))
            order[++n] = name
        value[name] = value[name] (value[name] ? ", " : "") target " " $2
    }
    function how(name) {
        if (name ~ /^ram/)
            return "bytes, sizeof"
        if (name ~ /^code/)
            return "bytes of code and constants, -Os; x86 by gcc, the others by clang"
        if (name == "stack.largest-frame")
            return "bytes, the largest frame of a function, gcc -Os"
        return "bytes, the deepest chain of calls, gcc -Os; port and crypto adapter not counted"
    }
    END {
        for (i = 1; i <= n; i++)
            printf "size.%s\t%s\t%s\n", order[i], value[order[i]], how(order[i])
    }'
