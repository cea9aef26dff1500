/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Statements of freshness: made, numbered, written.
 * Knows: what is on offer, the last statement, the clock.   Never knows: who asks. */
#include "host/make/fresh.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cbor/write.h"
#include "host/file.h"
#include "host/make/site.h"

#define DAY_S 86400u

/* {1: alg, 4: kid}; -9 and -19 are 0x28 and 0x32 (RFC 9864). */
static aloft_bytes write_protected(const struct aloft_key *key, uint8_t out[13]) {
    const uint8_t head[] = {0xa2, 0x01, key->type == ALOFT_KEY_ED25519 ? 0x32 : 0x28, 0x04, 0x48};

    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, key->kid, ALOFT_KID_SIZE);
    return (aloft_bytes){out, sizeof head + ALOFT_KID_SIZE};
}

static aloft_bytes write_payload(const struct fresh_made *what, uint32_t valid_s,
                                 uint8_t out[AL_STATEMENT_PAYLOAD_MAX]) {
    uint8_t vendor_id[16], class_id[16];
    struct al_cbor_out pen;

    project_ids(what->device_class, what->channel, vendor_id, class_id);
    al_cbor_out_start(&pen, (aloft_space){out, AL_STATEMENT_PAYLOAD_MAX});
    al_cbor_put_array(&pen, 5);
    al_cbor_put_uint(&pen, 1);
    al_cbor_put_bytes(&pen, ALOFT_BYTES(class_id));
    al_cbor_put_uint(&pen, what->sequence);
    al_cbor_put_uint(&pen, what->issued);
    al_cbor_put_uint(&pen, valid_s);
    return al_cbor_out_bytes(&pen);
}

aloft_err fresh_write(const struct fresh_made *what, uint32_t valid_s, const struct signer *with,
                      uint8_t out[AL_STATEMENT_MAX], size_t *len, struct trouble *trouble) {
    uint8_t head[13], payload[AL_STATEMENT_PAYLOAD_MAX], room[AL_STATEMENT_TO_SIGN_MAX];
    uint8_t signature[ALOFT_SIGNATURE_SIZE];
    struct al_statement statement = {.protected_head = write_protected(&with->key, head),
                                     .payload = write_payload(what, valid_s, payload)};
    struct al_cbor_out pen;
    aloft_err e = keys_sign(with, al_statement_to_sign(&statement, room), signature, trouble);

    al_cbor_out_start(&pen, (aloft_space){out, AL_STATEMENT_MAX});
    al_cbor_put_tag(&pen, 18);
    al_cbor_put_array(&pen, 4);
    al_cbor_put_bytes(&pen, statement.protected_head);
    al_cbor_put_map(&pen, 0);
    al_cbor_put_bytes(&pen, statement.payload);
    al_cbor_put_bytes(&pen, ALOFT_BYTES(signature));
    *len = pen.len;
    return e;
}

bool fresh_has_key(const struct project *project) {
    static struct keyring ring;
    struct trouble ignored;

    if (keys_known(project, &ring, &ignored) != ALOFT_OK)
        return false;
    for (unsigned i = 0; i < ring.n; i++)
        if (ring.key[i].role == KEY_FRESH && ring.key[i].is_here)
            return true;
    return false;
}

/* ---- one channel */

/* What the file there says; an unreadable one says nothing and is replaced. */
static struct fresh_made last_of(const char *path) {
    struct fresh_made last = {.issued = 0};
    struct al_statement s;
    struct trouble ignored;
    aloft_space bytes;

    if (access(path, F_OK) != 0 || file_read(path, AL_STATEMENT_MAX, &bytes, &ignored) != ALOFT_OK)
        return last;
    if (al_statement_read((aloft_bytes){bytes.at, bytes.len}, &s)) {
        last.issued = s.issued;
        last.sequence = s.sequence;
    }
    free(bytes.at);
    return last;
}

/* A statement from the future would silence all later ones on devices without a clock. */
static aloft_err check_clock(const struct fresh_order *order, uint32_t last, const char *path,
                             struct trouble *trouble) {
    const bool is_behind = order->now_s + DAY_S < last;
    const bool jumped = last != 0 && order->now_s > (uint64_t)last + FRESH_JUMP_S;

    if (order->now_s <= UINT32_MAX && !is_behind && (!jumped || order->trusts_clock))
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_FRESH_CLOCK);
    trouble_fact(trouble, "file", "%s", path);
    return ALOFT_E_FRESH_CLOCK;
}

static bool is_due(const struct fresh_order *order, const struct fresh_made *last,
                   uint64_t sequence) {
    return !order->only_if_due || last->issued == 0 || last->sequence != sequence ||
           order->now_s >= (uint64_t)last->issued + DAY_S;
}

static aloft_err make_one(const struct site *site, const char *channel,
                          const struct fresh_order *order, const struct signer *with,
                          struct fresh_answer *answer, struct trouble *trouble) {
    const struct release *offered = site_on_offer(site, channel);
    struct fresh_made *made = &answer->made[answer->n], last;
    uint8_t bytes[AL_STATEMENT_MAX];
    char path[PATH_MAX];
    size_t len = 0;
    aloft_err e;

    if (offered == NULL || answer->n == FRESH_MADE_MAX)
        return ALOFT_OK;
    e = site_path(site, channel, FRESH_FILE, path, trouble);
    if (e != ALOFT_OK)
        return e;
    last = last_of(path);
    if (!is_due(order, &last, offered->sequence))
        return ALOFT_OK;
    e = check_clock(order, last.issued, path, trouble);
    memcpy(made->device_class, site->device_class, sizeof made->device_class);
    memcpy(made->channel, channel, strlen(channel) + 1);
    made->sequence = offered->sequence;
    made->issued = order->now_s > last.issued ? (uint32_t)order->now_s : last.issued + 1;
    if (e == ALOFT_OK)
        e = fresh_write(made, order->valid_s, with, bytes, &len, trouble);
    if (e == ALOFT_OK)
        e = file_write(path, (aloft_bytes){bytes, len}, 0644, true, trouble);
    answer->n += e == ALOFT_OK;
    return e;
}

static aloft_err make_all(const struct project *project, const struct fresh_order *order,
                          const struct signer *with, struct fresh_answer *answer,
                          struct trouble *trouble) {
    aloft_err e = ALOFT_OK;

    for (unsigned i = 0; i < project->n_classes && e == ALOFT_OK; i++) {
        struct site site;
        e = site_open(project, project->classes[i].name, false, &site, trouble);
        if (e != ALOFT_OK)
            return e;
        for (unsigned c = 0; c < site.n && e == ALOFT_OK; c++)
            e = make_one(&site, site.channel[c].name, order, with, answer, trouble);
        site_close(&site);
    }
    return e;
}

aloft_err fresh_run(const struct project *project, const struct fresh_order *order,
                    struct fresh_answer *answer, struct trouble *trouble) {
    struct signers with;
    aloft_err e;

    memset(answer, 0, sizeof *answer);
    e = keys_signers(project, KEY_FRESH, &with, trouble);
    if (e != ALOFT_OK)
        return e;
    if (with.n == 0)
        e = trouble_set(trouble, ALOFT_E_FRESH_KEY);
    if (e == ALOFT_OK) /* one file, one signer: the first by name */
        e = make_all(project, order, &with.signer[0], answer, trouble);
    keys_close(&with);
    return e;
}
