/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/parts. Chooses and fills the console's sentences.
 * Knows: the status of a device, reason codes of Wi-Fi.   Never knows: where a sentence goes. */
#include "words.h"

#include <string.h>

static const char *const sentences[N_WORDS] = {
#define W(name, sentence) sentence,
#include "words.def"
#undef W
};

const char *words_say(enum word word, const char *text, char *out, size_t out_size) {
    const char *from = (unsigned)word < N_WORDS ? sentences[word] : "";
    size_t n = 0;

    for (; *from != 0 && n + 1 < out_size; from++) {
        size_t len = *from == '%' && text != NULL ? strlen(text) : 0;
        if (*from != '%') {
            out[n++] = *from;
            continue;
        }
        if (len > out_size - 1 - n)
            len = out_size - 1 - n;
        if (len > 0)
            memcpy(out + n, text, len);
        n += len;
    }
    out[n] = 0;
    return out;
}

/* ESP-IDF, wifi_err_reason_t: 2 AUTH_EXPIRE, 14 MIC_FAILURE, 15 4WAY_HANDSHAKE_TIMEOUT, 202
 * AUTH_FAIL and 204 HANDSHAKE_TIMEOUT are what a wrong password gives; 201 NO_AP_FOUND; 210 to 212
 * found one that does not fit. */
enum word words_of_reason(unsigned reason) {
    switch (reason) {
    case 2:
    case 14:
    case 15:
    case 202:
    case 204:
        return WORD_WIFI_PASSWORD;
    case 201:
        return WORD_WIFI_NOT_FOUND;
    case 210:
    case 211:
        return WORD_WIFI_SECURITY;
    default:
        return WORD_WIFI_LOST;
    }
}

struct list {
    enum word *out;
    unsigned n;
};

static void add(struct list *list, bool is_true, enum word word) {
    if (is_true && list->n < WORDS_MAX)
        list->out[list->n++] = word;
}

static bool is_portal(unsigned code) {
    return code == ALOFT_E_HTTP_HTML || code == ALOFT_E_HTTP_REDIRECT;
}

/* A portal between a device and its server cannot have a certificate that the device trusts. */
static bool is_stranger(unsigned code) {
    return code == ALOFT_E_TLS_NOT_TLS || code == ALOFT_E_TLS_CA;
}

/* A floor or an attempt without a release that runs: the records are of other bytes than these. */
static bool is_from_cable(const struct aloft_status *s) {
    return s->running_sequence == 0 && s->state != ALOFT_TESTING && s->floor > 0;
}

uint16_t words_cause(const struct aloft_status *s) {
    return s->fault.code == ALOFT_E_TRIAL_WAITS ? (uint16_t)s->fault.got : s->fault.code;
}

unsigned words_of(const struct look *look, enum word out[WORDS_MAX]) {
    const struct aloft_status *s = look->status;
    struct list list = {out, 0};

    add(&list, look->wifi == LINK_UNSET, WORD_NO_WIFI);
    add(&list, look->wifi == LINK_BROKEN, look->wifi_why);
    add(&list, is_portal(s->fault.code), WORD_PORTAL);
    add(&list, is_stranger(s->fault.code), WORD_STRANGER);
    add(&list, look->silent_s >= WORDS_GONE_S, WORD_GONE);
    add(&list, look->notice == ALOFT_E_ESP_RECORDS_GONE, WORD_RECORDS_GONE);
    add(&list, words_cause(s) == ALOFT_E_LOADER_REFUSED, WORD_OTHER_CHIP);
    add(&list, is_from_cable(s), WORD_CABLE);
    add(&list, !look->has_rollback, WORD_NO_NET);
    add(&list, look->records_in_nvs, WORD_RECORDS_IN_NVS);
    add(&list, !look->has_clock, WORD_NO_CLOCK);
    return list.n;
}

void silence_see(struct silence *silence, const struct aloft_status *status, uint32_t now_ms) {
    const bool is_silent = status->fault.code >> 8 == 2; /* network and TLS: nobody has answered */

    silence->silent_ms += silence->has_begun ? now_ms - silence->seen_ms : 0;
    if (!is_silent)
        silence->silent_ms = 0;
    silence->has_begun = true;
    silence->seen_ms = now_ms;
}

const char *words_time(uint32_t seconds, char out[16]) {
    static const struct {
        uint32_t size;
        const char *name;
    } units[] = {{86400, " days"}, {3600, " hours"}, {60, " minutes"}, {1, " s"}};
    char digits[10];
    unsigned i = 0;
    size_t n = 0, at = 0;
    uint32_t count;

    while (units[i].size > 1 && seconds < 2 * units[i].size)
        i++;
    count = seconds / units[i].size;
    do
        digits[n++] = (char)('0' + count % 10);
    while ((count /= 10) > 0 && n < sizeof digits);
    while (n > 0 && at < 5)
        out[at++] = digits[--n];
    memcpy(out + at, units[i].name, strlen(units[i].name) + 1);
    return out;
}
