#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool proc_is_ours(pid_t self) {
    /* The /proc of another PID namespace has numbers that are others' here. */
    char text[16];
    long count = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self", text, sizeof text);
    long number = 0;
    for (long index = 0; index < count; index++) number = number * 10 + (text[index] - '0');
    return count > 0 && number == self;
}

int sbx_signal_children(pid_t self, int signal) {
    if (!proc_is_ours(self)) return -1;
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

#endif
