/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. NOR flash in a file: the log and two slots, erased by 4 KiB, worn and counted.
 * Knows: files.   Never knows: what the bytes are. */
#include "aloft_posix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNIT ALOFT_POSIX_ERASE_SIZE

static aloft_err file_fault(aloft_fault *why, int number) {
    *why = (aloft_fault){.code = ALOFT_E_DEVICE_FILE,
                         .step = why->step,
                         .origin = ALOFT_ORIGIN_LINUX,
                         .raw = number};
    return ALOFT_E_DEVICE_FILE;
}

/* ---- whole reads and writes; a regular file ends each loop by an error or by progress */

static bool read_all(int file, void *to, size_t len, off_t at) {
    uint8_t *next = to;

    while (len > 0) {
        ssize_t n = pread(file, next, len, at);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return false;
        if (n > 0) {
            next += n;
            at += n;
            len -= (size_t)n;
        }
    }
    return true;
}

static bool write_all(int file, const void *from, size_t len, off_t at) {
    const uint8_t *next = from;

    while (len > 0) {
        ssize_t n = pwrite(file, next, len, at);
        if (n <= 0 && !(n < 0 && errno == EINTR))
            return false;
        if (n > 0) {
            next += n;
            at += n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* ---- the three functions of struct aloft_flash */

static bool is_inside(const struct aloft_posix_region *region, uint32_t at, size_t len) {
    return at <= region->size && len <= region->size - at;
}

static aloft_err region_read(void *self, uint32_t at, aloft_space to) {
    const struct aloft_posix_region *region = self;

    if (!is_inside(region, at, to.len) ||
        !read_all(region->flash->file, to.at, to.len, (off_t)region->base + at))
        return ALOFT_E_FLASH_READ;
    return ALOFT_OK;
}

static bool is_erased(const struct aloft_posix_region *region, uint32_t at, size_t len) {
    uint8_t piece[512];

    while (len > 0) {
        size_t n = len < sizeof piece ? len : sizeof piece;
        if (!read_all(region->flash->file, piece, n, (off_t)region->base + at))
            return false;
        for (size_t i = 0; i < n; i++)
            if (piece[i] != 0xff)
                return false;
        at += (uint32_t)n;
        len -= n;
    }
    return true;
}

static aloft_err region_write(void *self, uint32_t at, aloft_bytes from) {
    const struct aloft_posix_region *region = self;
    uint32_t step = region->flash->write_size;

    if (!is_inside(region, at, from.len) || at % step != 0 || from.len % step != 0 ||
        !is_erased(region, at, from.len))
        return ALOFT_E_FLASH_WRITE;
    /* If the process is killed here: nothing, all, or a prefix in whole pages is in the file. */
    if (!write_all(region->flash->file, from.at, from.len, (off_t)region->base + at))
        return ALOFT_E_FLASH_WRITE;
    return ALOFT_OK;
}

static void count_wear(const struct aloft_posix_flash *flash, uint32_t unit) {
    uint32_t wear = aloft_posix_wear(flash, unit) + 1;
    uint8_t bytes[4] = {(uint8_t)wear, (uint8_t)(wear >> 8), (uint8_t)(wear >> 16),
                        (uint8_t)(wear >> 24)};

    (void)write_all(flash->wear, bytes, sizeof bytes, (off_t)unit * 4);
}

static aloft_err region_erase(void *self, uint32_t at) {
    const struct aloft_posix_region *region = self;
    uint8_t blank[UNIT];

    if (!is_inside(region, at, UNIT) || at % UNIT != 0)
        return ALOFT_E_FLASH_ERASE;
    memset(blank, 0xff, sizeof blank);
    count_wear(region->flash, (region->base + at) / UNIT);
    if (!write_all(region->flash->file, blank, sizeof blank, (off_t)region->base + at))
        return ALOFT_E_FLASH_ERASE;
    return ALOFT_OK;
}

uint32_t aloft_posix_wear(const struct aloft_posix_flash *flash, uint32_t unit) {
    uint8_t bytes[4];

    if (!read_all(flash->wear, bytes, sizeof bytes, (off_t)unit * 4))
        return 0; /* beyond the end of the file: never erased */
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

static struct aloft_flash region_flash(struct aloft_posix_region *region) {
    return (struct aloft_flash){region,       region_read,  region_write,
                                region_erase, region->size, region->flash->write_size,
                                UNIT};
}

struct aloft_flash aloft_posix_slot(struct aloft_posix_flash *flash, unsigned slot) {
    return region_flash(&flash->slot[slot & 1]);
}

struct aloft_flash aloft_posix_log(struct aloft_posix_flash *flash) {
    return region_flash(&flash->log);
}

/* ---- opening */

static bool fill_blank(int file, uint32_t slot_size) {
    uint8_t blank[UNIT];
    uint32_t size = ALOFT_POSIX_LOG_SIZE + 2 * slot_size;

    memset(blank, 0xff, sizeof blank);
    for (uint32_t at = 0; at < size; at += UNIT)
        if (!write_all(file, blank, sizeof blank, at))
            return false;
    return fsync(file) == 0;
}

static aloft_err make_file(const char *path, uint32_t slot_size, aloft_fault *why) {
    char fresh[PATH_MAX + 8];
    int file, number;

    snprintf(fresh, sizeof fresh, "%s.new", path);
    file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
        return file_fault(why, errno);
    if (fill_blank(file, slot_size) && rename(fresh, path) == 0) {
        close(file);
        return ALOFT_OK;
    }
    number = errno;
    close(file);
    unlink(fresh);
    return file_fault(why, number);
}

static aloft_err size_fault(aloft_fault *why, off_t size) {
    *why = (aloft_fault){.code = ALOFT_E_DEVICE_FLASH_FILE, .step = why->step};
    why->got = size > (off_t)UINT32_MAX ? UINT32_MAX : (uint32_t)size;
    return ALOFT_E_DEVICE_FLASH_FILE;
}

static aloft_err measure(struct aloft_posix_flash *flash, aloft_fault *why) {
    struct stat facts;
    off_t slots;

    if (fstat(flash->file, &facts) != 0)
        return file_fault(why, errno);
    slots = facts.st_size - (off_t)ALOFT_POSIX_LOG_SIZE;
    if (slots < 2 * (off_t)UNIT || slots % (2 * (off_t)UNIT) != 0 ||
        slots / 2 > (off_t)ALOFT_POSIX_SLOT_MAX)
        return size_fault(why, facts.st_size);
    flash->slot_size = (uint32_t)(slots / 2);
    flash->log = (struct aloft_posix_region){flash, 0, ALOFT_POSIX_LOG_SIZE};
    for (unsigned i = 0; i < 2; i++)
        flash->slot[i] = (struct aloft_posix_region){
            flash, ALOFT_POSIX_LOG_SIZE + i * flash->slot_size, flash->slot_size};
    return ALOFT_OK;
}

static aloft_err open_file(int *file, const char *path, int flags, aloft_fault *why) {
    *file = open(path, O_RDWR | O_CLOEXEC | flags, 0644);
    if (*file < 0)
        return file_fault(why, errno);
    return ALOFT_OK;
}

static aloft_err open_or_make(struct aloft_posix_flash *flash, const char *path, uint32_t slot_size,
                              aloft_fault *why) {
    aloft_err code;

    if (access(path, F_OK) != 0 && errno == ENOENT) {
        if (slot_size == 0) {
            *why = (aloft_fault){.code = ALOFT_E_DEVICE_BLANK, .step = why->step};
            return ALOFT_E_DEVICE_BLANK;
        }
        code = make_file(path, slot_size, why);
        if (code != ALOFT_OK)
            return code;
    }
    return open_file(&flash->file, path, 0, why);
}

aloft_err aloft_posix_flash_open(struct aloft_posix_flash *flash, const char *dir,
                                 uint32_t slot_size, uint32_t write_size, aloft_fault *why) {
    char path[PATH_MAX];
    aloft_err code;

    *flash = (struct aloft_posix_flash){.file = -1, .wear = -1, .write_size = write_size};
    if (slot_size % UNIT != 0 || slot_size > ALOFT_POSIX_SLOT_MAX)
        return size_fault(why, (off_t)ALOFT_POSIX_LOG_SIZE + 2 * (off_t)slot_size);
    if (strlen(dir) + sizeof "/flash.bin" > sizeof path)
        return file_fault(why, ENAMETOOLONG);
    snprintf(path, sizeof path, "%s/flash.bin", dir);
    code = open_or_make(flash, path, slot_size, why);
    if (code == ALOFT_OK)
        code = measure(flash, why);
    if (code == ALOFT_OK) {
        snprintf(path, sizeof path, "%s/wear.bin", dir);
        code = open_file(&flash->wear, path, O_CREAT, why);
    }
    if (code != ALOFT_OK)
        aloft_posix_flash_close(flash);
    return code;
}

void aloft_posix_flash_close(struct aloft_posix_flash *flash) {
    if (flash->file >= 0)
        close(flash->file);
    if (flash->wear >= 0)
        close(flash->wear);
    flash->file = flash->wear = -1;
}
