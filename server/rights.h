/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. What a server that root has started gives up, and when.
 *
 * Example:
 *     if (rights_begin(project, NULL, &trouble) != ALOFT_OK) ...   // before any thread, before any file
 *     ... listen ...
 *     rights_end();                                               // before any thread
 */
#ifndef SERVER_RIGHTS_H
#define SERVER_RIGHTS_H

#include "host/project.h"
#include "host/trouble.h"

/**
 * Become the owner of the project, or `user` where it is not NULL, keeping of root's rights only the
 * one for ports below 1024. A project of root stays root's, but without root's other rights: it may
 * then touch what belongs to root and nothing else. Started by anybody but root, nothing changes.
 *
 * Fails   SERVER_RIGHTS: there is no such user, only root can become another one, or who it is now
 *         may not enter the project.
 */
ALOFT_MUST_USE aloft_err rights_begin(const struct project *project, const char *user,
                                      struct trouble *trouble);

/** Give up the last right, and that any program started from here gets one. */
void rights_end(void);

#endif
