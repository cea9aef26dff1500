/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/component. What its files share. */
#ifndef AL_ESP_INSIDE_H
#define AL_ESP_INSIDE_H

#include <aloft_esp.h>

#include <esp_err.h>
#include <esp_partition.h>

#define AL_ESP_NVS                                                                                 \
    "aloft" /* the namespace of the settings, and of the records where they stand in NVS */

/** Where things are on this chip. */
struct al_esp_table {
    const esp_partition_t *slot[2];
    const esp_partition_t *notes;   /* otadata */
    const esp_partition_t *records; /* "aloft"; NULL: NVS holds them */
    const esp_partition_t *factory; /* NULL: there is none */
};

/** The record log where the partition table has no room for it: two cells in RAM, of which the
 *  newest whole one stands in NVS. */
struct al_esp_cells {
    uint8_t bytes[512];
};

enum al_esp_stage { AL_ESP_CLOSED, AL_ESP_CONNECTING, AL_ESP_SHAKING, AL_ESP_OPEN };

/** One TLS stream. */
struct al_esp_stream {
    const char *ca_pem;
    enum al_esp_stage stage;
    uint32_t since_ms;             /* when this open began */
    struct addrinfo *found, *next; /* addresses of the name, and the one to be tried */
    unsigned left;                 /* how many may still be tried */
    uint32_t try_since_ms;         /* of the address being tried */
    aloft_fault refusal;           /* the fault that says most of those met so far */
    int socket;                    /* while it connects; -1: none, or esp-tls has it */
    struct esp_tls *tls;
};

struct al_esp {
    struct al_esp_table table;
    struct al_esp_cells cells;
    struct al_esp_stream stream;
    uint8_t noted;  /* bit i: entry i of otadata was written since the start */
    void *watchdog; /* esp_timer_handle_t; NULL: there is none */
    bool is_watched;
    aloft_fault notice; /* what was found at the start and does not keep it from running */
    bool has_rollback;
    bool is_begun;  /* aloft_start was called */
    bool is_asking; /* the application was asked whether the device may restart, since */
    uint32_t asked_ms;
};

static inline struct al_esp *al_esp_inside(struct aloft_esp *esp) {
    return (struct al_esp *)(void *)esp->room;
}

/** Fill a fault with a number of ESP-IDF; gives its code. */
static inline aloft_err al_esp_fault(aloft_fault *why, aloft_err code, esp_err_t raw) {
    *why = (aloft_fault){.code = (uint16_t)code, .origin = ALOFT_ORIGIN_ESP, .raw = raw};
    return code;
}

/* ---- table.c */
/** Find the partitions. Fails ESP_SLOTS, ESP_UNEQUAL, ESP_RECORDS. */
ALOFT_MUST_USE aloft_err al_esp_table_find(struct al_esp_table *table, aloft_fault *why);

/* ---- flash.c */
/** A slot or the log, as port.h has it. */
struct aloft_flash al_esp_flash(const esp_partition_t *partition);

/* ---- cells.c */
/** Read the records from NVS and give the log that is kept there. Fails ESP_NVS. */
ALOFT_MUST_USE aloft_err al_esp_cells_open(struct al_esp_cells *cells, struct aloft_flash *log,
                                           aloft_fault *why);

/* ---- loader.c; loader_linux.c on target linux */
struct aloft_loader al_esp_loader(struct al_esp *esp);

/* ---- stream.c: the CA must live as long as the stream */
struct aloft_net al_esp_net(struct al_esp_stream *stream, const char *ca_pem);

/* ---- watchdog.c; loader_linux.c on target linux */
/** Restart the chip if nobody calls this for two minutes. False ends that. */
void al_esp_watch(struct al_esp *esp, bool is_on_trial);

/* ---- settings.c */
/** Fill texts and numbers of esp->config: NVS, else what was given, else Kconfig. Fails ESP_NVS. */
ALOFT_MUST_USE aloft_err al_esp_settings(struct aloft_esp *esp, aloft_fault *why);

/* ---- chip.c */
/** "esp32c3", and the last three bytes of the MAC. */
const char *al_esp_chip(uint8_t mac[3]);
struct aloft_clock al_esp_clock(void);
struct aloft_random al_esp_random(void);
enum aloft_reset al_esp_reset(void);

#endif
