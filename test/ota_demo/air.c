/* SPDX-License-Identifier: Apache-2.0 */
/* A stand-in of ESP-IDF's Wi-Fi driver, its events and its time server, for the application over the
 * model of a chip. What is in the air stands in a file of the folder in which the board runs:
 *
 *     air    a line for each network: NAME PASSWORD [REASON]; with a reason it refuses everybody so
 *     time   while it is there, a time server answers
 *
 * Without Wi-Fi there is no route, and the time of day counts from the start. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <esp_event.h>
#include <esp_log.h>
#include <esp_netif.h>
#include <esp_netif_sntp.h>
#include <esp_wifi.h>
#include <nvs.h>

/* wifi_err_reason_t */
#define ASSOC_LEAVE     8
#define FOURWAY_TIMEOUT 15
#define BEACON_TIMEOUT  200
#define NO_AP_FOUND     201
#define LOOKS_EACH_US   50000u

esp_event_base_t const WIFI_EVENT = "WIFI_EVENT";
esp_event_base_t const IP_EVENT = "IP_EVENT";

static esp_event_handler_t on_wifi, on_address;
static atomic_bool is_wanted, is_left, is_up, asks_for_time, has_time;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; /* of what follows */
static wifi_config_t kept;

/* ---- what the application asks of it */

esp_err_t esp_netif_init(void) {
    return ESP_OK;
}

esp_err_t esp_event_loop_create_default(void) {
    return ESP_OK;
}

esp_netif_t *esp_netif_create_default_wifi_sta(void) {
    static char some;

    return (esp_netif_t *)(void *)&some;
}

esp_err_t esp_event_handler_instance_register(esp_event_base_t base, int32_t id,
                                              esp_event_handler_t handler, void *arg,
                                              esp_event_handler_instance_t *instance) {
    (void)id, (void)arg, (void)instance;
    if (base == WIFI_EVENT)
        on_wifi = handler;
    else
        on_address = handler;
    return ESP_OK;
}

esp_err_t esp_netif_sntp_init(const esp_sntp_config_t *config) {
    (void)config;
    atomic_store(&asks_for_time, true);
    return ESP_OK;
}

/* The driver keeps its network in NVS by itself. */
esp_err_t esp_wifi_init(const wifi_init_config_t *config) {
    size_t len = sizeof kept;
    nvs_handle_t nvs;

    (void)config;
    if (nvs_open("nvs.net80211", NVS_READONLY, &nvs) != ESP_OK)
        return ESP_OK;
    if (nvs_get_blob(nvs, "sta", &kept, &len) != ESP_OK)
        memset(&kept, 0, sizeof kept);
    nvs_close(nvs);
    return ESP_OK;
}

esp_err_t esp_wifi_set_config(wifi_interface_t interface, wifi_config_t *conf) {
    nvs_handle_t nvs;

    (void)interface;
    pthread_mutex_lock(&turn);
    kept = *conf;
    pthread_mutex_unlock(&turn);
    if (nvs_open("nvs.net80211", NVS_READWRITE, &nvs) != ESP_OK)
        return ESP_FAIL;
    if (nvs_set_blob(nvs, "sta", conf, sizeof *conf) == ESP_OK)
        (void)nvs_commit(nvs);
    nvs_close(nvs);
    return ESP_OK;
}

esp_err_t esp_wifi_get_config(wifi_interface_t interface, wifi_config_t *conf) {
    (void)interface;
    pthread_mutex_lock(&turn);
    *conf = kept;
    pthread_mutex_unlock(&turn);
    return ESP_OK;
}

esp_err_t esp_wifi_set_mode(wifi_mode_t mode) {
    (void)mode;
    return ESP_OK;
}

esp_err_t esp_wifi_connect(void) {
    atomic_store(&is_wanted, true);
    return ESP_OK;
}

esp_err_t esp_wifi_disconnect(void) {
    atomic_store(&is_wanted, false);
    atomic_store(&is_left, true);
    return ESP_OK;
}

/* ---- the air; on the thread of the events */

/* 0: it lets us in */
static unsigned refuses(void) {
    char line[128], name[33], password[64];
    FILE *air = fopen("air", "r");
    unsigned reason = NO_AP_FOUND, own;
    wifi_config_t ours;

    (void)esp_wifi_get_config(WIFI_IF_STA, &ours);
    while (air != NULL && fgets(line, sizeof line, air) != NULL) {
        const int n = sscanf(line, "%32s %63s %u", name, password, &own);
        if (n < 2 || strncmp(name, (const char *)ours.sta.ssid, 32) != 0)
            continue;
        reason = n == 3                                                        ? own
                 : strncmp(password, (const char *)ours.sta.password, 64) == 0 ? 0
                                                                               : FOURWAY_TIMEOUT;
    }
    if (air != NULL)
        fclose(air);
    return reason;
}

static void lose(uint8_t reason) {
    wifi_event_sta_disconnected_t event = {.reason = reason};

    atomic_store(&is_up, false);
    on_wifi(NULL, WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, &event);
}

static void win(void) {
    ip_event_got_ip_t event = {
        .ip_info = {.ip = {192 | 0 << 8 | 2 << 16 | 40u << 24}}}; /* RFC 5737 */

    atomic_store(&is_up, true);
    on_address(NULL, IP_EVENT, IP_EVENT_STA_GOT_IP, &event);
}

static void look(void) {
    unsigned reason;

    if (atomic_exchange(&is_left, false) && atomic_load(&is_up))
        lose(ASSOC_LEAVE);
    if (atomic_load(&is_up)) {
        reason = refuses();
        if (reason != 0)
            lose(reason == NO_AP_FOUND ? BEACON_TIMEOUT : (uint8_t)reason);
    } else if (atomic_exchange(&is_wanted, false)) {
        reason = refuses();
        if (reason != 0)
            lose((uint8_t)reason);
        else
            win();
    }
    if (atomic_load(&is_up) && atomic_load(&asks_for_time) && access("time", F_OK) == 0)
        atomic_store(&has_time, true);
}

static void *live(void *unused) {
    (void)unused;
    on_wifi(NULL, WIFI_EVENT, WIFI_EVENT_STA_START, NULL);
    for (;;) {
        usleep(LOOKS_EACH_US);
        look();
    }
    return NULL;
}

esp_err_t esp_wifi_start(void) {
    pthread_t thread;

    return pthread_create(&thread, NULL, live, NULL) == 0 ? ESP_OK : ESP_FAIL;
}

/* ---- what is there only with a network */

int __real_connect(int socket, const struct sockaddr *to, socklen_t len);
int __wrap_connect(int socket, const struct sockaddr *to, socklen_t len);
time_t __wrap_time(time_t *out);

int __wrap_connect(int socket, const struct sockaddr *to, socklen_t len) {
    if (atomic_load(&is_up))
        return __real_connect(socket, to, len);
    errno = EHOSTUNREACH;
    return -1;
}

time_t __wrap_time(time_t *out) {
    struct timespec now = {.tv_sec = esp_log_timestamp() / 1000};

    if (atomic_load(&has_time))
        clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL)
        *out = now.tv_sec;
    return now.tv_sec;
}
