/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. Checks onboarding_config.json before a device does.
 * Knows: the fields.   Never knows: identities. */
#include "onboarding.h"

#include <ctype.h>
#include <string.h>

#include "fields.h"

#define TEXT_MAX 200u /* of what the SDK takes at any length */

/* of the access point that the device opens while it waits for the app: what fits into its name */
#define NAME_MAX_VERSION_4 13u
#define NAME_MAX_VERSION_5 14u

static const char *const owners[] = {"JUSTWORKS", "BUTTON",       "PIN",
                                     "QR",        "SERIALNUMBER", "HASHEDSERIALNUMBER"};

static bool is_owner(const char *text) {
    for (size_t i = 0; text != NULL && i < sizeof owners / sizeof *owners; i++)
        if (strcmp(text, owners[i]) == 0)
            return true;
    return false;
}

static aloft_err check_name(const struct fields *f) {
    const cJSON *version = cJSON_GetObjectItemCaseSensitive(f->object, "ssidVersion");
    struct field_rule rule = {"deviceOnboardingId", "NAME", 1, NAME_MAX_VERSION_4};

    if (version != NULL &&
        (!cJSON_IsNumber(version) || (version->valueint != 4 && version->valueint != 5)))
        return fields_wrong(f, "ssidVersion", "it is neither 4 nor 5");
    if (version != NULL && version->valueint == 5)
        rule.max = NAME_MAX_VERSION_5;
    return fields_text(f, &rule) == NULL ? (aloft_err)f->trouble->fault.code : ALOFT_OK;
}

static aloft_err check_owners(const struct fields *f) {
    const char *name = "ownershipValidationTypes";
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(f->object, name), *one;

    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0)
        return fields_wrong(f, name, "it is not a list with at least one word");
    cJSON_ArrayForEach(one, list) if (!is_owner(cJSON_GetStringValue(one))) return fields_wrong(
        f, name, "it has a word that the SDK does not know");
    return ALOFT_OK;
}

static aloft_err check_identity_type(const struct fields *f) {
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(f->object, "identityType");
    const char *text = cJSON_GetStringValue(type);

    if (type == NULL || (text != NULL && strcmp(text, "ED25519") == 0))
        return ALOFT_OK;
    if (text != NULL && strcmp(text, "X509") == 0)
        return fields_wrong(f, "identityType",
                            "the profile wants certificates (X509), and the identity here is a key "
                            "(ED25519)");
    return fields_wrong(f, "identityType", "it is neither ED25519 nor X509");
}

static bool is_uuid(const char *text) {
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

    if (text == NULL || strlen(text) != sizeof form - 1)
        return false;
    for (size_t i = 0; form[i] != 0; i++)
        if (form[i] == '-' ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
            return false;
    return true;
}

static aloft_err check_profile(const struct fields *f) {
    const char *name = "deviceIntegrationProfileKey";
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(f->object, name);
    struct fields inside = {.path = f->path, .object = key, .trouble = f->trouble};
    const struct field_rule rule = {"id", "DIP_UUID", 1, TEXT_MAX};
    const char *id;

    if (key == NULL)
        return ALOFT_OK;
    if (!cJSON_IsObject(key))
        return fields_wrong(f, name, "it is not an object");
    id = fields_text(&inside, &rule);
    if (id == NULL)
        return (aloft_err)f->trouble->fault.code;
    if (!is_uuid(id))
        return fields_wrong(f, name, "its id is no UUID");
    if (!cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(key, "majorVersion")))
        return fields_wrong(f, name, "its majorVersion is missing or no number");
    return ALOFT_OK;
}

static aloft_err take_ids(const struct fields *f, struct onboarding *out) {
    static const struct field_rule rules[] = {{"mnId", "MNID", 1, ONBOARDING_ID_MAX},
                                              {"setupId", NULL, 1, ONBOARDING_ID_MAX},
                                              {"vid", "VID", 1, TEXT_MAX},
                                              {"deviceTypeId", "TYPE", 1, TEXT_MAX}};
    const char *text[4];

    for (size_t i = 0; i < 4; i++) {
        text[i] = fields_text(f, &rules[i]);
        if (text[i] == NULL)
            return (aloft_err)f->trouble->fault.code;
    }
    /* both stand in the address of the QR code */
    for (size_t i = 0; i < 2; i++)
        for (const char *c = text[i]; *c != 0; c++)
            if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
                return fields_wrong(f, rules[i].name, "it has another character than A-Za-z0-9-_");
    strcpy(out->mn_id, text[0]);
    strcpy(out->setup_id, text[1]);
    return ALOFT_OK;
}

aloft_err onboarding_read(const char *path, struct onboarding *out, struct trouble *trouble) {
    struct fields f;
    aloft_err e = fields_open(&f, path, "onboardingConfig", trouble);

    if (e != ALOFT_OK)
        return e;
    e = check_name(&f);
    if (e == ALOFT_OK)
        e = take_ids(&f, out);
    if (e == ALOFT_OK)
        e = check_owners(&f);
    if (e == ALOFT_OK)
        e = check_identity_type(&f);
    if (e == ALOFT_OK)
        e = check_profile(&f);
    fields_close(&f);
    return e;
}
