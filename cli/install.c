/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft install`: puts the program and what belongs to it in place, or takes it away.
 * Knows: which file goes where.   Never knows: what stands in them. */
#include "install.h"

#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/file.h"
#include "smartthings.h"

static const char help[] =
    "usage: aloft install [--prefix DIR] [--service | --user-service]\n"
    "       aloft install [--prefix DIR] [--user-service] --remove\n"
    "\n"
    "Puts this program, its man page and the completions of bash and zsh in place, and the\n"
    "stand-in of the SmartThings app where it was built. Doing it again changes nothing but what\n"
    "is older. With --service or --user-service, `aloft -C PROJECT install` also writes a systemd\n"
    "unit that serves that project; it starts nothing, but says which command does.\n"
    "\n"
    "  --prefix DIR    where to; default: /usr/local, and with --user-service ~/.local\n"
    "  --service       a unit of the system: runs as the owner of the project, who must not be\n"
    "                  root, writes nothing but the project, and does not see its keys/\n"
    "  --user-service  a unit of your own: needs no root, and runs while you are logged in, or\n"
    "                  always after `loginctl enable-linger`\n"
    "  --remove        takes away all that install puts below the prefix; projects stay as they "
    "are\n";

struct wish {
    char prefix[PATH_MAX];
    bool service, user_service, remove;
    bool app; /* the stand-in of the SmartThings app lies beside this program */
    struct install_unit unit;
    char program[PATH_MAX];
};

/* What lies where below the prefix. The two units are where systemd looks, for /usr/local and for
 * ~/.local. */
enum piece { PROGRAM, APP, MAN, BASH, ZSH, SERVICE, USER_SERVICE, N_PIECES };
static const char *const place[N_PIECES] = {
    "bin/aloft",
    ("bin/" SMARTTHINGS_APP), /* one text */
    "share/man/man1/aloft.1",
    "share/bash-completion/completions/aloft",
    "share/zsh/site-functions/_aloft",
    "lib/systemd/system/aloft.service",
    "share/systemd/user/aloft.service",
};

/* Root, or another prefix, helps against a missing right; a full disk says itself what helps. */
static aloft_err refused(struct cli *cli, const char *path, int number) {
    bool is_right = number == EACCES || number == EPERM || number == EROFS;

    return trouble_file(&cli->trouble, is_right ? ALOFT_E_INSTALL_REFUSED : ALOFT_E_FILE_WRITE,
                        path, number);
}

/* A file that says already what it is to say is left alone. */
static aloft_err put(struct cli *cli, const struct wish *wish, enum piece piece,
                     aloft_bytes bytes) {
    char path[PATH_MAX], folder[PATH_MAX];
    aloft_space there;
    struct trouble ignored;
    aloft_err e = file_join(wish->prefix, place[piece], path, sizeof path, &cli->trouble);
    bool same;

    if (e != ALOFT_OK)
        return e;
    if (file_read(path, FILE_IMAGE_MAX, &there, &ignored) == ALOFT_OK) {
        same = there.len == bytes.len && memcmp(there.at, bytes.at, bytes.len) == 0;
        free(there.at);
        if (same)
            return ALOFT_OK;
    }
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    e = file_folder(folder, 0755, &cli->trouble);
    if (e == ALOFT_OK)
        e = file_write(path, bytes, piece <= APP ? 0755 : 0644, true, &cli->trouble);
    return e == ALOFT_OK ? ALOFT_OK : refused(cli, path, cli->trouble.fault.raw);
}

static aloft_err put_program(struct cli *cli, const struct wish *wish, enum piece piece,
                             const char *from) {
    aloft_space program;
    aloft_err e = file_read(from, FILE_IMAGE_MAX, &program, &cli->trouble);

    if (e != ALOFT_OK)
        return e;
    e = put(cli, wish, piece, (aloft_bytes){program.at, program.len});
    free(program.at);
    return e;
}

/* The stand-in of the SmartThings app is built only where its library is; then it comes along. */
static aloft_err put_programs(struct cli *cli, struct wish *wish) {
    char app[PATH_MAX];
    aloft_err e = put_program(cli, wish, PROGRAM, "/proc/self/exe");

    smartthings_app_path(app);
    wish->app = access(app, X_OK) == 0;
    return e == ALOFT_OK && wish->app ? put_program(cli, wish, APP, app) : e;
}

static void print_piece(FILE *to, const struct wish *wish, enum piece piece) {
    switch (piece) {
    case MAN:
        install_man(to);
        break;
    case BASH:
        install_bash(to);
        break;
    case ZSH:
        install_zsh(to);
        break;
    case PROGRAM:
    case APP:
    case SERVICE:
    case USER_SERVICE:
    case N_PIECES:
    default:
        install_service(to, &wish->unit);
        break;
    }
}

static aloft_err put_text(struct cli *cli, const struct wish *wish, enum piece piece) {
    char *text = NULL;
    size_t len = 0;
    FILE *to = open_memstream(&text, &len);
    aloft_err e;

    if (to == NULL)
        return refused(cli, place[piece], ENOMEM);
    print_piece(to, wish, piece);
    e = fclose(to) == 0 ? put(cli, wish, piece, (aloft_bytes){(const uint8_t *)text, len})
                        : refused(cli, place[piece], ENOMEM);
    free(text);
    return e;
}

/* Whose the service is to be: of the one whom the project belongs to. */
static aloft_err find_user(struct cli *cli, struct wish *wish) {
    static char name[64];
    struct stat facts;
    const struct passwd *user;

    if (stat(wish->unit.open->dir, &facts) != 0)
        return trouble_file(&cli->trouble, ALOFT_E_FILE_READ, wish->unit.open->dir, errno);
    if (facts.st_uid == 0) {
        trouble_set(&cli->trouble, ALOFT_E_INSTALL_ROOT);
        trouble_fact(&cli->trouble, "folder", "%s", wish->unit.open->dir);
        return ALOFT_E_INSTALL_ROOT;
    }
    user = getpwuid(facts.st_uid);
    if (user != NULL)
        snprintf(name, sizeof name, "%s", user->pw_name);
    else
        snprintf(name, sizeof name, "%u", (unsigned)facts.st_uid);
    wish->unit.user = name;
    return ALOFT_OK;
}

static aloft_err plan_unit(struct cli *cli, struct wish *wish) {
    static struct project project;
    char dir[PATH_MAX];
    aloft_err e;

    if (!wish->service && !wish->user_service)
        return ALOFT_OK;
    if (realpath(cli->dir, dir) == NULL)
        return trouble_file(&cli->trouble, ALOFT_E_FILE_READ, cli->dir, errno);
    e = project_open(dir, &project, &cli->trouble);
    wish->unit.open = &project;
    wish->unit.program = wish->program;
    if (e == ALOFT_OK)
        e = install_unit_check(&wish->unit, &cli->trouble);
    if (e == ALOFT_OK && wish->service)
        e = find_user(cli, wish);
    return e;
}

static aloft_err install(struct cli *cli, struct wish *wish) {
    aloft_err e =
        file_join(wish->prefix, place[PROGRAM], wish->program, sizeof wish->program, &cli->trouble);

    if (e == ALOFT_OK)
        e = plan_unit(cli, wish);
    if (e == ALOFT_OK)
        e = put_programs(cli, wish);
    for (enum piece piece = MAN; piece <= ZSH && e == ALOFT_OK; piece++)
        e = put_text(cli, wish, piece);
    if (e == ALOFT_OK && (wish->service || wish->user_service))
        e = put_text(cli, wish, wish->service ? SERVICE : USER_SERVICE);
    return e;
}

static int say_installed(const struct wish *wish) {
    const char *of_user = wish->user_service ? " --user" : "";

    printf("aloft %s installed: %s, man page, completions%s", ALOFT_PROGRAM_VERSION, wish->program,
           wish->app ? ", " SMARTTHINGS_APP : "");
    if (!wish->service && !wish->user_service) {
        puts("");
        return 0;
    }
    printf(", service\nIt serves %s as %s. Start it now and at each start of the machine:\n"
           "  systemctl%s daemon-reload && systemctl%s enable --now ",
           wish->unit.open->dir, wish->service ? wish->unit.user : "you", of_user, of_user);
    /* in a folder where systemd does not look, the unit is named by its path */
    if (strcmp(wish->prefix, "/usr/local") == 0 || strcmp(wish->prefix, "/usr") == 0 ||
        (wish->user_service && strstr(wish->prefix, "/.local") != NULL))
        puts("aloft");
    else
        printf("%s/%s\n", wish->prefix, place[wish->service ? SERVICE : USER_SERVICE]);
    return 0;
}

/* A unit that is enabled has a link that would lead nowhere. */
static aloft_err check_disabled(struct cli *cli) {
    const char *home = getenv("HOME");
    char link[2][PATH_MAX] = {"/etc/systemd/system/multi-user.target.wants/aloft.service", ""};
    struct stat facts;

    if (home != NULL)
        snprintf(link[1], sizeof link[1],
                 "%s/.config/systemd/user/default.target.wants/aloft.service", home);
    for (unsigned i = 0; i < 2; i++)
        if (lstat(link[i], &facts) == 0) {
            trouble_set(&cli->trouble, ALOFT_E_INSTALL_ENABLED);
            trouble_fact(&cli->trouble, "file", "%s", link[i]);
            trouble_fact(&cli->trouble, "what", "%s", i == 0 ? "systemctl" : "systemctl --user");
            return ALOFT_E_INSTALL_ENABLED;
        }
    return ALOFT_OK;
}

static int remove_all(struct cli *cli, const struct wish *wish) {
    char path[PATH_MAX];
    unsigned n = 0;

    if (check_disabled(cli) != ALOFT_OK)
        return cli_fail(cli);
    for (enum piece piece = PROGRAM; piece < N_PIECES; piece++) {
        if (file_join(wish->prefix, place[piece], path, sizeof path, &cli->trouble) != ALOFT_OK)
            return cli_fail(cli);
        if (unlink(path) == 0)
            n++;
        else if (errno != ENOENT && errno != ENOTDIR) {
            refused(cli, path, errno);
            return cli_fail(cli);
        }
    }
    if (n == 0)
        printf("nothing of aloft is in %s\n", wish->prefix);
    else
        printf("removed from %s: %u file%s; projects are untouched\n", wish->prefix, n,
               n == 1 ? "" : "s");
    return 0;
}

/* The prefix as a whole path, since a unit and the last line name it. */
static int choose_prefix(struct wish *wish, const char *given) {
    const char *home = getenv("HOME");
    char here[PATH_MAX] = "";

    if (given == NULL && !wish->user_service)
        given = "/usr/local";
    if (given == NULL) {
        if (home == NULL || home[0] != '/')
            return cli_usage("install", "$HOME does not say where ~/.local is; give --prefix DIR");
        snprintf(here, sizeof here, "%s/", home);
        given = ".local";
    } else if (given[0] != '/' && getcwd(here, sizeof here - 1) != NULL) {
        strcat(here, "/");
    }
    if ((size_t)snprintf(wish->prefix, sizeof wish->prefix, "%s%s", here, given) >=
        sizeof wish->prefix)
        return cli_usage("install", "the prefix is too long");
    for (size_t len = strlen(wish->prefix); len > 1 && wish->prefix[len - 1] == '/'; len--)
        wish->prefix[len - 1] = 0;
    return 0;
}

static int check_wish(struct wish *wish, const char *prefix) {
    if (wish->service && wish->user_service)
        return cli_usage("install", "--service or --user-service, one of the two");
    if (wish->remove && wish->service)
        return cli_usage("install", "--remove takes away the service too; leave out --service");
    return choose_prefix(wish, prefix);
}

int install_main(struct cli *cli, int argc, char **argv) {
    static const struct option known[] = {
        {"prefix", required_argument, NULL, 'p'}, {"service", no_argument, NULL, 's'},
        {"user-service", no_argument, NULL, 'u'}, {"remove", no_argument, NULL, 'r'},
        {"help", no_argument, NULL, 'h'},         {0}};
    static struct wish wish;
    const char *prefix = NULL;
    int option, code;

    while ((option = getopt_long(argc, argv, "h", known, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return 0;
        }
        if (option == '?')
            return cli_wrong_option("install", argv);
        if (option == 'p')
            prefix = optarg;
        wish.service |= option == 's';
        wish.user_service |= option == 'u';
        wish.remove |= option == 'r';
    }
    if (optind < argc)
        return cli_usage("install", "\"%s\" is one word too many", argv[optind]);
    code = check_wish(&wish, prefix);
    if (code != 0)
        return code;
    if (wish.remove)
        return remove_all(cli, &wish);
    return install(cli, &wish) == ALOFT_OK ? say_installed(&wish) : cli_fail(cli);
}
