/* SPDX-License-Identifier: Apache-2.0 */
/* Door: errors. A code says what kind of trouble, a fault carries the facts, a sentence is made of
 * both by whoever speaks to a person.
 *
 * Example:
 *     aloft_fault why = {0};
 *     char text[ALOFT_SENTENCE_MAX];
 *     if (aloft_start(&device, &config, &why) != ALOFT_OK)
 *         puts(aloft_explain(&why, NULL, 0, text, sizeof text));
 */
#ifndef ALOFT_ERROR_H
#define ALOFT_ERROR_H

#include "bytes.h"

/** How long to wait before the same thing is worth another try. */
enum aloft_retry {
    ALOFT_RETRY_NOW,   /* at once, once */
    ALOFT_RETRY_LATER, /* after a back-off */
    ALOFT_RETRY_NEVER, /* only something else can help: another manifest, a person */
};

/** Every code there is; errors.def is the only list. ALOFT_WAIT is no error: "not yet, call again". */
typedef enum {
    ALOFT_OK = 0,
    ALOFT_WAIT = 1,
#define E(name, number, where, retry, sentence, advice) ALOFT_E_##name = number,
#include "errors.def"
#undef E
} aloft_err;

/** Codes 0x05xx are alarms: somebody may be lying to the device. The program exits 3 on them. */
#define ALOFT_IS_ALERT(code) ((unsigned)(code) >> 8 == 0x05u)

/** What the device was doing when it met the fault. */
enum aloft_step_name {
    ALOFT_STEP_NONE,
    ALOFT_STEP_START,    /* reading settings, records and keys */
    ALOFT_STEP_CHECK,    /* asking for the manifest */
    ALOFT_STEP_VERIFY,   /* reading and checking the manifest */
    ALOFT_STEP_FETCH,    /* fetching and writing the payload */
    ALOFT_STEP_READBACK, /* reading the slot back */
    ALOFT_STEP_SWITCH,   /* making the new slot bootable */
    ALOFT_STEP_BOOT,     /* the boot stage */
    ALOFT_STEP_TRIAL,    /* the new image proving itself */
    ALOFT_STEP_REPORT,   /* telling the server */
};

/** Whose number stands in `raw`. */
enum aloft_origin {
    ALOFT_ORIGIN_NONE,
    ALOFT_ORIGIN_LINUX,   /* errno of Linux */
    ALOFT_ORIGIN_NEWLIB,  /* errno of newlib or picolibc, as on ESP-IDF */
    ALOFT_ORIGIN_MBEDTLS, /* -0x7fff..0 */
    ALOFT_ORIGIN_OPENSSL, /* ERR_get_error, low 32 bits */
    ALOFT_ORIGIN_HTTP,    /* status of an answer */
    ALOFT_ORIGIN_TLS,     /* alert number, RFC 8446 §6 */
    ALOFT_ORIGIN_ESP,     /* esp_err_t */
    ALOFT_ORIGIN_DNS,     /* EAI_ codes */
};

/** A fault: 20 bytes and no text, so that the smallest device can keep and send it. Filled once, at
 * the place that knows; every level above passes it on untouched. First fault wins. */
typedef struct {
    uint16_t code;  /* aloft_err */
    uint8_t step;   /* enum aloft_step_name */
    uint8_t origin; /* enum aloft_origin */
    int32_t raw;    /* the number of the layer below, as it gave it */
    uint32_t at;    /* byte offset where it makes sense, else 0 */
    uint32_t want;  /* what was expected; for manifest rules the R-number of FORMAT.md */
    uint32_t got;   /* what was met */
} aloft_fault;

/** A fact for a sentence: the word between percent signs in errors.def, and what stands for it.
 * Text from outside must be made printable by whoever adds it (see aloft_printable). */
struct aloft_fact {
    const char *name;
    const char *text;
};

/** Longest sentence that aloft_explain writes, with its terminating zero. */
#define ALOFT_SENTENCE_MAX 640u

/**
 * Turn a fault into sentences: what happened, what to do next, and the number last.
 *
 * Takes   facts  n of them, read only during this call; NULL with n = 0 is allowed. `%want%`,
 *                `%got%`, `%at%` and `%raw%` come from the fault itself.
 *                A placeholder `%name|words%` without a fact becomes `words`.
 *         out    room for the text, always terminated; a text that does not fit ends in "...".
 * Gives   out.
 * Costs   no heap; linear in the length of the text.
 */
const char *aloft_explain(const aloft_fault *why, const struct aloft_fact *facts, size_t n,
                          char *out, size_t out_size);

/** The name of a code as errors.def has it ("NET_REFUSED"), or "UNKNOWN". Static text. */
const char *aloft_err_name(unsigned code);

/** When the same thing is worth another try. Unknown codes: ALOFT_RETRY_LATER. */
enum aloft_retry aloft_err_retry(unsigned code);

/** Copy text from outside with everything but printable ASCII replaced by '?'; always terminated. */
void aloft_printable(aloft_bytes from, char *out, size_t out_size);

#endif
