/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. ESP-IDF's boot loader as port.h has a foreign one.
 * Knows: otadata.   Never knows: records, why a slot is chosen, and who reads the notes: that is in
 * loader_idf.c for the chips and in loader_linux.c for target linux.
 *
 * The loader's notes decide which slot boots. Nothing here erases the note of an image that is
 * known to run while no other note would bring it back: that is what each function below has to
 * keep. */
#include "notes.h"

static const struct al_esp_table *table_of(void *self) {
    return &((const struct al_esp *)self)->table;
}

/* What a cut operation has left may read so at this start and otherwise at the next one, until it
 * is written again. So what this start is about to act upon is written once more, unless this start
 * has written it. */
static bool is_sure(void *self, int entry) {
    return (((const struct al_esp *)self)->noted >> entry & 1) != 0;
}

static void note_sure(void *self, int entry) {
    ((struct al_esp *)self)->noted |= (uint8_t)(1u << entry);
}

static unsigned running(void *self) {
    return al_esp_loader_running(table_of(self));
}

static aloft_err look(void *self, struct aloft_loader_view *out, aloft_fault *why) {
    struct al_esp_notes notes;
    aloft_err e = al_esp_notes_read(&notes, table_of(self)->notes, why);

    if (e != ALOFT_OK)
        return e;
    out->running = running(self);
    out->active =
        notes.active < 0 ? ALOFT_SLOT_NONE : al_esp_notes_slot(&notes.entry[notes.active]);
    for (unsigned i = 0; i < 2; i++)
        out->entry[i] = al_esp_notes_of(&notes, i);
    return ALOFT_OK;
}

static bool is_named(const struct al_esp_notes *notes, unsigned slot) {
    return notes->active >= 0 && al_esp_notes_slot(&notes->entry[notes->active]) == slot;
}

/* A slot that runs by default, without a note (the first one was torn, or a tool has erased
 * otadata), gets one before anything else is tried, and when it has proved itself: else there would
 * be nothing to go back to but chance. */
static aloft_err name_running(void *self, struct al_esp_notes *notes, aloft_fault *why) {
    const unsigned runs = running(self);
    aloft_err e;

    if (runs > 1 || notes->active >= 0)
        return ALOFT_OK;
    al_esp_notes_make(&notes->entry[0], runs + 1, ESP_OTA_IMG_VALID);
    e = al_esp_notes_write(notes, 0, &notes->entry[0], why);
    if (e != ALOFT_OK)
        return e;
    notes->active = 0;
    note_sure(self, 0);
    return ALOFT_OK;
}

static aloft_err try_slot(void *self, unsigned slot, aloft_fault *why) {
    const struct al_esp_table *table = table_of(self);
    struct al_esp_notes notes;
    aloft_err e = al_esp_notes_read(&notes, table->notes, why);

    if (e == ALOFT_OK)
        e = name_running(self, &notes, why);
    return e == ALOFT_OK ? al_esp_loader_set_boot(table->slot[slot], why) : e;
}

static aloft_err bury(void *self, struct al_esp_notes *notes, int which, aloft_fault *why) {
    aloft_err e = al_esp_notes_bury(notes, which, why);

    if (e == ALOFT_OK)
        note_sure(self, which);
    return e;
}

/* Without a note that may start, the factory image does. The one that decides goes last: a cut in between
 * leaves what there was. */
static aloft_err bury_both(void *self, struct al_esp_notes *notes, aloft_fault *why) {
    aloft_err e = bury(self, notes, 1 - notes->active, why);

    return e == ALOFT_OK ? bury(self, notes, notes->active, why) : e;
}

/* What is to start is what decides already. Its own note is left alone, for writing means erasing
 * first; no other one that was withdrawn must come back to life. */
static aloft_err stay(void *self, struct al_esp_notes *notes, aloft_fault *why) {
    aloft_err e = ALOFT_OK;

    for (int i = 0; i < 2 && e == ALOFT_OK; i++)
        if (!al_esp_notes_may_start(&notes->entry[i]) && !is_sure(self, i))
            e = bury(self, notes, i, why);
    return e;
}

