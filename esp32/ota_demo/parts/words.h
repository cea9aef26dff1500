/* SPDX-License-Identifier: Apache-2.0 */
/* Door: what the console says. The sentences stand in words.def; which of them are true is a pure
 * function.
 *
 * Example:
 *     enum word said[WORDS_MAX];
 *     unsigned n = words_of(&look, said);
 *     for (unsigned i = 0; i < n; i++)
 *         puts(words_say(said[i], "esp32c3", text, sizeof text));
 */
#ifndef OTA_DEMO_WORDS_H
#define OTA_DEMO_WORDS_H

#include <aloft/aloft.h>

enum word {
#define W(name, sentence) WORD_##name,
#include "words.def"
#undef W
    N_WORDS
};

#define WORDS_MAX      6u   /* at once */
#define WORDS_TEXT_MAX 320u /* longest sentence, with an address of 200 characters in it */

/** The sentence, with `text` (NULL: "") at each %. Always terminated; gives out. */
const char *words_say(enum word word, const char *text, char *out, size_t out_size);

/** How the Wi-Fi is. */
enum link_state { LINK_NONE, LINK_UNSET, LINK_SEEKING, LINK_UP, LINK_BROKEN };

/** What disconnected means: the sentence for a reason code of ESP-IDF (wifi_err_reason_t). */
enum word words_of_reason(unsigned reason);

/** What is known about a device. */
struct look {
    const struct aloft_status *status;
    enum link_state wifi; /* LINK_NONE: the board has none of its own */
    enum word wifi_why;   /* of LINK_BROKEN */
    bool has_rollback, records_in_nvs, has_clock;
    uint16_t notice;   /* code of what the port has found at the start; 0: nothing */
    uint32_t silent_s; /* since the server answered last, or since the start */
};

#define WORDS_GONE_S 604800u /* a week without an answer is told by itself */

/** Why the last attempt failed, also while its release waits for another one. */
uint16_t words_cause(const struct aloft_status *status);

/** Which sentences are true of it, the most pressing first; at most WORDS_MAX. Gives how many. */
unsigned words_of(const struct look *look, enum word out[WORDS_MAX]);

/** How long the server has been silent; zero-initialise it. A clock of 32 bits wraps after 49 days,
 *  this does not. */
struct silence {
    bool has_begun;
    uint32_t seen_ms;
    uint64_t silent_ms;
};

/** After each step, and so more often than the clock wraps: whether the server is silent now. */
void silence_see(struct silence *silence, const struct aloft_status *status, uint32_t now_ms);

/** "8 days", "3 hours", "50 s" into out[16]. Gives out. */
const char *words_time(uint32_t seconds, char out[16]);

#endif
