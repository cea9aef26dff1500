/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios, and how each begins and ends. Everything is signed here, once, before the first cut. */
#include <string.h>

#include "test/kit/kit.h"
#include "test/power/power.h"

#define SMALL 8192u
#define LARGE 140000u

const struct chip_kind chips[N_CHIPS] = {
    {1, 4096, 4096, 1024},     {4, 4096, 1024, 1024},      {8, 4096, 512, 4096},
    {16, 4096, 512, 2048},     {32, 4096, 4096, 4096},     {1, 65536, 65536, 4096},
    {4, 65536, 65536, 4096},   {8, 65536, 65536, 4096},    {16, 65536, 65536, 4096},
    {32, 65536, 65536, 4096},  {1, 131072, 131072, 4096},  {4, 131072, 131072, 4096},
    {8, 131072, 131072, 4096}, {16, 131072, 131072, 4096}, {32, 131072, 131072, 4096},
};

struct offer {
    uint8_t manifest[ALOFT_MANIFEST_MAX];
    size_t len;
    char path[128];
};

static struct offer offers[RIG_IMAGES_MAX];
static uint8_t trust[2][AL_TRUST_MAX_SIZE];
static size_t trust_len[2];

static const struct al_device *device(void) {
    return (const struct al_device *)(const void *)world.rig.device.room;
}

/* ---- what is on offer */

static void keep_offer(unsigned image) {
    struct offer *offer = &offers[image];

    offer->len = world.rig.net.file[0].body.len;
    memcpy(offer->manifest, world.rig.site_manifest, offer->len);
    strcpy(offer->path, world.rig.path);
}

void scene_offer(unsigned image) {
    const struct rig_image *bytes = &world.rig.image[image];

    sim_net_serve(&world.rig.net, "/acme.example/lamp/a/stable/manifest.suit",
                  (aloft_bytes){offers[image].manifest, offers[image].len});
    sim_net_serve(&world.rig.net, offers[image].path, (aloft_bytes){bytes->at, bytes->size});
}

/* FORMAT.md, trust record: one key, and perhaps one that is gone. */
static void make_trust(unsigned which, const struct aloft_key *key, const uint8_t *gone) {
    uint8_t *at = trust[which];
    struct aloft_hash hash;
    uint8_t digest[ALOFT_DIGEST_SIZE];
    size_t len = AL_TRUST_HEAD_SIZE + 80;

    memset(at, 0, AL_TRUST_MAX_SIZE);
    memcpy(at, "ALOFTKEY\1\1\1", 11);
    at[12] = gone != NULL;
    at[24] = (uint8_t)(1 + which);
    memcpy(at + 32, key->kid, ALOFT_KID_SIZE);
    at[32 + 8] = key->type;
    at[32 + 9] = 1;
    memcpy(at + 32 + 16, key->key, ALOFT_KEY_SIZE);
    if (gone != NULL) {
        memcpy(at + len, gone, ALOFT_KID_SIZE);
        len += ALOFT_KID_SIZE;
    }
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){at, len});
    aloft_hash_end(&hash, digest);
    memcpy(at + len, digest, 8);
    trust_len[which] = len + 8;
}

/* Image 1 brings the second signer's key and calls the first one's gone. What follows it is signed by the new key
 * where image 1 stays, by the old key where it does not. */
static void change_keys(void) {
    const struct kit_signer *signer = world.rig.signer;
    unsigned new_rules = world.scene->act[0].ending == CONFIRMED;

    make_trust(0, &signer[0].key, NULL);
    make_trust(1, &signer[1].key, signer[0].key.kid);
    for (unsigned i = 0; i < 3; i++) {
        unsigned which = i == 1 || (i == 2 && new_rules);
        world.rig.image[i].trust = (aloft_bytes){trust[which], trust_len[which]};
    }
    rig_offer(&world.rig, 2, world.rig.image[2].sequence, new_rules);
    keep_offer(2);
}

/* ---- how it begins */

static void adopt_what_runs(void) {
    rig_offer(&world.rig, 0, 1500, 0);
    keep_offer(0);
}

