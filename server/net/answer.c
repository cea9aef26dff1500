/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Small helpers for calls: answers and the fields of a request.
 * Knows: the exchange.   Never knows: connections. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "http/text.h"

void answer_bytes(struct exchange *x, unsigned status, const char *type, aloft_bytes bytes) {
    uint8_t *at = malloc(bytes.len > 0 ? bytes.len : 1);

    free(x->answer.small.at);
    x->answer.small = (aloft_space){NULL, 0};
    x->answer.waits_for_store = false;
    x->answer.status = at != NULL ? status : 503;
    if (at == NULL)
        return;
    if (bytes.len > 0)
        memcpy(at, bytes.at, bytes.len);
    x->answer.type = type;
    x->answer.small = (aloft_space){at, bytes.len};
}

void answer_text(struct exchange *x, unsigned status, const char *format, ...) {
    char text[1024];
    va_list arguments;
    size_t len;

    va_start(arguments, format);
    vsnprintf(text, sizeof text - 1, format, arguments);
    va_end(arguments);
    len = strlen(text);
    text[len++] = '\n';
    answer_bytes(x, status, "text/plain; charset=utf-8", (aloft_bytes){(uint8_t *)text, len});
}

bool exchange_is(const struct exchange *x, const char *method) {
    aloft_bytes is = x->request->method;

    return is.len == strlen(method) && memcmp(is.at, method, is.len) == 0;
}

aloft_bytes exchange_field(const struct exchange *x, const char *name) {
    return al_http_field(x->request, name);
}

/* RFC 9110 §8.8.3.2: weak comparison leaves a W/ in front out of it. */
static aloft_bytes without_weak(aloft_bytes tag) {
    if (tag.len > 2 && tag.at[0] == 'W' && tag.at[1] == '/')
        return (aloft_bytes){tag.at + 2, tag.len - 2};
    return tag;
}

bool exchange_has_match(const struct exchange *x, const char *etag) {
    aloft_bytes rest = x->request->if_none_match, tag;
    size_t len = strlen(etag);

    while (rest.len > 0) { /* our own validators hold no comma, so cutting at commas finds them */
        (void)al_http_cut(&rest, ',', &tag);
        tag = without_weak(al_http_trim(tag));
        if (len > 0 && tag.len == len && memcmp(tag.at, etag, len) == 0)
            return true;
        if (tag.len == 1 && tag.at[0] == '*')
            return true;
    }
    return false;
}
