/* SPDX-License-Identifier: Apache-2.0 */
/* What the SmartThings stand-ins read: commands, notifications, events and tokens from strangers. */
#include "test/kit/kit.h"

#include <openssl/evp.h>

#include "smartthings/standin/cloud.h"
#include "smartthings/standin/token.h"
#include "smartthings/standin/words.h"

#define COMMAND(inside) "{\"commands\":[{" inside "}]}"
#define MINE            "\"component\":\"main\",\"capability\":\"firmwareUpdate\""

static char names[256];

static void note(void *self, const struct st_command *command) {
    (void)self;
    strcat(names, command->name);
    strcat(names, command->id == NULL ? "(-) " : "(id) ");
}

static const char *commands(const char *json, size_t len) {
    names[0] = 0;
    (void)st_words_commands(json, len, note, NULL);
    return names;
}

static void only_whole_commands_for_this_capability_are_taken(void **state) {
    static const char good[] = COMMAND(MINE ",\"command\":\"updateFirmware\",\"id\":\"1\"");
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{\"commands\":7}",
        "{\"commands\":[7,null,\"x\",[]]}",
        COMMAND("\"component\":\"main\",\"capability\":\"switch\",\"command\":\"on\""),
        COMMAND("\"component\":\"side\",\"capability\":\"firmwareUpdate\",\"command\":\"x\""),
        COMMAND(MINE ",\"command\":7"),
        COMMAND(MINE ",\"command\":null"),
        COMMAND(MINE),
        COMMAND("\"component\":7,\"capability\":[],\"command\":{}")};

    (void)state;
    assert_string_equal(commands(good, sizeof good - 1), "updateFirmware(id) ");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(commands(bad[i], strlen(bad[i])), "");
    for (size_t len = 0; len < sizeof good - 1; len++) /* cut anywhere: nothing behind is read */
        assert_string_equal(commands(good, len), "");
    assert_string_equal(
        commands(COMMAND(MINE ",\"command\":\"checkForFirmwareUpdate\",\"id\":[1]"), 95 + 4), "");
}

static void a_message_that_is_too_long_is_not_read(void **state) {
    static char big[ST_MESSAGE_MAX + 2];
    static const char good[] = COMMAND(MINE ",\"command\":\"updateFirmware\"");
    struct st_cloud cloud = {0};

    (void)state;
    memset(big, ' ', sizeof big);
    memcpy(big, good, sizeof good - 1);
    assert_string_equal(commands(big, ST_MESSAGE_MAX), "updateFirmware(-) ");
    assert_string_equal(commands(big, ST_MESSAGE_MAX + 1), "");
    assert_false(st_cloud_take(&cloud, big, sizeof big));
}

static void a_thousand_commands_are_not_all_looked_at(void **state) {
    static char many[ST_MESSAGE_MAX];
    size_t at = (size_t)sprintf(many, "{\"commands\":[");

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        at += (size_t)sprintf(many + at, "%s{" MINE ",\"command\":\"x\"}", i == 0 ? "" : ",");
    at += (size_t)sprintf(many + at, "]}");
    names[0] = 0;

    assert_int_equal(st_words_commands(many, at, note, NULL), 16);
}

static void notifications_are_told_apart(void **state) {
    static const char good[] = "{\"event\":\"connect.success\"}";
    static const char no[] = "{\"event\":\"standin.refused\",\"why\":\"wrong key\"}";
    char why[8];

    (void)state;
    assert_int_equal(st_words_notification(good, sizeof good - 1, why, sizeof why), ST_CONNECTED);
    assert_int_equal(st_words_notification(good, 10, why, sizeof why), ST_OTHER);
    assert_int_equal(st_words_notification("{\"event\":1}", 11, why, sizeof why), ST_OTHER);
    assert_int_equal(st_words_notification(no, sizeof no - 1, why, sizeof why), ST_REFUSED);
    assert_string_equal(why, "wrong k"); /* as much as there is room for */
}

/* ---- the cloud */

static bool tell(struct st_cloud *cloud, const char *attribute, const char *value, unsigned stamp) {
    char json[1024];
    int n = snprintf(json, sizeof json,
                     "{\"deviceEvents\":[{" MINE ",\"attribute\":\"%s\",\"value\":%s,"
                     "\"providerData\":{\"sequenceNumber\":1,\"timestamp\":\"%u\"}}]}",
                     attribute, value, stamp);

    return st_cloud_take(cloud, json, (size_t)n);
}

