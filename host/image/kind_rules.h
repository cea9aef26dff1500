/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. The questions that kind.c's table asks; only for the files of this folder. */
#ifndef HOST_IMAGE_KIND_RULES_H
#define HOST_IMAGE_KIND_RULES_H

#include <stdbool.h>

#include <aloft/bytes.h>

/* kind_text.c: files that people can read */
bool kind_is_html(aloft_bytes file);
bool kind_is_json(aloft_bytes file);
bool kind_is_xml(aloft_bytes file);
bool kind_is_pem(aloft_bytes file);
bool kind_is_private_key(aloft_bytes file);
bool kind_is_lfs_pointer(aloft_bytes file);
bool kind_is_intel_hex(aloft_bytes file);
bool kind_is_srecord(aloft_bytes file);
bool kind_is_text(aloft_bytes file);

/* kind_flash.c: what is meant for a flash, and is not an application image */
bool kind_is_merged(aloft_bytes file);
bool kind_is_esp_bootloader(aloft_bytes file);
bool kind_is_esp_image(aloft_bytes file);
bool kind_is_partition_table(aloft_bytes file);
bool kind_is_unsigned_zephyr(aloft_bytes file);
bool kind_is_nrf_multi(aloft_bytes file);
bool kind_is_mcuboot_inside(aloft_bytes file);
bool kind_is_dfu(aloft_bytes file);
bool kind_is_elf(aloft_bytes file);
bool kind_is_foreign_elf(aloft_bytes file); /* for another machine than this one */
bool kind_is_cortex_m(aloft_bytes file);
bool kind_is_flash_dump(aloft_bytes file);
void kind_words_merged(aloft_bytes file, char *out, size_t out_size);
void kind_words_esp(aloft_bytes file, char *out, size_t out_size);
void kind_words_elf(aloft_bytes file, char *out, size_t out_size);
void kind_words_cortex_m(aloft_bytes file, char *out, size_t out_size);
void kind_words_mcuboot_inside(aloft_bytes file, char *out, size_t out_size);

#endif
