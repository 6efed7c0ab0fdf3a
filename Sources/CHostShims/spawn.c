#define _GNU_SOURCE
#include "sbx_spawn.h"

#if defined(__linux__)

#include "spawn_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

enum { stack_size = 64 * 1024, guard_size = 64 * 1024 };

/* Shared by parent and child (CLONE_VM); the parent reads it after the child has executed or ended. */
struct spawn_state {
    const struct sbx_spawn_request *request;
    pid_t parent;
    int executable;
    int sources[SBX_SPAWN_MAX_DESCRIPTORS];
    int kept[SBX_SPAWN_MAX_DESCRIPTORS + 1];
    sbx_spawn_step step;
    int error;
};

/* The child shares the parent's memory and its thread's storage: only plain system calls from here on, no allocation,
 * and no wrapper that talks to the parent's threads, as glibc's setgroups does. */

void sbx_signals_reset(void) {
    /* struct sigaction of the kernel differs by machine; all zero is SIG_DFL, no flags, empty mask on each. */
    static const char zeros[64];
    for (int number = 1; number < _NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP) continue;
        syscall(SYS_rt_sigaction, number, zeros, NULL, sizeof(struct kernel_signal_set));
    }
}

static bool is_target(const struct sbx_spawn_request *request, int descriptor, size_t except) {
    for (size_t index = 0; index < request->mapping_count; index++)
        if (index != except && request->mappings[index].child == descriptor) return true;
    return false;
}

/* Moves every descriptor that another one's number would overwrite above all numbers, then gives each its number. */
static int map_descriptors(struct spawn_state *state) {
    const struct sbx_spawn_request *request = state->request;
    int above = 0;
    for (size_t index = 0; index < request->mapping_count; index++)
        if (request->mappings[index].child >= above) above = request->mappings[index].child + 1;

    if (is_target(request, state->executable, SIZE_MAX)) {
        state->executable = fcntl(state->executable, F_DUPFD_CLOEXEC, above);
        if (state->executable < 0) return -1;
    } else if (fcntl(state->executable, F_SETFD, FD_CLOEXEC) != 0) {
        return -1;
    }
    for (size_t index = 0; index < request->mapping_count; index++) {
        int source = request->mappings[index].parent;
        if (source < 0) source = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (source >= 0 && is_target(request, source, index)) source = fcntl(source, F_DUPFD_CLOEXEC, above);
        if (source < 0) return -1;
        state->sources[index] = source;
    }
    for (size_t index = 0; index < request->mapping_count; index++) {
        int child = request->mappings[index].child;
        int done = state->sources[index] == child ? fcntl(child, F_SETFD, 0) : dup2(state->sources[index], child);
        if (done < 0) return -1;
    }
    return 0;
}

int sbx_close_all_but(const int *kept, size_t count) {
    unsigned low = 0;
    for (;;) {
        unsigned next = ~0U;
        for (size_t index = 0; index < count; index++)
            if (kept[index] >= 0 && (unsigned)kept[index] >= low && (unsigned)kept[index] < next)
                next = (unsigned)kept[index];
        unsigned high = next == ~0U ? next : next - 1;
        if (next != low && syscall(SYS_close_range, low, high, 0) != 0) return -1;
        if (next == ~0U) return 0;
        low = next + 1;
    }
}

/* Closes everything but the mapped numbers and the executable, which closes on exec. */
static int close_others(struct spawn_state *state) {
    size_t count = state->request->mapping_count;
    for (size_t index = 0; index < count; index++) state->kept[index] = state->request->mappings[index].child;
    state->kept[count] = state->executable;
    return sbx_close_all_but(state->kept, count + 1);
}

static int clear_groups(void) {
#if defined(SYS_setgroups32)
    return (int)syscall(SYS_setgroups32, 0, NULL);
#else
    return (int)syscall(SYS_setgroups, 0, NULL);
#endif
}

int sbx_become(uint32_t user, uint32_t group) {
    if (clear_groups() != 0) return -1;
#if defined(SYS_setresuid32)
    if (syscall(SYS_setresgid32, group, group, group) != 0) return -1;
    return (int)syscall(SYS_setresuid32, user, user, user);
#else
    if (syscall(SYS_setresgid, group, group, group) != 0) return -1;
    return (int)syscall(SYS_setresuid, user, user, user);
#endif
}

