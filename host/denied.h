/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Why a file may not be touched: which file or folder stops it, whose that is, and who asks. */
#ifndef HOST_DENIED_H
#define HOST_DENIED_H

#include "trouble.h"

enum denied_wish { DENIED_READ, DENIED_WRITE };

/**
 * Look for what stops this process at `path`, and tell it in `t`.
 *
 * Gives   PROJECT_OWNER, FILE_OWNER: it, or a folder on the way to it, belongs to somebody else, within a
 *         project of aloft, or outside, where nothing is advised to change hands.
 *         FILE_MODE: it belongs to who runs this, and its mode does not let them.
 *         ALOFT_OK: neither owner nor mode stops anything; `t` is as it was.
 */
aloft_err denied_tell(struct trouble *t, enum denied_wish wish, const char *path);

#endif
