/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host. Reads aloft.conf, a project's only settings, and says in which line it is wrong.
 * Knows: sections, keys and their limits.   Never knows: keys, certificates, releases. */
#include "project.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "file.h"

#define CONF_MAX      65536u /* 16 classes with all keys need about 8 KiB */
#define LINE_MAX_HERE 198u   /* what the INI reader keeps of a line: 200 with line end and zero */
#define SLOT_SIZE_MAX (64u << 20)

/* inih cuts section names to 49 characters, so they are taken from the lines as they pass by. */
struct reading {
    const char *rest; /* of the file */
    unsigned line;
    char section[LINE_MAX_HERE + 1];
    unsigned wrong_line;
    char wrong[400]; /* empty: nothing is wrong */
    struct project *project;
    struct project_class *of_class; /* of the present section, or NULL */
    unsigned seen;                  /* bit per key of `keys` met in this section */
};

static void wrong(struct reading *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void wrong(struct reading *r, const char *format, ...) {
    va_list arguments;

    if (r->wrong[0] != 0)
        return;
    r->wrong_line = r->line;
    va_start(arguments, format);
    vsnprintf(r->wrong, sizeof r->wrong, format, arguments);
    va_end(arguments);
}

/* ---- one function per kind of value; each says what is wrong with it */

static void take_text(struct reading *r, char *out, size_t out_size, const char *value) {
    if (strlen(value) >= out_size)
        wrong(r, "\"%s\" is longer than %zu characters", value, out_size - 1);
    else
        memcpy(out, value, strlen(value) + 1);
}

static void take_base(struct reading *r, const char *value) {
    size_t len = strlen(value);
    const char *host = value + strlen("https://");

    while (len > 0 && value[len - 1] == '/')
        len--;
    if (strncmp(value, "https://", strlen("https://")) != 0 || host >= value + len ||
        strchr("/:", *host) != NULL)
        wrong(r, "\"%s\" is not an address such as https://NAME:PORT", value);
    else if (strpbrk(value, " \t?#@\\\"<>") != NULL)
        wrong(r, "\"%s\" holds a blank, a quote, or one of ? # @ \\", value);
    else if (len > ALOFT_BASE_MAX)
        wrong(r, "the address has %zu characters, and devices take %u", len, ALOFT_BASE_MAX);
    else
        snprintf(r->project->base, sizeof r->project->base, "%.*s", (int)len, value);
}

static void take_listen(struct reading *r, char *out, size_t out_size, const char *value) {
    const char *colon = strrchr(value, ':');
    char *end = NULL;
    unsigned long port = colon == NULL ? 0 : strtoul(colon + 1, &end, 10);
    bool is_number = colon != NULL && colon[1] >= '0' && colon[1] <= '9' && *end == 0;

    if (!is_number || colon == value || port > 65535)
        wrong(r, "\"%s\" is not ADDRESS:PORT, such as [::]:4443 or 127.0.0.1:4443", value);
    else if (value[0] != '[' && memchr(value, ':', (size_t)(colon - value)) != NULL)
        wrong(r, "an IPv6 address stands in brackets, as in [::1]:4443, and not as in \"%s\"",
              value);
    else
        take_text(r, out, out_size, value);
}

static void take_slot_size(struct reading *r, const char *value) {
    char *end;
    unsigned long size = strtoul(value, &end, 10);
    unsigned shift = strcmp(end, "K") == 0 ? 10 : strcmp(end, "M") == 0 ? 20 : 0;
    bool has_unit = *end == 0 || shift != 0;

    if (value[0] < '0' || value[0] > '9' || !has_unit || size == 0 || size > SLOT_SIZE_MAX >> shift)
        wrong(r, "\"%s\" is not a size such as 1966080, 1536K or 1M, at most 64M", value);
    else
        r->of_class->slot_size = (uint32_t)(size << shift);
}

static void take_channel(struct reading *r, const char *word) {
    struct project_class *c = r->of_class;

    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): settings of a class come with one */
    for (unsigned i = 0; i < c->n_channels; i++)
        if (strcmp(c->channel[i], word) == 0) {
            wrong(r, "the channel \"%s\" is named twice", word);
            return;
        }
    if (!project_channel_is_legal(word))
        wrong(r, "\"%s\" cannot be a channel: a word of a-z, 0-9 and -, at most %d characters",
              word, PROJECT_WORD_MAX);
    else if (c->n_channels == PROJECT_CHANNELS_MAX)
        wrong(r, "a class has at most %d channels", PROJECT_CHANNELS_MAX);
    else
        memcpy(c->channel[c->n_channels++], word, strlen(word) + 1);
}

