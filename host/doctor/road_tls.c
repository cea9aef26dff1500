/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. TLS version, chain, name and dates: each by itself, in the order in which a
 * device tells them (a stranger's certificate first, then the name, then dates).
 * Knows: OpenSSL, how mbedTLS compares names.   Never knows: HTTP. */
#include "host/doctor/road_room.h"

#include <poll.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "host/pki.h"

/* ---- version */

/* What does the server speak, if not what devices speak? A handshake for each, oldest first. */
static const char *other_version(struct road *road) {
    static const struct {
        int version;
        const char *name;
    } others[] = {
        {TLS1_3_VERSION, "TLS 1.3"}, {TLS1_1_VERSION, "TLS 1.1"}, {TLS1_VERSION, "TLS 1.0"}};
    aloft_fault unused;

    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        struct road_stream s;
        bool is_open = road_open(road, &s, others[i].version, others[i].version, &unused);
        road_close(&s);
        if (is_open)
            return others[i].name;
    }
    return NULL;
}

/* Whether it sends on to a place that is not this host's. */
static bool is_portal(const struct road *road, const char *place) {
    const char *host = strstr(place, "://");
    size_t len = strlen(road->host);

    return host != NULL && (strncasecmp(host + 3, road->host, len) != 0 ||
                            strchr("/:?\r\n", host[3 + len]) == NULL);
}

/* What speaks no TLS is asked in plain HTTP: a portal names its page. */
static void remark_plain(struct road *road) {
    static const char ask[] = "GET / HTTP/1.0\r\n\r\n";
    char room[600] = "", *place;
    int fd = road_connect(&road->chosen);
    struct pollfd poller = {.fd = fd, .events = POLLIN};

    if (fd < 0)
        return;
    if (write(fd, ask, sizeof ask - 1) == (ssize_t)sizeof ask - 1 &&
        poll(&poller, 1, ROAD_CONNECT_MS) > 0)
        (void)!read(fd, room, sizeof room - 1);
    close(fd);
    if (strncmp(room, "HTTP/", 5) != 0)
        return;
    place = strstr(room, "\nLocation: ");
    road_remark(road, ROAD_TLS, "asked in plain HTTP it says: %.*s%s%.*s%s",
                (int)strcspn(room, "\r\n"), room, place == NULL ? "" : ", ",
                place == NULL ? 0 : (int)strcspn(place + 1, "\r\n"), place == NULL ? "" : place + 1,
                place == NULL || !is_portal(road, place)
                    ? ""
                    : ". That is another host: the login page of a guest network, most likely. No "
                      "device can log in; put it on the server's network");
}

static bool say_tls(struct road *road, const aloft_fault *why) {
    const char *other = NULL;

    if (why->code == ALOFT_E_TLS_HANDSHAKE || why->code == ALOFT_E_TLS_ALERT)
        other = other_version(road);
    if (other != NULL)
        return road_broken(road, ROAD_TLS, why,
                           "the server speaks only %s here; devices need TLS 1.2", other);
    if (why->code == ALOFT_E_TLS_NOT_TLS)
        remark_plain(road);
    if (why->code == ALOFT_E_TLS_NOT_TLS)
        return road_broken(road, ROAD_TLS, why, "port %u answers, and not with TLS",
                           road->url.port);
    if (why->code == ALOFT_E_TLS_ALERT)
        return road_broken(road, ROAD_TLS, why, "the server ended the handshake with alert %d",
                           (int)why->raw);
    return road_broken(road, ROAD_TLS, why, "no handshake: %s",
                       why->code == ALOFT_E_NET_TIMEOUT
                           ? "the server took the connection and says nothing"
                       : why->code == ALOFT_E_NET_CLOSED ? "the server closed the connection"
                                                         : "it failed");
}

/* ESP-IDF builds mbedTLS without these unless it is told to. A server that has others too is fine. */
static void remark_suite(struct road *road, const char *suite) {
    struct road_stream s;
    aloft_fault unused;
    bool is_open;

    if (strstr(suite, "CHACHA20") == NULL && strstr(suite, "ARIA") == NULL &&
        strstr(suite, "CAMELLIA") == NULL)
        return;
    road->only_aes = true;
    is_open = road_open(road, &s, TLS1_2_VERSION, TLS1_2_VERSION, &unused);
    road_close(&s);
    road->only_aes = false;
    if (!is_open)
        road_remark(
            road, ROAD_TLS,
            "the server has no suite with AES, and an ESP32 has only those unless its "
            "sdkconfig says otherwise: allow one, ECDHE-ECDSA-AES128-GCM-SHA256 for example");
}

