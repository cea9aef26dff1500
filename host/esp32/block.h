/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/esp32. Lines between two marks in a text file that are ours; all others are a person's.
 *
 *     # aloft: begin 5f2c9a01 (made by `aloft esp32` and made again by it: your own lines go outside)
 *     CONFIG_ALOFT_BASE="https://lab-pc.local:4443"
 *     # aloft: end
 *
 * The number is of the lines between, so that a line which somebody has edited is seen. */
#ifndef HOST_ESP32_BLOCK_H
#define HOST_ESP32_BLOCK_H

#include <stdbool.h>
#include <stddef.h>

#define BLOCK_TEXT_MAX 262144u /* of a whole file; an sdkconfig.defaults has some KB */

/** What is to be said about a file that has marks. */
enum block_state { BLOCK_NONE, BLOCK_OURS, BLOCK_EDITED, BLOCK_BROKEN };

struct block {
    enum block_state state; /* BROKEN: a mark is missing or stands twice */
    size_t begin, end;      /* bytes of the file, with both marks */
    unsigned line;          /* of the first mark, from 1 */
};

struct block block_find(const char *text);

/** The file with `lines` in our block: in its old place, or behind everything. "" takes it away, with the
 *  empty line before it. Gives the length, or 0 where out_size is too small. */
size_t block_put(const char *text, const struct block *block, const char *lines, char *out,
                 size_t out_size);

#endif
