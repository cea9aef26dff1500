/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. The man page and the completions.
 * Knows: the table of verbs, how a help is laid out, roff, bash, zsh.   Never knows: what a verb does. */
#include "install.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 32u

/* Text for roff: a backslash and a hyphen mean something to it, and so does a line's first dot or
 * apostrophe (groff_char(7), roff(7)). */
static void print_roff(FILE *to, const char *text, size_t len) {
    if (len > 0 && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", to);
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\\')
            fputs("\\e", to);
        else if (text[i] == '-')
            fputs("\\-", to);
        else
            putc(text[i], to);
    }
    putc('\n', to);
}

/* In a help, usage and tables are laid out by hand and are indented or begin with "usage:"; every
 * other line is of a paragraph, which a page may fill as wide as the terminal is. */
static void print_help_as_roff(FILE *to, const char *help) {
    bool as_it_is = false;

    while (*help != 0) {
        size_t len = strcspn(help, "\n");
        bool laid_out = help[0] == ' ' || strncmp(help, "usage:", 6) == 0;
        if (laid_out != as_it_is && len > 0) {
            fputs(laid_out ? ".nf\n" : ".fi\n", to);
            as_it_is = laid_out;
        }
        if (len == 0)
            fputs(".PP\n", to);
        else
            print_roff(to, help, len);
        help += len + (help[len] == '\n');
    }
    if (as_it_is)
        fputs(".fi\n", to);
}

static void print_section(FILE *to, const char *verb) {
    char *help = cli_help_of(verb);

    if (help != NULL)
        print_help_as_roff(to, help);
    free(help);
}

void install_man(FILE *to) {
    fputs(".\\\" made by `aloft install` from the help of the program\n"
          ".TH ALOFT 1 \"\" \"aloft " ALOFT_PROGRAM_VERSION "\" \"aloft\"\n"
          ".SH NAME\naloft \\- firmware updates from your own server\n"
          ".SH DESCRIPTION\n",
          to);
    print_section(to, NULL);
    fputs(".SH VERBS\n", to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++) {
        fprintf(to, ".SS aloft %s\n", v->name);
        print_section(to, v->name);
    }
    fputs(".SH ENVIRONMENT\n"
          "ALOFT_PROJECT is the folder of the project where \\-C does not name one. With NO_COLOR\n"
          "set, nothing is coloured.\n",
          to);
}

/* ---- completions */

struct options {
    char text[OPTIONS_MAX][32];
    unsigned n;
};

static void add_option(struct options *options, const char *at, size_t len) {
    if (options->n == OPTIONS_MAX || len < 3 || len >= sizeof options->text[0])
        return;
    for (unsigned i = 0; i < options->n; i++)
        if (strlen(options->text[i]) == len && memcmp(options->text[i], at, len) == 0)
            return;
    memcpy(options->text[options->n], at, len);
    options->text[options->n++][len] = 0;
}

/* How much of a line names options of this verb: all of a usage line, and of a table's line what
 * stands before the gap. A paragraph may speak of another verb's. */
static size_t names_in(const char *line, size_t len, bool in_usage) {
    const char *gap;

    if (in_usage)
        return len;
    if (strncmp(line, "  -", 3) != 0)
        return 0;
    gap = strstr(line + 2, "  ");
    return gap != NULL && (size_t)(gap - line) < len ? (size_t)(gap - line) : len;
}

static void read_options(const char *verb, struct options *options) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    char *help = cli_help_of(verb);
    bool in_usage = true; /* the lines before the first empty one */

    options->n = 0;
    for (char *line = help; line != NULL && *line != 0; line += *line == '\n') {
        size_t len = strcspn(line, "\n"), names;
        in_usage = in_usage && len > 0;
        names = names_in(line, len, in_usage);
        for (size_t at = 0; at < names; at++)
            if (strncmp(line + at, "--", 2) == 0) {
                size_t word = strspn(line + at, letters);
                add_option(options, line + at, word);
                at += word - 1;
            }
        line += len;
    }
    add_option(options, "--help", 6);
    free(help);
}

static void print_options(FILE *to, const char *verb) {
    struct options options;

    read_options(verb, &options);
    for (unsigned i = 0; i < options.n; i++)
        fprintf(to, "%s%s", i > 0 ? " " : "", options.text[i]);
}

void install_bash(FILE *to) {
    fputs("# made by `aloft install` from the table of verbs and their help\n"
          "_aloft() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} verb= words= i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        -C) ((i++)) ;;\n"
          "        -*) ;;\n"
          "        *) verb=${COMP_WORDS[i]} && break ;;\n"
          "        esac\n"
          "    done\n"
          "    case $verb in\n"
          "    '' | help) words=\"",
          to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++)
        fprintf(to, "%s ", v->name);
    fputs("--help --version -C\" ;;\n", to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++) {
        fprintf(to, "    %s) words=\"", v->name);
        print_options(to, v->name);
        fputs("\" ;;\n", to);
    }
    fputs(
        "    esac\n"
        "    [ \"${COMP_WORDS[COMP_CWORD - 1]}\" = -C ] && words=\n"
        "    COMPREPLY=()\n"
        "    case $verb:$word in\n"
        "    :* | help:* | *:-*) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\") ;;\n"
        "    esac\n"
        "}\n"
        "complete -o default -F _aloft aloft\n",
        to);
}

void install_zsh(FILE *to) {
    fputs("#compdef aloft\n"
          "# made by `aloft install` from the table of verbs and their help\n"
          "_aloft() {\n"
          "    local -a verbs options\n"
          "    local state line context\n"
          "    verbs=(\n",
          to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++) {
        fprintf(to, "        '%s:", v->name);
        for (const char *c = v->help; *c != 0; c++)
            fputs(*c == '\'' ? "'\\''" : (char[]){*c, 0}, to);
        fputs("'\n", to);
    }
    fputs("    )\n"
          "    _arguments -C '-C[folder of the project]:folder:_files -/' '--help' '--version' \\\n"
          "        '1:verb:->verb' '*::argument:->rest'\n"
          "    if [[ $state = verb ]]; then\n"
          "        _describe verb verbs\n"
          "    elif [[ $state = rest ]]; then\n"
          "        case $words[1] in\n",
          to);
    for (const struct verb *v = cli_verbs; v->name != NULL; v++) {
        fprintf(to, "        %s) options=(", v->name);
        print_options(to, v->name);
        fputs(") ;;\n", to);
    }
    fputs("        esac\n"
          "        [[ $PREFIX = -* ]] && compadd -a options || _files\n"
          "    fi\n"
          "}\n"
          "_aloft \"$@\"\n",
          to);
}
