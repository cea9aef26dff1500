/* SPDX-License-Identifier: Apache-2.0 */
/* Room: host/doctor. The rows, and the verdict in three sentences: wrong, not wrong, what to do.
 * Knows: words.   Never knows: files. */
#include "host/doctor/room.h"

#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

size_t doctor_n_rows(const struct doctor *d) {
    return d->n;
}

const struct doctor_row *doctor_row_at(const struct doctor *d, size_t i) {
    return i < d->n ? &d->row[i] : NULL;
}

enum doctor_weight doctor_worst(const struct doctor *d) {
    enum doctor_weight worst = DOCTOR_FINE;

    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].weight > worst)
            worst = d->row[i].weight;
    return worst;
}

static enum doctor_weight worst_of(const struct doctor *d, enum doctor_topic topic) {
    enum doctor_weight worst = DOCTOR_FINE;

    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].topic == topic && d->row[i].weight > worst)
            worst = d->row[i].weight;
    return worst;
}

static bool is_fine(const struct doctor *d, enum doctor_topic topic) {
    for (size_t i = 0; i < d->n; i++)
        if (d->row[i].topic == topic && d->row[i].weight == DOCTOR_FINE)
            return worst_of(d, topic) < DOCTOR_WRONG;
    return false;
}

/* ---- the verdict */

static const struct {
    const char *wrong, *next;
} words[DOCTOR_N_TOPICS] = {
    [DOCTOR_PRIVATE_KEY] =
        {"A private key is inside: who has the file, has the key.",
         "Take it out, build again, and make a new key if the file has left this "
         "machine."},
    [DOCTOR_IMAGE] = {"This is not an image that a device would start.",
                      "Take build/PROJECT.bin as the build made it."},
    [DOCTOR_PLACEHOLDER] =
        {"A file that is compiled into the firmware is still the placeholder, so no "
         "connection can ever be trusted.",
         "Overwrite it with your own (root.pem: your CA's certificate; public_key.pem: "
         "the public half of your firmware key), build, flash."},
    [DOCTOR_ADDRESS] = {"The device asks a machine that is not there.", NULL},
    [DOCTOR_CA] =
        {"The firmware trusts another CA than the one of your server's certificate.",
         "Build with the right CA in root.pem (pki/ca.crt; legacy/root.crt for old devices)."},
    [DOCTOR_KEY] =
        {"The firmware trusts another key than the one that your firmware is signed with.",
         "Sign with the key whose public half is in the firmware, or build with the right "
         "public_key.pem."},
    [DOCTOR_VERSION] =
        {"The versions do not fit together, so no update is found, or for ever the same.",
         "Set firmwareVersion in device_info.json for each build, and let `aloft publish "
         "--legacy` write version_info.json."},
    [DOCTOR_SLOTS] =
        {"The flash is not laid out for updates.",
         "Use a partition table with otadata, ota_0 and ota_1, and flash once over the "
         "cable."},
};

static const char *next_of_address(const struct doctor *d, char out[300]) {
    const char *line = strrchr(d->address_where, ':');

    if (line != NULL && d->n_servers > 0)
        snprintf(
            out, 300,
            "Next: put the second address into line %s of %.*s, build, flash. 28674 means only "
            "\"no connection\".",
            line + 1, (int)(line - d->address_where), d->address_where);
    else if (line != NULL)
        snprintf(out, 300, "Next: put your server's address into line %s of %.*s, build, flash.",
                 line + 1, (int)(line - d->address_where), d->address_where);
    else
        snprintf(
            out, 300,
            "Next: build with your server's address and flash; `aloft doctor --project DIR` names "
            "the line.");
    return out;
}

