/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/image. What class an ESP image is for, by esp-project and esp-chip of aloft.conf. */
#ifndef HOST_IMAGE_ESP_CLASS_H
#define HOST_IMAGE_ESP_CLASS_H

#include "host/image/record.h"
#include "host/project.h"

/** An application image without an image record: fills *record from its descriptor. Fails ESP_*. */
ALOFT_MUST_USE aloft_err esp_class_record(const struct project *project, aloft_bytes file,
                                          struct image_record *record, struct trouble *trouble);

/** An ESP image that has a record: it must be whole, and of its class's chip and project where
 *  aloft.conf names them; record->length becomes its own length. Other files pass. Fails ESP_*. */
ALOFT_MUST_USE aloft_err esp_class_check(const struct project *project, aloft_bytes file,
                                         struct image_record *record, struct trouble *trouble);

#endif
