/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Manifest, what a device would do with it, and its payload, also resumed.
 * Knows: the device's own readers.   Never knows: sockets. */
#include "host/doctor/road_room.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "host/pubkey.h"
#include "host/rule_words.h"
#include "http/range.h"

/* ---- manifest */

/* Which of the trusted keys signed, by name or kid. */
static void list_signers(const struct road *road, char *out, size_t size) {
    aloft_bytes envelope = {road->envelope, road->envelope_len};
    size_t n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < road->keys.n && n < size; i++) {
        struct aloft_keys one = {.n = 1, .threshold = 1};
        struct aloft_manifest unused;
        char kid[PUBKEY_KID_CHARS];
        aloft_fault why = {0};
        one.key[0] = road->keys.key[i];
        if (aloft_manifest_read(envelope, &one, &unused, &why) == ALOFT_OK)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n == 0 ? "" : ", ",
                                  road->key_name[i][0] != 0 ? road->key_name[i]
                                                            : pubkey_kid_text(one.key[0].kid, kid));
    }
}

static void version_text(const struct aloft_manifest *m, char *out, size_t size) {
    size_t n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < m->n_version && n < size; i++)
        n += (size_t)snprintf(out + n, size - n, "%s%d", i == 0 ? "" : ".", (int)m->version[i]);
}

bool road_see_manifest(struct road *road) {
    struct road_row *row = &road->row[ROAD_MANIFEST];
    aloft_fault why = {0};
    char signers[200], version[64];

    if (road->keys.n == 0) {
        row->state = ROAD_NOT_CHECKED;
        snprintf(row->what, sizeof row->what,
                 "%zu bytes; no key is known here: name a project (-C) or --running IMAGE",
                 road->envelope_len);
        return false;
    }
    if (aloft_manifest_read((aloft_bytes){road->envelope, road->envelope_len}, &road->keys,
                            &road->manifest, &why) != ALOFT_OK)
        return road_broken(road, ROAD_MANIFEST, &why, "%zu bytes; expected: %s", road->envelope_len,
                           rule_words(aloft_manifest_rule(&why)));
    list_signers(road, signers, sizeof signers);
    version_text(&road->manifest, version, sizeof version);
    return road_good(road, ROAD_MANIFEST, "version %s, sequence %llu, signed by %s", version,
                     (unsigned long long)road->manifest.sequence, signers);
}

/* ---- decision */

static void say_who(const struct road *road, char *out, size_t size) {
    snprintf(out, size, "A device of class %s %s%s", road->device_class,
             road->version[0] != 0 ? "running " : "fresh from the factory", road->version);
}

/* -1, 0, 1, as versions of numbers and dots compare. Anything else does not compare: 0. */
static int compare_to(const char *version, const struct aloft_manifest *m) {
    char *end;

    for (unsigned i = 0; i < m->n_version; i++) {
        long number = strtol(version, &end, 10);
        if (end == version || (*end != '.' && *end != 0))
            return 0;
        if (number != m->version[i])
            return number < m->version[i] ? -1 : 1;
        version = *end == '.' ? end + 1 : end;
    }
    return 0;
}

bool road_see_decision(struct road *road) {
    struct aloft_verdict verdict;
    aloft_fault why = {0};
    char who[160], version[64];

    say_who(road, who, sizeof who);
    version_text(&road->manifest, version, sizeof version);
    if (aloft_manifest_judge(&road->manifest, &road->terms, &verdict, &why) != ALOFT_OK) {
        snprintf(road->would, sizeof road->would, "%s would refuse what is on offer.", who);
        return road_broken(road, ROAD_DECISION, &why, "refused; expected: %s",
                           rule_words(aloft_manifest_rule(&why)));
    }
    if (verdict.decision != ALOFT_TAKE) {
        snprintf(road->would, sizeof road->would,
                 "%s would do nothing: it runs what is on offer, %s.", who, version);
        return road_good(road, ROAD_DECISION, "nothing new");
    }
    if (road->version[0] != 0 && compare_to(road->version, &road->manifest) > 0)
        road_remark(road, ROAD_DECISION,
                    "older than what runs: a device that has confirmed %s by an update refuses it, "
                    "unless it was published anew (`aloft publish --again`)",
                    road->version);
    snprintf(road->would, sizeof road->would, "%s would now update to %s (%u bytes to fetch).", who,
             version, (unsigned)road->manifest.branch[verdict.branch].payload_size);
    return road_good(road, ROAD_DECISION, "take %s, %s", version,
                     road->manifest.branch[verdict.branch].from_digest.len > 0 ? "as a patch"
                                                                               : "the full image");
}

/* ---- payload */

/* All of it, and what comes behind byte `at`: the same bytes must come when asked for from there. */
struct tasting {
    struct aloft_hash all, tail;
    uint64_t at, n;
};

static void taste(void *self, aloft_bytes body) {
    struct tasting *t = self;
    uint64_t skip = t->n < t->at ? t->at - t->n : 0;

    aloft_hash_add(&t->all, body);
    if (skip < body.len)
        aloft_hash_add(&t->tail, (aloft_bytes){body.at + skip, body.len - (size_t)skip});
    t->n += body.len;
}

static aloft_err fetch(struct road *road, struct road_get *get, const struct aloft_branch *branch,
                       enum al_http_resume *what, aloft_fault *why) {
    struct al_http_wish wish = {.at = (uint32_t)get->from, .size = branch->payload_size};
    aloft_err e = road_get(road, get, why);

    /* the head decides first: a wrong length is a better word than a body that broke off */
    if (e != ALOFT_OK && get->head.status == 0)
        return e;
    if (al_http_resume(&get->head, &wish, what, why) != ALOFT_OK)
        return (aloft_err)why->code;
    if (get->n < wish.size - (*what == AL_HTTP_GO_ON ? wish.at : 0)) {
        *why = (aloft_fault){.code = ALOFT_E_PAYLOAD_SHORT,
                             .want = wish.size,
                             .got = (uint32_t)(get->from + get->n)};
        return ALOFT_E_PAYLOAD_SHORT;
    }
    return e;
}

