/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as each of the files that `aloft doctor` reads. */
#include <stdlib.h>

#include "host/doctor/room.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void see_pems(struct doctor *d, aloft_bytes file) {
    struct scan_hit hit;

    for (size_t from = 0; scan_next(file, from, &hit); from = hit.at + hit.len)
        if (hit.what != SCAN_ADDRESS)
            doctor_see_pem(d, "x.pem", file, &hit);
        else
            doctor_see_address(d, "x", hit.address, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static FILE *nowhere;
    struct doctor *d = doctor_new();
    aloft_bytes file = {data, size};
    char *text = malloc(size + 1);

    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    if (d == NULL || text == NULL || nowhere == NULL)
        abort();
    for (size_t i = 0; i < size; i++)
        text[i] = (char)data[i];
    text[size] = 0;
    doctor_see_source(d, "main/x.c", file);
    /* as file_read gives it: with a zero behind */
    doctor_see_sdkconfig(d, "sdkconfig", (aloft_bytes){(uint8_t *)text, size});
    see_pems(d, file);
    doctor_see_device_info(d, "device_info.json", file);
    doctor_see_version_list(d, "version_info.json", file);
    doctor_see_table(d, "partitions.csv", file);
    doctor_compare_versions(d);
    doctor_say(d, nowhere);
    doctor_json(d, nowhere);
    doctor_free(d);
    free(text);
    return 0;
}
