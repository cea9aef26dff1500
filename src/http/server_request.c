/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Splits the head of a request into lines and fields, and says how its body ends.
 * Knows: RFC 9112, strictly.   Never knows: what is served, or to whom. */
#include "http/server_request.h"

#include <string.h>

#include "http/target.h"
#include "http/text.h"

#define METHOD_MAX 20u /* the longest registered one, UPDATEREDIRECTREF, has 17 */

/* Where the reading stands. `e` is ALOFT_OK while nothing is wrong and bytes are left. */
struct reader {
    aloft_bytes in;
    size_t at;
    aloft_err e;
    bool has_length, has_host, is_1_0, says_close;
};

/* `at` is a byte that has come: behind the last one the reader waits. */
static void fail_at(struct reader *r, size_t at) {
    r->at = at;
    r->e = ALOFT_E_HTTP_FORM;
}

/* The byte at hand; at the end of what came the reader waits. */
static bool is_there(struct reader *r) {
    if (r->e == ALOFT_OK && r->at == r->in.len)
        r->e = r->at < AL_HTTP_REQUEST_MAX ? ALOFT_WAIT : ALOFT_E_HTTP_HEAD_LONG;
    return r->e == ALOFT_OK;
}

/* Bytes of one class, one or more. */
static aloft_bytes read_while(struct reader *r, bool (*is)(uint8_t c)) {
    size_t start = r->at;

    while (is_there(r) && is(r->in.at[r->at]))
        r->at++;
    return (aloft_bytes){r->in.at + start, r->at - start};
}

static void expect(struct reader *r, const char *text) {
    for (; *text != 0 && is_there(r); text++) {
        if (r->in.at[r->at] != (uint8_t)*text)
            fail_at(r, r->at);
        else
            r->at++;
    }
}

static bool is_visible(uint8_t c) {
    return c > 0x20 && c < 0x7f;
}

/* RFC 9112 §3, and one empty line before it (§2.2). */
static void read_line(struct reader *r, struct al_http_request *q) {
    size_t target_at;
    aloft_bytes target;

    if (is_there(r) && r->in.at[0] == '\r')
        expect(r, "\r\n");
    q->method = read_while(r, al_http_is_token);
    if (r->e == ALOFT_OK && (q->method.len == 0 || q->method.len > METHOD_MAX))
        fail_at(r, r->at);
    expect(r, " ");
    target_at = r->at;
    target = read_while(r, is_visible);
    if (r->e == ALOFT_OK) {
        size_t right = al_http_target_read(target, q);
        if (right < target.len || target.len == 0)
            fail_at(r, target_at + right);
    }
    expect(r, " HTTP/1.");
    if (is_there(r) && !al_http_is_digit(r->in.at[r->at]))
        fail_at(r, r->at);
    if (r->e == ALOFT_OK)
        r->is_1_0 = r->in.at[r->at++] == '0';
    expect(r, "\r\n");
}

/* ---- what single fields mean. False: refused. */

static bool take_length(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    if (r->has_length || !al_http_number(value, &q->body_len) || q->body_len == UINT64_MAX)
        return false;
    r->has_length = true;
    return true;
}

static bool take_host(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    if (r->has_host || !al_http_is_host(value))
        return false;
    r->has_host = true;
    if (q->host.at == NULL) /* RFC 9112 §3.2.2: that of an absolute target counts, not this one */
        q->host = value;
    return true;
}

static bool take_connection(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    aloft_bytes element;
    bool more;

    (void)q;
    do {
        more = al_http_cut(&value, ',', &element);
        r->says_close = r->says_close || al_http_equals(al_http_trim(element), "close");
    } while (more);
    return true;
}

static bool take_transfer(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    (void)value;
    q->is_chunked = true;
    return !r->is_1_0; /* RFC 9112 §6.1: there its framing is faulty */
}

static bool take_expect(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    (void)r;
    q->expects_continue = al_http_equals(value, "100-continue");
    return true;
}

static bool take_range(struct reader *r, struct al_http_request *q, aloft_bytes value) {
    (void)r;
    if (al_http_equals(q->method, "get")) /* RFC 9110 §14.2 */
        q->range = al_http_range_read(value);
    return true;
}

static bool take(struct reader *r, struct al_http_request *q, const struct al_http_field *field) {
    static const struct {
        const char *name;
        bool (*take)(struct reader *r, struct al_http_request *q, aloft_bytes value);
    } fields[] = {
        {"content-length", take_length}, {"host", take_host},
        {"connection", take_connection}, {"transfer-encoding", take_transfer},
        {"expect", take_expect},         {"range", take_range},
    };

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (al_http_equals(field->name, fields[i].name))
            return fields[i].take(r, q, field->value);
    return true;
}

/* ---- lines */

static void read_field(struct reader *r, struct al_http_request *q) {
    struct al_http_field field;
    size_t start = r->at;

    field.name = read_while(r, al_http_is_token);
    if (r->e == ALOFT_OK && field.name.len == 0) /* also a folded line, RFC 9112 §5.2 */
        fail_at(r, r->at);
    expect(r, ":"); /* no white space before it, §5.1 */
    field.value = al_http_trim(read_while(r, al_http_is_text));
    expect(r, "\r\n");
    if (r->e != ALOFT_OK)
        return;
    if (q->n_fields == AL_HTTP_FIELDS_MAX)
        r->e = ALOFT_E_HTTP_HEAD_LONG;
    else if (!take(r, q, &field))
        fail_at(r, start);
    else
        q->field[q->n_fields++] = field;
}

static void end_head(struct reader *r, struct al_http_request *q) {
    expect(r, "\r\n");
    if (r->e != ALOFT_OK)
        return;
    if ((q->is_chunked && r->has_length) || (!r->has_host && !r->is_1_0)) {
        fail_at(r, 0);
        return;
    }
    q->keep = !r->is_1_0 && !r->says_close && !q->is_chunked;
    q->head_len = r->at;
    q->if_range = al_http_field(q, "if-range");
    q->if_none_match = al_http_field(q, "if-none-match");
}

aloft_err al_http_request_read(aloft_bytes bytes, struct al_http_request *request,
                               aloft_fault *why) {
    struct reader r = {.in = bytes, .e = ALOFT_OK};

    if (r.in.len > AL_HTTP_REQUEST_MAX) /* behind that may be a body, never a head */
        r.in.len = AL_HTTP_REQUEST_MAX;
    memset(request, 0, sizeof *request);
    read_line(&r, request);
    while (is_there(&r) && r.in.at[r.at] != '\r') /* ends: each round reads a byte or sets r.e */
        read_field(&r, request);
    end_head(&r, request);
    if (r.e == ALOFT_E_HTTP_HEAD_LONG)
        *why = (aloft_fault){.code = (uint16_t)r.e, .want = AL_HTTP_REQUEST_MAX};
    else if (r.e == ALOFT_E_HTTP_FORM)
        *why = (aloft_fault){.code = (uint16_t)r.e, .at = (uint32_t)r.at, .got = r.in.at[r.at]};
    return r.e;
}

aloft_bytes al_http_field(const struct al_http_request *request, const char *lower_name) {
    for (unsigned i = 0; i < request->n_fields; i++)
        if (al_http_equals(request->field[i].name, lower_name))
            return request->field[i].value;
    return (aloft_bytes){NULL, 0};
}
