#pragma once

/* Starting, signalling and waiting for processes. Every function that returns int returns 0 or a positive number for
 * success and a negative errno for failure; none touches what the caller's other threads own. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The most descriptors that one process can be started with.
#define SBX_SPAWN_MAX_DESCRIPTORS 256

/// The most bytes that the name of a followed process's file can have.
#define SBX_FOLLOWED_FILE_MAX 32

/// What the waiter puts behind that name once the launcher has exited with 0 and left its process.
#define SBX_FOLLOWED_SUFFIX ".left"

/// Which part of a start failed.
typedef enum __attribute__((enum_extensibility(closed))) sbx_spawn_step {
    sbx_spawn_step_request,
    sbx_spawn_step_process,
    sbx_spawn_step_session,
    sbx_spawn_step_groups,
    sbx_spawn_step_namespace,
    sbx_spawn_step_parent,
    sbx_spawn_step_directory,
    sbx_spawn_step_descriptors,
    sbx_spawn_step_terminal,
    sbx_spawn_step_execute,
    sbx_spawn_step_waiter,
} sbx_spawn_step;

/// A descriptor of the caller (-1: /dev/null) and its number in the child.
struct sbx_descriptor_mapping {
    int32_t parent;
    int32_t child;
};

/// What to start; everything is borrowed for the length of the call.
struct sbx_spawn_request {
    char *const *arguments;
    char *const *environment;
    const struct sbx_descriptor_mapping *mappings;
    const char *directory;
    /// The name, in the folder of `followed_folder`, of a file where the child writes the number of a process that it
    /// leaves behind (sbx_waiter.h); NULL: it leaves none. Needs a waiter.
    const char *followed_file;
    size_t mapping_count;
    /// A close-on-exec descriptor of an executable that is not a script.
    int32_t executable;
    /// umask(2) of the child; -1: as the caller's.
    int32_t creation_mask;
    /// Number in the child of the terminal that becomes the controlling one; -1: none. Needs a new session.
    int32_t controlling_terminal;
    int32_t followed_folder;
    /// A user namespace that the child joins, whose `inner_user` and `inner_group` it becomes, without supplementary
    /// groups; -1: none. Linux only.
    int32_t user_namespace;
    uint32_t inner_user;
    uint32_t inner_group;
    bool new_session;
    bool clear_supplementary_groups;
    bool kill_on_parent_death;
    /// Below a waiter of its own (sbx_waiter.h), in a new session, and killed with the waiter. Not on Darwin.
    bool under_waiter;
    /// The waiter only sends KILL to what the child left when it ended, and leaves waiting for that to others.
    bool waiter_leaves_rest;
};

/// The process that was started, or the step that failed.
struct sbx_spawn_result {
    int32_t process;
    /// A pidfd; on Darwin a kqueue that is readable from the process's end on. Close-on-exec.
    int32_t descriptor;
    /// The waiter, its pidfd and the channel to it; -1 without one.
    int32_t waiter;
    int32_t waiter_descriptor;
    int32_t waiter_channel;
    sbx_spawn_step failed_step;
};

/// Starts a process with exactly the descriptors of the mappings, every signal at its default and none blocked.
int sbx_spawn(const struct sbx_spawn_request *request, struct sbx_spawn_result *result);

/// How a process ended.
struct sbx_process_end {
    int64_t user_microseconds;
    int64_t system_microseconds;
    int64_t maximum_resident_bytes;
    /// The exit status, or the number of the signal.
    int32_t status;
    bool signaled;
    bool core_dumped;
};

/// Reaps one child: 1 when it has ended, 0 when it has not and `block` is false.
int sbx_process_wait(int32_t descriptor, int32_t process, bool block, struct sbx_process_end *end);

/// 1 when the process is a child that can still be reaped, 0 when it is not (any more).
int sbx_process_is_unreaped_child(int32_t descriptor, int32_t process);

/// The number of a limit by its name in lower case without `RLIMIT_`, as `nofile`; -1 for what this system has not.
int sbx_limit_number(const char *name);

/// Reads both values of one of the caller's limits; -1 is none. -errno.
int sbx_limit_get(int number, int64_t *soft, int64_t *hard);

/// Sets both values of a limit of another process, see prlimit(2); -errno.
int sbx_limit_set(int32_t process, int number, int64_t soft, int64_t hard);

/// The number that a mount namespace, open at `descriptor`, never shares with another of this boot; 0 where the kernel
/// (before 6.12) has none. The number of the namespace's inode goes to the next one as soon as it is free.
uint64_t sbx_mount_namespace(int32_t descriptor);

/// A descriptor of a running process, as in `sbx_spawn_result`.
int sbx_process_open(int32_t process);

/// Sends a signal to the process that the descriptor holds, never to one that took over its number.
int sbx_process_signal(int32_t descriptor, int32_t process, int32_t signal);

/// Makes this process the one that orphans below it are handed to (PR_SET_CHILD_SUBREAPER).
int sbx_subreaper_enable(void);

/// Both ends of a pipe, close-on-exec.
int sbx_pipe(int32_t *read_end, int32_t *write_end);

/// A new pseudo-terminal, both sides close-on-exec and neither made the caller's controlling one.
int sbx_terminal_open(int32_t *controller, int32_t *terminal);

/// The window size of a terminal in characters, or -errno.
int sbx_terminal_size(int32_t terminal, uint16_t *columns, uint16_t *rows);

/// Sets it; who is in the terminal's foreground gets SIGWINCH when it changed.
int sbx_terminal_set_size(int32_t terminal, uint16_t columns, uint16_t rows);

/// A sealed file in memory with these bytes, at offset 0, close-on-exec. `name` shows in /proc only.
int sbx_memory_file(const char *name, const void *bytes, size_t count);

/// A signal that was sent to this process.
struct sbx_received_signal {
    int32_t signal;
    int32_t sender;
    bool by_kernel;
};

/// Blocks the signals in this thread and returns a descriptor to read them from; `newly_blocked` gets bit n-1 for each
/// signal n that was not blocked before. Signals that are ignored are left out, so that nohup keeps its meaning.
int sbx_signals_open(const int32_t *signals, size_t count, uint64_t *newly_blocked);

/// Closes the descriptor and unblocks what `sbx_signals_open` blocked.
void sbx_signals_close(int32_t descriptor, uint64_t newly_blocked);

/// Reads one signal: 1, or 0 when there is none; never blocks.
int sbx_signals_read(int32_t descriptor, struct sbx_received_signal *signal);

/// Sets a signal to its default, or to be ignored.
int sbx_signal_set_default(int32_t signal);
int sbx_signal_ignore(int32_t signal);

/// Sets O_NONBLOCK.
int sbx_set_non_blocking(int32_t descriptor);

/// How an output is written without ever blocking.
typedef enum __attribute__((enum_extensibility(closed))) sbx_output_kind {
    /// A file: never blocks.
    sbx_output_kind_file,
    /// A socket: send(2) with MSG_DONTWAIT.
    sbx_output_kind_socket,
    /// A pipe or terminal opened anew as non-blocking: `own_descriptor` is to be closed.
    sbx_output_kind_own,
    /// A pipe or terminal that others share: only small pieces after poll(2) said so.
    sbx_output_kind_shared,
} sbx_output_kind;

/// Tells how to write to a descriptor, and opens its own description of it where that is possible.
sbx_output_kind sbx_output_open(int32_t descriptor, int32_t *own_descriptor);

/// Writes what fits now; -EAGAIN when nothing does. SIGPIPE is to be ignored by the caller.
int64_t sbx_output_write(int32_t descriptor, sbx_output_kind kind, const void *bytes, size_t count);