static void fetch_two_marks(void) {
    assert_true(world_power_on(NULL));
    while (device()->record.mark < 65536 || al_flow_at(&device()->flow) < 100000)
        assert_true(world_step());
}

static void run_to(unsigned image) {
    struct aloft_status status;

    scene_offer(image);
    aloft_check_now(&world.rig.device);
    do {
        assert_true(world_step());
        aloft_status(&world.rig.device, &status);
    } while (rig_running_image(&world.rig) != (int)image || !status.reported);
}

static void run_to_trial(void) {
    assert_true(world_power_on(NULL));
    while (device()->record.phase != AL_TRIAL)
        assert_true(world_step());
}

static void damage_home(void) {
    assert_true(world_power_on(NULL));
    run_to(1);
    run_to(2);
    sim_flash_load(&world.rig.slot[world.rig.loader.running], 64,
                   ALOFT_BYTES("rotten, all of this line"));
    world.rig.check_always = true;
}

static void lose_records(void) {
    static uint8_t noise[262144];
    uint32_t seed = 5;

    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)kit_random(&seed);
    sim_flash_load(&world.rig.log, 0, (aloft_bytes){noise, world.rig.log.size});
}

const struct scene scenes[N_SCENES] = {
    {.name = "full", .natures = "G", .act = {{1, CONFIRMED}}, .n_acts = 1},
    {.name = "resumed",
     .natures = "G",
     .act = {{1, CONFIRMED}},
     .n_acts = 1,
     .is_large = true,
     .prepare = fetch_two_marks},
    {.name = "crash", .natures = "C", .act = {{1, GIVEN_UP}}, .n_acts = 1},
    {.name = "hang", .natures = "H", .act = {{1, GIVEN_UP}}, .n_acts = 1, .is_alike = true},
    {.name = "sick", .natures = "S", .act = {{1, GIVEN_UP}}, .n_acts = 1, .is_alike = true},
    {.name = "fallback",
     .natures = "GG",
     .act = {{2, CONFIRMED}},
     .n_acts = 1,
     .prepare = damage_home},
    {.name = "keys",
     .natures = "GG",
     .act = {{1, CONFIRMED}, {2, CONFIRMED}},
     .n_acts = 2,
     .prepare = change_keys},
    {.name = "keys-back",
     .natures = "CG",
     .act = {{1, GIVEN_UP}, {2, CONFIRMED}},
     .n_acts = 2,
     .is_alike = true,
     .prepare = change_keys},
    {.name = "adopt",
     .natures = "",
     .act = {{0, ADOPTED}},
     .n_acts = 1,
     .prepare = adopt_what_runs},
    {.name = "two", .natures = "GG", .act = {{1, CONFIRMED}, {2, CONFIRMED}}, .n_acts = 2},
    {.name = "wrap",
     .natures = "G",
     .act = {{1, CONFIRMED}},
     .n_acts = 1,
     .is_large = true,
     .wraps = true},
    {.name = "lost", .natures = "G", .act = {{1, CONFIRMED}}, .n_acts = 1, .prepare = lose_records},
    {.name = "hail",
     .natures = "G",
     .act = {{1, CONFIRMED}},
     .n_acts = 1,
     .is_hail = true,
     .prepare = run_to_trial},
};

static struct rig_geometry geometry_of(const struct scene *scene, const struct chip_kind *chip) {
    const uint32_t size = scene->is_large ? LARGE : SMALL, unit = chip->erase_size;

    return (struct rig_geometry){.write_size = chip->write_size,
                                 .erase_size = unit,
                                 .slot_size = (size + unit - 1) / unit * unit,
                                 .log_erase_size = scene->wraps ? 512 : chip->log_erase_size,
                                 .page_size = chip->page_size};
}

/* Scenes that begin in the middle of their own download or trial. */
static bool begins_in_the_middle(const struct scene *scene) {
    return scene->prepare == fetch_two_marks || scene->prepare == run_to_trial;
}

