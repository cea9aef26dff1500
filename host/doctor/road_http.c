/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Asks as a device asks, judges the answer as it does (src/http reads it), and
 * compares the clocks.
 * Knows: HTTP.   Never knows: what a manifest says. */
#include "host/doctor/road_room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "http/request.h"

#define REDIRECTS_MAX 3u    /* as src/device/ask.c */
#define CLOCK_FAR_S   86400 /* dates of certificates and use-before count in days */

/* A request has the URL (ROAD_URL_MAX), its host again, and four short fields. */
#define REQUEST_MAX (2 * ROAD_URL_MAX + 200u)

static aloft_err ask(struct road_stream *s, const struct road_get *get, aloft_fault *why) {
    uint8_t room[REQUEST_MAX];
    aloft_space head = ALOFT_SPACE(room);
    struct al_http_url url;
    struct al_http_ask wish = {.method = "GET", .url = &url, .from = get->from};
    aloft_err e =
        al_http_url_split((aloft_bytes){(const uint8_t *)get->url, strlen(get->url)}, &url, why);

    if (e == ALOFT_OK)
        e = al_http_request_write(&wish, &head, why);
    if (e == ALOFT_OK && road_write(s, head.at, head.len, why) < 0)
        e = (aloft_err)why->code;
    return e;
}

/* Date: Mon, 23 Nov 2026 23:52:12 GMT (RFC 9110 §5.6.7). The device's reader does not keep it. */
static int64_t find_date(const char *head) {
    const char *line = head;
    struct tm parts = {0};

    for (; (line = strstr(line, "\n")) != NULL; line++)
        if (strncasecmp(line + 1, "date:", 5) == 0)
            return strptime(line + 6, " %a, %d %b %Y %H:%M:%S GMT", &parts) == NULL
                       ? -1
                       : (int64_t)timegm(&parts);
    return -1;
}

static void take(struct road_get *get, aloft_bytes body) {
    if (body.len > get->most - get->n)
        body.len = (size_t)(get->most - get->n);
    if (get->take != NULL && body.len > 0)
        get->take(get->self, body);
    get->n += body.len;
}

/* The head, kept as text for its date. Gives what of the body came with it in *rest. */
static aloft_err read_head(struct road_stream *s, struct road_get *get, uint8_t *room, size_t size,
                           aloft_bytes *rest, aloft_fault *why) {
    static char text[AL_HTTP_HEAD_MAX + 4096u];
    size_t n = 0;
    aloft_err e = ALOFT_WAIT;

    al_http_answer_start(&get->head);
    while (e == ALOFT_WAIT) {
        int len = road_read(s, room, size, why);
        if (len <= 0)
            return why->code == 0 ? ALOFT_E_NET_CLOSED : (aloft_err)why->code;
        if (n + (size_t)len < sizeof text) {
            memcpy(text + n, room, (size_t)len);
            n += (size_t)len;
            text[n] = 0;
        }
        *rest = (aloft_bytes){room, (size_t)len};
        e = al_http_answer_read(&get->head, rest, why);
    }
    get->date_s = e == ALOFT_OK ? find_date(text) : -1;
    return e;
}

/* The body, until its length, its end, or enough. Bounded by ROAD_FETCH_MS. */
static aloft_err read_body(struct road_stream *s, struct road_get *get, aloft_bytes rest,
                           aloft_fault *why) {
    uint8_t room[4096];
    uint64_t until_ms = road_time_ms() + ROAD_FETCH_MS;
    uint64_t most = get->head.has_length && get->head.content_length < get->most
                        ? get->head.content_length
                        : get->most;
    int len = 1;

    take(get, rest);
    while (get->n < most && (len = road_read(s, room, sizeof room, why)) > 0) {
        take(get, (aloft_bytes){room, (size_t)len});
        if (road_time_ms() > until_ms) {
            *why = (aloft_fault){.code = ALOFT_E_NET_TIMEOUT, .want = ROAD_FETCH_MS / 1000u};
            return ALOFT_E_NET_TIMEOUT;
        }
    }
    if (len < 0)
        return (aloft_err)why->code;
    if (get->head.has_length && get->n < most) {
        *why = (aloft_fault){.code = ALOFT_E_NET_CLOSED, .got = (uint32_t)get->n};
        return ALOFT_E_NET_CLOSED;
    }
    *why = (aloft_fault){0}; /* an orderly end is none */
    return ALOFT_OK;
}

