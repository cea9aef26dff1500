/* SPDX-License-Identifier: Apache-2.0 */
/* Room: base. Turns a fault into sentences; the only place that knows errors.def's texts.
 * Knows: errors.def.   Never knows: where the text goes, and who is asking. */
#include <aloft/error.h>

#include <string.h>

enum place { DEVICE, HOST };

struct row {
    uint16_t number;
    uint8_t retry;
    const char *name;
    const char *sentence;
    const char *advice;
};

/* A device build defines ALOFT_DEVICE_BUILD: host rows keep their number and lose their text. */
#ifdef ALOFT_DEVICE_BUILD
#define TEXT_OF(where, text) ((where) == DEVICE ? (text) : "")
#else
#define TEXT_OF(where, text) (text)
#endif
#define NOW   ALOFT_RETRY_NOW
#define LATER ALOFT_RETRY_LATER
#define NEVER ALOFT_RETRY_NEVER

static const struct row rows[] = {
#define E(name, number, where, retry, sentence, advice)                                            \
    {number, retry, #name, TEXT_OF(where, sentence), TEXT_OF(where, advice)},
#include <aloft/errors.def>
#undef E
};

#define N_ROWS (sizeof rows / sizeof rows[0])

static const struct row *find(unsigned code) {
    for (size_t i = 0; i < N_ROWS; i++)
        if (rows[i].number == code)
            return &rows[i];
    return NULL;
}

const char *aloft_err_name(unsigned code) {
    const struct row *row = find(code);

    if (code == ALOFT_OK)
        return "OK";
    if (code == ALOFT_WAIT)
        return "WAIT";
    return row == NULL ? "UNKNOWN" : row->name;
}

enum aloft_retry aloft_err_retry(unsigned code) {
    const struct row *row = find(code);

    return row == NULL ? ALOFT_RETRY_LATER : (enum aloft_retry)row->retry;
}

void aloft_printable(aloft_bytes from, char *out, size_t out_size) {
    size_t n = 0;

    if (out_size == 0)
        return;
    for (; n < from.len && n + 1 < out_size; n++)
        out[n] = from.at[n] >= 0x20 && from.at[n] < 0x7f ? (char)from.at[n] : '?';
    out[n] = 0;
}

/* ---- a text that grows and never overflows */

struct text {
    char *at;
    size_t size, len;
};

static void put(struct text *t, const char *from, size_t len) {
    for (size_t i = 0; i < len && t->len + 1 < t->size; i++)
        t->at[t->len++] = from[i];
}

/* strlen, strchr and memchr are not among the four functions that src/ asks of its platform. */
static size_t text_len(const char *text) {
    size_t len = 0;

    while (text[len] != 0)
        len++;
    return len;
}

/* Where a character stands in the first `len` bytes, `len` if nowhere. */
static size_t find_char(const char *text, size_t len, char c) {
    size_t i = 0;

    while (i < len && text[i] != c)
        i++;
    return i;
}

static void put_text(struct text *t, const char *from) {
    put(t, from, text_len(from));
}

static void put_number(struct text *t, uint32_t number, unsigned base) {
    char digits[10];
    size_t n = sizeof digits;

    do {
        digits[--n] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number > 0);
    put(t, digits + n, sizeof digits - n);
}

static void put_signed(struct text *t, int32_t number) {
    uint32_t size = number < 0 ? 0u - (uint32_t)number : (uint32_t)number;

    if (number < 0)
        put_text(t, "-");
    put_number(t, size, 10);
}

/* ---- placeholders: %want%, %name|words% */

static int is_word(const char *at, size_t len, const char *word) {
    return text_len(word) == len && memcmp(at, word, len) == 0;
}

static int put_of_fault(struct text *t, const aloft_fault *why, const char *name, size_t len) {
    static const char *const words[] = {"want", "got", "at"};
    const uint32_t values[] = {why->want, why->got, why->at};

    if (is_word(name, len, "raw")) {
        put_signed(t, why->raw);
        return 1;
    }
    for (size_t i = 0; i < 3; i++)
        if (is_word(name, len, words[i])) {
            put_number(t, values[i], 10);
            return 1;
        }
    return 0;
}

/* What is no fact of the fault has words of its own: tools/check-errors. */
static void put_placeholder(struct text *t, const char *inside, size_t len, const aloft_fault *why,
                            const struct aloft_fact *facts, size_t n) {
    size_t name = find_char(inside, len, '|');

    for (size_t i = 0; i < n; i++)
        if (is_word(inside, name, facts[i].name)) {
            put_text(t, facts[i].text);
            return;
        }
    if (!put_of_fault(t, why, inside, name))
        put(t, inside + name + 1, len - name - 1);
}

static void put_sentence(struct text *t, const char *sentence, const aloft_fault *why,
                         const struct aloft_fact *facts, size_t n) {
    size_t len = text_len(sentence);

    while (len > 0) {
        size_t open = find_char(sentence, len, '%');
        size_t inside = open < len ? find_char(sentence + open + 1, len - open - 1, '%') : 0;
        put(t, sentence, open);
        if (open + 1 + inside >= len) { /* no placeholder, or one that does not end */
            put(t, sentence + open, len - open);
            return;
        }
        put_placeholder(t, sentence + open + 1, inside, why, facts, n);
        sentence += open + inside + 2;
        len -= open + inside + 2;
    }
}

/* ---- the number comes last: [0x0203 while connecting; newlib errno 118] */

static const char *const step_words[] = {
    "",
    " while starting",
    " while checking for an update",
    " while checking the manifest",
    " while downloading",
    " while reading the slot back",
    " while switching",
    " while booting",
    " while on trial",
    " while reporting",
};

static const char *const origin_words[] = {
    "",        "; Linux errno ", "; newlib errno ", "; mbedTLS ",  "; OpenSSL ",
    "; HTTP ", "; TLS alert ",   "; esp_err ",      "; resolver ",
};

static void put_tail(struct text *t, const aloft_fault *why) {
    static const char zeros[] = "000";
    size_t digits = why->code > 0xfff ? 0 : why->code > 0xff ? 1 : why->code > 0xf ? 2 : 3;

    put_text(t, "  [0x");
    put(t, zeros, digits);
    put_number(t, why->code, 16);
    if (why->step < sizeof step_words / sizeof step_words[0])
        put_text(t, step_words[why->step]);
    if (why->origin > 0 && why->origin < sizeof origin_words / sizeof origin_words[0]) {
        put_text(t, origin_words[why->origin]);
        put_signed(t, why->raw);
    }
    put_text(t, "]");
}

const char *aloft_explain(const aloft_fault *why, const struct aloft_fact *facts, size_t n,
                          char *out, size_t out_size) {
    struct text t = {out, out_size, 0};
    const struct row *row = find(why->code);

    if (out_size == 0)
        return out;
    if (why->code == ALOFT_OK) {
        put_text(&t, "Nothing is wrong.");
    } else {
        put_sentence(&t,
                     row == NULL ? "A newer aloft reported a fault that this one does not know."
                                 : row->sentence,
                     why, facts, n);
        put_text(&t, " ");
        put_sentence(&t, row == NULL ? "Update this program." : row->advice, why, facts, n);
        put_tail(&t, why);
    }
    if (t.len + 1 == t.size && t.size > 4)
        memcpy(out + t.len - 3, "...", 3);
    out[t.len] = 0;
    return out;
}
