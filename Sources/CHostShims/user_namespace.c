#define _GNU_SOURCE
#include "sbx_user_namespace.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As a waiter, a holder is a copy of one thread of a program with many: plain system calls only. All signals stay
 * blocked in it but KILL. */

enum { release_limit = 1000 };

struct holder_order {
    pid_t host;
    int channel;
};

/* What a holder is asked. */
struct nest_order {
    uint32_t user;
    uint32_t group;
    struct sbx_namespace_counts users;
    struct sbx_namespace_counts groups;
};

struct nested_order {
    uint32_t user;
    uint32_t group;
    pid_t holder;
    int ready;
};

static void end_with(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) _exit(1);
}

/* Says 0, or an errno, once it is in its namespace, and stays there. */
static int nested_main(void *argument) {
    const struct nested_order *order = argument;
    int32_t error = 0;
    if (sbx_close_all_but(&order->ready, 1) != 0) _exit(1);
    if (sbx_become(order->user, order->group) != 0 || syscall(SYS_unshare, CLONE_NEWUSER) != 0) error = errno;
    /* Whoever gets other ids becomes nobody's to look at, and loses the tie (prctl(2)). */
    if (error == 0 && prctl(PR_SET_DUMPABLE, 1) != 0) error = errno;
    end_with(order->holder);
    if (write(order->ready, &error, sizeof error) != sizeof error || error != 0) _exit(1);
    for (;;) pause();
}

/* Puts a number and a sign behind it. */
static char *put_number(char *to, uint32_t number, char sign) {
    char digits[10], *first = digits + sizeof digits;
    do *--first = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    size_t length = (size_t)(digits + sizeof digits - first);
    memcpy(to, first, length);
    to[length] = sign;
    return to + length + 1;
}

/* Writes a map of a process: all ids as in the namespace above, whose lines no line may reach beyond. */
static int write_map(pid_t process, const char *name, const struct sbx_namespace_counts *ids) {
    char path[64] = "/proc/", text[SBX_NAMESPACE_MAX_LINES * 33], *end = text;
    strcpy(put_number(path + 6, (uint32_t)process, '/'), name);
    uint32_t next = 0;
    for (uint32_t line = 0; line < ids->lines && line < SBX_NAMESPACE_MAX_LINES; line++) {
        end = put_number(put_number(put_number(end, next, ' '), next, ' '), ids->counts[line], '\n');
        next += ids->counts[line];
    }
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return -1;
    ssize_t written = write(file, text, (size_t)(end - text));
    int error = errno;
    close(file);
    errno = error;
    return written == end - text ? 0 : -1;
}

static int32_t nest(const struct nest_order *ids, pid_t *nested) {
    int ready[2], descriptor = -1;
    if (pipe2(ready, O_CLOEXEC) != 0) return -errno;
    struct nested_order order = {ids->user, ids->group, getpid(), ready[1]};
    int process = sbx_clone(nested_main, &order, 0, &descriptor);
    close(ready[1]);
    int32_t error = EPIPE;
    if (process < 0) {
        error = -process;
    } else {
        *nested = process;
        close(descriptor);
        if (read(ready[0], &error, sizeof error) != sizeof error) error = EPIPE;
        if (error == 0
            && (write_map(process, "gid_map", &ids->groups) != 0 || write_map(process, "uid_map", &ids->users) != 0))
            error = errno;
    }
    close(ready[0]);
    return error == 0 ? process : -error;
}

static int holder_main(void *argument) {
    const struct holder_order *order = argument;
    struct nest_order ids;
    pid_t nested = -1;
    end_with(order->host);
    if (sbx_close_all_but(&order->channel, 1) != 0 || prctl(PR_SET_NAME, "sbxpipe-holder") != 0) _exit(1);
    while (recv(order->channel, &ids, sizeof ids, 0) == sizeof ids && nested < 0) {
        int32_t reply = nest(&ids, &nested);
        if (send(order->channel, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply) break;
    }
    if (nested > 0) {
        kill(nested, SIGKILL);
        waitpid(nested, NULL, __WALL);
    }
    _exit(0);
}

int sbx_namespace_hold(struct sbx_namespace_holder *holder) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    struct holder_order order = {getpid(), ends[1]};
    holder->channel = ends[0];
    /* Without an exit signal, as a waiter. */
    holder->process = sbx_clone(holder_main, &order, CLONE_NEWUSER, &holder->descriptor);
    close(ends[1]);
    if (holder->process >= 0) return 0;
    close(ends[0]);
    return holder->process;
}

