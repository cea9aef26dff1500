/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. Turns the values of an answer's fields into facts.
 * Knows: the grammar of nine fields.   Never knows: where in the head they stand. */
#include "http/field.h"

#include "http/text.h"

static bool take_length(struct al_http_answer *a, aloft_bytes value) {
    uint64_t length;

    /* RFC 9110 §8.6: the same length said twice may be read as one; two different ones may not. */
    if (a->value_is_long || !al_http_number(value, &length) || length == UINT64_MAX)
        return false;
    if (a->has_length && a->content_length != length)
        return false;
    a->has_length = true;
    a->content_length = length;
    return true;
}

/* RFC 9110 §14.4: FROM-TO/SIZE, FROM-TO/<star>, <star>/SIZE. An invalid one says nothing. */
static void read_range(struct al_http_answer *a, aloft_bytes value) {
    aloft_bytes span, from, size = value;
    bool has_span, has_size;

    if (!al_http_cut(&size, '/', &span))
        return;
    has_size = al_http_number(size, &a->range_size);
    if (!has_size && !al_http_equals(size, "*"))
        return;
    if (al_http_equals(span, "*")) {
        a->has_range_size = has_size;
        return;
    }
    has_span = al_http_cut(&span, '-', &from) && al_http_number(from, &a->range_from) &&
               al_http_number(span, &a->range_to) && a->range_from <= a->range_to &&
               (!has_size || a->range_to < a->range_size);
    a->has_range = has_span;
    a->has_range_size = has_span && has_size;
}

static bool take_range(struct al_http_answer *a, aloft_bytes value) {
    static const size_t unit = sizeof "bytes " - 1;

    if (a->has_content_range)
        return false;
    a->has_content_range = true;
    if (!a->value_is_long && al_http_begins(value, "bytes "))
        read_range(a, al_http_trim((aloft_bytes){value.at + unit, value.len - unit}));
    return true;
}

static uint32_t at_most_32_bits(uint64_t number) {
    return number > UINT32_MAX ? UINT32_MAX : (uint32_t)number;
}

static bool take_retry(struct al_http_answer *a, aloft_bytes value) {
    uint64_t seconds;

    if (!a->value_is_long && al_http_number(value, &seconds)) {
        a->has_retry_after = true;
        a->retry_after_s = at_most_32_bits(seconds);
    } else if (value.len > 0) {
        a->retry_after_is_date = true;
    }
    return true;
}

/* A max-age inside a quoted argument of another directive would be taken too; it costs a poll that
 * comes earlier or later, within the bounds of the device. */
static bool take_cache(struct al_http_answer *a, aloft_bytes value) {
    static const size_t name = sizeof "max-age=" - 1;
    uint64_t seconds;

    if (a->has_max_age || a->value_is_long || !al_http_begins(value, "max-age="))
        return true;
    if (al_http_number((aloft_bytes){value.at + name, value.len - name}, &seconds)) {
        a->has_max_age = true;
        a->max_age_s = at_most_32_bits(seconds);
    }
    return true;
}

static bool take_type(struct al_http_answer *a, aloft_bytes value) {
    aloft_bytes type;

    al_http_cut(&value, ';', &type);
    type = al_http_trim(type);
    if (al_http_equals(type, "text/html") || al_http_equals(type, "application/xhtml+xml"))
        a->is_html = true;
    return true;
}

static bool take_encoding(struct al_http_answer *a, aloft_bytes value) {
    if (value.len > 0 && !al_http_equals(value, "identity"))
        a->is_encoded = true;
    return true;
}

static bool take_transfer(struct al_http_answer *a, aloft_bytes value) {
    (void)value;
    a->is_chunked = true;
    return true;
}

static bool take_connection(struct al_http_answer *a, aloft_bytes value) {
    if (al_http_equals(value, "close"))
        a->keeps_open = false;
    return true;
}

static bool take_location(struct al_http_answer *a, aloft_bytes value) {
    if (a->has_location)
        return false;
    a->has_location = true;
    a->location_is_long = a->value_is_long;
    a->location_len = a->value_is_long ? 0 : (uint16_t)value.len;
    return true;
}

static const struct {
    const char *name;
    bool is_list;
    bool (*take)(struct al_http_answer *a, aloft_bytes value);
} fields[] = {
    {"content-length", true, take_length},     {"content-range", false, take_range},
    {"retry-after", false, take_retry}, /* a date has a comma */
    {"cache-control", true, take_cache},       {"content-type", false, take_type},
    {"content-encoding", true, take_encoding}, {"transfer-encoding", true, take_transfer},
    {"connection", true, take_connection},     {"location", false, take_location},
};

enum al_http_field_name al_http_field_find(aloft_bytes name) {
    unsigned i = 0;

    while (i < AL_HTTP_FIELD_NONE && !al_http_equals(name, fields[i].name))
        i++;
    return (enum al_http_field_name)i;
}

bool al_http_field_is_list(unsigned field) {
    return field < AL_HTTP_FIELD_NONE && fields[field].is_list;
}

bool al_http_field_take(struct al_http_answer *a) {
    const uint8_t *room = a->field == AL_HTTP_FIELD_LOCATION ? a->location : a->value;

    if (a->field >= AL_HTTP_FIELD_NONE)
        return true;
    return fields[a->field].take(a, al_http_trim((aloft_bytes){room, a->value_len}));
}
