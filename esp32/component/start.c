/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. The door: begins a device with the settings of this chip, steps it,
 * restarts it.
 * Knows: which part of the port goes where.   Never knows: how a part does its work. */
#include "inside.h"

#include <string.h>

#include <esp_system.h>

#include "config.h"
#include "notes.h"

#define ASK_MS 10000u /* an application may hold a restart back so long */

_Static_assert(sizeof(struct al_esp) <= sizeof((struct aloft_esp *)0)->room,
               "struct aloft_esp has too little room");

static aloft_err misuse(aloft_fault *why) {
    *why = (aloft_fault){.code = ALOFT_E_MISUSE};
    return ALOFT_E_MISUSE;
}

static void fill_constants(struct aloft_esp *esp) {
    struct aloft_config *config = &esp->config;

    config->image = &aloft_image;
    config->trust = (aloft_bytes){aloft_trust, aloft_trust_size};
    config->channels = aloft_channels;
    config->n_channels = aloft_n_channels;
    config->clock = al_esp_clock();
    config->random = al_esp_random();
    config->manifest = ALOFT_SPACE(esp->manifest);
    config->input = ALOFT_SPACE(esp->input);
    config->page = ALOFT_SPACE(esp->page);
    config->reset = al_esp_reset();
    config->ask_first = esp->given.ask_first;
}

static aloft_err open_flash(struct aloft_esp *esp, aloft_fault *why) {
    struct al_esp *in = al_esp_inside(esp);
    aloft_err e = al_esp_table_find(&in->table, why);

    if (in->table.slot[1] != NULL) /* also where something else is wrong: it may have to go back */
        esp->config.loader = al_esp_loader(in);
    if (e != ALOFT_OK)
        return e;
    al_esp_loader_begin(&in->table);
    for (unsigned i = 0; i < 2; i++)
        esp->config.slot[i] = al_esp_flash(in->table.slot[i]);
    if (in->table.records == NULL)
        return al_esp_cells_open(&in->cells, &esp->config.log, why);
    esp->config.log = al_esp_flash(in->table.records);
    return ALOFT_OK;
}

/* What the loader's notes say about itself, before anything is changed in them. A loader without
 * rollback leaves NEW as it is; what it says of an image that is confirmed tells nothing. */
static void read_loader(struct aloft_esp *esp) {
    struct al_esp *in = al_esp_inside(esp);
    const struct aloft_loader *loader = &esp->config.loader;
    struct aloft_loader_view view;
    aloft_fault ignored;

    in->has_rollback = AL_ESP_HAS_ROLLBACK;
    if (loader->look(loader->self, &view, &ignored) == ALOFT_OK && view.running < 2 &&
        view.entry[view.running] == ALOFT_ENTRY_NEW)
        in->has_rollback = false;
}

/* A device that was updated before has notes with a number above the first one's, and records. */
static void look_for_records(struct aloft_esp *esp) {
    struct al_esp *in = al_esp_inside(esp);
    struct al_esp_notes notes;
    aloft_fault ignored;

    if (esp->status.record_number != 0 || esp->status.fault.code == ALOFT_E_RECORDS_LOST ||
        al_esp_notes_read(&notes, in->table.notes, &ignored) != ALOFT_OK)
        return;
    if (al_esp_notes_highest(&notes) > 1)
        in->notice = (aloft_fault){.code = ALOFT_E_ESP_RECORDS_GONE, .step = ALOFT_STEP_START};
}

/* The notes promise that the next start is another image's: the loader takes back what is on trial by
 * itself, or, where it does not, home could be named. The notes themselves, because the table may be one
 * that updates cannot use. */
static bool is_taken_back(struct aloft_esp *esp) {
    const struct al_esp_table *table = &al_esp_inside(esp)->table;
    const struct aloft_loader *loader = &esp->config.loader;
    const esp_ota_select_entry_t *active;
    struct al_esp_notes notes;
    aloft_fault ignored;

    if (table->notes == NULL || al_esp_notes_read(&notes, table->notes, &ignored) != ALOFT_OK ||
        notes.active < 0)
        return false;
    active = &notes.entry[notes.active];
    if (active->ota_state == ESP_OTA_IMG_PENDING_VERIFY)
        return true;
    return active->ota_state == ESP_OTA_IMG_NEW && loader->go_back != NULL &&
           loader->running(loader->self) == al_esp_notes_slot(active) &&
           loader->go_back(loader->self, 1 - al_esp_notes_slot(active), &ignored) == ALOFT_OK;
}

