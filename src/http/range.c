/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Range rules of a server, and of a device that resumes.
 * Knows: RFC 9110 §14 and FORMAT.md's rules for payloads.   Never knows: files, slots, sockets. */
#include "http/range.h"

#include "http/answer.h"
#include "http/text.h"

/* ---- server */

struct al_http_range al_http_range_read(aloft_bytes value) {
    static const size_t unit = sizeof "bytes=" - 1;
    const struct al_http_range none = {AL_HTTP_RANGE_NONE, 0, 0};
    struct al_http_range range = {AL_HTTP_RANGE_FROM, 0, UINT64_MAX};
    aloft_bytes rest, first;

    if (!al_http_begins(value, "bytes="))
        return none;
    rest = al_http_trim((aloft_bytes){value.at + unit, value.len - unit});
    if (!al_http_cut(&rest, '-', &first))
        return none;
    if (first.len == 0) {
        range.kind = AL_HTTP_RANGE_LAST;
        return al_http_number(rest, &range.from) ? range : none;
    }
    /* A second range brings a comma, which is no digit: then none. */
    if (!al_http_number(first, &range.from) || (rest.len > 0 && !al_http_number(rest, &range.to)) ||
        range.to < range.from)
        return none;
    return range;
}

struct al_http_part al_http_range_pick(const struct al_http_range *range, uint64_t size) {
    const struct al_http_part whole = {200, 0, size}, nothing = {416, 0, 0};
    struct al_http_part part = {206, 0, 0};

    if (range->kind == AL_HTTP_RANGE_NONE)
        return whole;
    if (range->kind == AL_HTTP_RANGE_LAST) {
        if (range->from == 0)
            return nothing;
        if (size == 0) /* §14.1.2: satisfied by all there is, and no Content-Range can say that */
            return whole;
        part.len = range->from < size ? range->from : size;
        part.at = size - part.len;
        return part;
    }
    if (range->from >= size)
        return nothing;
    part.at = range->from;
    part.len = (range->to < size ? range->to + 1 : size) - range->from;
    return part;
}

/* ---- device */

static uint32_t at_most_32_bits(uint64_t number) {
    return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

static aloft_err fail(const struct al_http_answer *answer, aloft_err code, uint64_t want,
                      uint64_t got, aloft_fault *why) {
    *why = (aloft_fault){.code = (uint16_t)code,
                         .origin = ALOFT_ORIGIN_HTTP,
                         .raw = answer->status,
                         .want = at_most_32_bits(want),
                         .got = at_most_32_bits(got)};
    return code;
}

/* What no answer with a payload is. OK: go on judging. */
static aloft_err judge_kind(const struct al_http_answer *answer) {
    switch (answer->status) {
    case 404:
    case 410:
        return ALOFT_E_HTTP_NOT_FOUND;
    case 401:
    case 403:
        return ALOFT_E_HTTP_FORBIDDEN;
    case 429:
    case 503:
        return ALOFT_E_HTTP_BUSY;
    case 416:
        return ALOFT_OK;
    case 200:
    case 206:
        break;
    default:
        return answer->is_html ? ALOFT_E_HTTP_HTML : ALOFT_E_HTTP_STATUS;
    }
    if (answer->is_html)
        return ALOFT_E_HTTP_HTML;
    return answer->is_encoded || answer->is_chunked ? ALOFT_E_HTTP_ENCODED : ALOFT_OK;
}

/* FORMAT.md: 206 must carry bytes N-(S-1)/S. */
static aloft_err judge_part(const struct al_http_answer *a, const struct al_http_wish *wish,
                            aloft_fault *why) {
    if (!a->has_range || !a->has_range_size)
        return fail(a, ALOFT_E_HTTP_RANGE, wish->at, 0, why);
    if (a->range_size != wish->size)
        return fail(a, ALOFT_E_HTTP_LENGTH, wish->size, a->range_size, why);
    if (a->range_from != wish->at)
        return fail(a, ALOFT_E_HTTP_RANGE, wish->at, a->range_from, why);
    if (a->range_to != a->range_size - 1)
        return fail(a, ALOFT_E_HTTP_LENGTH, wish->size, a->range_to + 1, why);
    if (a->has_length && a->content_length != wish->size - wish->at)
        return fail(a, ALOFT_E_HTTP_LENGTH, wish->size - wish->at, a->content_length, why);
    return ALOFT_OK;
}

aloft_err al_http_resume(const struct al_http_answer *a, const struct al_http_wish *wish,
                         enum al_http_resume *what, aloft_fault *why) {
    aloft_err e = judge_kind(a);

    *what = AL_HTTP_GO_ON;
    if (e != ALOFT_OK)
        return fail(a, e, 200, a->status, why);
    if (a->status == 206)
        return judge_part(a, wish, why);
    if (a->status == 416) { /* to a request without a Range it is nonsense */
        *what = AL_HTTP_ASK_AGAIN;
        return wish->at > 0 ? ALOFT_OK : fail(a, ALOFT_E_HTTP_STATUS, 200, 416, why);
    }
    if (a->has_length && a->content_length != wish->size)
        return fail(a, ALOFT_E_HTTP_LENGTH, wish->size, a->content_length, why);
    if (wish->at > 0)
        *what = AL_HTTP_FROM_START;
    return ALOFT_OK;
}
