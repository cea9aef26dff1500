/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. Finds the class of an ESP image.
 * Knows: aloft.conf's esp-project and esp-chip, descriptors.   Never knows: bytes of an image. */
#include "host/image/esp_class.h"

#include <string.h>

#include "host/image/esp.h"

static aloft_err wrong_chip(const struct esp_image *facts, const struct project_class *of,
                            struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_ESP_CHIP);
    trouble_fact(trouble, "got_chip", "%s", facts->chip);
    trouble_fact(trouble, "want_chip", "%s", of->esp_chip);
    trouble_fact(trouble, "class", "%s", of->name);
    return ALOFT_E_ESP_CHIP;
}

static aloft_err wrong_project(const struct esp_image *facts, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_ESP_PROJECT);
    trouble_fact(trouble, "project", "%s",
                 facts->is_app ? facts->project : "that it does not name");
    trouble_fact(trouble, "chip", "%s", facts->chip);
    return ALOFT_E_ESP_PROJECT;
}

static bool has_chip(const struct esp_image *facts, const struct project_class *of) {
    return of->esp_chip[0] == 0 || strcmp(of->esp_chip, facts->chip) == 0;
}

/* The class whose project it is; with another chip that is said, and nothing else. */
static aloft_err find_class(const struct project *project, const struct esp_image *facts,
                            const struct project_class **out, struct trouble *trouble) {
    const struct project_class *other_chip = NULL;

    *out = NULL;
    for (unsigned i = 0; i < project->n_classes && facts->is_app; i++) {
        const struct project_class *of = &project->classes[i];
        if (of->esp_project[0] == 0 || strcmp(of->esp_project, facts->project) != 0)
            continue;
        if (has_chip(facts, of)) {
            *out = of;
            return ALOFT_OK;
        }
        other_chip = of;
    }
    return other_chip != NULL ? wrong_chip(facts, other_chip, trouble)
                              : wrong_project(facts, trouble);
}

static aloft_err read_whole(aloft_bytes file, struct esp_image *facts, struct trouble *trouble) {
    aloft_err e = esp_image_read(file, facts, trouble);

    return e == ALOFT_OK ? esp_image_check(facts, trouble) : e;
}

aloft_err esp_class_record(const struct project *project, aloft_bytes file,
                           struct image_record *record, struct trouble *trouble) {
    static struct esp_image facts;
    const struct project_class *of;
    aloft_err e = read_whole(file, &facts, trouble);

    if (e == ALOFT_OK)
        e = find_class(project, &facts, &of, trouble);
    if (e != ALOFT_OK)
        return e;
    if (!image_version_is_legal(facts.version)) {
        trouble_set(trouble, ALOFT_E_ESP_VERSION);
        trouble_fact(trouble, "version", "%s", facts.version);
        return ALOFT_E_ESP_VERSION;
    }
    memset(record, 0, sizeof *record);
    record->length = facts.signed_length;
    record->encodings = 1; /* the full image; what more its library decodes is not said */
    snprintf(record->device_class, sizeof record->device_class, "%s", of->name);
    snprintf(record->version, sizeof record->version, "%s", facts.version);
    snprintf(record->build, sizeof record->build, "%.32s", facts.built);
    return ALOFT_OK;
}

aloft_err esp_class_check(const struct project *project, aloft_bytes file,
                          struct image_record *record, struct trouble *trouble) {
    static struct esp_image facts;
    const struct project_class *of = project_class_of(project, record->device_class);
    aloft_err e;

    if (!esp_image_begins(file))
        return ALOFT_OK;
    e = read_whole(file, &facts, trouble);
    if (e != ALOFT_OK)
        return e;
    record->length = facts.signed_length;
    if (of == NULL)
        return ALOFT_OK;
    if (!has_chip(&facts, of))
        return wrong_chip(&facts, of, trouble);
    return of->esp_project[0] == 0 || strcmp(of->esp_project, facts.project) == 0
               ? ALOFT_OK
               : wrong_project(&facts, trouble);
}
