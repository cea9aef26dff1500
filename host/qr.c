/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Draws a QR code with characters.
 * Knows: modules, blocks of UTF-8.   Never knows: what it says. */
#include "qr.h"

#include <stdbool.h>
#include <stdio.h>

#include <qrencode.h>

#define QR_MARGIN 2 /* modules; the standard asks for 4, phones read 2 on a terminal */

static bool is_dark(const QRcode *code, int x, int y) {
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1) != 0;
}

/* Two rows of modules in one row of characters; light is drawn, so that it reads on a dark
 * terminal. */
void qr_print(const char *text) {
    static const char *const block[] = {"\xe2\x96\x88", "\xe2\x96\x80", "\xe2\x96\x84", " "};
    QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L);

    if (code == NULL)
        return;
    for (int y = -QR_MARGIN; y < code->width + QR_MARGIN; y += 2) {
        fputs("  ", stdout);
        for (int x = -QR_MARGIN; x < code->width + QR_MARGIN; x++)
            fputs(block[(is_dark(code, x, y) ? 2 : 0) + (is_dark(code, x, y + 1) ? 1 : 0)], stdout);
        putchar('\n');
    }
    QRcode_free(code);
}
