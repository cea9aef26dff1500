/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes the header that a firmware includes, and reads the record in it.
 * Knows: the macros of include/aloft/image.h.   Never knows: files, projects' keys. */
#include "trust_header.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hex.h"
#include "pubkey.h"

#define BEGIN        "ALOFT_TRUST(\n    ALOFT_LIST("
#define BYTES_A_LINE 12u

struct text {
    char *at;
    size_t len;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *format, ...) {
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(t->at + t->len, TRUST_HEADER_MAX - t->len, format, arguments);
    va_end(arguments);
    if (len > 0 && (size_t)len < TRUST_HEADER_MAX - t->len)
        t->len += (size_t)len;
}

static void put_keys(struct text *t, const char *what, const struct aloft_key *key, unsigned n) {
    char kid[PUBKEY_KID_CHARS];

    for (unsigned i = 0; i < n; i++)
        put(t, " * %s %s, %s\n", what, pubkey_kid_text(key[i].kid, kid),
            key[i].type == ALOFT_KEY_P256 ? "P-256" : "Ed25519");
}

static void put_comment(struct text *t, const struct trust_draft *d, const char *of_class) {
    char kid[PUBKEY_KID_CHARS];

    put(t,
        "/* Made by `aloft key image` for %s.\n"
        " * Include it in one C file of the firmware, beside ALOFT_IMAGE(...). Do not edit: epoch "
        "and\n"
        " * keys that are gone are read from here when it is made again.\n"
        " * epoch %u, %u of the firmware keys must sign, lowest sequence %llu\n",
        of_class, (unsigned)d->epoch, d->threshold, (unsigned long long)d->lowest_sequence);
    put_keys(t, "firmware key", d->firmware, d->n_firmware);
    put_keys(t, "freshness key", d->fresh, d->n_fresh);
    for (unsigned i = 0; i < d->n_gone; i++)
        put(t, " * trusted no more: %s\n", pubkey_kid_text(d->gone[i], kid));
    put(t, " */\n");
}

static void put_bytes(struct text *t, const uint8_t *at, size_t len, const char *new_line) {
    for (size_t i = 0; i < len; i++)
        put(t, "%s0x%02x", i == 0 ? "" : i % BYTES_A_LINE == 0 ? new_line : ", ", at[i]);
}

static void put_channel(struct text *t, const char *of_class, const char *channel) {
    uint8_t vendor_id[16], class_id[16];

    project_ids(of_class, channel, vendor_id, class_id);
    put(t, "        {\"%s\",\n         {", channel);
    put_bytes(t, vendor_id, sizeof vendor_id, ",\n          ");
    put(t, "},\n         {");
    put_bytes(t, class_id, sizeof class_id, ",\n          ");
    put(t, "}}");
}

size_t trust_header_write(const struct trust_draft *draft, const struct project_class *of_class,
                          char out[TRUST_HEADER_MAX]) {
    struct text t = {out, 0};
    uint8_t record[AL_TRUST_MAX_SIZE];
    size_t len = trust_write(draft, record);

    put_comment(&t, draft, of_class->name);
    put(&t, "#ifndef ALOFT_TRUST_H\n#define ALOFT_TRUST_H\n\n#include <aloft/image.h>\n\n" BEGIN);
    put_bytes(&t, record, len, ",\n        ");
    put(&t, "),\n    ALOFT_LIST(\n");
    for (unsigned i = 0; i < of_class->n_channels; i++) {
        put_channel(&t, of_class->name, of_class->channel[i]);
        put(&t, i + 1 < of_class->n_channels ? ",\n" : "));\n\n#endif\n");
    }
    return t.len;
}

/* ---- reading: 0x41, 0x4c, ... up to the first closing bracket */

static bool read_byte(const char **at, uint8_t *out) {
    char digits[3] = {0};

    *at += strspn(*at, " ,\n\r\t");
    if ((*at)[0] != '0' || (*at)[1] != 'x' || !isxdigit((unsigned char)(*at)[2]) ||
        !isxdigit((unsigned char)(*at)[3]))
        return false;
    memcpy(digits, *at + 2, 2);
    *out = (uint8_t)strtoul(digits, NULL, 16);
    *at += 4;
    return true;
}

static aloft_err refuse(const char *file, const char *what, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_TRUST_HEADER);
    trouble_fact(trouble, "file", "%s", file);
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_TRUST_HEADER;
}

aloft_err trust_header_read(const char *text, const char *file, struct trust_draft *draft,
                            struct trouble *trouble) {
    const char *at = strstr(text, BEGIN);
    uint8_t record[AL_TRUST_MAX_SIZE];
    struct al_trust trust;
    struct trouble inside;
    size_t len = 0;

    if (at == NULL)
        return refuse(file, "it does not hold ALOFT_TRUST(ALOFT_LIST(...", trouble);
    at += strlen(BEGIN);
    while (len < sizeof record && read_byte(&at, &record[len]))
        len++;
    if (*at != ')' || trust_read((aloft_bytes){record, len}, file, &trust, &inside) != ALOFT_OK)
        return refuse(file, "the record in it is damaged", trouble);
    trust_draft_of(&trust, draft);
    return ALOFT_OK;
}
