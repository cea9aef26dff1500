/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Log lines and error numbers become sentences.
 *
 * Example:
 *     struct explain *log = explain_new();
 *     explain_read(log, bytes);                 // as often as there are bytes
 *     explain_end(log);
 *     explain_say(log, stdout);
 *     explain_free(log);
 */
#ifndef HOST_EXPLAIN_H
#define HOST_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <aloft/bytes.h>

/** Longest line that is looked at; the rest of a longer one is passed over. A log line of ESP-IDF
 *  is shorter than 512 bytes; 2048 leaves room for a JSON body in one line. */
#define EXPLAIN_LINE_MAX 2048u

/** Different findings that are kept; a log that has more has its first causes among them, and the
 *  story is told by the newest, which replace the oldest. */
#define EXPLAIN_FINDINGS_MAX 24u

/** Whose number it is. */
enum explain_family {
    EXPLAIN_NEWLIB,
    EXPLAIN_LINUX,
    EXPLAIN_LWIP,    /* lwIP's own errno table */
    EXPLAIN_ESP,     /* esp_err_t */
    EXPLAIN_MBEDTLS, /* -0x0001..-0x7fff, may be the sum of a high and a low part */
    EXPLAIN_PSA,     /* psa_status_t */
    EXPLAIN_LWIP_ERR,
    EXPLAIN_OTADATA,  /* esp_ota_img_states_t */
    EXPLAIN_VERIFY,   /* flags of a certificate check, mbedtls x509.h */
    EXPLAIN_CURL,     /* exit code of curl */
    EXPLAIN_RESOLVER, /* getaddrinfo of lwIP */
    EXPLAIN_ALERT,    /* TLS alert, RFC 5246 7.2 and RFC 6066 */
    EXPLAIN_ARDUINO,  /* HTTPClient and HTTPUpdate of arduino-esp32 */
    EXPLAIN_PERCENT,  /* progress: more than 100 is a fault */
    EXPLAIN_CHIP,     /* chip id of an image header: the last number of the line */
    EXPLAIN_ALOFT,    /* errors.def */
    EXPLAIN_WORDS,    /* no number: a line that is known by its text */
    EXPLAIN_N_FAMILIES
};

/** What a finding says about the state of the world; stories combine these. */
enum explain_mark {
    MARK_NONE,
    MARK_NOBODY, /* asked, and nobody answered */
    MARK_TIMEOUT,
    MARK_NO_ROUTE,
    MARK_REFUSED,
    MARK_NO_CONNECTION, /* "no connection", which has many causes */
    MARK_NAME,          /* the name cannot be resolved */
    MARK_WIFI,          /* no Wi-Fi */
    MARK_ADDRESS,       /* the device has an address: Wi-Fi and DHCP work */
    MARK_TLS,           /* TLS had begun, so the machine was there */
    MARK_CA,            /* the chain does not end at a CA that is trusted */
    MARK_CERT,          /* a certificate was not believed, nobody said why */
    MARK_CURL,          /* it was curl on a computer, not a device */
    MARK_HOST_NAME,     /* the certificate is for another name */
    MARK_DATE,          /* a certificate has ended, or the clock is wrong */
    MARK_PEM,           /* a PEM text that is built in cannot be read */
    MARK_NOT_TLS,       /* the other side does not speak TLS */
    MARK_MEMORY,
    MARK_CUT, /* the connection ended early */
    MARK_NO_LENGTH,
    MARK_TEXT_IMAGE, /* what came is text or a web page */
    MARK_WRONG_CHIP,
    MARK_BAD_IMAGE,
    MARK_TOO_BIG,
    MARK_SIGNATURE,
    MARK_NO_SLOT,
    MARK_ROLLED_BACK,
    MARK_ON_TRIAL,
    MARK_JSON,      /* version_info.json cannot be used */
    MARK_NO_NEWER,  /* there was nothing to update to */
    MARK_INSTALLED, /* the new image was accepted */
    MARK_STORAGE,
    MARK_OTA_DEMO, /* a line that only the SmartThings ota_demo prints */
    MARK_PASTE,    /* curly quotes */
    MARK_POWER,    /* the supply voltage fell */
    MARK_CRASH,
    MARK_STATIC_RAM, /* the program does not fit the RAM when it is linked */
    MARK_NO_RANGES,  /* a download that went on got the file from its beginning */
    MARK_PATCH,      /* a patch for another image than the one that runs */
    MARK_SLOW,
    MARK_NO_LOADABLE, /* the boot loader finds nothing to start */
    MARK_NO_TRIAL,    /* rollback is off */
    MARK_CLAIMED,     /* called a success, and not proven */
    MARK_SILENT,      /* a server waits for a device that says nothing */
    MARK_STATUS,      /* an HTTP status that is an error */
    MARK_REDIRECT,
    MARK_PROXY,
    MARK_HEAD,         /* the head of a request or an answer does not fit */
    MARK_SHORT,        /* a download ended before its end, and nobody said why */
    MARK_NAME_OR_DATE, /* a certificate was not believed, and not for its CA */
    MARK_SIGNER,       /* a manifest is signed, and by keys that this device does not trust */
    MARK_CONFIRMED,    /* the new image runs and has confirmed itself */
    MARK_CLOCK,        /* a line carries a date of 1970: the clock was never set */
    MARK_FORWARDED,    /* something stands between the devices and the server */
    MARK_FOLLOWS,      /* a line that only repeats what the one before it has said */
    N_MARKS
};

