/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The texts that a device says about itself: state, version, what runs.
 * Knows: the record, the image.   Never knows: how they travel. */
#include "device/words.h"

#include <string.h>

size_t al_words_len(const char *text) {
    size_t len = 0;

    while (text[len] != 0)
        len++;
    return len;
}

aloft_bytes al_words_span(const char *text) {
    return (aloft_bytes){(const uint8_t *)text, al_words_len(text)};
}

bool al_words_is_name(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
}

bool al_words_is_version(char c) {
    return al_words_is_name(c) || c == '+';
}

void al_words_hex(struct al_http_out *pen, aloft_bytes bytes) {
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        const uint8_t pair[2] = {(uint8_t)digits[bytes.at[i] >> 4],
                                 (uint8_t)digits[bytes.at[i] & 15]};
        al_http_put(pen, (aloft_bytes){pair, 2});
    }
}

/* manifest.md: -1 rc, -2 beta, -3 alpha, then at most one number */
void al_words_version(const struct aloft_manifest *m, char out[ALOFT_VERSION_MAX + 1]) {
    static const char *const stages[] = {"", "-rc", "-beta", "-alpha"};
    struct al_http_out pen = {.room = {(uint8_t *)out, ALOFT_VERSION_MAX}};
    bool was_stage = false;

    for (unsigned i = 0; i < m->n_version; i++) {
        int32_t part = m->version[i];
        if (part < 0) {
            al_http_put_text(&pen, part >= -3 ? stages[-part] : "-");
            was_stage = true;
            continue;
        }
        if (i > 0 && !was_stage)
            al_http_put_text(&pen, ".");
        al_http_put_number(&pen, (uint64_t)part);
    }
    out[pen.len] = 0;
}

/* Nothing is wrong; but the news may be old. */
static const char *quiet_word(const struct al_device *d) {
    struct aloft_status now = {.freshness = ALOFT_FRESH_UNKNOWN};

    if (d->config->fresh != NULL)
        d->config->fresh->look(d, &now);
    if (now.freshness == ALOFT_FRESH_STALE)
        return "stale";
    if (now.freshness == ALOFT_FRESH_WITHHELD)
        return "withheld";
    return d->record.slot[d->record.home].sequence > 0 ? "confirmed" : "idle";
}

/* That nothing is published for it is this server's own answer, and no failure of the device. */
static bool has_failed(const aloft_fault *fault) {
    bool is_own_answer = fault->code == ALOFT_E_HTTP_NOT_FOUND && fault->step == ALOFT_STEP_CHECK;

    return fault->code != ALOFT_OK && !is_own_answer;
}

/* The words of FORMAT.md. A failed attempt that changed nothing on the device is `failed:` and its code. */
void al_words_state(const struct al_device *d, struct al_http_out *pen) {
    const struct al_record *r = &d->record;
    const uint8_t code[2] = {(uint8_t)(d->status.fault.code >> 8), (uint8_t)d->status.fault.code};

    if (al_device_in_trial(d)) {
        al_http_put_text(pen, "testing");
    } else if (r->phase == AL_KEPT || al_device_gave_up(d)) {
        al_http_put_text(pen, "rolled-back");
    } else if (has_failed(&d->status.fault)) {
        al_http_put_text(pen, "failed:0x");
        al_words_hex(pen, ALOFT_BYTES(code));
    } else if (r->phase == AL_FILL) {
        al_http_put_text(pen, "downloading");
    } else {
        al_http_put_text(pen, quiet_word(d));
    }
}

static size_t len_within(const char *text, size_t size) {
    size_t len = 0;

    while (len < size && text[len] != 0)
        len++;
    return len;
}

aloft_bytes al_words_running_version(const struct al_device *d) {
    const char *version = d->config->image->version;

    return (aloft_bytes){(const uint8_t *)version, len_within(version, ALOFT_VERSION_MAX)};
}

aloft_bytes al_words_class(const struct al_device *d) {
    const char *device_class = d->config->image->device_class;

    return (aloft_bytes){(const uint8_t *)device_class, len_within(device_class, ALOFT_CLASS_MAX)};
}

const struct al_record_slot *al_words_running(const struct al_device *d) {
    static const struct al_record_slot unknown;

    return d->running < 2 ? &d->record.slot[d->running] : &unknown;
}

/* version;sequence;first 16 hex of the image digest */
void al_words_what_runs(const struct al_device *d, struct al_http_out *pen) {
    const struct al_record_slot *image = al_words_running(d);

    al_http_put(pen, al_words_running_version(d));
    al_http_put_text(pen, ";");
    al_http_put_number(pen, image->sequence);
    al_http_put_text(pen, ";");
    al_words_hex(pen, (aloft_bytes){image->image_digest, 8});
}
