/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Finds the image record in a file and reads it.
 * Knows: the record's layout.   Never knows: containers, classes of a project. */
#include "host/image/record.h"

#include <string.h>

#include "host/image/kind.h"
#include "host/project.h"

/* The magic with each bit of 0x55 turned, so that this program does not hold the magic itself:
 * `aloft` is no firmware, and a firmware that links this room has still one record. Volatile, or a
 * compiler turns them back at build time. The tests find a record made by ALOFT_IMAGE with it, so
 * the two cannot drift apart. */
#define TURN 0x55u
static const volatile uint8_t turned[ALOFT_IMAGE_MAGIC_SIZE] = {
    'A' ^ TURN,  'L' ^ TURN,  'O' ^ TURN,  'F' ^ TURN,  'T' ^ TURN, 0x0d ^ TURN,
    0x0a ^ TURN, 0x1a ^ TURN, 0xd6 ^ TURN, 0x1b ^ TURN, 'i' ^ TURN, 'm' ^ TURN,
    'a' ^ TURN,  'g' ^ TURN,  'e' ^ TURN,  0x01 ^ TURN,
};

static bool is_magic(const uint8_t *at) {
    unsigned differs = 0;

    for (unsigned i = 0; i < ALOFT_IMAGE_MAGIC_SIZE; i++)
        differs |= (unsigned)(at[i] ^ turned[i]) ^ TURN;
    return differs == 0;
}

/* The next magic at or behind `from`, or the length of the file. A magic too near the end to be a
 * whole record counts too: it is a damaged file, and is told as one. */
static size_t next_magic(aloft_bytes file, size_t from) {
    while (file.len - from >= ALOFT_IMAGE_MAGIC_SIZE) {
        size_t left = file.len - from - ALOFT_IMAGE_MAGIC_SIZE + 1;
        const uint8_t *first = memchr(file.at + from, turned[0] ^ (int)TURN, left);
        if (first == NULL)
            break;
        from = (size_t)(first - file.at);
        if (is_magic(first))
            return from;
        from++;
    }
    return file.len;
}

unsigned image_record_count(aloft_bytes file, unsigned stop) {
    unsigned n = 0;

    for (size_t at = next_magic(file, 0); at < file.len && n < stop; n++)
        at = next_magic(file, at + ALOFT_IMAGE_MAGIC_SIZE);
    return n;
}

static bool is_version_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           (c != 0 && strchr("._+-", c) != NULL);
}

bool image_version_is_legal(const char *version) {
    size_t len = 0;

    while (is_version_letter(version[len]))
        len++;
    return version[len] == 0 && len >= 1 && len <= ALOFT_VERSION_MAX;
}

static bool is_printable(const char *text) {
    for (; *text != 0; text++)
        if (*text < 0x20 || *text > 0x7e)
            return false;
    return true;
}

static aloft_err wrong(struct trouble *trouble, const char *what, const char *is) {
    trouble_set(trouble, ALOFT_E_IMAGE_RECORD_FORM);
    trouble_fact(trouble, "what", "%s \"%s\"", what, is);
    return ALOFT_E_IMAGE_RECORD_FORM;
}

/* A text of the record: up to its first zero or the end of its field; `out` has one byte more. */
static void copy_text(char *out, const char *field, size_t field_size) {
    size_t len = strnlen(field, field_size);

    memcpy(out, field, len);
    out[len] = 0;
}

static aloft_err read_record(aloft_bytes file, size_t at, struct image_record *record,
                             struct trouble *trouble) {
    struct aloft_image raw;
    char number[12];

    if (file.len - at < sizeof raw)
        return wrong(trouble, "it is cut off after byte", "the end of the file");
    memcpy(&raw, file.at + at, sizeof raw);
    snprintf(number, sizeof number, "%u", raw.layout);
    if (raw.layout != 1)
        return wrong(trouble, "its layout is not 1 but", number);
    memset(record, 0, sizeof *record);
    record->at = at;
    record->length = file.len;
    record->decoder_kib = raw.decoder_kib;
    for (unsigned i = 0; i < 4; i++)
        record->encodings |= (uint32_t)raw.encodings[i] << 8 * i;
    copy_text(record->device_class, raw.device_class, sizeof raw.device_class);
    copy_text(record->version, raw.version, sizeof raw.version);
    copy_text(record->build, raw.build, sizeof raw.build);
    if (!project_class_is_legal(record->device_class))
        return wrong(trouble,
                     "the class is not vendor.domain/model/revision:", record->device_class);
    if (!image_version_is_legal(record->version))
        return wrong(trouble, "the version is not 1 to 32 of A-Za-z0-9._+-:", record->version);
    if (!is_printable(record->build))
        return wrong(trouble, "the build text is not printable:", record->build);
    return ALOFT_OK;
}

aloft_err image_refuse_by_kind(aloft_bytes file, struct trouble *trouble) {
    const struct image_kind *kind = image_kind_of(file);
    char words[IMAGE_KIND_WORDS_MAX];

    trouble_set(trouble, kind->refusal);
    trouble_fact(trouble, "kind", "%s", image_kind_words(file, words));
    if (kind->advice != NULL)
        trouble_fact(trouble, "advice", "%s", kind->advice);
    return kind->refusal;
}

aloft_err image_record_find(aloft_bytes file, struct image_record *record,
                            struct trouble *trouble) {
    size_t first = next_magic(file, 0), second;

    if (first == file.len)
        return image_refuse_by_kind(file, trouble);
    second = next_magic(file, first + ALOFT_IMAGE_MAGIC_SIZE);
    if (second < file.len) {
        trouble_set(trouble, ALOFT_E_IMAGE_TWO_RECORDS);
        trouble->fault.at = (uint32_t)first;
        trouble->fault.got = (uint32_t)second;
        return ALOFT_E_IMAGE_TWO_RECORDS;
    }
    return read_record(file, first, record, trouble);
}
