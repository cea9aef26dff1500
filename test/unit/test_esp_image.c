/* SPDX-License-Identifier: Apache-2.0 */
/* ESP images and partition tables are read in full, and every other file gets a name. */
#include "test/kit/kit.h"

#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/partition.h"
#include "test/kit/esp_image.h"

static uint8_t room[1 << 20];
static struct trouble trouble;
static struct esp_image facts;
static struct partition_table table;

static const struct esp_recipe lamp = {
    .chip_id = 5, .project = "lamp", .version = "1.2.3", .secure_version = 7, .filler = 1000};

static aloft_bytes make(const struct esp_recipe *recipe) {
    return esp_image_make(recipe, ALOFT_SPACE(room));
}

static aloft_err read_image(aloft_bytes file) {
    return esp_image_read(file, &facts, &trouble);
}

static void an_image_tells_all_its_facts(void **state) {
    (void)state;
    aloft_bytes file = make(&lamp);

    assert_ok(read_image(file));

    assert_string_equal(facts.chip, "esp32c3");
    assert_string_equal(facts.project, "lamp");
    assert_string_equal(facts.version, "1.2.3");
    assert_string_equal(facts.idf, "v5.5.1");
    assert_string_equal(facts.built, "Jan  1 2026 00:00:00");
    assert_int_equal(facts.secure_version, 7);
    assert_int_equal(facts.n_segments, 2);
    assert_int_equal(facts.flash_mb, 4);
    assert_int_equal(facts.max_rev, 99);
    assert_int_equal(facts.length, file.len);
    assert_int_equal(facts.trailing, 0);
    assert_true(facts.checksum_holds && facts.hash_holds && facts.is_app);
    assert_false(facts.is_bootloader || facts.is_arduino);
    assert_ok(esp_image_check(&facts, &trouble));
}

static void every_shape_of_image_is_read_to_its_end(void **state) {
    (void)state;
    for (unsigned n = 1; n <= 16; n++)
        for (size_t filler = 0; filler < 40; filler += 4) {
            const struct esp_recipe r = {
                .project = "p", .n_segments = n, .filler = filler, .no_hash = filler % 8 == 0};
            aloft_bytes file = make(&r);
            assert_ok(read_image(kit_guarded(0, file.at, file.len)));
            assert_int_equal(facts.length, file.len);
            assert_ok(esp_image_check(&facts, &trouble));
        }
}

static void a_cut_anywhere_is_said_to_be_one(void **state) {
    uint8_t whole[4096];
    aloft_bytes file = make(&lamp);

    (void)state;
    memcpy(whole, file.at, file.len);
    for (size_t len = 24; len < file.len; len++) {
        assert_provoked(read_image(kit_guarded(0, whole, len)), ESP_CUT);
        assert_true(trouble.fault.want > len);
    }
    for (size_t len = 0; len < 24; len++)
        assert_provoked(read_image(kit_guarded(0, whole, len)), ESP_FORM);
}

static void any_changed_byte_is_noticed(void **state) {
    aloft_bytes file = make(&lamp);

    (void)state;
    for (size_t at = 0; at < file.len; at++) {
        room[at] ^= 1;
        if (read_image(file) == ALOFT_OK)
            assert_int_not_equal(esp_image_check(&facts, &trouble), ALOFT_OK);
        room[at] ^= 1;
    }
    room[300] ^= 1;
    assert_ok(read_image(file));
    assert_provoked(esp_image_check(&facts, &trouble), ESP_BROKEN);
}

static void lengths_that_make_no_sense_are_refused(void **state) {
    aloft_bytes file = make(&lamp);

    (void)state;
    room[28] = 3;
    assert_provoked(read_image(file), ESP_FORM);
    room[28] = 0;
    room[31] = 0x7f;
    assert_provoked(read_image(file), ESP_FORM);
    room[31] = 0;
    room[30] = 0xf0;
    assert_provoked(read_image(file), ESP_CUT);
}

static void texts_may_fill_their_fields_and_are_made_printable(void **state) {
    const struct esp_recipe r = {.project = "12345678901234567890123456789012",
                                 .version = "\x1b[2J"};

    (void)state;
    assert_ok(read_image(make(&r)));
    assert_string_equal(facts.project, r.project);
    assert_string_equal(facts.version, "?[2J");
}

