/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. Looks at the machine it runs on: virtual machine, container, firewall.
 * Knows: the files in which Linux says so.   Never knows: the road, the network. */
#include "host/doctor/road_place.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LISTING_MAX (256u << 10) /* of rules; a machine at home has less than 100 KB */

static bool is_there(const char *root, const char *name) {
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s%s", root, name);
    return access(path, F_OK) == 0;
}

/* The beginning of a file, without its line feeds. */
static bool read_text(const char *root, const char *name, char *out, size_t out_size) {
    char path[PATH_MAX];
    FILE *file;
    size_t n;

    snprintf(path, sizeof path, "%s%s", root, name);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    n = fread(out, 1, out_size - 1, file);
    fclose(file);
    out[n] = 0;
    return n > 0;
}

/* The networks that programs for virtual machines make by themselves, and only the machine they run on
 * can reach. */
static const struct {
    const char *begins, *whose;
} nat[] = {
    {"10.0.2.", "VirtualBox and QEMU"},
    {"192.168.122.", "libvirt"},
    {"172.17.", "Docker"},
    {"10.0.3.", "LXC"},
};

static const char *nat_of(const char *address) {
    for (size_t i = 0; i < sizeof nat / sizeof *nat; i++)
        if (strncmp(address, nat[i].begins, strlen(nat[i].begins)) == 0)
            return nat[i].whose;
    return NULL;
}

/* A name that the firmware of a virtual machine gives itself, or NULL. */
static const char *machine_of(const char *root) {
    static const char *const names[] = {"VirtualBox",      "VMware",    "QEMU", "KVM",
                                        "Virtual Machine", "Parallels", "Xen",  "Bochs"};
    static const char *const files[] = {"/sys/class/dmi/id/product_name",
                                        "/sys/class/dmi/id/sys_vendor"};
    char text[128];

    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        for (size_t i = 0;
             read_text(root, files[f], text, sizeof text) && i < sizeof names / sizeof *names; i++)
            if (strstr(text, names[i]) != NULL)
                return names[i];
    return NULL;
}

bool road_place_machine(const char *root, const char *address, char *out, size_t out_size) {
    const char *whose = nat_of(address), *machine = machine_of(root);
    char release[128];

    if (read_text(root, "/proc/sys/kernel/osrelease", release, sizeof release) &&
        strstr(release, "icrosoft") != NULL)
        snprintf(out, out_size,
                 "this is WSL: Windows has the address that devices can call; forward the port "
                 "from there, or use WSL's mirrored network");
    else if (is_there(root, "/.dockerenv") || is_there(root, "/run/.containerenv"))
        snprintf(out, out_size,
                 "this is a container: devices reach only the ports that its host publishes, at "
                 "the host's address");
    else if (whose != NULL)
        snprintf(out, out_size,
                 "%s is in the network that %s makes inside this computer: devices cannot reach "
                 "it; set the network to \"bridged\"",
                 address, whose);
    else if (machine != NULL)
        snprintf(out, out_size,
                 "this is a virtual machine (%s): devices reach it only if its network is "
                 "\"bridged\"",
                 machine);
    else
        return false;
    return true;
}

/* Whether nft's "4443", "4000-4999" or "{ 22, 4000-4999 }" has this port. "!= 4443" has none here. */
static bool has_port(const char *ports, unsigned port) {
    bool is_set = *ports == '{';

    ports += is_set ? 1 : 0;
    do {
        char *end;
        unsigned long first = strtoul(ports, &end, 10), last = first;
        if (end == ports)
            return false;
        if (*end == '-')
            last = strtoul(end + 1, &end, 10);
        if (port >= first && port <= last)
            return true;
        ports = end + strspn(end, ", ");
    } while (is_set && *ports != '}');
    return false;
}

static bool says_of_port(const char *rule, unsigned port) {
    static const char words[] = "tcp dport ";
    const char *at = strstr(rule, words);

    return at != NULL && has_port(at + sizeof words - 1, port);
}

static bool closes(const char *rule) {
    return strstr(rule, " drop") != NULL || strstr(rule, " reject") != NULL;
}

/* A chain that drops what no rule lets in. Rules by interface or address are not understood. */
static bool is_closed_chain(const char *line) {
    return strstr(line, "hook input ") != NULL && strstr(line, "policy drop") != NULL;
}

bool road_place_rule(const char *listing, unsigned port, char *out, size_t out_size) {
    bool is_closed = false, is_let_in = false;

    for (const char *line = listing; *line != 0;) {
        char text[160];
        size_t len;
        line += strspn(line, " \t");
        len = strcspn(line, "\n");
        snprintf(text, sizeof text, "%.*s", (int)(len < 150 ? len : 150), line);
        if (says_of_port(text, port) && closes(text)) {
            snprintf(out, out_size, "%s", text);
            return true;
        }
        if (is_closed_chain(text) && !is_closed)
            snprintf(out, out_size, "%s", text);
        is_closed = is_closed || is_closed_chain(text);
        is_let_in = is_let_in || (says_of_port(text, port) && strstr(text, " accept") != NULL);
        line += len + (line[len] != 0);
    }
    return is_closed && !is_let_in;
}

/* Only root is shown the rules; to others nft says nothing, and nothing is said about it. */
static bool rule_of_nft(unsigned port, char *out, size_t out_size) {
    char *listing = malloc(LISTING_MAX);
    /* NOLINTNEXTLINE(cert-env33-c): a constant; nothing from outside is part of the command */
    FILE *from = popen("PATH=\"$PATH:/usr/sbin:/sbin\" nft list ruleset 2>/dev/null", "r");
    bool found = false;

    if (listing != NULL && from != NULL) {
        listing[fread(listing, 1, LISTING_MAX - 1, from)] = 0;
        found = road_place_rule(listing, port, out, out_size);
    }
    if (from != NULL)
        (void)pclose(from);
    free(listing);
    return found;
}

bool road_place_firewall(const char *root, unsigned port, char *out, size_t out_size) {
    char text[4096], rule[160];

    if (root[0] == 0 && rule_of_nft(port, rule, sizeof rule))
        snprintf(out, out_size, "a rule of this machine's firewall says: %s", rule);
    else if (read_text(root, "/etc/ufw/ufw.conf", text, sizeof text) &&
             strstr(text, "\nENABLED=yes") != NULL)
        snprintf(out, out_size,
                 "the firewall ufw is on here; `sudo ufw allow %u/tcp` lets devices in", port);
    else if (is_there(root, "/run/firewalld") || is_there(root, "/run/firewalld.pid"))
        snprintf(out, out_size,
                 "firewalld is on here; `sudo firewall-cmd --add-port=%u/tcp` lets devices in",
                 port);
    else
        return false;
    return true;
}
