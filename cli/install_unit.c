/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The systemd unit of `aloft serve`.
 * Knows: what the server needs from the system.   Never knows: how it serves. */
#include "install.h"

#include <stdlib.h>
#include <string.h>

/* The parts of systemd.syntax(7) that would need an escape are refused instead. */
static bool is_plain(const char *path) {
    for (const char *c = path; *c != 0; c++)
        if ((unsigned char)*c < 0x20u || *c == 0x7f || strchr("\"'\\:$%", *c) != NULL)
            return false;
    return true;
}

aloft_err install_unit_check(const struct install_unit *unit, struct trouble *trouble) {
    const char *wrong = !is_plain(unit->open->dir) ? unit->open->dir
                        : !is_plain(unit->program) ? unit->program
                                                   : NULL;

    if (wrong == NULL)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_INSTALL_PATH);
    trouble_fact(trouble, "file", "%s", wrong);
    return ALOFT_E_INSTALL_PATH;
}

/* Ports below 1024 are the only thing for which the server needs a right that users do not have. */
static bool wants_low_port(const struct project *project) {
    const char *own = strrchr(project->listen, ':'), *old = strrchr(project->legacy_listen, ':');

    return (own != NULL && strtoul(own + 1, NULL, 10) < 1024) ||
           (old != NULL && strtoul(old + 1, NULL, 10) < 1024);
}

static void print_head(FILE *to, const struct install_unit *unit) {
    fprintf(to,
            "# Made by `aloft install`, which writes it anew; changes belong into\n"
            "# `systemctl %sedit aloft`.\n"
            "[Unit]\n"
            "Description=aloft: firmware updates from %s\n"
            "After=network-online.target\n"
            "Wants=network-online.target\n"
            "\n"
            "[Service]\n"
            "Type=exec\n"
            "ExecStart=\"%s\" -C \"%s\" serve\n"
            "Restart=on-failure\n"
            "RestartSec=2\n"
            "# draining takes 10 s at most\n"
            "TimeoutStopSec=15\n"
            "LimitNOFILE=65536\n"
            "LimitCORE=0\n"
            "UMask=0077\n"
            "\n",
            unit->user == NULL ? "--user " : "", unit->open->dir, unit->program, unit->open->dir);
}

/* What a filter of system calls can hold; these work in the manager of a user too. */
static void print_filters(FILE *to) {
    fputs("NoNewPrivileges=yes\n"
          "LockPersonality=yes\n"
          "MemoryDenyWriteExecute=yes\n"
          "RestrictRealtime=yes\n"
          "RestrictSUIDSGID=yes\n"
          "RestrictNamespaces=yes\n"
          "# netlink tells which addresses this machine has\n"
          "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK\n"
          "SystemCallArchitectures=native\n"
          "SystemCallFilter=@system-service\n"
          "SystemCallFilter=~@privileged @resources @keyring\n"
          "SystemCallErrorNumber=EPERM\n",
          to);
}

/* What only the system's manager can do. */
static void print_walls(FILE *to, const struct install_unit *unit) {
    const char *right = wants_low_port(unit->open) ? "CAP_NET_BIND_SERVICE" : "";

    fprintf(to,
            "User=%s\n"
            "CapabilityBoundingSet=%s\n"
            "AmbientCapabilities=%s\n"
            "# of the file system it writes the project, and sees of homes nothing else\n"
            "ProtectSystem=strict\n"
            "ProtectHome=tmpfs\n"
            "BindReadOnlyPaths=\"%s\"\n"
            "BindPaths=\"%s\"\n"
            "ReadWritePaths=\"%s\"\n"
            "# the keys that sign are the publisher's, not the server's\n"
            "InaccessiblePaths=\"-%s/keys\"\n"
            "PrivateTmp=yes\n"
            "PrivateDevices=yes\n"
            "PrivateIPC=yes\n"
            "ProtectProc=invisible\n"
            "ProcSubset=pid\n"
            "ProtectClock=yes\n"
            "ProtectControlGroups=yes\n"
            "ProtectHostname=yes\n"
            "ProtectKernelLogs=yes\n"
            "ProtectKernelModules=yes\n"
            "ProtectKernelTunables=yes\n"
            "RemoveIPC=yes\n",
            unit->user, right, right, unit->program, unit->open->dir, unit->open->dir,
            unit->open->dir);
}

void install_service(FILE *to, const struct install_unit *unit) {
    print_head(to, unit);
    if (unit->user != NULL)
        print_walls(to, unit);
    print_filters(to);
    fprintf(to, "\n[Install]\nWantedBy=%s\n",
            unit->user != NULL ? "multi-user.target" : "default.target");
}
