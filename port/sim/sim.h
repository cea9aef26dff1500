/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the simulator. Flash in memory that wears, can be cut at any operation and lies
 * afterwards; a clock that is set by hand; random numbers that repeat; a loader that counts. For
 * tests and benches.
 *
 * Example: every single cut through a scenario
 *     for (uint32_t n = 0;; n++) {
 *         sim_flash_copy(&chip, &before);
 *         sim_power_cut_after(&power, n, SIM_TORN_PREFIX, 17);
 *         run();
 *         if (power.on) break;              // the cut was never reached: all have been tried
 *         sim_power_on(&power);
 *         must_start_and_go_on();
 *     }
 *     must(n > 0);                          // and run() does its work without a cut
 */
#ifndef SIM_H
#define SIM_H

#include <aloft/port.h>

/** What the cut leaves of the operation that it hits. Units are of write_size. */
enum sim_torn {
    SIM_TORN_NOTHING,  /* it never began */
    SIM_TORN_PREFIX,   /* the first `prefix` bytes are done; prefix >= its length: it is done */
    SIM_TORN_RANDOM,   /* each bit old or new */
    SIM_TORN_WEAK_NEW, /* reads new until the next power-on but one, then old */
    SIM_TORN_WEAK_OLD, /* reads old until the next power-on but one, then new */
    SIM_TORN_HALF,     /* the first half is done, the second is each bit old or new */
    SIM_TORN_ECC,      /* half done, and the chip cannot correct what it reads there */
    SIM_TORN_MIXED,    /* each unit one of all these, by the seed */
    SIM_TORN_MODES,
};

/** The power of a device: shared by all its flash. An operation is a write or an erase. */
struct sim_power {
    bool on;
    uint32_t ops;       /* operations begun since sim_power_start */
    uint32_t len;       /* bytes of the operation begun last */
    uint32_t sessions;  /* power-ons */
    uint32_t cut_at;    /* number of the operation that is cut, UINT32_MAX: none */
    enum sim_torn torn; /* what is left of it */
    uint32_t prefix;    /* for SIM_TORN_PREFIX, bytes */
    uint32_t seed;      /* what looks random; not 0 */
};

/** On, no cut planned, nothing counted. */
void sim_power_start(struct sim_power *power, uint32_t seed);

/** Let n more operations pass, then cut in the next one. From then on each call of each flash
 * fails. */
void sim_power_cut_after(struct sim_power *power, uint32_t n, enum sim_torn torn, uint32_t prefix);

/** Power returns (also if it was never gone: a reset that weak bits notice). No cut is planned. */
void sim_power_on(struct sim_power *power);

#define SIM_LIES_MAX 16u /* torn operations whose bytes may still change, and unreadable ranges */

/** Bytes that read otherwise from session `from` on. */
struct sim_lie {
    uint32_t at, len;
    uint32_t from; /* 0: this entry is free */
    uint8_t *bytes;
    bool erase; /* of a torn erase, not of a write */
};

/** Bytes that the chip cannot correct until they are erased. */
struct sim_rot {
    uint32_t at, len; /* len 0: this entry is free */
};

/** What became of a unit since it was erased. */
enum sim_used {
    SIM_UNUSED,
    SIM_USED,   /* programmed: doing it again ends the test */
    SIM_UNSURE, /* a write was cut in it, and it reads blank: only an `ecc` chip knows */
};

/** Bytes that are compared, copied and hashed together: where `change` is the same, so are bytes and uses. */
#define SIM_BLOCK 4096u

/** A chip. Made by sim_flash_start, given back by sim_flash_end. Tests may look at all of it. */
struct sim_flash {
    struct sim_power *power;
    uint32_t size, write_size, erase_size;
    uint8_t *bytes;   /* what it reads now */
    uint8_t *used;    /* for each unit of write_size: enum sim_used */
    uint32_t *wear;   /* for each erase unit: erases */
    uint64_t *change; /* for each SIM_BLOCK: its last change, of all chips; 0: still blank */
    uint32_t reads, writes, erases; /* calls that the chip obeyed */
    bool tolerant; /* true: a wrong write is ALOFT_E_FLASH_WRITE; false: it ends the test */
    bool ecc;      /* true: programming a SIM_UNSURE unit is ALOFT_E_FLASH_WRITE; false: it works */
    aloft_err answers; /* not ALOFT_OK: every call is refused with this */
    struct sim_lie lie[SIM_LIES_MAX];
    struct sim_rot rot[SIM_LIES_MAX];
    unsigned n_rot; /* entries of rot in use */
};

/** A blank chip. Sizes are those of struct aloft_flash and may be wrong on purpose, but not 0.
 * The power must live as long. Ends the program when there is no memory. */
void sim_flash_start(struct sim_flash *flash, struct sim_power *power, uint32_t size,
                     uint32_t write_size, uint32_t erase_size);
void sim_flash_end(struct sim_flash *flash);

/** The port's view of it. */
struct aloft_flash sim_flash_port(struct sim_flash *flash);

/** Bytes, wear, lies of another chip of the same geometry: a snapshot and its restoring. Costs what has
 * changed between the two; what a test writes into `bytes` by itself is not seen. */
void sim_flash_copy(struct sim_flash *to, const struct sim_flash *from);

/** Put bytes into the chip as a factory does: no operation, no wear, whatever stood there. */
void sim_flash_load(struct sim_flash *flash, uint32_t at, aloft_bytes bytes);

/** From now on the chip cannot correct these bytes, until they are erased. */
void sim_flash_rot(struct sim_flash *flash, uint32_t at, uint32_t len);

/** A clock that stands unless it is moved. */
struct sim_clock {
    uint32_t now_ms;
    uint64_t unix_s; /* 0: not trusted */
};

struct aloft_clock sim_clock_port(struct sim_clock *clock);

/** Both clocks go on; an untrusted one stays 0. */
void sim_clock_pass(struct sim_clock *clock, uint32_t ms);

/** Numbers that look random and repeat by the seed, which is not 0. */
struct sim_random {
    uint32_t state;
};

struct aloft_random sim_random_port(struct sim_random *random);

/** A loader whose boot stage is aloft_boot: it only counts. */
struct sim_loader {
    unsigned running;
    uint32_t reboots, kicks;
};

struct aloft_loader sim_loader_port(struct sim_loader *loader);

/** xorshift32: the one source of all that looks random here. */
uint32_t sim_random_next(uint32_t *state);

#endif
