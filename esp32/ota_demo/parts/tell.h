/* SPDX-License-Identifier: Apache-2.0 */
/* Door: what changed since the last look, as lines for the console.
 *
 * Example, after each step:
 *     while (tell(&told, "ota_demo", &status, line, sizeof line))
 *         puts(line);
 */
#ifndef OTA_DEMO_TELL_H
#define OTA_DEMO_TELL_H

#include <aloft/aloft.h>

#define TELL_LINE_MAX (ALOFT_SENTENCE_MAX + 40u)

/** What has been told. Zero-initialise it. */
struct tell {
    bool is_offline; /* set before each call: there is no network, and faults of it are no news */
    bool has_begun, reached;
    enum aloft_state state;
    uint32_t tenths; /* of the download */
    uint16_t fault;  /* code */
    uint64_t offer;  /* sequence of the offer that was told */
};

/** The next line that is due; false: there is none. Each change is told once. */
bool tell(struct tell *told, const char *name, const struct aloft_status *status, char *line,
          size_t line_size);

/** The fault as sentences, with what the status knows as facts. Gives out. */
const char *tell_fault(const aloft_fault *fault, const struct aloft_status *status, char *out,
                       size_t out_size);

/** "1.0.0 in slot A, confirmed", into out. Gives out. */
const char *tell_running(const struct aloft_status *status, char *out, size_t out_size);

#endif