static const char *innocent(const struct doctor *d, enum doctor_topic wrong) {
    bool ca = is_fine(d, DOCTOR_CA), address = is_fine(d, DOCTOR_ADDRESS);

    if (wrong == DOCTOR_ADDRESS)
        return worst_of(d, DOCTOR_PLACEHOLDER) >= DOCTOR_WRONG ||
                       worst_of(d, DOCTOR_CA) >= DOCTOR_WRONG
                   ? "Whatever the certificates are: nobody has looked at one yet."
               : ca ? "Your certificates are fine."
                    : "No certificate is the cause: where nobody answers, none is looked at.";
    if (address && ca)
        return "The address and the certificates are fine.";
    if (address)
        return "The address is fine.";
    return ca ? "Your certificates are fine."
              : "The network was not asked and is not the question here.";
}

static void say_nothing_wrong(const struct doctor *d, FILE *to) {
    if (d->n_servers == 0)
        fputs("Nothing wrong was found. With `aloft -C PROJECT doctor ...` addresses, certificates "
              "and "
              "keys\nare compared with that project's server too.\n",
              to);
    else if (is_fine(d, DOCTOR_ADDRESS))
        fputs("Nothing wrong was found: what is inside fits your server. If the device still does "
              "not reach\nit, something else is in its way: Wi-Fi, firewall, another network, its "
              "clock, or a server that\nlistens elsewhere. `aloft doctor` walks the road, `aloft "
              "watch` puts both ends side by side.\n",
              to);
    else
        fputs(
            "Nothing wrong was found, and no address of a server either: perhaps it is made at run "
            "time.\n",
            to);
}

/* The most decisive fault has the first word; the others follow with what to do about them. */
static void say_verdict(const struct doctor *d, FILE *to) {
    char room[300];
    bool is_first = true;

    for (unsigned topic = 0; topic <= DOCTOR_SLOTS; topic++) {
        const char *next = topic == DOCTOR_ADDRESS ? next_of_address(d, room) : words[topic].next;
        if (worst_of(d, (enum doctor_topic)topic) < DOCTOR_WRONG)
            continue;
        if (is_first)
            fprintf(to, "%s %s\n%s%s\n", words[topic].wrong, innocent(d, (enum doctor_topic)topic),
                    topic == DOCTOR_ADDRESS ? "" : "Next: ", next);
        else
            fprintf(to, "Then: %s\n      %s\n", words[topic].wrong, next);
        is_first = false;
    }
    if (is_first)
        say_nothing_wrong(d, to);
}

void doctor_say(const struct doctor *d, FILE *to) {
    static const char *const marks[] = {"ok", "--", "!!", "!!"};
    size_t width = 5;

    for (size_t i = 0; i < d->n; i++)
        if (strlen(d->row[i].where) > width && strlen(d->row[i].where) < 30)
            width = strlen(d->row[i].where);
    for (size_t i = 0; i < d->n; i++) {
        const struct doctor_row *row = &d->row[i];
        fprintf(to, "%s %-*s   %s\n", row->where[0] == 0 ? "  " : marks[row->weight], (int)width,
                row->where, row->what);
    }
    if (d->n > 0)
        fputc('\n', to);
    say_verdict(d, to);
}

void doctor_json(const struct doctor *d, FILE *to) {
    static const char *const weights[] = {"fine", "note", "wrong", "alarm"};
    static const char *const topics[] = {"private key", "image",   "address", "placeholder",
                                         "ca",          "key",     "version", "slots",
                                         "rollback",    "esp-idf", "identity"};
    cJSON *root = cJSON_CreateObject(), *list;
    char *text;

    cJSON_AddStringToObject(root, "worst", weights[doctor_worst(d)]);
    list = cJSON_AddArrayToObject(root, "findings");
    for (size_t i = 0; i < d->n; i++) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddStringToObject(o, "weight", weights[d->row[i].weight]);
        cJSON_AddStringToObject(o, "topic", topics[d->row[i].topic]);
        cJSON_AddStringToObject(o, "where", d->row[i].where);
        cJSON_AddStringToObject(o, "what", d->row[i].what);
        cJSON_AddItemToArray(list, o);
    }
    text = cJSON_Print(root);
    fprintf(to, "%s\n", text == NULL ? "{}" : text);
    free(text);
    cJSON_Delete(root);
}
