/* SPDX-License-Identifier: Apache-2.0 */
/* Room: cli. `aloft doctor [BASE]`: walks a device's road and says where it ends.
 * Knows: exit codes, who asks the local network.   Never knows: the steps. */
#include "doctor_road.h"

#include <string.h>

#include "posix/aloft_posix.h"

static unsigned find_local(const char *host, struct road_peer *out, unsigned max) {
    struct aloft_tls_address found[ALOFT_TLS_ADDRESSES];
    unsigned n = aloft_posix_find_local(host, found, ALOFT_TLS_ADDRESSES);

    n = n < max ? n : max;
    for (unsigned i = 0; i < n; i++) {
        memset(&out[i], 0, sizeof out[i]);
        memcpy(&out[i].at, &found[i].at, found[i].len);
        out[i].len = (socklen_t)found[i].len;
    }
    return n;
}

void doctor_road_tell(const char *dir, FILE *to) {
    struct road_wish wish = {.dir = dir, .find_local = find_local};
    struct trouble trouble;
    char text[TROUBLE_ROOM];
    struct road *road;

    if (to == NULL)
        return;
    if (road_walk(&wish, &road, &trouble) != ALOFT_OK) {
        fprintf(to, "%s\n", trouble_text(&trouble, text, sizeof text));
        return;
    }
    road_say(road, to);
    if (road_exit(road) != 0)
        fprintf(to, "\n%s\n", trouble_text(road_trouble(road), text, sizeof text));
    road_free(road);
}

int doctor_road(struct cli *cli, struct road_wish *wish, bool is_json) {
    struct road *road;
    int code;

    wish->dir = cli->dir;
    wish->find_local = find_local;
    if (road_walk(wish, &road, &cli->trouble) != ALOFT_OK)
        return cli_fail(cli);
    if (is_json)
        road_json(road, stdout);
    else
        road_say(road, stdout);
    code = road_exit(road);
    if (code != 0 && !is_json)
        (void)trouble_print(stderr, road_trouble(road));
    road_free(road);
    return code;
}