static void signature_blocks_belong_to_the_image(void **state) {
    struct esp_recipe r = lamp;
    aloft_bytes file;

    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        r.n_signatures = n;
        file = make(&r);
        assert_ok(read_image(file));
        assert_int_equal(facts.n_signatures, n);
        assert_int_equal(facts.signature, ESP_SIGNED_RSA);
        assert_int_equal(facts.signed_length, file.len);
        assert_ok(esp_image_check(&facts, &trouble));
    }
}

static void padding_may_follow_and_nothing_else(void **state) {
    struct esp_recipe r = lamp;

    (void)state;
    r.trailing = 500;
    r.trailing_byte = 0xff;
    assert_ok(read_image(make(&r)));
    assert_int_equal(facts.trailing, 500);
    assert_ok(esp_image_check(&facts, &trouble));
    r.trailing_byte = 7;
    assert_ok(read_image(make(&r)));
    assert_provoked(esp_image_check(&facts, &trouble), ESP_TRAILING);
}

static void boot_loaders_and_arduino_are_recognised(void **state) {
    struct esp_recipe r = {.chip_id = 0, .is_bootloader = true};

    (void)state;
    assert_ok(read_image(make(&r)));
    assert_true(facts.is_bootloader);
    assert_string_equal(facts.idf, "v5.5.1");
    assert_provoked(esp_image_check(&facts, &trouble), ESP_NO_APP);
    assert_string_equal(image_kind_of(make(&r))->name, "an ESP boot loader");
    r = (struct esp_recipe){.project = "arduino-lib-builder", .version = "esp-idf: v4.4.4"};
    assert_ok(read_image(make(&r)));
    assert_true(facts.is_arduino);
}

static void a_merged_file_is_named_and_its_application_found(void **state) {
    static uint8_t flash[0x20000];
    const struct esp_recipe boot = {.chip_id = 13, .is_bootloader = true};
    char words[IMAGE_KIND_WORDS_MAX];
    aloft_bytes part;

    (void)state;
    memset(flash, 0xff, sizeof flash);
    part = make(&boot);
    memcpy(flash, part.at, part.len);
    part = esp_table_make(0x8000, ALOFT_SPACE(room));
    memcpy(flash + 0x8000, part.at, part.len);
    part = make(&lamp);
    memcpy(flash + 0x10000, part.at, part.len);

    assert_int_equal(esp_merged_app(ALOFT_BYTES(flash)), 0x10000);
    assert_string_equal(image_kind_words(ALOFT_BYTES(flash), words),
                        "a merged flash dump with boot loader and partition table; the application "
                        "begins at 0x10000");
    assert_ok(partition_table_read(ALOFT_BYTES(flash), &table, &trouble));
    assert_int_equal(partition_smallest_slot(&table), 0x8000);
}

static void a_binary_table_is_read_with_its_md5(void **state) {
    aloft_bytes file = esp_table_make(0x1d0000, ALOFT_SPACE(room));

    (void)state;
    assert_ok(partition_table_read(file, &table, &trouble));
    assert_int_equal(table.n, 5);
    assert_true(table.has_md5 && table.md5_holds && partition_has_otadata(&table));
    assert_int_equal(partition_smallest_slot(&table), 0x1d0000);
    room[40] ^= 1;
    assert_ok(partition_table_read(file, &table, &trouble));
    assert_false(table.md5_holds);
    room[64] = 1;
    assert_provoked(partition_table_read(file, &table, &trouble), PARTITIONS_FORM);
}

static aloft_err read_csv(const char *text) {
    return partition_table_read(kit_guarded(1, text, strlen(text)), &table, &trouble);
}

static void a_csv_table_is_read_with_its_gaps(void **state) {
    (void)state;
    assert_ok(read_csv("# Name, Type, SubType, Offset, Size\n"
                       "nvs, data, nvs, , 16K\r\n"
                       "otadata,data,ota,,0x2000\n\n"
                       "ota_0, app, ota_0, , 1856K # a slot\n"
                       "ota_1, app, ota_1, , 1M, encrypted\n"));
    assert_int_equal(table.n, 4);
    assert_int_equal(table.list[0].at, 0x9000);
    assert_int_equal(table.list[2].at, 0x10000);
    assert_int_equal(table.list[3].flags, 1);
    assert_int_equal(partition_smallest_slot(&table), 1 << 20);
    assert_ok(read_csv("factory, app, factory, 0x10000, 1M"));
    assert_int_equal(partition_smallest_slot(&table), 0);
    assert_provoked(read_csv("x, app, ota_99, , 1M"), PARTITIONS_FORM);
    assert_provoked(read_csv("x, app, ota_0, , -1"), PARTITIONS_FORM);
    assert_provoked(read_csv("x, app, ota_0, , many"), PARTITIONS_FORM);
    assert_provoked(read_csv("# nothing\n"), PARTITIONS_FORM);
}

