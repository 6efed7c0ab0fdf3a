#pragma once

/* What the files of this module share on Linux, and nobody else sees. */

#if defined(__linux__)

#include "sbx_spawn.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#define SBX_HIDDEN __attribute__((visibility("hidden")))

/// The kernel's own signal set: glibc's leaves out the two signals that its threads use.
struct kernel_signal_set {
    unsigned long words[_NSIG / 8 / sizeof(unsigned long)];
};

/// Runs a function in a new process, on a stack of its own and with all signals blocked: CLONE_PIDFD and these flags.
/// With CLONE_VM it must be CLONE_VFORK too. Returns the process's number and a pidfd, close-on-exec, or an errno.
SBX_HIDDEN int sbx_clone(int (*body)(void *), void *argument, unsigned long flags, int *descriptor);

/// Starts the process of a request as a child of the caller: `sbx_spawn` without the waiter. For use in a child that
/// shares or has copied another's memory too: only plain system calls, no allocation.
SBX_HIDDEN int sbx_start(const struct sbx_spawn_request *request, struct sbx_spawn_result *result);

/// Starts a waiter, and the process of the request below it.
SBX_HIDDEN int sbx_start_under_waiter(const struct sbx_spawn_request *request, struct sbx_spawn_result *result);

/// Gives up the supplementary groups and takes these ids; -1 with errno. For a child that shares another's memory too.
SBX_HIDDEN int sbx_become(uint32_t user, uint32_t group);

/// Sets every signal to its default.
SBX_HIDDEN void sbx_signals_reset(void);

/// Closes every descriptor but these; -1 with errno. Negative ones stand for none.
SBX_HIDDEN int sbx_close_all_but(const int *kept, size_t count);

/// What waitid(2) told of an end.
SBX_HIDDEN void sbx_process_end_set(struct sbx_process_end *end, const siginfo_t *info, const struct rusage *usage);

/// What a waiter tells first: the launcher's number, with its pidfd attached, or the errno and step of the failure.
struct sbx_waiter_start {
    int32_t process;
    int32_t error;
    int32_t step;
};

/// What a waiter is given, in its own copy of the caller's memory.
struct sbx_waiter_order {
    struct sbx_spawn_request request;
    /// The process that it works for, and whose end it watches.
    pid_t host;
    /// Its end of the socket pair.
    int channel;
};

/// All of a waiter's life; `argument` is a `struct sbx_waiter_order`.
SBX_HIDDEN int sbx_waiter_main(void *argument);

/// Sends a signal to every child of the calling process `self`, 0 none: how many there are, -1 when that can't be told.
/// For use after `sbx_memory_give_back`.
SBX_HIDDEN int sbx_signal_children(pid_t self, int signal);

/// The positive number that a file of a folder holds, in decimal and perhaps with a newline; -1 without one. For use
/// after `sbx_memory_give_back`.
SBX_HIDDEN pid_t sbx_number_in_file(int folder, const char *name);

/// Gives back the memory that this process copied from another, but for what is needed to go on with system calls.
SBX_HIDDEN void sbx_memory_give_back(void);

#endif
