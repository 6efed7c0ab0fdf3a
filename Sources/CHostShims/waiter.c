#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A copy of one thread of a program with many: whatever lock another of them held stays locked for ever. So only plain
 * system calls, no allocation, no formatting; after `sbx_memory_give_back` only syscall(2) itself. */

/* What the kernel's calls without a 64-bit time take. */
struct kernel_time {
    long seconds;
    long nanoseconds;
};

struct waiter {
    pid_t self;
    pid_t launcher;
    /* The launcher's number is its own until it is reaped, and so is that of its group. */
    bool reaped;
    bool leaves_rest;
    int channel;
    int host;
    int signals;
    struct sbx_waiter_report report;
};

enum {
    kill_limit = 1000,
    /* What ends sooner is not held up. */
    memory_delay = 1,
    /* Ends at a time: a storm of them holds up nothing else. */
    reap_limit = 1000,
};

static int64_t milliseconds(void) {
    struct kernel_time time = {0, 0};
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &time);
    return (int64_t)time.seconds * 1000 + time.nanoseconds / 1000000;
}

/* Says how the start went, with the launcher's pidfd. */
static void tell_start(int channel, const struct sbx_waiter_start *start, int descriptor) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {(void *)start, sizeof *start};
    struct msghdr message;
    memset(&control, 0, sizeof control);
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
    }
    syscall(SYS_sendmsg, channel, &message, MSG_NOSIGNAL);
}

static bool proc_is_ours(pid_t self) {
    /* The /proc of another PID namespace has numbers that are others' here. */
    char text[16];
    long count = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", text, sizeof text);
    long number = 0;
    for (long index = 0; index < count; index++) number = number * 10 + (text[index] - '0');
    return count > 0 && number == self;
}

