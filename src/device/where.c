/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. Where the device calls: the manifest, the payload beside it, the report, a redirect.
 * Knows: URLs.   Never knows: what is sent there. */
#include "device/words.h"

#include <string.h>

static aloft_err too_long(aloft_fault *why) {
    why->code = ALOFT_E_CONFIG_BASE;
    why->want = AL_URL_ROOM;
    return ALOFT_E_CONFIG_BASE;
}

/* The base without the slash that people like to put at its end. */
static aloft_bytes base(const struct al_device *d) {
    aloft_bytes text = al_words_span(d->config->base);

    if (text.len > 0 && text.at[text.len - 1] == '/')
        text.len--;
    return text;
}

static aloft_err take(struct al_device *d, const struct al_http_out *text, aloft_fault *why) {
    if (text->is_full)
        return too_long(why);
    return al_http_url_split((aloft_bytes){d->url_room, text->len}, &d->url, why);
}

static aloft_err beside_releases(struct al_device *d, const char *name, aloft_fault *why) {
    struct al_http_out text = {.room = ALOFT_SPACE(d->url_room)};

    al_http_put(&text, base(d));
    al_http_put_text(&text, "/");
    al_http_put(&text, al_words_class(d));
    al_http_put_text(&text, "/");
    al_http_put_text(&text, d->config->channel);
    al_http_put_text(&text, name);
    return take(d, &text, why);
}

aloft_err al_where_manifest(struct al_device *d, aloft_fault *why) {
    return beside_releases(d, "/manifest.suit", why);
}

aloft_err al_where_statement(struct al_device *d, aloft_fault *why) {
    return beside_releases(d, "/fresh.cose", why);
}

aloft_err al_where_report(struct al_device *d, aloft_fault *why) {
    struct al_http_out text = {.room = ALOFT_SPACE(d->url_room)};

    al_http_put(&text, base(d));
    al_http_put_text(&text, "/v1/report");
    return take(d, &text, why);
}

aloft_err al_where_next(struct al_device *d, aloft_bytes location, aloft_fault *why) {
    uint8_t room[AL_URL_ROOM];
    aloft_space next = ALOFT_SPACE(room);
    aloft_err e = al_http_url_resolve(&d->url, location, &next, why);

    if (e != ALOFT_OK)
        return e;
    memcpy(d->url_room, room, next.len);
    return al_http_url_split((aloft_bytes){d->url_room, next.len}, &d->url, why);
}

aloft_err al_where_payload(struct al_device *d, aloft_bytes uri, aloft_fault *why) {
    aloft_err e = al_where_manifest(d, why);

    return e == ALOFT_OK ? al_where_next(d, uri, why) : e;
}

bool al_where_is_home(const struct al_device *d) {
    struct al_http_url home;
    aloft_fault why;

    return al_http_url_split(base(d), &home, &why) == ALOFT_OK &&
           al_http_url_same_origin(&home, &d->url);
}

bool al_where_is_redirect(unsigned status) {
    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}
