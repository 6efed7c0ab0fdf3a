#define _GNU_SOURCE
#include "sbx_spawn.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

enum { wait_for_descriptor = 3 /* P_PIDFD */ };

static int64_t microseconds(struct timeval time) { return (int64_t)time.tv_sec * 1000000 + time.tv_usec; }

void sbx_process_end_set(struct sbx_process_end *end, const siginfo_t *info, const struct rusage *usage) {
    end->user_microseconds = microseconds(usage->ru_utime);
    end->system_microseconds = microseconds(usage->ru_stime);
    end->maximum_resident_bytes = (int64_t)usage->ru_maxrss * 1024;
    end->status = info->si_status;
    end->signaled = info->si_code != CLD_EXITED;
    end->core_dumped = info->si_code == CLD_DUMPED;
}

int sbx_process_wait(int32_t descriptor, int32_t process, bool block, struct sbx_process_end *end) {
    (void)process;
    siginfo_t info;
    struct rusage usage;
    memset(&info, 0, sizeof info);
    memset(&usage, 0, sizeof usage);
    int options = WEXITED | __WALL | (block ? 0 : WNOHANG);
    /* The wrapper of waitid(2) gives no rusage, the system call does. */
    while (syscall(SYS_waitid, wait_for_descriptor, descriptor, &info, options, &usage) != 0)
        if (errno != EINTR) return -errno;
    if (info.si_pid == 0) return 0;
    sbx_process_end_set(end, &info, &usage);
    return 1;
}

int sbx_process_is_unreaped_child(int32_t descriptor, int32_t process) {
    (void)process;
    siginfo_t info;
    return syscall(SYS_waitid, wait_for_descriptor, descriptor, &info, WEXITED | __WALL | WNOHANG | WNOWAIT, NULL) == 0;
}

int sbx_limit_set(int32_t process, int number, int64_t soft, int64_t hard) {
    struct rlimit64 limit = {soft < 0 ? RLIM64_INFINITY : (rlim64_t)soft, hard < 0 ? RLIM64_INFINITY : (rlim64_t)hard};
    return syscall(SYS_prlimit64, process, number, &limit, NULL) == 0 ? 0 : -errno;
}

uint64_t sbx_mount_namespace(int32_t descriptor) {
    /* NS_GET_MNTNS_ID of linux/nsfs.h, which older headers lack. */
    uint64_t number = 0;
    return ioctl(descriptor, _IOR(0xb7, 5, uint64_t), &number) == 0 ? number : 0;
}

int sbx_process_open(int32_t process) {
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
}

int sbx_process_signal(int32_t descriptor, int32_t process, int32_t signal) {
    (void)process;
    return syscall(SYS_pidfd_send_signal, descriptor, signal, NULL, 0) == 0 ? 0 : -errno;
}

int sbx_subreaper_enable(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 ? 0 : -errno; }

int sbx_pipe(int32_t *read_end, int32_t *write_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

static int write_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -1;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

int sbx_memory_file(const char *name, const void *bytes, size_t count) {
    /* Kernels before 6.3 know no MFD_NOEXEC_SEAL; later ones may insist on it (vm.memfd_noexec). */
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
    if (descriptor < 0 && errno == EINVAL) descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -errno;
    if (write_all(descriptor, bytes, count) != 0 || lseek(descriptor, 0, SEEK_SET) < 0
        || fcntl(descriptor, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0) {
        int error = errno;
        close(descriptor);
        return -error;
    }
    return descriptor;
}

int sbx_signals_open(const int32_t *signals, size_t count, uint64_t *newly_blocked) {
    sigset_t wanted, before;
    sigemptyset(&wanted);
    for (size_t index = 0; index < count; index++) {
        struct sigaction action;
        if (sigaction(signals[index], NULL, &action) != 0) return -errno;
        if (action.sa_handler != SIG_IGN) sigaddset(&wanted, signals[index]);
    }
    int error = pthread_sigmask(SIG_BLOCK, &wanted, &before);
    if (error != 0) return -error;
    *newly_blocked = 0;
    for (int number = 1; number <= 64; number++)
        if (sigismember(&wanted, number) == 1 && sigismember(&before, number) == 0)
            *newly_blocked |= UINT64_C(1) << (number - 1);
    int descriptor = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor >= 0) return descriptor;
    error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -error;
}

void sbx_signals_close(int32_t descriptor, uint64_t newly_blocked) {
    sigset_t blocked;
    sigemptyset(&blocked);
    for (int number = 1; number <= 64; number++)
        if (newly_blocked & (UINT64_C(1) << (number - 1))) sigaddset(&blocked, number);
    close(descriptor);
    pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
}

int sbx_signals_read(int32_t descriptor, struct sbx_received_signal *signal) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (count != (ssize_t)sizeof info) return -EIO;
    signal->signal = (int32_t)info.ssi_signo;
    signal->sender = (int32_t)info.ssi_pid;
    signal->by_kernel = info.ssi_code > 0;
    return 1;
}

#endif
