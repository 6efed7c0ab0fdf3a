#include "sbx_spawn.h"

#if defined(__APPLE__)

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/event.h>
#include <sys/param.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Darwin has no pidfd: a kqueue with one filter stands for a process and for the signals, as poll(2) can wait on it. */

static int add_descriptors(posix_spawn_file_actions_t *actions, const struct sbx_spawn_request *request) {
    for (size_t index = 0; index < request->mapping_count; index++) {
        const struct sbx_descriptor_mapping *mapping = &request->mappings[index];
        /* Overlapping numbers would need a pass of their own: refused, no caller on Darwin has them. */
        for (size_t later = index + 1; later < request->mapping_count; later++)
            if (request->mappings[later].parent == mapping->child) return EINVAL;
        int error = mapping->parent < 0
            ? posix_spawn_file_actions_addopen(actions, mapping->child, "/dev/null", O_RDWR, 0)
            : posix_spawn_file_actions_adddup2(actions, mapping->parent, mapping->child);
        if (error != 0) return error;
    }
    return posix_spawn_file_actions_addchdir_np(actions, request->directory);
}

/* For a child that ended before it could be watched. */
static int always_readable(void) {
    int queue = kqueue();
    if (queue < 0) return -errno;
    fcntl(queue, F_SETFD, FD_CLOEXEC);
    struct kevent change;
    EV_SET(&change, 0, EVFILT_USER, EV_ADD, NOTE_TRIGGER, 0, NULL);
    kevent(queue, &change, 1, NULL, 0, NULL);
    EV_SET(&change, 0, EVFILT_USER, 0, NOTE_TRIGGER, 0, NULL);
    kevent(queue, &change, 1, NULL, 0, NULL);
    return queue;
}

int sbx_spawn(const struct sbx_spawn_request *request, struct sbx_spawn_result *result) {
    *result = (struct sbx_spawn_result){
        .process = -1,
        .descriptor = -1,
        .waiter = -1,
        .waiter_descriptor = -1,
        .waiter_channel = -1,
        .failed_step = sbx_spawn_step_request,
    };
    if (request->under_waiter || request->kill_on_parent_death || request->clear_supplementary_groups
        || request->controlling_terminal >= 0 || request->user_namespace >= 0)
        return -ENOTSUP;
    char path[MAXPATHLEN];
    if (fcntl(request->executable, F_GETPATH, path) != 0) return -errno;

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0) return -error;
    error = posix_spawnattr_init(&attributes);
    if (error != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return -error;
    }
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    short flags = POSIX_SPAWN_CLOEXEC_DEFAULT | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (request->new_session) flags |= POSIX_SPAWN_SETSID;
    posix_spawnattr_setflags(&attributes, flags);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);

    result->failed_step = sbx_spawn_step_descriptors;
    error = add_descriptors(&actions, request);
    pid_t child = -1;
    if (error == 0) {
        result->failed_step = sbx_spawn_step_execute;
        /* No attribute has the umask: the child takes ours, which is another's for the length of the call. */
        mode_t before = 0;
        if (request->creation_mask >= 0) before = umask((mode_t)request->creation_mask);
        error = posix_spawn(&child, path, &actions, &attributes, request->arguments, request->environment);
        if (request->creation_mask >= 0) umask(before);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return -error;
    int descriptor = sbx_process_open(child);
    if (descriptor == -ESRCH) descriptor = always_readable();
    if (descriptor < 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return descriptor;
    }
    result->process = child;
    result->descriptor = descriptor;
    return 0;
}

int sbx_limit_set(int32_t process, int number, int64_t soft, int64_t hard) {
    (void)process, (void)number, (void)soft, (void)hard;
    return -ENOTSUP;
}

uint64_t sbx_mount_namespace(int32_t descriptor) {
    (void)descriptor;
    return 0;
}

int sbx_process_open(int32_t process) {
    int queue = kqueue();
    if (queue < 0) return -errno;
    fcntl(queue, F_SETFD, FD_CLOEXEC);
    struct kevent change;
    EV_SET(&change, (uintptr_t)process, EVFILT_PROC, EV_ADD, NOTE_EXIT, 0, NULL);
    if (kevent(queue, &change, 1, NULL, 0, NULL) == 0) return queue;
    int error = errno;
    close(queue);
    return -error;
}

