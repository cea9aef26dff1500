/* SPDX-License-Identifier: Apache-2.0 */
/* Room: server. Puts the server together from a project: certificate, site, database, listeners.
 * Knows: the folders of a project.   Never knows: how requests are read or answered. */
#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/file.h"
#include "host/journal.h"
#include "server/api/api.h"
#include "server/certificate.h"
#include "server/fresh.h"
#include "server/greet.h"
#include "server/net/conn.h"
#include "server/net/mdns.h"
#include "server/net/server.h"
#include "server/rights.h"

#define ANSWERS_AT_ONCE 32u

/* On the SQL thread: only wake the loop. */
static void wake(void *self) {
    uv_async_send(self);
}

static void take_answer(struct server *server, const struct store_answer *answer) {
    uint32_t id = answer->word.conn_id;

    tell_news(server, answer);
    /* the connection may be gone, and its number with another one: then nobody is answered */
    if (id < server->conns_max && server->conn[id] != NULL &&
        server->generation[id] == answer->word.generation)
        conn_stored(server->conn[id], answer->kept);
}

static void on_store(uv_async_t *async) {
    struct server *server = async->data;
    struct store_answer answer[ANSWERS_AT_ONCE];
    unsigned n;

    if (server->store ==
        NULL) /* its last wake came while it ended: nobody waits for these answers */
        return;
    do {
        n = store_answers(server->store, answer, ANSWERS_AT_ONCE);
        for (unsigned i = 0; i < n; i++)
            take_answer(server, &answer[i]);
    } while (n == ANSWERS_AT_ONCE); /* the queue is bounded, and so is this */
}

static aloft_err open_site(struct server *server, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = project_path(server->project, "site", path, trouble);

    if (e == ALOFT_OK)
        e = file_folder(path, 0755, trouble);
    if (e == ALOFT_OK) /* O_PATH asks for no right, and then each device would hear of nothing */
        e = file_may_read(path, trouble);
    if (e != ALOFT_OK)
        return e;
    server->site = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (server->site < 0)
        return trouble_file(trouble, ALOFT_E_FILE_READ, path, errno);
    server->catalog = catalog_new(path);
    return server->catalog != NULL ? ALOFT_OK
                                   : trouble_file(trouble, ALOFT_E_SERVER_START, path, ENOMEM);
}

static aloft_err open_store(struct server *server, struct trouble *trouble) {
    char path[PATH_MAX];
    aloft_err e = project_path(server->project, "aloft.db", path, trouble);

    if (e != ALOFT_OK)
        return e;
    uv_async_init(&server->loop, &server->store_ready, on_store);
    server->store_ready.data = server;
    return store_open(path, wake, &server->store_ready, &server->store, trouble);
}

/* What a listener is made of: its certificate and key below the project, and what it answers. */
struct listener_kind {
    const char *certificate, *key;
    const struct call *calls;
};

static const struct listener_kind own_kind = {"pki/server.crt", "pki/server.key", api_calls};
static const struct listener_kind legacy_kind = {"legacy/server.crt", "legacy/server.key",
                                                 legacy_calls};

static aloft_err listen_as(struct server *server, const char *where,
                           const struct listener_kind *kind, struct trouble *trouble) {
    char certificate[PATH_MAX], key[PATH_MAX];
    SSL_CTX *tls = NULL;
    aloft_err e = project_path(server->project, kind->certificate, certificate, trouble);

    if (e == ALOFT_OK)
        e = project_path(server->project, kind->key, key, trouble);
    if (e == ALOFT_OK)
        e = tls_context(certificate, key, &tls, trouble);
    if (e == ALOFT_OK)
        e = server_listen(server, where, tls, kind->calls, trouble);
    return e;
}

static aloft_err listen_one(struct server *server, const char *where, struct trouble *trouble) {
    return listen_as(server, where, &own_kind, trouble);
}

