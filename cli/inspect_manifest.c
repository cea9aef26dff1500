/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Tells about a manifest: who signed it, and what it says.
 * Knows: words for facts, the keys of a project.   Never knows: what a device would do with it (verify does).
 */
#include "inspect.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cbor/cbor.h"
#include "host/hex.h"
#include "host/keys.h"
#include "suit/suit.h"

#define SIGNERS_MAX 4u /* FORMAT.md R6 */

bool inspect_is_manifest(aloft_bytes file) {
    return file.len >= 2 && file.at[0] == 0xd8 && file.at[1] == 0x6b; /* CBOR tag 107 */
}

/* ---- who claims to have signed: read without trust */

struct claims {
    uint8_t kid[SIGNERS_MAX][ALOFT_KID_SIZE];
    unsigned n;
};

/* {1: alg, 4: kid} of one COSE_Sign1, or false. */
static bool read_kid(aloft_bytes block, uint8_t kid[ALOFT_KID_SIZE]) {
    struct al_cbor r;
    aloft_bytes found;

    al_cbor_start(&r, block, 1);
    al_cbor_walk(&r);
    al_cbor_tag(&r, 18);
    (void)al_cbor_array(&r);
    (void)al_cbor_enter(&r);
    (void)al_cbor_map(&r);
    al_cbor_expect(&r, 1);
    (void)al_cbor_int(&r);
    al_cbor_expect(&r, 4);
    found = al_cbor_bytes(&r);
    if (r.failed != 0 || found.len != ALOFT_KID_SIZE)
        return false;
    memcpy(kid, found.at, ALOFT_KID_SIZE);
    return true;
}

static void read_claims(aloft_bytes envelope, struct claims *claims) {
    struct al_cbor r;
    size_t n;

    claims->n = 0;
    al_cbor_start(&r, envelope, 1);
    al_cbor_walk(&r);
    al_cbor_tag(&r, 107);
    (void)al_cbor_map(&r);
    al_cbor_expect(&r, 2);
    (void)al_cbor_enter(&r);
    n = al_cbor_array(&r);
    (void)al_cbor_bytes(&r);
    for (; n > 1 && r.failed == 0 && claims->n < SIGNERS_MAX; n--)
        if (read_kid(al_cbor_bytes(&r), claims->kid[claims->n]))
            claims->n++;
}

/* ---- the keys of the project among them */

static void find_keys(const struct inspection *i, const struct claims *claims,
                      struct aloft_keys *keys) {
    struct keyring known;
    struct trouble unused;

    *keys = (struct aloft_keys){.threshold = 1};
    if (i->project == NULL || keys_known(i->project, &known, &unused) != ALOFT_OK)
        return;
    for (unsigned c = 0; c < claims->n; c++)
        for (unsigned k = 0; k < known.n; k++)
            if (keys->n < ALOFT_KEYS_MAX && known.key[k].role == KEY_FIRMWARE &&
                memcmp(known.key[k].key.kid, claims->kid[c], ALOFT_KID_SIZE) == 0)
                keys->key[keys->n++] = known.key[k].key;
}

