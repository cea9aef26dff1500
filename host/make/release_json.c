/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes and reads release.json.
 * Knows: the names of its fields.   Never knows: folders, what is on offer. */
#include "host/make/release_json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/hex.h"

#define FORMAT_WORD "aloft-releases-1"
/* JSON numbers are doubles: whole up to 2^53. Sequences are seconds since 1970 (manifest.md §5). */
#define NUMBER_MAX 9007199254740992.0

/* ---- out */

static void put_hex(cJSON *to, const char *name, const uint8_t *bytes, size_t len) {
    char text[2 * ALOFT_DIGEST_SIZE + 1];

    hex_write((aloft_bytes){bytes, len}, text);
    cJSON_AddStringToObject(to, name, text);
}

static void put_kids(cJSON *to, const char *name, const uint8_t (*kid)[ALOFT_KID_SIZE],
                     unsigned n) {
    cJSON *list = cJSON_AddArrayToObject(to, name);
    char text[2 * ALOFT_KID_SIZE + 1];

    for (unsigned i = 0; i < n; i++) {
        hex_write((aloft_bytes){kid[i], ALOFT_KID_SIZE}, text);
        cJSON_AddItemToArray(list, cJSON_CreateString(text));
    }
}

static void put_time(cJSON *to, const char *name, uint64_t s) {
    char text[32];
    time_t when = (time_t)s;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = 0;
    cJSON_AddStringToObject(to, name, text);
}

static void put_trust(cJSON *to, const struct release_trust *trust) {
    cJSON *o = cJSON_AddObjectToObject(to, "trust");

    cJSON_AddNumberToObject(o, "epoch", trust->epoch);
    cJSON_AddNumberToObject(o, "threshold", trust->threshold);
    cJSON_AddNumberToObject(o, "lowest", (double)trust->lowest);
    put_kids(o, "keys", trust->kid, trust->n);
    put_kids(o, "gone", trust->gone, trust->n_gone);
}

cJSON *release_json_one(const struct release *one) {
    cJSON *o = cJSON_CreateObject();

    cJSON_AddStringToObject(o, "version", one->version);
    cJSON_AddNumberToObject(o, "sequence", (double)one->sequence);
    put_time(o, "when", one->when_s);
    cJSON_AddNumberToObject(o, "size", one->size);
    put_hex(o, "digest", one->digest, sizeof one->digest);
    cJSON_AddStringToObject(o, "payload", one->payload);
    cJSON_AddStringToObject(o, "notes", one->notes);
    cJSON_AddStringToObject(o, "build", one->build);
    put_kids(o, "signed_by", one->signer, one->n_signers);
    if (one->use_before > 0)
        put_time(o, "use_before", one->use_before);
    cJSON_AddNumberToObject(o, "encodings", one->encodings);
    cJSON_AddNumberToObject(o, "decoder_kib", one->decoder_kib);
    put_hex(o, "manifest", one->manifest, sizeof one->manifest);
    if (one->trust.is_there)
        put_trust(o, &one->trust);
    return o;
}

char *release_json_write(const char *device_class, const char *channel,
                         const struct releases *all) {
    cJSON *o = cJSON_CreateObject(), *list;
    char *text, *line;

    cJSON_AddStringToObject(o, "format", FORMAT_WORD);
    cJSON_AddStringToObject(o, "class", device_class);
    cJSON_AddStringToObject(o, "channel", channel);
    list = cJSON_AddArrayToObject(o, "releases");
    for (unsigned i = all->n > RELEASES_MAX ? all->n - RELEASES_MAX : 0; i < all->n; i++)
        cJSON_AddItemToArray(list, release_json_one(&all->list[i]));
    text = cJSON_Print(o);
    cJSON_Delete(o);
    if (text == NULL || (line = realloc(text, strlen(text) + 2)) == NULL) {
        free(text);
        return NULL;
    }
    return strcat(line, "\n");
}

/* ---- in: each reader gives false for what is missing or of another form */

static bool get_number(const cJSON *from, const char *name, double max, uint64_t *out) {
    const cJSON *field = cJSON_GetObjectItemCaseSensitive(from, name);

    if (!cJSON_IsNumber(field) || !(field->valuedouble >= 0 && field->valuedouble <= max))
        return false;
    *out = (uint64_t)field->valuedouble;
    return (double)*out == field->valuedouble;
}

static bool get_u32(const cJSON *from, const char *name, uint32_t *out) {
    uint64_t wide;
    bool fits = get_number(from, name, UINT32_MAX, &wide);

    *out = fits ? (uint32_t)wide : 0;
    return fits;
}

static bool get_u8(const cJSON *from, const char *name, double max, uint8_t *out) {
    uint64_t wide;
    bool fits = get_number(from, name, max, &wide);

    *out = fits ? (uint8_t)wide : 0;
    return fits;
}