static void take_channels(struct reading *r, const char *value) {
    char words[LINE_MAX_HERE + 1];
    char *rest = words, *word;

    snprintf(words, sizeof words, "%s", value);
    while ((word = strsep(&rest, ",")) != NULL) {
        word += strspn(word, " \t");
        word[strcspn(word, " \t")] = 0;
        take_channel(r, word);
    }
}

static void take_keys(struct reading *r, const char *value) {
    r->of_class->keys_in_device = strcmp(value, "device") == 0;
    if (!r->of_class->keys_in_device && strcmp(value, "image") != 0)
        wrong(r, "keys is \"device\" or \"image\", and not \"%s\"", value);
}

/* ---- sections and keys */

enum key { BASE, LISTEN, LEGACY_LISTEN, CHANNELS, SLOT_SIZE, KEYS, ESP_PROJECT, ESP_CHIP, N_KEYS };

static const struct {
    const char *section, *name;
} keys[N_KEYS] = {
    [BASE] = {"project", "base"},
    [LISTEN] = {"serve", "listen"},
    [CHANNELS] = {"class", "channels"},
    [LEGACY_LISTEN] = {"serve", "legacy-listen"},
    [SLOT_SIZE] = {"class", "slot-size"},
    [KEYS] = {"class", "keys"},
    [ESP_PROJECT] = {"class", "esp-project"},
    [ESP_CHIP] = {"class", "esp-chip"},
};

static void take(struct reading *r, enum key key, const char *value) {
    struct project *p = r->project;
    struct project_class *c = r->of_class;

    switch (key) {
    case BASE:
        take_base(r, value);
        break;
    case LISTEN:
        take_listen(r, p->listen, sizeof p->listen, value);
        break;
    case LEGACY_LISTEN:
        take_listen(r, p->legacy_listen, sizeof p->legacy_listen, value);
        break;
    case CHANNELS:
        take_channels(r, value);
        break;
    case SLOT_SIZE:
        take_slot_size(r, value);
        break;
    case KEYS:
        take_keys(r, value);
        break;
    case ESP_PROJECT:
        take_text(r, c->esp_project, sizeof c->esp_project, value);
        break;
    case ESP_CHIP:
        take_text(r, c->esp_chip, sizeof c->esp_chip, value);
        break;
    case N_KEYS:
        break;
    }
}

/* `channels` may stand several times, because a line is short; each other key once. */
static int take_line(void *user, const char *cut_section, const char *name, const char *value) {
    struct reading *r = user;
    const char *kind = r->of_class != NULL ? "class" : r->section;

    (void)cut_section;
    for (enum key k = 0; k < N_KEYS; k++)
        if (strcmp(keys[k].section, kind) == 0 && strcmp(keys[k].name, name) == 0) {
            if (k != CHANNELS && (r->seen >> k & 1u) != 0)
                wrong(r, "%s stands twice", name);
            r->seen |= 1u << k;
            take(r, k, value);
            return r->wrong[0] == 0;
        }
    if (r->section[0] == 0)
        wrong(r, "%s stands before the first [section]", name);
    else
        wrong(r, "[%s] has no setting \"%s\"", r->section, name);
    return 0;
}

static void begin_class(struct reading *r, const char *name) {
    struct project *p = r->project;

    if (!project_class_is_legal(name))
        wrong(r, "\"%s\" is not VENDOR/MODEL/REVISION, such as acme.example/lamp/a", name);
    else if (p->n_classes == PROJECT_CLASSES_MAX)
        wrong(r, "a project has at most %d classes", PROJECT_CLASSES_MAX);
    else if (p->n_classes > 0 && project_class_of(p, name) != NULL)
        wrong(r, "the class %s stands twice", name);
    else {
        r->of_class = &p->classes[p->n_classes++];
        snprintf(r->of_class->name, sizeof r->of_class->name, "%s", name);
    }
}

static void begin_section(struct reading *r, const char *line) {
    size_t len = strcspn(line + 1, "]\r\n");

    snprintf(r->section, sizeof r->section, "%.*s", (int)len, line + 1);
    r->of_class = NULL;
    r->seen = 0;
    if (strncmp(r->section, "class ", 6) == 0)
        begin_class(r, r->section + 6 + strspn(r->section + 6, " \t"));
    else if (strcmp(r->section, "project") != 0 && strcmp(r->section, "serve") != 0)
        wrong(r, "there is no section [%s]; there are [project], [serve] and [class V/M/R]",
              r->section);
}

