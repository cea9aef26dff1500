/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft watch`: a device's log and the server's lines on one time line.
 * Knows: options, when to read which side.   Never knows: what lines mean. */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/watch/watch.h"
#include "verb.h"

#define TURN_MS       100  /* how late the server's side may be shown */
#define LINES_A_TURN  256u /* of the server, so that the device is heard too */
#define GONE_AGAIN_MS 1000u
#define WAITED_GAP_MS 100   /* what was waiting comes without a pause that is longer */
#define WAITED_MS     2000u /* a board that never pauses ends it too */

static const char help[] =
    "usage: aloft watch [/dev/ttyUSB0 | FILE | -] [--json]\n\n"
    "Shows what a device logs and what `aloft serve` of this project says on one time line,\n"
    "explains each known line once, and says what only both ends together can tell: \"device:\n"
    "nobody answered; server: no packet from any device\" means a wrong address or another\n"
    "network; \"alert 48\" means that the firmware holds another CA.\n\n"
    "Without an argument it takes the only serial adapter (115200 baud). A file, such as idf.py\n"
    "monitor keeps, is read to its end, without the server's side, because its lines have no\n"
    "times. - is standard input: idf.py monitor | aloft watch -\n\n"
    "Ctrl-C ends it with a summary. Without a project only the device's side is shown.\n\n"
    "  --json   one object a line: at_ms, side (device, server, explain, both, watch), text\n";

static volatile sig_atomic_t is_over;

static void on_signal(int number) {
    (void)number;
    is_over = 1;
}

struct sides {
    struct watch *watch;
    const char *path;
    int device; /* -1: gone, or at its end */
    bool is_serial, is_live, has_said_gone;
    uint64_t try_ms; /* when to look for an adapter that went away */
    struct journal_tail *server;
    const char *journal;
    const char *base; /* what the project's devices call */
    bool is_inside;   /* the server listens to this machine only */
};

static void read_server(struct sides *s) {
    struct journal_line line;

    for (unsigned i = 0; s->server != NULL && i < LINES_A_TURN && journal_next(s->server, &line);
         i++)
        watch_server(s->watch, &line);
}

/* What the server said just before: a device's next line may be about it. */
static void hear_what_was(struct sides *s, uint64_t now_ms) {
    struct journal_line line;

    while (s->server != NULL && journal_next(s->server, &line))
        if (line.at_ms + VERDICT_PATIENT_MS >= now_ms)
            watch_heard(s->watch, &line);
}

/* An adapter that was pulled out comes back under the same name; a file or a pipe is at its end. */
static void device_gone(struct sides *s) {
    if (s->device != STDIN_FILENO)
        close(s->device);
    s->device = -1;
    if (!s->is_serial) {
        is_over = 1;
        return;
    }
    if (!s->has_said_gone)
        watch_note(s->watch, journal_now_ms(), "the adapter is gone; waiting for it to come back");
    s->has_said_gone = true;
    s->try_ms = journal_now_ms() + GONE_AGAIN_MS;
}

static void device_again(struct sides *s) {
    struct trouble ignored;
    bool is_serial;

    if (journal_now_ms() < s->try_ms)
        return;
    s->try_ms = journal_now_ms() + GONE_AGAIN_MS;
    if (serial_open(s->path, &s->device, &is_serial, &ignored) != ALOFT_OK) {
        s->device = -1;
        return;
    }
    s->has_said_gone = false;
    watch_note(s->watch, journal_now_ms(), "the adapter is back");
}

static void read_device(struct sides *s) {
    uint8_t room[4096];
    ssize_t got = read(s->device, room, sizeof room);

    if (got > 0)
        watch_device(s->watch, journal_now_ms(), (aloft_bytes){room, (size_t)got});
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        device_gone(s);
}

/* What lies in the terminal's or pipe's buffer since before this program began. */
static void read_what_waited(struct sides *s) {
    uint64_t until = journal_now_ms() + WAITED_MS;
    struct pollfd wait = {.fd = s->device, .events = POLLIN};

    watch_waiting(s->watch, journal_now_ms(), true);
    while (is_over == 0 && s->device >= 0 && journal_now_ms() < until &&
           poll(&wait, 1, WAITED_GAP_MS) > 0)
        read_device(s);
    watch_waiting(s->watch, journal_now_ms(), false);
}

static enum verdict_server look_at_server(const struct sides *s) {
    if (s->journal == NULL || !journal_is_kept(s->journal))
        return VERDICT_NO_SERVER;
    return s->is_inside ? VERDICT_INSIDE : VERDICT_OPEN;
}

static void one_turn(struct sides *s) {
    struct pollfd wait = {.fd = s->device, .events = POLLIN};
    int n = poll(&wait, s->device >= 0 ? 1 : 0, s->is_live ? TURN_MS : 0);

    if (n > 0)
        read_device(s);
    else if (s->device < 0 && !is_over)
        device_again(s);
    read_server(s);
    watch_time(s->watch, journal_now_ms(), look_at_server(s));
}

static bool is_a_file(int file) {
    struct stat facts;

    return fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
}

/* What came last may still get the server's word: as long as a verdict takes. */
static void wait_for_the_last(struct sides *s) {
    uint64_t until = journal_now_ms() + VERDICT_AFTER_MS + 2u * TURN_MS;

    while (s->is_live && s->server != NULL && journal_now_ms() < until) {
        (void)poll(NULL, 0, TURN_MS);
        read_server(s);
        watch_time(s->watch, journal_now_ms(), look_at_server(s));
    }
}

static void say_what_is_watched(const struct sides *s) {
    uint64_t now_ms = journal_now_ms();

    if (!s->is_live)
        watch_note(s->watch, now_ms,
                   "a file has no times that match the server's: only the device's side is shown");
    else if (s->journal == NULL)
        watch_note(s->watch, now_ms,
                   "no project here (aloft -C DIR watch): only the device's side is shown");
    else if (!journal_is_kept(s->journal))
        watch_note(s->watch, now_ms, "no `aloft serve` runs in this project");
    else if (s->is_inside)
        watch_note(s->watch, now_ms, "device and server, which listens to its own machine only");
    else
        watch_note(s->watch, now_ms, "device and server; Ctrl-C ends with a summary");
}

static int run(struct cli *cli, struct sides *s, bool as_json) {
    struct sigaction act = {.sa_handler = on_signal};

    if (serial_open(s->path, &s->device, &s->is_serial, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    s->is_live = !is_a_file(s->device);
    s->watch = watch_new(stdout, as_json, isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL);
    s->server = s->is_live && s->journal != NULL ? journal_tail(s->journal, true) : NULL;
    if (s->watch == NULL) {
        trouble_file(&cli->trouble, ALOFT_E_FILE_READ, s->path, ENOMEM);
        return cli_fail(cli);
    }
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    if (s->base != NULL)
        watch_base(s->watch, s->base);
    say_what_is_watched(s);
    hear_what_was(s, journal_now_ms());
    if (s->is_live)
        read_what_waited(s);
    while (is_over == 0 && !ferror(stdout))
        one_turn(s);
    wait_for_the_last(s);
    (void)watch_end(s->watch);
    journal_tail_free(s->server);
    if (s->device > STDIN_FILENO)
        close(s->device);
    return 0;
}

int watch_main(struct cli *cli, int argc, char **argv) {
    static const struct option known[] = {
        {"json", no_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'}, {0}};
    static struct project project;
    static char journal[PATH_MAX], port[PATH_MAX];
    struct sides s = {.device = -1};
    struct trouble ignored;
    bool as_json = false;
    int option;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("watch", argv);
        as_json = true;
    }
    if (optind + 1 < argc)
        return cli_usage("watch", "\"%s\" is one word too many", argv[optind + 1]);
    if (optind < argc) {
        s.path = argv[optind];
    } else {
        if (serial_find(port, sizeof port, &cli->trouble) != ALOFT_OK)
            return cli_fail(cli);
        s.path = port;
    }
    if (project_open(cli->dir, &project, &ignored) == ALOFT_OK &&
        project_path(&project, JOURNAL_NAME, journal, &ignored) == ALOFT_OK) {
        s.journal = journal;
        s.base = project.base;
        s.is_inside = project_is_inside(&project);
    }
    return run(cli, &s, as_json);
}
