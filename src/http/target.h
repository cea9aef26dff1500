/* SPDX-License-Identifier: Apache-2.0 */
/* Room: http. The target of a request, RFC 9112 §3.2. */
#ifndef AL_HTTP_TARGET_H
#define AL_HTTP_TARGET_H

#include "http/server_request.h"

/** Fill request->path, query and, from an absolute form, host. Gives the number of bytes of
 *  `target` that are right: all of them, or where it goes wrong. */
size_t al_http_target_read(aloft_bytes target, struct al_http_request *request);

/** RFC 9110 §7.2: what a Host may hold. */
bool al_http_is_host(aloft_bytes text);

#endif
