/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Tells what is meant for a flash chip and is no application image.
 * Knows: ESP files, ELF, MCUboot's marks, DFU suffixes, vector tables.   Never knows: texts,
 * archives. */
#include "host/image/kind_rules.h"

#include <stdio.h>
#include <string.h>

#include "host/image/esp.h"

static uint32_t u32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* ---- ESP */

bool kind_is_merged(aloft_bytes file) {
    return esp_merged_app(file) != 0;
}

void kind_words_merged(aloft_bytes file, char *out, size_t out_size) {
    size_t app = esp_merged_app(file);

    if (app > 1)
        snprintf(out, out_size,
                 " with boot loader and partition table; the application begins at 0x%zx", app);
}

bool kind_is_esp_bootloader(aloft_bytes file) {
    struct esp_image facts;
    struct trouble unused;

    return esp_image_begins(file) && esp_image_read(file, &facts, &unused) == ALOFT_OK &&
           facts.is_bootloader;
}

bool kind_is_esp_image(aloft_bytes file) {
    return esp_image_begins(file) && file.len >= 32;
}

void kind_words_esp(aloft_bytes file, char *out, size_t out_size) {
    struct esp_image facts;
    struct trouble unused;

    if (esp_image_read(file, &facts, &unused) != ALOFT_OK)
        snprintf(out, out_size, " that is damaged or cut short");
    else if (facts.is_app)
        snprintf(out, out_size, " for %s (project %s)", facts.chip, facts.project);
    else
        snprintf(out, out_size, " for %s", facts.chip);
}

bool kind_is_partition_table(aloft_bytes file) {
    return file.len >= 32 && file.at[0] == 0xAA && file.at[1] == 0x50;
}

/* ---- Zephyr, MCUboot, nRF */

/* The header space of 0x200 bytes or more is left empty until the image is signed; then comes a
 * vector table. */
bool kind_is_unsigned_zephyr(aloft_bytes file) {
    if (file.len < 0x208)
        return false;
    for (size_t i = 0; i < 0x200; i++)
        if (file.at[i] != 0)
            return false;
    return u32(file.at + 0x200) >> 24 == 0x20 && (u32(file.at + 0x204) & 1) == 1;
}

/* u16 length of a CBOR map {"img": ...}, then the map */
bool kind_is_nrf_multi(aloft_bytes file) {
    return file.len > 8 && memcmp(file.at + 2, "\xa1\x63img", 5) == 0;
}

static size_t mcuboot_at(aloft_bytes file) {
    for (size_t at = 0x200; at + 32 <= file.len; at += 0x200)
        if (u32(file.at + at) == 0x96f3b83du)
            return at;
    return 0;
}

bool kind_is_mcuboot_inside(aloft_bytes file) {
    return mcuboot_at(file) != 0;
}

void kind_words_mcuboot_inside(aloft_bytes file, char *out, size_t out_size) {
    snprintf(out, out_size, "; an MCUboot image begins at 0x%zx", mcuboot_at(file));
}

/* The suffix of USB DFU 1.1, appendix B: "UFD" and its length, 16, before the CRC */
bool kind_is_dfu(aloft_bytes file) {
    return file.len > 16 && memcmp(file.at + file.len - 8, "UFD\x10", 4) == 0;
}

/* ---- ELF */

static uint16_t elf_u16(aloft_bytes file, size_t at) {
    return file.at[5] == 2 ? (uint16_t)(file.at[at] << 8 | file.at[at + 1])
                           : (uint16_t)(file.at[at] | file.at[at + 1] << 8);
}

static uint32_t elf_u32(aloft_bytes file, size_t at) {
    return file.at[5] == 2 ? (uint32_t)elf_u16(file, at) << 16 | elf_u16(file, at + 2)
                           : u32(file.at + at);
}

bool kind_is_elf(aloft_bytes file) {
    return file.len >= 4 && memcmp(file.at,
                                   "\x7f"
                                   "ELF",
                                   4) == 0;
}

/* The machine that this program runs on: the software device runs programs of it. */
#if defined(__x86_64__)
#define OWN_MACHINE 62
#elif defined(__aarch64__)
#define OWN_MACHINE 183
#elif defined(__riscv)
#define OWN_MACHINE 243
#elif defined(__arm__)
#define OWN_MACHINE 40
#else
#define OWN_MACHINE 3
#endif

bool kind_is_foreign_elf(aloft_bytes file) {
    return kind_is_elf(file) && file.len >= 20 && elf_u16(file, 18) != OWN_MACHINE;
}

static const char *machine_of(uint16_t machine) {
    static const struct {
        uint16_t number;
        const char *name;
    } machines[] = {{3, "a PC (x86)"}, {40, "Arm"},      {62, "a PC (x86-64)"}, {83, "AVR"},
                    {94, "Xtensa"},    {183, "AArch64"}, {243, "RISC-V"}};

    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
        if (machines[i].number == machine)
            return machines[i].name;
    return "another machine";
}

/* Sum of p_filesz of PT_LOAD, 32-bit files only; at most 65535 headers of 32 bytes at least. */
static uint64_t flash_bytes(aloft_bytes file) {
    uint64_t sum = 0, at;
    uint16_t size, n;

    if (file.at[4] != 1)
        return 0;
    at = elf_u32(file, 28);
    size = elf_u16(file, 42);
    n = elf_u16(file, 44);
    for (unsigned i = 0; i < n && size >= 32 && at + 32 <= file.len; i++, at += size)
        if (elf_u32(file, (size_t)at) == 1)
            sum += elf_u32(file, (size_t)at + 16);
    return sum;
}

void kind_words_elf(aloft_bytes file, char *out, size_t out_size) {
    uint64_t flash = file.len < 52 ? 0 : flash_bytes(file);
    int n;

    if (file.len < 20)
        return;
    n = snprintf(out, out_size, " for %s", machine_of(elf_u16(file, 18)));

    if (flash > 0 && n > 0 && (size_t)n < out_size)
        snprintf(out + n, out_size - (size_t)n,
                 " (%llu bytes of flash contents, %zu with debug data)", (unsigned long long)flash,
                 file.len);
}

/* ---- bare */

/* A stack in RAM at 0x20000000.., and a reset vector in Thumb state */
bool kind_is_cortex_m(aloft_bytes file) {
    return file.len >= 64 && u32(file.at) >> 24 == 0x20 && u32(file.at) % 4 == 0 &&
           (u32(file.at + 4) & 1) == 1 && u32(file.at + 4) < 0x20000000u;
}

void kind_words_cortex_m(aloft_bytes file, char *out, size_t out_size) {
    snprintf(out, out_size, " (stack 0x%08x, reset 0x%08x)", u32(file.at), u32(file.at + 4));
}

/* Read out of a chip: a power of two, and its last quarter erased. */
bool kind_is_flash_dump(aloft_bytes file) {
    if (file.len < 65536 || (file.len & (file.len - 1)) != 0)
        return false;
    for (size_t i = file.len / 4 * 3; i < file.len; i++)
        if (file.at[i] != 0xff)
            return false;
    return true;
}
