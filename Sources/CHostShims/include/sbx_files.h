#pragma once

/* What Swift can't import of the file calls: variadic system calls, and Linux calls without a wrapper in glibc. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// openat(2) with RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS where the kernel has openat2(2).
/// Returns a descriptor, or -1 with errno. `path` must be relative.
int sbx_open_beneath(int directory, const char *path, int flags, mode_t mode);

/// renameat2(2) with RENAME_NOREPLACE; -1 and EEXIST when the target is there.
int sbx_rename_without_replacing(int from_directory, const char *from, int to_directory, const char *to);

/// Gives an unnamed file (O_TMPFILE) its name by /proc/self/fd; -1 and EEXIST when the target is there.
int sbx_link_descriptor(int descriptor, int directory, const char *name);

/// The environment block of this process, for reading.
char *const *sbx_environment(void);

/// The last errno as a value (the macro does not import in every mode).
int sbx_errno(void);

/* syncfs(2) of the file system that the descriptor's file lies on; on Darwin fcntl(2) F_FULLFSYNC. */
int sbx_sync_file_system(int descriptor);

/// Type of the file system a path lies on (statfs f_type), or -1.
int64_t sbx_file_system_type(const char *path);