/* Sends a signal to every child, 0 none; returns how many there are, -1 when that can't be told. */
static int signal_children(const struct waiter *waiter, int signal) {
    if (!proc_is_ours(waiter->self)) return -1;
    long file = syscall(SYS_openat, AT_FDCWD, "/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    char text[4096];
    long count;
    int found = 0, number = 0;
    while ((count = syscall(SYS_read, file, text, sizeof text)) > 0) {
        for (long index = 0; index < count; index++) {
            if (text[index] >= '0' && text[index] <= '9') {
                number = number * 10 + (text[index] - '0');
            } else if (number > 0) {
                syscall(SYS_kill, number, signal);
                found++;
                number = 0;
            }
        }
    }
    syscall(SYS_close, file);
    return found;
}

/* Waits until a child ends; -1: without limit. False when the time is over. */
static bool wait_for_children(const struct waiter *waiter, long limit, bool *abandoned) {
    /* The other end of the channel never writes, it hangs up when the caller lets go. Where a copy of the caller, made
     * by fork(2), has that end too, the caller's pidfd tells of its own end. */
    struct pollfd events[3] = {{waiter->signals, POLLIN, 0}, {waiter->channel, 0, 0}, {waiter->host, POLLIN, 0}};
    struct kernel_time time = {limit / 1000, limit % 1000 * 1000000};
    struct signalfd_siginfo information;
    long count = syscall(SYS_ppoll, events, abandoned != NULL ? 3 : 1, limit < 0 ? NULL : &time, NULL, 0);
    while (syscall(SYS_read, waiter->signals, &information, sizeof information) > 0) {}
    if (abandoned != NULL) *abandoned = events[1].revents != 0 || events[2].revents != 0;
    return count != 0;
}

static long wait_id(int kind, pid_t number, int options, siginfo_t *info, struct rusage *usage) {
    info->si_pid = 0;
    return syscall(SYS_waitid, kind, number, info, WEXITED | WNOHANG | __WALL | options, usage);
}

enum reaped { reaped_all, reaped_some, launcher_ended };

/* Reaps the orphans that have ended, but not the launcher, which comes last. */
static enum reaped reap_orphans(const struct waiter *waiter) {
    siginfo_t info;
    for (int count = 0; count < reap_limit; count++) {
        if (wait_id(P_ALL, 0, WNOWAIT, &info, NULL) != 0 || info.si_pid == 0) return reaped_all;
        if (info.si_pid == waiter->launcher) return launcher_ended;
        wait_id(P_PID, info.si_pid, 0, &info, NULL);
    }
    return reaped_some;
}

/* Reaps what has ended, the launcher too; true when no child is left. */
static bool reap_any(struct waiter *waiter) {
    siginfo_t info;
    struct rusage usage;
    for (int count = 0; count < reap_limit; count++) {
        if (wait_id(P_ALL, 0, 0, &info, &usage) != 0) return true;
        if (info.si_pid == 0) return false;
        if (info.si_pid != waiter->launcher || waiter->reaped) continue;
        sbx_process_end_set(&waiter->report.end, &info, &usage);
        waiter->reaped = true;
    }
    return false;
}

/* Kills what is below, generation by generation: the children of a child that ends come here. */
static void end_all(struct waiter *waiter) {
    int64_t deadline = milliseconds() + kill_limit;
    for (;;) {
        /* All of a group at once: nothing in it can fork meanwhile. */
        if (!waiter->reaped) syscall(SYS_kill, -waiter->launcher, SIGKILL);
        signal_children(waiter, SIGKILL);
        if (reap_any(waiter)) {
            waiter->report.survivors = 0;
            return;
        }
        if (milliseconds() >= deadline) break;
        wait_for_children(waiter, 5, NULL);
    }
    int left = signal_children(waiter, 0);
    waiter->report.survivors = left > 0 ? left : -1;
}

/* Kills what is below, of which all else dies with it, and leaves the dead to the next subreaper above. */
static void end_first(struct waiter *waiter) {
    syscall(SYS_kill, -waiter->launcher, SIGKILL);
    signal_children(waiter, SIGKILL);
    reap_any(waiter);
}

/* Becomes a waiter; -1 with errno. */
static int set_up(struct waiter *waiter, const struct sbx_waiter_order *order) {
    int kept[SBX_SPAWN_MAX_DESCRIPTORS + 2];
    size_t count = order->request.mapping_count;
    for (size_t index = 0; index < count; index++) kept[index] = order->request.mappings[index].parent;
    kept[count] = order->request.executable;
    kept[count + 1] = order->channel;
    if (sbx_close_all_but(kept, count + 2) != 0) return -1;

    waiter->self = getpid();
    waiter->channel = order->channel;
    waiter->host = (int)syscall(SYS_pidfd_open, order->host, 0);
    if (waiter->host < 0) return -1;
    /* Its number may have gone to another before it was opened, but then this process has another parent. */
    if (getppid() != order->host) _exit(1);

    /* A default action of being ignored does not take away a signal that is blocked. */
    struct kernel_signal_set child;
    memset(&child, 0, sizeof child);
    child.words[0] = 1UL << (SIGCHLD - 1);
    waiter->signals = (int)syscall(SYS_signalfd4, -1, &child, sizeof child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (waiter->signals < 0) return -1;
    if (prctl(PR_SET_NAME, "sbxpipe-waiter") != 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return -1;
    return setsid() < 0 ? -1 : 0;
}

int sbx_waiter_main(void *argument) {
    const struct sbx_waiter_order *order = argument;
    struct sbx_waiter_start start = {.process = -1, .error = 0, .step = sbx_spawn_step_waiter};
    struct sbx_spawn_result result = {.process = -1, .descriptor = -1};
    struct waiter waiter;
    memset(&waiter, 0, sizeof waiter);

    sbx_signals_reset();
    if (set_up(&waiter, order) != 0) {
        start.error = errno;
    } else {
        start.error = -sbx_start(&order->request, &result);
        start.process = result.process;
        start.step = (int32_t)result.failed_step;
    }
    tell_start(order->channel, &start, result.descriptor);
    if (start.error != 0) _exit(1);

    waiter.launcher = result.process;
    waiter.leaves_rest = order->request.waiter_leaves_rest;
    int kept[3] = {waiter.channel, waiter.host, waiter.signals};
    sbx_close_all_but(kept, 3);
    syscall(SYS_chdir, "/");
    bool abandoned = false, gave_back = false;
    enum reaped reaped;
    while (!abandoned && (reaped = reap_orphans(&waiter)) != launcher_ended) {
        long limit = reaped == reaped_some ? 0 : gave_back ? -1 : memory_delay;
        if (wait_for_children(&waiter, limit, &abandoned) || limit != memory_delay) continue;
        sbx_memory_give_back();
        gave_back = true;
    }
    if (waiter.leaves_rest && !abandoned)
        end_first(&waiter);
    else
        end_all(&waiter);
    if (!abandoned)
        syscall(SYS_sendto, waiter.channel, &waiter.report, sizeof waiter.report, MSG_NOSIGNAL | MSG_DONTWAIT, NULL, 0);
    syscall(SYS_exit_group, 0);
    return 0;
}

#endif
