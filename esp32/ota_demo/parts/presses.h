/* SPDX-License-Identifier: Apache-2.0 */
/* Door: a button, counted. A pure function of level and time: sample it every 5 to 20 ms.
 *
 * Example:
 *     static struct presses presses;
 *     if (presses_see(&presses, button_is_down(), now_ms) == PRESSES_TOGGLE) ...
 */
#ifndef OTA_DEMO_PRESSES_H
#define OTA_DEMO_PRESSES_H

#include <stdbool.h>
#include <stdint.h>

#define PRESSES_BOUNCE_MS 30u   /* contacts of small buttons settle within 5 to 20 ms */
#define PRESSES_GAP_MS    400u  /* a longer rest ends a row of presses */
#define PRESSES_LONG_MS   5000u /* held that long it is one long press */

enum presses_word {
    PRESSES_NONE,
    PRESSES_TOGGLE,  /* one short press */
    PRESSES_UPDATE,  /* three */
    PRESSES_CLEAN,   /* five */
    PRESSES_ONBOARD, /* one long one, said while it is held */
};

/** Zero-initialise it. */
struct presses {
    bool seen_down, is_down; /* the last sample; what counts after the bounce */
    bool is_spent;           /* this press has been said already */
    uint32_t n;              /* short presses of the row */
    uint32_t seen_ms;        /* when the sample changed last */
    uint32_t since_ms;       /* when what counts changed last */
};

/** See the button once. `now_ms` may wrap at 2^32. Two, four or more than five presses say nothing.
 */
enum presses_word presses_see(struct presses *presses, bool is_down, uint32_t now_ms);

#endif
