#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

pid_t sbx_number_in_file(int folder, const char *name) {
    /* What is no regular file must not hold up the waiter. */
    const int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    char text[16];
    long file = syscall(SYS_openat, folder, name, flags);
    if (file < 0) return -1;
    long count = syscall(SYS_read, file, text, sizeof text);
    syscall(SYS_close, file);

    /* Of what fills all of `text`, nobody knows the rest; no number of a process is that long. */
    if (count <= 0 || count == (long)sizeof text) return -1;
    if (text[count - 1] == '\n') count--;
    int64_t number = 0;
    for (long index = 0; index < count; index++) {
        if (text[index] < '0' || text[index] > '9') return -1;
        number = number * 10 + (text[index] - '0');
    }
    return number > 0 && number <= INT32_MAX ? (pid_t)number : -1;
}

#endif
