/* SPDX-License-Identifier: Apache-2.0 */
/* Room: smartthings/standin. Draws what the app would show.
 * Knows: terminals, words.   Never knows: connections, where the words come from. */
#include "screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cjson/cJSON.h>

static struct termios before;
static bool is_changed;

/* ---- the terminal */

static void put_back(void) {
    if (is_changed)
        tcsetattr(STDIN_FILENO, TCSANOW, &before);
    is_changed = false;
}

static void end_by_signal(int number) {
    put_back(); /* tcsetattr may be called here */
    signal(number, SIG_DFL);
    raise(number);
}

void st_screen_begin(struct st_screen *screen) {
    struct termios keys;

    screen->is_terminal = !screen->is_json && isatty(STDIN_FILENO) == 1 &&
                          isatty(STDOUT_FILENO) == 1 && tcgetattr(STDIN_FILENO, &before) == 0;
    if (!screen->is_terminal)
        return;
    keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    is_changed = tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
    signal(SIGINT, end_by_signal);
    signal(SIGTERM, end_by_signal);
    st_screen_show(screen);
}

void st_screen_end(struct st_screen *screen) {
    put_back();
    screen->is_terminal = false;
}

/* ---- three ways to say it */

static void show_json(const struct st_screen *screen) {
    const struct st_cloud *cloud = screen->cloud;
    cJSON *all = cJSON_CreateObject();
    char *text;

    cJSON_AddStringToObject(all, "current", cloud->current);
    cJSON_AddStringToObject(all, "available", cloud->available);
    cJSON_AddBoolToObject(all, "offer", cloud->offer);
    cJSON_AddStringToObject(all, "state", cloud->state);
    cJSON_AddStringToObject(all, "last", cloud->last);
    cJSON_AddStringToObject(all, "reason", cloud->reason);
    cJSON_AddStringToObject(all, "time", cloud->time);
    cJSON_AddStringToObject(all, "button", st_cloud_button(cloud));
    cJSON_AddStringToObject(all, "home_assistant", st_cloud_home_assistant(cloud));
    text = cJSON_PrintUnformatted(all);
    if (text != NULL)
        puts(text);
    cJSON_free(text);
    cJSON_Delete(all);
}

static void show_lines(const struct st_screen *screen) {
    const struct st_cloud *cloud = screen->cloud;

    if (cloud->offer && !st_cloud_is_updating(cloud))
        printf("app stand-in: card: New firmware is available. / Update\n");
    printf("app stand-in: information: firmware %s %s\n", cloud->current, st_cloud_button(cloud));
    if (cloud->last[0] != 0)
        printf("app stand-in: last update: %s%s%s: %s\n", cloud->last,
               cloud->time[0] == 0 ? "" : " at ", cloud->time, cloud->reason);
    printf("home assistant stand-in: %s installed, %s latest: %s\n", cloud->current,
           cloud->available, st_cloud_home_assistant(cloud));
}

static void draw(const struct st_screen *screen) {
    const struct st_cloud *cloud = screen->cloud;
    bool has_color = getenv("NO_COLOR") == NULL || getenv("NO_COLOR")[0] == 0;
    const char *blue = has_color && cloud->offer ? "\033[1;34m" : "",
               *end = has_color ? "\033[0m" : "";

    printf("\033[H\033[2J  The SmartThings app, a stand-in        %s is %s\n\n", screen->device,
           screen->is_connected ? "connected" : "not connected yet");
    if (cloud->current[0] == 0) {
        printf("  Nothing was heard from the device yet.\n");
    } else {
        if (cloud->offer && !st_cloud_is_updating(cloud))
            printf("  +------------------------------------+\n"
                   "  | New firmware is available.  Update |\n"
                   "  +------------------------------------+\n\n");
        printf("  Information\n    Firmware version   %s\n    %s%s%s\n", cloud->current, blue,
               st_cloud_button(cloud), end);
        if (cloud->last[0] != 0)
            printf("\n    Last update        %s %s\n                       %s\n", cloud->last,
                   cloud->time, cloud->reason);
        printf("\n  Home Assistant would say\n    %s installed, %s latest: %s\n", cloud->current,
               cloud->available, st_cloud_home_assistant(cloud));
    }
    st_screen_help(screen);
}

void st_screen_show(const struct st_screen *screen) {
    if (screen->is_json)
        show_json(screen);
    else if (screen->is_terminal)
        draw(screen);
    else
        show_lines(screen);
    fflush(stdout);
}

void st_screen_tell(const struct st_screen *screen, const char *what, const char *why) {
    if (screen->is_json)
        printf("{\"device\":\"%s\",\"what\":\"%s\"%s%s%s}\n", screen->device, what,
               why == NULL ? "" : ",\"why\":\"", why == NULL ? "" : why, why == NULL ? "" : "\"");
    else if (screen->is_terminal)
        draw(screen);
    else if (strcmp(what, "ready") == 0)
        printf("cloud stand-in: ready for %s\n", screen->device);
    else
        printf("cloud stand-in: %s %s%s%s\n", screen->device, what, why == NULL ? "" : ": ",
               why == NULL ? "" : why);
    if (screen->is_terminal && why != NULL)
        printf("  %s %s: %s\n", screen->device, what, why);
    fflush(stdout);
}

void st_screen_help(const struct st_screen *screen) {
    if (screen->is_terminal)
        printf("\n  u update   c check   l rate limit   q quit\n");
    else if (!screen->is_json)
        printf("update, check, show, limit (a rate limit of the cloud) or quit\n");
    fflush(stdout);
}
