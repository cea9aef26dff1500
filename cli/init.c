/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft init`: makes a project and says what was made.
 * Knows: what a person wants to know then.   Never knows: how it is made. */
#include "verb.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host/create.h"
#include "host/hold.h"
#include "host/legacy/import.h"

static const char help[] =
    "usage: aloft init [DIR] [--host NAME_OR_IP]... [--class VENDOR/MODEL/REVISION]...\n"
    "                  [--import-ota-demo DIR]\n\n"
    "Makes a project in DIR (default: this folder): a CA and a server certificate, three keys, a\n"
    "folder for releases and aloft.conf. What is there is never changed.\n\n"
    "  --host NAME_OR_IP   a name or address by which devices reach the server; the first one\n"
    "                      stands in the base address. Default: <machine>.local, and every name\n"
    "                      and address of this machine. May be given again.\n"
    "  --class V/M/R       what the firmware is for: your domain, model, revision. Default:\n"
    "                      " PROJECT_CLASS_DEFAULT ". May be given again.\n"
    "  --import-ota-demo DIR  take over root.key root.crt server.crt server.key public_key.pem of\n"
    "                      a SmartThings ota_demo set-up for the devices that know nothing else;\n"
    "                      everything else gets new keys\n";

static aloft_err add_class(struct project_plan *plan, const char *name, struct cli *cli) {
    for (unsigned i = 0; i < plan->n_classes; i++)
        if (strcmp(plan->device_class[i], name) == 0)
            return ALOFT_OK;
    if (project_class_is_legal(name) && plan->n_classes < PROJECT_CLASSES_MAX) {
        plan->device_class[plan->n_classes++] = name;
        return ALOFT_OK;
    }
    trouble_set(&cli->trouble, ALOFT_E_CLASS_FORM);
    trouble_fact(&cli->trouble, "class", "%s", name);
    if (plan->n_classes == PROJECT_CLASSES_MAX)
        trouble_fact(&cli->trouble, "what", "a project has at most 16 classes");
    return ALOFT_E_CLASS_FORM;
}

/* Gives -1 to go on, else the exit code. */
static int read_options(struct cli *cli, int argc, char **argv, struct project_plan *plan,
                        const char **import) {
    static const struct option options[] = {{"host", required_argument, NULL, 'H'},
                                            {"class", required_argument, NULL, 'c'},
                                            {"import-ota-demo", required_argument, NULL, 'i'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    aloft_err e = ALOFT_OK;
    int option;

    while (e == ALOFT_OK && (option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == 'H')
            e = pki_hosts_add(&plan->hosts, optarg, &cli->trouble);
        else if (option == 'c')
            e = add_class(plan, optarg, cli);
        else if (option == 'i')
            *import = optarg;
        else
            return cli_wrong_option("init", argv);
    }
    if (e != ALOFT_OK)
        return cli_fail(cli);
    if (argc - optind > 1)
        return cli_usage("init", "one folder, and not also \"%s\"", argv[optind + 1]);
    plan->dir = optind < argc ? argv[optind] : cli->dir;
    return -1;
}

/* ---- what was made */

static void print_other_addresses(const struct project_plan *plan) {
    char base[PKI_HOST_MAX + 32];
    unsigned n = 0;

    for (unsigned i = 1; i < plan->hosts.n; i++) {
        const char *host = plan->hosts.host[i];
        if (strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
            strcmp(host, "::1") == 0)
            continue;
        project_base_of(host, plan->port, base, sizeof base);
        printf("%s%s", n++ == 0 ? "                      (also " : ",\n                       ",
               base);
    }
    if (n > 0)
        puts(")");
}

static void print_certificate(const struct project_plan *plan, const struct pki_facts *ca,
                              const struct pki_facts *server) {
    printf("  in the certificate ");
    for (unsigned i = 0; i < plan->hosts.n; i++)
        printf(" %s", plan->hosts.host[i]);
    printf("\n                      (a client compares what it calls with this list; until %s)\n",
           server->until);
    printf("  CA root             \"%s\": a label, nobody compares it; devices get pki/ca.crt\n",
           ca->subject);
}

static void print_keys(void) {
    puts("\n"
         "  keys/firmware.key   signs your releases\n"
         "  keys/spare.key      signs too: take it to another place now; it is the only way back\n"
         "                      if the first one is lost or stolen\n"
         "  keys/fresh.key      stays with the server; says only \"there is nothing newer\"\n"
         "  pki/ca.key          issues server certificates (`aloft cert renew`), nothing else\n\n"
         "Back up these files: keys/firmware.key, keys/spare.key, pki/ca.key, aloft.conf.");
}

static int show(struct cli *cli, const struct project_plan *plan) {
    static struct project project;
    static struct pki_facts ca, server;
    char path[PATH_MAX];
    aloft_err e = project_open(plan->dir, &project, &cli->trouble);

    if (e == ALOFT_OK)
        e = project_path(&project, "pki/ca.crt", path, &cli->trouble);
    if (e == ALOFT_OK)
        e = pki_facts_of(path, &ca, &cli->trouble);
    if (e == ALOFT_OK)
        e = project_path(&project, "pki", path, &cli->trouble);
    if (e == ALOFT_OK)
        e = pki_server_facts(path, &server, &cli->trouble);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    printf("A project in %s\n\n", plan->dir);
    printf("  devices will call   %s\n", project.base);
    print_other_addresses(plan);
    print_certificate(plan, &ca, &server);
    for (unsigned i = 0; i < project.n_classes; i++)
        printf("  class of devices    %s, channel %s\n", project.classes[i].name,
               project.classes[i].channel[0]);
    print_keys();
    printf(
        "Next: `aloft -C %s key image -o aloft_trust.h` for the firmware, `aloft -C %s serve`.\n",
        plan->dir, plan->dir);
    return 0;
}

/* ---- the ota_demo's set-up */

static aloft_err plan_import(const char *from, struct project_plan *plan, struct legacy_set *set,
                             struct trouble *trouble) {
    static char serve[40];
    aloft_err e = legacy_import_read(from, set, trouble);

    snprintf(serve, sizeof serve, "legacy-listen = [::]:%d\n", LEGACY_PORT);
    plan->more_serve = serve;
    plan->port = LEGACY_ALOFT_PORT;
    for (unsigned i = 0; e == ALOFT_OK && i < set->hosts.n && plan->hosts.n < PKI_HOSTS_MAX; i++)
        e = pki_hosts_add(&plan->hosts, set->hosts.host[i], trouble);
    return e;
}

static void show_import(const struct legacy_set *set) {
    printf("\nDevices with the ota_demo are served on port %d, as it is compiled into them",
           LEGACY_PORT);
    if (set->hosts.n > 0)
        printf(" (they call %s)", set->hosts.host[0]);
    puts(set->cert_is_new ? ".\nlegacy/server.crt is new, for 20 years, from the old root; "
                            "server-old.crt is the one before."
                          : ".\nlegacy/server.crt is the old one.");
    if (set->file[LEGACY_VERSION_LIST].at == NULL)
        puts("No version_info.json was there: name what runs out there with `publish --legacy "
             "--older V`.");
    puts("legacy/root.key signs firmware for the old devices and nothing else any more: keep it on "
         "another\n"
         "machine, and bring it with `publish --legacy --key FILE`. docs/ota_demo.md says how to "
         "move on.");
}

