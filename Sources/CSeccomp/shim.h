#pragma once
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* libseccomp's actions and comparisons are macros, which Swift does not import. */

static inline uint32_t cseccomp_allow(void) { return SCMP_ACT_ALLOW; }

static inline uint32_t cseccomp_fail(uint16_t number) { return SCMP_ACT_ERRNO(number); }

static inline uint32_t cseccomp_trace(uint16_t number) { return SCMP_ACT_TRACE(number); }

static inline uint32_t cseccomp_kill_process(void) { return SCMP_ACT_KILL_PROCESS; }

static inline uint32_t cseccomp_kill_thread(void) { return SCMP_ACT_KILL_THREAD; }

static inline uint32_t cseccomp_trap(void) { return SCMP_ACT_TRAP; }

static inline uint32_t cseccomp_log(void) { return SCMP_ACT_LOG; }

static inline int cseccomp_unknown_call(void) { return __NR_SCMP_ERROR; }

static inline int cseccomp_exists(void) { return EEXIST; }

/// Fails with `number` when the masked argument equals `value`.
static inline int cseccomp_refuse_flag(
    scmp_filter_ctx filter, uint16_t number, const char *name, unsigned argument, uint64_t flag) {
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return -EINVAL;
    return seccomp_rule_add(
        filter, SCMP_ACT_ERRNO(number), call, 1, SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, flag, flag));
}

/// Fails with `number` always.
static inline int cseccomp_refuse(scmp_filter_ctx filter, uint16_t number, const char *name) {
    int call = seccomp_syscall_resolve_name(name);
    if (call == __NR_SCMP_ERROR) return -EINVAL;
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(number), call, 0);
}

/// Adds the 32-bit architecture that the kernel runs beside the native one, so that its calls are judged alike.
static inline int cseccomp_add_compatible(scmp_filter_ctx filter) {
    switch (seccomp_arch_native()) {
    case SCMP_ARCH_X86_64: return seccomp_arch_add(filter, SCMP_ARCH_X86);
    case SCMP_ARCH_AARCH64: return seccomp_arch_add(filter, SCMP_ARCH_ARM);
    default: return 0;
    }
}

/// The compiled filter, to be freed by `cseccomp_free`; NULL with the errno in `failure`. libseccomp before 2.6 writes to
/// a descriptor alone, and a pipe may be too small for it.
static inline uint8_t *cseccomp_program(scmp_filter_ctx filter, size_t *size, int *failure) {
    uint8_t *program = NULL;
    struct stat status;
    /* By number: with _GNU_SOURCE, which its wrapper takes, this module's types would not be those of others. */
    int file = (int)syscall(SYS_memfd_create, "seccomp", 1 /* MFD_CLOEXEC */);
    if (file < 0) {
        *failure = errno;
        return NULL;
    }
    int result = seccomp_export_bpf(filter, file);
    *failure = result < 0 ? -result : EIO;
    if (result == 0 && fstat(file, &status) == 0 && status.st_size > 0) {
        *size = (size_t)status.st_size;
        program = (uint8_t *)malloc(*size);
        if (program != NULL && pread(file, program, *size, 0) != status.st_size) {
            free(program);
            program = NULL;
        }
    }
    close(file);
    return program;
}

static inline void cseccomp_free(uint8_t *program) { free(program); }