/** One known number. Static data; every text is ASCII. */
struct explain_code {
    uint8_t family; /* enum explain_family */
    uint8_t mark;
    int32_t number;
    const char *name;
    const char *means;
    const char *next; /* "" : nothing to do about it alone */
    const char *source;
};

/** One known line. */
struct explain_line {
    const char *text; /* found in a line in any case of letters */
    uint8_t family;   /* of the number that follows the text; EXPLAIN_WORDS: none */
    uint8_t mark;
    const char *means;
    const char *next;
    const char *source;
};

/** One story: what a combination of marks comes to. */
struct explain_story {
    uint64_t all, any, none; /* bits 1 << mark; any 0: no demand */
    const char *sure;        /* "certain", "very likely", "one of several" */
    const char *cause;
    const char *innocent;
    const char *next;
};

#define EXPLAIN_BIT(mark) ((uint64_t)1 << (mark))

extern const struct explain_line explain_lines[];
extern const size_t explain_n_lines;
extern const struct explain_story explain_stories[];
extern const size_t explain_n_stories;

/** The known codes one after the other, NULL at the end: for documents and tests. */
const struct explain_code *explain_code_at(size_t i);

/** The row of a number in a family, or NULL. An mbedTLS sum gives its high part, or the low one if
 *  there is none. */
const struct explain_code *explain_code_of(enum explain_family family, int32_t number);

/** The row of a name such as ESP_ERR_HTTP_CONNECT, or NULL. */
const struct explain_code *explain_code_named(aloft_bytes name);

/** What a family is called in a sentence: "newlib (ESP32)". */
const char *explain_family_name(enum explain_family family);

/** What was found in one line. */
struct explain_finding {
    const struct explain_code *code; /* or NULL */
    const struct explain_code *part; /* the low part of an mbedTLS sum, or NULL */
    const struct explain_line *line; /* or NULL */
    uint8_t mark;                    /* enum explain_mark */
    int32_t number;
    uint64_t at_line; /* first time, from 1 */
    uint64_t last;    /* last time */
    uint32_t n_times;
    char excerpt[160]; /* printable */
    char own[700];     /* the sentence of an aloft fault, or of a text as chip id; else empty */
};

struct explain;

/** NULL when there is no memory. Costs about 40 KB, whatever the log's length. */
struct explain *explain_new(void);
void explain_free(struct explain *log);
/** Forget what was read: the next bytes are the first of another log. */
void explain_again(struct explain *log);

/** A number or name alone, as a person types it: every reading of it is listed. Text with more
 *  words is read as a line. */
void explain_ask(struct explain *log, const char *text);

/** The next bytes of a log, cut anywhere; any bytes. Linear time. */
void explain_read(struct explain *log, aloft_bytes bytes);

/** No more bytes come: chooses the story. */
void explain_end(struct explain *log);

size_t explain_n_findings(const struct explain *log);
const struct explain_finding *explain_finding_at(const struct explain *log, size_t i);
const struct explain_story *explain_story_of(const struct explain *log);

/** The device's own address and its Wi-Fi, as the log names them; "": it does not. */
const char *explain_address(const struct explain *log);
const char *explain_wifi(const struct explain *log);

/** address.c: both are IPv4 in digits and have their first three numbers in common; or both are private ones
 *  and have not. */
bool explain_is_same_network(const char *one, const char *other);
bool explain_is_other_network(const char *one, const char *other);
bool explain_is_loopback(const char *address);

/** The two parts of explain_say: what each line means, and what it comes to. */
void explain_say_lines(const struct explain *log, FILE *to);
void explain_say_story(const struct explain *log, FILE *to);

/** Sentences for a person; JSON for a program; the document of everything that is known. */
void explain_say(const struct explain *log, FILE *to);
void explain_json(const struct explain *log, FILE *to);
void explain_document(FILE *to);

#endif
