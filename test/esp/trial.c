/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios on the board, and who watches over them. */
#include "test/esp/trial.h"

#include "esp32/component/notes.h"
#include "test/kit/kit.h"

#define SMALL     8192u
#define LARGE     140000u
#define STEPS_MAX 30000u
#define HOUR_MS   3600000u

/* DESIGN.md: a loader with rollback starts an image once a trial; without, three times and once to
 * be sent home. */
#define STARTS_GUARDED   13u
#define STARTS_UNGUARDED 22u

const struct trial_scene trial_scenes[N_TRIAL_SCENES] = {
    {.name = "good", .nature = RIG_GOOD},
    {.name = "again", .nature = RIG_GOOD, .is_second = true},
    {.name = "crash", .nature = RIG_CRASH, .ending = TRIAL_GIVEN_UP},
    {.name = "crash-again", .nature = RIG_CRASH, .ending = TRIAL_GIVEN_UP, .is_second = true},
    {.name = "sick-again", .nature = RIG_SICK, .ending = TRIAL_GIVEN_UP, .is_second = true},
    {.name = "silent", .nature = RIG_SILENT, .ending = TRIAL_GIVEN_UP},
    {.name = "refused", .nature = (enum rig_nature)RIG_REFUSED, .ending = TRIAL_GIVEN_UP},
    {.name = "hang-again", .nature = RIG_HANG, .ending = TRIAL_GIVEN_UP, .is_second = true},
    {.name = "rot", .nature = RIG_GOOD, .is_second = true, .home_rots = true},
    {.name = "large", .nature = RIG_GOOD, .is_large = true},
};

const struct board_kind trial_kinds[N_TRIAL_KINDS] = {
    {.has_rollback = true},
    {.has_rollback = true, .records_in_nvs = true},
    {.has_rollback = false},
    {.has_rollback = false, .records_in_nvs = true},
    {.has_rollback = true, .has_factory = true},
    {.has_rollback = false, .has_factory = true, .records_in_nvs = true},
    {.has_rollback = true, .is_encrypted = true},
    {.has_rollback = true, .has_factory = true, .records_in_nvs = true},
};

struct trial trial;

static void fail_plainly(const char *what) {
    fail_msg("%s", what);
}

void (*trial_fail)(const char *what) = fail_plainly;

static const struct al_record *record(void) {
    return &((const struct al_device *)(const void *)board.rig.device.room)->record;
}

static bool is_on_trial(void) {
    return record()->phase == AL_TRIAL && board.running == al_record_other(record());
}

static bool is_restarting(void) {
    struct aloft_status status;

    rig_status(&board.rig, &status);
    return status.state == ALOFT_REBOOTING;
}

/* ---- judging */

static bool is_signed(const struct al_record_slot *slot) {
    if (slot->image_size == 0)
        return true;
    for (unsigned i = 0; i < board.rig.n_images; i++)
        if (board.rig.image[i].sequence == slot->sequence &&
            board.rig.image[i].size == slot->image_size)
            return true;
    return false;
}

static void judge_start(void) {
    const int image = rig_running_image(&board.rig);

    if (image < 0)
        trial_fail("I1: what was started is no whole image");
    if (!is_on_trial())
        return;
    if (board.rig.image[image].sequence < trial.floor ||
        (board.rig.image[image].sequence <= trial.skip &&
         board.rig.image[image].sequence != trial.floor))
        trial_fail("I5: a release was tried that had been given up or left behind");
    trial.trials_of[image]++;
    if (trial.trials_of[image] > trial.n_trials_worst)
        trial.n_trials_worst = trial.trials_of[image];
    if (trial.trials_of[image] > (board.kind.has_rollback ? STARTS_GUARDED : STARTS_UNGUARDED))
        trial_fail("I3: a release was started too often");
}

static bool is_good_in(unsigned slot) {
    const int image = rig_image_in(&board.rig, slot);

    return image >= 0 && board.rig.image[image].at[0] == RIG_GOOD;
}

/* I2: home moves to an image that is well, or to the only one that can be started. */
static void judge_home(const struct al_record *r) {
    if (r->n == 0)
        return;
    if (trial.has_home && r->home != trial.home && board_is_bootable(trial.home) &&
        !is_good_in(r->home))
        trial_fail("I2: an image that is not well became home");
    trial.home = r->home;
    trial.has_home = true;
    if (board.running < 2 && board.running != r->home && !is_on_trial() && !is_restarting())
        trial_fail("I2: an image runs that is neither home nor on trial");
}

static bool is_over(void) {
    const struct al_record *r = record();
    const uint64_t sequence = board.rig.image[trial.offered].sequence;

    if (is_restarting() || r->phase != AL_IDLE)
        return false;
    if (trial.scene->ending == TRIAL_GIVEN_UP)
        return r->skip == sequence && rig_running_image(&board.rig) != (int)trial.offered;
    return r->slot[r->home].sequence == sequence && board.running == r->home;
}

static void judge(void) {
    const struct al_record *r = record();

    if (r->floor < trial.floor || r->skip < trial.skip)
        trial_fail("I4: floor or skip fell");
    trial.floor = r->floor;
    trial.skip = r->skip;
    if (!is_signed(&r->slot[0]) || !is_signed(&r->slot[1]))
        trial_fail("I6: the record names an image that nobody signed");
    judge_home(r);
    if (board.rig.n_starts != trial.starts_seen)
        judge_start();
    trial.starts_seen = board.rig.n_starts;
    trial.is_done = is_over();
}

/* ---- running */

