#define _GNU_SOURCE
#include "sbx_waiter.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A fork shares all memory with its parent until one of them writes: then the old page is kept for the other. A waiter
 * that lives as long as a launch would so keep all that a busy program had at its start, and look as large to the
 * kernel when it has to kill something for memory. */

/* How far around the stack in use and around the thread's storage nothing is given back. */
static const uintptr_t margin = 256 * 1024;
static const uintptr_t largest_page = 64 * 1024 - 1;

struct mapping {
    uintptr_t start;
    uintptr_t end;
    uintptr_t file;
    bool is_private;
    bool is_writable;
};

/* One line of proc(5)'s maps, read byte by byte: "start-end rwxp offset device inode path". */
struct line_reader {
    struct mapping mapping;
    int field;
    bool after_dash;
};

static void give_back(const struct mapping *mapping, const uintptr_t kept[2]) {
    /* Memory without a file, which no other process shares: heap, stacks, and what was never in a file. */
    if (mapping->file != 0 || !mapping->is_private || !mapping->is_writable) return;
    uintptr_t low = mapping->start;
    while (low < mapping->end) {
        uintptr_t high = mapping->end, next = mapping->end;
        for (int index = 0; index < 2; index++) {
            uintptr_t from = kept[index] - margin, to = kept[index] + margin;
            if (to <= low || from >= high) continue;
            high = from > low ? from : low;
            next = to;
        }
        if (high > low) syscall(SYS_madvise, low, high - low, MADV_DONTNEED);
        low = next > high ? next : high;
    }
}

/* Takes one byte; true when the line is complete. */
static bool take(struct line_reader *line, char byte) {
    struct mapping *mapping = &line->mapping;
    if (byte == '\n') return true;
    if (byte == ' ') {
        if (line->field < 5) line->field++;
        return false;
    }
    uintptr_t digit = (uintptr_t)(byte <= '9' ? byte - '0' : byte - 'a' + 10);
    switch (line->field) {
    case 0:
        if (byte == '-') line->after_dash = true;
        else if (line->after_dash) mapping->end = mapping->end * 16 + digit;
        else mapping->start = mapping->start * 16 + digit;
        break;
    case 1:
        if (byte == 'w') mapping->is_writable = true;
        if (byte == 'p') mapping->is_private = true;
        break;
    case 4:
        mapping->file = mapping->file * 10 + digit;
        break;
    default:
        break;
    }
    return false;
}

void sbx_memory_give_back(void) {
    char text[4096];
    long count;
    struct line_reader line;
    const uintptr_t kept[2] = {(uintptr_t)text & ~largest_page, (uintptr_t)&errno & ~largest_page};
    long file = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    memset(&line, 0, sizeof line);
    while ((count = syscall(SYS_read, file, text, sizeof text)) > 0) {
        for (long index = 0; index < count; index++) {
            if (!take(&line, text[index])) continue;
            give_back(&line.mapping, kept);
            memset(&line, 0, sizeof line);
        }
    }
    syscall(SYS_close, file);
}

#endif
