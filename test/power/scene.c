/* SPDX-License-Identifier: Apache-2.0 */
/* The scenarios, and how each begins and ends. Everything is signed here, once, before the first cut. */
#include <string.h>

#include "test/kit/kit.h"
#include "test/kit/rig_trust.h"
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
/* Two statements of freshness, the second an hour younger, for a release that never comes. */
#define ISSUED(act) (1795329000u + (act)*3600u)

static struct {
    uint8_t bytes[160];
    size_t len;
} statements[3];

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

static void offer_image(unsigned image) {
    const struct rig_image *bytes = &world.rig.image[image];

    sim_net_serve(&world.rig.net, "/acme.example/lamp/a/stable/manifest.suit",
                  (aloft_bytes){offers[image].manifest, offers[image].len});
    sim_net_serve(&world.rig.net, offers[image].path, (aloft_bytes){bytes->at, bytes->size});
}

void scene_play(unsigned which) {
    const struct act *act = &world.scene->act[which];

    offer_image(act->image);
    if (act->ending == HEARD)
        sim_net_serve(&world.rig.net, "/acme.example/lamp/a/stable/fresh.cose",
                      (aloft_bytes){statements[which].bytes, statements[which].len});
    world.rig.net.wrong.open = act->ending == NOTED ? ALOFT_E_TLS_CA : ALOFT_OK;
}

/* Image 1 brings the second signer's key and calls the first one's gone. What follows it is signed by the new key
 * where image 1 stays, by the old key where it does not. */
static void change_keys(void) {
    const struct rig_trust old = {.keys = 1, .epoch = 1}, new = {.keys = 2, .gone = 1, .epoch = 2};
    const bool is_to_stay = world.scene->act[0].ending == CONFIRMED;

    rig_trust(&world.rig, 0, &old);
    rig_trust(&world.rig, 1, &new);
    rig_trust(&world.rig, 2, is_to_stay ? &new : &old);
    rig_offer(&world.rig, 2, world.rig.image[2].sequence, is_to_stay);
    keep_offer(2);
}

static void state_freshness(void) {
    for (unsigned i = 0; i < 2; i++)
        rig_trust(&world.rig, i, &(struct rig_trust){.keys = 1, .fresh = 4, .epoch = 1});
    for (unsigned i = 1; i < 3; i++) {
        struct kit_statement say = {
            .sequence = 1u << 31, .issued = ISSUED(i), .valid_s = 2 * 86400};
        memcpy(say.class_id, world.rig.channel.class_id, sizeof say.class_id);
        statements[i].len = kit_statement_sign(&say, &world.rig.signer[2], statements[i].bytes);
    }
    world.rig.config.fresh = &aloft_fresh_part;
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

    offer_image(image);
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

/* The network goes in the middle of the download, and stays away. */
static void lose_network(void) {
    assert_true(world_power_on(NULL));
    while (device()->record.phase != AL_FILL || al_flow_at(&device()->flow) < 4096)
        assert_true(world_step());
    sim_net_reset(&world.rig.net);
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
    {.name = "fresh",
     .natures = "G",
     .act = {{1, CONFIRMED}, {1, HEARD}, {1, HEARD}},
     .n_acts = 3,
     .prepare = state_freshness},
    {.name = "noted",
     .natures = "G",
     .act = {{1, NOTED}, {1, CONFIRMED}},
     .n_acts = 2,
     .prepare = lose_network},
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
    return scene->prepare == fetch_two_marks || scene->prepare == run_to_trial ||
           scene->prepare == lose_network;
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
    offer_image(scene->act[0].image);
    if (begins_in_the_middle(scene))
        scene->prepare();
    scene_play(0);
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

/* The newest statement and its age were kept (T11), and moved nothing that decides. */
static bool is_heard(const struct act *act) {
    const struct al_record *r = &device()->record;

    if (r->issued != ISSUED(world.act) || r->age_h < 6)
        return false;
    if (r->floor != world.rig.image[act->image].sequence || r->skip != 0)
        world_fail("a statement of freshness has moved the floor");
    return true;
}

/* T12, and nothing else of the record has moved since the download was begun. */
static bool is_noted(const struct act *act) {
    const struct al_record *r = &device()->record;

    if (r->cause != ALOFT_E_TLS_CA)
        return false;
    if (r->phase != AL_FILL || r->home != 0 || r->floor != 0 || r->skip != 0 ||
        r->slot[1].sequence != world.rig.image[act->image].sequence)
        world_fail("a note has changed the record");
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
    case HEARD:
        return is_heard(act);
    case NOTED:
        return is_noted(act);
    case ADOPTED:
        break;
    }
    return is_adopted(act);
}
