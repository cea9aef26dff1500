/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Keeps a fault and the facts for its sentence, and prints them.
 * Knows: errors.def's blocks, terminals.   Never knows: what was being done. */
#include "trouble.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "denied.h"

aloft_err trouble_set(struct trouble *t, aloft_err code) {
    memset(t, 0, sizeof *t);
    t->fault.code = (uint16_t)code;
    return code;
}

aloft_err trouble_from(struct trouble *t, const aloft_fault *why) {
    memset(t, 0, sizeof *t);
    t->fault = *why;
    return (aloft_err)why->code;
}

void trouble_fact(struct trouble *t, const char *name, const char *format, ...) {
    char text[TROUBLE_ROOM];
    size_t len;
    va_list arguments;

    if (t->n == TROUBLE_FACTS)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    len = strlen(text);
    if (len + 1 > TROUBLE_ROOM - t->used)
        return;
    aloft_printable((aloft_bytes){(const uint8_t *)text, len}, t->room + t->used, len + 1);
    t->fact[t->n].name = name;
    t->fact[t->n].text = t->room + t->used;
    t->n++;
    t->used += len + 1;
}

/* Whose the file is says more than "Permission denied"; where that is not the reason, the number speaks. */
static aloft_err tell_owner(struct trouble *t, aloft_err code, const char *path, int number) {
    if ((number != EACCES && number != EPERM) ||
        (code != ALOFT_E_FILE_READ && code != ALOFT_E_FILE_WRITE))
        return ALOFT_OK;
    return denied_tell(t, code == ALOFT_E_FILE_READ ? DENIED_READ : DENIED_WRITE, path);
}

aloft_err trouble_file(struct trouble *t, aloft_err code, const char *path, int number) {
    aloft_err whose = tell_owner(t, code, path, number);

    if (whose != ALOFT_OK) {
        t->fault.origin = ALOFT_ORIGIN_LINUX;
        t->fault.raw = number;
        return whose;
    }
    if (code == ALOFT_E_FILE_WRITE && (number == ENOSPC || number == EDQUOT))
        code = ALOFT_E_FILE_FULL;
    trouble_set(t, code);
    t->fault.origin = number != 0 ? ALOFT_ORIGIN_LINUX : 0;
    t->fault.raw = number;
    trouble_fact(t, "file", "%s", path);
    trouble_fact(t, "reason", "%s", strerror(number));
    return code;
}

/* `t` may have been copied: the facts' texts are found again by their place in its room. */
const char *trouble_text(const struct trouble *t, char *out, size_t out_size) {
    struct aloft_fact fact[TROUBLE_FACTS];
    size_t at = 0;

    for (unsigned i = 0; i < t->n; i++) {
        fact[i].name = t->fact[i].name;
        fact[i].text = t->room + at;
        at += strlen(t->room + at) + 1;
    }
    return aloft_explain(&t->fault, fact, t->n, out, out_size);
}

int trouble_print(FILE *to, const struct trouble *t) {
    char text[ALOFT_SENTENCE_MAX + TROUBLE_ROOM];

    fprintf(to, "aloft: %s\n", trouble_text(t, text, sizeof text));
    return trouble_exit(t);
}

/* Alarms are 3. Host blocks 0x10..0x15 are the caller's input unless the row says LATER, which means
 * that the world, not the input, has to change first. Everything of a device is the world's. */
int trouble_exit(const struct trouble *t) {
    unsigned code = t->fault.code;

    if (code == ALOFT_OK)
        return 0;
    if (ALOFT_IS_ALERT(code))
        return 3;
    if (code >> 8 >= 0x10u && aloft_err_retry(code) != ALOFT_RETRY_LATER)
        return 1;
    return code >> 8 == 0x01u || code >> 8 == 0x04u ? 1 : 2;
}
