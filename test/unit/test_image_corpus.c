/* SPDX-License-Identifier: Apache-2.0 */
/* Real and synthetic firmware files, where a machine has them: $ALOFT_CORPUS names a folder with
 * esp/ and other/. Without it nothing is run; the same rules are held by test_esp_image.c on
 * images that it makes. */
#include "test/kit/kit.h"

#include "host/image/esp.h"
#include "host/image/kind.h"
#include "host/image/partition.h"

static struct trouble trouble;

static aloft_bytes file_of(const char *folder, const char *name) {
    char path[4096];

    if (getenv("ALOFT_CORPUS") == NULL)
        skip();
    snprintf(path, sizeof path, "%s/%s/%s", getenv("ALOFT_CORPUS"), folder, name);
    return kit_file(path);
}

static void the_esp_images_tell_their_facts(void **state) {
    static const struct {
        const char *name, *chip, *project, *version, *idf;
        unsigned segments, min_rev, max_rev;
        size_t length;
        uint8_t hash[4];
    } known[] = {
        {"esp32-idf444-pincheck.bin",
         "esp32",
         "arduino-lib-builder",
         "esp-idf: v4.4.4 e8bdaf9198",
         "v4.4.4",
         5,
         0,
         65535,
         265248,
         {0xdd, 0x5b, 0xc1, 0x1d}},
        {"esp32c2-idf551-pincheck.bin",
         "esp32c2",
         "esp8286",
         "7804178-dirty",
         "5.5.1.251215",
         5,
         0,
         65535,
         225856,
         {0x1a, 0xb4, 0x7d, 0x63}},
        {"esp32c3-idf441-pincheck.bin",
         "esp32c3",
         "arduino-lib-builder",
         "heads/idf-release/v4.4-0-gd3340",
         "v4.4.1-1-gb8050b365e",
         6,
         0,
         0,
         229616,
         {0x80, 0x15, 0x94, 0x47}},
        {"esp32c3-rust-esphal-NO-APPDESC.bin",
         "esp32c3",
         "",
         "",
         "",
         6,
         0,
         199,
         442720,
         {0xe2, 0x23, 0xfb, 0x7c}},
        {"esp32c6-idf512-pincheck-carved.bin",
         "esp32c6",
         "arduino-lib-builder",
         "e2f746c",
         "v5.1.2-185-g3662303f31-dirty",
         4,
         0,
         65535,
         213568,
         {0xb6, 0x62, 0x4b, 0x8f}},
        {"esp32c6-idf61b1-BOOTLOADER.bin",
         "esp32c6",
         "",
         "",
         "v6.1-beta1-497-g14f663f003e",
         3,
         0,
         99,
         22016,
         {0xa4, 0x7f, 0x67, 0xc9}},
        {"esp32c6-MERGED-flash-dump-idf512.bin",
         "esp32c6",
         "",
         "",
         "",
         3,
         0,
         65535,
         14624,
         {0xc1, 0xaf, 0x23, 0xe8}},
    };
    struct esp_image facts;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        aloft_bytes file = file_of("esp", known[i].name);
        print_message("%s\n", known[i].name);
        assert_ok(esp_image_read(file, &facts, &trouble));
        assert_string_equal(facts.chip, known[i].chip);
        assert_string_equal(facts.project, known[i].project);
        assert_string_equal(facts.version, known[i].version);
        assert_string_equal(facts.idf, known[i].idf);
        assert_int_equal(facts.n_segments, known[i].segments);
        assert_int_equal(facts.min_rev, known[i].min_rev);
        assert_int_equal(facts.max_rev, known[i].max_rev);
        assert_int_equal(facts.length, known[i].length);
        assert_int_equal(facts.trailing, file.len - known[i].length);
        assert_true(facts.checksum_holds && facts.has_hash && facts.hash_holds);
        assert_memory_equal(facts.hash, known[i].hash, 4);
        assert_int_equal(facts.is_bootloader, strstr(known[i].name, "BOOT") != NULL ||
                                                  strstr(known[i].name, "MERGED") != NULL);
    }
}

static void the_partition_tables_are_read(void **state) {
    static const char *const names[] = {"PARTITION-TABLE-esp-hal-ota.bin",
                                        "PARTITION-TABLE-from-c6-merged.bin",
                                        "PARTITION-TABLE-idf602-test.bin"};
    struct partition_table table;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        aloft_bytes file = file_of("esp", names[i]);
        assert_ok(partition_table_read(file, &table, &trouble));
        assert_true(table.n >= 3 && (!table.has_md5 || table.md5_holds));
        assert_string_equal(image_kind_of(file)->name, "an ESP partition table");
    }
}

