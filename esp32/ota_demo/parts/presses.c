/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/parts. Counts the presses of a button.
 * Knows: levels and milliseconds.   Never knows: pins, what a press does. */
#include "presses.h"

static enum presses_word word_of(uint32_t n) {
    switch (n) {
    case 1:
        return PRESSES_TOGGLE;
    case 3:
        return PRESSES_UPDATE;
    case 5:
        return PRESSES_CLEAN;
    default:
        return PRESSES_NONE;
    }
}

/* A level counts once it has stood still for the bounce. */
static void settle(struct presses *p, bool is_down, uint32_t now_ms) {
    if (is_down != p->seen_down) {
        p->seen_down = is_down;
        p->seen_ms = now_ms;
    }
    if (p->seen_down == p->is_down || now_ms - p->seen_ms < PRESSES_BOUNCE_MS)
        return;
    p->is_down = p->seen_down;
    p->since_ms = now_ms;
    if (p->is_down)
        p->is_spent = false;
    else if (!p->is_spent)
        p->n += p->n < 6; /* six says what seven says: nothing */
}

enum presses_word presses_see(struct presses *p, bool is_down, uint32_t now_ms) {
    uint32_t n, stands_ms;

    settle(p, is_down, now_ms);
    stands_ms = now_ms - p->since_ms;
    if (p->is_down && !p->is_spent && stands_ms >= PRESSES_LONG_MS) {
        p->is_spent = true;
        p->n = 0;
        return PRESSES_ONBOARD;
    }
    n = p->n;
    if (p->is_down || n == 0 || stands_ms < PRESSES_GAP_MS)
        return PRESSES_NONE;
    p->n = 0;
    return word_of(n);
}
