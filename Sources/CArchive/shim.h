#pragma once
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

// What Swift can't import of archive_entry.h: the AE_IF* macros hold casts.
static const uint32_t carchive_type_mask = 0170000;
static const uint32_t carchive_regular = 0100000;
static const uint32_t carchive_directory = 0040000;
static const uint32_t carchive_symlink = 0120000;

// archive_read_next_header2(3) with this thread in the C locale: what is refused depends on no locale then.
static inline int carchive_next_header(struct archive *_Nonnull archive, struct archive_entry *_Nonnull entry) {
    locale_t neutral = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (neutral == (locale_t)0) return ARCHIVE_FATAL;
    locale_t before = uselocale(neutral);
    int result = archive_read_next_header2(archive, entry);
    uselocale(before);
    freelocale(neutral);
    return result;
}

static inline size_t carchive_length(const char *_Nonnull text) { return strlen(text); }

// read(2), begun again when a signal interrupts it; -errno when it fails.
static inline ptrdiff_t carchive_read(int descriptor, void *_Nonnull buffer, size_t size) {
    for (;;) {
        ptrdiff_t count = read(descriptor, buffer, size);
        if (count >= 0) return count;
        if (errno != EINTR) return -(ptrdiff_t)errno;
    }
}

// pread(2), likewise.
static inline ptrdiff_t carchive_pread(int descriptor, void *_Nonnull buffer, size_t size, int64_t offset) {
    for (;;) {
        ptrdiff_t count = pread(descriptor, buffer, size, (off_t)offset);
        if (count >= 0) return count;
        if (errno != EINTR) return -(ptrdiff_t)errno;
    }
}
