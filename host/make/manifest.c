/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Writes the signed part of a manifest and its text.
 * Knows: the profile's numbers and order (FORMAT.md).   Never knows: keys, files. */
#include "host/make/manifest.h"

#include <string.h>

#include <aloft/crypto.h>

#include "cbor/cbor.h"
#include "cbor/write.h"
#include "host/project.h"

/* FORMAT.md, numbers used */
enum { DIGEST_SHA256 = -16 };
enum { KEY_VERSION = 1, KEY_SEQUENCE = 2, KEY_COMMON = 3, KEY_SET_VERSION = 6 };
enum { KEY_VALIDATE = 7, KEY_INSTALL = 20, KEY_TEXT = 23 };
enum { COMMON_COMPONENTS = 2, COMMON_SHARED = 4 };
enum { IF_VENDOR = 1, IF_CLASS = 2, IF_IMAGE = 3, IF_BEFORE = 4 };
enum { DO_COMPONENT = 12, DO_TRY_EACH = 15, DO_OVERRIDE = 20, DO_FETCH = 21 };
enum {
    P_VENDOR = 1,
    P_CLASS = 2,
    P_DIGEST = 3,
    P_BEFORE = 4,
    P_SIZE = 14,
    P_URI = 21,
    P_ARGS = 25
};
enum { ARG_ENCODING = 1, ARG_SIZE = 2, ARG_SHA256 = 3, ARG_BASE = 4 };
enum { TEXT_UPDATE = 2, TEXT_DOMAIN = 3, TEXT_MODEL = 4, TEXT_VERSION = 6 };
enum { RECORD_ALL = 15, RECORD_SOME = 2 }; /* policies of conditions and of directives */
enum { APP = 0, APP_CURRENT = 1 };         /* components */

/* A part that becomes a byte string of a larger one; command sequences are arrays in one (§2). The
 * largest, install with four branches, has less than 4 * 300 bytes; the text is written straight into the
 * draft. */
struct part {
    struct al_cbor_out out;
    uint8_t room[2048];
};

static struct al_cbor_out *begin(struct part *part) {
    al_cbor_out_start(&part->out, (aloft_space){part->room, sizeof part->room});
    return &part->out;
}

static void wrap(struct al_cbor_out *to, const struct part *part) {
    al_cbor_put_bytes(to, al_cbor_out_bytes(&part->out));
}

static void put_key_bytes(struct al_cbor_out *o, unsigned key, const uint8_t *at, size_t len) {
    al_cbor_put_uint(o, key);
    al_cbor_put_bytes(o, (aloft_bytes){at, len});
}

static void put_pair(struct al_cbor_out *o, unsigned command, unsigned argument) {
    al_cbor_put_uint(o, command);
    al_cbor_put_uint(o, argument);
}

static void put_text(struct al_cbor_out *o, const char *text) {
    al_cbor_put_text(o, (aloft_bytes){(const uint8_t *)text, strlen(text)});
}

/* [-16, digest] */
static void put_digest(struct al_cbor_out *o, const uint8_t digest[ALOFT_DIGEST_SIZE]) {
    al_cbor_put_array(o, 2);
    al_cbor_put_int(o, DIGEST_SHA256);
    al_cbor_put_bytes(o, (aloft_bytes){digest, ALOFT_DIGEST_SIZE});
}

/* 3: << [-16, digest] >> */
static void put_image_digest(struct al_cbor_out *o, const uint8_t digest[ALOFT_DIGEST_SIZE]) {
    struct part inner;

    put_digest(begin(&inner), digest);
    al_cbor_put_uint(o, P_DIGEST);
    wrap(o, &inner);
}

/* SHA-256 over a byte string with its head, as §3 and §8 have it for manifest and text. */
static void digest_wrapped(aloft_bytes inside, uint8_t digest[ALOFT_DIGEST_SIZE]) {
    uint8_t head[9];
    struct al_cbor_out o;
    struct aloft_hash hash;

    al_cbor_out_start(&o, ALOFT_SPACE(head));
    al_cbor_put_bytes_head(&o, inside.len);
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, al_cbor_out_bytes(&o));
    aloft_hash_add(&hash, inside);
    aloft_hash_end(&hash, digest);
}

/* ---- the parts in the order of the manifest */

static void put_components(struct al_cbor_out *o, bool has_patches) {
    static const uint8_t app[] = {'a', 'p', 'p'}, cur[] = {'c', 'u', 'r'};

    al_cbor_put_array(o, has_patches ? 2 : 1);
    al_cbor_put_array(o, 1);
    al_cbor_put_bytes(o, ALOFT_BYTES(app));
    if (!has_patches)
        return;
    al_cbor_put_array(o, 2);
    al_cbor_put_bytes(o, ALOFT_BYTES(app));
    al_cbor_put_bytes(o, ALOFT_BYTES(cur));
}

