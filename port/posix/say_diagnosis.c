/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. Says a diagnosis: a line for each step as it is passed, and what the device would do.
 * Knows: words for people.   Never knows: how a step is looked at. */
#include "wire.h"

#include <stdio.h>

#include <aloft/diagnose.h>

static void say_end(struct aloft_posix *posix, const struct aloft_diagnosis *seen) {
    char text[160];

    if (seen->fault.code != ALOFT_OK)
        al_posix_say_fault(posix, &seen->fault, NULL);
    else
        printf("%s\n", aloft_would_text(seen, text, sizeof text));
}

bool al_posix_say_diagnosis(struct aloft_posix *posix, uint32_t *code) {
    struct aloft_diagnosis seen;
    bool is_done;

    aloft_diagnosis(&posix->device, &seen);
    is_done = seen.state == ALOFT_DIAGNOSIS_DONE;
    while (posix->told_steps < ALOFT_ROAD_STEPS &&
           (is_done || seen.mark[posix->told_steps] != ALOFT_MARK_NOT_REACHED)) {
        printf("  %-9s %s\n", aloft_road_name(posix->told_steps),
               aloft_mark_word(seen.mark[posix->told_steps]));
        posix->told_steps++;
    }
    *code = seen.fault.code;
    if (is_done)
        say_end(posix, &seen);
    return is_done;
}
