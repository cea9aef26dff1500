/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft smartthings identity` and `qr`.
 * Knows: sentences, what is pasted where.   Never knows: how identities are made. */
#include "smartthings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <openssl/crypto.h>

#include "host/file.h"
#include "host/legacy/device_info.h"
#include "host/qr.h"

#define FILE_MAX 16384u /* of a device_info.json */

/* ---- identity */

/* Made where there is none; checked where there is one. */
static aloft_err get_identity(const struct smartthings_files *files, struct identity *who,
                              bool *is_new, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = file_join(files->folder, IDENTITY_FILE, path, sizeof path, trouble);

    *is_new = e == ALOFT_OK && access(path, F_OK) != 0;
    if (e == ALOFT_OK && *is_new)
        e = identity_make(who, trouble);
    else if (e == ALOFT_OK)
        e = identity_read(files->folder, who, trouble);
    if (e == ALOFT_OK)
        e = *is_new ? identity_write(files->folder, who, trouble)
                    : identity_complete(files->folder, who, trouble);
    return e;
}

/* A mistyped folder would get an identity that no board ever has. */
static aloft_err check_folder(const char *dir, struct trouble *trouble) {
    struct stat facts;

    if (stat(dir, &facts) != 0)
        return trouble_file(trouble, ALOFT_E_FILE_READ, dir, errno);
    return S_ISDIR(facts.st_mode) ? ALOFT_OK
                                  : trouble_file(trouble, ALOFT_E_FILE_READ, dir, ENOTDIR);
}

/* An image with an identity makes one device of all that install it. */
static aloft_err check_embedded(const struct smartthings_files *files, struct trouble *trouble) {
    struct device_info info;
    aloft_space file;
    aloft_err e;

    if (files->embedded[0] == 0)
        return ALOFT_OK;
    e = file_read(files->embedded, FILE_MAX, &file, trouble);
    if (e != ALOFT_OK)
        return e;
    device_info_find((aloft_bytes){file.at, file.len}, &info);
    free(file.at);
    if (!info.has_identity)
        return ALOFT_OK;
    trouble_set(trouble, ALOFT_E_LEGACY_IDENTITY);
    trouble_fact(trouble, "file", "%s", files->embedded);
    return ALOFT_E_LEGACY_IDENTITY;
}

static void print_identity(const struct smartthings_files *files, const struct identity *who,
                           bool is_new) {
    if (is_new)
        printf("A new identity for one device, in %s. Only you can read it; back it up, it exists\n"
               "nowhere else, and git leaves it alone.\n",
               files->folder);
    else
        printf("The identity in %s is whole.\n", files->folder);
    printf("\nPaste into the Developer Workspace, where a test device is registered:\n\n"
           "  Serial number   %s\n"
           "  Public key      %s\n"
           "\nWrite it into the device once, beside the firmware and not into it:\n\n"
           "  parttool.py write_partition --partition-name stnv --input %s/%s\n\n",
           who->serial, who->public_key, files->folder, IDENTITY_IMAGE);
}

static void print_onboarding(const char *dir, const struct smartthings_files *files,
                             const struct onboarding *profile) {
    if (files->onboarding[0] == 0)
        printf("Next: download onboarding_config.json of your device profile from the Developer\n"
               "Workspace into %s/main, and run this again: it is checked.\n",
               dir);
    else
        printf("%s is right: manufacturer %s, setup %s.\n"
               "Next: build, flash, and `aloft smartthings qr %s` for the phone.\n",
               files->onboarding, profile->mn_id, profile->setup_id, dir);
}

static int print_json(cJSON *all) {
    char *text = cJSON_Print(all);

    puts(text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(all);
    return 0;
}

static int identity_json(const struct smartthings_files *files, const struct identity *who,
                         const struct onboarding *profile) {
    cJSON *all = cJSON_CreateObject();

    cJSON_AddStringToObject(all, "serial_number", who->serial);
    cJSON_AddStringToObject(all, "public_key", who->public_key);
    cJSON_AddStringToObject(all, "folder", files->folder);
    cJSON_AddBoolToObject(all, "onboarding_config_is_there", files->onboarding[0] != 0);
    if (files->onboarding[0] != 0) {
        cJSON_AddStringToObject(all, "mn_id", profile->mn_id);
        cJSON_AddStringToObject(all, "setup_id", profile->setup_id);
    }
    return print_json(all);
}

int smartthings_identity(struct cli *cli, const char *dir, bool is_json) {
    struct smartthings_files files;
    struct onboarding profile = {0};
    struct identity who = {0};
    bool is_new = false;
    aloft_err e = check_folder(dir, &cli->trouble);

    if (e == ALOFT_OK)
        e = smartthings_find(dir, &files, &cli->trouble);
    if (e == ALOFT_OK)
        e = get_identity(&files, &who, &is_new, &cli->trouble);
    OPENSSL_cleanse(who.private_key, sizeof who.private_key);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    if (!is_json)
        print_identity(&files, &who, is_new);
    if (files.onboarding[0] != 0)
        e = onboarding_read(files.onboarding, &profile, &cli->trouble);
    if (e == ALOFT_OK)
        e = check_embedded(&files, &cli->trouble);
    if (e != ALOFT_OK)
        return fflush(stdout), cli_fail(cli);
    if (is_json)
        return identity_json(&files, &who, &profile);
    print_onboarding(dir, &files, &profile);
    return 0;
}

/* ---- qr */

/* The form of SDK 2.1.1, tools/qrgen/stdk-qrgen.py; none of the three has a character to be escaped. */
static void print_code(const struct onboarding *profile, const struct identity *who, bool is_json) {
    char url[200];

    snprintf(url, sizeof url, "https://qr.samsungiots.com/?m=%s&s=%s&r=%s", profile->mn_id,
             profile->setup_id, who->serial);
    if (is_json) {
        cJSON *all = cJSON_CreateObject();
        cJSON_AddStringToObject(all, "url", url);
        print_json(all);
        return;
    }
    qr_print(url);
    printf("\n  %s\n\n  In the SmartThings app: Add device, then Scan QR code. The app has to be "
           "in developer\n"
           "  mode, with the account of the Developer Workspace.\n",
           url);
}

/* What has to come before the code, in the order of esp32/SMARTTHINGS.md. */
static aloft_err check_steps(const char *dir, const struct smartthings_files *files,
                             struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = file_join(files->folder, IDENTITY_FILE, path, sizeof path, trouble);

    if (e != ALOFT_OK)
        return e;
    if (access(path, F_OK) != 0 && errno == ENOENT) {
        e = trouble_set(trouble, ALOFT_E_ST_NO_IDENTITY);
        trouble_fact(trouble, "file", "%s", path);
    } else if (files->onboarding[0] == 0) {
        e = trouble_set(trouble, ALOFT_E_ST_NO_PROFILE);
    }
    if (e != ALOFT_OK)
        trouble_fact(trouble, "folder", "%s", dir);
    return e;
}

int smartthings_qr(struct cli *cli, const char *dir, bool is_json) {
    struct smartthings_files files;
    struct onboarding profile;
    struct identity who = {0};
    aloft_err e = check_folder(dir, &cli->trouble);

    if (e == ALOFT_OK)
        e = smartthings_find(dir, &files, &cli->trouble);
    if (e == ALOFT_OK)
        e = check_steps(dir, &files, &cli->trouble);
    if (e == ALOFT_OK)
        e = identity_read(files.folder, &who, &cli->trouble);
    OPENSSL_cleanse(who.private_key, sizeof who.private_key);
    if (e == ALOFT_OK)
        e = onboarding_read(files.onboarding, &profile, &cli->trouble);
    if (e != ALOFT_OK)
        return cli_fail(cli);
    print_code(&profile, &who, is_json);
    return 0;
}