static void put_shared(struct al_cbor_out *o, const struct manifest_plan *plan) {
    uint8_t vendor[16], class_id[16];

    project_ids(plan->device_class, plan->channel, vendor, class_id);
    al_cbor_put_array(o, 8);
    put_pair(o, DO_COMPONENT, APP);
    al_cbor_put_uint(o, DO_OVERRIDE);
    al_cbor_put_map(o, 4);
    put_key_bytes(o, P_VENDOR, vendor, sizeof vendor);
    put_key_bytes(o, P_CLASS, class_id, sizeof class_id);
    put_image_digest(o, plan->image_digest);
    put_pair(o, P_SIZE, plan->image_size);
    put_pair(o, IF_VENDOR, RECORD_ALL);
    put_pair(o, IF_CLASS, RECORD_ALL);
}

static void put_common(struct al_cbor_out *o, const struct manifest_plan *plan) {
    struct part shared;

    al_cbor_put_map(o, 2);
    al_cbor_put_uint(o, COMMON_COMPONENTS);
    put_components(o, plan->n_branches > 1);
    put_shared(begin(&shared), plan);
    al_cbor_put_uint(o, COMMON_SHARED);
    wrap(o, &shared);
}

/* 20, {21: uri, 25: << arguments >>}, 21, policy, 3, policy: what both kinds of branch end with. */
static void put_fetch(struct al_cbor_out *o, const struct manifest_branch *branch) {
    struct part arguments;
    struct al_cbor_out *a = begin(&arguments);

    al_cbor_put_map(a, branch->from_size > 0 ? 4 : 3);
    put_pair(a, ARG_ENCODING, branch->encoding);
    put_pair(a, ARG_SIZE, branch->payload_size);
    put_key_bytes(a, ARG_SHA256, branch->payload_sha256, ALOFT_DIGEST_SIZE);
    if (branch->from_size > 0)
        put_pair(a, ARG_BASE, APP_CURRENT);
    al_cbor_put_uint(o, DO_OVERRIDE);
    al_cbor_put_map(o, 2);
    al_cbor_put_uint(o, P_URI);
    put_text(o, branch->uri);
    al_cbor_put_uint(o, P_ARGS);
    wrap(o, &arguments);
    put_pair(o, DO_FETCH, RECORD_SOME);
    put_pair(o, IF_IMAGE, RECORD_ALL);
}

static void put_branch(struct al_cbor_out *o, const struct manifest_branch *branch) {
    al_cbor_put_array(o, branch->from_size > 0 ? 14 : 8);
    if (branch->from_size > 0) {
        put_pair(o, DO_COMPONENT, APP_CURRENT);
        al_cbor_put_uint(o, DO_OVERRIDE);
        al_cbor_put_map(o, 2);
        put_image_digest(o, branch->from_digest);
        put_pair(o, P_SIZE, branch->from_size);
        put_pair(o, IF_IMAGE, RECORD_ALL);
    }
    put_pair(o, DO_COMPONENT, APP);
    put_fetch(o, branch);
}

static void put_install(struct al_cbor_out *o, const struct manifest_plan *plan) {
    struct part branch;

    al_cbor_put_array(o, 2u + (plan->use_before > 0 ? 4 : 0) + (plan->n_branches > 1 ? 2 : 6));
    put_pair(o, DO_COMPONENT, APP);
    if (plan->use_before > 0) {
        al_cbor_put_uint(o, DO_OVERRIDE);
        al_cbor_put_map(o, 1);
        al_cbor_put_uint(o, P_BEFORE);
        al_cbor_put_uint(o, plan->use_before);
        put_pair(o, IF_BEFORE, RECORD_ALL);
    }
    if (plan->n_branches == 1) {
        put_fetch(o, &plan->branch[0]);
        return;
    }
    al_cbor_put_uint(o, DO_TRY_EACH);
    al_cbor_put_array(o, plan->n_branches);
    for (unsigned i = 0; i < plan->n_branches; i++) {
        put_branch(begin(&branch), &plan->branch[i]);
        wrap(o, &branch);
    }
}

