/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. An image that never confirms itself, over several starts of an ESP: which image runs,
 * and which one was on trial before it.
 * Knows: what the boot loader and the start print.   Never knows: other lines. */
#include "log.h"

#include <string.h>

#define PENDING_VERIFY 1 /* esp_ota_img_states_t */
#define VALID          2

/* The word behind `words`, when the line has them. */
static bool word_behind(const char *text, const char *words, char *out, size_t out_size) {
    const char *at = strstr(text, words);

    if (at == NULL)
        return false;
    at += strlen(words);
    at += strspn(at, " ");
    snprintf(out, out_size, "%.*s", (int)strcspn(at, " "), at);
    return out[0] != 0;
}

static bool differ(const char *one, const char *other) {
    return one[0] != 0 && other[0] != 0 && strcmp(one, other) != 0;
}

/* The boot loader names the slot, the start the version; a log may have one of the two. */
static void look_back(struct explain_trial *t) {
    if (!t->is_on_trial || (!differ(t->slot, t->new_slot) && !differ(t->version, t->new_version)))
        return;
    t->n_back++;
    t->is_on_trial = false;
}

void explain_trial_line(struct explain *log, const char *text) {
    struct explain_trial *t = &log->trial;

    if (word_behind(text, "Loaded app from partition at offset ", t->slot, sizeof t->slot))
        look_back(t);
    if (!word_behind(text, "App version: ", t->version, sizeof t->version))
        return;
    look_back(t);
    if (t->n_back > 0 && differ(t->version, t->new_version))
        memcpy(t->old_version, t->version, sizeof t->old_version);
}

void explain_trial_state(struct explain *log, int32_t state) {
    struct explain_trial *t = &log->trial;

    if (state == PENDING_VERIFY) {
        t->is_on_trial = true;
        memcpy(t->new_slot, t->slot, sizeof t->new_slot);
        memcpy(t->new_version, t->version, sizeof t->new_version);
    } else if (state == VALID && t->is_on_trial) {
        t->is_on_trial = false; /* it has confirmed itself: what was before is over */
        t->n_back = 0;
    }
}

const struct explain_story *explain_trial_story(struct explain *log) {
    struct explain_trial *t = &log->trial;

    if (t->n_back == 0)
        return NULL;
    snprintf(t->cause, sizeof t->cause,
             "%s was installed, started on trial, and never confirmed itself, so its next restart "
             "brought %s back: %u time%s in this log.",
             t->new_version[0] != 0 ? t->new_version : "The new image",
             t->old_version[0] != 0 ? t->old_version : "the old image", t->n_back,
             t->n_back == 1 ? "" : "s");
    snprintf(t->next, sizeof t->next,
             "Call esp_ota_mark_app_valid_cancel_rollback in %s when its self-test has passed, and "
             "before it restarts by itself; publish that under a new version. Until then the "
             "device fetches the same image again and again.",
             t->new_version[0] != 0 ? t->new_version : "the new image");
    t->story = (struct explain_story){
        .all = EXPLAIN_BIT(MARK_ON_TRIAL),
        .sure = "certain",
        .cause = t->cause,
        .innocent = "The download, the server, the address and the signature: the image was "
                    "written and started.",
        .next = t->next};
    return &t->story;
}
