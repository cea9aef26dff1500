/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a firmware file: image, partition table, name. */
#include <stdlib.h>

#include <cjson/cJSON.h>

#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/partition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *nowhere(void) {
    static FILE *to;

    if (to == NULL)
        to = fopen("/dev/null", "w");
    if (to == NULL)
        abort();
    return to;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct trouble trouble;
    static struct esp_image facts;
    static struct partition_table table;
    char words[IMAGE_KIND_WORDS_MAX];
    aloft_bytes file = {data, size};

    (void)image_kind_words(file, words);
    if (esp_image_read(file, &facts, &trouble) == ALOFT_OK) {
        if (facts.signed_length + facts.trailing != size)
            abort();
        (void)!esp_image_check(&facts, &trouble);
        esp_image_say(&facts, nowhere());
        cJSON_Delete(esp_image_json(&facts));
    }
    if (partition_table_read(file, &table, &trouble) == ALOFT_OK) {
        partition_table_say(&table, nowhere());
        cJSON_Delete(partition_table_json(&table));
    }
    return 0;
}
