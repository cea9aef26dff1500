/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. What `aloft report` tells, section by section.
 * Knows: who can say something about a fault.   Never knows: what is private. */
#include "report_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <sqlite3.h>
#include <uv.h>

#include "doctor_road.h"
#include "host/doctor/doctor.h"
#include "host/explain/explain.h"
#include "host/file.h"
#include "host/make/site.h"
#include "host/pki.h"
#include "knocks.h"
#include "report_devices.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* About a screen and a half; what a device prints from its start to a fault is shorter. */
#define LOG_LINES 80u

static void say_trouble(struct report *report, const char *what, const struct trouble *trouble) {
    char text[TROUBLE_ROOM];

    report_line(report, "%s: %s", what, trouble_text(trouble, text, sizeof text));
}

/* ---- versions */

static void name_system(struct report *report) {
    static const char key[] = "PRETTY_NAME=\"";
    struct utsname name;
    struct trouble unused;
    aloft_space text = {0};
    const char *at = NULL;

    if (file_read("/etc/os-release", 65536, &text, &unused) == ALOFT_OK)
        at = strstr((char *)text.at, key);
    if (at != NULL)
        report_line(report, "%.*s", (int)strcspn(at + sizeof key - 1, "\"\n"), at + sizeof key - 1);
    free(text.at);
    if (uname(&name) == 0) /* not nodename: that is this machine's name */
        report_line(report, "%s %s, %s", name.sysname, name.release, name.machine);
}

static void versions(struct report *report) {
    report_begin(report, "versions", "Versions");
    report_line(report, "aloft %s, built %s by %s", ALOFT_PROGRAM_VERSION,
                sizeof(void *) == 8 ? "for 64 bits" : "for 32 bits", COMPILER);
    report_line(report, "%s, libuv %s, SQLite %s, cJSON %s", OpenSSL_version(OPENSSL_VERSION),
                uv_version_string(), sqlite3_libversion(), cJSON_Version());
    name_system(report);
}

/* ---- project */

static void say_certificate(struct report *report, const struct project *project,
                            const char *name) {
    static struct pki_facts facts;
    struct trouble trouble;
    char path[PATH_MAX];
    aloft_err e = project_path(project, name, path, &trouble);

    if (e == ALOFT_OK)
        e = pki_facts_of(path, &facts, &trouble);
    if (e != ALOFT_OK)
        say_trouble(report, name, &trouble);
    else
        report_line(report,
                    facts.is_ca ? "%s: valid until %s" : "%s: valid until %s, for %u host%s", name,
                    facts.until, facts.hosts.n, facts.hosts.n == 1 ? "" : "s");
}

static void say_class(struct report *report, const struct project *project,
                      const struct project_class *one) {
    struct trouble trouble;
    struct site site;

    report_line(report, "class %s: chip %s, slot %u bytes%s", one->name,
                one->esp_chip[0] != 0 ? one->esp_chip : "not said", (unsigned)one->slot_size,
                one->slot_size == 0 ? " (not said)" : "");
    if (site_open(project, one->name, false, &site, &trouble) != ALOFT_OK) {
        say_trouble(report, "  its releases", &trouble);
        return;
    }
    for (unsigned i = 0; i < site.n; i++) {
        const struct release *on_offer = site_on_offer(&site, site.channel[i].name);
        report_line(report, "  channel %s: %u release%s, on offer %s", site.channel[i].name,
                    site.channel[i].all.n, site.channel[i].all.n == 1 ? "" : "s",
                    on_offer != NULL ? on_offer->version : "nothing");
    }
    if (site.n == 0)
        report_line(report, "  nothing published yet");
    site_close(&site);
}

static void project_part(struct report *report, const struct report_wish *wish) {
    const struct project *project = wish->project;

    report_begin(report, "project", "Project");
    if (project == NULL) {
        say_trouble(report, "No project", wish->no_project);
        return;
    }
    report_line(report, "devices call %s; listens on %s%s%s", project->base, project->listen,
                project->legacy_listen[0] != 0 ? ", for old devices on " : "",
                project->legacy_listen);
    say_certificate(report, project, "pki/ca.crt");
    say_certificate(report, project, "pki/server.crt");
    for (unsigned i = 0; i < project->n_classes; i++)
        say_class(report, project, &project->classes[i]);
}

/* ---- doctor */

static void road_part(struct report *report, const struct report_wish *wish) {
    report_begin(report, "road", "The road of a device, walked from here (aloft doctor)");
    if (wish->project == NULL || wish->is_offline) {
        report_line(report, "not walked: %s",
                    wish->is_offline ? "--offline was asked for" : "no project");
        return;
    }
    doctor_road_tell(wish->dir, report_open(report));
    report_close(report);
}

static void look(struct report *report, const struct report_wish *wish, const char *file,
                 aloft_err (*how)(struct doctor *, const char *, struct trouble *)) {
    struct doctor *doctor = doctor_new();
    struct trouble trouble;
    FILE *to;

    if (doctor == NULL)
        return;
    doctor_server(doctor, wish->dir);
    if (how(doctor, file, &trouble) != ALOFT_OK) {
        say_trouble(report, "not looked at", &trouble);
    } else {
        to = report_open(report);
        if (to != NULL)
            doctor_say(doctor, to);
        report_close(report);
    }
    doctor_free(doctor);
}

static void doctor_part(struct report *report, const struct report_wish *wish) {
    if (wish->source != NULL) {
        report_begin(report, "source", "The firmware's source (aloft doctor --project)");
        look(report, wish, wish->source, doctor_look_at_project);
    }
    if (wish->firmware != NULL) {
        report_begin(report, "firmware", "The firmware (aloft doctor --firmware)");
        look(report, wish, wish->firmware, doctor_look_at_firmware);
    }
}

static void knocks_part(struct report *report, const struct report_wish *wish) {
    FILE *to;

    report_begin(report, "knocks", "Knocks at the server");
    if (wish->project == NULL) {
        report_line(report, "not known: no project");
        return;
    }
    to = report_open(report);
    if (to != NULL)
        knocks_print(wish->project, to);
    if (to != NULL && ftell(to) == 0)
        fputs("nobody\n", to);
    report_close(report);
}

void report_parts(struct report *report, const struct report_wish *wish) {
    versions(report);
    project_part(report, wish);
    road_part(report, wish);
    doctor_part(report, wish);
    report_part_devices(report, wish);
    knocks_part(report, wish);
}

/* ---- a device's log */

/* `explain` reads what is left of it, so what it quotes is redacted as well. */
static void explain_part(struct report *report) {
    struct explain *log = explain_new();
    char *text = report_log_text(report);
    FILE *to;

    report_begin(report, "explained", "What the log means (aloft explain)");
    if (log != NULL && text != NULL) {
        explain_read(log, (aloft_bytes){(const uint8_t *)text, strlen(text)});
        explain_end(log);
        to = report_open(report);
        if (to != NULL && explain_n_findings(log) == 0 && explain_story_of(log) == NULL)
            fputs("No line of it is known to this program.\n", to);
        else if (to != NULL)
            explain_say(log, to);
        report_close(report);
    }
    explain_free(log);
    free(text);
}

void report_part_log(struct report *report, aloft_bytes log) {
    report_begin(report, "log", "The device's log, its last lines");
    report_log(report, log, LOG_LINES);
    if (log.len == 0)
        report_line(report, "it is empty");
    explain_part(report);
}
