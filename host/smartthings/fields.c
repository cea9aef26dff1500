/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/smartthings. Reads JSON files as strictly as the SDK should: it takes strlen of what is no text.
 * Knows: JSON.   Never knows: which fields there are. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "host/file.h"

#define FILE_MAX 16384u /* the Workspace's files have less than 1 KB */

/* Quotes of a web page or a word processor: UTF-8 E2 80 98 to 9F. */
static bool has_curly_quote(const char *text) {
    const char *at = text;

    while ((at = strstr(at, "\xe2\x80")) != NULL) {
        if (((unsigned char)at[2] & 0xf8u) == 0x98u)
            return true;
        at += 2;
    }
    return false;
}

static aloft_err refuse_json(const char *path, const char *text, const char *end,
                             struct trouble *trouble) {
    unsigned line = 1;

    for (const char *at = text; at < end; at++)
        line += *at == '\n';
    trouble_set(trouble, ALOFT_E_ST_JSON);
    trouble_fact(trouble, "file", "%s", path);
    if (has_curly_quote(text))
        trouble_fact(trouble, "what", "it has curly quotes, as web pages make them");
    else
        trouble_fact(trouble, "what", "line %u is no JSON", line);
    return ALOFT_E_ST_JSON;
}

aloft_err fields_open(struct fields *f, const char *path, const char *object,
                      struct trouble *trouble) {
    const char *end = NULL;
    aloft_space text;
    aloft_err e = file_read(path, FILE_MAX, &text, trouble);

    *f = (struct fields){.path = path, .trouble = trouble};
    if (e != ALOFT_OK)
        return e;
    f->root = cJSON_ParseWithOpts((const char *)text.at, &end, true);
    if (f->root == NULL)
        e = refuse_json(path, (const char *)text.at, end == NULL ? (const char *)text.at : end,
                        trouble);
    OPENSSL_clear_free(text.at, text.len); /* a private key may stand in it */
    if (e != ALOFT_OK)
        return e;
    f->object = cJSON_GetObjectItemCaseSensitive(f->root, object);
    if (cJSON_IsObject(f->object))
        return ALOFT_OK;
    e = fields_wrong(f, object, f->object == NULL ? "it is missing" : "it is not an object");
    fields_close(f);
    return e;
}

void fields_close(struct fields *f) {
    cJSON_Delete(f->root);
    f->root = NULL;
}

aloft_err fields_wrong(const struct fields *f, const char *name, const char *what) {
    trouble_set(f->trouble, ALOFT_E_ST_FIELD);
    trouble_fact(f->trouble, "file", "%s", f->path);
    trouble_fact(f->trouble, "field", "%s", name);
    trouble_fact(f->trouble, "what", "%s", what);
    return ALOFT_E_ST_FIELD;
}

static void refuse_placeholder(const struct fields *f, const char *name, const char *value) {
    trouble_set(f->trouble, ALOFT_E_ST_PLACEHOLDER);
    trouble_fact(f->trouble, "file", "%s", f->path);
    trouble_fact(f->trouble, "field", "%s", name);
    trouble_fact(f->trouble, "value", "%s", value);
}

const char *fields_text(const struct fields *f, const struct field_rule *rule) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(f->object, rule->name);
    const char *text = cJSON_GetStringValue(item);
    char what[64];

    if (item == NULL) {
        fields_wrong(f, rule->name, "it is missing");
    } else if (text == NULL) {
        fields_wrong(f, rule->name, "it is not a text in quotes");
    } else if (rule->placeholder != NULL && strcmp(text, rule->placeholder) == 0) {
        refuse_placeholder(f, rule->name, text);
    } else if (has_curly_quote(text)) {
        fields_wrong(f, rule->name, "it has curly quotes, as web pages make them");
    } else if (strlen(text) < rule->min || strlen(text) > rule->max) {
        snprintf(what, sizeof what, "it has %zu characters, and %u to %u are right", strlen(text),
                 rule->min, rule->max);
        fields_wrong(f, rule->name, what);
    } else {
        return text;
    }
    return NULL;
}
