#define _GNU_SOURCE
#include "sbx_progress.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static _Atomic(const char *) current;
static atomic_int target = -1;
static atomic_int shown;

/// Runs as a signal handler: only write(2) and atomics.
static void show(int signal_number) {
    (void)signal_number;
    int saved = errno;
    const char *text = atomic_load(&current);
    int descriptor = atomic_load(&target);
    if (text != NULL && descriptor >= 0) {
        atomic_store(&shown, 1);
        if (write(descriptor, "\r\033[K", 4) < 0 || write(descriptor, text, strlen(text)) < 0) atomic_store(&target, -1);
    }
    errno = saved;
}

void sbx_progress_step(int descriptor, const char *text) {
    const char *before = atomic_exchange(&current, text);
    if (before == NULL) {
        atomic_store(&target, descriptor);
        struct sigaction action = {.sa_handler = show, .sa_flags = SA_RESTART};
        sigemptyset(&action.sa_mask);
        sigaction(SIGALRM, &action, NULL);
        struct itimerval timer = {.it_interval = {.tv_usec = 250000}, .it_value = {.tv_usec = 500000}};
        setitimer(ITIMER_REAL, &timer, NULL);
    } else if (atomic_load(&shown)) {
        show(0);
    }
}

void sbx_progress_clear(void) {
    if (atomic_exchange(&current, NULL) == NULL) return;
    struct itimerval none = {0};
    setitimer(ITIMER_REAL, &none, NULL);
    int descriptor = atomic_load(&target);
    if (atomic_exchange(&shown, 0) && descriptor >= 0 && write(descriptor, "\r\033[K", 4) < 0) atomic_store(&target, -1);
}
