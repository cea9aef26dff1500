/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Compares what was found with the server that is known.
 * Knows: addresses, certificates, versions.   Never knows: where a finding came from. */
#include "host/doctor/room.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "host/image/partition.h"
#include "host/legacy/device_info.h"

void doctor_add(struct doctor *d, enum doctor_weight weight, enum doctor_topic topic,
                const char *where, const char *format, ...) {
    struct doctor_row *row = &d->row[d->n];
    char text[sizeof row->what];
    va_list arguments;

    if (d->n == DOCTOR_ROWS_MAX)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    row->weight = weight;
    row->topic = topic;
    aloft_printable((aloft_bytes){(const uint8_t *)where, strlen(where)}, row->where,
                    sizeof row->where);
    aloft_printable((aloft_bytes){(const uint8_t *)text, strlen(text)}, row->what,
                    sizeof row->what);
    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].topic == topic && strcmp(d->row[i].where, row->where) == 0 &&
            strcmp(d->row[i].what, row->what) == 0)
            return;
    d->n++;
}

/* ---- addresses */

static const struct server *server_at(const struct doctor *d, const struct address *a) {
    for (unsigned i = 0; i < d->n_servers; i++)
        if (d->server[i].port == a->port && pki_hosts_have(&d->server[i].hosts, a->host))
            return &d->server[i];
    return NULL;
}

static void list_machine(const struct doctor *d, char *out, size_t out_size) {
    size_t n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < d->machine.n && n + 1 < out_size; i++) {
        const char *host = d->machine.host[i];
        if (!pki_is_address(host) || strchr(host, ':') != NULL || strcmp(host, "127.0.0.1") == 0)
            continue;
        n += (size_t)snprintf(out + n, out_size - n, "%s%s", n > 0 ? ", " : "", host);
    }
}

static void wrong_address(struct doctor *d, const char *where, const char *address,
                          const char *why) {
    if (d->address_where[0] == 0)
        snprintf(d->address_where, sizeof d->address_where, "%s", where);
    doctor_add(d, DOCTOR_WRONG, DOCTOR_ADDRESS, where, "the firmware calls   %s%s", address, why);
}

/* Without a project only this machine's own addresses can be compared. */
static void see_alone(struct doctor *d, const char *where, const char *address,
                      const struct address *a) {
    char mine[160];

    list_machine(d, mine, sizeof mine);
    if (pki_hosts_have(&d->machine, a->host)) {
        doctor_add(d, DOCTOR_FINE, DOCTOR_ADDRESS, where,
                   "the firmware calls   %s (an address of this machine)", address);
    } else if (strcmp(a->host, "192.168.1.3") == 0) {
        wrong_address(d, where, address, "   (as ota_demo is shipped)");
        doctor_add(d, DOCTOR_NOTE, DOCTOR_ADDRESS, "", "this machine is      %s", mine);
    } else {
        doctor_add(d, DOCTOR_NOTE, DOCTOR_ADDRESS, where,
                   "the firmware calls   %s (not compared: no project; this machine is %s)",
                   address, mine);
    }
}

void doctor_see_address(struct doctor *d, const char *where, const char *address, bool has_blank) {
    struct address a;

    if (!address_of(address, &a))
        return;
    if (has_blank) {
        wrong_address(d, where, address, "   with a blank in it: it leads nowhere");
        return;
    }
    if (d->n_servers == 0) {
        see_alone(d, where, address, &a);
        return;
    }
    if (server_at(d, &a) != NULL && a.is_https) {
        doctor_add(d, DOCTOR_FINE, DOCTOR_ADDRESS, where, "the firmware calls   %s = your server",
                   address);
        return;
    }
    wrong_address(d, where, address, a.is_https ? "" : "   (not https)");
    for (unsigned i = 0; i < d->n_servers; i++)
        if (d->server[i].is_legacy || d->n_servers == 1 || !d->is_ota_demo)
            doctor_add(d, DOCTOR_NOTE, DOCTOR_ADDRESS, "", "your server is at    %s/",
                       d->server[i].base);
}

/* ---- certificates and keys */

