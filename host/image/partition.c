/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. Reads partition tables.
 * Knows: the binary and the text form.   Never knows: images. */
#include "host/image/partition.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/evp.h>

#define ENTRY 32u
#define TABLE_AT                                                                                   \
    0x8000u /* CONFIG_PARTITION_TABLE_OFFSET's default; the first partition follows at 0x9000 */
#define TABLE_ROOM 0xC00u

static uint32_t u32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static aloft_err wrong(struct trouble *trouble, size_t at, const char *what) {
    trouble_set(trouble, ALOFT_E_PARTITIONS_FORM);
    trouble->fault.at = (uint32_t)at;
    trouble_fact(trouble, "what", "%s", what);
    return ALOFT_E_PARTITIONS_FORM;
}

/* ---- binary */

static void check_md5(aloft_bytes file, size_t at, struct partition_table *table) {
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;

    table->has_md5 = true;
    EVP_Digest(file.at, at, digest, &size, EVP_md5(), NULL);
    table->md5_holds = size == 16 && memcmp(digest, file.at + at + 16, 16) == 0;
}

static void read_entry(const uint8_t *p, struct partition *out) {
    out->type = p[2];
    out->subtype = p[3];
    out->at = u32(p + 4);
    out->size = u32(p + 8);
    aloft_printable((aloft_bytes){p + 12, strnlen((const char *)p + 12, 16)}, out->label,
                    sizeof out->label);
    out->flags = u32(p + 28);
}

static aloft_err read_binary(aloft_bytes file, struct partition_table *table,
                             struct trouble *trouble) {
    size_t room = file.len < TABLE_ROOM ? file.len : TABLE_ROOM;

    for (size_t at = 0; at + ENTRY <= room; at += ENTRY) {
        const uint8_t *p = file.at + at;
        if (p[0] == 0xEB && p[1] == 0xEB)
            check_md5(file, at, table);
        else if (p[0] == 0xFF && p[1] == 0xFF)
            return ALOFT_OK;
        else if (p[0] != 0xAA || p[1] != 0x50 || table->n == PARTITIONS_MAX)
            return wrong(trouble, at, "an entry does not begin with aa 50");
        else
            read_entry(p, &table->list[table->n++]);
    }
    return ALOFT_OK;
}

/* ---- text: Name, Type, SubType, Offset, Size, Flags */

struct word {
    const char *name;
    int number;
};

static const struct word types[] = {
    {"app", 0}, {"data", 1}, {"bootloader", 2}, {"partition_table", 3}, {NULL, -1}};
static const struct word app_subtypes[] = {{"factory", 0}, {"test", 0x20}, {NULL, -1}};
static const struct word data_subtypes[] = {{"ota", 0},         {"phy", 1},      {"nvs", 2},
                                            {"coredump", 3},    {"nvs_keys", 4}, {"efuse", 5},
                                            {"undefined", 6},   {"fat", 0x81},   {"spiffs", 0x82},
                                            {"littlefs", 0x83}, {NULL, -1}};

static int number_of(const struct word *words, const char *name) {
    char *end;
    long n;

    for (; words->name != NULL; words++)
        if (strcmp(words->name, name) == 0)
            return words->number;
    n = strtol(name, &end, 0);
    return *name != 0 && *end == 0 && n >= 0 && n < 256 ? (int)n : -1;
}

static int subtype_of(int type, const char *name) {
    if (type == 0 && strncmp(name, "ota_", 4) == 0) {
        char *end;
        long slot = strtol(name + 4, &end, 10);
        return end != name + 4 && *end == 0 && slot >= 0 && slot < 16 ? 0x10 + (int)slot : -1;
    }
    if (type > 1 || *name == 0)
        return *name == 0 ? 0 : number_of(app_subtypes, name);
    return number_of(type == 0 ? app_subtypes : data_subtypes, name);
}

/* "0x10000", "1M", "512K", "4096"; an empty text is 0. False for anything else. */
static bool size_of(const char *text, uint32_t *out) {
    char *end;
    unsigned long n = strtoul(text, &end, 0);

    if (*end == 'K' || *end == 'k')
        n *= 1024, end++;
    else if (*end == 'M' || *end == 'm')
        n *= 1024 * 1024, end++;
    *out = (uint32_t)n;
    return *end == 0 && n <= 0x10000000ul && text[0] != '-';
}

static char *trim(char *text) {
    char *end;

    while (isspace((unsigned char)*text))
        text++;
    end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = 0;
    return text;
}

static void split(char *line, char *field[6]) {
    for (unsigned i = 0; i < 6; i++) {
        char *comma = strchr(line, ',');
        if (comma != NULL)
            *comma = 0;
        field[i] = trim(line);
        line = comma == NULL ? line + strlen(line) : comma + 1;
    }
}

/* Without an offset a partition follows the one before: applications at 64 KB, others at 4 KB. */
static uint32_t place_of(const struct partition_table *table, int type) {
    const struct partition *last = table->n == 0 ? NULL : &table->list[table->n - 1];
    uint32_t at = last == NULL ? TABLE_AT + 0x1000u : last->at + last->size;
    uint32_t align = type == 0 ? 0x10000u : 0x1000u;

    return (at + align - 1) / align * align;
}

