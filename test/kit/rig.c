/* SPDX-License-Identifier: Apache-2.0 */
/* A whole device in memory. */
#include "test/kit/rig.h"

#include "test/kit/kit.h"

static const struct aloft_image image_record = {
    ALOFT_IMAGE_MAGIC, 1, 0, {0, 0}, {1, 0, 0, 0}, "acme.example/lamp/a", "1.0.0", "rig"};

#define FIRST_SEQUENCE 1000u

static void fill_ids(struct rig *rig) {
    rig->channel.name = "stable";
    memset(rig->channel.vendor_id, 0x11, sizeof rig->channel.vendor_id);
    memset(rig->channel.class_id, 0x22, sizeof rig->channel.class_id);
}

static unsigned make_image(struct rig *rig, enum rig_nature nature, uint32_t size) {
    struct rig_image *image = &rig->image[rig->n_images];
    uint32_t seed = rig->salt * RIG_IMAGES_MAX + rig->n_images + 1;

    assert_true(rig->n_images < RIG_IMAGES_MAX && size > 1);
    image->at = malloc(size);
    assert_non_null(image->at);
    image->size = size;
    for (uint32_t i = 0; i < size; i++)
        image->at[i] = (uint8_t)kit_random(&seed);
    image->at[0] = (uint8_t)nature;
    return rig->n_images++;
}

static void fill_config(struct rig *rig) {
    struct aloft_config *c = &rig->config;

    c->base = "https://update.example:4443";
    c->channel = "stable";
    c->id = "rig-1";
    c->image = &image_record;
    c->channels = &rig->channel;
    c->n_channels = 1;
    c->keys = &rig->keys;
    c->slot[0] = sim_flash_port(&rig->slot[0]);
    c->slot[1] = sim_flash_port(&rig->slot[1]);
    c->log = sim_flash_port(&rig->log);
    c->net = sim_net_port(&rig->net);
    c->clock = sim_clock_port(&rig->clock);
    c->random = sim_random_port(&rig->random);
    c->loader = sim_loader_port(&rig->loader);
    c->manifest = ALOFT_SPACE(rig->manifest_room);
    c->input = ALOFT_SPACE(rig->input_room);
    c->page = (aloft_space){rig->page_room, rig->geometry.page_size};
    c->poll_s = 60;
}

void rig_start(struct rig *rig, const struct rig_geometry *geometry, uint32_t image_size) {
    rig_start_salted(rig, geometry, image_size, 0);
}

void rig_start_salted(struct rig *rig, const struct rig_geometry *geometry, uint32_t image_size,
                      uint32_t salt) {
    static struct kit_signer signers[RIG_SIGNERS];

    memset(rig, 0, sizeof *rig);
    rig->geometry = *geometry;
    rig->salt = salt;
    for (unsigned i = 0; i < RIG_SIGNERS && signers[i].private_key == NULL; i++)
        kit_signer_make(&signers[i]);
    memcpy(rig->signer, signers, sizeof signers);
    rig->keys = (struct aloft_keys){.key = {signers[0].key}, .n = 1, .threshold = 1};
    fill_ids(rig);
    sim_power_start(&rig->power, 77);
    for (unsigned i = 0; i < 2; i++)
        sim_flash_start(&rig->slot[i], &rig->power, geometry->slot_size, geometry->write_size,
                        geometry->erase_size);
    sim_flash_start(&rig->log, &rig->power, 2 * geometry->log_erase_size, geometry->write_size,
                    geometry->log_erase_size);
    rig->random.state = 9;
    rig->clock.unix_s = 1795329000;
    sim_net_start(&rig->net);
    make_image(rig, RIG_GOOD, image_size);
    sim_flash_load(&rig->slot[0], 0, (aloft_bytes){rig->image[0].at, image_size});
    fill_config(rig);
}

void rig_end(struct rig *rig) {
    for (unsigned i = 0; i < rig->n_images; i++)
        free(rig->image[i].at);
    sim_flash_end(&rig->slot[0]);
    sim_flash_end(&rig->slot[1]);
    sim_flash_end(&rig->log);
}

void rig_offer_by(struct rig *rig, unsigned image, uint64_t sequence, unsigned signers) {
    const aloft_bytes bytes = {rig->image[image].at, rig->image[image].size};
    struct kit_release release = {.sequence = sequence, .version = {1, image, 0}, .image = bytes};
    struct kit_signer chosen[RIG_SIGNERS];
    size_t len, n = 0;

    for (unsigned i = 0; i < RIG_SIGNERS; i++)
        if ((signers >> i & 1) != 0)
            chosen[n++] = rig->signer[i];
    memcpy(release.vendor_id, rig->channel.vendor_id, 16);
    memcpy(release.class_id, rig->channel.class_id, 16);
    rig->image[image].sequence = sequence;
    len = kit_release_sign(&release, chosen, n, rig->site_manifest);
    kit_release_uri(bytes, rig->uri);
    snprintf(rig->path, sizeof rig->path, "/acme.example/lamp/a/stable/%s", rig->uri);
    sim_net_serve(&rig->net, RIG_MANIFEST, (aloft_bytes){rig->site_manifest, len});
    sim_net_serve(&rig->net, rig->path, bytes);
}

