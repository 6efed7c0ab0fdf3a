#define _GNU_SOURCE
#include "sbx_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct start {
    void (*body)(void *);
    void *argument;
};

static void *run(void *given) {
    struct start start = *(struct start *)given;
    free(given);
#if defined(__linux__)
    pthread_setname_np(pthread_self(), "sbxpipe-launch");
#else
    pthread_setname_np("sbxpipe-launch");
#endif
    start.body(start.argument);
    return NULL;
}

int sbx_thread_start(void (*body)(void *), void *argument) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return -ENOMEM;
    *start = (struct start){body, argument};
    /* A new thread has its creator's mask (pthread_sigmask(3)), which the creator gets back at once. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_t attributes;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);
    if (error == 0) {
        pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
        error = pthread_create(&thread, &attributes, run, start);
        pthread_attr_destroy(&attributes);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) free(start);
    return -error;
}