/* Leading blanks are dropped, so that inih never takes a line for more of the one before. */
static char *next_line(char *out, int out_size, void *user) {
    struct reading *r = user;
    size_t len = strcspn(r->rest, "\n");
    const char *end = r->rest + len + (r->rest[len] == '\n');
    size_t kept;

    if (*r->rest == 0 || r->wrong[0] != 0)
        return NULL;
    r->line++;
    r->rest += strspn(r->rest, " \t");
    kept = (size_t)(end - r->rest);
    if (kept > LINE_MAX_HERE || kept >= (size_t)out_size) {
        wrong(r, "it is longer than %u characters", LINE_MAX_HERE);
        return NULL;
    }
    memcpy(out, r->rest, kept);
    out[kept] = 0;
    r->rest = end;
    if (out[0] == '[')
        begin_section(r, out);
    return out;
}

static void add_defaults(struct project *p) {
    if (p->listen[0] == 0)
        snprintf(p->listen, sizeof p->listen, "[::]:4443");
    for (unsigned i = 0; i < p->n_classes; i++)
        if (p->classes[i].n_channels == 0)
            snprintf(p->classes[i].channel[p->classes[i].n_channels++], PROJECT_WORD_MAX, "stable");
}

static aloft_err parse(const char *path, aloft_space text, struct project *project,
                       struct trouble *trouble) {
    struct reading r = {.rest = (const char *)text.at, .project = project};
    int bad = ini_parse_stream(next_line, &r, take_line, &r);

    if (bad > 0) {
        r.line = (unsigned)bad;
        wrong(&r, "it is neither [section] nor NAME = VALUE");
    }
    if (strlen((const char *)text.at) != text.len)
        wrong(&r, "a byte there is zero: this is no text");
    if (project->base[0] == 0)
        wrong(&r, "[project] does not say base = https://NAME:PORT");
    if (project->n_classes == 0)
        wrong(&r, "there is no section [class VENDOR/MODEL/REVISION]");
    if (r.wrong[0] == 0) {
        add_defaults(project);
        return ALOFT_OK;
    }
    trouble_set(trouble, ALOFT_E_CONF_FORM);
    trouble->fault.at = r.wrong_line;
    trouble_fact(trouble, "file", "%s", path);
    if (r.wrong_line > 0)
        trouble_fact(trouble, "where", " in line %u", (unsigned)r.wrong_line);
    else
        trouble_fact(trouble, "where", "%s", ""); /* something is missing: no line is wrong */
    trouble_fact(trouble, "what", "%s", r.wrong);
    return ALOFT_E_CONF_FORM;
}

aloft_err project_open(const char *dir, struct project *project, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_space text;
    aloft_err e;

    memset(project, 0, sizeof *project);
    if ((size_t)snprintf(project->dir, sizeof project->dir, "%s", dir) >= sizeof project->dir)
        return trouble_file(trouble, ALOFT_E_FILE_PATH, dir, ENAMETOOLONG);
    if ((e = project_path(project, "aloft.conf", path, trouble)) != ALOFT_OK)
        return e;
    e = file_read(path, CONF_MAX, &text, trouble);
    if (e == ALOFT_E_FILE_READ && (trouble->fault.raw == ENOENT || trouble->fault.raw == ENOTDIR))
        return trouble_file(trouble, ALOFT_E_NO_PROJECT, dir, trouble->fault.raw);
    if (e != ALOFT_OK)
        return e;
    e = parse(path, text, project, trouble);
    free(text.at);
    return e;
}

bool project_is_own_host(const char *host) {
    static const char *const names[] = {"localhost", "::1", "[::1]"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t len = strlen(names[i]);
        if (strncasecmp(host, names[i], len) == 0 && strchr(":/", host[len]) != NULL)
            return true; /* strchr finds the end too */
    }
    return strncmp(host, "127.", 4) == 0;
}

bool project_is_inside(const struct project *project) {
    return project_is_own_host(project->listen) &&
           !project_is_own_host(project->base + strlen("https://"));
}

aloft_err project_path(const struct project *project, const char *relative, char out[PATH_MAX],
                       struct trouble *trouble) {
    return file_join(project->dir, relative, out, PATH_MAX, trouble);
}

const struct project_class *project_class_of(const struct project *project, const char *name) {
    if (name == NULL)
        return project->n_classes == 1 ? &project->classes[0] : NULL;
    for (unsigned i = 0; i < project->n_classes; i++)
        if (strcmp(project->classes[i].name, name) == 0)
            return &project->classes[i];
    return NULL;
}
