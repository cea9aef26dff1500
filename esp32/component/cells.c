/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. The record log in NVS, for partition tables without a place for it.
 * Knows: NVS, and that an append is a body and two seals.   Never knows: what a record says.
 *
 * The log sees two erase units of one cell each. What it programs is gathered in RAM; the program
 * that completes a cell puts the whole cell into NVS as one blob, which NVS replaces as a whole: so
 * an append is one commit, as everywhere else. After a start the cell of NVS stands in unit 0 and
 * the log's first append goes to unit 1.
 *
 * Wear: a cell is 8 data entries and 2 heads in NVS, of 126 in a page. An update of 1 MiB is some
 * 25 appends (a mark each 64 KiB, and the transitions) and so two page erases, over the five pages
 * that an NVS of 24 KiB has in use: 100,000 erases of a page are 250,000 updates. Rarer marks would
 * save nothing that counts. */
#include "inside.h"

#include <string.h>

#include <nvs.h>

#define CELL    256u
#define UNITS   2u
#define WRITE   4u
#define BLOB    "state"
#define GARBAGE 0x00 /* neither a cell nor blank: the log says that records were lost */

static bool is_inside(uint32_t at, size_t len) {
    return len <= UNITS * CELL && at <= UNITS * CELL - len;
}

static aloft_err read(void *self, uint32_t at, aloft_space to) {
    const struct al_esp_cells *cells = self;

    if (!is_inside(at, to.len))
        return ALOFT_E_FLASH_READ;
    memcpy(to.at, cells->bytes + at, to.len);
    return ALOFT_OK;
}

static aloft_err put(const uint8_t *cell) {
    nvs_handle_t handle;
    esp_err_t e = nvs_open(AL_ESP_NVS, NVS_READWRITE, &handle);

    if (e != ESP_OK)
        return ALOFT_E_FLASH_WRITE;
    /* If power goes in here: the cell before, or this one. Nobody has acted on this one yet. */
    e = nvs_set_blob(handle, BLOB, cell, CELL);
    if (e == ESP_OK)
        e = nvs_commit(handle);
    nvs_close(handle);
    return e == ESP_OK ? ALOFT_OK : ALOFT_E_FLASH_WRITE;
}

/* A cell that NVS refused is not there: the log must not find it in RAM either. */
static aloft_err write(void *self, uint32_t at, aloft_bytes from) {
    struct al_esp_cells *cells = self;
    const uint32_t end = at + (uint32_t)from.len;
    aloft_err e = ALOFT_OK;
    uint8_t *unit;

    if (!is_inside(at, from.len) || at % WRITE != 0 || from.len % WRITE != 0 || from.len == 0 ||
        (end - 1) / CELL != at / CELL)
        return ALOFT_E_FLASH_WRITE;
    for (size_t i = 0; i < from.len; i++)
        if (cells->bytes[at + i] != 0xff)
            return ALOFT_E_FLASH_WRITE;
    unit = cells->bytes + at / CELL * CELL;
    memcpy(cells->bytes + at, from.at, from.len);
    if (end % CELL == 0)
        e = put(unit);
    if (e != ALOFT_OK)
        memset(unit, 0xff, CELL);
    return e;
}

static aloft_err erase(void *self, uint32_t at) {
    struct al_esp_cells *cells = self;

    if (!is_inside(at, CELL) || at % CELL != 0)
        return ALOFT_E_FLASH_ERASE;
    memset(cells->bytes + at, 0xff, CELL);
    return ALOFT_OK;
}

static aloft_err load(struct al_esp_cells *cells, aloft_fault *why) {
    size_t len = CELL;
    nvs_handle_t handle;
    esp_err_t e = nvs_open(AL_ESP_NVS, NVS_READONLY, &handle);

    if (e == ESP_ERR_NVS_NOT_FOUND) /* nobody has written there yet */
        return ALOFT_OK;
    if (e != ESP_OK)
        return al_esp_fault(why, ALOFT_E_ESP_NVS, e);
    e = nvs_get_blob(handle, BLOB, cells->bytes, &len);
    nvs_close(handle);
    if (e == ESP_OK && len == CELL)
        return ALOFT_OK;
    memset(cells->bytes, e == ESP_ERR_NVS_NOT_FOUND ? 0xff : GARBAGE, CELL);
    if (e == ESP_OK || e == ESP_ERR_NVS_NOT_FOUND || e == ESP_ERR_NVS_INVALID_LENGTH)
        return ALOFT_OK;
    return al_esp_fault(why, ALOFT_E_ESP_NVS, e);
}

aloft_err al_esp_cells_open(struct al_esp_cells *cells, struct aloft_flash *log, aloft_fault *why) {
    memset(cells->bytes, 0xff, sizeof cells->bytes);
    *log = (struct aloft_flash){.self = cells,
                                .read = read,
                                .write = write,
                                .erase = erase,
                                .size = UNITS * CELL,
                                .write_size = WRITE,
                                .erase_size = CELL};
    return load(cells, why);
}