/* With TLS 1.2 at most, as mbedTLS 2.28 and ESP-IDF's default have it. */
bool road_see_tls(struct road *road) {
    struct road_stream s;
    aloft_fault why = {0};
    bool is_open = road_open(road, &s, TLS1_2_VERSION, TLS1_2_VERSION, &why);

    if (is_open) {
        road->leaf = SSL_get1_peer_certificate(s.ssl);
        road->chain = X509_chain_up_ref(SSL_get_peer_cert_chain(s.ssl));
        (void)road_good(road, ROAD_TLS, "%s, %s", SSL_get_version(s.ssl),
                        SSL_get_cipher_name(s.ssl));
        remark_suite(road, SSL_get_cipher_name(s.ssl));
    }
    road_close(&s);
    return is_open ? true : say_tls(road, &why);
}

/* ---- chain */

/* What the check complained of, each kind by itself. */
struct found {
    int trust, purpose; /* X509_V_ERR_, 0: nothing */
    bool is_expired, is_future;
};

static int collect(int ok, X509_STORE_CTX *context) {
    struct found *found = X509_STORE_CTX_get_app_data(context);
    int error = X509_STORE_CTX_get_error(context);

    if (ok)
        return 1;
    if (error == X509_V_ERR_CERT_HAS_EXPIRED)
        found->is_expired = true;
    else if (error == X509_V_ERR_CERT_NOT_YET_VALID)
        found->is_future = true;
    else if (error == X509_V_ERR_INVALID_PURPOSE && X509_STORE_CTX_get_error_depth(context) == 0)
        found->purpose = error;
    else if (found->trust == 0)
        found->trust = error;
    return 1; /* go on: the next complaint counts too */
}

static struct found check_chain(const struct road *road) {
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    struct found found = {0};

    if (context == NULL || X509_STORE_CTX_init(context, road->store, road->leaf, road->chain) != 1)
        found.trust = X509_V_ERR_UNSPECIFIED;
    else {
        X509_STORE_CTX_set_app_data(context, &found);
        X509_STORE_CTX_set_verify_cb(context, collect);
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_SSL_SERVER);
        /* as mbedTLS: what stands in the CA file is trusted, root or not */
        X509_STORE_CTX_set_flags(context, X509_V_FLAG_PARTIAL_CHAIN);
        X509_STORE_CTX_set_time(context, 0, (time_t)road->terms.now_s);
        if (X509_verify_cert(context) < 1 && found.trust == 0 && !found.is_expired &&
            !found.is_future && found.purpose == 0)
            found.trust = X509_STORE_CTX_get_error(context);
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return found;
}

static void name_text(const X509_NAME *name, char out[128]) {
    X509_NAME_oneline(name, out, 128);
}

static const char *trust_words(const struct road *road, int error) {
    const X509_NAME *issuer = X509_get_issuer_name(road->leaf);

    if (error == X509_V_ERR_INVALID_CA || error == X509_V_ERR_KEYUSAGE_NO_CERTSIGN ||
        error == X509_V_ERR_INVALID_PURPOSE)
        return "what issued it may not issue certificates (no CA, or key usage)";
    if (X509_NAME_cmp(issuer, X509_get_subject_name(road->leaf)) == 0)
        return "it is self-signed: a portal or another program answers there, or the server was "
               "given "
               "no certificate of the CA";
    if (X509_NAME_cmp(issuer, X509_get_subject_name(road->ca)) == 0)
        return "a CA of the same name, with another key";
    if (sk_X509_num(road->chain) <= 1)
        return "another CA, an intermediate certificate that the server does not send, or a portal "
               "or proxy that answers in its place";
    return "another CA, or a portal or proxy that answers in the server's place";
}

bool road_see_chain(struct road *road) {
    struct found found = check_chain(road);
    aloft_fault why = {.code = ALOFT_E_TLS_CA, .origin = ALOFT_ORIGIN_OPENSSL};
    char issuer[128], ca[128];

    name_text(X509_get_issuer_name(road->leaf), issuer);
    name_text(X509_get_subject_name(road->ca), ca);
    why.raw = found.trust;
    if (found.trust != 0)
        return road_broken(road, ROAD_CHAIN, &why, "issued by %s; expected %s: %s", issuer, ca,
                           trust_words(road, found.trust));
    return road_good(road, ROAD_CHAIN, "issued by %s, the CA that the device holds", issuer);
}

/* ---- name */

/* As mbedTLS compares a dNSName or a CN: without case; "*." stands for one label. */
static bool is_match(const ASN1_STRING *pattern, const char *host) {
    const char *at = (const char *)ASN1_STRING_get0_data(pattern);
    size_t len = (size_t)ASN1_STRING_length(pattern), host_len = strlen(host);
    const char *dot = strchr(host, '.');

    if (len == host_len && strncasecmp(at, host, len) == 0)
        return true;
    return len > 2 && at[0] == '*' && at[1] == '.' && dot != NULL && strlen(dot) == len - 1 &&
           strncasecmp(at + 1, dot, len - 1) == 0;
}

