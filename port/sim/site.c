/* SPDX-License-Identifier: Apache-2.0 */
/* Port: sim. Reads requests of a device, which are well formed, and makes answers that need not be.
 * Knows: the files, what is to go wrong.   Never knows: streams. */
#include <assert.h>
#include <string.h>

#include "port/sim/site.h"

/* ---- reading */

static const char *end_of_head(const char *text) {
    const char *end = strstr(text, "\r\n\r\n");

    return end == NULL ? NULL : end + 4;
}

/* The value of a field, NULL: not there. Ends at CR. */
static const char *field(const char *request, const char *name) {
    const char *end = end_of_head(request), *line = strstr(request, "\r\n");
    size_t len = strlen(name);

    for (; line != NULL && line + 4 < end; line = strstr(line + 2, "\r\n"))
        if (strncmp(line + 2, name, len) == 0 && strncmp(line + 2 + len, ": ", 2) == 0)
            return line + 4 + len;
    return NULL;
}

static uint64_t number(const char *digits) {
    uint64_t sum = 0;

    for (; *digits >= '0' && *digits <= '9'; digits++)
        sum = sum * 10 + (uint64_t)(*digits - '0');
    return sum;
}

size_t sim_site_whole(const struct sim_net *net) {
    const char *end = end_of_head(net->request), *length;
    size_t len;

    if (end == NULL)
        return net->request_len == SIM_REQUEST_MAX ? SIM_REQUEST_MAX : 0;
    length = field(net->request, "Content-Length");
    len = (size_t)(end - net->request) + (length == NULL ? 0 : (size_t)number(length));
    return len <= net->request_len ? len : 0;
}

bool sim_net_field(const struct sim_net *net, const char *name, char *out, size_t out_size) {
    const char *value = field(net->last, name);
    size_t n = 0;

    if (value == NULL)
        return false;
    for (; value[n] != '\r' && n + 1 < out_size; n++)
        out[n] = value[n];
    out[n] = 0;
    return true;
}

static void keep(struct sim_net *net, size_t len) {
    const char *end, *from, *to;
    size_t n;

    memcpy(net->last, net->request, len);
    net->last[len] = 0;
    end = end_of_head(net->last);
    net->last_head = end == NULL ? len : (size_t)(end - net->last);
    net->last_body = len - net->last_head;
    from = strchr(net->last, ' ');
    from = from == NULL ? net->last : from + 1;
    to = strchr(from, ' ');
    n = to == NULL ? 0 : (size_t)(to - from);
    n = n > SIM_PATH_MAX ? SIM_PATH_MAX : n;
    memcpy(net->path, from, n);
    net->path[n] = 0;
    if (strncmp(net->last, "POST ", 5) == 0) {
        memcpy(net->report, net->last + net->last_head, net->last_body);
        net->report_len = net->last_body;
    }
}

/* ---- writing */

static void put(struct sim_net *net, const char *text) {
    size_t len = strlen(text);

    assert(net->head_len + len < sizeof net->head);
    memcpy(net->head + net->head_len, text, len + 1);
    net->head_len += len;
}

static void put_number(struct sim_net *net, uint64_t n) {
    char digits[21];
    size_t at = sizeof digits - 1;

    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    put(net, digits + at);
}

static void put_status(struct sim_net *net, unsigned status) {
    put(net, "HTTP/1.1 ");
    put_number(net, status);
    put(net, " Simulated\r\nServer: sim\r\n");
}

static void put_range(struct sim_net *net, const struct sim_wrong *wrong, uint64_t at,
                      uint64_t size) {
    put(net, "Content-Range: bytes ");
    put_number(net, at + (uint64_t)(int64_t)wrong->range_shift);
    put(net, "-");
    put_number(net, size - 1 + (uint64_t)(int64_t)wrong->size_shift);
    put(net, "/");
    put_number(net, size + (uint64_t)(int64_t)wrong->size_shift);
    put(net, "\r\n");
}

