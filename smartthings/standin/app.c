/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. The program aloft-smartthings: a stand-in of the SmartThings cloud and of its app, on the
 * terminal, for one device behind a real MQTT broker. It checks the device's token, greets it, shows what the app's
 * screens would and what Home Assistant would conclude, and takes the buttons from its input.
 * Knows: topics, logins, the user.   Never knows: the device, updates. */
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mosquitto.h>

#include "cloud.h"
#include "screen.h"
#include "token.h"

#define KEEPALIVE_S 60
#define TOPIC_SIZE  160u
#define JSON_SIZE   512u
#define LINE_SIZE   64u

/* the broker tells in this topic who subscribes to what; so the cloud knows whom to greet */
#define SUBSCRIPTIONS "$SYS/broker/log/M/subscribe"

enum { EXIT_WORLD = 2, EXIT_USAGE = 64 };

static struct st_cloud cloud;
static struct st_screen screen = {.cloud = &cloud, .device = "lamp-1"};
static struct mosquitto *mqtt;
static struct st_identity
    known;                  /* what was pasted into the Workspace; serial empty: nobody is asked */
static const char *refusal; /* of the last login, NULL: it was good */
static bool has_logged_in;

static bool send(const char *kind, const char *json) {
    char topic[TOPIC_SIZE];

    snprintf(topic, sizeof topic, "/v1/%s/%s", kind, screen.device);
    return mosquitto_publish(mqtt, NULL, topic, (int)strlen(json), json, 1, false) ==
           MOSQ_ERR_SUCCESS;
}

/* ---- the cloud */

static void log_in(const struct mosquitto_message *m) {
    refusal =
        known.serial[0] == 0 ? NULL : st_token_refuses(m->payload, (size_t)m->payloadlen, &known);
    has_logged_in = true;
}

static void let_in(void) {
    char json[JSON_SIZE];

    if (known.serial[0] != 0 && !has_logged_in)
        refusal = "it has shown no token";
    has_logged_in = false; /* each connection has a token of its own */
    screen.is_connected = refusal == NULL;
    st_screen_tell(&screen, refusal == NULL ? "has connected" : "was not let in", refusal);
    if (refusal == NULL) {
        send("notifications", "{\"event\":\"connect.success\"}");
        return;
    }
    snprintf(json, sizeof json, "{\"event\":\"standin.refused\",\"why\":\"%s\"}", refusal);
    send("notifications", json);
}

/* "1795326490: client 1 /v1/notifications/lamp-1" */
static void greet(const struct mosquitto_message *m) {
    char wanted[TOPIC_SIZE];
    size_t n = (size_t)snprintf(wanted, sizeof wanted, "/v1/notifications/%s", screen.device);
    const char *end = (const char *)m->payload + m->payloadlen - n;

    if ((size_t)m->payloadlen >= n && memcmp(end, wanted, n) == 0)
        let_in();
}

static void on_message(struct mosquitto *from, void *user, const struct mosquitto_message *m) {
    (void)from;
    (void)user;
    if (m->payloadlen <= 0)
        return;
    if (strcmp(m->topic, SUBSCRIPTIONS) == 0)
        greet(m);
    else if (strstr(m->topic, "/standin/login/") != NULL)
        log_in(m);
    else if (st_cloud_take(&cloud, m->payload, (size_t)m->payloadlen))
        st_screen_show(&screen);
}

static void on_link(struct mosquitto *to, void *user, int answer) {
    char events[TOPIC_SIZE], logins[TOPIC_SIZE], subscriptions[] = SUBSCRIPTIONS;
    char *const all[] = {events, logins, subscriptions};

    (void)user;
    if (answer != 0)
        return;
    snprintf(events, sizeof events, "/v1/deviceEvents/%s", screen.device);
    snprintf(logins, sizeof logins, "/v1/standin/login/%s", screen.device);
    mosquitto_subscribe_multiple(to, NULL, 3, all, 1, 0, NULL);
    st_screen_tell(&screen, "ready", NULL);
}

/* ---- the user */

static void press(const char *command) {
    static unsigned n;
    char json[JSON_SIZE];

    snprintf(json, sizeof json,
             "{\"commands\":[{\"id\":\"00000000-0000-4000-8000-%012u\",\"component\":\"main\","
             "\"capability\":\"firmwareUpdate\",\"command\":\"%s\",\"arguments\":[]}]}",
             ++n, command);
    send("commands", json);
}