static int create_imported(struct cli *cli, const char *from, struct project_plan *plan) {
    static struct legacy_set set;
    int64_t now_s = (int64_t)time(NULL);
    struct hold hold;
    aloft_err e = plan_import(from, plan, &set, &cli->trouble);
    int code;

    hold_begin(&hold); /* a project with half of legacy/ would serve nobody out there */
    if (e == ALOFT_OK)
        e = project_create(plan, now_s, &cli->trouble);
    if (e == ALOFT_OK)
        e = legacy_import_write(&set, plan->dir, now_s, &cli->trouble);
    hold_end(&hold);
    code = e == ALOFT_OK ? show(cli, plan) : cli_fail(cli);
    if (code == 0)
        show_import(&set);
    legacy_import_free(&set);
    return code;
}

int init_main(struct cli *cli, int argc, char **argv) {
    static struct project_plan plan;
    const char *import = NULL;
    int code = read_options(cli, argc, argv, &plan, &import);

    if (code >= 0)
        return code;
    if (plan.hosts.n == 0)
        pki_hosts_of_machine(&plan.hosts);
    if (plan.n_classes == 0)
        plan.device_class[plan.n_classes++] = PROJECT_CLASS_DEFAULT;
    plan.port = PROJECT_PORT_DEFAULT;
    if (import != NULL)
        return create_imported(cli, import, &plan);
    if (project_create(&plan, (int64_t)time(NULL), &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    return show(cli, &plan);
}
