/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. Standard input, output and error, as whoever started the program left them. */
#ifndef CLI_STREAMS_H
#define CLI_STREAMS_H

#include "host/trouble.h"

/** Before anything is opened: a stream that is closed (`>&-`) must not become a key file's number. */
void streams_begin(void);

/** At the end: what was printed has been written, or FILE_WRITE, FILE_FULL. Who reads no further, as `head`
 *  does, has had enough: that is none. */
ALOFT_MUST_USE aloft_err streams_end(struct trouble *trouble);

#endif