static void named(const char *bytes, size_t len, const char *name) {
    assert_string_equal(image_kind_of(kit_guarded(2, bytes, len))->name, name);
}

#define NAMED(bytes, name) named(bytes, sizeof(bytes) - 1, name)

static void every_kind_of_file_has_a_name(void **state) {
    char elf[64] = "\x7f"
                   "ELF\1\1\1",
         words[IMAGE_KIND_WORDS_MAX];

    (void)state;
    NAMED("\x3d\xb8\xf3\x96....", "an MCUboot image");
    NAMED("UF2\x0aWQ\x5d\x9e", "a UF2 file");
    NAMED("\x1e\xf1\xee\x1b", "a Matter OTA image");
    NAMED("\x1e\xf1\xee\x0b", "a Zigbee OTA image");
    NAMED("DfuSe\1", "a DfuSe file (USB DFU)");
    NAMED("\x15\0\xa1\x63img\x81\xa2", "an nRF multi-image package");
    NAMED("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer");
    NAMED("-----BEGIN PRIVATE KEY-----\n", "a private key");
    NAMED("{\"error\": 404}", "JSON, likely the error answer of a server");
    NAMED("<?xml version=\"1.0\"?><Error/>", "XML, likely the error answer of a server");
    NAMED(":00000001FF\n", "an Intel HEX file");
    NAMED("S00600004844521B\n", "a Motorola S-record file");
    NAMED("BSDIFF40", "a patch (bsdiff), not an image");
    NAMED("hello\n", "a text");
    NAMED("\x01\x02\x03", "a file of a kind that aloft does not know");
    elf[18] = (char)243;
    assert_string_equal(image_kind_words(ALOFT_BYTES(elf), words), "an ELF program for RISC-V");
}

static void any_bytes_have_a_name_and_no_reader_runs_over(void **state) {
    static const char *const heads[] = {
        "\xe9\x02\x02\x2f", "\xaa\x50", "\x7f\x45LF\1\1", ":0000", "S1", "{", "UFD\x10"};
    char words[IMAGE_KIND_WORDS_MAX];
    uint8_t noise[600];
    uint32_t seed = 11;

    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        size_t len = kit_random(&seed) % sizeof noise;
        for (size_t i = 0; i < len; i++)
            noise[i] = (uint8_t)kit_random(&seed);
        memcpy(noise, heads[round % 7], strlen(heads[round % 7]));
        aloft_bytes file = kit_guarded(3, noise, len);
        assert_true(strlen(image_kind_words(file, words)) > 3);
        (void)!esp_image_read(file, &facts, &trouble);
        (void)!partition_table_read(file, &table, &trouble);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_tells_all_its_facts),
        cmocka_unit_test(every_shape_of_image_is_read_to_its_end),
        cmocka_unit_test(a_cut_anywhere_is_said_to_be_one),
        cmocka_unit_test(any_changed_byte_is_noticed),
        cmocka_unit_test(lengths_that_make_no_sense_are_refused),
        cmocka_unit_test(texts_may_fill_their_fields_and_are_made_printable),
        cmocka_unit_test(signature_blocks_belong_to_the_image),
        cmocka_unit_test(padding_may_follow_and_nothing_else),
        cmocka_unit_test(boot_loaders_and_arduino_are_recognised),
        cmocka_unit_test(a_merged_file_is_named_and_its_application_found),
        cmocka_unit_test(a_binary_table_is_read_with_its_md5),
        cmocka_unit_test(a_csv_table_is_read_with_its_gaps),
        cmocka_unit_test(every_kind_of_file_has_a_name),
        cmocka_unit_test(any_bytes_have_a_name_and_no_reader_runs_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
