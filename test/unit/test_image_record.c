/* SPDX-License-Identifier: Apache-2.0 */
/* The image record is found in any file, exactly once, and read strictly. */
#include "test/kit/kit.h"

#include "host/image/kind.h"
#include "host/image/record.h"

#define ROOM 8192u

ALOFT_IMAGE("acme.example/lamp/a", "1.2.3+rc.1", "first light");

static uint8_t room[ROOM];
static struct trouble trouble;
static struct image_record record;

/* A file of noise that holds no record. */
static void fill_with_noise(void) {
    uint32_t seed = 7;

    for (size_t i = 0; i < ROOM; i++)
        room[i] = (uint8_t)kit_random(&seed);
}

static aloft_err find(size_t len) {
    memset(&record, 0, sizeof record);
    return image_record_find(kit_guarded(0, room, len), &record, &trouble);
}

static void the_record_is_found_at_any_offset(void **state) {
    (void)state;
    for (size_t at = 0; at <= 70; at++) {
        fill_with_noise();
        memcpy(room + at, &aloft_image, sizeof aloft_image);

        assert_ok(find(at + sizeof aloft_image));

        assert_int_equal(record.at, at);
        assert_string_equal(record.device_class, "acme.example/lamp/a");
        assert_string_equal(record.version, "1.2.3+rc.1");
        assert_string_equal(record.build, "first light");
        assert_int_equal(record.encodings, ALOFT_ENCODINGS);
        assert_int_equal(record.decoder_kib, ALOFT_DECODER_KIB);
    }
}

static void a_beginning_of_the_magic_before_the_record_does_not_hide_it(void **state) {
    (void)state;
    for (size_t part = 1; part < ALOFT_IMAGE_MAGIC_SIZE; part++) {
        fill_with_noise();
        memcpy(room + 100, aloft_image.magic, part);
        memcpy(room + 100 + part, &aloft_image, sizeof aloft_image);

        assert_ok(find(ROOM));

        assert_int_equal(record.at, 100 + part);
    }
}

static void noise_has_no_record(void **state) {
    (void)state;
    fill_with_noise();
    assert_provoked(find(ROOM), IMAGE_NO_RECORD);
    assert_int_equal(image_record_count(ALOFT_BYTES(room), 9), 0);
}

static void two_records_are_refused_and_both_are_named(void **state) {
    (void)state;
    fill_with_noise();
    memcpy(room + 40, &aloft_image, sizeof aloft_image);
    memcpy(room + 1000, &aloft_image, sizeof aloft_image);

    assert_provoked(find(ROOM), IMAGE_TWO_RECORDS);

    assert_int_equal(trouble.fault.at, 40);
    assert_int_equal(trouble.fault.got, 1000);
    assert_int_equal(image_record_count(ALOFT_BYTES(room), 9), 2);
}

static void a_record_that_is_cut_off_is_refused(void **state) {
    (void)state;
    fill_with_noise();
    memcpy(room, &aloft_image, sizeof aloft_image);
    for (size_t len = ALOFT_IMAGE_MAGIC_SIZE; len < sizeof aloft_image; len++)
        assert_provoked(find(len), IMAGE_RECORD_FORM);
    for (size_t len = 0; len < ALOFT_IMAGE_MAGIC_SIZE; len++)
        assert_int_not_equal(find(len), ALOFT_OK);
}

static void each_field_is_read_strictly(void **state) {
    static const struct {
        size_t at;
        const char *text;
    } wrong[] = {
        {offsetof(struct aloft_image, layout), "\2"},
        {offsetof(struct aloft_image, device_class), "lamp"},
        {offsetof(struct aloft_image, device_class), "acme.example/../a"},
        {offsetof(struct aloft_image, version), "1.0 beta"},
        {offsetof(struct aloft_image, version), "1/0"},
        {offsetof(struct aloft_image, build), "\x1b[2J"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fill_with_noise();
        memcpy(room + 64, &aloft_image, sizeof aloft_image);
        memcpy(room + 64 + wrong[i].at, wrong[i].text,
               strlen(wrong[i].text) + (wrong[i].at != offsetof(struct aloft_image, layout)));
        assert_provoked(find(ROOM), IMAGE_RECORD_FORM);
    }
    memcpy(room + 64, &aloft_image, sizeof aloft_image);
    memset(room + 64 + offsetof(struct aloft_image, version), 0, ALOFT_VERSION_MAX);
    assert_provoked(find(ROOM), IMAGE_RECORD_FORM);
}

static void a_version_may_fill_its_field(void **state) {
    (void)state;
    fill_with_noise();
    memcpy(room, &aloft_image, sizeof aloft_image);
    memset(room + offsetof(struct aloft_image, version), '9', ALOFT_VERSION_MAX);

    assert_ok(find(ROOM));

    assert_int_equal(strlen(record.version), ALOFT_VERSION_MAX);
    assert_true(image_version_is_legal(record.version));
    assert_false(image_version_is_legal(""));
    assert_false(image_version_is_legal("123456789012345678901234567890123"));
}

static aloft_err kind_of(const char *bytes, size_t len) {
    return image_record_find(kit_guarded(0, bytes, len), &record, &trouble);
}

static void a_file_without_a_record_is_called_by_what_it_is(void **state) {
    (void)state;
    assert_provoked(kind_of("", 0), IMAGE_EMPTY);
    assert_provoked(kind_of("\xff\xff\xff", 3), IMAGE_EMPTY);
    assert_provoked(kind_of("\x1f\x8b\x08\0\0", 5), IMAGE_PACKED);
    assert_provoked(kind_of("PK\3\4..", 6), IMAGE_PACKED);
    assert_provoked(kind_of("\n <!DOCTYPE html><p>", 20), IMAGE_HTML);
    assert_provoked(kind_of("\xef\xbb\xbf<HTML>", 9), IMAGE_HTML);
    assert_provoked(kind_of("<htm", 4), IMAGE_NO_RECORD);
    assert_string_equal(image_kind_of(ALOFT_BYTES("\x7f"
                                                  "ELF"))
                            ->name,
                        "an ELF program");
    assert_string_equal(image_kind_of((aloft_bytes){(const uint8_t *)"hello\n", 6})->name,
                        "a text");
    assert_string_equal(image_kind_of(ALOFT_BYTES("-----BEGIN X"))->name,
                        "a PEM file (key or certificate)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_is_found_at_any_offset),
        cmocka_unit_test(a_beginning_of_the_magic_before_the_record_does_not_hide_it),
        cmocka_unit_test(noise_has_no_record),
        cmocka_unit_test(two_records_are_refused_and_both_are_named),
        cmocka_unit_test(a_record_that_is_cut_off_is_refused),
        cmocka_unit_test(each_field_is_read_strictly),
        cmocka_unit_test(a_version_may_fill_its_field),
        cmocka_unit_test(a_file_without_a_record_is_called_by_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
