/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. Says what the device does: one calm line per change, progress in place on a terminal.
 * Knows: words for people.   Never knows: what is done next. */
#include "wire.h"

#include <stdio.h>
#include <string.h>

#define BAR 10

static const char slot_letter[] = "AB";

const char *al_posix_duration(uint32_t s, char out[16]) {
    if (s >= 2 * 86400)
        snprintf(out, 16, "%u days", (s + 43200) / 86400);
    else if (s >= 3570)
        snprintf(out, 16, "%u h", (s + 1800) / 3600);
    else if (s >= 60)
        snprintf(out, 16, "%u min", (s + 30) / 60);
    else
        snprintf(out, 16, "%u s", s);
    return out;
}

/* "acme.example/lamp/a" -> "lamp" */
static void model_of(const char *device_class, char out[ALOFT_CLASS_MAX + 1]) {
    const char *slash = memchr(device_class, '/', ALOFT_CLASS_MAX);
    size_t n = 0;

    if (slash == NULL)
        slash = device_class - 1;
    for (slash++; n + 1 < ALOFT_CLASS_MAX && slash + n < device_class + ALOFT_CLASS_MAX &&
                  slash[n] != 0 && slash[n] != '/';
         n++)
        out[n] = slash[n];
    out[n] = 0;
}

static const char *standing(const struct aloft_posix *posix) {
    if (posix->status.state == ALOFT_TESTING)
        return ", on trial";
    return posix->status.outcome == ALOFT_CONFIRMED ? ", confirmed" : "";
}

/* After a trial that ended in this very restart its cause is news; at a power-on the record has kept it. */
static bool is_of_before(const struct aloft_posix *posix) {
    return posix->status.is_before ||
           (posix->status.fault.code >> 8 == ALOFT_E_TRIAL_CRASHED >> 8 &&
            posix->config.reset == ALOFT_RESET_POWER);
}

void al_posix_say_start(struct aloft_posix *posix) {
    char model[ALOFT_CLASS_MAX + 1];

    model_of(aloft_image.device_class, model);
    printf("%s %.*s, ", model, (int)ALOFT_VERSION_MAX, aloft_image.version);
    if (posix->slot <= 1)
        printf("slot %c%s\n", slot_letter[posix->slot], standing(posix));
    else
        printf("in no slot%s\n", standing(posix));
    /* what the boot stage has just said, with the versions that only it knows, is not said twice */
    if (posix->status.fault.code != ALOFT_OK && posix->status.fault.code != posix->told_by_boot &&
        posix->status.fault.code != posix->told_at_start) {
        if (is_of_before(posix))
            fputs("Before this start: ", stderr);
        al_posix_say_fault(posix, &posix->status.fault, NULL);
    }
    posix->told = posix->status;
}

/* ---- faults */

static size_t add(struct aloft_fact *facts, size_t n, const char *name, const char *text) {
    if (text == NULL || text[0] == 0)
        return n;
    facts[n] = (struct aloft_fact){name, text};
    return n + 1;
}

static void end_progress(struct aloft_posix *posix) {
    if (posix->told_progress)
        fputs("\n", stdout);
    posix->told_progress = false;
}

void al_posix_say_fault(struct aloft_posix *posix, const aloft_fault *why, const char *about) {
    struct aloft_fact facts[10];
    char text[ALOFT_SENTENCE_MAX], port[8], wait[16], running[ALOFT_VERSION_MAX + 1];
    char shown[256] = "";
    size_t n = 0;

    end_progress(posix);
    if (about != NULL)
        aloft_printable((aloft_bytes){(const uint8_t *)about, strlen(about)}, shown, sizeof shown);
    snprintf(running, sizeof running, "%.*s", (int)ALOFT_VERSION_MAX, aloft_image.version);
    snprintf(port, sizeof port, "%u", (unsigned)posix->status.port);
    n = add(facts, n, "file", shown);
    n = add(facts, n, "what", shown);
    n = add(facts, n, "reason", why->origin == ALOFT_ORIGIN_LINUX ? strerror(why->raw) : NULL);
    n = add(facts, n, "host", posix->status.host);
    n = add(facts, n, "port", posix->status.port != 0 ? port : NULL);
    n = add(facts, n, "version", posix->status.offered_version);
    n = add(facts, n, "running", running);
    n = add(facts, n, "base", posix->config.base);
    n = add(facts, n, "channel", posix->config.channel);
    if (posix->status.retry_trial_s > 0)
        n = add(facts, n, "wait", al_posix_duration(posix->status.retry_trial_s, wait));
    fflush(stdout); /* so that both streams keep their order in one file */
    fprintf(stderr, "%s\n", aloft_explain(why, facts, n, text, sizeof text));
}

static bool is_news(const struct aloft_posix *posix, struct aloft_progress progress) {
    return posix->status.fault.code != ALOFT_OK && progress.next == ALOFT_FAILED &&
           posix->last != ALOFT_FAILED &&
           !(posix->status.state == ALOFT_STOPPED &&
             posix->status.fault.code == posix->told_at_start);
}

/* What everybody meets first: the server answers, and there is no release yet. A device that has
 * had one knows better. */
