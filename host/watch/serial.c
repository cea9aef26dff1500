/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/watch. The wire to a board: which one, how fast, and the lines that reset it.
 * Knows: terminals, adapters.   Never knows: what a board says. */
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

aloft_err serial_find(char *path, size_t path_size, struct trouble *trouble) {
    glob_t found = {0};
    aloft_err e = ALOFT_OK;

    (void)glob("/dev/ttyUSB*", 0, NULL, &found);
    (void)glob("/dev/ttyACM*", GLOB_APPEND, NULL, &found);
    if (found.gl_pathc == 0) {
        e = trouble_set(trouble, ALOFT_E_WATCH_NO_PORT);
    } else if (found.gl_pathc > 1) {
        e = trouble_set(trouble, ALOFT_E_WATCH_WHICH_PORT);
        trouble->fault.got = (uint32_t)found.gl_pathc;
        trouble_fact(trouble, "file", "%s", found.gl_pathv[0]);
        trouble_fact(trouble, "other", "%s", found.gl_pathv[1]);
    } else {
        snprintf(path, path_size, "%s", found.gl_pathv[0]);
    }
    globfree(&found);
    return e;
}

/* Both lines asserted keep most boards in reset or in the loader: EN hangs on RTS, the boot pin on DTR. A
 * pseudo-terminal has no such lines and says so. */
static void release_reset(int file) {
    int lines = TIOCM_DTR | TIOCM_RTS;

    (void)ioctl(file, TIOCMBIC, &lines);
}

static bool set_up(int file) {
    struct termios how;

    if (tcgetattr(file, &how) != 0)
        return false;
    cfmakeraw(&how);
    how.c_cflag |= CLOCAL | CREAD;
    how.c_cflag &= (tcflag_t) ~(CSTOPB | PARENB | CRTSCTS | HUPCL);
    how.c_cc[VMIN] = 0;
    how.c_cc[VTIME] = 0;
    if (cfsetispeed(&how, B115200) != 0 || cfsetospeed(&how, B115200) != 0 ||
        tcsetattr(file, TCSANOW, &how) != 0)
        return false;
    release_reset(file);
    return true;
}

static aloft_err refuse(const char *path, bool is_device, int number, struct trouble *trouble) {
    return trouble_file(trouble, is_device ? ALOFT_E_WATCH_PORT : ALOFT_E_FILE_READ, path, number);
}

aloft_err serial_open(const char *path, int *out, bool *is_serial, struct trouble *trouble) {
    bool is_stdin = strcmp(path, "-") == 0;
    struct stat facts;
    /* not to wait for a carrier, and not to become the controlling terminal */
    int file = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    bool is_device = stat(path, &facts) == 0 && S_ISCHR(facts.st_mode);

    *is_serial = false;
    if (file < 0)
        return refuse(path, is_device, errno, trouble);
    if (fstat(file, &facts) == 0 && S_ISDIR(facts.st_mode)) {
        close(file);
        return refuse(path, false, EISDIR, trouble);
    }
    if (!is_stdin && isatty(file)) {
        if (ioctl(file, TIOCEXCL) != 0 || !set_up(file)) {
            int number = errno;
            close(file);
            return refuse(path, true, number, trouble);
        }
        *is_serial = true;
    }
    *out = file;
    return ALOFT_OK;
}
