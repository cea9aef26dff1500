/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft key image`: writes aloft_trust.h for a firmware.
 * Knows: options, standard output, files.   Never knows: the record's layout. */
#include "key.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "host/file.h"
#include "host/pubkey.h"
#include "host/trust_image.h"

struct job {
    struct project project;
    const struct project_class *of_class;
    const char *class_name, *out;
    struct trust_image image;
};

/* ---- options */

static int take_word(const char **list, unsigned *n, const char *word) {
    if (*n == TRUST_WISHES_MAX)
        return cli_usage("key", "at most %u keys at once", TRUST_WISHES_MAX);
    list[(*n)++] = word;
    return -1;
}

static int take_option(struct job *job, int option, const char *help, char **argv) {
    switch (option) {
    case 'h':
        fputs(help, stdout);
        return 0;
    case 'c':
        job->class_name = optarg;
        return -1;
    case 'o':
        job->out = optarg;
        return -1;
    case 'g':
        return take_word(job->image.wish.gone, &job->image.wish.n_gone, optarg);
    case 'a':
        return take_word(job->image.wish.again, &job->image.wish.n_again, optarg);
    case 't':
        if (strlen(optarg) != 1 || optarg[0] < '1' || optarg[0] > '4')
            return cli_usage("key", "--threshold is 1 to 4, and not \"%s\"", optarg);
        job->image.wish.threshold = (unsigned)(optarg[0] - '0');
        return -1;
    default:
        return cli_wrong_option("key", argv);
    }
}

/* Gives -1 to go on, else the exit code. */
static int read_options(struct job *job, int argc, char **argv, const char *help) {
    static const struct option options[] = {{"class", required_argument, NULL, 'c'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"gone", required_argument, NULL, 'g'},
                                            {"again", required_argument, NULL, 'a'},
                                            {"help", no_argument, NULL, 'h'},
                                            {"threshold", required_argument, NULL, 't'},
                                            {0}};
    int option, code = -1;

    while (code < 0 && (option = getopt_long(argc, argv, "ho:", options, NULL)) != -1)
        code = take_option(job, option, help, argv);
    if (code < 0 && optind != argc)
        return cli_usage("key", "`key image` takes no \"%s\"", argv[optind]);
    return code;
}

/* ---- work */

static int find_class(struct job *job) {
    job->of_class = project_class_of(&job->project, job->class_name);
    if (job->of_class != NULL)
        return -1;
    fprintf(stderr, "The classes of this project:\n");
    for (unsigned i = 0; i < job->project.n_classes; i++)
        fprintf(stderr, "  %s\n", job->project.classes[i].name);
    if (job->class_name == NULL)
        return cli_usage("key", "say which one with --class");
    return cli_usage("key", "aloft.conf has no class \"%s\"", job->class_name);
}

static bool was_trusted(const struct trust_draft *last, unsigned i, const struct trust_draft *now) {
    for (unsigned j = 0; j < now->n_firmware; j++)
        if (memcmp(last->firmware[i].kid, now->firmware[j].kid, ALOFT_KID_SIZE) == 0)
            return true;
    for (unsigned j = 0; j < now->n_gone; j++)
        if (memcmp(last->firmware[i].kid, now->gone[j], ALOFT_KID_SIZE) == 0)
            return true;
    return false;
}

/* What the person at the terminal may not have meant; it goes to stderr, beside the header. */
static void warn(const struct job *job) {
    const struct trust_draft *d = &job->image.plan.draft;
    char kid[PUBKEY_KID_CHARS];

    if (d->n_firmware == d->threshold)
        fprintf(stderr,
                "aloft: there is no spare key: %u of %u must sign. If one is lost, devices "
                "with this image can never be updated again. Make one: aloft key new NAME\n",
                d->threshold, d->n_firmware);
    for (unsigned i = 0; job->image.plan.had_one && i < job->image.plan.last.n_firmware; i++)
        if (!was_trusted(&job->image.plan.last, i, d))
            fprintf(stderr,
                    "aloft: the key %s was in the last header and is in this one neither "
                    "trusted nor gone. If devices are to trust it no more: --gone %s\n",
                    pubkey_kid_text(job->image.plan.last.firmware[i].kid, kid), kid);
    for (unsigned i = 0; i < d->n_firmware; i++)
        if (d->firmware[i].type == ALOFT_KEY_ED25519)
            fprintf(stderr,
                    "aloft: the key %s is Ed25519: firmware that checks with mbedTLS takes "
                    "P-256 only and would take no updates with this header\n",
                    pubkey_kid_text(d->firmware[i].kid, kid));
}

static aloft_err write_out(const struct job *job, struct trouble *trouble) {
    const struct trust_image *image = &job->image;
    aloft_bytes text = {(const uint8_t *)image->text, image->len};

    if (job->out != NULL && strcmp(image->old, image->text) == 0) {
        fprintf(stderr, "%s is up to date: keys, threshold and channels are the same\n", job->out);
        return ALOFT_OK;
    }
    if (job->out != NULL)
        return file_write(job->out, text, 0644, true, trouble);
    if (fwrite(text.at, 1, text.len, stdout) != text.len || fflush(stdout) != 0)
        return trouble_file(trouble, ALOFT_E_FILE_WRITE, "standard output", errno);
    return ALOFT_OK;
}

int key_image(struct cli *cli, int argc, char **argv, const char *help) {
    static struct job job;
    int code = read_options(&job, argc, argv, help);

    if (code >= 0)
        return code;
    if (!trust_image_time(&job.image.wish.now_s))
        return cli_usage("key", "SOURCE_DATE_EPOCH is not a time in seconds since 1970");
    if (project_open(cli->dir, &job.project, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    code = find_class(&job);
    if (code >= 0)
        return code;
    if (trust_image_make(&job.image, &job.project, job.of_class, job.out, &cli->trouble) !=
        ALOFT_OK)
        return cli_fail(cli);
    warn(&job);
    return write_out(&job, &cli->trouble) == ALOFT_OK ? 0 : cli_fail(cli);
}
