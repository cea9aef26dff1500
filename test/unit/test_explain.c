/* SPDX-License-Identifier: Apache-2.0 */
/* Logs and numbers become sentences. */
#include "test/kit/kit.h"

#include "host/explain/explain.h"

static char said[65536];

static struct explain *read_log(const char *text) {
    struct explain *log = explain_new();

    assert_non_null(log);
    explain_read(log, (aloft_bytes){(const uint8_t *)text, strlen(text)});
    explain_end(log);
    return log;
}

/* Lines are broken for people; tests look for words. */
static void unwrap(char *text) {
    char *to = text;

    for (; *text != 0; text++) {
        char c = *text == '\n' ? ' ' : *text;
        if (c != ' ' || to == said || to[-1] != ' ')
            *to++ = c;
    }
    *to = 0;
}

static const char *say(struct explain *log) {
    FILE *to = tmpfile();
    size_t n;

    assert_non_null(to);
    explain_say(log, to);
    rewind(to);
    n = fread(said, 1, sizeof said - 1, to);
    said[n] = 0;
    fclose(to);
    explain_free(log);
    unwrap(said);
    return said;
}

static const char *explained(const char *text) {
    return say(read_log(text));
}

static const char *asked(const char *text) {
    struct explain *log = explain_new();

    assert_non_null(log);
    explain_ask(log, text);
    explain_end(log);
    return say(log);
}

static void holds(const char *text, const char *words) {
    if (strstr(text, words) == NULL)
        fail_msg("\"%s\" is not in:\n%s", words, text);
}

static void lacks(const char *text, const char *words) {
    if (strstr(text, words) != NULL)
        fail_msg("\"%s\" is in:\n%s", words, text);
}

static void errno_113_before_any_tls_line_clears_the_certificates(void **state) {
    aloft_bytes log = kit_file("test/fixtures/logs/nobody_answers.log");

    (void)state;
    const char *text = explained((const char *)log.at);
    holds(text, "113 ECONNABORTED");
    holds(text, "28674 = 0x7002 ESP_ERR_HTTP_CONNECT");
    holds(text, "(certain)");
    holds(text, "no certificate was looked at");
    holds(text, "aloft doctor --project");
    holds(text, "192.168.1.3");
}

static void the_same_number_after_a_certificate_line_blames_the_certificate(void **state) {
    (void)state;
    const char *text = explained("E (1) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"
                                 "E (2) esp-tls-mbedtls: Failed to verify peer certificate!\n"
                                 "Failed to open HTTP connection: 28674\n");
    holds(text, "(one of three)");
    holds(text, "the device spoke with the server");
    lacks(text, "nobody answers");
}

static void the_newest_attempt_tells_the_story(void **state) {
    char log[20000] = "E (1) esp-tls: mbedtls_ssl_handshake returned -0x2700\n";

    (void)state;
    for (int i = 0; i < 100; i++)
        strcat(log, "I (2) app: the lamp is on\n");
    strcat(log, "E (3) esp-tls: Failed to connnect to host (errno 113)\n"
                "Failed to open HTTP connection: 28674\n");
    holds(explained(log), "nobody answers");
}

static void a_number_alone_has_every_reading(void **state) {
    (void)state;
    const char *text = asked("113");
    holds(text, "errno of newlib (ESP32): 113 ECONNABORTED");
    holds(text, "errno of Linux: 113 EHOSTUNREACH");
    holds(text, "errno of lwIP's own table: 113 EHOSTUNREACH");
    holds(text, "118 no route, 104 refused");
    holds(asked("errno 118"), "EHOSTUNREACH");
    holds(asked("28674"), "ESP_ERR_HTTP_CONNECT");
    holds(asked("0x7002"), "ESP_ERR_HTTP_CONNECT");
    holds(asked("-9984"), "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED");
    holds(asked("-149"), "PSA_ERROR_INVALID_SIGNATURE");
    holds(asked("-13"), "ERR_ABRT");
    holds(asked("0x0203"), "no network path");
    holds(asked("ESP_ERR_OTA_VALIDATE_FAILED"), "5379 = 0x1503");
}