static void *parse(aloft_bytes file, const struct scan_hit *hit, bool is_key) {
    BIO *bio = BIO_new_mem_buf(file.at + hit->at, (int)hit->len);
    void *out = NULL;

    if (bio != NULL)
        out = is_key ? (void *)PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL)
                     : (void *)PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return out;
}

static void name_of(X509 *certificate, char out[100]) {
    char text[100] = "";

    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text,
                              sizeof text);
    snprintf(out, 100, "%s", text);
}

/* Issued by this CA: its key fits the signature. Dates are not asked: those devices do not either. */
static bool issued_by(X509 *certificate, X509 *ca) {
    EVP_PKEY *key = X509_get0_pubkey(ca);
    bool fits = key != NULL && X509_verify(certificate, key) == 1;

    ERR_clear_error();
    return fits;
}

static void see_certificate(struct doctor *d, const char *where, X509 *found) {
    char name[100];
    bool any = false;

    name_of(found, name);
    for (unsigned i = 0; i < d->n_servers; i++) {
        X509 *server = d->server[i].certificate;
        any = any || server != NULL;
        if (server == NULL || !(issued_by(server, found) || X509_cmp(server, found) == 0))
            continue;
        doctor_add(d, DOCTOR_FINE, DOCTOR_CA, where,
                   "the CA \"%s\": it issued the certificate of your%s server", name,
                   d->server[i].is_legacy ? " old" : "");
        return;
    }
    if (any)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_CA, where,
                   "the CA \"%s\": another one than the one of your server's certificate", name);
    else
        doctor_add(d, DOCTOR_NOTE, DOCTOR_CA, where,
                   "the CA \"%s\": it can be read (not compared: no project)", name);
}

static void see_key(struct doctor *d, const char *where, EVP_PKEY *found) {
    for (unsigned i = 0; i < d->n_servers; i++)
        if (d->server[i].legacy_key != NULL) {
            bool fits = EVP_PKEY_eq(d->server[i].legacy_key, found) == 1;
            doctor_add(d, fits ? DOCTOR_FINE : DOCTOR_WRONG, DOCTOR_KEY, where,
                       fits ? "the key that your old firmware is signed with"
                            : "another key than the one in legacy/public_key.pem");
            return;
        }
    if (EVP_PKEY_get_base_id(found) == EVP_PKEY_RSA && EVP_PKEY_get_bits(found) != 2048)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_KEY, where,
                   "an RSA key of %d bits; ota_demo takes 2048 only", EVP_PKEY_get_bits(found));
    else
        doctor_add(d, DOCTOR_NOTE, DOCTOR_KEY, where,
                   "a public key that can be read (not compared: no legacy/public_key.pem)");
}

void doctor_see_pem(struct doctor *d, const char *where, aloft_bytes file,
                    const struct scan_hit *hit) {
    void *found;

    if (hit->what == SCAN_PRIVATE_KEY) {
        doctor_add(d, DOCTOR_ALARM, DOCTOR_PRIVATE_KEY, where, "a private key");
        return;
    }
    if (hit->what == SCAN_PLACEHOLDER) {
        doctor_add(d, DOCTOR_WRONG, DOCTOR_PLACEHOLDER, where, "a placeholder, not a %s",
                   hit->is_certificate ? "certificate" : "key");
        return;
    }
    found = parse(file, hit, hit->what == SCAN_PUBLIC_KEY);
    if (found == NULL)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_PLACEHOLDER, where, "a %s that cannot be read",
                   hit->what == SCAN_PUBLIC_KEY ? "key" : "certificate");
    else if (hit->what == SCAN_PUBLIC_KEY)
        see_key(d, where, found);
    else
        see_certificate(d, where, found);
    if (hit->what == SCAN_PUBLIC_KEY)
        EVP_PKEY_free(found);
    else
        X509_free(found);
}

/* ---- versions */

