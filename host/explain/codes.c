/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. The tables of known numbers, lines and stories.
 * Knows: errno.def, codes.def, lines.def, stories.def.   Never knows: where a number was met. */
#include "explain.h"

#include <string.h>

#include <aloft/error.h>

static const struct explain_code codes[] = {
#define N(name, newlib, linux, lwip, mark, means, next)                                            \
    {EXPLAIN_NEWLIB, mark, newlib, #name, means, next, "newlib sys/errno.h"},
#include "errno.def"
#undef N
#define N(name, newlib, linux, lwip, mark, means, next)                                            \
    {EXPLAIN_LINUX, mark, linux, #name, means, next, "Linux asm-generic/errno.h"},
#include "errno.def"
#undef N
#define N(name, newlib, linux, lwip, mark, means, next)                                            \
    {EXPLAIN_LWIP, mark, lwip, #name, means, next, "lwip/errno.h"},
#include "errno.def"
#undef N
#define C(family, number, name, mark, means, next, source)                                         \
    {EXPLAIN_##family, mark, number, #name, means, next, source},
#include "codes.def"
#undef C
};

#define N_CODES (sizeof codes / sizeof codes[0])

const struct explain_line explain_lines[] = {
#define L(text, family, mark, means, next, source)                                                 \
    {text, EXPLAIN_##family, mark, means, next, source},
#include "lines.def"
#undef L
};
const size_t explain_n_lines = sizeof explain_lines / sizeof explain_lines[0];

const struct explain_story explain_stories[] = {
#define B(mark) EXPLAIN_BIT(MARK_##mark)
#define S(all, any, none, sure, cause, innocent, next)                                             \
    {all, any, none, sure, cause, innocent, next},
#include "stories.def"
#undef S
#undef B
};
const size_t explain_n_stories = sizeof explain_stories / sizeof explain_stories[0];

const struct explain_code *explain_code_at(size_t i) {
    return i < N_CODES ? &codes[i] : NULL;
}

const struct explain_code *explain_code_of(enum explain_family family, int32_t number) {
    for (size_t i = 0; i < N_CODES; i++)
        if (codes[i].family == family && codes[i].number == number)
            return &codes[i];
    return NULL;
}

const struct explain_code *explain_code_named(aloft_bytes name) {
    for (size_t i = 0; i < N_CODES; i++)
        if (strlen(codes[i].name) == name.len && memcmp(codes[i].name, name.at, name.len) == 0)
            return &codes[i];
    return NULL;
}

const char *explain_family_name(enum explain_family family) {
    static const char *const names[EXPLAIN_N_FAMILIES] = {
        "errno of newlib (ESP32)",
        "errno of Linux",
        "errno of lwIP's own table",
        "ESP-IDF (esp_err_t)",
        "mbedTLS",
        "PSA crypto",
        "lwIP (err_t)",
        "state of a slot (otadata)",
        "flags of a certificate check",
        "curl",
        "name resolution (lwIP)",
        "TLS alert",
        "Arduino's HTTPClient and HTTPUpdate",
        "progress in percent",
        "chip id of an image",
        "aloft",
        "",
    };

    return names[family];
}
