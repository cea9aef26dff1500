/* SPDX-License-Identifier: Apache-2.0 */
/* Door: the simulated network. A TLS byte stream whose other end is a small HTTP server in memory,
 * with a table of files and a list of what goes wrong. Nothing here takes time or is random.
 *
 * Example:
 *     sim_net_start(&net);
 *     sim_net_serve(&net, "/acme.example/lamp/a/stable/manifest.suit", manifest);
 *     net.wrong.cut_after = 1000;                  // the stream breaks behind 1000 bytes, once
 *     config.net = sim_net_port(&net);
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include <aloft/port.h>

#define SIM_FILES_MAX   8u
#define SIM_PATH_MAX    159u
#define SIM_REQUEST_MAX 2048u /* head and body of one request; a longer one is answered with 431 */
#define SIM_NEVER       UINT32_MAX

struct sim_file {
    char path[SIM_PATH_MAX + 1];
    aloft_bytes body; /* must live as long as the net */
};

/** What goes wrong. sim_net_start leaves all of it out: zero, NULL, or SIM_NEVER. */
struct sim_wrong {
    const char *only; /* of the answer's troubles: only for paths that end so; NULL: all */
    uint32_t answers; /* and only for so many answers, then none; SIM_NEVER: all */

    /* the stream */
    aloft_err open;      /* what open answers: ALOFT_E_NET_REFUSED, _NET_UNREACHABLE, _TLS_CA ... */
    uint32_t open_waits; /* how often open answers ALOFT_WAIT before it is open */
    uint32_t recv_waits; /* how often recv answers ALOFT_WAIT before each piece */
    uint32_t piece;      /* bytes that one send or recv moves at most; 0: all that fit */
    uint32_t stall_after;  /* so many more bytes come, then ALOFT_WAIT for ever */
    uint32_t cut_after;    /* so many more bytes come, then the stream breaks, once */
    aloft_err cut_as;      /* as what: ALOFT_E_NET_DROPPED (and for 0), ALOFT_E_NET_CLOSED */
    uint32_t double_after; /* so many more bytes come, then the last of them once more; 0: none */

    /* the answer */
    uint16_t status;      /* this one, with a short body of its own */
    const char *heads;    /* more heads, each ending in CR LF */
    const char *type;     /* Content-Type; NULL: application/octet-stream. "text/html": a portal */
    const char *location; /* 302 and this Location */
    bool ignores_range;   /* 200 and the whole file for a Range */
    bool hides_length;    /* no Content-Length; the stream ends with the body */
    bool closes;          /* `Connection: close`, and does so */
    bool closes_silently; /* closes behind the answer without having said so */
    int32_t range_shift;  /* added to the first byte in Content-Range (not to what is sent) */
    int32_t size_shift;   /* added to the size in Content-Range */
    int32_t length_shift; /* added to Content-Length */
    int32_t body_shift;   /* so many bytes more (`fill`), or bytes less, than there are */
    uint8_t fill;
    const char *raw_head; /* this instead of the whole head, with its empty line */
};

struct sim_net {
    struct sim_file file[SIM_FILES_MAX];
    unsigned n_files;
    struct sim_wrong wrong;

    /* what happened since sim_net_start */
    uint32_t n_opens;              /* streams that stood */
    uint32_t n_requests;           /* heads that came whole, with their body */
    uint32_t n_sent;               /* bytes of the device */
    uint32_t n_received;           /* bytes that the device took, heads too */
    char host[ALOFT_HOST_MAX + 1]; /* whom the device called last */
    uint16_t port;
    bool payload;
    char last[SIM_REQUEST_MAX + 1];  /* the last whole request, head and body, zero behind it */
    size_t last_head, last_body;     /* their lengths */
    char path[SIM_PATH_MAX + 1];     /* of the last request */
    uint8_t report[SIM_REQUEST_MAX]; /* body of the last POST */
    size_t report_len;

    /* its own */
    bool is_open, is_ending;
    uint32_t waits;
    char request[SIM_REQUEST_MAX + 1];
    size_t request_len;
    char head[1024];
    size_t head_len, head_at;
    aloft_bytes body;
    uint32_t zeros;    /* bytes `fill` behind the body */
    uint8_t fill;      /* of this answer */
    uint8_t last_byte; /* that came */
    bool is_doubling;  /* it comes once more */
};

/** No files, nothing wrong, nothing counted, no stream. */
void sim_net_start(struct sim_net *net);

/** Serve this body under this path, in place of what was there. Only the path is copied. */
void sim_net_serve(struct sim_net *net, const char *path, aloft_bytes body);

/** From now on nothing goes wrong. Files, counters and the stream stay. */
void sim_net_heal(struct sim_net *net);

/** The device restarts: its stream is gone. Files, troubles and counters stay. */
void sim_net_reset(struct sim_net *net);

/** A field of the last request, by its name as the device writes it, into `out`; false: none. */
bool sim_net_field(const struct sim_net *net, const char *name, char *out, size_t out_size);

/** The port's view of it. */
struct aloft_net sim_net_port(struct sim_net *net);

#endif
