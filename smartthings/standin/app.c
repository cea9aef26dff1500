/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. The program aloft-smartthings: a stand-in of the SmartThings cloud and of its app, on the
 * terminal, for one device behind a real MQTT broker. It greets the device, shows what the app's screens would, says what
 * Home Assistant would conclude, and takes commands from its input.
 * Knows: topics, JSON, screens.   Never knows: the device, updates. */
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cjson/cJSON.h>
#include <mosquitto.h>

#define KEEPALIVE_S 60
#define MESSAGE_MAX 16384
#define EVENTS_MAX  32 /* of one message; more are not looked at */
#define TEXT_SIZE   300u
#define TOPIC_SIZE  160u
#define LINE_SIZE   64u

/* the broker tells in this topic who subscribes to what; so the cloud knows whom to greet */
#define SUBSCRIPTIONS "$SYS/broker/log/M/subscribe"

enum { EXIT_WORLD = 2, EXIT_USAGE = 64 };

/* What the cloud keeps of the capability. */
static struct shadow {
    char current[TEXT_SIZE], available[TEXT_SIZE], state[TEXT_SIZE], last[TEXT_SIZE],
        reason[TEXT_SIZE], time[TEXT_SIZE];
    bool offer;
    int64_t stamp; /* of the newest event: an older one that comes late changes nothing */
} shadow;

static const struct {
    const char *name;
    char *text;
} texts[] = {
    {"currentVersion", shadow.current},
    {"availableVersion", shadow.available},
    {"state", shadow.state},
    {"lastUpdateStatus", shadow.last},
    {"lastUpdateStatusReason", shadow.reason},
    {"lastUpdateTime", shadow.time},
};

static const char *device = "lamp-1";
static struct mosquitto *mqtt;
static bool is_update_requested; /* the app's own memory of the button */

/* What comes over the network is shown as printable ASCII. */
static void keep(char *to, const char *from) {
    size_t n = 0;

    for (; from[n] != 0 && n < TEXT_SIZE - 1; n++)
        to[n] = from[n] >= 0x20 && from[n] < 0x7f ? from[n] : '?';
    to[n] = 0;
}

/* ---- screens */

static const char *button(void) {
    if (strcmp(shadow.state, "updateInProgress") == 0)
        return "(updating: The latest firmware will be installed...)";
    if (!shadow.offer)
        return "(no button: up to date)";
    return is_update_requested ? "(grey: Update requested)" : "[Firmware update]";
}

static void show(void) {
    bool differs = strcmp(shadow.current, shadow.available) != 0;
    bool updating = strcmp(shadow.state, "updateInProgress") == 0;

    if (shadow.offer && !updating)
        printf("app stand-in: card: New firmware is available. / Update\n");
    printf("app stand-in: information: firmware %s %s\n", shadow.current, button());
    if (shadow.last[0] != 0)
        printf("app stand-in: last update: %s%s%s: %s\n", shadow.last,
               shadow.time[0] == 0 ? "" : " at ", shadow.time, shadow.reason);
    printf("home assistant stand-in: %s installed, %s latest: %s\n", shadow.current,
           shadow.available,
           updating  ? "in progress"
           : differs ? "update available"
                     : "up to date");
    fflush(stdout);
}

/* ---- the cloud */

static bool send(const char *kind, const char *json) {
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "/v1/%s/%s", kind, device);
    return mosquitto_publish(mqtt, NULL, topic, (int)strlen(json), json, 1, false) ==
           MOSQ_ERR_SUCCESS;
}

static int64_t stamp_of(const cJSON *event) {
    const cJSON *data = cJSON_GetObjectItemCaseSensitive(event, "providerData");
    const cJSON *stamp = cJSON_GetObjectItemCaseSensitive(data, "timestamp");

    return cJSON_IsString(stamp) ? strtoll(stamp->valuestring, NULL, 10) : 0;
}

static void take_event(const cJSON *event) {
    const cJSON *capability = cJSON_GetObjectItemCaseSensitive(event, "capability");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(event, "attribute");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(event, "value");

    if (!cJSON_IsString(capability) || strcmp(capability->valuestring, "firmwareUpdate") != 0 ||
        !cJSON_IsString(name) || stamp_of(event) < shadow.stamp)
        return;
    shadow.stamp = stamp_of(event);
    if (strcmp(name->valuestring, "updateAvailable") == 0 && cJSON_IsBool(value))
        shadow.offer = cJSON_IsTrue(value);
    for (size_t i = 0; i < sizeof texts / sizeof *texts && cJSON_IsString(value); i++)
        if (strcmp(name->valuestring, texts[i].name) == 0)
            keep(texts[i].text, value->valuestring);
}

static void take_events(const struct mosquitto_message *m) {
    cJSON *message = cJSON_ParseWithLength(m->payload, (size_t)m->payloadlen);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(message, "deviceEvents");

    for (int i = 0; i < EVENTS_MAX && i < cJSON_GetArraySize(list); i++)
        take_event(cJSON_GetArrayItem(list, i));
    cJSON_Delete(message);
    if (!shadow.offer || strcmp(shadow.state, "updateInProgress") == 0 || shadow.last[0] != 0)
        is_update_requested = false;
    show();
}

/* "1795326490: client 1 /v1/notifications/lamp-1" */
static void greet(const struct mosquitto_message *m) {
    char wanted[TOPIC_SIZE];
    size_t n = (size_t)snprintf(wanted, sizeof wanted, "/v1/notifications/%s", device);
    const char *end = (const char *)m->payload + m->payloadlen - n;

    if ((size_t)m->payloadlen < n || memcmp(end, wanted, n) != 0)
        return;
    printf("cloud stand-in: %s has connected\n", device);
    fflush(stdout);
    send("notifications", "{\"event\":\"connect.success\"}");
}

