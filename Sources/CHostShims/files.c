#define _GNU_SOURCE
#include "sbx_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

extern char **environ;

char *const *sbx_environment(void) { return environ; }

int sbx_errno(void) { return errno; }

#if defined(__linux__)

#include <linux/openat2.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

int sbx_open_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags,
        .mode = (flags & (O_CREAT | __O_TMPFILE)) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int sbx_rename_without_replacing(int from_directory, const char *from, int to_directory, const char *to) {
    return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, 1 /* RENAME_NOREPLACE */);
}

int sbx_link_descriptor(int descriptor, int directory, const char *name) {
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    return linkat(AT_FDCWD, path, directory, name, AT_SYMLINK_FOLLOW);
}

int sbx_sync_file_system(int descriptor) { return syncfs(descriptor); }

int64_t sbx_file_system_type(const char *path) {
    struct statfs found;
    return statfs(path, &found) == 0 ? (int64_t)found.f_type : -1;
}

#else

int sbx_open_beneath(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_NOFOLLOW_ANY, mode);
}

int sbx_rename_without_replacing(int from_directory, const char *from, int to_directory, const char *to) {
    return renameatx_np(from_directory, from, to_directory, to, RENAME_EXCL);
}

int sbx_link_descriptor(int descriptor, int directory, const char *name) {
    (void)descriptor, (void)directory, (void)name;
    errno = ENOTSUP;
    return -1;
}

int sbx_sync_file_system(int descriptor) { return fcntl(descriptor, F_FULLFSYNC); }

int64_t sbx_file_system_type(const char *path) {
    (void)path;
    return -1;
}

#endif
