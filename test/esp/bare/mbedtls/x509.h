/* SPDX-License-Identifier: Apache-2.0 */
/* What esp32/component takes from this header, for a compiler that has none: values as lwIP and mbedTLS have them. */
#pragma once
#define MBEDTLS_ERR_X509_CERT_VERIFY_FAILED -0x2700
#define MBEDTLS_X509_BADCERT_EXPIRED        0x01
#define MBEDTLS_X509_BADCERT_CN_MISMATCH    0x04
#define MBEDTLS_X509_BADCERT_NOT_TRUSTED    0x08
#define MBEDTLS_X509_BADCERT_FUTURE         0x0200
