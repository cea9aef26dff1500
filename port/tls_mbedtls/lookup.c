/* SPDX-License-Identifier: Apache-2.0 */
/* Room: tls_mbedtls. Names to addresses, in a thread of its own: getaddrinfo may block for 20 s when
 * no name server answers, longer than any watchdog waits.
 * Knows: getaddrinfo.   Never knows: what the addresses are for. */
#include "inside.h"

#include <netdb.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct tls_lookup {
    pthread_mutex_t lock;
    bool ended, dropped; /* by the thread, by its owner: who comes second frees */
    int code;            /* of getaddrinfo */
    unsigned n;
    struct aloft_tls_address address[ALOFT_TLS_ADDRESSES];
    unsigned (*find_local)(const char *host, struct aloft_tls_address *out, unsigned max);
    char host[ALOFT_HOST_MAX + 1];
};

static unsigned take(const struct addrinfo *list, struct aloft_tls_address *out) {
    unsigned n = 0;

    for (; list != NULL && n < ALOFT_TLS_ADDRESSES; list = list->ai_next)
        if (list->ai_addrlen <= sizeof out->at) {
            memcpy(&out[n].at, list->ai_addr, list->ai_addrlen);
            out[n++].len = list->ai_addrlen;
        }
    return n;
}

static int ask(const char *host, int flags, struct aloft_tls_address *out, unsigned *n) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    struct addrinfo *list;
    int code = getaddrinfo(host, NULL, &hints, &list);

    *n = 0;
    if (code != 0)
        return code;
    *n = take(list, out);
    freeaddrinfo(list);
    return *n > 0 ? 0 : EAI_NONAME;
}

static bool is_local(const char *host) {
    size_t len = strlen(host);

    return len > 6 && strcasecmp(host + len - 6, ".local") == 0;
}

static void destroy(struct tls_lookup *job) {
    pthread_mutex_destroy(&job->lock);
    free(job);
}

static void *run(void *given) {
    struct tls_lookup *job = given;
    bool last;

    job->code = ask(job->host, AI_ADDRCONFIG, job->address, &job->n);
    if (job->code != 0 && job->find_local != NULL && is_local(job->host)) {
        job->n = job->find_local(job->host, job->address, ALOFT_TLS_ADDRESSES);
        job->code = job->n > 0 ? 0 : job->code;
    }
    pthread_mutex_lock(&job->lock);
    job->ended = true;
    last = job->dropped;
    pthread_mutex_unlock(&job->lock);
    if (last)
        destroy(job);
    return NULL;
}

static int start_thread(struct tls_lookup *job) {
    pthread_attr_t attributes;
    pthread_t thread;
    int number = pthread_attr_init(&attributes);

    if (number != 0)
        return number;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    number = pthread_create(&thread, &attributes, run, job);
    pthread_attr_destroy(&attributes);
    return number;
}

aloft_err al_tls_lookup_start(struct tls *tls, const char *host, aloft_fault *why) {
    struct tls_lookup *job;
    int number;

    if (host == NULL || host[0] == 0 || strlen(host) > ALOFT_HOST_MAX)
        return al_tls_fault(why, ALOFT_E_NET_NAME, ALOFT_ORIGIN_DNS, EAI_NONAME);
    /* an address needs no thread: nothing is asked */
    if (ask(host, AI_NUMERICHOST, tls->address, &tls->n_addresses) == 0)
        return ALOFT_OK;
    job = calloc(1, sizeof *job);
    if (job == NULL)
        return al_tls_fault(why, ALOFT_E_NET_LOCAL, ALOFT_ORIGIN_DNS, EAI_MEMORY);
    memcpy(job->host, host, strlen(host) + 1);
    job->find_local = tls->find_local;
    pthread_mutex_init(&job->lock, NULL);
    number = start_thread(job);
    if (number != 0) {
        destroy(job);
        return al_tls_errno_fault(why, number);
    }
    tls->lookup = job;
    return ALOFT_WAIT;
}

aloft_err al_tls_lookup_step(struct tls *tls, aloft_fault *why) {
    struct tls_lookup *job = tls->lookup;
    bool ended;
    int code;

    pthread_mutex_lock(&job->lock);
    ended = job->ended;
    pthread_mutex_unlock(&job->lock);
    if (!ended)
        return ALOFT_WAIT;
    code = job->code;
    tls->n_addresses = job->n;
    memcpy(tls->address, job->address, sizeof tls->address);
    tls->lookup = NULL;
    destroy(job);
    return code == 0 ? ALOFT_OK : al_tls_lookup_fault(why, code);
}

void al_tls_lookup_drop(struct tls *tls) {
    struct tls_lookup *job = tls->lookup;
    bool last;

    if (job == NULL)
        return;
    tls->lookup = NULL;
    pthread_mutex_lock(&job->lock);
    job->dropped = true;
    last = job->ended;
    pthread_mutex_unlock(&job->lock);
    if (last)
        destroy(job);
}
