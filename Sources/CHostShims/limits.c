#define _GNU_SOURCE
#include "sbx_spawn.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

/* By the names of getrlimit(2). */
static const struct {
    const char *name;
    int number;
} limits[] = {
    {"as", RLIMIT_AS},
    {"core", RLIMIT_CORE},
    {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},
    {"fsize", RLIMIT_FSIZE},
    {"memlock", RLIMIT_MEMLOCK},
    {"nofile", RLIMIT_NOFILE},
    {"nproc", RLIMIT_NPROC},
    {"rss", RLIMIT_RSS},
    {"stack", RLIMIT_STACK},
#if defined(__linux__)
    {"locks", RLIMIT_LOCKS},
    {"msgqueue", RLIMIT_MSGQUEUE},
    {"nice", RLIMIT_NICE},
    {"rtprio", RLIMIT_RTPRIO},
    {"rttime", RLIMIT_RTTIME},
    {"sigpending", RLIMIT_SIGPENDING},
#endif
};

int sbx_limit_number(const char *name) {
    for (size_t index = 0; index < sizeof limits / sizeof limits[0]; index++)
        if (strcmp(limits[index].name, name) == 0) return limits[index].number;
    return -1;
}

static int64_t number_of(rlim_t value) { return value == RLIM_INFINITY || (int64_t)value < 0 ? -1 : (int64_t)value; }

int sbx_limit_get(int number, int64_t *soft, int64_t *hard) {
    struct rlimit limit;
    if (getrlimit(number, &limit) != 0) return -errno;
    *soft = number_of(limit.rlim_cur);
    *hard = number_of(limit.rlim_max);
    return 0;
}
