#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Code and memory of the ESP-IDF component on rv32imc
#
# Each figure of tools/size-esp32: object code by clang, not a linked firmware; ESP-IDF and its TLS are not in it.
set -eu
sizes=$(tools/size-esp32) || exit 2
echo "$sizes" | awk '
    function how(name) {
        if (name == "struct.ram") return "bytes of RAM, sizeof struct aloft_esp: the device, three buffers of 4 KiB, the port"
        if (name ~ /\.ram$/) return "bytes of RAM beside it, size of object code"
        return "bytes of code and constants, size of object code, clang -Os"
    }
    { printf "esp32.%s\t%s\t%s\n", $1, $2, how($1) }
    $1 ~ /code$/ && $1 != "sentences.code" { sum += $2 }
    END { printf "esp32.code.all-but-sentences\t%s\t%s\n", sum, how("x") }'
# theirs, not measured here: ESP-IDF documentation, page mbedtls (heap of https_request) and page esp_tls
printf 'esp32.tls.heap\t%s\t%s\n' "42196 default, 22013 with dynamic buffers" \
    "bytes, as Espressif documents them for its https_request example; not measured by us"
printf 'esp32.tls.stack\t%s\t%s\n' "3.6 KB" "as Espressif documents it for esp-tls; not measured by us"
