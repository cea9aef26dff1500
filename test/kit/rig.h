/* SPDX-License-Identifier: Apache-2.0 */
/* A whole device in memory: chips that lie, a network that fails, the boot stage, and firmware whose nature is
 * written in its first byte. The device library in it is the real one; so is the crypto. */
#ifndef TEST_RIG_H
#define TEST_RIG_H

#include <aloft/aloft.h>

#include "sim/sim.h"
#include "sim/sim_net.h"
#include "test/kit/release.h"

#define RIG_IMAGES_MAX 8u
#define RIG_PAGE_MAX   4096u
#define RIG_SIGNERS    4u
#define RIG_MANIFEST   "/acme.example/lamp/a/stable/manifest.suit"

/** What the firmware of an image does when it runs on trial. */
enum rig_nature {
    RIG_GOOD = 'G',   /* well as soon as the server was reached */
    RIG_CRASH = 'C',  /* crashes at once */
    RIG_HANG = 'H',   /* hangs at once */
    RIG_SICK = 'S',   /* says so */
    RIG_SILENT = 'N', /* never says a word about its health */
    RIG_UNSURE = 'U', /* undecided until rig.decided */
};

struct rig_image {
    uint8_t *at;
    uint32_t size;
    uint64_t sequence;
    aloft_bytes trust; /* its trust record; len 0: rig.keys count */
};

/** Sizes of the simulated chips, bytes. */
struct rig_geometry {
    uint32_t write_size, erase_size, slot_size, log_erase_size, page_size;
};

struct rig {
    struct rig_geometry geometry;
    struct sim_power power;
    struct sim_flash slot[2], log;
    struct sim_clock clock;
    struct sim_random random;
    struct sim_loader loader;
    struct sim_net net;
    struct kit_signer signer[RIG_SIGNERS];
    struct aloft_keys keys;
    struct aloft_channel channel;
    struct rig_image image[RIG_IMAGES_MAX]; /* image[0] was flashed at the factory */
    unsigned n_images;
    uint32_t salt;
    bool decided;
    bool may_start_badly; /* aloft_start may fail: its answer stands in `started` */
    aloft_err started;
    bool power_is_back; /* sim_power_on was called for the next start */
    bool check_always;  /* struct aloft_boot_config */
    /** How a program starts where the boot loader is not ours; NULL: by aloft_boot. */
    bool (*boot)(struct rig *rig, enum aloft_reset reset);

    uint8_t manifest_room[ALOFT_MANIFEST_MAX], input_room[2048], page_room[RIG_PAGE_MAX];
    uint8_t site_manifest[ALOFT_MANIFEST_MAX];
    char uri[64], path[128];
    struct aloft_config config;
    struct aloft_boot_choice choice; /* of the last start */
    struct aloft device;
    struct aloft_progress progress; /* of the last step */
    unsigned n_starts, n_trials;    /* of programs; of programs on trial */
    uint64_t received;              /* payload bytes of earlier starts */
};

/** A device with image 0 of this size in slot A, nothing published. */
void rig_start(struct rig *rig, const struct rig_geometry *geometry, uint32_t image_size);
/** The same; another salt gives other images. */
void rig_start_salted(struct rig *rig, const struct rig_geometry *geometry, uint32_t image_size,
                      uint32_t salt);
void rig_end(struct rig *rig);

/** Make an image and put it on offer under the next sequence; gives its index. */
unsigned rig_publish(struct rig *rig, enum rig_nature nature, uint32_t size);
/** Put an image on offer again under this sequence, signed by `signer` (0 trusted, 1 a stranger). */
void rig_offer(struct rig *rig, unsigned image, uint64_t sequence, unsigned signer);
/** The same with any set of signers: bit s for signer s. Nothing else of the network changes. */
void rig_offer_by(struct rig *rig, unsigned image, uint64_t sequence, unsigned signers);

/** Start the device as its boot stage does, for this reason. False: power went, or nothing can be started. */
bool rig_boot(struct rig *rig, enum aloft_reset reset);

/** One step of the program that runs, and what its nature makes it do; starts it anew where it restarts,
 * crashes or hangs. Sleeping passes time. False: power is off. */
bool rig_step(struct rig *rig);

/** Steps until the device rests as DONE or FAILED, or power goes, or `limit` steps; gives the last answer. */
enum aloft_next rig_run(struct rig *rig, unsigned limit);

/** Let so many seconds pass while the device lives. False: power went. */
bool rig_pass(struct rig *rig, uint32_t seconds);

void rig_status(struct rig *rig, struct aloft_status *out);
/** Payload bytes that came over the network, all starts together. */
uint64_t rig_received(const struct rig *rig);
/** Which image stands whole in the slot that runs, or -1. */
int rig_running_image(const struct rig *rig);
/** Which image stands whole in this slot, or -1. */
int rig_image_in(const struct rig *rig, unsigned slot);

#endif
