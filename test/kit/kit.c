/* SPDX-License-Identifier: Apache-2.0 */
/* What every test has. */
#include "kit.h"

#include <ftw.h>
#include <sys/mman.h>
#include <unistd.h>

#define GUARD_ROOM (1u << 20)

static char folder[] = "/tmp/aloft-test-XXXXXX";

aloft_bytes kit_guarded(unsigned which, const void *bytes, size_t len) {
    static uint8_t *end[4];
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    assert_true(which < 4 && len <= GUARD_ROOM);
    if (end[which] == NULL) {
        uint8_t *room = mmap(NULL, GUARD_ROOM + page, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(room != MAP_FAILED);
        assert_int_equal(mprotect(room + GUARD_ROOM, page, PROT_NONE), 0);
        end[which] = room + GUARD_ROOM;
    }
    if (len > 0)
        memcpy(end[which] - len, bytes, len);
    return (aloft_bytes){end[which] - len, len};
}

/* What kit_file and kit_hex_file give lives until the end. */
struct kept {
    struct kept *next;
    uint8_t bytes[];
};

static struct kept *all_kept;

static void free_kept(void) {
    while (all_kept != NULL) {
        struct kept *next = all_kept->next;
        free(all_kept);
        all_kept = next;
    }
}

static uint8_t *keep(size_t len) {
    struct kept *kept = malloc(sizeof *kept + len);

    assert_non_null(kept);
    if (all_kept == NULL)
        atexit(free_kept);
    kept->next = all_kept;
    all_kept = kept;
    return kept->bytes;
}

aloft_bytes kit_file(const char *path) {
    char whole[4096];
    FILE *file;
    uint8_t *at;
    long len;

    snprintf(whole, sizeof whole, "%s/%s", ALOFT_SOURCE_DIR, path);
    file = fopen(path[0] == '/' ? path : whole, "rb");
    if (file == NULL)
        fail_msg("%s cannot be opened", path);
    fseek(file, 0, SEEK_END);
    len = ftell(file);
    rewind(file);
    at = keep((size_t)len + 1);
    assert_int_equal(fread(at, 1, (size_t)len, file), len);
    at[len] = 0;
    fclose(file);
    return (aloft_bytes){at, (size_t)len};
}

size_t kit_hex(const char *text, uint8_t *out, size_t out_size) {
    size_t n = 0;
    unsigned byte;

    for (; *text != 0; text++) {
        if (strchr(" \r\n\t", *text) != NULL)
            continue;
        assert_int_equal(sscanf(text, "%2x", &byte), 1);
        assert_true(n < out_size);
        out[n++] = (uint8_t)byte;
        text++;
    }
    return n;
}

aloft_bytes kit_hex_file(const char *path) {
    aloft_bytes text = kit_file(path);
    uint8_t *out = keep(text.len / 2 + 1);

    return (aloft_bytes){out, kit_hex((const char *)text.at, out, text.len / 2 + 1)};
}

static int remove_one(const char *path, const struct stat *facts, int kind, struct FTW *walk) {
    (void)facts, (void)kind, (void)walk;
    return remove(path);
}

static void remove_folder(void) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *kit_folder(void) {
    if (strstr(folder, "XXXXXX") != NULL) { /* a made name may hold an X */
        assert_non_null(mkdtemp(folder));
        atexit(remove_folder);
    }
    return folder;
}

uint32_t kit_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
