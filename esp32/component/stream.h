/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. What the two files of the TLS stream share. */
#ifndef AL_ESP_STREAM_H
#define AL_ESP_STREAM_H

#include "inside.h"

/* fault.c: fill a fault and give its code */
aloft_err al_esp_errno_fault(aloft_fault *why, int number);
aloft_err al_esp_lookup_fault(aloft_fault *why, int said);
/** After esp_tls_conn_new_async has failed: esp-tls remembers why. */
aloft_err al_esp_handshake_fault(const struct al_esp_stream *s, aloft_fault *why);
/** A negative answer of esp_tls_conn_read or _write, or 0. */
aloft_err al_esp_stream_fault(aloft_fault *why, int said);

#endif
