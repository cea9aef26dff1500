/* SPDX-License-Identifier: Apache-2.0 */
/* Door: aloft on ESP-IDF. The two app slots, the records, esp-tls, and one call that starts the device
 * with settings that can be changed at run time. ESP-IDF 5.3 to 6.x; no header of ESP-IDF is needed to
 * read this one.
 *
 * Example: what an application does (esp32/ota_demo is a whole one).
 *     static struct aloft_esp updater;
 *     aloft_fault why;
 *     if (aloft_esp_start(&updater, &(struct aloft_esp_config){.ca_pem = ca}, &why) != ALOFT_OK) say(&why);
 *     for (;;) {                                                  // a task of its own, 8 KiB of stack
 *         struct aloft_progress now = aloft_esp_step(&updater);   // restarts by itself where it is told to
 *         if (lamp_works()) (void)aloft_health(&updater.device, ALOFT_WELL, &why);
 *         vTaskDelay(pdMS_TO_TICKS(aloft_esp_pause_ms(&now)));
 *     }
 */
#ifndef ALOFT_ESP_H
#define ALOFT_ESP_H

#include <aloft/aloft.h>

/** Settings that a device keeps in NVS (namespace "aloft"). What NVS does not hold comes from
 * struct aloft_esp_config, and what that leaves out from Kconfig. They are read by aloft_esp_start: a
 * change is in force from the next start on. An update never changes them. */
enum aloft_esp_setting {
    ALOFT_ESP_BASE,    /* https://HOST[:PORT][/PATH] */
    ALOFT_ESP_CHANNEL, /* one that the firmware knows */
    ALOFT_ESP_ID,      /* for the server's list; default: chip and the last six digits of the MAC */
    ALOFT_ESP_POLL,    /* seconds between checks, decimal */
    ALOFT_ESP_TOKEN,   /* bearer token; never shown */
    ALOFT_ESP_N_SETTINGS,
};

/** What an application gives. Zero-initialise it; pointers must live as long as the device. */
struct aloft_esp_config {
    const char *ca_pem;             /* the project's CA, PEM, required */
    const char *base;               /* NULL: CONFIG_ALOFT_BASE */
    const char *channel;            /* NULL: CONFIG_ALOFT_CHANNEL */
    uint32_t poll_s;                /* 0: CONFIG_ALOFT_POLL_S */
    uint32_t trial_s;               /* 0: 300 */
    bool ask_first;                 /* a release that is offered waits for aloft_take_offer */
    bool (*may_reboot)(void *self); /* asked before a restart, for at most 10 s; NULL: at once */
    void *self;
};

/** A device. `device` and `status` are for the application, the rest is the port's. One is enough: the
 * slots of a chip exist once. */
struct aloft_esp {
    struct aloft device;
    struct aloft_status status; /* fresh after each step */
    struct aloft_config config;
    struct aloft_esp_config given;
    char base[ALOFT_BASE_MAX + 1], channel[33], id[ALOFT_ID_MAX + 1], token[ALOFT_TOKEN_MAX + 1];
    uint8_t manifest[ALOFT_MANIFEST_MAX];
    uint8_t input[4096];
    uint8_t page[4096];
    uint64_t room[96]; /* the port's */
};

/**
 * Begin: find the slots, the records and the settings, and call aloft_start.
 *
 * Takes   esp  static memory. nvs_flash_init() must have been called; the network may come later.
 * Fails   as aloft_start; ALOFT_E_MISUSE  no ca_pem.  Rows ESP_* of errors.def: the
 *         partition table has no two equal slots, NVS cannot be read. On trial that ends the trial.
 * Power   as aloft_start.
 * Costs   reads 8 KiB of flash; opens NVS (heap by ESP-IDF, freed again).
 */
ALOFT_MUST_USE aloft_err aloft_esp_start(struct aloft_esp *esp,
                                         const struct aloft_esp_config *config, aloft_fault *why);

/** One step of the device, and the restart where the step asks for one. Never blocks for longer than the
 *  lookup of a name (lwIP's, some seconds where no name server answers), a TLS read, an erase of 4 KiB or
 *  a check of one signature. */
struct aloft_progress aloft_esp_step(struct aloft_esp *esp);

/** How long a task may sleep after this step: 0 where there is work, at most 1000 ms. */
uint32_t aloft_esp_pause_ms(const struct aloft_progress *progress);

/**
 * Read one setting as it will be at the next start. A token is shown as "set" or "".
 *
 * Takes   out  zero-terminated; at least ALOFT_BASE_MAX + 1 bytes.
 */
ALOFT_MUST_USE aloft_err aloft_esp_get(enum aloft_esp_setting setting, aloft_space out,
                                       aloft_fault *why);

/**
 * Keep one setting in NVS, for the next start. NULL or "" forgets it, so that the default counts again.
 *
 * Fails   CONFIG_BASE, CONFIG_CHANNEL, ESP_SETTING  it could not be used; nothing was changed.
 *         ESP_NVS  NVS refused.
 * Power   the old value or the new one.
 */
ALOFT_MUST_USE aloft_err aloft_esp_set(enum aloft_esp_setting setting, const char *value,
                                       aloft_fault *why);

/** What the port found, for sentences and for `aloft report`. Cheap; reads otadata. */
struct aloft_esp_facts {
    const char *chip; /* "esp32c3"; "linux" */
    const char *idf_version;
    uint32_t slot_size;           /* bytes of one slot */
    uint32_t heap_free, heap_min; /* bytes; heap_min: lowest since the start */
    bool has_rollback;   /* the boot loader takes back an image that crashes before app_main */
    bool records_in_nvs; /* no partition "aloft": erasing NVS forgets floor and skip */
    bool slots_encrypted;
    bool ran_from_factory; /* the running image is in no slot */
    enum aloft_reset reset;
    aloft_fault notice; /* what the start has found beside aloft_status.fault; code 0: nothing */
};
void aloft_esp_facts(const struct aloft_esp *esp, struct aloft_esp_facts *out);

#endif
