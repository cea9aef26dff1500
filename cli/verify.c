/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft verify`: what a device would do with a manifest, by the device's own code.
 * Knows: files and hexadecimal.   Never knows: the rules; src/suit and src/device do. */
#include "verify.h"

#include <stdlib.h>
#include <string.h>

#include "host/file.h"

/* A longer file is no manifest in either form; what is a little too long is refused by its rule. */
#define FILE_MAX (1u << 20)

static int digit_of(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static bool is_blank(uint8_t c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* A file of nothing but hexadecimal digits becomes the bytes that they say, in its own room; a binary
 * manifest begins with a byte that is no digit. */
static void decode_hex(aloft_space *file) {
    size_t n = 0;

    for (size_t i = 0; i < file->len; i++)
        if (!is_blank(file->at[i]) && digit_of(file->at[i]) < 0)
            return;
        else
            n += !is_blank(file->at[i]);
    if (n == 0 || n % 2 != 0)
        return;
    n = 0;
    for (size_t i = 0; i < file->len; i++) {
        int digit = digit_of(file->at[i]);
        if (digit < 0)
            continue;
        file->at[n / 2] = (uint8_t)(n % 2 == 0 ? digit << 4 : file->at[n / 2] | digit);
        n++;
    }
    file->len = n / 2;
}

static aloft_err read_running(struct verify_wish *wish, struct trouble *trouble) {
    struct aloft_hash hash;
    aloft_space image;
    aloft_err e;

    if (wish->running == NULL)
        return ALOFT_OK;
    e = file_read(wish->running, FILE_IMAGE_MAX, &image, trouble);
    if (e != ALOFT_OK)
        return e;
    aloft_hash_start(&hash);
    aloft_hash_add(&hash, (aloft_bytes){image.at, image.len});
    aloft_hash_end(&hash, wish->terms.running_digest);
    wish->terms.running_size = (uint32_t)image.len;
    wish->terms.has_running = true;
    free(image.at);
    return ALOFT_OK;
}

static void ask(struct verify_wish *wish, aloft_bytes envelope, struct verify_answer *answer) {
    struct aloft_manifest *m = &answer->manifest;

    if (aloft_manifest_read(envelope, &wish->keys, m, &answer->why) != ALOFT_OK)
        return;
    if (wish->any_vendor)
        memcpy(wish->terms.vendor_id, m->vendor_id.at, sizeof wish->terms.vendor_id);
    if (wish->any_class)
        memcpy(wish->terms.class_id, m->class_id.at, sizeof wish->terms.class_id);
    (void)!aloft_manifest_judge(m, &wish->terms, &answer->verdict, &answer->why);
}

int verify_main(struct cli *cli, int argc, char **argv) {
    static struct verify_wish wish;
    static struct verify_answer answer;
    aloft_space file;
    int code = verify_options(&wish, argc, argv, cli);

    if (code != -1)
        return code;
    if (read_running(&wish, &cli->trouble) != ALOFT_OK ||
        file_read(wish.file, FILE_MAX, &file, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    decode_hex(&file);
    ask(&wish, (aloft_bytes){file.at, file.len}, &answer);
    code = verify_say(&wish, &answer); /* before the room that the facts point into goes */
    free(file.at);
    return code;
}
