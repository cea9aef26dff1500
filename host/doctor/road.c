/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. The road as a list of steps: walks until one is broken.
 * Knows: the order.   Never knows: how a step is looked at. */
#include "host/doctor/road_room.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool (*see)(struct road *road);
} steps[ROAD_STEPS] = {
    [ROAD_NAME] = {"name", road_see_name},
    [ROAD_ROUTE] = {"route", road_see_route},
    [ROAD_TCP] = {"tcp", road_see_tcp},
    [ROAD_TLS] = {"tls", road_see_tls},
    [ROAD_CHAIN] = {"chain", road_see_chain},
    [ROAD_HOST] = {"host", road_see_host},
    [ROAD_DATES] = {"dates", road_see_dates},
    [ROAD_HTTP] = {"http", road_see_http},
    [ROAD_CLOCK] = {"clock", road_see_clock},
    [ROAD_MANIFEST] = {"manifest", road_see_manifest},
    [ROAD_DECISION] = {"decision", road_see_decision},
    [ROAD_PAYLOAD] = {"payload", road_see_payload},
};

__attribute__((format(printf, 3, 0))) static void fill_text(char *out, size_t size,
                                                            const char *format, va_list arguments) {
    char raw[600];
    int len = vsnprintf(raw, sizeof raw, format, arguments);

    /* names and subjects come from outside */
    aloft_printable((aloft_bytes){(const uint8_t *)raw, len < 0 ? 0 : strlen(raw)}, out, size);
}

bool road_good(struct road *road, enum road_step step, const char *format, ...) {
    va_list arguments;

    road->row[step].state = ROAD_GOOD;
    va_start(arguments, format);
    fill_text(road->row[step].what, sizeof road->row[step].what, format, arguments);
    va_end(arguments);
    return true;
}

bool road_broken(struct road *road, enum road_step step, const aloft_fault *why, const char *format,
                 ...) {
    va_list arguments;

    road->row[step].state = ROAD_BROKEN;
    road->broken_at = step;
    va_start(arguments, format);
    fill_text(road->row[step].what, sizeof road->row[step].what, format, arguments);
    va_end(arguments);
    (void)!trouble_from(&road->trouble, why);
    trouble_fact(&road->trouble, "host", "%s", road->host);
    trouble_fact(&road->trouble, "port", "%u", road->url.port);
    return false;
}

void road_remark(struct road *road, enum road_step step, const char *format, ...) {
    va_list arguments;

    va_start(arguments, format);
    fill_text(road->row[step].remark, sizeof road->row[step].remark, format, arguments);
    va_end(arguments);
}

aloft_err road_walk(const struct road_wish *wish, struct road **out, struct trouble *trouble) {
    struct road *road = calloc(1, sizeof *road);
    aloft_err e;

    if (road == NULL)
        return trouble_file(trouble, ALOFT_E_FILE_READ, "memory", ENOMEM);
    road->wish = *wish;
    road->broken_at = ROAD_STEPS;
    road->date_s = -1;
    e = road_settle(road, trouble);
    if (e != ALOFT_OK) {
        road_free(road);
        return e;
    }
    for (unsigned i = 0; i < ROAD_STEPS; i++)
        if (!steps[i].see(road) || road->row[i].state == ROAD_NOT_REACHED)
            break;
    road_look_fresh(road);
    road_look_at_knocks(road);
    *out = road;
    return ALOFT_OK;
}

void road_free(struct road *road) {
    if (road == NULL)
        return;
    X509_STORE_free(road->store);
    X509_free(road->ca);
    X509_free(road->leaf);
    sk_X509_pop_free(road->chain, X509_free);
    free(road);
}

const struct road_row *road_row_at(const struct road *road, enum road_step step) {
    return &road->row[step];
}

const char *road_step_name(enum road_step step) {
    return step < ROAD_STEPS ? steps[step].name : "";
}

const struct trouble *road_trouble(const struct road *road) {
    return &road->trouble;
}

enum road_step road_broken_at(const struct road *road) {
    return road->broken_at;
}

const char *road_would(const struct road *road) {
    return road->would;
}

int road_exit(const struct road *road) {
    unsigned code = road->trouble.fault.code;

    return road->broken_at == ROAD_STEPS ? 0 : ALOFT_IS_ALERT(code) ? 3 : 2;
}
