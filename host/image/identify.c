/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Asks the image record first, then each format that can speak for a file without one.
 * Knows: the order.   Never knows: a format. */
#include "host/image/identify.h"

/* True if the file is of the format and aloft.conf says what class it is; then *record is filled, with
 * the encodings that such an image decodes. A format is a file; its line stands here. */
typedef bool stand_in(const struct project *project, aloft_bytes file, struct image_record *record);

static stand_in *const formats[] = {
    NULL,
};

aloft_err image_identify(const struct project *project, aloft_bytes file,
                         struct image_record *record, struct trouble *trouble) {
    if (image_record_count(file, 1) == 0)
        for (unsigned i = 0; formats[i] != NULL; i++)
            if (formats[i](project, file, record))
                return ALOFT_OK;
    return image_record_find(file, record, trouble);
}
