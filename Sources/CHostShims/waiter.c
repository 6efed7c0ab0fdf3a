#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
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

enum stage {
    /* The process whose end is told is a child. */
    waiting,
    /* The launcher runs. Any other child may be the process that it leaves. */
    launching,
    /* The launcher has ended, and what it left is not, or not yet, a child. */
    adopting,
};

struct waiter {
    pid_t self;
    pid_t launcher;
    /* Whose end is told: the launcher's or that of the process that it left, if that can be followed. */
    pid_t awaited;
    enum stage stage;
    /* The end is in the report. */
    bool reaped;
    bool leaves_rest;
    int channel;
    int host;
    int signals;
    int folder;
    char file[SBX_FOLLOWED_FILE_MAX + 1];
    /* What the file is called once the launcher has left its process behind for good. */
    char left_file[SBX_FOLLOWED_FILE_MAX + sizeof SBX_FOLLOWED_SUFFIX];
    int64_t adoption_deadline;
    struct sbx_waiter_report report;
};

enum {
    kill_limit = 1000,
    /* crun ends before its helper that the container's first process is a child of: by a moment, on a busy machine. */
    adoption_limit = 5000,
    adoption_step = 5,
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

enum reaped { reaped_all, reaped_some, none_left, awaited_ended };

/* Reaps the orphans that have ended, but not the one that is awaited, which comes last. */
static enum reaped reap_orphans(const struct waiter *waiter) {
    siginfo_t info;
    for (int count = 0; count < reap_limit; count++) {
        if (wait_id(P_ALL, 0, WNOWAIT, &info, NULL) != 0) return none_left;
        if (info.si_pid == 0) return reaped_all;
        if (info.si_pid == waiter->awaited) return awaited_ended;
        wait_id(P_PID, info.si_pid, 0, &info, NULL);
    }
    return reaped_some;
}

/* Reaps the one that is awaited if it has ended; true when that is done. */
static bool reap_awaited(struct waiter *waiter) {
    siginfo_t info;
    struct rusage usage;
    if (waiter->reaped) return true;
    if (wait_id(P_PID, waiter->awaited, 0, &info, &usage) != 0 || info.si_pid == 0) return false;
    sbx_process_end_set(&waiter->report.end, &info, &usage);
    waiter->reaped = true;
    return true;
}

/* Reaps what may be reaped by now, and goes from stage to stage. */
static enum reaped advance(struct waiter *waiter) {
    if (waiter->stage == launching) {
        if (!reap_awaited(waiter)) return reaped_all;
        bool succeeded = !waiter->report.end.signaled && waiter->report.end.status == 0;
        waiter->awaited = succeeded ? sbx_number_in_file(waiter->folder, waiter->file) : -1;
        if (waiter->awaited >= 0)
            syscall(SYS_renameat, waiter->folder, waiter->file, waiter->folder, waiter->left_file);
        syscall(SYS_close, waiter->folder);
        if (waiter->awaited < 0) return awaited_ended;
        waiter->stage = adopting;
        waiter->adoption_deadline = milliseconds() + adoption_limit;
    }
    enum reaped reaped = reap_orphans(waiter);
    if (waiter->stage == waiting) return reaped;
    siginfo_t info;
    if (reaped == awaited_ended || wait_id(P_PID, waiter->awaited, WNOWAIT, &info, NULL) == 0) {
        waiter->stage = waiting;
        waiter->reaped = false;
        waiter->report.is_of_followed = true;
        return reaped;
    }
    return reaped == none_left || milliseconds() >= waiter->adoption_deadline ? awaited_ended : reaped;
}

/* Reaps what has ended, the awaited one too; true when no child is left. */
static bool reap_any(struct waiter *waiter) {
    siginfo_t info;
    struct rusage usage;
    for (int count = 0; count < reap_limit; count++) {
        if (wait_id(P_ALL, 0, 0, &info, &usage) != 0) return true;
        if (info.si_pid == 0) return false;
        if (info.si_pid != waiter->awaited || waiter->reaped) continue;
        sbx_process_end_set(&waiter->report.end, &info, &usage);
        waiter->reaped = true;
    }
    return false;
}

/* Kills all of a group at once: nothing in it can fork meanwhile. Its number is not a stranger's as long as a child of
 * ours, dead or alive, is in it. */
static void kill_group(pid_t group) {
    siginfo_t info;
    if (group > 0 && wait_id(P_PGID, group, WNOWAIT, &info, NULL) == 0) syscall(SYS_kill, -group, SIGKILL);
}

static void kill_groups(const struct waiter *waiter) {
    kill_group(waiter->launcher);
    if (waiter->awaited != waiter->launcher) kill_group(waiter->awaited);
}

/* Kills what is below, generation by generation: the children of a child that ends come here. */
static void end_all(struct waiter *waiter) {
    int64_t deadline = milliseconds() + kill_limit;
    for (;;) {
        kill_groups(waiter);
        sbx_signal_children(waiter->self, SIGKILL);
        if (reap_any(waiter)) {
            waiter->report.survivors = 0;
            return;
        }
        if (milliseconds() >= deadline) break;
        wait_for_children(waiter, 5, NULL);
    }
    int left = sbx_signal_children(waiter->self, 0);
    waiter->report.survivors = left > 0 ? left : -1;
}

/* Kills what is below, of which all else dies with it, and leaves the dead to the next subreaper above. */
static void end_first(struct waiter *waiter) {
    kill_groups(waiter);
    sbx_signal_children(waiter->self, SIGKILL);
    reap_awaited(waiter);
    reap_any(waiter);
}

/* Becomes a waiter; -1 with errno. */
static int set_up(struct waiter *waiter, const struct sbx_waiter_order *order) {
    int kept[SBX_SPAWN_MAX_DESCRIPTORS + 4];
    size_t count = order->request.mapping_count;
    for (size_t index = 0; index < count; index++) kept[index] = order->request.mappings[index].parent;
    kept[count] = order->request.executable;
    kept[count + 1] = order->channel;
    kept[count + 2] = waiter->folder = order->request.followed_file != NULL ? order->request.followed_folder : -1;
    kept[count + 3] = order->request.user_namespace;
    if (sbx_close_all_but(kept, count + 4) != 0) return -1;

    if (waiter->folder >= 0) {
        waiter->stage = launching;
        strncpy(waiter->file, order->request.followed_file, SBX_FOLLOWED_FILE_MAX);
        size_t length = strlen(waiter->file);
        memcpy(waiter->left_file, waiter->file, length);
        memcpy(waiter->left_file + length, SBX_FOLLOWED_SUFFIX, sizeof SBX_FOLLOWED_SUFFIX);
    }
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

    waiter.launcher = waiter.awaited = result.process;
    waiter.leaves_rest = order->request.waiter_leaves_rest;
    int kept[4] = {waiter.channel, waiter.host, waiter.signals, waiter.folder};
    sbx_close_all_but(kept, 4);
    syscall(SYS_chdir, "/");
    bool abandoned = false, gave_back = false;
    enum reaped reaped;
    while (!abandoned && (reaped = advance(&waiter)) != awaited_ended) {
        long pause = waiter.stage == adopting ? adoption_step : gave_back ? -1 : memory_delay;
        long limit = reaped == reaped_some ? 0 : pause;
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
