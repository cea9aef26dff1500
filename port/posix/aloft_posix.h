/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the software device. Flash in a file, a clock, and one call that starts aloft with the settings
 * that `aloft device` hands to the program in its slot.
 *
 * Example: the smallest firmware.
 *     static struct aloft_posix device;
 *     if (!aloft_posix_start(&device)) return 1;
 *     for (;;) {
 *         printf("hello\n");
 *         if (device.status.server_reached) aloft_posix_health(&device, ALOFT_WELL);
 *         aloft_posix_step(&device);
 *     }
 */
#ifndef ALOFT_POSIX_H
#define ALOFT_POSIX_H

#include <limits.h>

#include <aloft/aloft.h>

#include "../tls_mbedtls/tls_mbedtls.h"

/** The file DIR/flash.bin: the log, slot A, slot B. */
#define ALOFT_POSIX_ERASE_SIZE 4096u
#define ALOFT_POSIX_LOG_SIZE   8192u
#define ALOFT_POSIX_SLOT_SIZE  (4u << 20) /* default */
#define ALOFT_POSIX_SLOT_MAX   (64u << 20)
#define ALOFT_POSIX_WRITE_SIZE 16u

/** Flash in a file, by NOR rules: programming only clears bits, writing bytes that are not erased is
 *  ALOFT_E_FLASH_WRITE, an erase takes a unit of 4 KiB and is counted in DIR/wear.bin. What was written
 *  survives a SIGKILL at any instruction (it is in the kernel's page cache); a power cut of the host
 *  itself is another matter. */
struct aloft_posix_flash {
    int file, wear;
    uint32_t slot_size, write_size;
    struct aloft_posix_region {
        struct aloft_posix_flash *flash;
        uint32_t base, size;
    } log, slot[2];
};

/**
 * Open the flash of a folder, or make a blank one.
 *
 * Takes   slot_size  of a new one, a multiple of 4096, at most ALOFT_POSIX_SLOT_MAX; 0: there must
 *                    be one, and its size tells.
 *         write_size 1, 2, 4, 8, 16 or 32.
 * Fails   DEVICE_BLANK  there is none and slot_size is 0.  DEVICE_FLASH_FILE  its size is wrong.
 *         DEVICE_FILE   why->raw is errno.
 * Power   a new file appears whole or not at all.
 */
ALOFT_MUST_USE aloft_err aloft_posix_flash_open(struct aloft_posix_flash *flash, const char *dir,
                                                uint32_t slot_size, uint32_t write_size,
                                                aloft_fault *why);
void aloft_posix_flash_close(struct aloft_posix_flash *flash);

/** The regions as port.h has them; `slot` is 0 or 1. The flash must not move while they are used. */
struct aloft_flash aloft_posix_slot(struct aloft_posix_flash *flash, unsigned slot);
struct aloft_flash aloft_posix_log(struct aloft_posix_flash *flash);

/** How often unit `at / 4096` of the whole file was erased. */
uint32_t aloft_posix_wear(const struct aloft_posix_flash *flash, uint32_t unit);

/** Clock and random bytes of this machine. The time of day is trusted from 2024 on. */
struct aloft_clock aloft_posix_clock(void);
struct aloft_random aloft_posix_random(void);

/** Ask the local network once for a name ending in .local (RFC 6762 §5.1); blocks for 3 s at most.
 *  For struct aloft_tls_settings. */
unsigned aloft_posix_find_local(const char *host, struct aloft_tls_address *out, unsigned max);

/** Read the addresses of `host` out of an mDNS answer; gives how many. Any bytes are allowed. */
unsigned aloft_posix_mdns_read(aloft_bytes packet, const char *host, struct aloft_tls_address *out,
                               unsigned max);

/* ------------------------------------------------------------------------- a firmware's whole device */

struct aloft_posix {
    struct aloft device;
    struct aloft_config config;
    struct aloft_status status; /* fresh after each step */

    /* from here on it belongs to the port */
    struct aloft_posix_flash flash;
    struct aloft_tls tls;
    struct aloft_keys keys;
    unsigned slot;       /* the one that runs, or ALOFT_SLOT_NONE */
    int boot_stage;      /* descriptor of the wire to the boot stage, -1: none */
    bool diagnoses;      /* a diagnosis was asked for and is not told yet */
    bool diagnoses_only; /* end with it */
    unsigned told_steps; /* of it */
    bool once;           /* end when there is nothing more to do */
    bool on_a_terminal;  /* progress in place */
    bool has_kicked;     /* and when */
    uint32_t kicked_ms;
    enum aloft_next last;     /* what the step before answered */
    uint32_t failures;        /* attempts that failed since start */
    struct aloft_status told; /* what people have been told */
    uint32_t told_by_boot;    /* code of the fault that the boot stage has said */
    uint32_t told_at_start;   /* code of the fault that was said at the start */
    uint32_t told_percent;
    bool has_begun, told_progress;
    uint8_t manifest[ALOFT_MANIFEST_MAX];
    uint8_t input[16384];
    uint8_t page[4096];
};

/** Read the settings from the environment (ALOFT_DEVICE_DIR, ALOFT_URL, ALOFT_CA and so on, all
 *  in wire.h), open the flash, call aloft_start, say who runs. False: it has said why, and told the
 *  boot stage; end the program. */
bool aloft_posix_start(struct aloft_posix *posix);

/** One step; says what changed; sleeps up to 200 ms where there is nothing to do. Ends the process
 *  for a restart, and with ALOFT_ONCE when there is nothing more to do. */
void aloft_posix_step(struct aloft_posix *posix);

/** aloft_health, with what went wrong said. */
void aloft_posix_health(struct aloft_posix *posix, enum aloft_health_word word);

#endif