/* The key of the certificate that was checked is proven by the handshake; another one is not. */
static bool is_same_server(const struct road *road, const struct road_stream *s) {
    X509 *leaf = SSL_get1_peer_certificate(s->ssl);
    bool is_same = leaf != NULL && X509_cmp(leaf, road->leaf) == 0;

    X509_free(leaf);
    return is_same;
}

aloft_err road_get(struct road *road, struct road_get *get, aloft_fault *why) {
    struct road_stream s;
    uint8_t room[4096];
    aloft_bytes rest = {0};
    aloft_err e = ALOFT_OK;

    get->n = 0;
    if (!road_open(road, &s, TLS1_2_VERSION, TLS1_2_VERSION, why))
        e = (aloft_err)why->code;
    else if (!is_same_server(road, &s)) {
        *why = (aloft_fault){.code = ALOFT_E_TLS_CA};
        e = ALOFT_E_TLS_CA;
    }
    if (e == ALOFT_OK)
        e = ask(&s, get, why);
    if (e == ALOFT_OK)
        e = read_head(&s, get, room, sizeof room, &rest, why);
    if (e == ALOFT_OK && get->most > 0)
        e = read_body(&s, get, rest, why);
    road_close(&s);
    if (e != ALOFT_OK && why->code == 0)
        why->code = (uint16_t)e;
    return e;
}

/* ---- the check */

static void keep(void *self, aloft_bytes body) {
    struct road *road = self;

    if (body.len > sizeof road->envelope - road->envelope_len)
        body.len = sizeof road->envelope - road->envelope_len;
    memcpy(road->envelope + road->envelope_len, body.at, body.len);
    road->envelope_len += body.len;
}

static bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* In the order of src/device/ask.c, with its codes. */
static aloft_err code_of(const struct al_http_answer *head) {
    if (head->status == 429 || head->status == 503)
        return ALOFT_E_HTTP_BUSY;
    if (head->status == 404 || head->status == 410)
        return ALOFT_E_HTTP_NOT_FOUND;
    if (head->status == 401 || head->status == 403)
        return ALOFT_E_HTTP_FORBIDDEN;
    if (head->is_html)
        return ALOFT_E_HTTP_HTML;
    if (head->status != 200)
        return ALOFT_E_HTTP_STATUS;
    if (head->is_encoded || head->is_chunked)
        return ALOFT_E_HTTP_ENCODED;
    if (head->has_length && head->content_length > ALOFT_MANIFEST_MAX)
        return ALOFT_E_MANIFEST_LONG;
    return ALOFT_OK;
}

/* Only within the configured origin, as a device follows it. */
static bool follow(struct road *road, const struct al_http_answer *head) {
    struct al_http_url now, next;
    char room[ROAD_URL_MAX + 1];
    aloft_space out = {(uint8_t *)room, ROAD_URL_MAX};
    aloft_bytes place = {(const uint8_t *)road->place, strlen(road->place)};
    aloft_fault unused;

    if (head->location_len == 0 || al_http_url_split(place, &now, &unused) != ALOFT_OK ||
        al_http_url_resolve(&now, (aloft_bytes){head->location, head->location_len}, &out,
                            &unused) != ALOFT_OK ||
        al_http_url_split((aloft_bytes){out.at, out.len}, &next, &unused) != ALOFT_OK ||
        !al_http_url_same_origin(&now, &next))
        return false;
    memcpy(road->place, room, out.len);
    road->place[out.len] = 0;
    return true;
}

static bool is_known(const struct road *road) {
    const struct project_class *c =
        road->has_project ? project_class_of(&road->project, road->device_class) : NULL;

    for (unsigned i = 0; c != NULL && i < c->n_channels; i++)
        if (strcmp(c->channel[i], road->channel) == 0)
            return true;
    return false;
}

/* Everybody's first road ends here, and nothing is wrong with it. */
static void hint_unpublished(struct road *road) {
    char relative[ALOFT_CLASS_MAX + PROJECT_WORD_MAX + 32], path[PATH_MAX];
    struct trouble unused;

    snprintf(relative, sizeof relative, "site/%s/%s/manifest.suit", road->device_class,
             road->channel);
    if (is_known(road) && project_path(&road->project, relative, path, &unused) == ALOFT_OK &&
        access(path, F_OK) != 0 && errno == ENOENT)
        snprintf(road->hint, sizeof road->hint,
                 "In this project nothing is published yet for %s, channel %s: up to here "
                 "everything is right.\nNext: `aloft publish IMAGE`.",
                 road->device_class, road->channel);
}

