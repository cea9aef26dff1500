/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. What `aloft verify` says: sentences for people, an object for programs.
 * Knows: words for verdicts.   Never knows: how they came about. */
#include "verify.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "host/hex.h"
#include "host/rule_words.h"

/* full, delta, or none: nothing is fetched */
static const char *branch_word(const struct verify_answer *answer) {
    if (answer->verdict.decision != ALOFT_TAKE)
        return "none";
    return answer->manifest.branch[answer->verdict.branch].from_digest.len > 0 ? "delta" : "full";
}

static const char *const decision_words[] = {
    [ALOFT_TAKE] = "take",
    [ALOFT_NOTHING] = "nothing",
    [ALOFT_ADOPT] = "adopt",
};

static const char *hex_of(aloft_bytes bytes, char out[2 * ALOFT_DIGEST_SIZE + 1]) {
    hex_write(bytes, out);
    return out;
}

static void version_text(const struct aloft_manifest *m, char *out, size_t size) {
    static const char *const words[] = {"-rc", "-beta", "-alpha"};
    size_t len = 0;

    out[0] = 0;
    for (unsigned i = 0; i < m->n_version; i++, len = strlen(out)) {
        int32_t number = m->version[i];
        bool follows_number = i > 0 && m->version[i - 1] >= 0;
        if (number < 0)
            snprintf(out + len, size - len, "%s", words[-1 - number]);
        else
            snprintf(out + len, size - len, "%s%" PRId32, follows_number ? "." : "", number);
    }
}

/* ---- for programs */

static void add_hex(cJSON *to, const char *name, aloft_bytes bytes) {
    char text[2 * ALOFT_DIGEST_SIZE + 1];

    cJSON_AddStringToObject(to, name, hex_of(bytes, text));
}

static void add_uint(cJSON *to, const char *name, uint64_t number) {
    char text[24];

    snprintf(text, sizeof text, "%" PRIu64, number); /* a double has 53 bits */
    cJSON_AddRawToObject(to, name, text);
}

static void add_facts(cJSON *to, const struct verify_answer *answer) {
    const struct aloft_manifest *m = &answer->manifest;
    const struct aloft_branch *branch = &m->branch[answer->verdict.branch];
    char text[96], uri[ALOFT_URI_MAX + 1];

    add_uint(to, "sequence", m->sequence);
    version_text(m, text, sizeof text);
    cJSON_AddStringToObject(to, "version", text);
    add_hex(to, "manifest_digest", (aloft_bytes){m->digest, sizeof m->digest});
    cJSON_AddNumberToObject(to, "signers", m->n_signers);
    add_hex(to, "image_digest", m->image_digest);
    cJSON_AddNumberToObject(to, "image_size", m->image_size);
    if (answer->verdict.decision != ALOFT_TAKE)
        return;
    aloft_printable(branch->uri, uri, sizeof uri);
    cJSON_AddStringToObject(to, "uri", uri);
    cJSON_AddNumberToObject(to, "encoding", branch->encoding);
    cJSON_AddNumberToObject(to, "payload_size", branch->payload_size);
}

static int say_json(const struct verify_answer *answer) {
    bool is_accepted = answer->why.code == ALOFT_OK;
    unsigned rule = aloft_manifest_rule(&answer->why);
    cJSON *object = cJSON_CreateObject();
    char sentence[ALOFT_SENTENCE_MAX], *text;

    cJSON_AddBoolToObject(object, "accepted", is_accepted);
    if (is_accepted) {
        cJSON_AddStringToObject(object, "decision", decision_words[answer->verdict.decision]);
        cJSON_AddStringToObject(object, "branch", branch_word(answer));
        add_facts(object, answer);
    } else {
        cJSON_AddNumberToObject(object, "rule", rule);
        cJSON_AddStringToObject(object, "rule_words", rule_words(rule));
        cJSON_AddStringToObject(object, "error", aloft_err_name(answer->why.code));
        cJSON_AddNumberToObject(object, "code", answer->why.code);
        cJSON_AddNumberToObject(object, "at", answer->why.at);
        cJSON_AddStringToObject(object, "sentence",
                                aloft_explain(&answer->why, NULL, 0, sentence, sizeof sentence));
    }
    text = cJSON_Print(object);
    puts(text != NULL ? text : "{}");
    free(text);
    cJSON_Delete(object);
    return is_accepted ? 0 : EXIT_ALARM;
}

/* ---- for people */

static void say_take(const struct verify_answer *answer) {
    const struct aloft_branch *branch = &answer->manifest.branch[answer->verdict.branch];
    char uri[ALOFT_URI_MAX + 1], digest[2 * ALOFT_DIGEST_SIZE + 1];

    aloft_printable(branch->uri, uri, sizeof uri);
    if (branch->from_digest.len > 0)
        printf("branch: delta, a patch of the image that runs (sha256 %.16s...)\n",
               hex_of(branch->from_digest, digest));
    else
        puts("branch: full, the whole image");
    printf("It fetches %s, %" PRIu32 " bytes, encoding %" PRIu32 ".\n", uri, branch->payload_size,
           branch->encoding);
}

static int say_accepted(const struct verify_wish *wish, const struct verify_answer *answer) {
    const struct aloft_manifest *m = &answer->manifest;
    char version[96], digest[2 * ALOFT_DIGEST_SIZE + 1];

    version_text(m, version, sizeof version);
    printf("accepted: version %s, sequence %" PRIu64
           ", signed by %u of %u trusted keys (%u needed)\n",
           version, m->sequence, m->n_signers, wish->keys.n, wish->keys.threshold);
    printf("image: %" PRIu32 " bytes, sha256 %s\n", m->image_size, hex_of(m->image_digest, digest));
    if (answer->verdict.decision == ALOFT_TAKE)
        say_take(answer);
    else if (answer->verdict.decision == ALOFT_NOTHING)
        puts("branch: none, this very manifest is installed");
    else
        puts("branch: none, the image that runs is the one it names: it is recorded, nothing is "
             "fetched");
    if (wish->any_vendor || wish->any_class)
        puts("The class was not compared: name the device's with --class V/M/R.");
    return 0;
}

static int say_refused(const struct verify_answer *answer) {
    unsigned rule = aloft_manifest_rule(&answer->why);
    struct trouble trouble;

    fprintf(stderr, "refused by rule R%u: %s\n", rule, rule_words(rule));
    trouble_from(&trouble, &answer->why);
    (void)trouble_print(stderr, &trouble);
    return EXIT_ALARM;
}

int verify_say(const struct verify_wish *wish, const struct verify_answer *answer) {
    if (wish->is_json)
        return say_json(answer);
    return answer->why.code == ALOFT_OK ? say_accepted(wish, answer) : say_refused(answer);
}
