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
static const uint32_t carchive_character_device = 0020000;

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

// A locale in which names of pax headers, which are UTF-8, stay the bytes that they are; null where there is none.
static inline void *_Nullable carchive_new_locale(void) { return newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0); }

static inline void carchive_free_locale(void *_Nullable locale) {
    if (locale) freelocale((locale_t)locale);
}

// archive_read_next_header2(3) with this thread in that locale; in the C locale without one.
static inline int carchive_next_header_in(
    struct archive *_Nonnull archive, struct archive_entry *_Nonnull entry, void *_Nullable locale) {
    if (!locale) return carchive_next_header(archive, entry);
    locale_t before = uselocale((locale_t)locale);
    int result = archive_read_next_header2(archive, entry);
    uselocale(before);
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