static bool say_http(struct road *road, const struct road_get *get, aloft_fault *why) {
    const struct al_http_answer *head = &get->head;

    why->raw = head->status;
    why->origin = ALOFT_ORIGIN_HTTP;
    if (why->code == ALOFT_E_HTTP_NOT_FOUND)
        hint_unpublished(road);
    if (why->code == ALOFT_E_HTTP_REDIRECT)
        return road_broken(road, ROAD_HTTP, why, "%u leads to %.*s; %s", head->status,
                           (int)head->location_len, (const char *)head->location,
                           "a device follows at most 3, within its own address");
    if (why->code == ALOFT_E_HTTP_ENCODED)
        return road_broken(road, ROAD_HTTP, why, "%u, %s; expected: a plain body with its length",
                           head->status, head->is_chunked ? "chunked" : "compressed");
    if (why->code == ALOFT_E_MANIFEST_LONG) {
        why->want = 1;
        why->got = (uint32_t)get->n;
        return road_broken(road, ROAD_HTTP, why,
                           "a body of more than %u bytes; expected: a manifest",
                           ALOFT_MANIFEST_MAX);
    }
    return road_broken(road, ROAD_HTTP, why, "GET %s: %u%s; expected 200 and a manifest",
                       road->place, head->status, head->is_html ? ", a web page" : "");
}

static bool say_broken_off(struct road *road, const struct road_get *get, const aloft_fault *why) {
    return road_broken(road, ROAD_HTTP, why,
                       "GET %s: the answer broke off after %u bytes of its body", road->place,
                       (unsigned)get->n);
}

void road_place(const struct road *road, const char *file, char *out) {
    snprintf(out, ROAD_URL_MAX + 1, "%s%s%s/%s/%s", road->base,
             road->base[strlen(road->base) - 1] == '/' ? "" : "/", road->device_class,
             road->channel, file);
}

bool road_see_http(struct road *road) {
    struct road_get get = {.url = road->place, .most = ALOFT_MANIFEST_MAX + 1, .take = keep};
    aloft_fault why = {0};

    get.self = road;
    road_place(road, "manifest.suit", road->place);
    for (unsigned n = 0;; n++) {
        road->envelope_len = 0;
        if (road_get(road, &get, &why) != ALOFT_OK)
            return say_broken_off(road, &get, &why);
        if (!is_redirect(get.head.status))
            break;
        if (n == REDIRECTS_MAX || !follow(road, &get.head)) {
            why = (aloft_fault){.code = ALOFT_E_HTTP_REDIRECT, .want = REDIRECTS_MAX};
            return say_http(road, &get, &why);
        }
    }
    road->date_s = get.date_s;
    why.code = (uint16_t)code_of(&get.head);
    if (why.code == ALOFT_OK && get.n > ALOFT_MANIFEST_MAX)
        why.code = ALOFT_E_MANIFEST_LONG;
    if (why.code != ALOFT_OK)
        return say_http(road, &get, &why);
    return road_good(road, ROAD_HTTP, "200, %u bytes", (unsigned)get.n);
}

bool road_see_clock(struct road *road) {
    int64_t now_s = (int64_t)road->terms.now_s, far_s = now_s - road->date_s;
    aloft_fault why = {.code = ALOFT_E_DOCTOR_CLOCK};

    if (road->date_s < 0) {
        road->row[ROAD_CLOCK].state = ROAD_NOT_CHECKED;
        snprintf(road->row[ROAD_CLOCK].what, sizeof road->row[ROAD_CLOCK].what,
                 "not compared: this server sends no Date (a device needs none)");
        return true;
    }
    if (far_s > -CLOCK_FAR_S && far_s < CLOCK_FAR_S)
        return road_good(road, ROAD_CLOCK, "%lld s from the server's",
                         (long long)(far_s < 0 ? -far_s : far_s));
    why.got = (uint32_t)((far_s < 0 ? -far_s : far_s) / CLOCK_FAR_S);
    return road_broken(road, ROAD_CLOCK, &why, "%u days %s the server's; expected: less than one",
                       (unsigned)why.got, far_s < 0 ? "behind" : "ahead of");
}
