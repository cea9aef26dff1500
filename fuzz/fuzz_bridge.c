/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the old slot of a device: the bridge reads within it, and what it keeps is an identity. */
#include <stdlib.h>
#include <string.h>

#include "esp32/ota_demo/parts/bridge.h"

struct slot {
    const uint8_t *at;
    size_t len;
};

static bool read_slot(void *self, uint32_t at, void *to, uint32_t len) {
    const struct slot *slot = self;

    if (len > slot->len || at > slot->len - len)
        abort();
    memcpy(to, slot->at + at, len);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct bridge_room room;
    struct slot slot = {data, size};
    const struct bridge_port port = {.self = &slot, .size = (uint32_t)size, .read = read_slot};
    int n = bridge_find(&port, &room);

    if (n > 0 && (!bridge_is_identity(room.text, (size_t)n) ||
                  memmem(data, size, room.text, (size_t)n) == NULL))
        abort();
    return 0;
}
