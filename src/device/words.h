/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. What the device says: small texts (words.c), where it calls (where.c), requests and the
 * report (letters.c). */
#ifndef AL_DEVICE_WORDS_H
#define AL_DEVICE_WORDS_H

#include "device/device.h"
#include "http/text.h"

/* ---- words.c */

void al_words_hex(struct al_http_out *pen, aloft_bytes bytes);
size_t al_words_len(const char *text);
aloft_bytes al_words_span(const char *text);
/** A-Za-z0-9._- : device ids, the parts of a class. */
bool al_words_is_name(char c);
/** A-Za-z0-9._+- : versions. */
bool al_words_is_version(char c);
/** set-version as people write it: 1.4.2, 2.0.0-rc1. */
void al_words_version(const struct aloft_manifest *m, char out[ALOFT_VERSION_MAX + 1]);
/** The word of `Aloft-State`, at most 24 bytes. */
void al_words_state(const struct al_device *d, struct al_http_out *pen);
aloft_bytes al_words_running_version(const struct al_device *d);
aloft_bytes al_words_class(const struct al_device *d);
/** What is known of the image that runs; all zero for one that was flashed at the factory. */
const struct al_record_slot *al_words_running(const struct al_device *d);
/** The value of `Aloft-Running`. */
void al_words_what_runs(const struct al_device *d, struct al_http_out *pen);

/* ---- where.c: each puts a URL into d->url_room and d->url. Fail CONFIG_BASE or HTTP_REDIRECT. */

ALOFT_MUST_USE aloft_err al_where_manifest(struct al_device *d, aloft_fault *why);
/** The payload's, relative to the manifest's: the configured one, whatever was redirected (RFC 3986
 *  §5.1.3). */
ALOFT_MUST_USE aloft_err al_where_payload(struct al_device *d, aloft_bytes uri, aloft_fault *why);
/** A Location, relative to the present one. */
ALOFT_MUST_USE aloft_err al_where_next(struct al_device *d, aloft_bytes location, aloft_fault *why);
ALOFT_MUST_USE aloft_err al_where_statement(struct al_device *d, aloft_fault *why);
ALOFT_MUST_USE aloft_err al_where_report(struct al_device *d, aloft_fault *why);
/** Whether this status sends on to a Location: 301, 302, 303, 307, 308 (RFC 9110 §15.4). */
bool al_where_is_redirect(unsigned status);
/** Whether d->url is on the configured server. */
bool al_where_is_home(const struct al_device *d);

/* ---- letters.c: requests for d->url at the front of config->input; give the length. Fail MISUSE if they do
 * not fit, which ALOFT_INPUT_MIN excludes. */

ALOFT_MUST_USE aloft_err al_letter_check(struct al_device *d, size_t *len, aloft_fault *why);
ALOFT_MUST_USE aloft_err al_letter_fetch(struct al_device *d, uint32_t from, size_t *len,
                                         aloft_fault *why);
/** The report's body stands behind its head. */
ALOFT_MUST_USE aloft_err al_letter_report(struct al_device *d, size_t *len, aloft_fault *why);

#endif