static void on_message(struct mosquitto *from, void *user, const struct mosquitto_message *m) {
    (void)from;
    (void)user;
    if (m->payloadlen <= 0 || m->payloadlen > MESSAGE_MAX)
        return;
    if (strcmp(m->topic, SUBSCRIPTIONS) == 0)
        greet(m);
    else
        take_events(m);
}

static void on_link(struct mosquitto *to, void *user, int answer) {
    char events[TOPIC_SIZE], subscriptions[] = SUBSCRIPTIONS;
    char *const both[] = {events, subscriptions};

    (void)user;
    if (answer != 0)
        return;
    snprintf(events, sizeof events, "/v1/deviceEvents/%s", device);
    mosquitto_subscribe_multiple(to, NULL, 2, both, 1, 0, NULL);
    printf("cloud stand-in: ready for %s\n", device);
    fflush(stdout);
}

/* ---- the user */

static bool press(const char *command) {
    static unsigned n;
    char json[TEXT_SIZE];

    snprintf(json, sizeof json,
             "{\"commands\":[{\"id\":\"00000000-0000-4000-8000-%012u\",\"component\":\"main\","
             "\"capability\":\"firmwareUpdate\",\"command\":\"%s\",\"arguments\":[]}]}",
             ++n, command);
    return send("commands", json);
}

/* false: the user has had enough */
static bool obey(const char *word) {
    if (strcmp(word, "update") == 0) {
        is_update_requested = true;
        shadow.last[0] = 0; /* the app shows the new attempt from here on */
        press("updateFirmware");
        show();
    } else if (strcmp(word, "check") == 0) {
        press("checkForFirmwareUpdate");
    } else if (strcmp(word, "limit") == 0) {
        send("notifications", "{\"event\":\"rate.limit.reached\",\"count\":61,\"threshold\":60,"
                              "\"remainingTime\":60,\"sequenceNumber\":1}");
    } else if (strcmp(word, "show") == 0) {
        show();
    } else if (strcmp(word, "quit") == 0) {
        return false;
    } else {
        printf("update, check, show, limit (a rate limit of the cloud) or quit\n");
        fflush(stdout);
    }
    return true;
}

/* Reads whole words from the input; its end is no reason to stop the cloud. */
static bool listen_to_user(void) {
    static char line[LINE_SIZE];
    static size_t n;
    static bool has_ended;
    struct pollfd input = {.fd = has_ended ? -1 : STDIN_FILENO, .events = POLLIN};
    char c;

    while (poll(&input, 1, 0) == 1) {
        if (read(STDIN_FILENO, &c, 1) != 1) {
            has_ended = true;
            return true;
        }
        if (c != '\n') {
            line[n] = c;
            n += n < LINE_SIZE - 1;
            continue;
        }
        line[n] = 0;
        n = 0;
        if (!obey(line))
            return false;
    }
    return true;
}

/* ---- the program */

static int usage(FILE *to) {
    fputs("usage: aloft-smartthings --broker HOST:PORT --ca FILE [--device ID]\n"
          "A stand-in of the SmartThings cloud and app for one device; the input takes\n"
          "update, check, show, limit, quit. docs/smartthings.md says how to set up a broker.\n",
          to);
    return to == stdout ? 0 : EXIT_USAGE;
}

static int world(const char *broker, int e) {
    fprintf(stderr,
            "aloft-smartthings: the broker %s cannot be reached: %s.\n"
            "See whether mosquitto runs there, and whether --ca is the CA of its certificate.\n",
            broker, mosquitto_strerror(e));
    return EXIT_WORLD;
}

static int run(const char *broker, const char *ca) {
    char host[256];
    const char *colon = strrchr(broker, ':');
    int e;

    if (colon == NULL || (size_t)(colon - broker) >= sizeof host)
        return usage(stderr);
    memcpy(host, broker, (size_t)(colon - broker));
    host[colon - broker] = 0;
    mosquitto_lib_init();
    mqtt = mosquitto_new(NULL, true, NULL);
    if (mqtt == NULL)
        return world(broker, MOSQ_ERR_NOMEM);
    e = mosquitto_tls_set(mqtt, ca, NULL, NULL, NULL, NULL);
    mosquitto_connect_callback_set(mqtt, on_link);
    mosquitto_message_callback_set(mqtt, on_message);
    if (e == MOSQ_ERR_SUCCESS)
        e = mosquitto_connect(mqtt, host, atoi(colon + 1), KEEPALIVE_S);
    if (e != MOSQ_ERR_SUCCESS)
        return world(broker, e);
    while (listen_to_user())
        if (mosquitto_loop(mqtt, 100, 1) != MOSQ_ERR_SUCCESS) {
            sleep(1);
            (void)mosquitto_reconnect(mqtt); /* it comes back as often as the user waits */
        }
    return 0;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"broker", required_argument, NULL, 'b'},
                                            {"ca", required_argument, NULL, 'a'},
                                            {"device", required_argument, NULL, 'd'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *broker = NULL, *ca = NULL;
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'b')
            broker = optarg;
        else if (o == 'a')
            ca = optarg;
        else if (o == 'd')
            device = optarg;
        else
            return usage(o == 'h' ? stdout : stderr);
    }
    if (broker == NULL || ca == NULL || optind < argc || strlen(device) > 100)
        return usage(stderr);
    return run(broker, ca);
}
