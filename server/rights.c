/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Becomes the owner of the project, without rights of root.
 * Knows: users, capabilities of Linux.   Never knows: what the server does with what is left. */
#include "rights.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "server/net/server.h"

struct who {
    uid_t uid;
    gid_t gid;
    char name[64];
};

static aloft_err refuse(const struct project *project, const struct who *who, const char *reason,
                        int number, struct trouble *trouble) {
    trouble_set(trouble, ALOFT_E_SERVER_RIGHTS);
    trouble->fault.origin = number != 0 ? ALOFT_ORIGIN_LINUX : 0;
    trouble->fault.raw = number;
    trouble_fact(trouble, "user", "%s", who->name);
    trouble_fact(trouble, "folder", "%s", project->dir);
    trouble_fact(trouble, "reason", "%s", reason);
    return ALOFT_E_SERVER_RIGHTS;
}

static void name_of(struct who *who) {
    const struct passwd *found = getpwuid(who->uid);

    if (found != NULL)
        snprintf(who->name, sizeof who->name, "%s", found->pw_name);
    else
        snprintf(who->name, sizeof who->name, "user %u", (unsigned)who->uid);
}

static aloft_err choose(const struct project *project, const char *user, struct who *who,
                        struct trouble *trouble) {
    const struct passwd *found = user != NULL ? getpwnam(user) : NULL;
    struct stat facts;

    snprintf(who->name, sizeof who->name, "%s", user != NULL ? user : "its owner");
    if (user != NULL && found == NULL)
        return refuse(project, who, "there is no such user", 0, trouble);
    if (found != NULL) {
        who->uid = found->pw_uid;
        who->gid = found->pw_gid;
        return ALOFT_OK;
    }
    if (stat(project->dir, &facts) != 0)
        return refuse(project, who, strerror(errno), errno, trouble);
    who->uid = facts.st_uid;
    who->gid = facts.st_gid;
    name_of(who);
    return ALOFT_OK;
}

/* capabilities(7): two words of 32 rights each; what is not there already cannot be taken. */
static int keep_only(uint32_t rights) {
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

    if (syscall(SYS_capget, &head, data) != 0)
        return -1;
    data[0].permitted &= rights;
    data[0].effective = data[0].permitted;
    data[0].inheritable = 0;
    memset(&data[1], 0, sizeof data[1]);
    return (int)syscall(SYS_capset, &head, data);
}

static int become(const struct who *who) {
    /* the bounding set ends where the kernel knows no further right: EINVAL */
    for (unsigned right = 0; right < 64; right++)
        if (prctl(PR_CAPBSET_DROP, right, 0, 0, 0) != 0)
            break;
    if (who->uid != 0 && (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || setgroups(0, NULL) != 0 ||
                          setresgid(who->gid, who->gid, who->gid) != 0 ||
                          setresuid(who->uid, who->uid, who->uid) != 0))
        return -1;
    return keep_only(1u << CAP_NET_BIND_SERVICE);
}

aloft_err rights_begin(const struct project *project, const char *user, struct trouble *trouble) {
    struct who who = {0};
    aloft_err e;

    if (geteuid() != 0 && user == NULL)
        return ALOFT_OK;
    e = choose(project, user, &who, trouble);
    if (e != ALOFT_OK || (geteuid() != 0 && who.uid == geteuid()))
        return e;
    if (geteuid() != 0)
        return refuse(project, &who, "only root can become somebody else", 0, trouble);
    if (become(&who) != 0)
        return refuse(project, &who, strerror(errno), errno, trouble);
    if (access(project->dir, R_OK | W_OK | X_OK) != 0)
        return refuse(project, &who, strerror(errno), errno, trouble);
    if (who.uid != 0)
        say("root's rights are given up: this is %s now", who.name);
    else
        say("the project belongs to root: this stays root, but without root's rights");
    return ALOFT_OK;
}

void rights_end(void) {
    (void)keep_only(0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
