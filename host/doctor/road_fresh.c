/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. The statement of freshness beside the release: whether a device would take it, and
 * how long it holds. It is advice to people, so it is a remark: no road is broken by it.
 * Knows: statements, their keys.   Never knows: who makes them. */
#include "host/doctor/road_room.h"

#include <inttypes.h>
#include <string.h>

#include "cose/statement.h"

#define DAY_S  86400
#define SOON_S (2 * DAY_S) /* `serve` and a daily `aloft fresh` never let it come so near */

struct body {
    uint8_t room[AL_STATEMENT_MAX + 1];
    size_t len;
};

static void keep(void *self, aloft_bytes part) {
    struct body *body = self;

    if (part.len > sizeof body->room - body->len)
        part.len = sizeof body->room - body->len;
    memcpy(body->room + body->len, part.at, part.len);
    body->len += part.len;
}

static bool is_signed(const struct road *road, const struct al_statement *s) {
    uint8_t room[AL_STATEMENT_TO_SIGN_MAX];

    for (unsigned i = 0; i < road->n_fresh; i++)
        if (memcmp(road->fresh[i].kid, s->kid.at, ALOFT_KID_SIZE) == 0)
            return road->fresh[i].type == s->key_type &&
                   aloft_verify(&road->fresh[i], al_statement_to_sign(s, room), s->signature.at);
    return false;
}

static void span_text(int64_t s, char out[24]) {
    if (s < 2 * DAY_S)
        snprintf(out, 24, "%" PRId64 " h", (s + 1800) / 3600);
    else
        snprintf(out, 24, "%" PRId64 " days", (s + DAY_S / 2) / DAY_S);
}

/* In the order in which a device looks: F1 to F5 of FORMAT.md. */
static void judge(struct road *road, const struct body *body) {
    struct al_statement s;
    char age[24], left[24];
    int64_t now_s = (int64_t)road->terms.now_s, age_s, left_s;

    if (!al_statement_read((aloft_bytes){body->room, body->len}, &s) ||
        memcmp(s.class_id.at, road->terms.class_id, sizeof road->terms.class_id) != 0 ||
        !is_signed(road, &s)) {
        road_remark(road, ROAD_MANIFEST,
                    "the statement of freshness is none for this class, or of another key: devices "
                    "pass it over");
        return;
    }
    age_s = now_s - s.issued;
    left_s = (int64_t)s.valid_s - age_s;
    span_text(age_s, age);
    span_text(left_s < 0 ? -left_s : left_s, left);
    if (age_s < -DAY_S)
        road_remark(road, ROAD_MANIFEST,
                    "the statement of freshness is from the future: devices pass it over");
    else if (s.sequence != road->manifest.sequence)
        road_remark(
            road, ROAD_MANIFEST,
            "the statement of freshness names release %" PRIu64 ", and %" PRIu64 " is on offer: %s",
            s.sequence, road->manifest.sequence,
            s.sequence > road->manifest.sequence ? "devices that ask for it will say `withheld`"
                                                 : "make a new one, `aloft fresh`");
    else if (left_s < 0)
        road_remark(road, ROAD_MANIFEST,
                    "the statement of freshness ended %s ago: devices that ask for it will say "
                    "`stale`; let `aloft serve` run, or `aloft fresh` once a day",
                    left);
    else
        road_remark(road, ROAD_MANIFEST, "statement of freshness: %s old, holds for %s more%s",
                    age_s < 0 ? "0 h" : age, left,
                    left_s < SOON_S ? ": make a new one, `aloft fresh`" : "");
}

void road_look_fresh(struct road *road) {
    char url[ROAD_URL_MAX + 1];
    struct body body = {.len = 0};
    struct road_get get = {.url = url, .most = AL_STATEMENT_MAX + 1, .take = keep};
    aloft_fault unused = {0};

    if (road->n_fresh == 0 || road->row[ROAD_MANIFEST].state != ROAD_GOOD)
        return;
    road_place(road, "fresh.cose", url);
    /* cppcheck-suppress autoVariables ; `get` is used no more when this returns */
    get.self = &body;
    if (road_get(road, &get, &unused) != ALOFT_OK && get.head.status == 0)
        return; /* the network changed its mind: the steps behind say so */
    if (get.head.status == 200)
        judge(road, &body);
    else
        road_remark(
            road, ROAD_MANIFEST,
            "no statement of freshness (%u): a device that asks for one cannot tell a freeze; "
            "`aloft fresh` makes it",
            get.head.status);
}
