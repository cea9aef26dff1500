/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Names kinds of files by their bytes: one table, the first row that fits.
 * Knows: magic numbers, the order of the questions.   Never knows: what a file is wanted for. */
#include "host/image/kind.h"

#include <stdio.h>
#include <string.h>

#include "host/image/kind_rules.h"

static bool begins(aloft_bytes file, const char *with, size_t len) {
    return file.len >= len && memcmp(file.at, with, len) == 0;
}

static bool is_empty(aloft_bytes file) {
    return file.len == 0;
}

/* What flash and failed copies leave behind. */
static bool is_blank(aloft_bytes file) {
    for (size_t i = 1; i < file.len; i++)
        if (file.at[i] != file.at[0])
            return false;
    return file.len > 0 && (file.at[0] == 0 || file.at[0] == 0xff);
}

/* MAGIC(name, bytes): a kind that is told by its first bytes alone */
#define MAGIC(name, bytes)                                                                         \
    static bool is_##name(aloft_bytes file) {                                                      \
        return begins(file, bytes, sizeof(bytes) - 1);                                             \
    }

MAGIC(mcuboot, "\x3d\xb8\xf3\x96")    /* image.h, IMAGE_MAGIC */
MAGIC(mcuboot_be, "\x96\xf3\xb8\x3d") /* the same, written by imgtool -e big */
MAGIC(mcuboot_v1, "\x3c\xb8\xf3\x96")
MAGIC(uf2, "\x55\x46\x32\x0a\x57\x51\x5d\x9e")
MAGIC(matter, "\x1e\xf1\xee\x1b")
MAGIC(zigbee, "\x1e\xf1\xee\x0b")
MAGIC(dfuse, "DfuSe")
MAGIC(gzip, "\x1f\x8b\x08") /* RFC 1952 §2.3.1: ID1, ID2, deflate */
MAGIC(zip, "PK\x03\x04")
MAGIC(empty_zip, "PK\x05\x06")
MAGIC(bzip2, "BZh")
MAGIC(xz, "\xfd\x37\x7a\x58\x5a\x00")
MAGIC(zstd, "\x28\xb5\x2f\xfd") /* RFC 8878 §3.1.1 */
MAGIC(sevenzip, "\x37\x7a\xbc\xaf\x27\x1c")
MAGIC(lz4, "\x04\x22\x4d\x18")
MAGIC(rar, "Rar!")
MAGIC(pdf, "%PDF")
MAGIC(png, "\x89PNG")
MAGIC(gbl, "\xeb\x17\xa6\x03")
MAGIC(uimage, "\x27\x05\x19\x56")
MAGIC(device_tree, "\xd0\x0d\xfe\xed")
MAGIC(squashfs, "hsqs")
MAGIC(fip, "\x01\x00\x64\xaa")
MAGIC(bsdiff, "BSDIFF40")
MAGIC(vcdiff, "\xd6\xc3\xc4")
MAGIC(envelope, "\xd8\x6b") /* CBOR tag 107 */

static bool is_tar(aloft_bytes file) {
    return file.len >= 512 && memcmp(file.at + 257, "ustar", 5) == 0;
}

static bool is_windows(aloft_bytes file) {
    return file.len >= 64 && begins(file, "MZ", 2);
}

static const char from_build[] = "Publish the file that your build makes for updates.";
static const char the_bin[] = "Publish the .bin that is made from it.";
static const char unpack[] = "Unpack it and publish what is inside.";
static const char other_boot[] = "It is for another boot loader, which takes it in its own way.";

