/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/api. A device's check: the manifest of its class and channel, and what it says of
 * itself.
 * Knows: the check's fields.   Never knows: what a manifest holds. */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>

#include "api.h"
#include "server/net/content.h"
#include "server/net/server.h"

/* Devices take 4096 bytes at most. A larger one is still sent as it is, up to this: the device says
 * what is wrong with it, in its own words. */
#define SENT_MAX 16384u
#define NAME     "/manifest.suit"

bool manifest_matches(const struct exchange *x) {
    size_t len = sizeof NAME - 1;

    return (exchange_is(x, "GET") || exchange_is(x, "HEAD")) && x->path.len > len &&
           memcmp(x->path.at + x->path.len - len, NAME, len) == 0;
}

/* The validator is of the content: two servers of one site give the same. */
static void make_etag(aloft_bytes bytes, char etag[EXCHANGE_ETAG_MAX]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    size_t at = 1;

    etag[0] = 0;
    if (EVP_Digest(bytes.at, bytes.len, digest, NULL, EVP_sha256(), NULL) != 1)
        return;
    etag[0] = '"';
    for (unsigned i = 0; i < 8; i++, at += 2)
        snprintf(etag + at, 3, "%02x", digest[i]);
    etag[at] = '"';
    etag[at + 1] = 0;
}

static void send_manifest(struct exchange *x, struct content *c) {
    uint8_t bytes[SENT_MAX];
    ssize_t len = c->size <= sizeof bytes ? content_read(c, 0, bytes, sizeof bytes) : -1;

    if (len < 0) {
        answer_text(x, 503, "The manifest on this site is not one.");
        x->answer.retry_after_s = 60;
        return;
    }
    make_etag((aloft_bytes){bytes, (size_t)len}, x->answer.etag);
    /* the next look in a minute: who serves by hand waits for it; protocol.md §1 */
    x->answer.cache = "max-age=60";
    if (exchange_has_match(x, x->answer.etag))
        x->answer.status = 304;
    else
        answer_bytes(x, 200, "application/suit-envelope+cose", (aloft_bytes){bytes, (size_t)len});
}

static void tell(struct exchange *x) {
    struct store_word word;

    if (!word_from_heads(x, &word))
        return;
    catalog_judge(x->server->catalog, &word);
    if (x->answer.status != 200 && x->answer.status != 304)
        word.offered_version[0] = 0;
    /* a word that finds no room is repeated by the next check */
    (void)store_tell(x->server->store, &word);
}

static void knock(const struct exchange *x) {
    struct store_word place;

    if (word_place(x->path, &place))
        knock_class(x, place.device_class);
    else
        knock_path(x);
}

void manifest_run(struct exchange *x) {
    int shut;
    struct content *c = content_open(x->server, x->path, &shut);

    if (shut != 0) {
        knock_shut(x, x->path, shut);
    } else if (c == NULL) {
        answer_text(x, 404, "Nothing is published for this class and channel yet.");
        knock(x);
    } else {
        send_manifest(x, c);
    }
    content_release(x->server, c);
    tell(x);
}