/* Nobody knows the records, so nobody can give a verdict: an image on trial is restarted. */
static aloft_err no_start(struct aloft_esp *esp, aloft_fault *why) {
    why->step = ALOFT_STEP_START;
    esp->status.fault = *why;
    al_esp_watch(al_esp_inside(esp), is_taken_back(esp));
    return (aloft_err)why->code;
}

aloft_err aloft_esp_start(struct aloft_esp *esp, const struct aloft_esp_config *config,
                          aloft_fault *why) {
    aloft_err e;

    memset(esp, 0, sizeof *esp);
    esp->given = *config;
    esp->status.state = ALOFT_STOPPED;
    fill_constants(esp);
    if (open_flash(esp, why) != ALOFT_OK)
        return no_start(esp, why);
    e = config->ca_pem == NULL ? misuse(why) : al_esp_settings(esp, why);
    if (e != ALOFT_OK)
        esp->config.unfit = *why; /* the records are opened all the same: a trial ends */
    esp->config.net = al_esp_net(&al_esp_inside(esp)->stream, config->ca_pem);
    read_loader(esp);
    e = aloft_start(&esp->device, &esp->config, why);
    al_esp_inside(esp)->is_begun = true;
    aloft_status(&esp->device, &esp->status);
    look_for_records(esp);
    al_esp_watch(al_esp_inside(esp), esp->status.state == ALOFT_TESTING);
    return e;
}

/* The restart itself, unless the application asks for a moment. */
static struct aloft_progress restart(struct aloft_esp *esp) {
    struct al_esp *in = al_esp_inside(esp);
    const uint32_t now = esp->config.clock.now_ms(esp->config.clock.self);

    if (!in->is_asking)
        in->asked_ms = now;
    in->is_asking = true;
    if (esp->given.may_reboot != NULL && !esp->given.may_reboot(esp->given.self) &&
        now - in->asked_ms < ASK_MS)
        return (struct aloft_progress){ALOFT_SLEEP, 100};
    esp->config.loader.reboot(esp->config.loader.self);
    return (struct aloft_progress){ALOFT_REBOOT, 0};
}

struct aloft_progress aloft_esp_step(struct aloft_esp *esp) {
    struct aloft_progress now = {ALOFT_FAILED, 3600000};

    if (!al_esp_inside(esp)->is_begun)
        return now; /* aloft_esp_start has said why, and status.fault says it still */
    now = aloft_step(&esp->device);
    aloft_status(&esp->device, &esp->status);
    if (esp->status.state != ALOFT_STOPPED) /* what the start has armed goes on */
        al_esp_watch(al_esp_inside(esp), esp->status.state == ALOFT_TESTING);
    return now.next == ALOFT_REBOOT ? restart(esp) : now;
}

uint32_t aloft_esp_pause_ms(const struct aloft_progress *progress) {
    if (progress->next == ALOFT_WORK || progress->next == ALOFT_REBOOT)
        return 0;
    return progress->wait_ms < 1000 ? progress->wait_ms : 1000;
}

void aloft_esp_facts(const struct aloft_esp *esp, struct aloft_esp_facts *out) {
    const struct al_esp *in = (const struct al_esp *)(const void *)esp->room;
    uint8_t mac[3];

    memset(out, 0, sizeof *out);
    out->chip = al_esp_chip(mac);
    out->idf_version = esp_get_idf_version();
    out->heap_free = esp_get_free_heap_size();
    out->heap_min = esp_get_minimum_free_heap_size();
    out->reset = esp->config.reset;
    if (!in->is_begun)
        return;
    out->slot_size = in->table.slot[0]->size;
    out->slots_encrypted = in->table.slot[0]->encrypted;
    out->records_in_nvs = in->table.records == NULL;
    out->has_rollback = in->has_rollback;
    out->ran_from_factory = esp->status.running > 1;
    out->notice = in->notice;
}