static void shift_body(struct sim_net *net, int32_t shift) {
    if (shift > 0)
        net->zeros = (uint32_t)shift;
    else if ((uint64_t) - (int64_t)shift > net->body.len)
        net->body.len = 0;
    else
        net->body.len -= (size_t) - (int64_t)shift;
}

/* Ends the head behind status and range. */
static void end_head(struct sim_net *net, const struct sim_wrong *wrong) {
    uint64_t length = net->body.len + (uint64_t)(int64_t)wrong->length_shift;

    put(net, "Content-Type: ");
    put(net, wrong->type == NULL ? "application/octet-stream" : wrong->type);
    if (!wrong->hides_length) {
        put(net, "\r\nContent-Length: ");
        put_number(net, length);
    }
    if (wrong->location != NULL) {
        put(net, "\r\nLocation: ");
        put(net, wrong->location);
    }
    put(net, wrong->closes ? "\r\nConnection: close\r\n" : "\r\n");
    put(net, wrong->heads == NULL ? "" : wrong->heads);
    put(net, "\r\n");
    net->is_ending = wrong->closes || wrong->closes_silently || wrong->hides_length;
    shift_body(net, wrong->body_shift);
}

static void answer_file(struct sim_net *net, const struct sim_wrong *wrong, aloft_bytes body) {
    const char *range = wrong->ignores_range ? NULL : field(net->last, "Range");
    uint64_t at = 0;

    if (range != NULL && strncmp(range, "bytes=", 6) == 0)
        at = number(range + 6);
    if (range == NULL) {
        put_status(net, 200);
        net->body = body;
    } else if (at >= body.len) {
        put_status(net, 416);
        net->body.len = 0;
    } else {
        put_status(net, 206);
        put_range(net, wrong, at, body.len);
        net->body = (aloft_bytes){body.at + at, body.len - (size_t)at};
    }
    end_head(net, wrong);
}

static void answer_short(struct sim_net *net, const struct sim_wrong *wrong, unsigned status) {
    static const uint8_t words[] = "<html>this is not an update</html>\n";

    put_status(net, status);
    net->body = (aloft_bytes){words, status == 204 || status == 304 ? 0 : sizeof words - 1};
    end_head(net, wrong);
}

static const struct sim_file *find(const struct sim_net *net) {
    for (unsigned i = 0; i < net->n_files; i++)
        if (strcmp(net->file[i].path, net->path) == 0)
            return &net->file[i];
    return NULL;
}

/* The troubles that count for this answer, and one answer less that has them. */
static struct sim_wrong troubles(struct sim_net *net) {
    const struct sim_wrong none = {0};
    const char *only = net->wrong.only;
    size_t len = strlen(net->path);

    if (net->wrong.answers == 0)
        return none;
    if (only != NULL && (len < strlen(only) || strcmp(net->path + len - strlen(only), only) != 0))
        return none;
    net->wrong.answers -= net->wrong.answers != SIM_NEVER;
    return net->wrong;
}

void sim_site_answer(struct sim_net *net, size_t len) {
    struct sim_wrong wrong;
    const struct sim_file *file;

    keep(net, len);
    net->n_requests++;
    net->head_len = net->head_at = 0;
    net->body = (aloft_bytes){NULL, 0};
    net->zeros = 0;
    wrong = troubles(net);
    net->fill = wrong.fill;
    file = find(net);
    if (net->last_head == SIM_REQUEST_MAX)
        answer_short(net, &wrong, 431);
    else if (wrong.location != NULL)
        answer_short(net, &wrong, wrong.status != 0 ? wrong.status : 302);
    else if (wrong.status != 0)
        answer_short(net, &wrong, wrong.status);
    else if (strncmp(net->last, "POST ", 5) == 0)
        answer_short(net, &wrong, 204);
    else if (file == NULL)
        answer_short(net, &wrong, 404);
    else
        answer_file(net, &wrong, file->body);
    if (wrong.raw_head != NULL) {
        net->head_len = 0;
        put(net, wrong.raw_head);
    }
}
