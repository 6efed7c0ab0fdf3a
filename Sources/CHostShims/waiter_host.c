#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The caller's side of a waiter. */

enum {
    release_limit = 3000,
    /* A fork and two execs. What a waiter starts can stop it before it has told of that, and is then outdone once in
     * each step; by the limit it stops it again and again. */
    start_limit = 5000,
    start_step = 100,
};

/* Takes the waiter's first message, and the pidfd that comes with it; -1 with errno when none came or can come. */
static int take_start(int channel, struct sbx_waiter_start *start, int *descriptor) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {start, sizeof *start};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control.bytes;
    ssize_t count = recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count < 0) return -1;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL && header->cmsg_type == SCM_RIGHTS) memcpy(descriptor, CMSG_DATA(header), sizeof(int));
    if (count == (ssize_t)sizeof *start && (start->error != 0 || *descriptor >= 0)) return 0;
    /* Ended without a word; or there was no room for the descriptor. */
    errno = count == 0 ? ESRCH : EMFILE;
    return -1;
}

static int receive_start(
    int channel,
    int waiter,
    int process,
    struct sbx_waiter_start *start,
    int *descriptor
) {
    for (int waited = 0;;) {
        /* The waiter itself is looked at too: another process of this program may have a copy of its end. */
        struct pollfd events[2] = {{channel, POLLIN, 0}, {waiter, POLLIN, 0}};
        int count = poll(events, 2, start_step);
        if (count < 0 && errno != EINTR) return -1;
        if (count == 0) {
            if ((waited += start_step) >= start_limit) {
                sbx_process_signal(waiter, process, SIGKILL);
                errno = ETIMEDOUT;
                return -1;
            }
            sbx_process_signal(waiter, process, SIGCONT);
        }
        if (count <= 0) continue;
        if (take_start(channel, start, descriptor) == 0) return 0;
        if (errno != EAGAIN && errno != EINTR) return -1;
        if (errno == EAGAIN && events[1].revents != 0) {
            errno = ESRCH;
            return -1;
        }
    }
}

int sbx_start_under_waiter(const struct sbx_spawn_request *request, struct sbx_spawn_result *result) {
    struct sbx_waiter_order order = {.request = *request, .host = getpid()};
    order.request.new_session = true;
    order.request.kill_on_parent_death = true;
    result->failed_step = sbx_spawn_step_waiter;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    order.channel = ends[1];
    int descriptor = -1;
    int waiter = sbx_clone(sbx_waiter_main, &order, 0, &descriptor);
    close(ends[1]);
    if (waiter < 0) {
        close(ends[0]);
        return waiter;
    }
    struct sbx_waiter_start start = {.process = -1, .error = 0, .step = sbx_spawn_step_waiter};
    int launcher = -1;
    int error = receive_start(ends[0], descriptor, waiter, &start, &launcher) == 0 ? start.error : errno;
    if (error != 0) {
        if (launcher >= 0) close(launcher);
        sbx_waiter_release(ends[0], descriptor, waiter);
        result->failed_step = (sbx_spawn_step)start.step;
        return -error;
    }
    result->process = start.process;
    result->descriptor = launcher;
    result->waiter = waiter;
    result->waiter_descriptor = descriptor;
    result->waiter_channel = ends[0];
    return 0;
}

int sbx_waiter_end(int32_t channel, int32_t waiter_descriptor, struct sbx_waiter_report *report) {
    struct sbx_process_end own;
    /* By now it may have been reaped, here or by others. */
    sbx_process_wait(waiter_descriptor, -1, false, &own);
    struct sbx_waiter_report found;
    ssize_t count;
    /* Left in the channel for whoever asks next. */
    do count = recv(channel, &found, sizeof found, MSG_PEEK | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count != (ssize_t)sizeof found) return 0;
    *report = found;
    return 1;
}

void sbx_waiter_release(int32_t channel, int32_t waiter_descriptor, int32_t waiter) {
    /* Not by close(2) alone: a copy of this process, made by fork(2), may have the channel too. */
    shutdown(channel, SHUT_RDWR);
    close(channel);
    struct pollfd event = {waiter_descriptor, POLLIN, 0};
    int count;
    do count = poll(&event, 1, release_limit);
    while (count < 0 && errno == EINTR);
    if (count == 0) sbx_process_signal(waiter_descriptor, waiter, SIGKILL);
    struct sbx_process_end end;
    sbx_process_wait(waiter_descriptor, waiter, true, &end);
    close(waiter_descriptor);
}

#else

#include <errno.h>

int sbx_waiter_end(int32_t channel, int32_t waiter_descriptor, struct sbx_waiter_report *report) {
    (void)channel, (void)waiter_descriptor, (void)report;
    return -ENOTSUP;
}

void sbx_waiter_release(int32_t channel, int32_t waiter_descriptor, int32_t waiter) {
    (void)channel, (void)waiter_descriptor, (void)waiter;
}

#endif
