/* SPDX-License-Identifier: Apache-2.0 */
/* What esp32/component takes from this header, for a compiler that has none: values as lwIP and mbedTLS have them. */
#pragma once
#define MBEDTLS_ERR_SSL_INVALID_RECORD    -0x7200
#define MBEDTLS_ERR_SSL_CONN_EOF          -0x7280
#define MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY -0x7880
#define MBEDTLS_ERR_SSL_ALLOC_FAILED      -0x7F00