static aloft_err read_line(char *line, size_t number, struct partition_table *table,
                           struct trouble *trouble) {
    struct partition *p = &table->list[table->n];
    char *field[6];
    int type, subtype;

    split(line, field);
    type = number_of(types, field[1]);
    subtype = type < 0 ? -1 : subtype_of(type, field[2]);
    if (type < 0 || subtype < 0)
        return wrong(trouble, number, "type or subtype is not known");
    if (!size_of(field[3], &p->at) || !size_of(field[4], &p->size) || p->size == 0)
        return wrong(trouble, number, "offset or size is not a number");
    if (field[3][0] == 0)
        p->at = place_of(table, type);
    aloft_printable((aloft_bytes){(const uint8_t *)field[0], strlen(field[0])}, p->label,
                    sizeof p->label);
    p->type = (uint8_t)type;
    p->subtype = (uint8_t)subtype;
    p->flags = (strstr(field[5], "encrypted") != NULL ? 1u : 0) |
               (strstr(field[5], "readonly") != NULL ? 2u : 0);
    table->n++;
    return ALOFT_OK;
}

static aloft_err read_text(aloft_bytes file, struct partition_table *table,
                           struct trouble *trouble) {
    size_t at = 0, number = 0;
    char line[256];

    while (at < file.len) {
        const uint8_t *end = memchr(file.at + at, '\n', file.len - at);
        size_t len = end == NULL ? file.len - at : (size_t)(end - (file.at + at));
        number++;
        if (len >= sizeof line || memchr(file.at + at, 0, len) != NULL)
            return wrong(trouble, number, "a line is longer than 255 bytes, or no text");
        memcpy(line, file.at + at, len);
        line[len] = 0;
        line[strcspn(line, "#")] = 0;
        at += len + 1;
        if (*trim(line) == 0)
            continue;
        if (table->n == PARTITIONS_MAX)
            return wrong(trouble, number, "more than 95 partitions");
        aloft_err e = read_line(line, number, table, trouble);
        if (e != ALOFT_OK)
            return e;
    }
    return table->n > 0 ? ALOFT_OK : wrong(trouble, number, "there is no partition in it");
}

static bool begins_table(aloft_bytes file) {
    return file.len >= ENTRY && file.at[0] == 0xAA && file.at[1] == 0x50;
}

aloft_err partition_table_read(aloft_bytes file, struct partition_table *table,
                               struct trouble *trouble) {
    aloft_bytes inside = {file.at + TABLE_AT, file.len - TABLE_AT};

    memset(table, 0, sizeof *table);
    if (begins_table(file))
        return read_binary(file, table, trouble);
    if (file.len > TABLE_AT && begins_table(inside))
        return read_binary(inside, table, trouble);
    return read_text(file, table, trouble);
}

static bool is_slot(const struct partition *p) {
    return p->type == 0 && p->subtype >= 0x10 && p->subtype < 0x20;
}

unsigned partition_n_slots(const struct partition_table *table) {
    unsigned n = 0;

    for (unsigned i = 0; i < table->n; i++)
        n += is_slot(&table->list[i]);
    return n;
}

uint32_t partition_smallest_slot(const struct partition_table *table) {
    uint32_t smallest = UINT32_MAX;

    for (unsigned i = 0; i < table->n; i++)
        if (is_slot(&table->list[i]) && table->list[i].size < smallest)
            smallest = table->list[i].size;
    return partition_n_slots(table) >= 2 ? smallest : 0;
}

bool partition_has_otadata(const struct partition_table *table) {
    for (unsigned i = 0; i < table->n; i++)
        if (table->list[i].type == 1 && table->list[i].subtype == 0)
            return true;
    return false;
}

void partition_table_say(const struct partition_table *table, FILE *to) {
    uint32_t slot = partition_smallest_slot(table);

    fprintf(to, "A partition table with %u entries", table->n);
    if (table->has_md5)
        fputs(table->md5_holds ? "; its MD5 is right" : "; its MD5 IS WRONG", to);
    fputs(".\n", to);
    for (unsigned i = 0; i < table->n; i++)
        fprintf(to, "  %-16s type %u/0x%02x at 0x%06x, %u KiB\n", table->list[i].label,
                table->list[i].type, table->list[i].subtype, table->list[i].at,
                table->list[i].size / 1024);
    if (slot == 0)
        fputs("It has no two ota_N slots: devices with it cannot update over the air.\n", to);
    else
        fprintf(to, "Updates of up to %u bytes fit%s.\n", slot,
                partition_has_otadata(table)
                    ? ""
                    : ", but it has no otadata partition, so none would ever start");
}

struct cJSON *partition_table_json(const struct partition_table *table) {
    cJSON *o = cJSON_CreateObject(), *list;

    cJSON_AddStringToObject(o, "format", "ESP partition table");
    cJSON_AddNumberToObject(o, "smallest_slot", partition_smallest_slot(table));
    cJSON_AddNumberToObject(o, "slots", partition_n_slots(table));
    cJSON_AddBoolToObject(o, "has_otadata", partition_has_otadata(table));
    list = cJSON_AddArrayToObject(o, "partitions");
    for (unsigned i = 0; i < table->n; i++) {
        const struct partition *p = &table->list[i];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "label", p->label);
        cJSON_AddNumberToObject(one, "type", p->type);
        cJSON_AddNumberToObject(one, "subtype", p->subtype);
        cJSON_AddNumberToObject(one, "at", p->at);
        cJSON_AddNumberToObject(one, "size", p->size);
        cJSON_AddItemToArray(list, one);
    }
    return o;
}