/* false: the user has had enough */
static bool obey(const char *word) {
    if (strcmp(word, "update") == 0 || strcmp(word, "u") == 0) {
        st_cloud_pressed(&cloud);
        press("updateFirmware");
        st_screen_show(&screen);
    } else if (strcmp(word, "check") == 0 || strcmp(word, "c") == 0) {
        press("checkForFirmwareUpdate");
    } else if (strcmp(word, "limit") == 0 || strcmp(word, "l") == 0) {
        send("notifications", "{\"event\":\"rate.limit.reached\",\"count\":61,\"threshold\":60,"
                              "\"remainingTime\":60,\"sequenceNumber\":1}");
    } else if (strcmp(word, "show") == 0 || strcmp(word, "s") == 0) {
        st_screen_show(&screen);
    } else if (strcmp(word, "quit") == 0 || strcmp(word, "q") == 0) {
        return false;
    } else {
        st_screen_help(&screen);
    }
    return true;
}

/* A key at once on a terminal, else whole words; the end of the input is no reason to stop the cloud. */
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
        if (c != '\n' || screen.is_terminal) {
            line[n] = c;
            n += n < LINE_SIZE - 1;
        }
        if (c != '\n' && !screen.is_terminal)
            continue;
        line[n] = 0;
        n = 0;
        if (!obey(line))
            return false;
    }
    return true;
}

/* ---- the program */

static int usage(FILE *to) {
    fputs("usage: aloft-smartthings --broker HOST:PORT --ca FILE [--device ID] [--json]\n"
          "                         [--serial S --public-key K --mnid M]\n"
          "A stand-in of the SmartThings cloud and app for one device. On a terminal it has keys: "
          "u update,\n"
          "c check, l a rate limit of the cloud, q quit. Else its input takes the words update, "
          "check, limit,\n"
          "show and quit, one a line, and what it says are lines, with --json one object each.\n"
          "With a serial number, a public key and an mnId, as they were pasted into the Developer "
          "Workspace,\n"
          "only that device is let in. docs/smartthings.md says how to set up a broker.\n",
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
        e = mosquitto_connect(mqtt, host, (int)strtol(colon + 1, NULL, 10), KEEPALIVE_S);
    if (e != MOSQ_ERR_SUCCESS)
        return world(broker, e);
    st_screen_begin(&screen);
    while (listen_to_user())
        if (mosquitto_loop(mqtt, 100, 1) != MOSQ_ERR_SUCCESS) {
            sleep(1);
            (void)mosquitto_reconnect(mqtt); /* it comes back as often as the user waits */
        }
    st_screen_end(&screen);
    return 0;
}

/* false: too long for any that is registered */
static bool take(char to[64], const char *from) {
    return snprintf(to, 64, "%s", from) < 64;
}

int main(int argc, char **argv) {
    static const struct option options[] = {{"broker", required_argument, NULL, 'b'},
                                            {"ca", required_argument, NULL, 'a'},
                                            {"device", required_argument, NULL, 'd'},
                                            {"serial", required_argument, NULL, 's'},
                                            {"public-key", required_argument, NULL, 'k'},
                                            {"mnid", required_argument, NULL, 'm'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *broker = NULL, *ca = NULL;
    bool is_good = true;
    int o;

    while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (o == 'b')
            broker = optarg;
        else if (o == 'a')
            ca = optarg;
        else if (o == 'd')
            screen.device = optarg;
        else if (o == 's' || o == 'k' || o == 'm')
            is_good = take(o == 's'   ? known.serial
                           : o == 'k' ? known.public_key
                                      : known.mn_id,
                           optarg) &&
                      is_good;
        else if (o == 'j')
            screen.is_json = true;
        else
            return usage(o == 'h' ? stdout : stderr);
    }
    if (broker == NULL || ca == NULL || optind < argc || strlen(screen.device) > 100 || !is_good ||
        (known.serial[0] == 0) != (known.public_key[0] == 0) ||
        (known.serial[0] == 0) != (known.mn_id[0] == 0))
        return usage(stderr);
    return run(broker, ca);
}