int sbx_namespace_nest(
    const struct sbx_namespace_holder *holder,
    uint32_t user,
    uint32_t group,
    const struct sbx_namespace_counts *users,
    const struct sbx_namespace_counts *groups
) {
    struct nest_order order = {user, group, *users, *groups};
    int32_t reply;
    if (send(holder->channel, &order, sizeof order, MSG_NOSIGNAL) != sizeof order) return -errno;
    if (recv(holder->channel, &reply, sizeof reply, 0) != sizeof reply) return -EPIPE;
    return reply;
}

/* As getdents64(2) gives it. */
struct kernel_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char kind;
    char name[];
};

/* The stack is small: what is large of a level lies elsewhere. */
enum { entries_size = 16 * 1024, deepest = 250 };

__attribute__((noinline)) static int own_folder(int folder) {
    struct stat status;
    if (fchown(folder, 0, 0) != 0 || fstat(folder, &status) != 0) return -1;
    return fchmod(folder, (status.st_mode & 07777) | 0700);
}

static void note(int *first, int error) {
    if (*first == 0) *first = error;
}

static void own(int folder, int depth, int *first) {
    if (own_folder(folder) != 0) note(first, errno);
    char *entries = mmap(NULL, entries_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (depth > deepest || entries == MAP_FAILED) return note(first, E2BIG);
    long count;
    while ((count = syscall(SYS_getdents64, folder, entries, entries_size)) > 0) {
        for (long at = 0; at < count;) {
            const struct kernel_entry *entry = (const void *)(entries + at);
            at += entry->length;
            if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
            int below = openat(folder, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below >= 0) {
                own(below, depth + 1, first);
                close(below);
            } else if (fchownat(folder, entry->name, 0, 0, AT_SYMLINK_NOFOLLOW) != 0) {
                note(first, errno);
            }
        }
    }
    if (count < 0) note(first, errno);
    munmap(entries, entries_size);
}

struct own_order {
    pid_t host;
    int user_namespace;
    int folder;
};

static int own_main(void *argument) {
    const struct own_order *order = argument;
    int first = 0;
    end_with(order->host);
    if (syscall(SYS_setns, order->user_namespace, CLONE_NEWUSER) != 0 || sbx_become(0, 0) != 0) _exit(errno);
    own(order->folder, 0, &first);
    _exit(first);
}

int sbx_namespace_own(int32_t user_namespace, int32_t folder) {
    struct own_order order = {getpid(), user_namespace, folder};
    int descriptor = -1, status = 0;
    int process = sbx_clone(own_main, &order, 0, &descriptor);
    if (process < 0) return process;
    close(descriptor);
    while (waitpid(process, &status, __WALL) < 0)
        if (errno != EINTR) return -errno;
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
}

void sbx_namespace_release(struct sbx_namespace_holder *holder) {
    struct pollfd end = {holder->descriptor, POLLIN, 0};
    close(holder->channel);
    if (poll(&end, 1, release_limit) <= 0) syscall(SYS_pidfd_send_signal, holder->descriptor, SIGKILL, NULL, 0);
    waitpid(holder->process, NULL, __WALL);
    close(holder->descriptor);
}

#else

#include <errno.h>

int sbx_namespace_hold(struct sbx_namespace_holder *holder) {
    (void)holder;
    return -ENOTSUP;
}

int sbx_namespace_nest(
    const struct sbx_namespace_holder *holder,
    uint32_t user,
    uint32_t group,
    const struct sbx_namespace_counts *users,
    const struct sbx_namespace_counts *groups
) {
    (void)holder, (void)user, (void)group, (void)users, (void)groups;
    return -ENOTSUP;
}

int sbx_namespace_own(int32_t user_namespace, int32_t folder) {
    (void)user_namespace, (void)folder;
    return -ENOTSUP;
}

void sbx_namespace_release(struct sbx_namespace_holder *holder) { (void)holder; }

#endif
