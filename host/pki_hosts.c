/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Names and addresses in one writing, and those of this machine.
 * Knows: DNS names, RFC 5952, network interfaces.   Never knows: certificates. */
#include "pki.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LABEL_MAX    63 /* RFC 1035 §2.3.4 */
#define TEXT_SIZE    (PKI_HOST_MAX + 3)
#define LETTERS      "abcdefghijklmnopqrstuvwxyz0123456789"
#define MACHINE_NAME 64 /* HOST_NAME_MAX of Linux */

bool pki_is_address(const char *host) {
    struct in6_addr any;

    return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

/* inet_ntop writes IPv6 as RFC 5952 has it: longest run of zeros as ::, lower case, no leading
 * zeros. */
static bool take_address(const char *text, char out[PKI_HOST_MAX + 1]) {
    struct in6_addr six;
    struct in_addr four;

    if (inet_pton(AF_INET, text, &four) == 1)
        return inet_ntop(AF_INET, &four, out, PKI_HOST_MAX) != NULL;
    return inet_pton(AF_INET6, text, &six) == 1 &&
           inet_ntop(AF_INET6, &six, out, PKI_HOST_MAX) != NULL;
}

/* RFC 1123 §2.1, and the underscore that many home networks have. The last label must not be a
 * number: what looks like an address and is none is a typing error. Gives NULL or what is wrong. */
static const char *wrong_in_name(const char *name) {
    size_t label = 0;
    const char *last = strrchr(name, '.') == NULL ? name : strrchr(name, '.') + 1;

    if (strlen(name) > PKI_HOST_MAX)
        return "it is longer than 253 characters";
    for (const char *p = name; *p != 0; p++) {
        bool is_edge = label == 0 || p[1] == 0 || p[1] == '.';
        if (*p == '.' && label > 0) {
            label = 0;
            continue;
        }
        if (strchr(LETTERS "-_", *p) == NULL || (*p == '-' && is_edge))
            return *p == '*' ? "wildcards cover names that nobody has listed" : "";
        if (++label > LABEL_MAX)
            return "a part between two dots is longer than 63 characters";
    }
    if (label > 0 && strspn(last, "0123456789") == strlen(last))
        return "it looks like an IPv4 address and is none";
    return label > 0 ? NULL : "";
}

/* Brackets around IPv6 and one dot at the end are ways of writing the same host. */
static const char *normalize(const char *text, char out[PKI_HOST_MAX + 1]) {
    char plain[TEXT_SIZE];
    size_t len = strlen(text);
    const char *wrong;

    if (len >= sizeof plain)
        return "it is longer than 253 characters";
    memcpy(plain, text, len + 1);
    if (len > 2 && text[0] == '[' && text[len - 1] == ']') {
        memcpy(plain, text + 1, len - 2);
        plain[len - 2] = 0;
        return take_address(plain, out) ? NULL : "";
    }
    if (take_address(plain, out))
        return NULL;
    if (strchr(plain, '%') != NULL)
        return "an address with an interface behind % means nothing on another machine";
    if (len > 1 && plain[len - 1] == '.')
        plain[len - 1] = 0;
    for (char *p = plain; *p != 0; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    wrong = wrong_in_name(plain);
    if (wrong == NULL)
        memcpy(out, plain, strlen(plain) + 1);
    return wrong;
}

static unsigned find(const struct pki_hosts *hosts, const char *normal) {
    unsigned i = 0;

    while (i < hosts->n && strcmp(hosts->host[i], normal) != 0)
        i++;
    return i;
}

aloft_err pki_hosts_add(struct pki_hosts *hosts, const char *text, struct trouble *trouble) {
    char normal[PKI_HOST_MAX + 1];
    const char *wrong = normalize(text, normal);

    if (wrong != NULL) {
        trouble_set(trouble, ALOFT_E_HOST_FORM);
        trouble_fact(trouble, "host", "%s", text);
        if (wrong[0] != 0)
            trouble_fact(trouble, "what", "%s", wrong);
        return ALOFT_E_HOST_FORM;
    }
    if (find(hosts, normal) < hosts->n)
        return ALOFT_OK;
    if (hosts->n == PKI_HOSTS_MAX) {
        trouble_set(trouble, ALOFT_E_HOSTS_MANY);
        trouble->fault.want = PKI_HOSTS_MAX;
        return ALOFT_E_HOSTS_MANY;
    }
    memcpy(hosts->host[hosts->n++], normal, strlen(normal) + 1);
    return ALOFT_OK;
}

bool pki_hosts_have(const struct pki_hosts *hosts, const char *text) {
    char normal[PKI_HOST_MAX + 1];

    return normalize(text, normal) == NULL && find(hosts, normal) < hosts->n;
}

bool pki_hosts_drop(struct pki_hosts *hosts, const char *text) {
    char normal[PKI_HOST_MAX + 1];
    unsigned i;

    if (normalize(text, normal) != NULL || (i = find(hosts, normal)) == hosts->n)
        return false;
    hosts->n--;
    memmove(hosts->host[i], hosts->host[i + 1], (hosts->n - i) * sizeof hosts->host[0]);
    return true;
}

/* ---- this machine */

static void add_if_it_can(struct pki_hosts *hosts, const char *text) {
    struct trouble unsaid;

    (void)!pki_hosts_add(hosts, text, &unsaid);
}

static void add_interface(struct pki_hosts *hosts, const struct ifaddrs *i) {
    char text[INET6_ADDRSTRLEN];
    union {
        const struct sockaddr *any;
        const struct sockaddr_in *four;
        const struct sockaddr_in6 *six;
    } at = {i->ifa_addr};

    if (at.any == NULL || (i->ifa_flags & IFF_LOOPBACK) != 0)
        return;
    if (at.any->sa_family == AF_INET)
        add_if_it_can(hosts, inet_ntop(AF_INET, &at.four->sin_addr, text, sizeof text));
    else if (at.any->sa_family == AF_INET6 && !IN6_IS_ADDR_LINKLOCAL(&at.six->sin6_addr))
        add_if_it_can(hosts, inet_ntop(AF_INET6, &at.six->sin6_addr, text, sizeof text));
}

void pki_hosts_of_machine(struct pki_hosts *hosts) {
    char name[MACHINE_NAME + 1] = "", local[MACHINE_NAME + sizeof ".local"];
    struct ifaddrs *first = NULL;

    if (gethostname(name, sizeof name - 1) != 0 || wrong_in_name(name) != NULL)
        snprintf(name, sizeof name, "localhost");
    snprintf(local, sizeof local, "%.*s.local", (int)strcspn(name, "."), name);
    if (strcmp(name, "localhost") != 0) {
        add_if_it_can(hosts, local);
        add_if_it_can(hosts, name);
    }
    if (getifaddrs(&first) == 0)
        for (const struct ifaddrs *i = first; i != NULL; i = i->ifa_next)
            add_interface(hosts, i);
    freeifaddrs(first);
    add_if_it_can(hosts, "localhost");
    add_if_it_can(hosts, "127.0.0.1");
    add_if_it_can(hosts, "::1");
}
