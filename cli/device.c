/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft device`: a device made of files and processes, for trying things out.
 * Knows: options, the project's defaults.   Never knows: updates, how programs are run. */
#include "verb.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "host/denied.h"
#include "host/file.h"
#include "host/image/record.h"
#include "posix/bootstage.h"
#include "posix/wire.h"

static const char help[] =
    "usage: aloft device [--flash IMAGE] [--once] [OPTION]...\n\n"
    "Runs a software device: the same library as on a microcontroller, its flash in a file, and a\n"
    "boot stage that starts the image in a slot as a program and is its watchdog.\n\n"
    "  --url BASE       whom it asks; default: `base` of the project's aloft.conf\n"
    "  --ca FILE        the CA of that server; default: pki/ca.crt of the project\n"
    "  --dir DIR        where the device is kept; default: `device` in the project\n"
    "  --flash IMAGE    write a new device's slot A first, as the factory does\n"
    "  --slot-size N    of a new device, in bytes, K or M; default: 4M\n"
    "  --diagnose       walk the road to an update once, step by step, say what the device would "
    "do,\n"
    "                   and end; changes nothing. A running device does it at a SIGUSR2\n"
    "  --once           one check, and the update if there is one, until confirmed or rolled back\n"
    "  --channel CH     default: stable\n"
    "  --id ID          for the server's list; default: made once, kept in DIR/id\n"
    "  --poll S         seconds between checks, 60 to 604800; default: a day. A SIGUSR1 makes it\n"
    "                   check at once\n"
    "  --watchdog S     end a program that is silent for so long; default: 10\n"
    "  --key PUB        a firmware key, only for an image without a trust record; up to 4 times\n"
    "  --threshold T    how many of those keys must sign; default: 1\n\n"
    "Exit: 0 runs what was offered or there is nothing new, 1 settings, 2 no answer, 3 refused or\n"
    "rolled back.\n";

struct wanted {
    struct aloft_posix_machine machine;
    const char *flash, *url, *ca, *dir, *id;
    char keys[4096];
    uint32_t slot_size;
    char dir_room[PATH_MAX], ca_room[PATH_MAX], id_room[ALOFT_ID_MAX + 1];
    struct project project;
};

/* ---- options */

static bool number_between(const char *text, uint32_t least, uint32_t most, uint32_t *out) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);

    if (*end == 'K' || *end == 'k')
        value <<= 10, end++;
    else if (*end == 'M' || *end == 'm')
        value <<= 20, end++;
    *out = (uint32_t)value;
    return text[0] >= '0' && text[0] <= '9' && *end == 0 && value >= least && value <= most;
}

static bool set_number(const char *name, const char *text, uint32_t least, uint32_t most) {
    uint32_t value;

    return number_between(text, least, most, &value) && setenv(name, text, 1) == 0;
}

static bool add_key(struct wanted *w, const char *path) {
    size_t used = strlen(w->keys);

    if (used + strlen(path) + 2 > sizeof w->keys || strchr(path, ':') != NULL)
        return false;
    snprintf(w->keys + used, sizeof w->keys - used, "%s%s", used > 0 ? ":" : "", path);
    return setenv(SET_KEYS, w->keys, 1) == 0;
}

static bool is_id(const char *id) {
    size_t len = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    return id[len] == 0 && len >= 1 && len <= ALOFT_ID_MAX;
}

static bool take_setting(struct wanted *w, int option, const char *value) {
    switch (option) {
    case 'k':
        return add_key(w, value);
    case 't':
        return set_number(SET_THRESHOLD, value, 1, ALOFT_KEYS_MAX);
    case 'p':
        return set_number(SET_POLL, value, 60, 604800);
    case 'c':
        return project_channel_is_legal(value) && setenv(SET_CHANNEL, value, 1) == 0;
    case 'w':
        return number_between(value, 1, 3600, &w->machine.watchdog_s);
    case 's':
        return number_between(value, ALOFT_POSIX_ERASE_SIZE, ALOFT_POSIX_SLOT_MAX, &w->slot_size) &&
               w->slot_size % ALOFT_POSIX_ERASE_SIZE == 0;
    case 'i':
        w->id = value;
        return is_id(value);
    default:
        return false;
    }
}

static bool take_option(struct wanted *w, int option, const char *value) {
    switch (option) {
    case 'u':
        w->url = value;
        return true;
    case 'a':
        w->ca = value;
        return true;
    case 'd':
        w->dir = value;
        return true;
    case 'f':
        w->flash = value;
        return true;
    case 'o':
        w->machine.once = true;
        return true;
    case 'D':
        w->machine.once = true;
        return setenv(SET_DIAGNOSE, "1", 1) == 0;
    default:
        return take_setting(w, option, value);
    }
}

/* Gives -1 to go on, else the exit code. */
static int read_options(struct wanted *w, int argc, char **argv) {
    static const struct option options[] = {{"url", required_argument, NULL, 'u'},
                                            {"ca", required_argument, NULL, 'a'},
                                            {"dir", required_argument, NULL, 'd'},
                                            {"flash", required_argument, NULL, 'f'},
                                            {"slot-size", required_argument, NULL, 's'},
                                            {"once", no_argument, NULL, 'o'},
                                            {"diagnose", no_argument, NULL, 'D'},
                                            {"channel", required_argument, NULL, 'c'},
                                            {"id", required_argument, NULL, 'i'},
                                            {"poll", required_argument, NULL, 'p'},
                                            {"watchdog", required_argument, NULL, 'w'},
                                            {"key", required_argument, NULL, 'k'},
                                            {"threshold", required_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    int option, which = 0;

    while ((option = getopt_long(argc, argv, "h", options, &which)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("device", argv);
        if (!take_option(w, option, optarg))
            return cli_usage("device", "--%s cannot be \"%s\"", options[which].name, optarg);
    }
    if (optind < argc)
        return cli_usage("device", "\"%s\" is one word too many", argv[optind]);
    return -1;
}

/* ---- defaults */

static aloft_err fill_from_project(struct wanted *w, struct cli *cli) {
    aloft_err e = project_open(cli->dir, &w->project, &cli->trouble);

    if (e == ALOFT_OK)
        e = project_path(&w->project, "pki/ca.crt", w->ca_room, &cli->trouble);
    if (e == ALOFT_OK)
        e = project_path(&w->project, "device", w->dir_room, &cli->trouble);
    if (e != ALOFT_OK)
        return e;
    w->url = w->url != NULL ? w->url : w->project.base;
    w->ca = w->ca != NULL ? w->ca : w->ca_room;
    w->dir = w->dir != NULL ? w->dir : w->dir_room;
    return ALOFT_OK;
}

static aloft_err read_id(struct wanted *w, struct cli *cli) {
    char path[PATH_MAX];
    struct stat facts;
    aloft_space kept;
    uint8_t random[4];
    aloft_err e = file_join(w->dir, "id", path, sizeof path, &cli->trouble);

    if (e != ALOFT_OK || w->id != NULL)
        return e;
    w->id = w->id_room;
    if (stat(path, &facts) != 0) {
        (void)!getrandom(random, sizeof random, 0);
        snprintf(w->id_room, sizeof w->id_room, "device-%02x%02x%02x%02x", random[0], random[1],
                 random[2], random[3]);
        return file_write(path, (aloft_bytes){(uint8_t *)w->id_room, strlen(w->id_room)}, 0644,
                          false, &cli->trouble);
    }
    e = file_read(path, ALOFT_ID_MAX, &kept, &cli->trouble);
    if (e != ALOFT_OK)
        return e;
    snprintf(w->id_room, sizeof w->id_room, "%.*s", (int)kept.len, (char *)kept.at);
    w->id_room[strcspn(w->id_room, "\r\n")] = 0;
    free(kept.at);
    if (is_id(w->id_room))
        return ALOFT_OK;
    trouble_set(&cli->trouble, ALOFT_E_DEVICE_SETTING);
    trouble_fact(&cli->trouble, "what", "in %s", path);
    return ALOFT_E_DEVICE_SETTING;
}

static aloft_err prepare(struct wanted *w, struct cli *cli) {
    aloft_err e = ALOFT_OK;

    if (w->url == NULL || w->ca == NULL || w->dir == NULL)
        e = fill_from_project(w, cli);
    if (e == ALOFT_OK)
        e = file_may_read(w->ca, &cli->trouble);
    if (e == ALOFT_OK)
        e = file_folder(w->dir, 0755, &cli->trouble);
    w->machine.dir = w->dir;
    return e;
}

static void hand_over(const struct wanted *w) {
    setenv(SET_DIR, w->dir, 1);
    setenv(SET_URL, w->url, 1);
    setenv(SET_CA, w->ca, 1);
    setenv(SET_ID, w->id, 1);
    setenv(SET_ONCE, w->machine.once ? "1" : "0", 1);
}

/* ---- the device */

static bool version_of(aloft_bytes image, char out[ALOFT_VERSION_MAX + 1]) {
    static struct trouble unused;
    static struct image_record record;

    if (image_record_find(image, &record, &unused) != ALOFT_OK)
        return false;
    memcpy(out, record.version, sizeof record.version);
    return true;
}

/* Whose device it is; ALOFT_OK: no right is missing. */
static aloft_err tell_owner(const struct wanted *w, const aloft_fault *why,
                            struct trouble *trouble) {
    static const char *const names[] = {"lock", "flash.bin", "wear.bin", "id"};
    char path[PATH_MAX];
    aloft_err e = ALOFT_OK;

    if (why->code != ALOFT_E_DEVICE_FILE || (why->raw != EACCES && why->raw != EPERM))
        return ALOFT_OK;
    for (size_t i = 0; e == ALOFT_OK && i < sizeof names / sizeof names[0]; i++)
        if (file_join(w->dir, names[i], path, sizeof path, trouble) == ALOFT_OK)
            e = denied_tell(trouble, DENIED_WRITE, path);
    return e;
}

static aloft_err tell(const struct wanted *w, const aloft_fault *why, struct trouble *trouble,
                      const char *file) {
    aloft_err e = tell_owner(w, why, trouble);

    if (e != ALOFT_OK)
        return e;
    trouble_from(trouble, why);
    trouble_fact(trouble, "file", "%s", file);
    if (w->machine.slot <= 1)
        trouble_fact(trouble, "slot", "%c", "AB"[w->machine.slot]);
    if (why->origin == ALOFT_ORIGIN_LINUX)
        trouble_fact(trouble, "reason", "%s", strerror(why->raw));
    return (aloft_err)why->code;
}

static aloft_err flash(struct wanted *w, struct cli *cli) {
    static struct image_record record;
    aloft_fault why = {0};
    aloft_space image;
    aloft_err e = file_read(w->flash, FILE_IMAGE_MAX, &image, &cli->trouble);

    if (e != ALOFT_OK)
        return e;
    e = image_record_find((aloft_bytes){image.at, image.len}, &record, &cli->trouble);
    if (e != ALOFT_OK)
        trouble_fact(&cli->trouble, "file", "%s", w->flash);
    else if (aloft_posix_machine_flash(&w->machine, (aloft_bytes){image.at, image.len},
                                       w->slot_size, &why) != ALOFT_OK)
        e = tell(w, &why, &cli->trouble,
                 why.code == ALOFT_E_DEVICE_BIG ? w->flash : w->machine.dir);
    else
        printf("flashed %s into slot A of %s: %zu bytes\n", record.version, w->dir, image.len);
    free(image.at);
    return e;
}

/* What a program failed with has been said by the program itself. */
static int exit_of(unsigned code) {
    if (code == ALOFT_E_HTTP_NOT_FOUND)
        return 0; /* it answered: nothing is published yet */
    switch (code >> 8) {
    case 0x02: /* network */
    case 0x03: /* HTTP */
    case 0x06: /* flash */
        return EXIT_WORLD;
    case 0x04: /* manifest */
    case 0x05: /* alarms */
    case 0x07: /* trials */
    case 0x08: /* payload */
        return EXIT_ALARM;
    default:
        return EXIT_REFUSED;
    }
}

static int say_stopped(struct cli *cli) {
    trouble_set(&cli->trouble, ALOFT_E_DEVICE_STOPPED);
    return cli_fail(cli);
}

static int run(struct wanted *w, struct cli *cli) {
    struct aloft_posix_machine *machine = &w->machine;
    aloft_fault why = {0};

    if (aloft_posix_machine_run(machine, &why) == ALOFT_OK && machine->has_verdict)
        return machine->outcome == ALOFT_ROLLED_BACK || machine->outcome == ALOFT_GIVEN_UP
                   ? EXIT_ALARM
                   : 0;
    if (why.code == ALOFT_OK) /* a signal has ended it: without `once` that is how it ends */
        return machine->once ? say_stopped(cli) : 0;
    if (!machine->has_verdict) {
        (void)tell(w, &why, &cli->trouble, machine->dir);
        (void)cli_fail(cli);
    }
    return exit_of(why.code);
}

int device_main(struct cli *cli, int argc, char **argv) {
    static struct wanted w = {
        .machine = {.watchdog_s = 10, .slot = ALOFT_SLOT_NONE, .version = version_of},
        .slot_size = ALOFT_POSIX_SLOT_SIZE};
    aloft_fault why = {0};
    int code = read_options(&w, argc, argv);
    aloft_err e;

    if (code >= 0)
        return code;
    e = prepare(&w, cli);
    if (e == ALOFT_OK && aloft_posix_machine_lock(&w.machine, &why) != ALOFT_OK)
        e = tell(&w, &why, &cli->trouble, w.dir);
    if (e == ALOFT_OK)
        e = read_id(&w, cli);
    if (e == ALOFT_OK && w.flash != NULL)
        e = flash(&w, cli);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    hand_over(&w);
    return run(&w, cli);
}
