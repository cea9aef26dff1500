/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft esp32`: writes what an ESP-IDF project needs into it, and shows it.
 * Knows: options, how a change looks.   Never knows: what is written where. */
#include "verb.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "host/esp32/plan.h"
#include "host/trust_image.h"

#define SHOWN_LINES 12u /* of a change; a certificate or a key record is not read by people */

static const char help[] =
    "usage: aloft esp32 DIR [--class V/M/R] [--overwrite]\n"
    "       aloft esp32 DIR --remove\n"
    "\n"
    "Writes what an ESP-IDF project needs into its folder, and shows it line by line:\n"
    "  main/aloft_ca.pem    the CA of your server\n"
    "  main/aloft_trust.h   your firmware keys\n"
    "  sdkconfig.defaults   the address, class and channel, and rollback; between two marks\n"
    "A second run changes nothing. Lines that you have edited stay, and that is said.\n"
    "\n"
    "  --class V/M/R   of the device; one that aloft.conf does not have is added there\n"
    "  --overwrite     write again what stands between the marks, also where it was edited\n"
    "  --remove        take it out again; classes stay in aloft.conf\n";

/* Gives -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct esp32_plan *plan) {
    static const struct option options[] = {{"class", required_argument, NULL, 'c'},
                                            {"overwrite", no_argument, NULL, 'o'},
                                            {"remove", no_argument, NULL, 'r'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == 'c')
            plan->class_name = optarg;
        else if (option == 'o')
            plan->may_overwrite = true;
        else if (option == 'r')
            plan->is_removal = true;
        else
            return cli_wrong_option("esp32", argv);
    }
    if (optind == argc)
        return cli_usage("esp32", "which folder? The one of an ESP-IDF project");
    if (argc - optind > 1)
        return cli_usage("esp32", "one folder, and not also \"%s\"", argv[optind + 1]);
    plan->dir = argv[optind];
    return -1;
}

/* ---- how a change looks: the lines between what is the same at both ends */

static const char *next_line(const char *at) {
    at += strcspn(at, "\n");
    return *at == 0 ? at : at + 1;
}

static size_t same_lines_at_end(const char *a, size_t a_len, const char *b, size_t b_len) {
    size_t n = 0, kept = 0;

    while (n < a_len && n < b_len && a[a_len - 1 - n] == b[b_len - 1 - n]) {
        n++;
        if (n == a_len || n == b_len || a[a_len - 1 - n] == '\n')
            kept = n;
    }
    return kept;
}

static void show_lines(char sign, const char *from, const char *end) {
    unsigned n = 0;

    for (const char *at = from; at < end; at = next_line(at), n++)
        if (n < SHOWN_LINES)
            printf("  %c %.*s\n", sign, (int)strcspn(at, "\n"), at);
    if (n > SHOWN_LINES)
        printf("  %c ... and %u more line%s\n", sign, n - SHOWN_LINES,
               n == SHOWN_LINES + 1 ? "" : "s");
}

static void show_change(const char *before, const char *after) {
    const char *a = before, *b = after;
    size_t same;

    while (*a != 0 && *b != 0) {
        size_t len = (size_t)(next_line(a) - a);
        if (strncmp(a, b, len) != 0)
            break;
        a += len;
        b += len;
    }
    same = same_lines_at_end(a, strlen(a), b, strlen(b));
    show_lines('-', a, a + strlen(a) - same);
    show_lines('+', b, b + strlen(b) - same);
}

static void show_file(const struct esp32_file *file) {
    const char *what = !esp32_differs(file)   ? "up to date"
                       : file->before == NULL ? "new"
                       : file->after == NULL  ? "removed"
                                              : "changed";

    if (file->before == NULL && file->after == NULL)
        return;
    printf("%-20s %s\n", file->name, what);
    if (esp32_differs(file) && file->after != NULL)
        show_change(file->before == NULL ? "" : file->before, file->after);
}

static void show(const struct cli *cli, const struct esp32_plan *plan) {
    for (unsigned i = 0; i < plan->n_files; i++)
        show_file(&plan->file[i]);
    for (unsigned i = 0; i < plan->n_notes; i++)
        printf("%sNote: %s\n", i == 0 ? "\n" : "", plan->note[i]);
    if (plan->is_removal)
        return;
    printf("\nDevices will call %s, class %s, channel %s. Nothing is to be edited in C.\n",
           plan->project->base, plan->of_class.name, plan->of_class.channel[0]);
    printf("Undo: `aloft -C %s esp32 %s --remove`. Next: `idf.py build` there.\n", cli->dir,
           plan->dir);
}

int esp32_main(struct cli *cli, int argc, char **argv) {
    static struct project project;
    static struct esp32_plan plan;
    int code = read_options(argc, argv, &plan);
    aloft_err e;

    if (code >= 0)
        return code;
    if (!trust_image_time(&plan.now_s))
        return cli_usage("esp32", "SOURCE_DATE_EPOCH is not a time in seconds since 1970");
    plan.project = &project;
    e = project_open(cli->dir, &project, &cli->trouble);
    if (e == ALOFT_OK)
        e = esp32_plan(&plan, &cli->trouble);
    if (e == ALOFT_OK)
        e = esp32_write(&plan, &cli->trouble);
    if (e == ALOFT_OK)
        show(cli, &plan);
    esp32_free(&plan);
    return e == ALOFT_OK ? 0 : cli_fail(cli);
}
