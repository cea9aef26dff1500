/* SPDX-License-Identifier: Apache-2.0 */
/* The board: what it is made of, and how it starts. */
#include "test/esp/board.h"

#include "esp32/component/notes.h"
#include "test/kit/kit.h"

struct board board;

#define UNIT 4096u

static enum aloft_reset starts_as(enum aloft_reset reset) {
    static const esp_reset_reason_t reasons[] = {
        [ALOFT_RESET_POWER] = ESP_RST_POWERON,     [ALOFT_RESET_SOFTWARE] = ESP_RST_SW,
        [ALOFT_RESET_WATCHDOG] = ESP_RST_TASK_WDT, [ALOFT_RESET_CRASH] = ESP_RST_PANIC,
        [ALOFT_RESET_ENDED] = ESP_RST_SW,
    };

    board.reason = reasons[reset];
    return al_esp_reset();
}

aloft_err board_ports(aloft_fault *why) {
    struct aloft_config *config = &board.rig.config;
    struct al_esp *esp = &board.esp;
    aloft_err e;

    memset(esp, 0, sizeof *esp);
    e = al_esp_table_find(&esp->table, why);
    if (e != ALOFT_OK)
        return e;
    for (unsigned i = 0; i < 2; i++)
        config->slot[i] = al_esp_flash(esp->table.slot[i]);
    config->loader = al_esp_loader(esp);
    if (esp->table.records == NULL)
        return al_esp_cells_open(&esp->cells, &config->log, why);
    config->log = al_esp_flash(esp->table.records);
    return ALOFT_OK;
}

/* The rig's way to start a program, with ESP-IDF's boot loader in it. */
static bool boot(struct rig *rig, enum aloft_reset reset) {
    aloft_fault why = {0};

    if (reset == ALOFT_RESET_POWER && !rig->power_is_back)
        sim_power_on(&rig->power);
    rig->power_is_back = false;
    if (reset == ALOFT_RESET_POWER)
        board_nvs_wake();
    if (!board_load())
        return false;
    rig->loader.running = board.running;
    rig->config.reset = starts_as(reset);
    rig->received = rig_received(rig);
    sim_net_reset(&rig->net);
    if (board_ports(&why) != ALOFT_OK)
        fail_msg("the component: %s", aloft_err_name(why.code));
    rig->n_starts++;
    rig->started = aloft_start(&rig->device, &rig->config, &why);
    if (rig->started != ALOFT_OK && rig->power.on && !rig->may_start_badly)
        fail_msg("aloft_start: %s", aloft_err_name(why.code));
    return rig->power.on;
}

bool board_is_bootable(unsigned slot) {
    const struct aloft_flash flash = sim_flash_port(&board.rig.slot[slot]);
    uint8_t first;
    int image;

    board.n_looked_at++;
    if (flash.read(flash.self, 0, (aloft_space){&first, 1}) != ALOFT_OK) /* weak bits show now */
        return false;
    image = rig_image_in(&board.rig, slot);
    return image >= 0 && board.rig.image[image].at[0] != RIG_REFUSED;
}

unsigned board_secure_version(unsigned slot) {
    const int image = rig_image_in(&board.rig, slot);

    return image < 0 ? 0 : board.secure_version[image];
}

void board_start(const struct board_kind *kind, uint32_t image_size) {
    const uint32_t slot_size = kind->slot_size == 0 ? 65536 : kind->slot_size;
    const struct rig_geometry geometry = {kind->is_encrypted ? 16 : 4, UNIT, slot_size, UNIT, UNIT};

    memset(&board, 0, sizeof board);
    board.kind = *kind;
    board.nvs_is_ready = true;
    rig_start(&board.rig, &geometry, image_size);
    board.rig.boot = boot;
    sim_flash_start(&board.notes, &board.rig.power, 2 * UNIT, geometry.write_size, UNIT);
    board_list(slot_size);
    if (kind->is_encrypted) { /* the records are not */
        sim_flash_end(&board.rig.log);
        sim_flash_start(&board.rig.log, &board.rig.power, 2 * UNIT, 4, UNIT);
    }
    if (kind->has_factory) {
        sim_flash_end(&board.rig.slot[0]);
        sim_flash_start(&board.rig.slot[0], &board.rig.power, slot_size, geometry.write_size, UNIT);
    }
}

void board_end(void) {
    sim_flash_end(&board.notes);
    rig_end(&board.rig);
}

void board_keep_note(unsigned which, const esp_ota_select_entry_t *entry) {
    sim_flash_load(&board.notes, which * board.partition[BOARD_NOTES].erase_size,
                   (aloft_bytes){(const uint8_t *)entry, sizeof *entry});
}

void board_note(unsigned which, uint32_t number, uint32_t state) {
    esp_ota_select_entry_t entry;

    al_esp_notes_make(&entry, number, state);
    board_keep_note(which, &entry);
}
