/* SPDX-License-Identifier: Apache-2.0 */
/* Room: posix. The folder of a software device: one at a time in it, and its flash as the factory makes it.
 * Knows: files.   Never knows: what an image is, what runs. */
#include "bootstage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static aloft_err fault(aloft_fault *why, aloft_err code, int number) {
    *why = (aloft_fault){.code = (uint16_t)code, .step = ALOFT_STEP_BOOT, .raw = number};
    why->origin = number != 0 ? ALOFT_ORIGIN_LINUX : ALOFT_ORIGIN_NONE;
    return code;
}

aloft_err aloft_posix_machine_lock(struct aloft_posix_machine *machine, aloft_fault *why) {
    char path[PATH_MAX];

    machine->lock = -1;
    if (snprintf(path, sizeof path, "%s/lock", machine->dir) >= (int)sizeof path)
        return fault(why, ALOFT_E_DEVICE_FILE, ENAMETOOLONG);
    /* without O_CLOEXEC: the program holds the lock too, so it ends with the later of the two */
    machine->lock = open(path, O_RDWR | O_CREAT, 0644);
    if (machine->lock < 0)
        return fault(why, ALOFT_E_DEVICE_FILE, errno);
    if (flock(machine->lock, LOCK_EX | LOCK_NB) != 0) {
        close(machine->lock);
        machine->lock = -1;
        return fault(why, ALOFT_E_DEVICE_BUSY, 0);
    }
    return ALOFT_OK;
}

/* PATH_MAX holds every path of a folder that has been checked to fit. */
static void join(char out[PATH_MAX], const char *folder, const char *name) {
    size_t len = strlen(folder);

    memcpy(out, folder, len); /* NOLINT(bugprone-not-null-terminated-result): see below */
    out[len] = '/';
    memcpy(out + len + 1, name, strlen(name) + 1);
}

static aloft_err write_slot(const struct aloft_flash *slot, aloft_bytes image) {
    uint8_t last[ALOFT_POSIX_WRITE_SIZE];
    size_t whole = image.len - image.len % sizeof last;
    aloft_err code = slot->write(slot->self, 0, (aloft_bytes){image.at, whole});

    if (code != ALOFT_OK || whole == image.len)
        return code;
    memset(last, 0xff, sizeof last);
    memcpy(last, image.at + whole, image.len - whole);
    return slot->write(slot->self, (uint32_t)whole, ALOFT_BYTES(last));
}

static aloft_err make_flash(struct aloft_posix_machine *machine, const char *folder,
                            aloft_bytes image, uint32_t slot_size, aloft_fault *why) {
    struct aloft_posix_flash *flash = &machine->flash;
    struct aloft_flash slot;
    aloft_err code = aloft_posix_flash_open(flash, folder, slot_size, ALOFT_POSIX_WRITE_SIZE, why);

    if (code != ALOFT_OK)
        return code;
    slot = aloft_posix_slot(flash, 0);
    code = write_slot(&slot, image);
    aloft_posix_flash_close(flash);
    return code == ALOFT_OK ? ALOFT_OK : fault(why, code, errno);
}

static aloft_err size_fault(aloft_fault *why, size_t got, uint32_t want) {
    (void)fault(why, ALOFT_E_DEVICE_BIG, 0);
    why->got = (uint32_t)got;
    why->want = want;
    return ALOFT_E_DEVICE_BIG;
}

aloft_err aloft_posix_machine_flash(struct aloft_posix_machine *machine, aloft_bytes image,
                                    uint32_t slot_size, aloft_fault *why) {
    char there[PATH_MAX], folder[PATH_MAX], made[PATH_MAX], wear[PATH_MAX];
    aloft_err code;

    if (strlen(machine->dir) + sizeof "/factory/flash.bin" > PATH_MAX)
        return fault(why, ALOFT_E_DEVICE_FILE, ENAMETOOLONG);
    join(there, machine->dir, "flash.bin");
    join(folder, machine->dir, "factory");
    join(made, folder, "flash.bin");
    join(wear, folder, "wear.bin");
    if (access(there, F_OK) == 0)
        return fault(why, ALOFT_E_DEVICE_FLASHED, 0);
    if (image.len > slot_size)
        return size_fault(why, image.len, slot_size);
    /* made in a folder of its own, so that a cut leaves either no flash or a whole one */
    (void)unlink(made);
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return fault(why, ALOFT_E_DEVICE_FILE, errno);
    code = make_flash(machine, folder, image, slot_size, why);
    if (code == ALOFT_OK && rename(made, there) != 0)
        code = fault(why, ALOFT_E_DEVICE_FILE, errno);
    (void)unlink(made);
    (void)unlink(wear);
    (void)rmdir(folder);
    return code;
}
