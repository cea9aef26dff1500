/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts by the million: a device in memory, put back in a microsecond to where the next cut is tried. */
#ifndef TEST_POWER_H
#define TEST_POWER_H

#include "device/device.h"
#include "test/kit/rig.h"

#define CUTS_MAX   24u
#define GHOSTS_MAX 32u

/** What one life tries: the power goes in operation `at` after the power-on before, and leaves this. */
struct cut {
    uint32_t at;
    enum sim_torn torn;
    uint32_t prefix, seed;
};

/** Sizes that a device is built with; the small one holds an image of 8 KiB. */
struct chip_kind {
    uint32_t write_size, erase_size, log_erase_size, page_size;
};

enum { N_CHIPS = 15 };
extern const struct chip_kind chips[N_CHIPS];

/** How a release ends; HEARD is a statement of freshness that is a quarter of a day old, NOTED a network that fails. */
enum ending { CONFIRMED, GIVEN_UP, ADOPTED, HEARD, NOTED };

struct act {
    unsigned image;
    enum ending ending;
};

/** A scenario: what is on offer one after the other, and how the device came to be where it starts. */
struct scene {
    const char *name;
    const char *natures; /* of images 1, 2, ... */
    struct act act[3];
    unsigned n_acts;
    bool is_large; /* images of two marks and some */
    bool wraps;    /* a log of two cells in each unit */
    bool is_alike; /* up to the trial, to another one: long operations are cut in steps */
    bool is_hail;  /* the power goes again and again while the image is on trial */
    void (*prepare)(void);
};

enum { N_SCENES = 15 };
extern const struct scene scenes[N_SCENES];

/** The records that the log may give at the next start: the last whole append, or what a cut left. */
struct witness {
    struct aloft_flash inner;
    bool has_sure, weak, has_read, is_appending;
    uint8_t read[AL_BODY_SIZE]; /* the newest at this power-on; nobody has acted on it yet */
    uint8_t sure[AL_BODY_SIZE], ghost[GHOSTS_MAX][AL_BODY_SIZE];
    unsigned n_ghosts;
    uint32_t n_records; /* appends that returned */
};

/** A device, what it promised so far, and what happened to it. No pointer into it but its own. */
struct world {
    struct rig rig;
    struct witness witness;
    const struct scene *scene;
    unsigned act;
    bool is_done;
    uint64_t floor, skip, seen;
    uint32_t issued;
    bool is_used_up; /* losses of power, and nothing else, ended the release */
    uint32_t starts_seen, trials_of[RIG_IMAGES_MAX];
    uint32_t n_losses; /* power-ons after the first */
    uint32_t base;     /* operations before this session */
};

extern struct world world;

/** What the lives of a scene showed at worst. */
struct worst {
    uint32_t again, records; /* bytes fetched again and records more, a loss */
    uint32_t trials;         /* starts of a release */
};

extern struct worst worst;
/** The larger of each. */
void worst_join(struct worst *all, const struct worst *one);

/* ---- world.c: the device, judged whenever it starts and after each step */
void world_fail(const char *what);
/** Power returns: the lemma is checked, then the boot stage runs. `cut` NULL: none is planned. False: power
 * went again. */
bool world_power_on(const struct cut *cut);
/** The power goes in operation cut->at of this session. */
void world_plan(const struct cut *cut);
/** One step, judged. False: power is off. */
bool world_step(void);
/** Steps until the scene has ended (true) or the power goes. */
bool world_run(void);
/** Forget what was promised before: the scene begins here. */
void world_begin(void);
/** What was fetched again and written again stays within the bounds. */
void world_judge_end(uint32_t clean_records);
uint64_t world_hash(void);

struct snapshot {
    struct world copy;
    struct sim_flash chip[3];
};

void snapshot_make(struct snapshot *snapshot);
void snapshot_take(struct snapshot *snapshot);
void snapshot_put(const struct snapshot *snapshot);
void snapshot_end(struct snapshot *snapshot);

/* ---- witness.c */
void witness_start(struct witness *witness);
/** Before a start: the log gives a state that it may give. */
void witness_judge(void);
/** The log has been opened: from now on it gives only that one. */
void witness_opened(void);
void witness_plan(enum sim_torn torn);

/* ---- scene.c */
void scene_start(unsigned scene, unsigned chip);
void scene_end(void);
bool scene_act_is_over(void);
/** The world offers what this act needs. */
void scene_play(unsigned act);

/* ---- life.c: the cases of a scene on a chip */
struct tally {
    uint64_t tried, distinct, cuts;
    uint64_t used_up;  /* of the distinct ones */
    uint64_t left_out; /* lives that the design does not cover; not counted anywhere else */
};

struct plan {
    uint64_t random; /* distinct cases to reach by random cuts */
    uint32_t
        prefixes; /* of operations on large chips, and of long ones on large images; else each */
    bool random_only, no_pairs;
    bool all_pairs; /* each torn mode of the second cut, too */
    uint32_t seed;
};

/* ---- kept.c: a run in parts */
/** NULL: nothing is kept. */
void kept_start(const char *where, const struct plan *plan, uint64_t cases);
/** True: an earlier part of this very run has been through this unit, which came to this. */
bool kept_take(unsigned unit, struct tally *tally);
void kept_put(unsigned unit, const struct tally *tally);

void life_try_all(unsigned scene, unsigned chip, const struct plan *plan, struct tally *tally);
/** Live a case by its id. False: it is none. */
bool life_replay(const char *id);
/** The case that is being tried, for whoever must say that it failed. */
void life_say_id(char *out, size_t size);

#endif
