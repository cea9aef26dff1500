/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of foreign bytes (a target of fuzz/) over every input of up to two bytes, and over every single change of
 * its seeds: each place where it can be cut, each bit, and, where the seed is short enough, each value of each byte.
 * The input ends where a forbidden page begins, so that one byte too far ends the program, without any sanitizer.
 *
 *   every_NAME SEED...     prints the number of inputs; what the target complains of ends it by a signal
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (1u << 20)
#define VALUES_MAX                                                                                 \
    160u /* bytes of a seed up to which each value of each byte is tried: 255 x 160 = 40,800 inputs */
#define BITS_MAX 2048u /* and each bit; of a longer one each place in so many steps */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *end; /* of what may be read */
static unsigned long n_inputs;

static void forbid_what_is_behind(void) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *at =
        mmap(NULL, ROOM + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED || mprotect(at + ROOM, page, PROT_NONE) != 0)
        abort();
    end = at + ROOM;
}

static void try(const uint8_t *bytes, size_t len) {
    memcpy(end - len, bytes, len);
    (void)LLVMFuzzerTestOneInput(end - len, len);
    n_inputs++;
}

static void try_all_short(void) {
    uint8_t bytes[2] = {0};

    try(bytes, 0);
    for (unsigned i = 0; i < 256; i++) {
        bytes[0] = (uint8_t)i;
        try(bytes, 1);
        for (unsigned k = 0; k < 256; k++) {
            bytes[1] = (uint8_t)k;
            try(bytes, 2);
        }
    }
}

static void try_changes(uint8_t *seed, size_t len) {
    size_t step = len / BITS_MAX + 1;

    try(seed, len);
    for (size_t i = 0; i < len; i += step) {
        uint8_t was = seed[i];
        try(seed, i);
        for (unsigned k = 1; k < 256; k++)
            if (len <= VALUES_MAX || (k & (k - 1)) == 0) {
                seed[i] = was ^ (uint8_t)k;
                try(seed, len);
            }
        seed[i] = was;
    }
}

int main(int argc, char **argv) {
    static uint8_t seed[ROOM];

    forbid_what_is_behind();
    try_all_short();
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (file == NULL)
            return 1;
        try_changes(seed, fread(seed, 1, sizeof seed, file));
        fclose(file);
    }
    printf("%lu\n", n_inputs);
    return 0;
}
