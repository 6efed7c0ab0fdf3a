#pragma once
#include <errno.h>
#include <seccomp.h>
#include <stdint.h>

/* libseccomp's actions and comparisons are macros, which Swift does not import. */

static inline uint32_t cseccomp_allow(void) { return SCMP_ACT_ALLOW; }

static inline uint32_t cseccomp_fail(uint16_t number) { return SCMP_ACT_ERRNO(number); }

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