static void mbedtls_sums_are_taken_apart(void **state) {
    (void)state;
    const char *text = explained("E (9) esp-tls: mbedtls_x509_crt_parse returned -0x112c\n");
    holds(text, "MBEDTLS_ERR_PEM_INVALID_DATA + MBEDTLS_ERR_BASE64_INVALID_CHARACTER");
    holds(text, "root.pem");
}

static void a_chip_id_of_two_letters_is_a_web_page(void **state) {
    (void)state;
    const char *text =
        explained("E (5) esp_https_ota: Mismatch chip id, expected 9, found 27757\n");
    holds(text, "\"ml\"");
    holds(text, "web page");
    holds(explained("E (5) boot_comm: mismatch chip ID, expected 0, found 5\n"), "ESP32-C3");
    holds(explained("E (5) boot_comm: mismatch chip ID, expected 0, found 65535\n"), "erased");
}

static void faults_of_aloft_are_read_back(void **state) {
    (void)state;
    const char *text;

    holds(explained("pump-0193: ... [0x0203 while connecting; newlib errno 118]\n"),
          "There is no network path");
    text =
        explained("boot: 1.0.0 in slot A\n"
                  "E (5120) aloft: lab.local refused the connection on port 4443: the machine is "
                  "there, but nothing listens. Start `aloft serve` there.  [0x0202 while checking "
                  "for an update; newlib errno 104]\n");
    holds(text, "aloft: 0x0202 NET_REFUSED");
    holds(text, "What it is lab.local refused the connection on port 4443: the machine is there, "
                "but nothing listens. (the device's own words)");
    holds(text, "What it is not Certificates, keys and signatures: TLS had not begun");
    holds(text, "Next Start `aloft serve` there.");
    lacks(text, "ECONNRESET");
}

static void the_step_of_a_fault_decides_what_it_clears(void **state) {
    static const char line[] =
        "lab.local did not answer within 30 s. Wrong address.  [0x0204 %s]\n";
    char text[200];

    (void)state;
    snprintf(text, sizeof text, line, "while checking for an update");
    holds(explained(text), "TLS had not begun or not got far enough");
    snprintf(text, sizeof text, line, "while downloading");
    holds(explained(text), "a part of the image had come already");
}

static void the_number_of_the_layer_below_is_read(void **state) {
    (void)state;
    holds(
        explained("The TLS handshake with lab.local failed. Look.  [0x020f; mbedTLS -31232]\n"),
        "aloft: 0x020f TLS_HANDSHAKE; MBEDTLS_ERR_SSL_BAD_HS_CERTIFICATE: the server's certificate "
        "is not one for servers");
    holds(explained(
              "lab.local ended the TLS handshake with alert 70. Look.  [0x020d; TLS alert 70]\n"),
          "protocol_version: the two have no TLS version in common");
    holds(explained("error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca:SSL alert "
                    "number 48\n"),
          "the firmware holds another CA");
}

static void a_release_that_waits_is_no_cause(void **state) {
    (void)state;
    const char *text = explained(
        "boot: 1.1.0 crashed before it had confirmed itself. Look at it.  [0x0701 while booting]\n"
        "1.1.0 failed its trial here; it is tried again in 1 h. Nothing to do.  [0x0708]\n");

    holds(text, "What it is 1.1.0 crashed before it had confirmed itself.");
    holds(text, "the image was written and proven");
}

static void what_comes_after_a_fault_of_aloft_tells_the_story(void **state) {
    (void)state;
    const char *text =
        explained("The name lab.local cannot be resolved to an address. Look.  [0x0201]\n"
                  "E (9) wifi: reason 201, NO_AP_FOUND\n");

    holds(text, "aloft: 0x0201 NET_NAME");
    holds(text, "What it is The device was not connected to the Wi-Fi");
}

static void the_state_of_a_slot_is_said(void **state) {
    (void)state;
    holds(explained("I (5) app: ota_state = 1\n"), "ESP_OTA_IMG_PENDING_VERIFY");
    holds(explained("ota_state: 4"), "ESP_OTA_IMG_ABORTED");
}

