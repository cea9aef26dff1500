# SPDX-License-Identifier: Apache-2.0
# The ESP32 application: what a user keeps is short, every file compiles on the host and for rv32imc against the declarations
# of test/ota_demo/idf and test/esp/idf, and its size there is printed (code and constants, -Os).
. test/e2e/lib.sh
app=esp32/ota_demo

say "main/ has fewer than 200 lines of code"
lines=$(cat $app/main/*.c | grep -cvE '^[[:space:]]*($|//|/?\*)')
echo "main/: $lines lines of code"
[ "$lines" -lt 200 ] || fail "main/ has $lines lines of code"

"$ALOFT" init "$tmp/home" --host lab-pc.local --class acme.example/lamp/a >/dev/null
"$ALOFT" -C "$tmp/home" key image -o "$tmp/aloft_trust.h" 2>/dev/null

# compile OUT COMPILER...: each file of the application, as each kind of board has it
compile() {
    out=$1
    shift
    mkdir -p "$out"
    for file in $app/parts/*.c $app/chip/*.c $app/smartthings/*.c smartthings/binding.c smartthings/view.c $app/main/main.c; do
        [ "$out:$file" != "$tmp/rv32:$app/chip/board_linux.c" ] || continue # a PC's
        "$@" -std=gnu11 -Os -Wall -Wextra -Werror -DPROJECT_VER='"1.0.0"' -DCONFIG_IDF_TARGET='"esp32c3"' \
            -I test/ota_demo/idf -I test/esp/idf -I include -I esp32/component/include -I $app/parts -I $app/chip \
            -I $app/smartthings -I . -I "$tmp" -c "$file" -o "$out/$(basename "$file" .c).o" || fail "$file with $*"
    done
}

say "every file compiles on the host, plain light and coloured light, and as a bridge"
compile "$tmp/host" gcc
compile "$tmp/coloured" gcc -DCONFIG_OTA_DEMO_LED_COLOURED=1
compile "$tmp/bridge" gcc -DCONFIG_ALOFT_BRIDGE=1

say "what the application asks of SmartThings is there with it (the SDK's prototypes as restated here) and without it"
asked=$(nm -u "$tmp/host/main.o" | sed -n 's/^ *U \(smartthings_.*\)/\1/p')
[ "$(echo "$asked" | wc -l)" -eq 7 ] || fail "main.c asks for: $asked"
for part in none smartthings; do
    for name in $asked; do
        nm --defined-only "$tmp/host/$part.o" | grep -q " T $name\$" || fail "$part.c has no $name"
    done
done
nm -u "$tmp/host/none.o" | grep -q ' U ' && fail "without SmartThings something is called"
command -v clang >/dev/null || exit 0

say "and for rv32imc"
mkdir -p "$tmp/c/sys"
cat >"$tmp/c/string.h" <<'END'
#include <stddef.h>
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
END
cat >"$tmp/c/stdio.h" <<'END'
#include <stddef.h>
typedef struct file FILE;
extern FILE *stdout;
#define _IOLBF 1
int puts(const char *text);
int printf(const char *format, ...);
int snprintf(char *out, size_t size, const char *format, ...);
int setvbuf(FILE *file, char *room, int mode, size_t size);
END
echo 'void abort(void);' >"$tmp/c/stdlib.h"
printf 'typedef long long time_t;\ntime_t time(time_t *out);\n' >"$tmp/c/time.h"
echo 'typedef int ssize_t;' >"$tmp/c/sys/types.h"
compile "$tmp/rv32" clang --target=riscv32-unknown-elf -march=rv32imc -mabi=ilp32 -ffreestanding -ffunction-sections \
    -Wno-atomic-alignment -isystem "$tmp/c"
(cd "$tmp/rv32" && rm smartthings.o binding.o view.o) # test_smartthings_esp32.sh has their size
size --totals "$tmp"/rv32/*.o 2>/dev/null || llvm-size --totals "$tmp"/rv32/*.o