static bool common_name_matches(X509 *leaf, const char *host) {
    const X509_NAME *subject = X509_get_subject_name(leaf);
    int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    return i >= 0 && is_match(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)), host);
}

/* What stands in the certificate, for a sentence, and whether mbedTLS before 3.5 would take it. */
static bool old_matches(X509 *leaf, const char *host, char *list, size_t size) {
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    bool found = false;
    size_t n = 0;

    snprintf(list, size, "no subjectAltName");
    if (names == NULL)
        return common_name_matches(leaf, host);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS)
            continue;
        found = found || is_match(name->d.dNSName, host);
        if (n + 2 < size && i < 8)
            n += (size_t)snprintf(list + n, size - n, "%s%.*s", n == 0 ? "" : ", ",
                                  ASN1_STRING_length(name->d.dNSName),
                                  (const char *)ASN1_STRING_get0_data(name->d.dNSName));
    }
    if (n == 0)
        snprintf(list, size, "no name, only addresses");
    GENERAL_NAMES_free(names);
    return found;
}

bool road_see_host(struct road *road) {
    bool is_address = pki_is_address(road->host);
    unsigned strict = X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
    bool openssl = is_address ? X509_check_ip_asc(road->leaf, road->host, 0) == 1
                              : X509_check_host(road->leaf, road->host, 0, 0, NULL) == 1;
    bool browser =
        is_address ? openssl : X509_check_host(road->leaf, road->host, 0, strict, NULL) == 1;
    /* curl compares the CN with an address where there is no subjectAltName at all */
    bool is_bare = X509_get_ext_by_NID(road->leaf, NID_subject_alt_name, -1) < 0;
    char list[200];
    bool old = old_matches(road->leaf, road->host, list, sizeof list);
    aloft_fault why = {.code = ALOFT_E_TLS_NAME};

    if (!old && !(is_address && openssl))
        return road_broken(road, ROAD_HOST, &why, "the certificate is for: %s; expected: %s", list,
                           road->host);
    if (!old) {
        why.code = ALOFT_E_DOCTOR_NAME_OLD;
        return road_broken(road, ROAD_HOST, &why,
                           "%s is there as an address only; OpenSSL and browsers take it, mbedTLS "
                           "before 3.5 compares names only",
                           road->host);
    }
    if (!openssl || !browser)
        road_remark(road, ROAD_HOST, "devices take it; %s not: it is not there as a %s",
                    openssl   ? "browsers do"
                    : is_bare ? "OpenSSL and browsers do"
                              : "OpenSSL, curl and browsers do",
                    is_address ? "subjectAltName iPAddress" : "subjectAltName dNSName");
    return road_good(road, ROAD_HOST, "%s is in the certificate", road->host);
}

/* ---- dates */

static void date_text(int64_t when_s, char out[24]) {
    time_t when = (time_t)when_s;
    struct tm parts;

    if (gmtime_r(&when, &parts) == NULL || strftime(out, 24, "%Y-%m-%d %H:%M", &parts) == 0)
        snprintf(out, 24, "?");
}

static void asn1_text(const ASN1_TIME *when, char out[24]) {
    struct tm parts;

    if (ASN1_TIME_to_tm(when, &parts) != 1 || strftime(out, 24, "%Y-%m-%d %H:%M", &parts) == 0)
        snprintf(out, 24, "?");
}

bool road_see_dates(struct road *road) {
    struct found found = check_chain(road);
    aloft_fault why = {0};
    char from[24], until[24], now[24];

    asn1_text(X509_get0_notBefore(road->leaf), from);
    asn1_text(X509_get0_notAfter(road->leaf), until);
    date_text((int64_t)road->terms.now_s, now);
    why.code = found.is_expired     ? ALOFT_E_TLS_EXPIRED
               : found.is_future    ? ALOFT_E_TLS_FUTURE
               : found.purpose != 0 ? ALOFT_E_TLS_HANDSHAKE
                                    : 0;
    if (found.is_expired || found.is_future)
        return road_broken(road, ROAD_DATES, &why,
                           "valid from %s to %s (UTC); the device's clock says %s", from, until,
                           now);
    if (found.purpose != 0)
        return road_broken(road, ROAD_DATES, &why,
                           "the certificate is not made for servers (key usage)");
    return road_good(road, ROAD_DATES, "valid until %s; the clock says %s (UTC)", until, now);
}
