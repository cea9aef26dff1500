/* SPDX-License-Identifier: Apache-2.0 */
/* An update on the board, judged at each start and after each step: I1 to I6 of DESIGN.md as the
 * ESP-IDF mapping has to keep them, whenever the power goes. */
#ifndef TEST_ESP_TRIAL_H
#define TEST_ESP_TRIAL_H

#include "device/device.h"
#include "test/esp/board.h"

enum trial_ending { TRIAL_CONFIRMED, TRIAL_GIVEN_UP };

/** A scenario: what is on offer, how it has to end, and how the device came to where it begins. */
struct trial_scene {
    const char *name;
    enum rig_nature nature; /* of the release on offer */
    enum trial_ending ending;
    bool is_large;  /* two marks and some; else 8 KiB */
    bool is_second; /* another release was installed before: home is ota_1 */
    bool home_rots; /* and then its image is damaged: the loader falls back */
};

enum { N_TRIAL_SCENES = 10, N_TRIAL_KINDS = 8 };
extern const struct trial_scene trial_scenes[N_TRIAL_SCENES];
extern const struct board_kind trial_kinds[N_TRIAL_KINDS];

/** What a device has promised so far. */
struct trial {
    const struct trial_scene *scene;
    unsigned offered; /* image */
    bool is_done;
    uint64_t floor, skip;
    unsigned starts_seen, trials_of[RIG_IMAGES_MAX];
    unsigned home, n_trials_worst;
    bool has_home;
};

extern struct trial trial;

/** Called with a sentence when a promise is broken; does not return. */
extern void (*trial_fail)(const char *what);

/** A board where the scene begins, without power lost. */
void trial_start(const struct trial_scene *scene, const struct board_kind *kind);
/** Power returns. False: it went again. */
bool trial_power_on(void);
/** Until the scene has ended (true) or the power goes. */
bool trial_run(void);
/** At the end: the loader agrees, and another loss of power changes nothing. */
void trial_judge_end(void);
/** All that the chips hold, also what they will read later. */
uint64_t trial_hash(void);

/** Where a board and its trial stand; put back as often as wanted. */
struct trial_snapshot {
    struct board board;
    struct trial trial;
    struct sim_flash chip[4];
};

void trial_snapshot_take(struct trial_snapshot *snapshot);
void trial_snapshot_put(const struct trial_snapshot *snapshot);
void trial_snapshot_end(struct trial_snapshot *snapshot);

#endif