static int64_t microseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

int sbx_process_wait(int32_t descriptor, int32_t process, bool block, struct sbx_process_end *end) {
    (void)descriptor;
    struct rusage usage;
    int status;
    pid_t found;
    do found = wait4(process, &status, block ? 0 : WNOHANG, &usage);
    while (found < 0 && errno == EINTR);
    if (found < 0) return -errno;
    if (found == 0) return 0;
    end->user_microseconds = microseconds(usage.ru_utime);
    end->system_microseconds = microseconds(usage.ru_stime);
    end->maximum_resident_bytes = usage.ru_maxrss;
    end->signaled = WIFSIGNALED(status);
    end->status = end->signaled ? WTERMSIG(status) : WEXITSTATUS(status);
    end->core_dumped = end->signaled && WCOREDUMP(status);
    return 1;
}

int sbx_process_is_unreaped_child(int32_t descriptor, int32_t process) {
    (void)descriptor;
    siginfo_t info;
    return waitid(P_PID, (id_t)process, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int sbx_process_signal(int32_t descriptor, int32_t process, int32_t signal) {
    (void)descriptor;
    return kill(process, signal) == 0 ? 0 : -errno;
}

int sbx_subreaper_enable(void) { return -ENOTSUP; }

int sbx_pipe(int32_t *read_end, int32_t *write_end) {
    int ends[2];
    if (pipe(ends) != 0) return -errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

int sbx_memory_file(const char *name, const void *bytes, size_t count) {
    (void)name;
    char path[] = "/tmp/sbxpipe.XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor < 0) return -errno;
    unlink(path);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    ssize_t written = pwrite(descriptor, bytes, count, 0);
    if (written == (ssize_t)count) return descriptor;
    int error = written < 0 ? errno : EIO;
    close(descriptor);
    return -error;
}

int sbx_signals_open(const int32_t *signals, size_t count, uint64_t *newly_blocked) {
    *newly_blocked = 0;
    int queue = kqueue();
    if (queue < 0) return -errno;
    fcntl(queue, F_SETFD, FD_CLOEXEC);
    sigset_t wanted, before;
    sigemptyset(&wanted);
    for (size_t index = 0; index < count; index++) {
        struct sigaction action;
        if (sigaction(signals[index], NULL, &action) == 0 && action.sa_handler == SIG_IGN) continue;
        struct kevent change;
        EV_SET(&change, (uintptr_t)signals[index], EVFILT_SIGNAL, EV_ADD, 0, 0, NULL);
        if (kevent(queue, &change, 1, NULL, 0, NULL) == 0) sigaddset(&wanted, signals[index]);
    }
    pthread_sigmask(SIG_BLOCK, &wanted, &before);
    for (int number = 1; number < NSIG; number++)
        if (sigismember(&wanted, number) == 1 && sigismember(&before, number) == 0)
            *newly_blocked |= UINT64_C(1) << (number - 1);
    return queue;
}

void sbx_signals_close(int32_t descriptor, uint64_t newly_blocked) {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (int number = 1; number < NSIG; number++)
        if (newly_blocked & (UINT64_C(1) << (number - 1))) sigaddset(&blocked, number);
    close(descriptor);
    pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
}

int sbx_signals_read(int32_t descriptor, struct sbx_received_signal *signal) {
    struct kevent event;
    struct timespec now = {0, 0};
    int count = kevent(descriptor, NULL, 0, &event, 1, &now);
    if (count < 0) return -errno;
    if (count == 0) return 0;
    /* The filter only tells of the signal, which stays pending until it is taken. */
    sigset_t one;
    sigset_t pending;
    int taken;
    sigemptyset(&one);
    sigaddset(&one, (int)event.ident);
    sigpending(&pending);
    if (sigismember(&pending, (int)event.ident) == 1) sigwait(&one, &taken);
    signal->signal = (int32_t)event.ident;
    signal->sender = 0;
    signal->by_kernel = false;
    return 1;
}

#endif
