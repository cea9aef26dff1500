/* SPDX-License-Identifier: Apache-2.0 */
/* Erases, writes and RAM against test/size/budget.txt. test_size.sh holds code and stack against the same file. */
#include "test/kit/cost.h"
#include "test/kit/kit.h"

#include "device/device.h"

/* The number behind this name in the budget; fails the test where there is none. */
static uint32_t budget(const char *name) {
    const aloft_bytes file = kit_file("test/size/budget.txt");
    const size_t len = strlen(name);
    const char *line = (const char *)file.at;
    const char *end = line + file.len;

    while (line < end) {
        const char *next = memchr(line, '\n', (size_t)(end - line));

        if (next == NULL)
            break;
        if ((size_t)(next - line) > len && memcmp(line, name, len) == 0 && line[len] == ' ')
            return (uint32_t)strtoul(line + len, NULL, 10); /* stops at the line feed */
        line = next + 1;
    }
    fail_msg("test/size/budget.txt has no line for %s", name);
    return 0;
}

static void assert_within(const char *prefix, const char *what, uint32_t measured) {
    char name[64];
    uint32_t allowed;

    snprintf(name, sizeof name, "%s.%s", prefix, what);
    allowed = budget(name);
    if (measured > allowed)
        fail_msg("%s is %u; test/size/budget.txt allows %u", name, measured, allowed);
}

static void assert_update_within(const char *prefix, uint32_t image_size) {
    const struct rig_geometry geometry = kit_cost_geometry(16);
    struct kit_cost cost;

    kit_update_cost(&geometry, image_size, &cost);

    assert_int_equal(cost.slot.bytes, image_size);
    assert_within(prefix, "slot.erases", cost.slot.erases);
    assert_within(prefix, "slot.writes", cost.slot.bytes / geometry.write_size);
    assert_within(prefix, "log.erases", cost.log.erases);
    assert_within(prefix, "log.writes", cost.log.bytes / geometry.write_size);
}

static void an_update_of_512_kib_wears_the_chips_no_more_than_its_budget(void **state) {
    (void)state;
    assert_update_within("flash.512KiB", 512u << 10);
}

static void an_update_of_1_mib_wears_the_chips_no_more_than_its_budget(void **state) {
    (void)state;
    assert_update_within("flash.1024KiB", 1024u << 10);
}

static void the_size_of_the_writes_changes_no_erase(void **state) {
    const struct rig_geometry narrow = kit_cost_geometry(16), wide = kit_cost_geometry(32);
    struct kit_cost of_narrow, of_wide;

    (void)state;

    kit_update_cost(&narrow, 512u << 10, &of_narrow);
    kit_update_cost(&wide, 512u << 10, &of_wide);

    assert_int_equal(of_narrow.slot.erases, of_wide.slot.erases);
    assert_int_equal(of_narrow.slot.bytes, of_wide.slot.bytes);
    assert_int_equal(of_narrow.log.erases, of_wide.log.erases);
}

static void a_device_takes_no_more_memory_than_its_budget(void **state) {
    (void)state;
    assert_within("ram", "struct-aloft", sizeof(struct aloft));
    assert_within("ram", "used-of-it", sizeof(struct al_device));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_update_of_512_kib_wears_the_chips_no_more_than_its_budget),
        cmocka_unit_test(an_update_of_1_mib_wears_the_chips_no_more_than_its_budget),
        cmocka_unit_test(the_size_of_the_writes_changes_no_erase),
        cmocka_unit_test(a_device_takes_no_more_memory_than_its_budget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
