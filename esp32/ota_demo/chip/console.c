/* SPDX-License-Identifier: Apache-2.0 */
/* Room: esp32/ota_demo/chip. The commands of the console.
 * Knows: the component's door, words.   Never knows: pins, Wi-Fi drivers. */
#include "console.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <aloft/diagnose.h>
#include <esp_console.h>
#include <esp_system.h>
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <tell.h>

#include "board.h"
#include "turn.h"
#include "wifi.h"

#define TRUSTED_FROM 1735689600 /* 2025-01-01: a clock that nobody has set says 1970 */

static struct aloft_esp *updater;
static struct silence silence; /* in turn */

void console_say(enum word word, const char *text) {
    char line[WORDS_TEXT_MAX];

    puts(words_say(word, text, line, sizeof line));
}

/* As a whole step has left it: the updater's task writes it in its turn. */
static struct aloft_status status_now(void) {
    struct aloft_status now;

    turn_take();
    now = updater->status;
    turn_give();
    return now;
}

void console_fault(const aloft_fault *why) {
    const struct aloft_status now = status_now();
    char line[TELL_LINE_MAX];

    puts(tell_fault(why, &now, line, sizeof line));
}

static bool is_started(void) {
    return status_now().host[0] != 0;
}

/* ---- ota status */

void console_see(void) {
    silence_see(&silence, &updater->status, board_now_ms());
}

static void look(const struct aloft_status *s, struct look *out, struct aloft_esp_facts *facts,
                 char name[33]) {
    uint64_t silent_s;

    turn_take();
    silent_s = silence.silent_ms / 1000;
    aloft_esp_facts(updater, facts);
    turn_give();
    *out = (struct look){
        .status = s,
        .has_rollback = facts->has_rollback,
        .notice = facts->notice.code,
        .records_in_nvs = facts->records_in_nvs,
        .has_clock = time(NULL) >= TRUSTED_FROM,
        .silent_s = silent_s < UINT32_MAX ? (uint32_t)silent_s : UINT32_MAX,
    };
    out->wifi = wifi_look(&out->wifi_why, name);
}

/* What a sentence is about. */
static const char *about(enum word word, const struct look *l, const struct aloft_esp_facts *facts,
                         char room[40]) {
    if (word == WORD_GONE)
        return words_time(l->silent_s, room);
    return word == WORD_OTHER_CHIP ? facts->chip : room;
}

static void say_all(void) {
    const struct aloft_status now = status_now();
    enum word said[WORDS_MAX];
    struct look l;
    struct aloft_esp_facts facts;
    char name[33], room[40];
    unsigned n;

    look(&now, &l, &facts, name);
    n = words_of(&l, said);
    for (unsigned i = 0; i < n; i++) {
        snprintf(room, sizeof room, "%s", name);
        console_say(said[i], about(said[i], &l, &facts, room));
    }
}

static int status(void) {
    const struct aloft_status s = status_now();
    char text[100], base[ALOFT_BASE_MAX + 1];
    aloft_fault why;

    printf("%s\n", tell_running(&s, text, sizeof text));
    if (aloft_esp_get(ALOFT_ESP_BASE, (aloft_space){(uint8_t *)base, sizeof base}, &why) ==
        ALOFT_OK)
        console_say(WORD_URL, base);
    if (s.offer_stands)
        printf("%s is on offer: ota update\n", s.offered_version);
    printf("next check in %u s\n", (unsigned)s.next_check_s);
    if (s.is_before)
        printf("before this start: ");
    if (s.fault.code != ALOFT_OK)
        console_fault(&s.fault);
    if (words_cause(&s) != s.fault.code)
        console_fault(&(aloft_fault){.code = words_cause(&s), .step = ALOFT_STEP_TRIAL});
    say_all();
    return 0;
}

/* ---- the others */

void console_update(void) {
    if (!is_started())
        return;
    turn_take();
    aloft_take_offer(&updater->device);
    turn_give();
    console_say(WORD_UPDATES, NULL);
}

static int check(void) {
    turn_take();
    aloft_check_now(&updater->device);
    turn_give();
    console_say(WORD_CHECKS, NULL);
    return 0;
}

static int tell_health(enum aloft_health_word word, enum word on_trial, enum word else_say) {
    aloft_fault why;
    aloft_err e = ALOFT_OK;
    bool is_trial;

    turn_take();
    is_trial = updater->status.state == ALOFT_TESTING;
    if (is_trial)
        e = aloft_health(&updater->device, word, &why);
    turn_give();
    if (e != ALOFT_OK)
        console_fault(&why);
    else
        console_say(is_trial ? on_trial : else_say, aloft_image.version);
    return e != ALOFT_OK;
}

