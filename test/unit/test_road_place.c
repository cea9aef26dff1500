/* SPDX-License-Identifier: Apache-2.0 */
/* What stands between a machine and devices is named where it can be seen. */
#include "test/kit/kit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "host/doctor/road_place.h"

static char root[] = "/tmp/aloft-place-XXXXXX";
static char out[300];

static void run(const char *command) {
    char line[600];

    snprintf(line, sizeof line, "cd %s && %s", root, command);
    assert_int_equal(system(line), 0);
}

static void put(const char *name, const char *text) {
    char command[400];

    snprintf(command, sizeof command, "mkdir -p $(dirname .%s) && printf '%s' >.%s", name, text,
             name);
    run(command);
}

static int set_up(void **state) {
    (void)state;
    strcpy(root, "/tmp/aloft-place-XXXXXX");
    return mkdtemp(root) == NULL;
}

static int tear_down(void **state) {
    (void)state;
    run("rm -rf ./* ./.dockerenv");
    return rmdir(root);
}

static void machine_says(const char *address, const char *words) {
    assert_true(road_place_machine(root, address, out, sizeof out));
    if (strstr(out, words) == NULL)
        fail_msg("\"%s\" is not in: %s", words, out);
}

static void a_machine_of_which_nothing_is_seen_is_not_guessed_about(void **state) {
    (void)state;
    assert_false(road_place_machine(root, "192.168.86.68", out, sizeof out));
    assert_false(road_place_firewall(root, 4443, out, sizeof out));
    put("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\\n");
    put("/sys/class/dmi/id/product_name", "ThinkPad X1\\n");
    put("/etc/ufw/ufw.conf", "# ufw\\nENABLED=no\\n");
    assert_false(road_place_machine(root, "192.168.86.68", out, sizeof out));
    assert_false(road_place_firewall(root, 4443, out, sizeof out));
}

static void a_virtual_machine_a_container_and_wsl_are_named(void **state) {
    (void)state;
    put("/sys/class/dmi/id/product_name", "VirtualBox\\n");
    machine_says("192.168.86.68", "virtual machine (VirtualBox)");
    machine_says("10.0.2.15", "10.0.2.15 is in the network that VirtualBox");
    put("/.dockerenv", "");
    machine_says("172.17.0.2", "this is a container");
    put("/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\\n");
    machine_says("172.20.1.1", "this is WSL");
}

static void a_firewall_is_named_with_what_lets_devices_in(void **state) {
    (void)state;
    put("/run/firewalld", "");
    assert_true(road_place_firewall(root, 4443, out, sizeof out));
    assert_non_null(strstr(out, "`sudo firewall-cmd --add-port=4443/tcp`"));
    put("/etc/ufw/ufw.conf", "# ufw\\nENABLED=yes\\n");
    assert_true(road_place_firewall(root, 4443, out, sizeof out));
    assert_non_null(strstr(out, "`sudo ufw allow 4443/tcp`"));
}

static void the_rule_for_a_port_is_found_and_no_other(void **state) {
    static const char listing[] = "table ip t {\n\tchain in {\n\t\ttype filter hook input;\n"
                                  "\t\ttcp dport 4444 accept\n\t\ttcp dport 44430 drop\n"
                                  "\t\ttcp dport 4443 drop\n\t}\n}\n";
    (void)state;
    assert_true(road_place_rule(listing, 4443, out, sizeof out));
    assert_string_equal(out, "tcp dport 4443 drop");
    assert_false(road_place_rule(listing, 4444, out, sizeof out));
    assert_false(road_place_rule("", 4443, out, sizeof out));
    assert_false(road_place_rule("dport 4443 ", 4443, out, sizeof out));
    assert_false(road_place_rule("udp dport 4443 drop", 4443, out, sizeof out));
    assert_false(road_place_rule("tcp dport != 4443 drop", 4443, out, sizeof out));
}

static void a_rule_for_a_range_or_a_set_has_each_port_of_it(void **state) {
    static const char range[] =
        "\t\ttcp dport 4000-4999 ip saddr 192.0.2.0/24 counter packets 0 bytes 0 drop\n";
    static const char set[] = "\t\ttcp dport { 22, 4443-4445, 80 } reject\n";

    (void)state;
    assert_true(road_place_rule(range, 4000, out, sizeof out));
    assert_true(road_place_rule(range, 4999, out, sizeof out));
    assert_false(road_place_rule(range, 3999, out, sizeof out));
    assert_false(road_place_rule(range, 5000, out, sizeof out));
    assert_true(road_place_rule(set, 22, out, sizeof out));
    assert_true(road_place_rule(set, 4444, out, sizeof out));
    assert_true(road_place_rule(set, 80, out, sizeof out));
    assert_false(road_place_rule(set, 81, out, sizeof out));
    assert_false(road_place_rule("tcp dport { 22 drop", 23, out, sizeof out));
}

static void
a_chain_that_drops_what_it_does_not_name_is_told_unless_a_rule_lets_the_port_in(void **state) {
    static const char chain[] = "\t\ttype filter hook input priority filter; policy drop;\n"
                                "\t\ttcp dport { 22, 4443 } accept\n";

    (void)state;
    assert_false(road_place_rule(chain, 4443, out, sizeof out));
    assert_true(road_place_rule(chain, 4444, out, sizeof out));
    assert_string_equal(out, "type filter hook input priority filter; policy drop;");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_machine_of_which_nothing_is_seen_is_not_guessed_about,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_virtual_machine_a_container_and_wsl_are_named, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_firewall_is_named_with_what_lets_devices_in, set_up,
                                        tear_down),
        cmocka_unit_test(the_rule_for_a_port_is_found_and_no_other),
        cmocka_unit_test(a_rule_for_a_range_or_a_set_has_each_port_of_it),
        cmocka_unit_test(
            a_chain_that_drops_what_it_does_not_name_is_told_unless_a_rule_lets_the_port_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