static bool say_payload(struct road *road, const struct road_get *get, const aloft_fault *why) {
    return road_broken(road, ROAD_PAYLOAD, why, "GET %s from byte %llu: %u, %llu bytes came",
                       get->url, (unsigned long long)get->from, get->head.status,
                       (unsigned long long)get->n);
}

static void ignore(void *self, aloft_bytes body) {
    (void)self;
    (void)body;
}

/* A device asks for the rest of what ended early. Who begins anew then keeps it from an end. */
static void remark_rest(struct road *road, const struct road_get *cut) {
    struct road_get rest = {.url = cut->url, .from = cut->n, .most = 1, .take = ignore};
    aloft_fault ignored = {0};

    if (cut->n == 0)
        return;
    (void)!road_get(road, &rest, &ignored);
    if (rest.head.status == 206)
        road_remark(road, ROAD_PAYLOAD, "asked for the rest it goes on: a device comes to the end");
    else if (rest.head.status == 200)
        road_remark(
            road, ROAD_PAYLOAD,
            "asked for the rest it begins anew: a proxy in between cuts and takes ranges away, "
            "so no device comes to the end");
}

static bool see_resumed(struct road *road, struct road_get *get, const struct aloft_branch *branch,
                        struct tasting *whole) {
    struct tasting part = {0};
    uint8_t expected[ALOFT_DIGEST_SIZE], got[ALOFT_DIGEST_SIZE];
    enum al_http_resume what = AL_HTTP_GO_ON;
    aloft_fault why = {0};

    aloft_hash_start(&part.all);
    aloft_hash_start(&part.tail);
    get->from = whole->at;
    /* cppcheck-suppress autoVariables ; `get` is used no more when this returns */
    get->self = &part;
    memset(&get->head, 0, sizeof get->head);
    if (fetch(road, get, branch, &what, &why) != ALOFT_OK)
        return say_payload(road, get, &why);
    if (what != AL_HTTP_GO_ON) {
        why = (aloft_fault){.code = ALOFT_E_DOCTOR_NO_RANGES, .want = (uint32_t)whole->at};
        return say_payload(road, get, &why);
    }
    aloft_hash_end(&whole->tail, expected);
    aloft_hash_end(&part.all, got);
    if (memcmp(expected, got, sizeof got) != 0) {
        why = (aloft_fault){.code = ALOFT_E_DIGEST_MISMATCH};
        return say_payload(road, get, &why);
    }
    return road_good(road, ROAD_PAYLOAD, "%u bytes, digest as signed; resumed at byte %llu",
                     (unsigned)branch->payload_size, (unsigned long long)whole->at);
}

static uint64_t random_place(uint64_t size) {
    uint32_t number = 1;

    (void)!RAND_bytes((unsigned char *)&number, sizeof number);
    return size < 2 ? 0 : 1 + number % (size - 1);
}

/* The payload's URL against the manifest's. False: it stands elsewhere or does not fit. */
static bool place_of(const struct road *road, aloft_bytes uri, char *out) {
    struct al_http_url base, target;
    aloft_space room = {(uint8_t *)out, ROAD_URL_MAX};
    aloft_bytes place = {(const uint8_t *)road->place, strlen(road->place)};
    aloft_fault unused;

    if (al_http_url_split(place, &base, &unused) != ALOFT_OK ||
        al_http_url_resolve(&base, uri, &room, &unused) != ALOFT_OK ||
        al_http_url_split((aloft_bytes){room.at, room.len}, &target, &unused) != ALOFT_OK ||
        !al_http_url_same_origin(&base, &target))
        return false;
    out[room.len] = 0;
    return true;
}

/* The full image, which every device falls back to. */
bool road_see_payload(struct road *road) {
    const struct aloft_branch *branch = &road->manifest.branch[road->manifest.n_branches - 1];
    struct tasting whole = {.at = random_place(branch->payload_size)};
    char url[ROAD_URL_MAX + 1];
    struct road_get get = {.url = url, .most = branch->payload_size, .take = taste};
    uint8_t digest[ALOFT_DIGEST_SIZE];
    enum al_http_resume what = AL_HTTP_FROM_START;
    aloft_fault why = {.code = ALOFT_E_HTTP_REDIRECT, .want = 3};

    if (!place_of(road, branch->uri, url))
        return road_broken(road, ROAD_PAYLOAD, &why, "its address leads to another server");
    why = (aloft_fault){0};
    get.self = &whole;
    aloft_hash_start(&whole.all);
    aloft_hash_start(&whole.tail);
    if (fetch(road, &get, branch, &what, &why) != ALOFT_OK) {
        if (why.code == ALOFT_E_PAYLOAD_SHORT)
            remark_rest(road, &get);
        return say_payload(road, &get, &why);
    }
    aloft_hash_end(&whole.all, digest);
    if (memcmp(digest, branch->payload_sha256.at, sizeof digest) != 0) {
        why = (aloft_fault){.code = ALOFT_E_DIGEST_MISMATCH};
        return say_payload(road, &get, &why);
    }
    if (whole.at == 0)
        return road_good(road, ROAD_PAYLOAD, "%u bytes, digest as signed",
                         (unsigned)branch->payload_size);
    return see_resumed(road, &get, branch, &whole);
}
