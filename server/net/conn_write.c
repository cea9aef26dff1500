/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server/net. Sends an answer: head and small body in one piece, a file record by record.
 * Knows: TLS records, pacing.   Never knows: what is sent. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <openssl/err.h>

#include "conn.h"
#include "content.h"

#define HEAD_MAX 1024u /* the longest head below has about 450 bytes */
#define PACE_MS  20u   /* a paced download sends this often, when its rate allows a byte */

/* One thread, so one buffer: the same bytes are read again where a record has to wait. */
static uint8_t record[CONN_RECORD_SIZE];

static const char *words_of(unsigned status) {
    static const struct {
        unsigned status;
        const char *words;
    } table[] = {
        {200, "OK"},
        {204, "No Content"},
        {206, "Partial Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {431, "Request Header Fields Too Large"},
        {503, "Service Unavailable"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].status == status)
            return table[i].words;
    return "Answer";
}

struct text {
    char *at;
    size_t size, len;
};

static void put(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *format, ...) {
    va_list arguments;
    int len;

    va_start(arguments, format);
    len = vsnprintf(t->at + t->len, t->size - t->len, format, arguments);
    va_end(arguments);
    if (len > 0)
        t->len += (size_t)len < t->size - t->len ? (size_t)len : t->size - t->len - 1;
}

static uint64_t body_len(const struct answer *a) {
    return a->content != NULL && a->status != 416 ? a->len : a->small.len;
}

/* RFC 9110 §14.4: what part of how much, or, with 416, only how much. */
static void put_range(struct text *t, const struct answer *a) {
    unsigned long long at = a->at, size = a->content->size;

    if (a->status == 206)
        put(t, "Content-Range: bytes %llu-%llu/%llu\r\n", at, at + a->len - 1, size);
    else if (a->status == 416)
        put(t, "Content-Range: bytes */%llu\r\n", size);
    put(t, "Accept-Ranges: bytes\r\n");
}

/* RFC 9110 §6.6.1: who has a clock says its time. `aloft doctor` compares it with a device's. */
static void put_date(struct text *t) {
    time_t now = time(NULL);
    struct tm parts;
    char date[40];

    if (gmtime_r(&now, &parts) != NULL &&
        strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0)
        put(t, "Date: %s\r\n", date);
}

static size_t write_head(const struct conn *conn, char *at, size_t size) {
    const struct answer *a = &conn->exchange.answer;
    struct text t = {at, size, 0};

    put(&t, "HTTP/1.1 %u %s\r\n", a->status, words_of(a->status));
    put_date(&t);
    /* RFC 9110 §8.6: none with 204; with 304 it would be the length of the 200, so it is left out
     * */
    if (a->status != 204 && a->status != 304)
        put(&t, "Content-Length: %llu\r\n", (unsigned long long)body_len(a));
    if (a->type != NULL && a->status != 204 && a->status != 304)
        put(&t, "Content-Type: %s\r\nX-Content-Type-Options: nosniff\r\n", a->type);
    if (a->content != NULL)
        put_range(&t, a);
    if (a->etag[0] != 0)
        put(&t, "ETag: %s\r\n", a->etag);
    if (a->allow != NULL)
        put(&t, "Allow: %s\r\n", a->allow);
    if (a->retry_after_s > 0)
        put(&t, "Retry-After: %u\r\n", a->retry_after_s);
    put(&t, "Cache-Control: %s\r\n", a->cache != NULL ? a->cache : "no-store");
    if (!conn->keep)
        put(&t, "Connection: close\r\n");
    put(&t, "\r\n");
    return t.len;
}

/* What the request took of `in` goes; what was pipelined behind it stays. */
static void drop_request(struct conn *conn) {
    size_t len = conn->head_len + conn->body_len;

    if (len > conn->in_len)
        len = conn->in_len;
    conn->in_len -= len;
    if (conn->in_len > 0)
        memmove(conn->in, conn->in + len, conn->in_len);
    if (conn->in_len == 0) {
        free(conn->in);
        conn->in = NULL;
    }
    conn->head_len = conn->body_len = 0;
}

enum conn_next conn_answer(struct conn *conn) {
    struct answer *a = &conn->exchange.answer;
    char head[HEAD_MAX];
    size_t head_len, small;

    if (conn->server->draining)
        conn->keep = false;
    drop_request(conn);
    head_len = write_head(conn, head, sizeof head);
    small = conn->head_only ? 0 : a->small.len;
    conn->content_left = conn->head_only || a->content == NULL || a->status == 416 ? 0 : a->len;
    conn->content_sent = 0;
    conn->out = malloc(head_len + small);
    if (conn->out == NULL) {
        conn_close(conn);
        return CONN_GONE;
    }
    memcpy(conn->out, head, head_len);
    if (small > 0)
        memcpy(conn->out + head_len, a->small.at, small);
    conn->out_len = head_len + small;
    conn->out_at = 0;
    free(a->small.at);
    a->small = (aloft_space){NULL, 0};
    conn->started_ms = uv_now(&conn->server->loop);
    conn_enter(conn, CONN_WRITE, CONN_DOWNLOAD_MS);
    return CONN_AGAIN;
}

void conn_stored(struct conn *conn, bool kept) {
    if (conn->phase != CONN_STORE)
        return;
    if (!kept) {
        answer_text(&conn->exchange, 503, "The database is busy.");
        conn->exchange.answer.retry_after_s = 30;
    }
    conn->head_only = false;
    if (conn_answer(conn) != CONN_GONE)
        conn_work(conn);
}

static enum conn_next write_failed(struct conn *conn, int result) {
    switch (SSL_get_error(conn->ssl, result)) {
    case SSL_ERROR_WANT_WRITE:
        return CONN_WAIT_WRITE;
    case SSL_ERROR_WANT_READ:
        return CONN_WAIT_READ;
    default:
        conn_close(conn);
        return CONN_GONE;
    }
}

static enum conn_next write_out(struct conn *conn) {
    int put_len;

    ERR_clear_error();
    put_len = SSL_write(conn->ssl, conn->out + conn->out_at, (int)(conn->out_len - conn->out_at));
    if (put_len <= 0)
        return write_failed(conn, put_len);
    conn->out_at += (size_t)put_len;
    if (conn->out_at == conn->out_len) {
        free(conn->out);
        conn->out = NULL;
    }
    return CONN_AGAIN;
}

/* How much may go now; 0: resume_ms says when. At a rate of r bytes a second, r * t / 1000 bytes
 * may have gone t ms after the start. A record that waits inside OpenSSL must be offered with the
 * same length. */
static size_t allowed(struct conn *conn) {
    uint64_t rate = conn->server->rate_bps, now = uv_now(&conn->server->loop);
    uint64_t most = conn->content_left < sizeof record ? conn->content_left : sizeof record;
    uint64_t due, step;

    if (conn->retry_len > 0)
        return conn->retry_len;
    if (rate == 0)
        return (size_t)most;
    step = rate * PACE_MS / 1000 > 0 ? rate * PACE_MS / 1000 : 1;
    due = rate * (now - conn->started_ms + PACE_MS) / 1000;
    if (due < conn->content_sent + step && due < conn->content_sent + conn->content_left) {
        conn->resume_ms = now + PACE_MS;
        return 0;
    }
    due -= conn->content_sent;
    return (size_t)(due < most ? due : most);
}

static void move_deadline(struct conn *conn) {
    uint64_t rate = conn->server->rate_bps, min = CONN_DOWNLOAD_MIN_BPS;

    if (rate > 0 && rate / 2 < min) /* it is our own pace that is slow then */
        min = rate / 2 > 0 ? rate / 2 : 1;
    conn->deadline_ms = conn->started_ms + CONN_DOWNLOAD_MS + conn->content_sent * 1000 / min;
}

static enum conn_next write_record(struct conn *conn) {
    const struct answer *a = &conn->exchange.answer;
    size_t len = allowed(conn);
    ssize_t got;
    int put_len;

    if (len == 0)
        return CONN_WAIT_TIMER;
    got = content_read(a->content, a->at + conn->content_sent, record, len);
    if (got != (ssize_t)len) { /* the file became shorter: the promised length cannot be kept */
        aloft_fault why = {.code = ALOFT_E_SITE_CHANGED};
        say_trouble(conn->server, conn->peer, &why);
        conn_close(conn);
        return CONN_GONE;
    }
    ERR_clear_error();
    put_len = SSL_write(conn->ssl, record, (int)len);
    conn->retry_len = put_len <= 0 ? len : 0;
    if (put_len <= 0)
        return write_failed(conn, put_len);
    conn->content_sent += (uint64_t)put_len;
    conn->content_left -= (uint64_t)put_len;
    conn->moved_ms = uv_now(&conn->server->loop);
    move_deadline(conn);
    return CONN_AGAIN;
}

void conn_say_download(const struct conn *conn) {
    const struct answer *a = &conn->exchange.answer;

    if (conn->content_sent == 0 || !a->is_told)
        return;
    say_of(conn->peer,
           conn->content_left == 0 ? "%s fetched %llu bytes from %llu on, of %llu"
                                   : "%s left after %llu bytes from %llu on, of %llu",
           conn->peer, (unsigned long long)conn->content_sent, (unsigned long long)a->at,
           (unsigned long long)a->content->size);
}

static enum conn_next finish(struct conn *conn) {
    struct answer *a = &conn->exchange.answer;

    conn_say_download(conn);
    content_release(conn->server, a->content);
    memset(&conn->exchange, 0, sizeof conn->exchange);
    conn->content_sent = conn->content_left = 0;
    conn->head_only = false;
    if (conn->keep && !conn->server->draining) {
        bool has_more = conn->in_len > 0 || SSL_has_pending(conn->ssl) == 1;
        conn_enter(conn, CONN_HEAD, has_more ? CONN_HEAD_MS : CONN_IDLE_MS);
        /* a pipelined request waits for the next turn of the loop: the others are served between */
        return has_more ? CONN_WAIT_EITHER : CONN_WAIT_READ;
    }
    (void)SSL_shutdown(conn->ssl);
    shutdown(conn->fd, SHUT_WR);
    conn_enter(conn, CONN_LINGER, CONN_LINGER_MS);
    return CONN_WAIT_READ;
}

enum conn_next conn_step_write(struct conn *conn) {
    enum conn_next next = CONN_AGAIN;

    if (conn->out != NULL)
        return write_out(conn);
    for (unsigned i = 0; i < CONN_RECORDS && conn->content_left > 0 && next == CONN_AGAIN; i++)
        next = write_record(conn);
    if (next != CONN_AGAIN)
        return next;
    return conn->content_left > 0 ? CONN_WAIT_WRITE : finish(conn);
}
