/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The devices in a report: each by a number, and what has run where.
 * Knows: what devices say.   Never knows: SQL. */
#include "report_devices.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "server/api/api.h"
#include "server/store/store.h"

#define DEVICES_MAX 20u /* in full; of more it is said how many they are */

struct devices {
    struct report *report;
    const struct project *project;
    uint64_t now_s;
    unsigned n;
};

static const char *or_not_said(const char *text) {
    return text[0] != 0 ? text : "not said";
}

static void say_fault(struct devices *all, const struct store_word *word) {
    char text[ALOFT_SENTENCE_MAX];

    if (word->fault.code != 0)
        report_line(all->report, "  last fault: %s", word_fault(word, text, sizeof text));
}

static bool say_device(void *self, const struct store_device *d) {
    struct devices *all = self;
    const struct store_word *w = &d->word;
    char state[ALOFT_SENTENCE_MAX + 64];

    if (++all->n > DEVICES_MAX)
        return true;
    word_for_people(w, state, sizeof state);
    state[strcspn(state, ":")] = 0;
    report_line(all->report,
                "device %u: class %s, channel %s, runs %s, %s; offered %s, last confirmed %s, "
                "heard of %" PRIu64 " min ago",
                all->n, w->device_class, w->channel, or_not_said(w->version), state,
                or_not_said(w->offered_version), or_not_said(d->confirmed_version),
                all->now_s > d->last_seen_s ? (all->now_s - d->last_seen_s) / 60 : 0);
    if (w->has_counters || w->attempt > 0 || w->boots > 0)
        report_line(all->report, "  of its last attempt: %u resumes, %u restarts, %u failures",
                    (unsigned)w->resumes, (unsigned)w->boots, (unsigned)w->fails);
    say_fault(all, w);
    return true;
}

static bool say_ran(void *self, const struct store_ran *ran) {
    struct devices *all = self;
    const struct project_class *known = project_class_of(all->project, ran->device_class);
    bool is_chip_said = known != NULL && known->esp_chip[0] != 0;

    all->n++;
    report_line(all->report,
                "%s, chip %s, %s: %u ran it, %u said confirmed, %u by the digest of a "
                "release, %u went back to it",
                ran->device_class, is_chip_said ? known->esp_chip : "not said", ran->version,
                ran->n, ran->n_said, ran->n_sure, ran->n_back);
    return true;
}

void report_part_devices(struct report *report, const struct report_wish *wish) {
    struct devices all = {.report = report, .project = wish->project};
    struct trouble trouble;
    char path[PATH_MAX], text[TROUBLE_ROOM];
    aloft_err e;

    report_begin(report, "devices", "Devices, as they describe themselves");
    if (wish->project == NULL) {
        report_line(report, "not known: no project");
        return;
    }
    all.now_s = (uint64_t)time(NULL);
    e = project_path(wish->project, "aloft.db", path, &trouble);
    if (e == ALOFT_OK)
        e = store_devices(path, say_device, &all, &trouble);
    if (e == ALOFT_OK && all.n == 0)
        report_line(report, "no device has called yet");
    else if (e == ALOFT_OK && all.n > DEVICES_MAX)
        report_line(report, "and %u more", all.n - DEVICES_MAX);
    all.n = 0;
    if (e == ALOFT_OK) {
        report_begin(report, "ran", "What has run where, by the number of devices");
        e = store_ran(path, say_ran, &all, &trouble);
    }
    if (e != ALOFT_OK)
        report_line(report, "cannot be read: %s", trouble_text(&trouble, text, sizeof text));
    else if (all.n == 0)
        report_line(report, "nothing was heard of");
}
