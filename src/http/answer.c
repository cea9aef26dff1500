/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. A state machine that eats the head of an answer one byte at a time.
 * Knows: RFC 9112's grammar of a head.   Never knows: sockets, or what facts are for. */
#include "http/answer.h"

#include <string.h>

#include "http/field.h"
#include "http/text.h"

#define INTERIM_MAX 4u /* 100 and 103 come once each; more is somebody who plays for time */

enum state {
    AT_STATUS, /* "HTTP/1.1 200", by place */
    IN_REASON,
    AT_LINE_FEED, /* after the CR of a line */
    AT_LINE,      /* first byte of a line */
    IN_NAME,
    IN_VALUE,
    AT_END, /* after the CR of the empty line */
    IS_OVER,
    IS_BROKEN,
    IS_TOO_LONG,
};

void al_http_answer_start(struct al_http_answer *a) {
    memset(a, 0, sizeof *a);
    a->state = AT_STATUS;
}

/* RFC 9112 §4: HTTP/1.x SP 3DIGIT SP reason; some leave out the reason and its space. */
static enum state in_status(struct al_http_answer *a, uint8_t c) {
    static const uint8_t protocol[] = {'H', 'T', 'T', 'P', '/', '1', '.'};
    unsigned place = a->n++;

    if (place < sizeof protocol)
        return c == protocol[place] ? AT_STATUS : IS_BROKEN;
    if (place == 7) {
        a->keeps_open = c != '0'; /* RFC 9112 §9.3 */
        return al_http_is_digit(c) ? AT_STATUS : IS_BROKEN;
    }
    if (place == 8)
        return c == ' ' ? AT_STATUS : IS_BROKEN;
    if (place < 12) {
        a->status = (uint16_t)(a->status * 10 + (c - '0'));
        return al_http_is_digit(c) && a->status > 0 ? AT_STATUS : IS_BROKEN;
    }
    return c == ' ' ? IN_REASON : c == '\r' ? AT_LINE_FEED : c == '\n' ? AT_LINE : IS_BROKEN;
}

static enum state in_reason(struct al_http_answer *a, uint8_t c) {
    (void)a;
    if (c == '\r')
        return AT_LINE_FEED;
    if (c == '\n')
        return AT_LINE;
    return al_http_is_text(c) ? IN_REASON : IS_BROKEN;
}

/* An interim answer is over: what it said is forgotten, what it cost is not. */
static enum state next_answer(struct al_http_answer *a) {
    uint16_t total = a->total;
    uint8_t n_interim = (uint8_t)(a->n_interim + 1);

    if (n_interim > INTERIM_MAX || a->status == 101) /* nobody asked to switch protocols */
        return IS_BROKEN;
    al_http_answer_start(a);
    a->total = total;
    a->n_interim = n_interim;
    return AT_STATUS;
}

/* The status has three digits and begins with no zero (in_status). */
static enum state end_head(struct al_http_answer *a) {
    return a->status < 200 ? next_answer(a) : IS_OVER;
}

static enum state at_line(struct al_http_answer *a, uint8_t c) {
    if (c == '\r')
        return AT_END;
    if (c == '\n')
        return end_head(a);
    if (!al_http_is_token(c)) /* also a folded line, RFC 9112 §5.2 */
        return IS_BROKEN;
    a->name[0] = al_http_lower(c);
    a->n = 1;
    return IN_NAME;
}

static enum state in_name(struct al_http_answer *a, uint8_t c) {
    if (c == ':') {
        a->field = al_http_field_find((aloft_bytes){a->name, a->n});
        a->value_len = 0;
        a->value_is_long = false;
        return IN_VALUE;
    }
    if (!al_http_is_token(c)) /* also white space before the colon, RFC 9112 §5.1 */
        return IS_BROKEN;
    if (a->n ==
        AL_HTTP_NAME_MAX) /* too long to mean anything here: make it a name that nothing has */
        a->name[0] = ' ';
    else
        a->name[a->n++] = al_http_lower(c);
    return IN_NAME;
}

/* The value, or one element of a list, has ended. */
static bool take(struct al_http_answer *a) {
    bool is_right = al_http_field_take(a);

    a->value_len = 0;
    a->value_is_long = false;
    return is_right;
}

static void keep(struct al_http_answer *a, uint8_t c) {
    bool is_location = a->field == AL_HTTP_FIELD_LOCATION;
    uint8_t *room = is_location ? a->location : a->value;
    size_t size = is_location ? sizeof a->location : sizeof a->value;

    if ((c == ' ' || c == '\t') && a->value_len == 0)
        return;
    if (a->value_len < size)
        room[a->value_len++] = c;
    else
        a->value_is_long = true;
}

static enum state in_value(struct al_http_answer *a, uint8_t c) {
    if (c == '\r')
        return take(a) ? AT_LINE_FEED : IS_BROKEN;
    if (c == '\n')
        return take(a) ? AT_LINE : IS_BROKEN;
    if (!al_http_is_text(c))
        return IS_BROKEN;
    if (c == ',' && al_http_field_is_list(a->field))
        return take(a) ? IN_VALUE : IS_BROKEN;
    if (a->field != AL_HTTP_FIELD_NONE)
        keep(a, c);
    return IN_VALUE;
}

static enum state at_line_feed(struct al_http_answer *a, uint8_t c) {
    (void)a;
    return c == '\n' ? AT_LINE : IS_BROKEN;
}

static enum state at_end(struct al_http_answer *a, uint8_t c) {
    return c == '\n' ? end_head(a) : IS_BROKEN;
}

/* What comes next, until it is over. */
static enum state (*const steps[IS_OVER])(struct al_http_answer *a, uint8_t c) = {
    [AT_STATUS] = in_status, [IN_REASON] = in_reason, [AT_LINE_FEED] = at_line_feed,
    [AT_LINE] = at_line,     [IN_NAME] = in_name,     [IN_VALUE] = in_value,
    [AT_END] = at_end,
};

static aloft_err fail(const struct al_http_answer *a, uint8_t c, aloft_fault *why) {
    if (a->state == IS_TOO_LONG)
        *why = (aloft_fault){.code = ALOFT_E_HTTP_HEAD_LONG, .want = AL_HTTP_HEAD_MAX};
    else
        *why = (aloft_fault){.code = ALOFT_E_HTTP_FORM, .at = a->total, .got = c};
    return (aloft_err)why->code;
}

aloft_err al_http_answer_read(struct al_http_answer *a, aloft_bytes *in, aloft_fault *why) {
    uint8_t c = 0;

    while (in->len > 0 && a->state < IS_OVER) {
        c = in->at[0];
        in->at++;
        in->len--;
        a->state = a->total == AL_HTTP_HEAD_MAX ? IS_TOO_LONG : steps[a->state](a, c);
        a->total += a->state != IS_BROKEN && a->state != IS_TOO_LONG;
    }
    if (a->state < IS_OVER)
        return ALOFT_WAIT;
    return a->state == IS_OVER ? ALOFT_OK : fail(a, c, why);
}
