/* SPDX-License-Identifier: Apache-2.0 */
/* Room: suit. The shared sequence, validate and invoke: what is the same for every manifest but for four
 * values.
 * Knows: their forms.   Never knows: whether the values fit this device. */
#include "suit/suit.h"

enum { SHARED_ITEMS = 8 };

/* {1: vendor, 2: class, 3: << [-16, digest] >>, 14: size} */
static void read_parameters(struct al_cbor *r, struct aloft_manifest *m) {
    r->rule = AL_R21;
    if (al_cbor_map(r) != 4)
        al_cbor_fail(r);
    al_cbor_expect(r, AL_SUIT_P_VENDOR);
    m->vendor_id = al_suit_bytes(r, 16); /* a UUID */
    al_cbor_expect(r, AL_SUIT_P_CLASS);
    m->class_id = al_suit_bytes(r, 16);
    al_cbor_expect(r, AL_SUIT_P_DIGEST);
    m->image_digest = al_suit_wrapped_digest(r);
    al_cbor_expect(r, AL_SUIT_P_SIZE);
    m->image_size = al_suit_size(r);
}

/* [12,0, 20,{...}, 1,policy, 2,policy]. It runs before every other sequence, at each boot too, so nothing
 * else may be in it: a time, for one, would stop a device from booting. */
void al_suit_shared_read(struct al_suit *s, aloft_bytes inside) {
    struct al_cbor *r = &s->r;
    struct al_suit_sequence q = {.r = r, .rule = AL_R20};

    r->rule = AL_R20;
    al_cbor_enter_again(r, inside);
    q.left = al_cbor_array(r);
    if (q.left != SHARED_ITEMS)
        al_cbor_fail(r);
    al_suit_component(&q, AL_SUIT_APP);
    al_suit_command(&q, AL_SUIT_OVERRIDE);
    read_parameters(r, s->m);
    al_suit_policy(&q, AL_SUIT_IF_VENDOR);
    al_suit_policy(&q, AL_SUIT_IF_CLASS);
    al_suit_finish(&q);
}

void al_suit_short_read(struct al_suit *s, aloft_bytes inside, unsigned command) {
    struct al_cbor *r = &s->r;
    struct al_suit_sequence q = {.r = r, .rule = AL_R24};

    r->rule = AL_R24;
    al_cbor_enter_again(r, inside);
    if (al_suit_begin(&q, s->n_components) != AL_SUIT_APP)
        al_cbor_fail(r);
    al_suit_policy(&q, command);
    al_suit_finish(&q);
}
