#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ESP32 application, without the component, the library and ESP-IDF
set -eu
ALOFT=${ALOFT:-build/aloft} sh test/size/test_ota_demo_size.sh | awk '
    /: [0-9]+ lines of code/ {printf "ota_demo.lines\t%s\tlines of code in main/, which a user keeps, without blank lines and comments\n", $2}
    /TOTALS/ {
        printf "ota_demo.code\t%s bytes\tcode, constants and sentences for rv32imc, clang -Os, all files but board_linux.c\n", $1
        printf "ota_demo.ram\t%s bytes\tdata and zeroed data, with the struct aloft_esp of the component\n", $2 + $3
    }'
