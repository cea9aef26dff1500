/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. A QR code on the terminal, for the camera of a phone. */
#ifndef HOST_QR_H
#define HOST_QR_H

/** Print it to standard output; nothing, where it cannot be made. */
void qr_print(const char *text);

#endif