unsigned manifest_numbers(const char *version, int32_t number[MANIFEST_NUMBERS_MAX]) {
    unsigned n = 0;

    while (*version != 0 && n < MANIFEST_NUMBERS_MAX) {
        uint64_t value = 0;
        bool is_number = false;
        for (; *version >= '0' && *version <= '9'; version++, is_number = true)
            if (value <= INT32_MAX)
                value = value * 10 + (uint64_t)(*version - '0');
        if (is_number && value <= INT32_MAX)
            number[n++] = (int32_t)value;
        if (!is_number)
            version++;
    }
    if (n == 0)
        number[n++] = 0;
    return n;
}

static void put_set_version(struct al_cbor_out *o, const char *version) {
    int32_t number[MANIFEST_NUMBERS_MAX];
    unsigned n = manifest_numbers(version, number);

    al_cbor_put_array(o, n);
    for (unsigned i = 0; i < n; i++)
        al_cbor_put_int(o, number[i]);
}

/* {"en": {2: notes, ['app']: {3: domain, 4: model, 6: version}}}; numbers before arrays (§8). */
static void put_text_map(struct al_cbor_out *o, const struct manifest_plan *plan) {
    static const uint8_t app[] = {'a', 'p', 'p'};
    size_t domain = strcspn(plan->device_class, "/");

    al_cbor_put_map(o, 1);
    put_text(o, "en");
    al_cbor_put_map(o, plan->notes[0] != 0 ? 2 : 1);
    if (plan->notes[0] != 0) {
        al_cbor_put_uint(o, TEXT_UPDATE);
        put_text(o, plan->notes);
    }
    al_cbor_put_array(o, 1);
    al_cbor_put_bytes(o, ALOFT_BYTES(app));
    al_cbor_put_map(o, 3);
    al_cbor_put_uint(o, TEXT_DOMAIN);
    al_cbor_put_text(o, (aloft_bytes){(const uint8_t *)plan->device_class, domain});
    al_cbor_put_uint(o, TEXT_MODEL);
    put_text(o, plan->device_class + domain + 1);
    al_cbor_put_uint(o, TEXT_VERSION);
    put_text(o, plan->version);
}

static void put_wrapped(struct al_cbor_out *o, unsigned key, const struct part *part) {
    al_cbor_put_uint(o, key);
    wrap(o, part);
}

static void put_validate(struct al_cbor_out *o) {
    al_cbor_put_array(o, 4);
    put_pair(o, DO_COMPONENT, APP);
    put_pair(o, IF_IMAGE, RECORD_ALL);
}

static void put_manifest(struct al_cbor_out *o, const struct manifest_plan *plan,
                         const uint8_t text_digest[ALOFT_DIGEST_SIZE]) {
    struct part part;

    al_cbor_put_map(o, 7);
    put_pair(o, KEY_VERSION, 1);
    al_cbor_put_uint(o, KEY_SEQUENCE);
    al_cbor_put_uint(o, plan->sequence);
    put_common(begin(&part), plan);
    put_wrapped(o, KEY_COMMON, &part);
    put_set_version(begin(&part), plan->version);
    put_wrapped(o, KEY_SET_VERSION, &part);
    put_validate(begin(&part));
    put_wrapped(o, KEY_VALIDATE, &part);
    put_install(begin(&part), plan);
    put_wrapped(o, KEY_INSTALL, &part);
    al_cbor_put_uint(o, KEY_TEXT);
    put_digest(o, text_digest);
}

/* The strict reader refuses what is not UTF-8, and only the notes can be that. */
static bool is_text(aloft_bytes map) {
    struct al_cbor r;

    al_cbor_start(&r, map, 1);
    al_cbor_walk(&r);
    return r.failed == 0;
}

static aloft_err not_text(struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_USAGE);
    trouble_fact(trouble, "what", "The notes are not UTF-8 text");
    trouble_fact(trouble, "verb", "publish");
    return ALOFT_E_USAGE;
}

aloft_err manifest_write(const struct manifest_plan *plan, struct manifest_draft *draft,
                         struct trouble *trouble) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct al_cbor_out o;

    draft->n_blocks = 0;
    al_cbor_out_start(&o, ALOFT_SPACE(draft->text));
    put_text_map(&o, plan);
    draft->text_len = al_cbor_out_bytes(&o).len;
    if (!is_text((aloft_bytes){draft->text, draft->text_len}))
        return not_text(trouble);
    digest_wrapped((aloft_bytes){draft->text, draft->text_len}, digest);
    al_cbor_out_start(&o, ALOFT_SPACE(draft->body));
    put_manifest(&o, plan, digest);
    draft->body_len = al_cbor_out_bytes(&o).len;
    digest_wrapped((aloft_bytes){draft->body, draft->body_len}, digest);
    al_cbor_out_start(&o, ALOFT_SPACE(draft->payload));
    put_digest(&o, digest);
    return ALOFT_OK;
}