static bool is_ours(const struct aloft_keys *keys, const uint8_t *kid) {
    for (unsigned k = 0; k < keys->n; k++)
        if (memcmp(keys->key[k].kid, kid, ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

static void tell_signers(struct inspection *i, const struct claims *claims,
                         const struct aloft_keys *keys) {
    cJSON *list = i->json == NULL ? NULL : cJSON_AddArrayToObject(i->json, "signed_by");
    char kid[2 * ALOFT_KID_SIZE + 1], name[64];

    for (unsigned c = 0; c < claims->n; c++) {
        const char *file = inspect_key_file(i, claims->kid[c], name, sizeof name);
        hex_write((aloft_bytes){claims->kid[c], ALOFT_KID_SIZE}, kid);
        if (list != NULL)
            cJSON_AddItemToArray(list, cJSON_CreateString(kid));
        inspect_say(i, "  signed by     %s  %s", kid,
                    is_ours(keys, claims->kid[c]) ? file
                                                  : "a key that is not known here: not checked");
    }
}

/* ---- what it says */

static void tell_hex(const struct inspection *i, const char *name, const char *words,
                     aloft_bytes bytes) {
    char text[2 * ALOFT_DIGEST_SIZE + 1];

    if (bytes.len > ALOFT_DIGEST_SIZE)
        return;
    hex_write(bytes, text);
    inspect_fact(i, name, "%s", text);
    inspect_say(i, "  %-13s %s", words, text);
}

static void tell_version(const struct inspection *i, const struct aloft_manifest *m) {
    char text[64] = "";
    size_t len = 0;

    for (unsigned n = 0; n < m->n_version && len < sizeof text; n++)
        len += (size_t)snprintf(text + len, sizeof text - len, "%s%" PRId32, n > 0 ? "." : "",
                                m->version[n]);
    inspect_fact(i, "version", "%s", text);
    inspect_say(i, "  version       %s", text);
}

static void tell_expiry(const struct inspection *i, const struct aloft_manifest *m) {
    char text[40];
    time_t when = (time_t)m->use_before;
    struct tm parts;

    if (!m->expires)
        return;
    inspect_number(i, "use_before", (double)m->use_before);
    if (m->use_before > INT32_MAX * 1000ull || gmtime_r(&when, &parts) == NULL ||
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts) == 0)
        snprintf(text, sizeof text, "%" PRIu64 " s after 1970", m->use_before);
    inspect_say(i, "  use before    %s", text);
}

static void tell_branch(const struct inspection *i, cJSON *list, const struct aloft_branch *b) {
    char uri[ALOFT_URI_MAX + 1], from[17] = "";
    cJSON *o;

    aloft_printable(b->uri, uri, sizeof uri);
    if (b->from_digest.len >= 8)
        hex_write((aloft_bytes){b->from_digest.at, 8}, from);
    inspect_say(i, "  %-13s %s, %" PRIu32 " bytes, encoding %" PRIu32 "%s%s",
                from[0] == 0 ? "full image" : "patch", uri, b->payload_size, b->encoding,
                from[0] == 0 ? "" : ", from the image ", from);
    if (list == NULL)
        return;
    o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "uri", uri);
    cJSON_AddNumberToObject(o, "encoding", b->encoding);
    cJSON_AddNumberToObject(o, "payload_size", b->payload_size);
    if (from[0] != 0)
        cJSON_AddStringToObject(o, "from", from);
    cJSON_AddItemToArray(list, o);
}

/* The notes are key 2 of the one language in the text map, {"en": {2: notes, ...}} (FORMAT.md). */
static void tell_text(const struct inspection *i, aloft_bytes text) {
    struct al_cbor r;
    char notes[ALOFT_MANIFEST_MAX];
    aloft_bytes found = {NULL, 0};

    if (text.len == 0)
        return;
    al_cbor_start(&r, text, 1);
    al_cbor_walk(&r);
    (void)al_cbor_map(&r);
    (void)al_cbor_text(&r);
    (void)al_cbor_map(&r);
    if (al_cbor_next_is(&r, 2)) {
        al_cbor_expect(&r, 2);
        found = al_cbor_text(&r);
    }
    if (r.failed != 0 || found.len == 0)
        return;
    aloft_printable(found, notes, sizeof notes);
    inspect_fact(i, "notes", "%s", notes);
    inspect_say(i, "  notes         %s", notes);
}

static void tell_class(const struct inspection *i, const struct aloft_manifest *m) {
    uint8_t vendor[16], class_id[16];

    tell_hex(i, "vendor_id", "vendor id", m->vendor_id);
    tell_hex(i, "class_id", "class id", m->class_id);
    if (i->project == NULL)
        return;
    for (unsigned c = 0; c < i->project->n_classes; c++)
        for (unsigned n = 0; n < i->project->classes[c].n_channels; n++) {
            const struct project_class *k = &i->project->classes[c];
            project_ids(k->name, k->channel[n], vendor, class_id);
            if (memcmp(class_id, m->class_id.at, 16) != 0)
                continue;
            inspect_fact(i, "class", "%s", k->name);
            inspect_fact(i, "channel", "%s", k->channel[n]);
            inspect_say(i, "  that is       %s, channel %s", k->name, k->channel[n]);
        }
}

static void tell_facts(struct inspection *i, const struct aloft_manifest *m) {
    cJSON *list = i->json == NULL ? NULL : cJSON_AddArrayToObject(i->json, "branches");

    inspect_number(i, "sequence", (double)m->sequence);
    inspect_say(i, "  sequence      %" PRIu64, m->sequence);
    tell_version(i, m);
    tell_class(i, m);
    inspect_number(i, "image_size", m->image_size);
    inspect_say(i, "  image size    %" PRIu32 " bytes", m->image_size);
    tell_hex(i, "image_digest", "image SHA-256", m->image_digest);
    for (unsigned b = 0; b < m->n_branches; b++)
        tell_branch(i, list, &m->branch[b]);
    tell_expiry(i, m);
    tell_text(i, m->text);
}

/* The same reader, without signatures: for a person who wants to know what somebody claims. */
static aloft_err read_unproven(aloft_bytes envelope, struct aloft_manifest *m, aloft_fault *why) {
    struct al_suit s = {.m = m};
    struct al_cbor *r = &s.r;
    size_t n, at;

    memset(m, 0, sizeof *m);
    al_cbor_start(r, envelope, AL_R5);
    al_cbor_walk(r);
    al_cbor_tag(r, 107);
    n = al_cbor_map(r);
    al_cbor_expect(r, 2);
    (void)al_cbor_bytes(r);
    al_cbor_expect(r, 3);
    s.manifest = al_cbor_bytes(r);
    if (n == 3) {
        al_cbor_expect(r, 23);
        at = r->at;
        m->text = al_cbor_bytes(r);
        s.text_string = (aloft_bytes){envelope.at + at, r->at - at};
    }
    al_suit_manifest_read(&s);
    *why = (aloft_fault){.code = ALOFT_E_MANIFEST_FORM, .at = r->failed_at, .want = r->failed};
    return r->failed == 0 ? ALOFT_OK : ALOFT_E_MANIFEST_FORM;
}

/* Authentic if a known key is among the signers: then its signature must be right. */
static aloft_err read_manifest(struct inspection *i, const struct aloft_keys *keys,
                               struct aloft_manifest *m) {
    aloft_fault why = {0};
    aloft_err e =
        keys->n > 0 ? aloft_manifest_read(i->file, keys, m, &why) : read_unproven(i->file, m, &why);

    return e == ALOFT_OK ? e : trouble_from(i->trouble, &why);
}

aloft_err inspect_manifest(struct inspection *i) {
    struct claims claims;
    struct aloft_keys keys;
    struct aloft_manifest m;
    aloft_err e;

    read_claims(i->file, &claims);
    find_keys(i, &claims, &keys);
    e = read_manifest(i, &keys, &m);
    if (e != ALOFT_OK)
        return e;
    if (i->json != NULL)
        cJSON_AddBoolToObject(i->json, "authentic", keys.n > 0);
    inspect_say(i, "An update manifest%s", keys.n > 0 ? ", rightly signed:" : ":");
    tell_signers(i, &claims, &keys);
    if (keys.n == 0)
        inspect_say(i, "  No key that is known here signed it: what follows could be anybody's.");
    tell_facts(i, &m);
    return ALOFT_OK;
}
