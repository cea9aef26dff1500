/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Plans the trust record of the next image and writes its header's text.
 * Knows: the file that is to be replaced, SOURCE_DATE_EPOCH.   Never knows: who shows it to whom. */
#include "trust_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file.h"

bool trust_image_time(uint64_t *now_s) {
    const char *text = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;

    *now_s = (uint64_t)time(NULL);
    if (text == NULL)
        return true;
    errno = 0;
    *now_s = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == 0 && errno == 0 && *now_s >> 63 == 0;
}

/* An existing header is looked at before anything is made: one that somebody wrote by hand
 * stays. */
static aloft_err read_old(struct trust_image *image, const char *path, struct trust_draft *header,
                          struct trouble *trouble) {
    aloft_space text;
    aloft_err e;

    image->old[0] = 0;
    image->wish.header = NULL;
    if (path == NULL)
        return ALOFT_OK;
    e = file_read(path, TRUST_HEADER_MAX - 1, &text, trouble);
    if (e == ALOFT_E_FILE_READ && trouble->fault.raw == ENOENT)
        return ALOFT_OK;
    if (e != ALOFT_OK)
        return e;
    memcpy(image->old, text.at, text.len + 1);
    free(text.at);
    e = trust_header_read(image->old, path, header, trouble);
    image->wish.header = header;
    return e;
}

aloft_err trust_image_make(struct trust_image *image, const struct project *project,
                           const struct project_class *of_class, const char *path,
                           struct trouble *trouble) {
    struct trust_draft header;
    aloft_err e = read_old(image, path, &header, trouble);

    if (e == ALOFT_OK)
        e = trust_plan(project, &image->wish, &image->plan, trouble);
    if (e == ALOFT_OK && image->plan.must_remember)
        e = trust_remember(project, &image->plan.draft, trouble);
    image->wish.header = NULL;
    if (e == ALOFT_OK)
        image->len = trust_header_write(&image->plan.draft, of_class, image->text);
    return e;
}