static bool get_text(const cJSON *from, const char *name, char *out, size_t out_size) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));

    if (text == NULL || strlen(text) >= out_size)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool get_hex(const cJSON *from, const char *name, uint8_t *out, size_t len) {
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(from, name));

    return text != NULL && hex_read(text, out, len);
}

static bool get_kids(const cJSON *from, const char *name, uint8_t (*kid)[ALOFT_KID_SIZE],
                     uint8_t *n) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(from, name), *item;

    *n = 0;
    if (!cJSON_IsArray(list))
        return false;
    cJSON_ArrayForEach(item, list) {
        const char *text = cJSON_GetStringValue(item);
        if (*n == ALOFT_KEYS_MAX || text == NULL || !hex_read(text, kid[*n], ALOFT_KID_SIZE))
            return false;
        ++*n;
    }
    return true;
}

static bool get_time(const cJSON *from, const char *name, uint64_t *out) {
    char text[32];
    struct tm parts = {0};
    const char *end;
    time_t when;

    if (!get_text(from, name, text, sizeof text))
        return false;
    end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    when = end != NULL && *end == 0 ? timegm(&parts) : -1;
    *out = when < 0 ? 0 : (uint64_t)when;
    return when >= 0;
}

/* One folder deep, letters of a content address only: it is joined to a path later. */
static bool is_payload_name(const char *name) {
    uint8_t head[8];
    char digits[17];

    if (strlen(name) != 23 || strncmp(name, "fw/", 3) != 0 || strcmp(name + 19, ".bin") != 0)
        return false;
    memcpy(digits, name + 3, 16);
    digits[16] = 0;
    return hex_read(digits, head, sizeof head);
}

static bool get_trust(const cJSON *from, struct release_trust *trust) {
    const cJSON *o = cJSON_GetObjectItemCaseSensitive(from, "trust");

    trust->is_there = o != NULL;
    return o == NULL ||
           (get_u32(o, "epoch", &trust->epoch) && get_u8(o, "threshold", 4, &trust->threshold) &&
            get_number(o, "lowest", NUMBER_MAX, &trust->lowest) &&
            get_kids(o, "keys", trust->kid, &trust->n) &&
            get_kids(o, "gone", trust->gone, &trust->n_gone));
}

static const char *read_one(const cJSON *o, struct release *one) {
    if (!get_text(o, "version", one->version, sizeof one->version))
        return "version";
    if (!get_number(o, "sequence", NUMBER_MAX, &one->sequence))
        return "sequence";
    if (!get_time(o, "when", &one->when_s))
        return "when";
    if (!get_u32(o, "size", &one->size) || !get_hex(o, "digest", one->digest, sizeof one->digest))
        return "size or digest";
    if (!get_text(o, "payload", one->payload, sizeof one->payload) ||
        !is_payload_name(one->payload))
        return "payload";
    if (!get_text(o, "notes", one->notes, sizeof one->notes) ||
        !get_text(o, "build", one->build, sizeof one->build))
        return "notes or build";
    if (!get_kids(o, "signed_by", one->signer, &one->n_signers))
        return "signed_by";
    if (cJSON_HasObjectItem(o, "use_before") && !get_time(o, "use_before", &one->use_before))
        return "use_before";
    if (!get_u32(o, "encodings", &one->encodings) ||
        !get_u8(o, "decoder_kib", 255, &one->decoder_kib))
        return "encodings or decoder_kib";
    if (!get_hex(o, "manifest", one->manifest, sizeof one->manifest))
        return "manifest";
    return get_trust(o, &one->trust) ? NULL : "trust";
}

static aloft_err wrong(struct trouble *trouble, unsigned number, const char *field) {
    trouble_set(trouble, ALOFT_E_RELEASES_FORM);
    trouble_fact(trouble, "what", "release number %u, field %s", number, field);
    return ALOFT_E_RELEASES_FORM;
}

aloft_err release_json_read(const char *text, struct releases *all, struct trouble *trouble) {
    static const struct release none;
    cJSON *o = cJSON_ParseWithOpts(text, NULL, true);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(o, "releases"), *item;
    char format[sizeof FORMAT_WORD] = "";
    const char *bad = NULL;

    if (!get_text(o, "format", format, sizeof format) || strcmp(format, FORMAT_WORD) != 0 ||
        !cJSON_IsArray(list) || cJSON_GetArraySize(list) > (int)RELEASES_MAX) {
        cJSON_Delete(o);
        trouble_set(trouble, ALOFT_E_RELEASES_FORM);
        trouble_fact(trouble, "what", "no JSON object of the format " FORMAT_WORD);
        return ALOFT_E_RELEASES_FORM;
    }
    cJSON_ArrayForEach(item, list) {
        releases_add(all, &none);
        bad = read_one(item, &all->list[all->n - 1]);
        if (bad != NULL)
            break;
    }
    cJSON_Delete(o);
    return bad == NULL ? ALOFT_OK : wrong(trouble, all->n, bad);
}