static void colours_and_curly_quotes_do_not_hide_a_line(void **state) {
    (void)state;
    const char *text =
        explained("\x1b[0;31mE (5) esp-tls: Failed to connnect to host (errno 113)\x1b[0m\r\n"
                  "curl --cacert \xe2\x80\x9croot.crt\xe2\x80\x9d\r\n");
    holds(text, "ECONNABORTED");
    holds(text, "curly quotes");
    lacks(text, "\x1b");
}

/* What people ask for again and again, by a line as it is printed: each is known, says what it is not, and what to do. */
static void what_people_ask_for_has_its_entry(void **state) {
    static const struct {
        const char *what, *line, *says;
    } rows[] = {
        {"the log of the thread",
         "E (50859) esp-tls: Failed to connnect to host (errno 113)\nFailed to open HTTP "
         "connection: 28674\n",
         "no certificate was looked at"},
        {"errno 113",
         "E (9) esp-tls: [sock=54] connect() error: Software caused connection abort (errno 113)\n",
         "nobody answers"},
        {"another name",
         "E (4) esp-tls-mbedtls: verification info: CN does not match with the expected CN\n",
         "The check itself stays on"},
        {"an address as a name",
         "E (4) mbedtls: The certificate Common Name (CN) does not match with the expected CN "
         "192.168.4.1\n",
         "an address in digits"},
        {"another root", "E (4) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n",
         "(one of three)"},
        {"a wrong word for every fault",
         "HTTP_UPDATE_FAILED Error (-1): HTTP error: connection refused\n",
         "a certificate that was not believed too"},
        {"a clock that was not set",
         "verification info: ! The certificate validity starts in the future\n",
         "the device's clock is behind"},
        {"the same on Linux",
         "signature verification failed: Verify error: certificate is not yet valid\n",
         "Set the clock before the certificate"},
        {"a key that expired",
         "signature verification failed: Verify error: certificate has expired\n",
         "Firmware keys of aloft never expire"},
        {"memory for TLS", "E (4) esp-tls-mbedtls: mbedtls_ssl_setup returned -0x7F00\n",
         "pieces of 16 KB"},
        {"memory at link time", "ld: region `dram0_0_seg' overflowed by 1024 bytes\n",
         "at link time"},
        {"a download that begins anew",
         "E (4) advanced_https_ota_example: Complete data was not received.\n",
         "go on at the last mark"},
        {"a download of 115 %", "I (4) app: OTA progress: 115%\n", "(206)"},
        {"a connection for each part", "I (4) app: partial_http_download = true, 4096\n",
         "a TLS handshake of its own"},
        {"a patch for another image",
         "E (4) https_delta_ota_example: SHA256 of current firmware differs from than in patch "
         "header. Invalid patch for current firmware\n",
         "does not belong to the image that runs"},
        {"a slow download", "my OTA download is slow\n", "The download works and is slow"},
        {"rollback that is off", "I (4) app: ota_state = 0xffffffff\n", "Rollback is off"},
        {"rollback that never happens", "I (4) app: ota_state: 0\n", "has no rollback"},
        {"power", "Brownout detector was triggered\n",
         "goes back although nothing is wrong with it"},
        {"a swap that was cut",
         "E: Image in the primary slot is not valid!\nE: Unable to find bootable image\n",
         "finds no image that it may start"},
        {"an image of another chip", "E (4) esp_https_ota: Mismatch chip id, expected 0, found 9\n",
         "built for another chip"},
        {"a web page as firmware",
         "E (4) esp_https_ota: Mismatch chip id, expected 9, found 27757\n", "a web page"},
        {"no second slot", "E (4) ota_demo: Passive OTA partition not found\n",
         "not laid out for updates"},
        {"a success that was claimed",
         "I (4) advanced_https_ota_example: ESP_HTTPS_OTA upgrade successful. Rebooting ...\n",
         "not known before it has started"},
        {"in sync, and it is not", "target lamp-1 changed to IN_SYNC\n", "before the restart"},
        {"a version that was not raised",
         "W (4) advanced_https_ota_example: Current running version is the same as a new. We will "
         "not continue the update.\n",
         "Raise PROJECT_VER"},
        {"a silent device", "Status [execution=PROCEEDING, result=NONE]\n", "no deadline"},
        {"a download for ever", "WARNING: Download failed: HTTP request failed: 404\n",
         "a client that asks again and again"},
        {"a proxy", "E (4) app: HTTP proxy support is not available\n",
         "lets clients out by its proxy only"},
        {"a long address of a CDN",
         "E (4) HTTP_HEADER: Buffer length is small to fit all the headers\n", "buffer_size_tx"},
        {"too many redirects", "E (4) HTTP_CLIENT: Error, reached max_redirection_count=10\n",
         "final address"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = explained(rows[i].line);
        if (strstr(text, rows[i].says) == NULL || strstr(text, "What it is not ") == NULL ||
            strstr(text, "Next ") == NULL)
            fail_msg("%s: \"%s\" with a story is not in:\n%s", rows[i].what, rows[i].says, text);
    }
}

static void arduino_does_not_mean_refused(void **state) {
    (void)state;
    lacks(explained("HTTP_UPDATE_FAILED Error (-1): HTTP error: connection refused\n"),
          "nothing listens");
    holds(explained("connect: Connection refused\n"), "nothing listens");
    holds(asked("-104"), "HTTP_UE_SERVER_WRONG_HTTP_CODE");
}

static void a_progress_up_to_100_is_none(void **state) {
    struct explain *log = read_log("I (4) app: progress: 100%\nI (5) app: progress 4096 of 8192\n");

    (void)state;
    assert_int_equal(explain_n_findings(log), 0);
    explain_free(log);
}

static void a_log_is_told_by_its_cause(void **state) {
    (void)state;
    const char *text = explained("I (1) boot: Brownout detector was triggered\n"
                                 "E (2) esp-tls: Failed to connnect to host (errno 113)\n"
                                 "Failed to open HTTP connection: 28674\n"
                                 "E (3) app: lamp stuck, code 77\n");
    const char *cause = strstr(text, "The cause:"), *also = strstr(text, "Also in this log:");

    assert_true(cause != NULL && also != NULL && cause < also);
    assert_true(strstr(text, "ECONNABORTED") < also && strstr(text, "supply voltage") > also);
    holds(text,
          "Not known to this program: 1 error line, the first is line 4: E (3) app: lamp stuck");
}

static void curly_quotes_dashes_and_garbage_do_not_hide_a_line(void **state) {
    (void)state;
    const char *text = explained("\xe2\x80\x9c"
                                 "E (9) esp-tls: Failed to connnect to host (errno 113)"
                                 "\xe2\x80\x9d \xf0\x9f\x98\x80\xff\xfe\n"
                                 "> > `Failed to open HTTP connection: 28674`\n"
                                 "mbedtls_ssl_handshake returned \xe2\x80\x93"
                                 "0x2700\n");
    holds(text, "ECONNABORTED");
    holds(text, "ESP_ERR_HTTP_CONNECT");
    holds(text, "curly quotes");
    holds(text, "MBEDTLS_ERR_X509_CERT_VERIFY_FAILED");
}

static void numbers_without_trouble_are_left_alone(void **state) {
    struct explain *log = read_log("I (28674) heap: 28674 bytes free, flash at 0x8000\n"
                                   "I (113) wifi: channel 11\n");

    (void)state;
    assert_int_equal(explain_n_findings(log), 0);
    assert_null(explain_story_of(log));
    explain_free(log);
}

static void a_log_cut_anywhere_gives_the_same_answer(void **state) {
    aloft_bytes file = kit_file("test/fixtures/logs/nobody_answers.log");
    char whole[8192];

    (void)state;
    snprintf(whole, sizeof whole, "%s", explained((const char *)file.at));
    for (size_t cut = 0; cut <= file.len; cut++) {
        struct explain *log = explain_new();
        explain_read(log, kit_guarded(0, file.at, cut));
        explain_read(log, kit_guarded(1, file.at + cut, file.len - cut));
        explain_end(log);
        assert_string_equal(say(log), whole);
    }
}

static void a_reader_that_begins_again_knows_nothing_of_the_log_before(void **state) {
    static const char next[] =
        "[0x0204 while checking for an update; Linux errno 110]\nsta ip: 10.0.0.4\n";
    aloft_bytes file = kit_file("test/fixtures/logs/nobody_answers.log");
    struct explain *log = explain_new();
    char whole[8192];

    (void)state;
    snprintf(whole, sizeof whole, "%s", explained(next));
    explain_read(log, (aloft_bytes){file.at, file.len - 3}); /* the last line has no end */
    explain_again(log);
    explain_read(log, (aloft_bytes){(const uint8_t *)next, sizeof next - 1});
    explain_end(log);
    assert_string_equal(say(log), whole);
}

static void a_row_of_errors_def_is_known_by_its_name(void **state) {
    (void)state;
    holds(asked("NET_TIMEOUT"), "aloft: 0x0204 NET_TIMEOUT. The update server did not answer");
    holds(asked("ALOFT_E_TRIAL_CRASHED"), "0x0701 TRIAL_CRASHED");
    holds(asked("al_e_key_pair"), "0x1115 KEY_PAIR");
    holds(explained("E (12) app: aloft_start gave ALOFT_E_NO_KEYS\n"), "0x0105 NO_KEYS");
    lacks(explained("E (12) app: MISUSE of the lamp\n"), "0x0101");
}

static void random_bytes_and_endless_lines_are_bounded(void **state) {
    static uint8_t noise[1 << 20];
    struct explain *log = explain_new();
    uint32_t seed = 7;

    (void)state;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (uint8_t)kit_random(&seed);
    explain_read(log, (aloft_bytes){noise, sizeof noise});
    memset(noise, 'A', sizeof noise);
    explain_read(log, (aloft_bytes){noise, sizeof noise});
    explain_end(log);
    assert_true(explain_n_findings(log) <= EXPLAIN_FINDINGS_MAX);
    for (const char *p = say(log); *p != 0; p++)
        assert_true((unsigned char)*p < 0x7f);
}

static void more_findings_than_room_keep_the_newest(void **state) {
    struct explain *log = explain_new();
    const struct explain_code *code;
    char line[200];
    bool found = false;

    (void)state;
    for (size_t i = 0; (code = explain_code_at(i)) != NULL; i++) {
        snprintf(line, sizeof line, "error %s\n", code->name);
        explain_read(log, (aloft_bytes){(const uint8_t *)line, strlen(line)});
    }
    explain_end(log);
    assert_int_equal(explain_n_findings(log), EXPLAIN_FINDINGS_MAX);
    for (size_t i = 0; i < EXPLAIN_FINDINGS_MAX; i++) {
        const struct explain_code *kept = explain_finding_at(log, i)->code;
        found = found || (kept != NULL && strcmp(kept->name, "CURLE_SSL_CACERT_BADFILE") == 0);
    }
    assert_true(found);
    explain_free(log);
}

static void every_story_can_be_told_and_every_row_is_whole(void **state) {
    const struct explain_code *code;

    (void)state;
    for (size_t i = 0; i < explain_n_stories; i++) {
        assert_true((explain_stories[i].all | explain_stories[i].any) != 0);
        assert_true(strlen(explain_stories[i].innocent) > 0 && strlen(explain_stories[i].next) > 0);
    }
    for (size_t i = 0; (code = explain_code_at(i)) != NULL; i++) {
        assert_true(code->means[0] != 0 && code->source[0] != 0);
        assert_ptr_equal(explain_code_of((enum explain_family)code->family, code->number), code);
    }
    for (size_t i = 0; i < explain_n_lines; i++)
        assert_true(explain_lines[i].source[0] != 0 && strlen(explain_lines[i].text) < 80);
    assert_true(explain_n_lines <= 160);
}

/* ---- what a blind trial of broken set-ups missed */

#define START(slot, version, state)                                                                \
    "rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\n"                                     \
    "I (400) boot: Loaded app from partition at offset " slot "\n"                                 \
    "I (450) app_init: App version:      " version "\n"                                            \
    "I (460) oven: slot " slot ", image state " state "\n"
#define OLD START("0x10000", "2.0.0", "2")
#define TRIAL                                                                                      \
    "I (9000) oven: ESP_HTTPS_OTA upgrade successful. Rebooting ...\n" START("0x1f0000", "2.1.0",  \
                                                                             "1")

static void an_image_that_never_confirms_itself_is_told_by_how_often_it_went_back(void **state) {
    (void)state;
    const char *text = explained(OLD TRIAL OLD TRIAL OLD);
    holds(text, "2.1.0 was installed, started on trial, and never confirmed itself");
    holds(text, "brought 2.0.0 back: 2 times");
    lacks(text, "no further update");
    text = explained(OLD TRIAL OLD TRIAL);
    holds(text, "brought 2.0.0 back: 1 time ");
}

static void an_image_that_is_on_trial_or_has_confirmed_itself_went_nowhere(void **state) {
    (void)state;
    const char *text = explained(OLD TRIAL);
    holds(text, "on trial and has not confirmed itself yet");
    text = explained(OLD TRIAL OLD TRIAL "I (9000) oven: image state 2\n");
    lacks(text, "never confirmed itself");
    text = explained(OLD TRIAL OLD "E (9000) esp-tls: Failed to connnect to host (errno 113)\n");
    holds(text, "nobody answers");
}

static void a_date_of_1970_beside_a_refused_certificate_is_the_clock(void **state) {
    (void)state;
    const char *text =
        explained("[1970-01-01 00:00:09] oven: asks\n"
                  "E (9100) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"
                  "E (9100) esp-tls: Failed to open new connection\n"
                  "E (9100) transport_base: Failed to open a new connection\n"
                  "E (9100) HTTP_CLIENT: Connection failed, sock < 0\n");
    holds(text, "The device's clock was never set");
    holds(text, "(very likely)");
    lacks(text, "Not known to this program");
    lacks(text, "esp-tls has said why");
    text = explained("[1970-01-01 00:00:09] oven: asks\nE (1) esp-tls: Failed to connnect to host "
                     "(errno 113)\n");
    holds(text, "nobody answers");
}

static void a_line_that_only_repeats_is_known_and_shown_where_it_is_alone(void **state) {
    (void)state;
    holds(explained("E (1) transport_base: Failed to open a new connection\n"), "said why");
    holds(explained("E (1) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700\n"),
          "aloft watch");
}

static void an_alert_is_asked_for_by_its_number(void **state) {
    static const struct {
        const char *ask, *words;
    } row[] = {{"alert 40", "no cipher"},      {"alert 42", "another name"},
               {"alert 45", "has ended"},      {"alert 46", "not valid yet"},
               {"TLS alert 48", "unknown_ca"}, {"alert 70", "TLS version"},
               {"Alert 80", "internal_error"}, {"46", "not valid yet"}};

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
        holds(asked(row[i].ask), row[i].words);
    lacks(asked("alert 46"), "another CA (most often)");
}

static void a_servers_log_is_told_by_what_explains_the_others(void **state) {
    (void)state;
    const char *text = explained(
        "11:02:03  192.168.7.9 asks for acme.example/oven/b, which is no class of this project "
        "(the "
        "first is acme.example/oven/a). Build it anew.  [0x1316]\n"
        "11:02:03  oven-1 runs 2.0.0, failed: The server has nothing for this device: it answered "
        "404. Publish a release.  [0x0303]\n");
    holds(text, "The cause: line 1");
    holds(text, "What it is 192.168.7.9 asks for acme.example/oven/b");
    holds(text, "the server's own words");
    text = explained("2026-11-20T11:02:03.123Z 0x1316 192.168.7.9 192.168.7.9 asks for "
                     "acme.example/oven/b, which "
                     "is no class of this project. Build it anew.  [0x1316]\n");
    holds(text, "What it is 192.168.7.9 asks");
    text = explained(
        "The payload ended after 70000 of 90000 bytes. It goes on.  [0x0802 while downloading]\n"
        "This device has fetched four times the size of this release. Look.  [0x0803 while "
        "downloading]\n");
    holds(text, "What it is The payload ended after 70000");
}

static void a_fault_that_has_passed_is_still_the_one_that_is_asked_about(void **state) {
    (void)state;
    const char *text = explained("The connection to up.example was cut in the middle. Try again.  "
                                 "[0x0205 while downloading]\n2.1.0 confirmed: it stays\n");
    holds(text, "What it is The connection to up.example was cut");
    holds(explained("2.1.0 confirmed: it stays\n"), "The update is done");
}

static void a_server_that_is_forwarded_to_leads_to_what_forwards(void **state) {
    (void)state;
    holds(
        explained(
            "devices call https://up.example:4443, and nothing here listens on port 4443: "
            "something "
            "must forward it\n"
            "11:02:03  oven-1 runs 2.0.0, failed: The payload ended after 70000 of 90000 bytes. It "
            "goes on.  [0x0802]\n"),
        "look there for what ends answers early");
}

static void the_network_of_the_device_is_named_where_it_may_be_the_wrong_one(void **state) {
    (void)state;
    const char *text =
        explained("I (2) wifi:connected with cafe-guests, aid = 9, channel 6\n"
                  "I (3) esp_netif_handlers: sta ip: 10.1.2.3, mask: 255.255.255.0, gw: 10.1.2.1\n"
                  "I (4) oven: asks https://192.168.7.2:4443/\n"
                  "E (5) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x7200\n");
    holds(text, "10.1.2.3, in the Wi-Fi \"cafe-guests\"");
    holds(text, "192.168.7.2, which the log names, is in another network");
    holds(text, "portal");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errno_113_before_any_tls_line_clears_the_certificates),
        cmocka_unit_test(the_same_number_after_a_certificate_line_blames_the_certificate),
        cmocka_unit_test(the_newest_attempt_tells_the_story),
        cmocka_unit_test(a_number_alone_has_every_reading),
        cmocka_unit_test(mbedtls_sums_are_taken_apart),
        cmocka_unit_test(a_chip_id_of_two_letters_is_a_web_page),
        cmocka_unit_test(faults_of_aloft_are_read_back),
        cmocka_unit_test(the_step_of_a_fault_decides_what_it_clears),
        cmocka_unit_test(the_number_of_the_layer_below_is_read),
        cmocka_unit_test(a_release_that_waits_is_no_cause),
        cmocka_unit_test(what_comes_after_a_fault_of_aloft_tells_the_story),
        cmocka_unit_test(the_state_of_a_slot_is_said),
        cmocka_unit_test(colours_and_curly_quotes_do_not_hide_a_line),
        cmocka_unit_test(what_people_ask_for_has_its_entry),
        cmocka_unit_test(arduino_does_not_mean_refused),
        cmocka_unit_test(a_progress_up_to_100_is_none),
        cmocka_unit_test(a_log_is_told_by_its_cause),
        cmocka_unit_test(curly_quotes_dashes_and_garbage_do_not_hide_a_line),
        cmocka_unit_test(numbers_without_trouble_are_left_alone),
        cmocka_unit_test(a_log_cut_anywhere_gives_the_same_answer),
        cmocka_unit_test(a_reader_that_begins_again_knows_nothing_of_the_log_before),
        cmocka_unit_test(a_row_of_errors_def_is_known_by_its_name),
        cmocka_unit_test(random_bytes_and_endless_lines_are_bounded),
        cmocka_unit_test(more_findings_than_room_keep_the_newest),
        cmocka_unit_test(every_story_can_be_told_and_every_row_is_whole),
        cmocka_unit_test(an_image_that_never_confirms_itself_is_told_by_how_often_it_went_back),
        cmocka_unit_test(an_image_that_is_on_trial_or_has_confirmed_itself_went_nowhere),
        cmocka_unit_test(a_date_of_1970_beside_a_refused_certificate_is_the_clock),
        cmocka_unit_test(a_line_that_only_repeats_is_known_and_shown_where_it_is_alone),
        cmocka_unit_test(an_alert_is_asked_for_by_its_number),
        cmocka_unit_test(a_servers_log_is_told_by_what_explains_the_others),
        cmocka_unit_test(a_fault_that_has_passed_is_still_the_one_that_is_asked_about),
        cmocka_unit_test(a_server_that_is_forwarded_to_leads_to_what_forwards),
        cmocka_unit_test(the_network_of_the_device_is_named_where_it_may_be_the_wrong_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
