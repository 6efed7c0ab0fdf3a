#define _GNU_SOURCE
#include "sbx_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* The caller ignores SIGPIPE. */
#endif

static int set_disposition(int32_t number, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    return sigaction(number, &action, NULL) == 0 ? 0 : -errno;
}

int sbx_signal_set_default(int32_t signal) { return set_disposition(signal, SIG_DFL); }

int sbx_signal_ignore(int32_t signal) { return set_disposition(signal, SIG_IGN); }

int sbx_set_non_blocking(int32_t descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    if (flags < 0) return -errno;
    if (flags & O_NONBLOCK) return 0;
    return fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 ? 0 : -errno;
}

int sbx_terminal_open(int32_t *controller, int32_t *terminal) {
    int made = posix_openpt(O_RDWR | O_NOCTTY);
    if (made < 0) return -errno;
    int opened = -1;
    if (fcntl(made, F_SETFD, FD_CLOEXEC) == 0 && grantpt(made) == 0 && unlockpt(made) == 0) {
#if defined(TIOCGPTPEER)
        /* By the descriptor, not by a path: /dev/pts may be another namespace's. */
        opened = ioctl(made, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
#else
        const char *name = ptsname(made);
        if (name != NULL) opened = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
#endif
    }
    if (opened < 0) {
        int error = errno;
        close(made);
        return -error;
    }
    *controller = made;
    *terminal = opened;
    return 0;
}

int sbx_terminal_size(int32_t terminal, uint16_t *columns, uint16_t *rows) {
    struct winsize size;
    if (ioctl(terminal, TIOCGWINSZ, &size) != 0) return -errno;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

int sbx_terminal_set_size(int32_t terminal, uint16_t columns, uint16_t rows) {
    struct winsize size;
    memset(&size, 0, sizeof size);
    size.ws_col = columns;
    size.ws_row = rows;
    return ioctl(terminal, TIOCSWINSZ, &size) == 0 ? 0 : -errno;
}

sbx_output_kind sbx_output_open(int32_t descriptor, int32_t *own_descriptor) {
    struct stat status;
    *own_descriptor = -1;
    if (fstat(descriptor, &status) != 0) return sbx_output_kind_file;
    if (S_ISSOCK(status.st_mode)) return sbx_output_kind_socket;
    if (!S_ISFIFO(status.st_mode) && !isatty(descriptor)) return sbx_output_kind_file;
    int flags = fcntl(descriptor, F_GETFL);
    if (flags >= 0 && (flags & O_NONBLOCK)) return sbx_output_kind_own;
#if defined(__linux__)
    /* O_NONBLOCK belongs to the open file, which the caller shares with its own parent: an open file of our own. */
    char path[40];
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    *own_descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*own_descriptor >= 0) return sbx_output_kind_own;
#endif
    return sbx_output_kind_shared;
}

int64_t sbx_output_write(int32_t descriptor, sbx_output_kind kind, const void *bytes, size_t count) {
    ssize_t written;
    if (kind == sbx_output_kind_socket) {
        written = send(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    } else {
        /* A pipe that poll(2) calls writable takes PIPE_BUF bytes, a terminal at least some. */
        size_t most = kind != sbx_output_kind_shared ? count : isatty(descriptor) ? 256 : 4096;
        if (count > most) count = most;
        written = write(descriptor, bytes, count);
    }
    if (written >= 0) return written;
    return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
}
