/* SPDX-License-Identifier: Apache-2.0 */
/* What an mDNS answer may hold, and what hostile ones do: nothing. The asking itself is tested inside a
 * network namespace (test/e2e/test_net_faults.sh). */
#include <test/kit/kit.h>

#include <arpa/inet.h>

#include <posix/aloft_posix.h>

/* An answer with a question, an IPv4 and an IPv6 address for lab.local, the second by a pointer. */
static const char good[] = "0000 8400 0001 0002 0000 0000"
                           "03 6c6162 05 6c6f63616c 00 0001 0001"
                           "03 4c6142 05 6c6f63616c 00 0001 8001 00000078 0004 0a000001"
                           "c00c 001c 8001 00000078 0010 fd000000000000000000000000000001";

static uint8_t packet[512];

static aloft_bytes answer(const char *hex) {
    return (aloft_bytes){packet, kit_hex(hex, packet, sizeof packet)};
}

static void both_addresses_of_the_name_are_read(void **state) {
    struct aloft_tls_address out[4];
    aloft_bytes bytes = answer(good);
    (void)state;

    assert_int_equal(aloft_posix_mdns_read(bytes, "lab.local", out, 4), 2);
    assert_int_equal(((struct sockaddr_in *)&out[0].at)->sin_addr.s_addr, htonl(0x0a000001));
    assert_int_equal(out[1].at.ss_family, AF_INET6);
    assert_int_equal(aloft_posix_mdns_read(bytes, "lab.local", out, 1), 1);
}

static void another_name_a_query_and_an_error_give_nothing(void **state) {
    struct aloft_tls_address out[4];
    aloft_bytes bytes = answer(good);
    (void)state;

    assert_int_equal(aloft_posix_mdns_read(bytes, "lap.local", out, 4), 0);
    packet[2] = 0x04;
    assert_int_equal(aloft_posix_mdns_read(bytes, "lab.local", out, 4), 0);
    packet[2] = 0x84;
    packet[3] = 0x03;
    assert_int_equal(aloft_posix_mdns_read(bytes, "lab.local", out, 4), 0);
}

static void a_link_local_address_is_left_out_and_a_repeated_one_comes_once(void **state) {
    struct aloft_tls_address out[4];
    (void)state;

    assert_int_equal(
        aloft_posix_mdns_read(
            answer(
                "0000 8400 0000 0003 0000 0000"
                "03 6c6162 05 6c6f63616c 00 001c 0001 00000078 0010 fe80000000000000000000000000"
                "0001 c00c 0001 0001 00000078 0004 0a000001 c00c 0001 0001 00000078 0004 0a000001"),
            "lab.local", out, 4),
        1);
}

static void pointers_that_go_round_or_forward_end(void **state) {
    struct aloft_tls_address out[4];
    (void)state;

    assert_int_equal(aloft_posix_mdns_read(answer("0000 8400 0000 0001 0000 0000 c00c 0001 0001"),
                                           "lab.local", out, 4),
                     0);
    assert_int_equal(
        aloft_posix_mdns_read(answer("0000 8400 0000 0001 0000 0000 c00e c00c 0001 0001"),
                              "lab.local", out, 4),
        0);
}

static void no_truncation_and_no_flipped_bit_reads_outside(void **state) {
    struct aloft_tls_address out[4];
    aloft_bytes whole = answer(good);
    (void)state;

    for (size_t len = 0; len <= whole.len; len++)
        assert_true(aloft_posix_mdns_read(kit_guarded(0, packet, len), "lab.local", out, 4) <= 2);
    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_true(aloft_posix_mdns_read(kit_guarded(0, packet, whole.len), "lab.local", out, 4) <=
                    2);
        packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_addresses_of_the_name_are_read),
        cmocka_unit_test(another_name_a_query_and_an_error_give_nothing),
        cmocka_unit_test(a_link_local_address_is_left_out_and_a_repeated_one_comes_once),
        cmocka_unit_test(pointers_that_go_round_or_forward_end),
        cmocka_unit_test(no_truncation_and_no_flipped_bit_reads_outside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
