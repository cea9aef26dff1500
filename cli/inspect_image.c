/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Tells about a firmware image: its record, and whose updates it takes.
 * Knows: words for facts.   Never knows: how they are found. */
#include "inspect.h"

#include <inttypes.h>

#include "host/hex.h"
#include "host/image/record.h"
#include "host/trust.h"

bool inspect_is_image(aloft_bytes file) {
    return image_record_count(file, 1) > 0;
}

static void tell_digest(struct inspection *i) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    char text[2 * ALOFT_DIGEST_SIZE + 1];
    struct aloft_hash hash;

    aloft_hash_start(&hash);
    aloft_hash_add(&hash, i->file);
    aloft_hash_end(&hash, digest);
    hex_write(ALOFT_BYTES(digest), text);
    inspect_number(i, "size", (double)i->file.len);
    inspect_fact(i, "sha256", "%s", text);
    inspect_say(i, "  size      %zu bytes", i->file.len);
    inspect_say(i, "  SHA-256   %s", text);
}

static void tell_key(struct inspection *i, cJSON *list, const char *what,
                     const uint8_t kid[ALOFT_KID_SIZE]) {
    char text[2 * ALOFT_KID_SIZE + 1], name[64];
    const char *file = inspect_key_file(i, kid, name, sizeof name);

    hex_write((aloft_bytes){kid, ALOFT_KID_SIZE}, text);
    cJSON_AddItemToArray(list, list == NULL ? NULL : cJSON_CreateString(text));
    inspect_say(i, "  %s   %s%s%s", what, text, file == NULL ? "" : "  ",
                file != NULL         ? file
                : i->project != NULL ? "  not a key of this project"
                                     : "");
}

static cJSON *list_of(struct inspection *i, const char *name) {
    return i->json == NULL ? NULL : cJSON_AddArrayToObject(i->json, name);
}

static void tell_trust(struct inspection *i, const struct al_trust *trust) {
    cJSON *keys = list_of(i, "keys"), *fresh = list_of(i, "fresh_keys"), *gone = list_of(i, "gone");
    struct aloft_key key;

    inspect_number(i, "threshold", trust->threshold);
    inspect_number(i, "epoch", trust->epoch);
    inspect_number(i, "lowest_sequence", (double)trust->lowest_sequence);
    inspect_say(i,
                "Devices that run it take updates signed by %u of these keys (epoch %" PRIu32 "):",
                trust->threshold, trust->epoch);
    for (unsigned k = 0; k < trust->n_firmware; k++) {
        al_trust_key(trust, k, &key);
        tell_key(i, keys, "firmware", key.kid);
    }
    for (unsigned k = 0; k < trust->n_fresh; k++) {
        al_trust_key(trust, trust->n_firmware + k, &key);
        tell_key(i, fresh, "fresh   ", key.kid);
    }
    for (unsigned k = 0; k < trust->n_gone; k++)
        tell_key(i, gone, "gone    ", al_trust_gone(trust, k));
    if (trust->lowest_sequence > 0)
        inspect_say(i, "  lowest sequence it accepts: %" PRIu64, trust->lowest_sequence);
}

aloft_err inspect_image(struct inspection *i) {
    struct image_record record;
    struct al_trust trust;
    aloft_err e = image_record_find(i->file, &record, i->trouble);

    if (e != ALOFT_OK) {
        trouble_fact(i->trouble, "file", "%s", i->path);
        return e;
    }
    inspect_fact(i, "class", "%s", record.device_class);
    inspect_fact(i, "version", "%s", record.version);
    inspect_fact(i, "build", "%s", record.build);
    inspect_number(i, "encodings", record.encodings);
    inspect_number(i, "decoder_kib", record.decoder_kib);
    inspect_say(i, "A firmware image: version %s for %s", record.version, record.device_class);
    if (record.build[0] != 0)
        inspect_say(i, "  build     %s", record.build);
    tell_digest(i);
    inspect_esp_facts(i);
    e = trust_find(i->file, i->path, &trust, i->trouble);
    if (e == ALOFT_OK)
        tell_trust(i, &trust);
    else if (e == ALOFT_E_TRUST_NONE)
        inspect_say(i, "It holds no trust record: devices must be told their keys otherwise.");
    return e == ALOFT_E_TRUST_NONE ? ALOFT_OK : e;
}