void doctor_see_device_info(struct doctor *d, const char *where, aloft_bytes file) {
    struct device_info info;

    device_info_find(file, &info);
    if (info.n == 0)
        return;
    snprintf(d->versions[0], sizeof d->versions[0], "%s", info.version);
    snprintf(d->where_info, sizeof d->where_info, "%s", where);
    if (info.version[0] == 0)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_VERSION, where,
                   "no firmwareVersion: no update is ever found");
    else if (info.is_placeholder)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_VERSION, where, "firmwareVersion is still \"%s\"",
                   info.version);
    else
        doctor_add(d, DOCTOR_FINE, DOCTOR_VERSION, where,
                   "firmwareVersion \"%s\": what an ota_demo device compares", info.version);
    if (info.has_private_key)
        doctor_add(d, d->is_source ? DOCTOR_NOTE : DOCTOR_ALARM,
                   d->is_source ? DOCTOR_IDENTITY : DOCTOR_PRIVATE_KEY, where,
                   "the device's privateKey is compiled in: every device that gets this image by "
                   "update takes this identity");
}

static const cJSON *field(const cJSON *info, const char *name) {
    return cJSON_GetObjectItem(info, name);
}

void doctor_see_version_list(struct doctor *d, const char *where, aloft_bytes file) {
    cJSON *root = cJSON_ParseWithLength((const char *)file.at, file.len);
    const cJSON *info = field(root, "versioninfo"), *latest = field(info, "latest"), *one;
    size_t n = 0;

    if (file.len > 2047)
        doctor_add(d, DOCTOR_WRONG, DOCTOR_VERSION, where,
                   "%zu bytes; the device reads 2047 at most", file.len);
    if (!cJSON_IsString(latest) || !cJSON_IsString(field(info, "polling")) ||
        !cJSON_IsArray(field(info, "upgrade"))) {
        doctor_add(d, DOCTOR_WRONG, DOCTOR_VERSION, where,
                   "it needs versioninfo with \"latest\", \"upgrade\" and \"polling\", strings all "
                   "of them: the device crashes on a number");
        cJSON_Delete(root);
        return;
    }
    snprintf(d->versions[1], sizeof d->versions[1], "%s", latest->valuestring);
    snprintf(d->where_latest, sizeof d->where_latest, "%s", where);
    cJSON_ArrayForEach(one, field(info, "upgrade")) {
        if (cJSON_IsString(one) && n + strlen(one->valuestring) + 3 < sizeof d->upgrade)
            n +=
                (size_t)snprintf(d->upgrade + n, sizeof d->upgrade - n, "\n%s\n", one->valuestring);
    }
    cJSON_Delete(root);
}

static bool is_listed(const struct doctor *d, const char *version) {
    char wanted[80];

    snprintf(wanted, sizeof wanted, "\n%s\n", version);
    return strstr(d->upgrade, wanted) != NULL;
}

void doctor_compare_versions(struct doctor *d) {
    const char *running = d->versions[0], *latest = d->versions[1];

    if (latest[0] == 0)
        return;
    if (is_listed(d, latest))
        doctor_add(d, DOCTOR_WRONG, DOCTOR_VERSION, d->where_latest,
                   "`upgrade` lists \"%s\", the latest itself: devices update for ever", latest);
    if (running[0] == 0)
        return;
    if (strcmp(running, latest) == 0)
        doctor_add(d, DOCTOR_FINE, DOCTOR_VERSION, d->where_latest,
                   "`latest` is \"%s\", this firmware: nothing to do for it", latest);
    else if (is_listed(d, running))
        doctor_add(d, DOCTOR_FINE, DOCTOR_VERSION, d->where_latest, "\"%s\" is offered \"%s\"",
                   running, latest);
    else
        doctor_add(
            d, DOCTOR_WRONG, DOCTOR_VERSION, d->where_latest,
            "\"%s\" is neither `latest` (\"%s\") nor listed in `upgrade`: it is offered nothing",
            running, latest);
}

/* ---- partition table */

void doctor_see_table(struct doctor *d, const char *where, aloft_bytes file) {
    static struct partition_table table;
    struct trouble trouble;
    uint32_t slot;

    if (partition_table_read(file, &table, &trouble) != ALOFT_OK)
        return;
    d->saw_table = true;
    slot = partition_smallest_slot(&table);
    if (slot == 0 || !partition_has_otadata(&table))
        doctor_add(d, DOCTOR_WRONG, DOCTOR_SLOTS, where,
                   "no two ota slots or no otadata: a device with it cannot update over the air");
    else
        doctor_add(d, DOCTOR_FINE, DOCTOR_SLOTS, where, "%u slots of %u KiB at least",
                   partition_n_slots(&table), slot / 1024);
}