static aloft_err listen_legacy(struct server *server, const char *where, struct trouble *trouble) {
    aloft_err e;

    if (where == NULL)
        where = server->project->legacy_listen;
    if (where[0] == 0)
        return ALOFT_OK;
    e = listen_as(server, where, &legacy_kind, trouble);
    if (e == ALOFT_E_SERVER_CERTIFICATE) /* `cert renew` knows nothing of it */
        e = (aloft_err)(trouble->fault.code = ALOFT_E_SERVER_LEGACY);
    if (e == ALOFT_OK)
        say("devices with the ota_demo are served on port %u",
            server->listener[server->n_listeners - 1].port);
    return e;
}

static aloft_err listen_all(struct server *server, const struct serve_options *options,
                            struct trouble *trouble) {
    aloft_err e = ALOFT_OK;

    if (options->n_listen == 0)
        return listen_one(server, server->project->listen, trouble);
    for (unsigned i = 0; i < options->n_listen && e == ALOFT_OK; i++)
        e = listen_one(server, options->listen[i], trouble);
    return e;
}

/* "https://host:port/a/b" to "/a/b"; a path of nothing but a slash is none. */
static void take_base_path(struct server *server) {
    const char *host = strstr(server->project->base, "://");
    const char *path = host != NULL ? strchr(host + 3, '/') : NULL;
    size_t len;

    snprintf(server->base_path, sizeof server->base_path, "%s", path != NULL ? path : "");
    len = strlen(server->base_path);
    if (len > 0 && server->base_path[len - 1] == '/')
        server->base_path[len - 1] = 0;
}

/* Lines that are kept are a help, not a condition: a folder that takes none is said, and served. */
static struct journal *open_journal(const struct server *server) {
    struct trouble ignored;
    struct journal *journal = NULL;
    char path[PATH_MAX];

    if (project_path(server->project, JOURNAL_NAME, path, &ignored) == ALOFT_OK)
        journal = journal_open(path);
    if (journal == NULL)
        say("%s cannot be written, so `aloft watch` hears nothing of this server: %s", JOURNAL_NAME,
            strerror(errno));
    say_keep_in(journal);
    return journal;
}

static aloft_err open_all(struct server *server, const struct serve_options *options,
                          struct trouble *trouble) {
    aloft_err e = open_site(server, trouble);

    if (e == ALOFT_OK)
        e = certificate_check(server->project, trouble);
    if (e == ALOFT_OK)
        e = listen_all(server, options, trouble);
    if (e == ALOFT_OK)
        e = listen_legacy(server, options->legacy_listen, trouble);
    /* a thread has rights of its own, so the last one goes before the first thread comes */
    rights_end();
    if (e == ALOFT_OK)
        e = open_store(server, trouble);
    return e;
}

aloft_err serve_run(const struct project *project, const struct serve_options *options,
                    struct trouble *trouble) {
    struct server *server;
    aloft_err e = rights_begin(project, options->user, trouble);

    if (e != ALOFT_OK)
        return e;
    server = calloc(1, sizeof *server);
    if (server == NULL)
        return trouble_file(trouble, ALOFT_E_SERVER_START, project->dir, ENOMEM);
    server->project = project;
    server->rate_bps = options->rate_bps;
    server->site = -1;
    take_base_path(server);
    e = server_open(server, trouble);
    if (e == ALOFT_OK) {
        e = open_all(server, options, trouble);
        if (e == ALOFT_OK) {
            struct journal *journal = open_journal(server);
            if (options->mdns)
                server->mdns = mdns_open(server);
            greet(server);
            fresh_start(server);
            server_run(server);
            mdns_goodbye(server->mdns);
            say_keep_in(NULL);
            journal_close(journal);
        }
        /* the SQL thread first: it wakes the loop that server_close takes down */
        store_close(server->store);
        server->store = NULL;
        server_close(server);
        mdns_free(server->mdns);
    }
    catalog_free(server->catalog);
    if (server->site >= 0)
        close(server->site);
    free(server);
    return e;
}