bool trial_power_on(void) {
    if (!rig_boot(&board.rig, ALOFT_RESET_POWER)) {
        if (board.rig.power.on)
            trial_fail("I1: nothing can be started");
        return false;
    }
    judge();
    return true;
}

static bool step(void) {
    if (!rig_step(&board.rig)) {
        if (board.rig.power.on)
            trial_fail("I1: nothing can be started");
        return false;
    }
    judge();
    if (board.rig.progress.wait_ms >= 60000) /* a device that rests: let an hour go by */
        sim_clock_pass(&board.rig.clock, HOUR_MS);
    return true;
}

bool trial_run(void) {
    for (unsigned i = 0; i < STEPS_MAX; i++) {
        if (trial.is_done)
            return true;
        if (!step())
            return false;
    }
    trial_fail("the scene does not come to an end");
    return false;
}

void trial_judge_end(void) {
    const int image = rig_running_image(&board.rig);
    struct al_esp_notes notes;
    aloft_fault why;
    unsigned active;

    if (al_esp_notes_read(&notes, &board.partition[BOARD_NOTES], &why) != ALOFT_OK)
        trial_fail("the loader's notes cannot be read");
    active = notes.active < 0 ? board.running : al_esp_notes_slot(&notes.entry[notes.active]);
    if (active != board.running)
        trial_fail("the loader's notes name another slot than the one that runs");
    if (notes.active >= 0 && (notes.entry[notes.active].ota_state == ESP_OTA_IMG_PENDING_VERIFY ||
                              notes.entry[notes.active].ota_state == ESP_OTA_IMG_NEW))
        trial_fail("the loader still waits for a word about the image that runs");
    if (!trial_power_on() || rig_running_image(&board.rig) != image)
        trial_fail("another image runs after the next loss of power");
}

/* ---- beginning */

static void settle(enum trial_ending ending, const char *what) {
    static struct trial_scene scene;

    scene = (struct trial_scene){.name = "before", .ending = ending};
    trial.scene = &scene;
    trial.is_done = false;
    if (!trial_power_on() || !trial_run())
        trial_fail(what);
}

void trial_start(const struct trial_scene *scene, const struct board_kind *kind) {
    struct board_kind mine = *kind;
    const uint32_t size = scene->is_large ? LARGE : SMALL;

    if (scene->is_large)
        mine.slot_size = 160u << 10;
    board_start(&mine, SMALL);
    memset(&trial, 0, sizeof trial);
    if (scene->is_second) {
        trial.offered = rig_publish(&board.rig, RIG_GOOD, SMALL);
        settle(TRIAL_CONFIRMED, "the update before does not happen");
    }
    trial.offered = rig_publish(&board.rig, scene->nature, size);
    if (scene->home_rots)
        memset(board.rig.slot[board.running].bytes + 100, 0, 200);
    trial.scene = scene;
    trial.is_done = false;
    trial.n_trials_worst = 0;
    memset(&board.rig.device, 0, sizeof board.rig.device);
    sim_power_start(&board.rig.power, 77);
    board.rig.power.on = false;
}

/* ---- all that the chips hold */

static struct sim_flash *chip(unsigned i) {
    return i < 2 ? &board.rig.slot[i] : i == 2 ? &board.rig.log : &board.notes;
}

/* FNV-1a over words; the chips hold whole ones. */
static uint64_t mix(uint64_t hash, const uint8_t *at, size_t len) {
    for (; len >= 8; at += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 29;
    }
    while (len-- > 0)
        hash = (hash ^ *at++) * 0x100000001b3u;
    return hash;
}

uint64_t trial_hash(void) {
    uint64_t hash = 0xcbf29ce484222325u;

    for (unsigned i = 0; i < 4; i++) {
        const struct sim_flash *flash = chip(i);
        hash = mix(hash, flash->bytes, flash->size);
        for (unsigned lie = 0; lie < SIM_LIES_MAX; lie++)
            if (flash->lie[lie].from != 0)
                hash = mix(hash + flash->lie[lie].at, flash->lie[lie].bytes, flash->lie[lie].len);
    }
    for (unsigned i = 0; i < BOARD_NVS_MAX; i++) {
        const struct board_value *value = &board.nvs[i];
        hash = mix(hash, value->bytes, sizeof value->bytes);
        hash = mix(hash ^ value->is_open, value->old, value->is_open ? sizeof value->old : 0);
    }
    return hash == 0 ? 1 : hash; /* 0 is "none" */
}

void trial_snapshot_take(struct trial_snapshot *snapshot) {
    for (unsigned i = 0; i < 4; i++)
        if (snapshot->chip[i].bytes == NULL)
            sim_flash_start(&snapshot->chip[i], &snapshot->board.rig.power, chip(i)->size,
                            chip(i)->write_size, chip(i)->erase_size);
    memcpy(&snapshot->board, &board, sizeof board);
    snapshot->trial = trial;
    for (unsigned i = 0; i < 4; i++)
        sim_flash_copy(&snapshot->chip[i], chip(i));
}

void trial_snapshot_put(const struct trial_snapshot *snapshot) {
    struct sim_flash mine[4];

    for (unsigned i = 0; i < 4; i++)
        mine[i] = *chip(i);
    memcpy(&board, &snapshot->board, sizeof board);
    trial = snapshot->trial;
    for (unsigned i = 0; i < 4; i++) {
        *chip(i) = mine[i];
        sim_flash_copy(chip(i), &snapshot->chip[i]);
    }
}

void trial_snapshot_end(struct trial_snapshot *snapshot) {
    for (unsigned i = 0; i < 4; i++)
        sim_flash_end(&snapshot->chip[i]);
}
