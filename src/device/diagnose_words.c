/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The words of a diagnosis, for consoles; a device that prints none links none.
 * Knows: steps, marks, what would be done.   Never knows: the device. */
#include <aloft/diagnose.h>

#include "http/text.h"

const char *aloft_road_name(unsigned step) {
    static const char *const names[ALOFT_ROAD_STEPS] = {
        "settings", "address", "network", "name", "connect",  "tls",
        "chain",    "host",    "clock",   "http", "manifest", "decision"};

    return step < ALOFT_ROAD_STEPS ? names[step] : "";
}

const char *aloft_mark_word(unsigned mark) {
    static const char *const words[] = {"not reached", "good", "broken", "not looked at"};

    return mark < sizeof words / sizeof words[0] ? words[mark] : "";
}

/* What stands before the version, behind it, and behind the number of bytes; NULL: the number does not
 * stand there. */
static const struct {
    const char *before, *behind, *bytes;
} texts[] = {
    [ALOFT_WOULD_NOT_KNOWN] = {NULL, NULL, NULL},
    [ALOFT_WOULD_NOTHING] = {"It would do nothing: nothing newer is there for it", ".", NULL},
    [ALOFT_WOULD_ADOPT] = {"It runs these very bytes and would only note their number", ".", NULL},
    [ALOFT_WOULD_COMPARE] = {"It would compare what runs with ",
                             ", and fetch that where they differ: ", " bytes."},
    [ALOFT_WOULD_FETCH] = {"It would fetch ", ": ", " bytes."},
    [ALOFT_WOULD_GO_ON] = {"It would go on with ", ": ", " bytes are left."},
    [ALOFT_WOULD_ASK] = {"It would wait until somebody agrees to ", ": ", " bytes."},
    [ALOFT_WOULD_PROVE] = {"It would take nothing yet: this image is on trial", ".", NULL},
};

const char *aloft_would_text(const struct aloft_diagnosis *seen, char *out, size_t out_size) {
    struct al_http_out pen = {.room = {(uint8_t *)out, out_size == 0 ? 0 : out_size - 1}};
    unsigned would = (unsigned)seen->would;

    if (would > ALOFT_WOULD_PROVE || texts[would].before == NULL)
        would = ALOFT_WOULD_NOT_KNOWN;
    if (would != ALOFT_WOULD_NOT_KNOWN) {
        al_http_put_text(&pen, texts[would].before);
        if (texts[would].bytes != NULL)
            al_http_put_text(&pen, seen->version[0] != 0 ? seen->version : "what is on offer");
        al_http_put_text(&pen, texts[would].behind);
        if (texts[would].bytes != NULL) {
            al_http_put_number(&pen, seen->bytes);
            al_http_put_text(&pen, texts[would].bytes);
        }
    }
    if (out_size > 0)
        out[pen.is_full ? 0 : pen.len] = 0;
    return out;
}
