/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/explain. Writes docs/troubleshooting.md out of the same tables that `aloft explain`
 * uses.
 * Knows: markdown.   Never knows: a log. */
#include "explain.h"

#include <string.h>

static const char head[] =
    "# Troubleshooting: search here for what your log says\n\n"
    "This page is made by `aloft explain --document` from the tables that `aloft explain` reads; a "
    "test\n"
    "keeps the two the same. At its end stands what devices, doctor and server said to faults that "
    "were made\n"
    "for real. Quicker than searching: `idf.py monitor | aloft explain -`, or\n"
    "`aloft explain 113`.\n\n"
    "## The line that brings most people here\n\n"
    "    E (50859) esp-tls: Failed to connnect to host (errno 113)\n"
    "    Failed to open HTTP connection: 28674\n\n"
    "The device asked an address at which nobody answers. 113 on an ESP32 is ECONNABORTED: it "
    "asked and\n"
    "got no answer. 28674 is 0x7002, which only says \"no connection\". TLS had not begun, so no\n"
    "certificate was looked at and none can be the cause. `aloft doctor --project DIR` names the "
    "line of\n"
    "your source with the address; `aloft doctor --firmware FILE` reads it out of the built "
    "image.\n\n"
    "## Which step of the road is broken\n\n"
    "`aloft -C PROJECT doctor` walks a device's road: name, route, TCP, TLS, chain, host name, "
    "dates,\n"
    "HTTP, clock, manifest, decision, payload. It stops at the first step that is broken and says "
    "what\n"
    "was seen and what was expected, with the number that a device would give. Run it on the "
    "device's\n"
    "network; `--now 0` is a device whose clock stands at 1970. It finds no fault of Wi-Fi or "
    "flash.\n";

static void put_cell(const char *text, FILE *to) {
    for (; *text != 0; text++)
        if (*text == '|')
            fputs("\\|", to);
        else if (*text == '<')
            fputs("&lt;", to);
        else if ((unsigned char)*text < 0x80)
            fputc(*text, to);
}

static void put_codes(enum explain_family family, FILE *to) {
    const struct explain_code *code;

    fprintf(to,
            "\n### %s\n\n| number | name | what it means | what to do | source "
            "|\n|---|---|---|---|---|\n",
            explain_family_name(family));
    for (size_t i = 0; (code = explain_code_at(i)) != NULL; i++) {
        if (code->family != family || (code->number == -1 && family <= EXPLAIN_LWIP))
            continue;
        if (family == EXPLAIN_MBEDTLS)
            fprintf(to, "| -0x%04x = %d |", (unsigned)-code->number, code->number);
        else if (family == EXPLAIN_ESP || family == EXPLAIN_VERIFY)
            fprintf(to, "| %d = 0x%x |", code->number, (unsigned)code->number);
        else
            fprintf(to, "| %d |", code->number);
        fprintf(to, " %s | %s | ", code->name, code->means);
        put_cell(code->next, to);
        fprintf(to, " | %s |\n", code->source);
    }
}

static void put_lines(FILE *to) {
    fputs("\n## Lines\n\n| text in the log | what it means | what to do | who prints it |\n"
          "|---|---|---|---|\n",
          to);
    for (size_t i = 0; i < explain_n_lines; i++) {
        if (explain_lines[i].means[0] == 0 || (unsigned char)explain_lines[i].text[0] >= 0x80)
            continue;
        fputs("| `", to);
        fputs(explain_lines[i].text, to);
        fputs("` | ", to);
        put_cell(explain_lines[i].means, to);
        fputs(" | ", to);
        put_cell(explain_lines[i].next, to);
        fprintf(to, " | %s |\n", explain_lines[i].source);
    }
    fputs("| `Mismatch chip id, expected 9, found 27757` | 27757 is no chip: its two bytes are the "
          "letters "
          "\"ml\", which stand at byte 12 of `<!DOCTYPE html`: the device was given a web page | "
          "Fetch the "
          "same address with curl and look at it with aloft inspect. | esp_https_ota |\n",
          to);
}

static void put_stories(FILE *to) {
    fputs("\n## What it comes to\n\n`aloft explain` combines the lines of one attempt into one of "
          "these.\n\n"
          "| what it is | how sure | what it is not | next |\n|---|---|---|---|\n",
          to);
    for (size_t i = 0; i < explain_n_stories; i++) {
        const struct explain_story *s = &explain_stories[i];
        fputs("| ", to);
        put_cell(s->cause, to);
        fprintf(to, " | %s | ", s->sure);
        put_cell(s->innocent, to);
        fputs(" | ", to);
        put_cell(s->next, to);
        fputs(" |\n", to);
    }
}

void explain_document(FILE *to) {
    fputs(head, to);
    put_stories(to);
    put_lines(to);
    fputs("\n## Numbers\n\nThe same number means different things to different programs: on an "
          "ESP32 errno is\n"
          "newlib's, on your computer it is Linux's.\n",
          to);
    for (int family = 0; family < EXPLAIN_N_FAMILIES; family++)
        if (family != EXPLAIN_PERCENT && family != EXPLAIN_CHIP && family != EXPLAIN_ALOFT &&
            family != EXPLAIN_WORDS)
            put_codes((enum explain_family)family, to);
    fputs("\naloft's own numbers ([0x0203 ...]) stand in ERRORS.md.\n", to);
}