void rig_offer(struct rig *rig, unsigned image, uint64_t sequence, unsigned signer) {
    sim_net_start(&rig->net);
    rig_offer_by(rig, image, sequence, 1u << signer);
}

unsigned rig_publish(struct rig *rig, enum rig_nature nature, uint32_t size) {
    unsigned image = make_image(rig, nature, size);

    rig_offer(rig, image, FIRST_SEQUENCE + image, 0);
    return image;
}

/* The trust record is part of the image that runs. */
static void link_trust(struct rig *rig) {
    int image = rig_running_image(rig);

    rig->config.trust = image < 0 ? (aloft_bytes){NULL, 0} : rig->image[image].trust;
}

bool rig_boot(struct rig *rig, enum aloft_reset reset) {
    struct aloft_boot_config boot = {.slot = {rig->config.slot[0], rig->config.slot[1]},
                                     .log = rig->config.log,
                                     .reset = reset,
                                     .check_always = rig->check_always};
    aloft_fault why = {0};

    if (rig->boot != NULL)
        return rig->boot(rig, reset);
    if (reset == ALOFT_RESET_POWER && !rig->power_is_back)
        sim_power_on(&rig->power);
    rig->power_is_back = false;
    if (aloft_boot(&boot, &rig->choice) != ALOFT_OK && !rig->power.on)
        return false;
    if (rig->choice.slot == ALOFT_SLOT_NONE)
        return false;
    rig->loader.running = rig->choice.slot;
    rig->n_starts++;
    rig->n_trials += rig->choice.trial;
    rig->config.reset = reset;
    rig->received = rig_received(rig);
    sim_net_reset(&rig->net);
    link_trust(rig);
    rig->started = aloft_start(&rig->device, &rig->config, &why);
    if (rig->started != ALOFT_OK && rig->power.on && !rig->may_start_badly)
        fail_msg("aloft_start: %s", aloft_err_name(why.code));
    return rig->power.on;
}

/* What runs from no slot is a factory image, which is well. */
static enum rig_nature nature_of(const struct rig *rig) {
    if (rig->loader.running > 1)
        return RIG_GOOD;
    return (enum rig_nature)rig->slot[rig->loader.running].bytes[0];
}

static void say_health(struct rig *rig, const struct aloft_status *status) {
    enum aloft_health_word word = ALOFT_WELL;
    aloft_fault why = {0};

    if (nature_of(rig) == RIG_SILENT || !status->server_reached)
        return;
    if (nature_of(rig) == RIG_SICK)
        word = ALOFT_SICK;
    if (nature_of(rig) == RIG_UNSURE && !rig->decided)
        word = ALOFT_UNDECIDED;
    (void)!aloft_health(&rig->device, word, &why);
}

bool rig_step(struct rig *rig) {
    struct aloft_status status;

    if (!rig->power.on)
        return false;
    aloft_status(&rig->device, &status);
    if (status.state == ALOFT_TESTING && nature_of(rig) == RIG_CRASH)
        return rig_boot(rig, ALOFT_RESET_CRASH);
    if (status.state == ALOFT_TESTING && nature_of(rig) == RIG_HANG)
        return rig_boot(rig, ALOFT_RESET_WATCHDOG);
    say_health(rig, &status);
    rig->progress = aloft_step(&rig->device);
    if (!rig->power.on)
        return false;
    if (rig->progress.next == ALOFT_REBOOT)
        return rig_boot(rig, ALOFT_RESET_SOFTWARE);
    if (rig->progress.wait_ms > 0)
        sim_clock_pass(&rig->clock, rig->progress.wait_ms);
    return true;
}

enum aloft_next rig_run(struct rig *rig, unsigned limit) {
    rig->progress.next = ALOFT_WORK;
    for (unsigned i = 0; i < limit; i++) {
        if (!rig_step(rig))
            return ALOFT_REBOOT;
        if (rig->progress.next == ALOFT_DONE || rig->progress.next == ALOFT_FAILED)
            return rig->progress.next;
    }
    return rig->progress.next;
}

bool rig_pass(struct rig *rig, uint32_t seconds) {
    const uint32_t from_ms = rig->clock.now_ms;

    while (rig->clock.now_ms - from_ms < seconds * 1000u)
        if (!rig_step(rig))
            return false;
    return true;
}

void rig_status(struct rig *rig, struct aloft_status *out) {
    aloft_status(&rig->device, out);
}

uint64_t rig_received(const struct rig *rig) {
    struct aloft_status status;

    aloft_status(&rig->device, &status);
    return rig->received + status.received;
}

int rig_image_in(const struct rig *rig, unsigned slot) {
    for (unsigned i = 0; i < rig->n_images; i++)
        if (memcmp(rig->slot[slot].bytes, rig->image[i].at, rig->image[i].size) == 0)
            return (int)i;
    return -1;
}

int rig_running_image(const struct rig *rig) {
    if (rig->loader.running > 1)
        return 0;
    return rig_image_in(rig, rig->loader.running);
}
