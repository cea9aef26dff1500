/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft legacy sign`: what firmware_sign.py of the ota_demo did, byte for byte.
 * Knows: file names.   Never knows: the signature's form. */
#include "verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/legacy/sign.h"

static const char help[] =
    "usage: aloft legacy sign FILE KEY [OUT]\n"
    "\n"
    "Signs a firmware for devices with the SmartThings ota_demo, byte for byte as its script\n"
    "firmware_sign.py does. KEY is root.key of that set-up. OUT is what to write; default:\n"
    "signed_FILE beside FILE, which is overwritten as the script does. Needs no project.\n";

#define KEY_MAX 65536u

/* signed_NAME in the folder of FILE */
static aloft_err default_out(const char *file, char out[PATH_MAX], struct trouble *trouble) {
    const char *slash = strrchr(file, '/');
    int folder = slash == NULL ? 0 : (int)(slash - file + 1);

    if ((size_t)snprintf(out, PATH_MAX, "%.*ssigned_%s", folder, file, file + folder) >= PATH_MAX)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, file, 0);
    return ALOFT_OK;
}

static aloft_err sign(const char *file, const char *key, const char *out, struct trouble *trouble) {
    aloft_space firmware = {NULL, 0}, pem = {NULL, 0}, signed_file = {NULL, 0};
    aloft_err e = file_read(file, FILE_IMAGE_MAX, &firmware, trouble);

    if (e == ALOFT_OK)
        e = file_read(key, KEY_MAX, &pem, trouble);
    if (e == ALOFT_OK) {
        e = legacy_sign((aloft_bytes){firmware.at, firmware.len}, (aloft_bytes){pem.at, pem.len},
                        &signed_file, trouble);
        trouble_fact(trouble, "file", "%s", e == ALOFT_E_LEGACY_KEY ? key : file);
    }
    if (e == ALOFT_OK)
        e = file_write(out, (aloft_bytes){signed_file.at, signed_file.len}, 0644, true, trouble);
    free(firmware.at);
    free(pem.at);
    free(signed_file.at);
    return e;
}

int legacy_main(struct cli *cli, int argc, char **argv) {
    char out[PATH_MAX];

    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(help, stdout);
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "sign") != 0)
        return cli_usage("legacy", "what? There is `aloft legacy sign FILE KEY [OUT]`");
    if (argc != 4 && argc != 5)
        return cli_usage("legacy", "sign wants FILE and KEY, and OUT if you like");
    if (argc == 5)
        snprintf(out, sizeof out, "%s", argv[4]);
    else if (default_out(argv[2], out, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    if (sign(argv[2], argv[3], out, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    printf("%s is signed for devices with the ota_demo.\n", out);
    return 0;
}
