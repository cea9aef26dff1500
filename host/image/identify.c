/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Asks the image record first, then the format that can speak for a file without one.
 * Knows: the order.   Never knows: a format. */
#include "host/image/identify.h"

#include "host/image/esp.h"
#include "host/image/esp_class.h"
#include "host/image/kind.h"

/* A merged flash file or a boot loader also begins like an ESP image; it is refused by its name. */
static bool speaks_esp(aloft_bytes file) {
    return esp_image_begins(file) && image_kind_of(file)->refusal != ALOFT_E_IMAGE_KIND;
}

aloft_err image_identify(const struct project *project, aloft_bytes file,
                         struct image_record *record, struct trouble *trouble) {
    aloft_err e;

    if (image_kind_wraps(file))
        return image_refuse_by_kind(file, trouble);
    if (image_record_count(file, 1) == 0 && speaks_esp(file))
        return esp_class_record(project, file, record, trouble);
    e = image_record_find(file, record, trouble);
    return e == ALOFT_OK ? esp_class_check(project, file, record, trouble) : e;
}