static int url(const char *base) {
    char now[ALOFT_BASE_MAX + 1];
    aloft_fault why;
    aloft_err e;

    if (base != NULL) {
        e = aloft_esp_set(ALOFT_ESP_BASE, base, &why);
        if (e == ALOFT_OK)
            console_say(WORD_URL_SET, base);
    } else {
        e = aloft_esp_get(ALOFT_ESP_BASE, (aloft_space){(uint8_t *)now, sizeof now}, &why);
        if (e == ALOFT_OK)
            console_say(WORD_URL, now);
    }
    if (e != ALOFT_OK)
        console_fault(&why);
    return e != ALOFT_OK;
}

/* The device walks its road in its own steps; here they are only looked at. 4 walks of 3 minutes is
 * the library's bound. */
static int doctor(void) {
    struct aloft_diagnosis seen = {0};
    char text[TELL_LINE_MAX];

    turn_take();
    aloft_diagnose(&updater->device);
    turn_give();
    for (unsigned i = 0; i < 7200 && seen.state != ALOFT_DIAGNOSIS_DONE; i++) {
        vTaskDelay(pdMS_TO_TICKS(100));
        turn_take();
        aloft_diagnosis(&updater->device, &seen);
        turn_give();
    }
    for (unsigned i = 0; i < ALOFT_ROAD_STEPS; i++)
        printf("%-9s %s\n", aloft_road_name(i), aloft_mark_word(seen.mark[i]));
    if (seen.fault.code != ALOFT_OK)
        console_fault(&seen.fault);
    else
        puts(aloft_would_text(&seen, text, sizeof text));
    say_all();
    return seen.fault.code != ALOFT_OK;
}

static int not_started(void) {
    const struct aloft_status now = status_now();

    console_say(WORD_NOT_STARTED, now.fault.code == ALOFT_OK ? "the device has not begun" : "");
    if (now.fault.code != ALOFT_OK)
        console_fault(&now.fault);
    return 1;
}

static int ota(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "status";

    if (strcmp(word, "url") == 0 && argc <= 3)
        return url(argc == 3 ? argv[2] : NULL);
    if (!is_started())
        return not_started();
    if (argc <= 2 && strcmp(word, "status") == 0)
        return status();
    if (argc <= 2 && strcmp(word, "check") == 0)
        return check();
    if (argc <= 2 && strcmp(word, "update") == 0)
        return console_update(), 0;
    if (argc <= 2 && strcmp(word, "confirm") == 0)
        return tell_health(ALOFT_WELL, WORD_CONFIRMED, WORD_NOTHING_TO_CONFIRM);
    if (argc <= 2 && strcmp(word, "rollback") == 0)
        return tell_health(ALOFT_SICK, WORD_SICK, WORD_NO_ROLLBACK);
    if (argc <= 2 && strcmp(word, "doctor") == 0)
        return doctor();
    console_say(WORD_USAGE, NULL);
    return 1;
}

static int wifi(int argc, char **argv) {
    enum word why;
    char name[33];

    if (argc == 2 || argc == 3)
        return !wifi_set(argv[1], argc == 3 ? argv[2] : "");
    if (wifi_look(&why, name) == LINK_UP)
        console_say(WORD_WIFI_UP, name);
    else
        console_say(why, name);
    return argc > 3;
}

void console_clean_up(void) {
    aloft_fault why;

    wifi_forget();
    for (int i = 0; i < ALOFT_ESP_N_SETTINGS; i++)
        if (aloft_esp_set((enum aloft_esp_setting)i, NULL, &why) != ALOFT_OK)
            console_fault(&why);
    console_say(WORD_CLEANED, NULL);
    esp_restart();
}

static int factory(int argc, char **argv) {
    (void)argc, (void)argv;
    console_clean_up();
    return 0;
}

static int restart(int argc, char **argv) {
    (void)argc, (void)argv;
    esp_restart();
    return 0;
}

void console_start(struct aloft_esp *device) {
    static const esp_console_cmd_t commands[] = {
        {.command = "wifi", .help = "wifi NAME [PASSWORD]: connect, and keep it", .func = wifi},
        {.command = "ota",
         .help = "ota status | check | update | confirm | rollback | url [ADDRESS] | doctor",
         .func = ota},
        {.command = "factory", .help = "forget Wi-Fi and settings, and restart", .func = factory},
        {.command = "restart", .help = "restart", .func = restart},
    };

    updater = device;
    if (board_console() != ESP_OK) {
        puts("console: it does not start; everything else works");
        return;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        (void)esp_console_cmd_register(&commands[i]);
    board_console_run();
}
