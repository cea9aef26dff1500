/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an ESP image for shell tests: make_esp_image CHIP_ID PROJECT VERSION OUT
 * [FILE_TO_EMBED]... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test/kit/esp_image.h"

#define ROOM (4u << 20)

int main(int argc, char **argv) {
    static uint8_t room[ROOM], inside[ROOM / 2];
    struct esp_recipe recipe = {.filler = 100000};
    aloft_bytes image;
    FILE *file;

    if (argc < 5) {
        fputs("usage: make_esp_image CHIP_ID PROJECT VERSION OUT [FILE_TO_EMBED]...\n", stderr);
        return 2;
    }
    recipe.chip_id = (uint16_t)atoi(argv[1]);
    recipe.project = argv[2];
    recipe.version = argv[3];
    for (int i = 5; i < argc; i++) {
        file = fopen(argv[i], "rb");
        if (file == NULL)
            return 2;
        recipe.inside_len +=
            fread(inside + recipe.inside_len, 1, sizeof inside - recipe.inside_len - 1, file) + 1;
        fclose(file);
    }
    recipe.inside = inside;
    image = esp_image_make(&recipe, (aloft_space){room, sizeof room});
    file = fopen(argv[4], "wb");
    if (file == NULL || fwrite(image.at, 1, image.len, file) != image.len || fclose(file) != 0)
        return 2;
    return 0;
}
