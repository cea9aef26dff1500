/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. The fields of an answer that mean something to a device: their names, and what their
 * values say. answer.c finds where values begin and end; this takes them. */
#ifndef AL_HTTP_FIELD_H
#define AL_HTTP_FIELD_H

#include "http/answer.h"

/** In the order of field.c's table. */
enum al_http_field_name {
    AL_HTTP_FIELD_LENGTH,
    AL_HTTP_FIELD_RANGE,
    AL_HTTP_FIELD_RETRY,
    AL_HTTP_FIELD_CACHE,
    AL_HTTP_FIELD_TYPE,
    AL_HTTP_FIELD_ENCODING,
    AL_HTTP_FIELD_TRANSFER,
    AL_HTTP_FIELD_CONNECTION,
    AL_HTTP_FIELD_LOCATION,
    AL_HTTP_FIELD_NONE, /* any other */
};

/** Which field has this name, in lower case. */
enum al_http_field_name al_http_field_find(aloft_bytes name);

/** Whether its value is a list, whose elements are taken one by one (RFC 9110 §5.6.1). */
bool al_http_field_is_list(unsigned field);

/** Take answer->value (for Location: answer->location) of answer->field. False: HTTP_FORM. */
bool al_http_field_take(struct al_http_answer *answer);

#endif
