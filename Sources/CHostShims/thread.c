#define _GNU_SOURCE
#include "sbx_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
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

struct sbx_latch {
    pthread_mutex_t mutex;
    pthread_cond_t opened;
    bool is_open;
};

struct sbx_latch *sbx_latch_make(void) {
    struct sbx_latch *latch = malloc(sizeof *latch);
    if (latch == NULL) return NULL;
    pthread_mutex_init(&latch->mutex, NULL);
    pthread_cond_init(&latch->opened, NULL);
    latch->is_open = false;
    return latch;
}

void sbx_latch_open(struct sbx_latch *latch) {
    pthread_mutex_lock(&latch->mutex);
    latch->is_open = true;
    pthread_cond_broadcast(&latch->opened);
    pthread_mutex_unlock(&latch->mutex);
}

void sbx_latch_wait(struct sbx_latch *latch) {
    pthread_mutex_lock(&latch->mutex);
    while (!latch->is_open) pthread_cond_wait(&latch->opened, &latch->mutex);
    pthread_mutex_unlock(&latch->mutex);
}

void sbx_latch_free(struct sbx_latch *latch) {
    pthread_cond_destroy(&latch->opened);
    pthread_mutex_destroy(&latch->mutex);
    free(latch);
}