/* Where the slot has a note that may start, the one that decides is withdrawn and the slot's own is
 * not touched: writing a new one would erase the old one, then and once more when it is confirmed;
 * a cut there leaves the note of the image that failed, or none, and then ota_0 starts, whatever is
 * in it. A device that was delivered with a factory image has nothing in its home slot before its
 * first update: without any note that may start, the factory image does. */
static aloft_err go_back_from(void *self, struct al_esp_notes *notes, unsigned slot,
                              aloft_fault *why) {
    const struct al_esp_table *table = table_of(self);
    const esp_ota_select_entry_t *other = &notes->entry[1 - notes->active];
    aloft_err e;

    if (slot > 1) /* two notes at most */
        return al_esp_notes_may_start(other) ? bury_both(self, notes, why)
                                             : bury(self, notes, notes->active, why);
    if (al_esp_notes_may_start(other) && al_esp_notes_slot(other) == slot)
        return bury(self, notes, notes->active, why);
    e = al_esp_loader_set_boot(table->slot[slot], why);
    if (e == ALOFT_E_LOADER_REFUSED && slot != running(self) && table->factory != NULL)
        return bury(self, notes, notes->active, why);
    return e;
}

static aloft_err go_back(void *self, unsigned slot, aloft_fault *why) {
    struct al_esp_notes notes;
    aloft_err e = al_esp_notes_read(&notes, table_of(self)->notes, why);

    if (e != ALOFT_OK)
        return e;
    if (is_named(&notes, slot) || (slot > 1 && notes.active < 0))
        return stay(self, &notes, why);
    if (notes.active >= 0)
        return go_back_from(self, &notes, slot, why);
    return al_esp_loader_set_boot(table_of(self)->slot[slot], why);
}

/* What was noted by software without rollback stays for good as it is. */
static bool is_confirmed(const esp_ota_select_entry_t *entry) {
    return entry->ota_state == ESP_OTA_IMG_VALID || entry->ota_state == ESP_OTA_IMG_UNDEFINED;
}

/* A note that says VALID since an earlier start may be written again where its loss would bring the
 * image before back: the one that the other note names, or the factory image. */
static bool wants_certainty(void *self, const struct al_esp_notes *notes) {
    const int active = notes->active, other = 1 - active;

    if (is_sure(self, active) || is_sure(self, other))
        return false;
    return al_esp_notes_may_start(&notes->entry[other]) || table_of(self)->factory != NULL;
}

/* mark_valid acts on the note that decides, not on the image that runs: where the two differ it
 * would call the wrong one valid. */
static aloft_err confirm(void *self, aloft_fault *why) {
    const unsigned slot = running(self);
    struct al_esp_notes notes;
    aloft_err e = al_esp_notes_read(&notes, table_of(self)->notes, why);

    if (e == ALOFT_OK)
        e = name_running(self, &notes, why);
    if (e != ALOFT_OK)
        return e;
    if (slot > 1 || !is_named(&notes, slot))
        return al_esp_fault(why, ALOFT_E_LOADER_FAILED, ESP_ERR_INVALID_STATE);
    /* If power goes in the writes below: the note is gone, and the one before brings the image
     * before back. */
    if (!is_confirmed(&notes.entry[notes.active])) {
        e = al_esp_loader_mark_valid(&notes, why);
    } else if (wants_certainty(self, &notes)) {
        e = al_esp_notes_write(&notes, notes.active, &notes.entry[notes.active], why);
    }
    if (e == ALOFT_OK)
        note_sure(self, notes.active);
    return e;
}

static void reboot(void *self) {
    al_esp_loader_restart(table_of(self));
}

/* The application's loop and ESP-IDF's task watchdog stay in charge (watchdog.c is about trials). */
static void kick(void *self) {
    (void)self;
}

struct aloft_loader al_esp_loader(struct al_esp *esp) {
    return (struct aloft_loader){.self = esp,
                                 .running = running,
                                 .look = look,
                                 .try_slot = try_slot,
                                 .go_back = go_back,
                                 .confirm = confirm,
                                 .reboot = reboot,
                                 .kick = kick};
}