static void an_older_message_that_comes_late_or_twice_changes_nothing(void **state) {
    struct st_cloud cloud = {0};

    (void)state;
    assert_true(tell(&cloud, "updateAvailable", "true", 10));
    assert_true(tell(&cloud, "updateAvailable", "false", 20));
    assert_false(tell(&cloud, "updateAvailable", "true", 10));
    assert_true(tell(&cloud, "updateAvailable", "false", 20)); /* the same again */

    assert_false(cloud.offer);
    assert_string_equal(st_cloud_button(&cloud), "(no button: up to date)");
}

static void values_of_another_type_and_unknown_attributes_change_nothing(void **state) {
    struct st_cloud cloud = {0}, before;

    (void)state;
    (void)tell(&cloud, "currentVersion", "\"1.0.0\"", 1);
    before = cloud;
    (void)tell(&cloud, "currentVersion", "7", 1);
    (void)tell(&cloud, "updateAvailable", "\"true\"", 1);
    (void)tell(&cloud, "state", "{\"x\":[]}", 1);
    (void)tell(&cloud, "fooVersion", "\"2\"", 1);

    assert_memory_equal(&cloud, &before, sizeof cloud);
    (void)tell(&cloud, "currentVersion", "\"\\u001b[2J\"", 1); /* no orders for the terminal */
    assert_string_equal(cloud.current, "?[2J");
}

static void a_long_text_is_cut(void **state) {
    static struct st_cloud cloud;
    char text[600];

    (void)state;
    memset(text, 'x', sizeof text);
    text[0] = text[598] = '"';
    text[599] = 0;
    (void)tell(&cloud, "lastUpdateStatusReason", text, 1);

    assert_int_equal(strlen(cloud.reason), ST_TEXT_SIZE - 1);
}

/* ---- the token */

/* RFC 8032 §7.1, test 1 */
static const uint8_t seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
                                 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32,
                                 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
static const char public_key[] = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

static struct st_identity lamp(void) {
    struct st_identity who = {.serial = "ALFTABCDEFGH", .mn_id = "fkOP"};

    strcpy(who.public_key, public_key);
    EVP_EncodeBlock((unsigned char *)who.private_key, seed, sizeof seed);
    return who;
}

static void a_token_is_taken_from_the_device_that_was_registered_only(void **state) {
    struct st_identity who = lamp(), other;
    char token[ST_TOKEN_SIZE];

    (void)state;
    assert_true(st_token_make(&who, 1795326490, token));
    assert_null(st_token_refuses(token, strlen(token), &who));
    /* the header is the SDK's, byte for byte */
    assert_memory_equal(token, "eyJhbGciOiJFZERTQSIsImt0eSI6Ik9LUCIsImNydiI6IkVkMjU1MTkiLCJ0eXAi",
                        64);

    other = who;
    strcpy(other.serial, "ALFTABCDEFGX");
    assert_string_equal(st_token_refuses(token, strlen(token), &other),
                        "another serial number is registered");
    other = who;
    strcpy(other.mn_id, "fkOQ");
    assert_non_null(strstr(st_token_refuses(token, strlen(token), &other), "manufacturer"));
    other = who;
    other.public_key[5] = other.public_key[5] == 'A' ? 'B' : 'A';
    assert_non_null(st_token_refuses(token, strlen(token), &other));
}

static void no_changed_byte_of_a_token_is_taken(void **state) {
    struct st_identity who = lamp();
    char token[ST_TOKEN_SIZE];
    size_t len;

    (void)state;
    assert_true(st_token_make(&who, 1795326490, token));
    len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        char was = token[i];
        token[i] = was == 'A' ? 'B' : 'A';
        assert_non_null(st_token_refuses(token, len, &who));
        token[i] = was;
        assert_non_null(st_token_refuses(token, i, &who));
    }
    assert_non_null(st_token_refuses("..", 2, &who));
    assert_non_null(st_token_refuses("a.b.c", 5, &who));
}

static void a_key_that_is_none_makes_no_token(void **state) {
    struct st_identity who = lamp();
    char token[ST_TOKEN_SIZE];

    (void)state;
    strcpy(who.private_key, "privateKey_here");
    assert_false(st_token_make(&who, 1, token));
    assert_non_null(st_identity_read("/nowhere", &who));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_whole_commands_for_this_capability_are_taken),
        cmocka_unit_test(a_message_that_is_too_long_is_not_read),
        cmocka_unit_test(a_thousand_commands_are_not_all_looked_at),
        cmocka_unit_test(notifications_are_told_apart),
        cmocka_unit_test(an_older_message_that_comes_late_or_twice_changes_nothing),
        cmocka_unit_test(values_of_another_type_and_unknown_attributes_change_nothing),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_token_is_taken_from_the_device_that_was_registered_only),
        cmocka_unit_test(no_changed_byte_of_a_token_is_taken),
        cmocka_unit_test(a_key_that_is_none_makes_no_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
