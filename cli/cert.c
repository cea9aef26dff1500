/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft cert`: what the server's certificate says, and a new one under the same CA.
 * Knows: sentences about certificates.   Never knows: X.509. */
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cjson/cJSON.h>

#include "host/file.h"
#include "host/hex.h"
#include "host/pki.h"

#define DAY_S 86400

static const char help[] =
    "usage: aloft cert show [--json]\n"
    "       aloft cert renew [--host NAME_OR_IP]... [--drop NAME_OR_IP]... [--json]\n"
    "\n"
    "show says which names and addresses the server's certificate holds, and until when.\n"
    "renew issues it anew under the same CA, so no device has to change. The old certificate is\n"
    "kept beside the new one.\n"
    "\n"
    "  --host NAME_OR_IP  add this name or address; those that are there stay\n"
    "  --drop NAME_OR_IP  leave this one out\n"
    "  --json             the same for programs\n";

struct certificates {
    struct project project;
    char pki[PATH_MAX];
    struct pki_facts ca, server;
    char base_host[PKI_HOST_MAX + 1];
    bool can_renew;
};

/* https://HOST:PORT/PATH or https://[IPV6]:PORT/PATH; project_open has checked the form. */
static void take_base_host(struct certificates *c) {
    const char *host = c->project.base + strlen("https://");
    bool is_ipv6 = host[0] == '[';
    size_t len = strcspn(host + is_ipv6, is_ipv6 ? "]" : ":/");

    snprintf(c->base_host, sizeof c->base_host, "%.*s", (int)len, host + is_ipv6);
}

static aloft_err open_project(struct cli *cli, struct certificates *c) {
    char path[PATH_MAX];
    aloft_err e = project_open(cli->dir, &c->project, &cli->trouble);

    if (e == ALOFT_OK)
        e = project_path(&c->project, "pki/ca.crt", path, &cli->trouble);
    if (e == ALOFT_OK)
        e = pki_facts_of(path, &c->ca, &cli->trouble);
    if (e == ALOFT_OK)
        e = project_path(&c->project, "pki", c->pki, &cli->trouble);
    if (e != ALOFT_OK)
        return e;
    take_base_host(c);
    c->can_renew = pki_can_renew(c->pki);
    return ALOFT_OK;
}

/* ---- show */

static const char *fingerprint(const uint8_t sha256[32], char out[96]) {
    for (size_t i = 0; i < 32; i++)
        snprintf(out + 3 * i, 4, "%02X%s", sha256[i], i < 31 ? ":" : "");
    return out;
}

static void print_hosts(const struct pki_hosts *hosts) {
    fputs("Devices may call:", stdout);
    for (unsigned i = 0; i < hosts->n; i++)
        printf(" %s", hosts->host[i]);
    putchar('\n');
}

static void print_days(const struct certificates *c) {
    long long days = ((long long)c->server.not_after_s - time(NULL)) / DAY_S;

    if (c->server.not_after_s < time(NULL))
        printf("It ended on %s: clients that know the time refuse it. Run `aloft cert renew`.\n",
               c->server.until);
    else if (days < PKI_WARN_DAYS)
        printf("It ends on %s, in %lld days: run `aloft cert renew`.\n", c->server.until, days);
    else
        printf("It ends on %s, in %lld days.\n", c->server.until, days);
}

static int print_facts(const struct certificates *c) {
    char text[96];
    bool has_base = pki_hosts_have(&c->server.hosts, c->base_host);

    print_hosts(&c->server.hosts);
    printf("The base address is %s: %s\n", c->project.base,
           has_base ? "its host is among them." : "its host is NOT among them.");
    if (!has_base)
        printf("Run `aloft cert renew --host %s`, or correct base in aloft.conf.\n", c->base_host);
    print_days(c);
    printf("It was issued by \"%s\", which ends on %s and is a label that nobody compares.\n",
           c->ca.subject, c->ca.until);
    printf("SHA-256 of that CA's certificate, pki/ca.crt, which devices hold:\n  %s\n",
           fingerprint(c->ca.sha256, text));
    puts(c->can_renew ? "pki/ca.key is here: `aloft serve` renews by itself."
                      : "pki/ca.key is not here: `aloft cert renew` works where it is kept.");
    return 0;
}

static int print_json(const struct certificates *c) {
    cJSON *all = cJSON_CreateObject(), *hosts = cJSON_AddArrayToObject(all, "hosts");
    char digits[65], *text;

    for (unsigned i = 0; i < c->server.hosts.n; i++)
        cJSON_AddItemToArray(hosts, cJSON_CreateString(c->server.hosts.host[i]));
    cJSON_AddStringToObject(all, "base", c->project.base);
    cJSON_AddBoolToObject(all, "base_is_among_hosts",
                          pki_hosts_have(&c->server.hosts, c->base_host));
    cJSON_AddNumberToObject(all, "not_before_s", (double)c->server.not_before_s);
    cJSON_AddNumberToObject(all, "not_after_s", (double)c->server.not_after_s);
    cJSON_AddStringToObject(all, "ca", c->ca.subject);
    cJSON_AddNumberToObject(all, "ca_not_after_s", (double)c->ca.not_after_s);
    hex_write(ALOFT_BYTES(c->ca.sha256), digits);
    cJSON_AddStringToObject(all, "ca_sha256", digits);
    hex_write(ALOFT_BYTES(c->server.sha256), digits);
    cJSON_AddStringToObject(all, "sha256", digits);
    cJSON_AddBoolToObject(all, "can_renew", c->can_renew);
    text = cJSON_Print(all);
    puts(text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(all);
    return 0;
}

static int show(struct cli *cli, struct certificates *c, bool is_json) {
    if (open_project(cli, c) != ALOFT_OK ||
        pki_server_facts(c->pki, &c->server, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    return is_json ? print_json(c) : print_facts(c);
}

/* ---- renew */

struct change {
    struct pki_hosts add, drop;
};

/* A name to leave out that is not there is a typing mistake: *unknown names it. */
static aloft_err new_hosts(struct certificates *c, const struct change *change,
                           const char **unknown, struct trouble *trouble) {
    char path[PATH_MAX];
    struct pki_hosts *hosts = &c->server.hosts;
    aloft_err e = file_join(c->pki, "server.crt", path, sizeof path, trouble);

    if (e == ALOFT_OK)
        e = pki_facts_of(path, &c->server, trouble);
    if (e == ALOFT_E_FILE_READ &&
        trouble->fault.raw == ENOENT) /* lost: begin with the base's host */
        e = pki_hosts_add(hosts, c->base_host, trouble);
    for (unsigned i = 0; i < change->drop.n; i++)
        if (!pki_hosts_drop(hosts, change->drop.host[i]))
            *unknown = change->drop.host[i];
    for (unsigned i = 0; e == ALOFT_OK && i < change->add.n; i++)
        e = pki_hosts_add(hosts, change->add.host[i], trouble);
    return e;
}

static int renew(struct cli *cli, struct certificates *c, const struct change *change) {
    char old[64];
    const char *unknown = NULL;
    aloft_err e = open_project(cli, c);

    if (e == ALOFT_OK)
        e = new_hosts(c, change, &unknown, &cli->trouble);
    if (e == ALOFT_OK && unknown != NULL)
        return cli_usage("cert", "--drop %s: the certificate does not hold that", unknown);
    if (e == ALOFT_OK && c->server.hosts.n == 0)
        return cli_usage("cert", "--drop leaves no host, and a certificate needs one");
    if (e == ALOFT_OK)
        e = pki_renew(c->pki, &c->server.hosts, (int64_t)time(NULL), old, sizeof old,
                      &cli->trouble);
    if (e == ALOFT_OK)
        e = pki_server_facts(c->pki, &c->server, &cli->trouble);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    printf("A new certificate under the same CA: no device has to change.\n");
    if (old[0] != 0)
        printf("The old one is kept as pki/%s.\n", old);
    return print_facts(c);
}

/* ---- options */

/* Gives -1 to go on, else the exit code. */
static int read_options(struct cli *cli, int argc, char **argv, struct change *change,
                        bool *is_json) {
    static const struct option options[] = {{"host", required_argument, NULL, 'H'},
                                            {"drop", required_argument, NULL, 'd'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    aloft_err e = ALOFT_OK;
    int option;

    while (e == ALOFT_OK && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == 'j')
            *is_json = true;
        else if (option == 'H')
            e = pki_hosts_add(&change->add, optarg, &cli->trouble);
        else if (option == 'd')
            e = pki_hosts_add(&change->drop, optarg, &cli->trouble);
        else
            return cli_wrong_option("cert", argv);
    }
    return e == ALOFT_OK ? -1 : cli_fail(cli);
}

int cert_main(struct cli *cli, int argc, char **argv) {
    static struct certificates c;
    static struct change change;
    bool is_json = false;
    int code = read_options(cli, argc, argv, &change, &is_json);

    if (code >= 0)
        return code;
    if (argc - optind != 1)
        return cli_usage("cert", "say `show` or `renew`");
    if (strcmp(argv[optind], "show") == 0) {
        if (change.add.n + change.drop.n > 0)
            return cli_usage("cert", "--host and --drop go with `renew`");
        return show(cli, &c, is_json);
    }
    if (strcmp(argv[optind], "renew") == 0)
        return renew(cli, &c, &change);
    return cli_usage("cert", "\"%s\" is neither `show` nor `renew`", argv[optind]);
}
