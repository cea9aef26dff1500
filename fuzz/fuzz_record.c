/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a record log: open it, append, open it again: what was appended comes back.
 * Byte 0: which of the first 8 cells get a right check, byte 1: which get right seals; then the
 * log. */
#include <stdlib.h>
#include <string.h>

#include <aloft/crypto.h>

#include "device/log.h"
#include "port/sim/sim.h"

#define UNIT  1024u
#define CELLS 8u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds) {
    if (!holds)
        abort();
}

/* Random bytes never have a right check by themselves, and what is behind it would stay unseen. */
static void mend(uint8_t cell[AL_CELL_SIZE], bool check, bool seals) {
    uint8_t digest[ALOFT_DIGEST_SIZE];
    struct aloft_hash hash;

    if (check) {
        aloft_hash_start(&hash);
        aloft_hash_add(&hash, (aloft_bytes){cell, AL_BODY_SIZE - AL_CHECK_SIZE});
        aloft_hash_end(&hash, digest);
        memcpy(cell + AL_BODY_SIZE - AL_CHECK_SIZE, digest, AL_CHECK_SIZE);
    }
    if (seals) {
        al_record_seal(cell, 1, cell + AL_BODY_SIZE);
        al_record_seal(cell, 2, cell + AL_BODY_SIZE + AL_SEAL_SIZE);
    }
}

static void fill(struct sim_flash *chip, const uint8_t *data, size_t size) {
    uint8_t area[CELLS * AL_CELL_SIZE];
    uint8_t checks = size > 0 ? data[0] : 0;
    uint8_t seals = size > 1 ? data[1] : 0;
    size_t len = size > 2 ? size - 2 : 0;

    memset(area, 0xff, sizeof area);
    if (len > 0)
        memcpy(area, data + 2, len < sizeof area ? len : sizeof area);
    for (unsigned i = 0; i < CELLS; i++)
        mend(area + i * AL_CELL_SIZE, checks >> i & 1, seals >> i & 1);
    sim_flash_load(chip, 0, ALOFT_BYTES(area));
}

static void same_but_number(const struct al_record *a, const struct al_record *b) {
    struct al_record copy = *b;
    uint8_t cell[2][AL_CELL_SIZE];

    copy.n = a->n;
    al_record_pack(a, cell[0]);
    al_record_pack(&copy, cell[1]);
    must(memcmp(cell[0], cell[1], AL_CELL_SIZE) == 0);
}

static void run(struct sim_flash *chip) {
    struct aloft_flash port = sim_flash_port(chip);
    struct al_record record, again;
    struct al_log log;
    enum al_log_found found;
    aloft_fault why;

    /* A second seal that only looks blank is refused, and the copy goes elsewhere. */
    if (al_log_open(&log, &port, &record, &found, &why) != ALOFT_OK) {
        must(log.n > AL_RECORD_N_MAX);
        return;
    }
    if (found == AL_LOG_FOUND) {
        must(al_log_open(&log, &port, &again, &found, &why) == ALOFT_OK);
        must(found == AL_LOG_FOUND && again.n == record.n);
        same_but_number(&again, &record);
    }
    record.attempt++;
    if (al_log_append(&log, &record, &why) != ALOFT_OK) {
        must(log.n > AL_RECORD_N_MAX);
        return;
    }
    must(al_log_open(&log, &port, &again, &found, &why) == ALOFT_OK);
    must(found == AL_LOG_FOUND && again.n == record.n);
    same_but_number(&again, &record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct sim_power power;
    struct sim_flash chip;

    sim_power_start(&power, 1);
    sim_flash_start(&chip, &power, 2 * UNIT, 4, UNIT);
    chip.tolerant = true;
    fill(&chip, data, size);
    run(&chip);
    sim_flash_end(&chip);
    return 0;
}
