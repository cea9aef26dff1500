/* SPDX-License-Identifier: Apache-2.0 */
/* Room: device. The record against what a foreign boot loader has noted: a table, first row that fits.
 * Knows: phases, entries.   Never knows: what is done about it, and whose loader it is. */
#include "device/reconcile.h"

/* What a row asks; a zero word asks nothing. */
enum phase { ANY_PHASE, ON_TRIAL, NO_TRIAL };
enum place { ANY_PLACE, HOME, OTHER };
enum reset { ANY_RESET, POWER };
enum boots { ANY_BOOTS, NOT_STARTED, ALL_USED };

#define BIT(entry) (1u << ALOFT_ENTRY_##entry)
#define ANY        0xffu

struct row {
    enum phase phase;
    enum place runs, active;
    unsigned entries; /* of the other slot, one bit each */
    enum reset reset;
    enum boots boots;
    enum al_meaning meaning;
};

/* clang-format off */
static const struct row table[] = {
    /* phase     runs   active     entry of the other slot    reset      boots        meaning */
    {ON_TRIAL, OTHER, OTHER,     BIT(VALID),                ANY_RESET, ANY_BOOTS,   AL_MEANS_CONFIRMED},
    /* Whatever it noted: a loader whose notes are gone starts the first slot that it finds, for ever. */
    {ON_TRIAL, OTHER, OTHER,     ANY,                       ANY_RESET, ALL_USED,    AL_MEANS_USED_UP},
    {ON_TRIAL, OTHER, OTHER,     BIT(NEW) | BIT(UNDEFINED), ANY_RESET, ANY_BOOTS,   AL_MEANS_UNGUARDED},
    {ON_TRIAL, HOME,  OTHER,     ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_REFUSED},
    {ON_TRIAL, HOME,  HOME,      BIT(FAILED),               POWER,     ANY_BOOTS,   AL_MEANS_COLD},
    {ON_TRIAL, HOME,  HOME,      BIT(FAILED),               ANY_RESET, ANY_BOOTS,   AL_MEANS_ROLLED_BACK},
    {ON_TRIAL, HOME,  HOME,      BIT(NONE),                 ANY_RESET, ALL_USED,    AL_MEANS_ROLLED_BACK},
    {ON_TRIAL, HOME,  HOME,      BIT(NONE),                 ANY_RESET, ANY_BOOTS,   AL_MEANS_NOTE_LOST},
    {ON_TRIAL, HOME,  HOME,      BIT(VALID),                ANY_RESET, ANY_BOOTS,   AL_MEANS_UNTOLD},
    /* A loader without rollback, or one that was told `home` and then cut before T6: an image that was never
     * started has an old note of this kind; one that was, is at its end. */
    {ON_TRIAL, HOME,  HOME,      ANY,                       ANY_RESET, NOT_STARTED, AL_MEANS_UNTOLD},
    {ON_TRIAL, HOME,  HOME,      ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_ROLLED_BACK},
    /* Home was named and did not start: what runs is all there is. */
    {ON_TRIAL, OTHER, HOME,      ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_FELL_BACK},
    {ON_TRIAL, OTHER, ANY_PLACE, ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_STARTED},
    /* Notes that name home stand where home did not start. These were begun anew: the loader has called what
     * it found first valid by itself. */
    {NO_TRIAL, OTHER, OTHER,     BIT(VALID),                ANY_RESET, ANY_BOOTS,   AL_MEANS_FLASHED},
    {NO_TRIAL, OTHER, ANY_PLACE, ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_FELL_BACK},
    {NO_TRIAL, HOME,  OTHER,     ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_DISAGREES},
    /* What is left, so nobody asks whether it fits. */
    {NO_TRIAL, HOME,  HOME,      ANY,                       ANY_RESET, ANY_BOOTS,   AL_MEANS_NORMAL},
};
/* clang-format on */

static bool boots_fit(enum boots asked, uint8_t boots) {
    if (asked == NOT_STARTED)
        return boots == 0;
    return asked == ANY_BOOTS || boots >= AL_BOOTS_MAX;
}

/* How things stand, in the words of a row. */
struct stand {
    enum phase phase;
    enum place runs, active;
    unsigned entry; /* one bit */
    enum aloft_reset reset;
    uint8_t boots;
};

static bool fits(const struct row *row, const struct stand *now) {
    return row->phase == now->phase && row->runs == now->runs &&
           (row->active == ANY_PLACE || row->active == now->active) &&
           (row->entries & now->entry) != 0 &&
           (row->reset == ANY_RESET || now->reset == ALOFT_RESET_POWER) &&
           boots_fit(row->boots, now->boots);
}

enum al_meaning al_reconcile(const struct al_record *record, const struct aloft_loader_view *view,
                             enum aloft_reset reset) {
    const unsigned other = al_record_other(record);
    const unsigned active = view->active == ALOFT_SLOT_NONE ? view->running : view->active;
    const enum phase phase = record->phase == AL_TRIAL ? ON_TRIAL : NO_TRIAL;
    /* A factory image is at home: what is in the slots did not make it start. */
    const enum place runs = view->running == other ? OTHER : HOME;
    /* A factory image runs, outside of a trial, and a slot is named: what is in it did not start. */
    const bool is_behind = phase == NO_TRIAL && view->running == ALOFT_SLOT_NONE && active < 2;
    const enum place named = active == other || is_behind ? OTHER : HOME;
    const unsigned entry = 1u << view->entry[other];
    const struct stand now = {phase, runs, named, entry, reset, record->boots};
    const struct row *row = table;

    while (row != &table[sizeof table / sizeof table[0] - 1] && !fits(row, &now))
        row++;
    return row->meaning;
}