/* Other credentials make the memory, which is the parent's too, nobody's to look at: that is undone. */
static int join_namespace(const struct sbx_spawn_request *request) {
    int dumpable = prctl(PR_GET_DUMPABLE);
    if (syscall(SYS_setns, request->user_namespace, CLONE_NEWUSER) != 0) return -1;
    int joined = sbx_become(request->inner_user, request->inner_group), error = errno;
    prctl(PR_SET_DUMPABLE, dumpable == 1);
    errno = error;
    return joined;
}

static int die_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -1;
    if (getppid() == parent) return 0;
    errno = ESRCH;
    return -1;
}

static int child_main(void *argument) {
    struct spawn_state *state = argument;
    const struct sbx_spawn_request *request = state->request;
    struct kernel_signal_set none;
    memset(&none, 0, sizeof none);
#define TRY(name, call) do { state->step = sbx_spawn_step_##name; if ((call) < 0) goto failed; } while (0)
    sbx_signals_reset();
    if (request->new_session) TRY(session, setsid());
    if (request->clear_supplementary_groups) TRY(groups, clear_groups());
    if (request->user_namespace >= 0) TRY(namespace, join_namespace(request));
    if (request->kill_on_parent_death) TRY(parent, die_with_parent(state->parent));
    TRY(directory, chdir(request->directory));
    if (request->creation_mask >= 0) umask((mode_t)request->creation_mask);
    TRY(descriptors, map_descriptors(state));
    if (request->controlling_terminal >= 0)
        TRY(terminal, ioctl(request->controlling_terminal, TIOCSCTTY, 0));
    TRY(descriptors, close_others(state));
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
    TRY(execute, syscall(SYS_execveat, state->executable, "", request->arguments, request->environment, AT_EMPTY_PATH));
#undef TRY
failed:
    state->error = errno;
    _exit(127);
}

static int check_request(const struct sbx_spawn_request *request) {
    if (request->mapping_count > SBX_SPAWN_MAX_DESCRIPTORS) return -E2BIG;
    if (request->executable < 0) return -EBADF;
    if (request->followed_file != NULL) {
        size_t length = strnlen(request->followed_file, SBX_FOLLOWED_FILE_MAX + 1);
        if (request->followed_folder < 0) return -EBADF;
        if (length == 0 || length > SBX_FOLLOWED_FILE_MAX) return -EINVAL;
        if (memchr(request->followed_file, '/', length) != NULL) return -EINVAL;
    }
    for (size_t index = 0; index < request->mapping_count; index++) {
        const struct sbx_descriptor_mapping *mapping = &request->mappings[index];
        if (mapping->child < 0 || mapping->parent < -1) return -EBADF;
        if (is_target(request, mapping->child, index)) return -EINVAL;
    }
    return 0;
}

int sbx_clone(int (*body)(void *), void *argument, unsigned long flags, int *descriptor) {
    struct kernel_signal_set all, before;
    char *stack = mmap(NULL, guard_size + stack_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -errno;
    int process = -1;
    if (mprotect(stack + guard_size, stack_size, PROT_READ | PROT_WRITE) == 0) {
        memset(&all, 0xff, sizeof all);
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, sizeof all);
        process = clone(body, stack + guard_size + stack_size, (int)(flags | CLONE_PIDFD), argument, descriptor);
        if (process < 0) process = -errno;
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
    } else {
        process = -errno;
    }
    munmap(stack, guard_size + stack_size);
    return process;
}

int sbx_start(const struct sbx_spawn_request *request, struct sbx_spawn_result *result) {
    struct spawn_state state;
    result->failed_step = sbx_spawn_step_process;
    state.request = request;
    state.parent = getpid();
    state.executable = request->executable;
    state.error = 0;
    state.step = sbx_spawn_step_process;

    int descriptor = -1;
    int child = sbx_clone(child_main, &state, CLONE_VM | CLONE_VFORK | SIGCHLD, &descriptor);
    if (child < 0) return child;
    if (state.error == 0) {
        result->process = child;
        result->descriptor = descriptor;
        return 0;
    }
    struct sbx_process_end end;
    sbx_process_wait(descriptor, child, true, &end);
    close(descriptor);
    result->failed_step = state.step;
    return -state.error;
}

int sbx_spawn(const struct sbx_spawn_request *request, struct sbx_spawn_result *result) {
    *result = (struct sbx_spawn_result){
        .process = -1,
        .descriptor = -1,
        .waiter = -1,
        .waiter_descriptor = -1,
        .waiter_channel = -1,
        .failed_step = sbx_spawn_step_request,
    };
    int checked = check_request(request);
    if (checked < 0) return checked;
    return request->under_waiter ? sbx_start_under_waiter(request, result) : sbx_start(request, result);
}

#endif