/* In the order of the questions: what speaks for itself first, guesses last. */
static const struct image_kind kinds[] = {
    {"an empty file", ALOFT_E_IMAGE_EMPTY, is_empty, NULL, NULL},
    {"blank (all zeros or all ones)", ALOFT_E_IMAGE_EMPTY, is_blank, NULL, NULL},
    {"an MCUboot image", ALOFT_E_IMAGE_NO_RECORD, is_mcuboot, NULL, NULL},
    {"an MCUboot image, big-endian", ALOFT_E_IMAGE_KIND, is_mcuboot_be, other_boot, NULL},
    {"an MCUboot image of the first, obsolete kind", ALOFT_E_IMAGE_KIND, is_mcuboot_v1, other_boot,
     NULL},
    {"a UF2 file", ALOFT_E_IMAGE_KIND, is_uf2,
     "It is for copying over USB: publish the .bin that it was made from.", NULL},
    {"a Matter OTA image", ALOFT_E_IMAGE_KIND, is_matter,
     "Publish the image inside, as your build made it before it was wrapped.", NULL},
    {"a Zigbee OTA image", ALOFT_E_IMAGE_KIND, is_zigbee,
     "Publish the image inside, as your build made it before it was wrapped.", NULL},
    {"an ELF program", ALOFT_E_IMAGE_KIND, kind_is_foreign_elf, the_bin, kind_words_elf},
    {"an ELF program", ALOFT_E_IMAGE_NO_RECORD, kind_is_elf, the_bin, kind_words_elf},
    {"a DfuSe file (USB DFU)", ALOFT_E_IMAGE_KIND, is_dfuse, the_bin, NULL},
    {"a merged flash dump", ALOFT_E_IMAGE_KIND, kind_is_merged,
     "Publish the application alone: build/PROJECT.bin.", kind_words_merged},
    {"an ESP boot loader", ALOFT_E_IMAGE_KIND, kind_is_esp_bootloader,
     "Publish the application: build/PROJECT.bin.", kind_words_esp},
    {"an ESP image", ALOFT_E_IMAGE_NO_RECORD, kind_is_esp_image, NULL, kind_words_esp},
    {"an ESP partition table", ALOFT_E_IMAGE_KIND, kind_is_partition_table,
     "Publish the application: build/PROJECT.bin. The table goes over the cable.", NULL},
    {"an nRF multi-image package", ALOFT_E_IMAGE_KIND, kind_is_nrf_multi, from_build, NULL},
    {"a gzip archive", ALOFT_E_IMAGE_PACKED, is_gzip, NULL, NULL},
    {"a zip archive", ALOFT_E_IMAGE_PACKED, is_zip, NULL, NULL},
    {"an empty zip archive", ALOFT_E_IMAGE_PACKED, is_empty_zip, NULL, NULL},
    {"an xz archive", ALOFT_E_IMAGE_PACKED, is_xz, NULL, NULL},
    {"a zstd archive", ALOFT_E_IMAGE_PACKED, is_zstd, NULL, NULL},
    {"a bzip2 archive", ALOFT_E_IMAGE_PACKED, is_bzip2, NULL, NULL},
    {"a 7z archive", ALOFT_E_IMAGE_PACKED, is_sevenzip, NULL, NULL},
    {"an lz4 archive", ALOFT_E_IMAGE_PACKED, is_lz4, NULL, NULL},
    {"a rar archive", ALOFT_E_IMAGE_PACKED, is_rar, NULL, NULL},
    {"a tar archive", ALOFT_E_IMAGE_PACKED, is_tar, unpack, NULL},
    {"a PDF document", ALOFT_E_IMAGE_KIND, is_pdf, from_build, NULL},
    {"a PNG picture", ALOFT_E_IMAGE_KIND, is_png, from_build, NULL},
    {"a Windows program", ALOFT_E_IMAGE_KIND, is_windows, from_build, NULL},
    {"a Silicon Labs GBL file", ALOFT_E_IMAGE_KIND, is_gbl, other_boot, NULL},
    {"a U-Boot uImage", ALOFT_E_IMAGE_KIND, is_uimage, other_boot, NULL},
    {"a device tree or U-Boot FIT image", ALOFT_E_IMAGE_KIND, is_device_tree, other_boot, NULL},
    {"a SquashFS file system", ALOFT_E_IMAGE_KIND, is_squashfs, other_boot, NULL},
    {"a Trusted Firmware FIP", ALOFT_E_IMAGE_KIND, is_fip, other_boot, NULL},
    {"a patch (bsdiff), not an image", ALOFT_E_IMAGE_KIND, is_bsdiff,
     "Publish the whole image; aloft makes patches itself.", NULL},
    {"a patch (VCDIFF), not an image", ALOFT_E_IMAGE_KIND, is_vcdiff,
     "Publish the whole image; aloft makes patches itself.", NULL},
    {"an update manifest", ALOFT_E_IMAGE_NO_RECORD, is_envelope, NULL, NULL},
    {"a web page (HTML)", ALOFT_E_IMAGE_HTML, kind_is_html, NULL, NULL},
    {"a Git LFS pointer", ALOFT_E_IMAGE_KIND, kind_is_lfs_pointer,
     "Run `git lfs pull` and publish the file that comes.", NULL},
    {"a private key", ALOFT_E_IMAGE_KIND, kind_is_private_key,
     "Never publish it; if it was on a server, make a new one: `aloft key new`.", NULL},
    {"a PEM file (key or certificate)", ALOFT_E_IMAGE_NO_RECORD, kind_is_pem, NULL, NULL},
    {"JSON, likely the error answer of a server", ALOFT_E_IMAGE_KIND, kind_is_json,
     "Fetch the file itself, or publish what your build makes.", NULL},
    {"XML, likely the error answer of a server", ALOFT_E_IMAGE_KIND, kind_is_xml,
     "Fetch the file itself, or publish what your build makes.", NULL},
    {"an Intel HEX file", ALOFT_E_IMAGE_KIND, kind_is_intel_hex, the_bin, NULL},
    {"a Motorola S-record file", ALOFT_E_IMAGE_KIND, kind_is_srecord, the_bin, NULL},
    {"a text", ALOFT_E_IMAGE_NO_RECORD, kind_is_text, NULL, NULL},
    {"a USB DFU file", ALOFT_E_IMAGE_KIND, kind_is_dfu,
     "Publish the .bin without the suffix that USB DFU adds.", NULL},
    {"an unsigned Zephyr image", ALOFT_E_IMAGE_KIND, kind_is_unsigned_zephyr,
     "Publish zephyr.signed.bin.", NULL},
    {"a flash dump", ALOFT_E_IMAGE_KIND, kind_is_mcuboot_inside,
     "Publish the image alone, as imgtool made it.", kind_words_mcuboot_inside},
    {"a bare Cortex-M program", ALOFT_E_IMAGE_NO_RECORD, kind_is_cortex_m, NULL,
     kind_words_cortex_m},
    {"what looks like a flash dump", ALOFT_E_IMAGE_KIND, kind_is_flash_dump, from_build, NULL},
    {"a file of a kind that aloft does not know", ALOFT_E_IMAGE_NO_RECORD, NULL, NULL, NULL},
};

const struct image_kind *image_kind_of(aloft_bytes file) {
    const struct image_kind *kind = kinds;

    while (kind->is != NULL && !kind->is(file))
        kind++;
    return kind;
}

bool image_kind_wraps(aloft_bytes file) {
    return is_uf2(file) || is_dfuse(file) || is_matter(file) || is_zigbee(file) ||
           kind_is_merged(file) || kind_is_foreign_elf(file) || kind_is_intel_hex(file) ||
           kind_is_srecord(file);
}

const char *image_kind_words(aloft_bytes file, char *out) {
    const struct image_kind *kind = image_kind_of(file);
    char more[IMAGE_KIND_WORDS_MAX / 2] = "";

    if (kind->words != NULL)
        kind->words(file, more, sizeof more);
    snprintf(out, IMAGE_KIND_WORDS_MAX, "%s%s", kind->name, more);
    return out;
}