void scene_start(unsigned which, unsigned which_chip) {
    const struct scene *scene = &scenes[which];
    const struct chip_kind *chip = &chips[which_chip];
    const struct rig_geometry geometry = geometry_of(scene, chip);
    const uint32_t size = scene->is_large ? LARGE : SMALL;

    memset(&world, 0, sizeof world);
    world.scene = scene;
    /* no two scenes or chips have an image in common: so none of their cases are the same */
    rig_start_salted(&world.rig, &geometry, size, which * N_CHIPS + which_chip + 1);
    world.rig.config.poll_s = 86400;
    for (unsigned i = 0; i < 2; i++)
        world.rig.slot[i].ecc = chip->write_size >= 8;
    world.rig.log.ecc = chip->write_size >= 8;
    witness_start(&world.witness);
    for (const char *nature = scene->natures; *nature != 0; nature++)
        keep_offer(rig_publish(&world.rig, (enum rig_nature) * nature, size));
    if (scene->prepare != NULL && !begins_in_the_middle(scene))
        scene->prepare();
    scene_offer(scene->act[0].image);
    if (begins_in_the_middle(scene))
        scene->prepare();
    world.rig.power.on = false;
    world_begin();
}

void scene_end(void) {
    rig_end(&world.rig);
}

/* ---- how it ends */

static bool knows_gone(void) {
    return memcmp(device()->record.gone[0], world.rig.signer[0].key.kid, 4) == 0;
}

static bool is_confirmed(const struct act *act) {
    const struct al_device *d = device();
    const struct al_record *r = &d->record;

    if (r->phase != AL_IDLE || !d->status.reported || r->home != d->running ||
        r->slot[r->home].sequence != world.rig.image[act->image].sequence)
        return false;
    if (rig_running_image(&world.rig) != (int)act->image)
        world_fail("another image runs than the one that is confirmed");
    if (world.scene->prepare == change_keys && world.scene->act[0].ending == CONFIRMED &&
        !knows_gone())
        world_fail("a key that is gone is trusted again");
    return true;
}

/* What became of it was told, since this start. */
static bool is_told(const struct al_device *d) {
    return d->status.server_reached && !d->report_due && world.rig.net.report_len > 0;
}

/* Each of 3 x 3 and 10 starts was ended by a loss of power: what can be said of the image is nothing, and that is what the
 * device tells. */
static bool is_used_up(const struct act *act) {
    const struct al_device *d = device();
    const struct al_record *r = &d->record;

    if (r->phase != AL_IDLE || !is_told(d) || r->home != d->running ||
        r->skip < world.rig.image[act->image].sequence)
        return false;
    if (rig_running_image(&world.rig) != 0 || r->cause != ALOFT_E_TRIAL_POWER)
        world_fail("a release was given up, and not because of the power");
    if (world.n_losses < AL_FAILS_MAX * AL_BOOTS_MAX + AL_COLD_MAX)
        world_fail("a release was given up after too few losses of power");
    return true;
}

static bool is_given_up(const struct act *act) {
    const struct al_device *d = device();
    const struct al_record *r = &d->record;

    if (r->phase != AL_IDLE || !is_told(d) || r->home != d->running ||
        r->skip < world.rig.image[act->image].sequence)
        return false;
    if (rig_running_image(&world.rig) != 0)
        world_fail("a release that was given up runs");
    if (knows_gone())
        world_fail("a release that was given up has revoked a key");
    return true;
}

static bool is_adopted(const struct act *act) {
    const struct al_record *r = &device()->record;

    if (r->slot[r->home].sequence != world.rig.image[act->image].sequence || r->floor == 0)
        return false;
    if (world.rig.slot[1].writes + world.rig.slot[1].erases != 0 || rig_received(&world.rig) != 0)
        world_fail("what runs already was fetched");
    return true;
}

bool scene_act_is_over(void) {
    const struct act *act = &world.scene->act[world.act];

    switch (act->ending) {
    case CONFIRMED:
        world.is_used_up = is_used_up(act);
        return world.is_used_up || is_confirmed(act);
    case GIVEN_UP:
        return is_given_up(act);
    case ADOPTED:
        break;
    }
    return is_adopted(act);
}
