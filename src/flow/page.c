/* SPDX-License-Identifier: Apache-2.0 */
/* Room: flow. Collects image bytes into pages and writes them, erasing each unit just before its first
 * page.
 * Knows: flash geometry.   Never knows: where the bytes came from, or whether they are right. */
#include "flow.h"

#include <string.h>

void al_page_start(struct al_page *page, const struct aloft_flash *slot, aloft_space buffer,
                   uint32_t size, uint32_t from) {
    page->slot = slot;
    page->buffer = buffer;
    page->fill = 0;
    page->at = from;
    page->size = size;
    page->clean = from;
}

aloft_space al_page_room(const struct al_page *page) {
    uint32_t needed = page->size - page->at - page->fill;
    uint32_t room = (uint32_t)page->buffer.len - page->fill;

    return (aloft_space){page->buffer.at + page->fill, needed < room ? needed : room};
}

bool al_page_is_due(const struct al_page *page) {
    return page->fill > 0 &&
           (page->fill == page->buffer.len || page->at + page->fill == page->size);
}

static aloft_err refused(const struct al_page *page, aloft_err code, uint32_t at,
                         aloft_fault *why) {
    *why = (aloft_fault){.code = (uint16_t)code, .at = at, .want = page->size};
    return code;
}

aloft_err al_page_write(struct al_page *page, aloft_fault *why) {
    uint32_t granule = page->slot->write_size;
    uint32_t len = (page->fill + granule - 1) / granule * granule; /* <= buffer: 32 divides it */
    aloft_err e;

    if (page->at >= page->clean) {
        e = page->slot->erase(page->slot->self, page->clean);
        if (e != ALOFT_OK)
            return refused(page, e, page->clean, why);
        page->clean += page->slot->erase_size;
        return ALOFT_OK;
    }
    memset(page->buffer.at + page->fill, 0xff, len - page->fill);
    /* If power goes here: this page is torn, page->at and the record's mark still lie before it. */
    e = page->slot->write(page->slot->self, page->at, (aloft_bytes){page->buffer.at, len});
    if (e != ALOFT_OK)
        return refused(page, e, page->at, why);
    page->at += page->fill;
    page->fill = 0;
    return ALOFT_OK;
}