static bool is_only_early(const struct aloft_status *now) {
    return now->fault.code == ALOFT_E_HTTP_NOT_FOUND && now->fault.step == ALOFT_STEP_CHECK &&
           now->running_sequence == 0 && now->floor == 0;
}

static void say_early(struct aloft_posix *posix) {
    const struct aloft_status *now = &posix->status;

    end_progress(posix);
    printf(
        "update server %s:%u reached, certificate good, nothing published yet for this class and "
        "channel (%d)\n"
        "Next: `aloft publish IMAGE`. A wrong path in the address is answered in the same way.\n",
        now->host, (unsigned)now->port, (int)now->fault.raw);
}

static void say_fault(struct aloft_posix *posix, struct aloft_progress progress) {
    char wait[16];

    if (!is_news(posix, progress))
        return;
    if (is_only_early(&posix->status))
        say_early(posix);
    else
        al_posix_say_fault(posix, &posix->status.fault, NULL);
    if (progress.next == ALOFT_FAILED && !posix->once && posix->status.state != ALOFT_STOPPED)
        printf("Still on %.*s; looks again in %s.\n", (int)ALOFT_VERSION_MAX, aloft_image.version,
               al_posix_duration(posix->status.next_check_s, wait));
}

/* ---- progress */

static unsigned percent_of(const struct aloft_status *status) {
    return status->total == 0 ? 0 : (unsigned)((uint64_t)status->done * 100 / status->total);
}

static void say_bar(struct aloft_posix *posix, unsigned percent) {
    char bar[BAR + 1] = "          ";

    memset(bar, '#', percent * BAR / 100);
    printf("%s%.*s -> %s  [%s] %u %%%s", posix->on_a_terminal ? "\r" : "", (int)ALOFT_VERSION_MAX,
           aloft_image.version, posix->status.offered_version, bar, percent,
           posix->on_a_terminal ? "" : "\n");
    fflush(stdout);
    posix->told_progress = posix->on_a_terminal;
}

static void say_progress(struct aloft_posix *posix) {
    const struct aloft_status *now = &posix->status;
    unsigned percent = percent_of(now);
    unsigned step = posix->on_a_terminal ? percent : percent / 25;

    if (now->state != ALOFT_DOWNLOADING || now->total == 0)
        return;
    if (!posix->has_begun) {
        posix->has_begun = true;
        posix->told_percent = UINT32_MAX;
        if (now->resumed_at > 0)
            printf("going on with %s at byte %u of %u\n", now->offered_version, now->resumed_at,
                   now->total);
    }
    if (now->resumed_at == 0 && posix->told.resumed_at > 0) {
        end_progress(posix);
        printf("the whole file comes in place of the rest: it begins again at byte 0\n");
    }
    if (step != posix->told_percent)
        say_bar(posix, percent);
    posix->told_percent = step;
}

/* ---- states */

static void say_state(struct aloft_posix *posix) {
    const struct aloft_status *now = &posix->status;

    if (now->state == posix->told.state)
        return;
    if (posix->told.state == ALOFT_DOWNLOADING && now->state == ALOFT_READING_BACK)
        say_bar(posix, 100);
    if (now->state != ALOFT_DOWNLOADING)
        end_progress(posix);
    posix->has_begun = posix->has_begun && now->state == ALOFT_DOWNLOADING;
    if (now->state == ALOFT_READING_BACK && now->offered_version[0] != 0)
        printf("%s is written, %u bytes received since the start; reading it back\n",
               now->offered_version, now->received);
    else if (now->state == ALOFT_READING_BACK)
        printf("reading the kept image back\n");
    else if (now->state == ALOFT_REBOOTING)
        printf("restarting\n");
    else if (posix->told.state == ALOFT_TESTING && now->outcome == ALOFT_CONFIRMED)
        printf("%.*s confirmed: it stays\n", (int)ALOFT_VERSION_MAX, aloft_image.version);
}

static void say_server(const struct aloft_posix *posix) {
    const struct aloft_status *now = &posix->status, *before = &posix->told;

    if (now->server_reached && !before->server_reached)
        printf("update server %s:%u reached, certificate good\n", now->host, (unsigned)now->port);
    if (now->reported && !before->reported)
        printf("reported to the server\n");
}

static void say_freshness(const struct aloft_posix *posix) {
    const struct aloft_status *now = &posix->status;
    char age[16];

    if (now->freshness == posix->told.freshness)
        return;
    if (now->freshness == ALOFT_FRESH_STALE)
        printf(
            "may be frozen: the newest statement of freshness is %s old; updates go on as ever\n",
            al_posix_duration(now->statement_s, age));
    else if (now->freshness == ALOFT_FRESH_WITHHELD)
        printf("may be frozen: a newer release exists, and this server does not offer it\n");
    else if (now->freshness == ALOFT_FRESH && posix->told.freshness != ALOFT_FRESH_UNKNOWN)
        printf("the news is new again\n");
}

void al_posix_say_step(struct aloft_posix *posix, struct aloft_progress progress) {
    say_server(posix);
    say_state(posix);
    say_progress(posix);
    say_fault(posix, progress);
    say_freshness(posix);
    if (progress.next == ALOFT_DONE && posix->last != ALOFT_DONE)
        printf("nothing newer on the server: %.*s runs\n", (int)ALOFT_VERSION_MAX,
               aloft_image.version);
    posix->told = posix->status;
}