static void every_file_has_its_name(void **state) {
    static const struct {
        const char *file, *name;
    } known[] = {
        {"hex/ch32v002-uart.hex", "an Intel HEX file"},
        {"hex/hello_world.hex", "an Intel HEX file"},
        {"hex/hello_world.signed.hex", "an Intel HEX file"},
        {"matter/chip_vector_happy.ota", "a Matter OTA image"},
        {"matter/chip_vector_min.ota", "a Matter OTA image"},
        {"matter/chip_vector_no_vendor_INVALID.ota", "a Matter OTA image"},
        {"mcuboot/hello_world.signed.bin", "an MCUboot image"},
        {"mcuboot/hello_world.unsigned.bin", "an unsigned Zephyr image"},
        {"mcuboot/smp_server_mps2_ramload.signed.bin", "an MCUboot image"},
        {"mcuboot/smp_server_qemu_m0.signed.bin", "an MCUboot image"},
        {"mcuboot/tfm_s_signed.padded.bin", "an MCUboot image"},
        {"other/ch32v002-uart.bin", "a file of a kind that aloft does not know"},
        {"other/ch32v003_swdio-log.elf", "an ELF program"},
        {"other/stm32g030f6.bin", "a bare Cortex-M program"},
        {"synthetic/ch32v002-uart.srec", "a Motorola S-record file"},
        {"synthetic/dfu_application.zip", "a zip archive"},
        {"synthetic/dfuse.dfu", "a DfuSe file (USB DFU)"},
        {"synthetic/empty.bin", "an empty file"},
        {"synthetic/erased.bin", "blank (all zeros or all ones)"},
        {"synthetic/error.html", "a web page (HTML)"},
        {"synthetic/error.json", "JSON, likely the error answer of a server"},
        {"synthetic/fw.bin.gz", "a gzip archive"},
        {"synthetic/hello_world.s37", "a Motorola S-record file"},
        {"synthetic/hex_after_eof.hex", "an Intel HEX file"},
        {"synthetic/hex_bad_checksum_INVALID.hex", "an Intel HEX file"},
        {"synthetic/hex_cut_INVALID.hex", "an Intel HEX file"},
        {"synthetic/lfs_pointer.bin", "a Git LFS pointer"},
        {"synthetic/matter_bad_digest_INVALID.ota", "a Matter OTA image"},
        {"synthetic/matter_nrf_multi.ota", "a Matter OTA image"},
        {"synthetic/matter_worked_example.ota", "a Matter OTA image"},
        {"synthetic/mcuboot_bigendian.bin", "an MCUboot image, big-endian"},
        {"synthetic/mcuboot_ed25519_pure_pad16.bin", "an MCUboot image"},
        {"synthetic/mcuboot_encrypted.bin", "an MCUboot image"},
        {"synthetic/mcuboot_padded_confirmed.bin", "an MCUboot image"},
        {"synthetic/mcuboot_v1.2.3+4_sc7_dep_p256.bin", "an MCUboot image"},
        {"synthetic/mcuboot_vid_cid.bin", "an MCUboot image"},
        {"synthetic/note.txt", "a text"},
        {"synthetic/nrf_multi_image.bin", "an nRF multi-image package"},
        {"synthetic/uf2_md5_esp32s2.uf2", "a UF2 file"},
        {"synthetic/uf2_missing_block_INVALID.uf2", "a UF2 file"},
        {"synthetic/uf2_tags.uf2", "a UF2 file"},
        {"synthetic/uf2_two_families.uf2", "a UF2 file"},
        {"synthetic/zigbee_all_optional.zigbee", "a Zigbee OTA image"},
        {"synthetic/zigbee_truncated_INVALID.zigbee", "a Zigbee OTA image"},
        {"uf2/rp2040.uf2", "a UF2 file"},
        {"uf2/rp2350.uf2", "a UF2 file"},
        {"zigbee/1002-0203-60993001-ZYZTH02BLE_v57.zigbee", "a Zigbee OTA image"},
        {"zigbee/tlc_switch-1.1.2-forced.zigbee", "a Zigbee OTA image"},
        {"zigbee/tlc_switch-1.1.2.zigbee", "a Zigbee OTA image"},
    };
    char words[IMAGE_KIND_WORDS_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        aloft_bytes file = file_of("other", known[i].file);
        print_message("%s: %s\n", known[i].file, image_kind_words(file, words));
        assert_string_equal(image_kind_of(file)->name, known[i].name);
    }
    assert_string_equal(
        image_kind_words(file_of("other", "other/ch32v003_swdio-log.elf"), words),
        "an ELF program for RISC-V (2420 bytes of flash contents, 48244 with debug data)");
    assert_string_equal(image_kind_of(file_of("esp", "esp32c6-MERGED-flash-dump-idf512.bin"))->name,
                        "a merged flash dump");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_esp_images_tell_their_facts),
        cmocka_unit_test(the_partition_tables_are_read),
        cmocka_unit_test(every_file_has_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
