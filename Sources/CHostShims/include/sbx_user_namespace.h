#pragma once

/* A new user namespace, for others to write its id maps. Made by a small process of ours, a copy of the caller in which
 * only the code of user_namespace.c runs, and which ends with the caller. Linux only. */

#include <stdint.h>

/// A process that is alone in a new user namespace.
struct sbx_namespace_holder {
    int32_t process;
    /// Its pidfd, and the caller's end of a channel at whose end of file it ends; both close-on-exec.
    int32_t descriptor;
    int32_t channel;
};

#define SBX_NAMESPACE_MAX_LINES 100

/// The counts in the lines of an id map, whose ids inside begin at 0 and leave none out.
struct sbx_namespace_counts {
    uint32_t lines;
    uint32_t counts[SBX_NAMESPACE_MAX_LINES];
};

/// Makes one; it has the caller's ids and every capability in its namespace, whose maps are empty. -errno.
int sbx_namespace_hold(struct sbx_namespace_holder *holder);

/// Has the holder, as id 0 of its namespace, make another one below: owned by this user and group of the first, without
/// supplementary groups, and with the ids of the first, whose maps' lines have these counts, as they are there. For a
/// holder whose ids are mapped, once. The number of the process that is in it, and ends with the holder; or -errno.
int sbx_namespace_nest(
    const struct sbx_namespace_holder *holder,
    uint32_t user,
    uint32_t group,
    const struct sbx_namespace_counts *users,
    const struct sbx_namespace_counts *groups
);

/// Gives the folder at a descriptor, and all in it, to id 0 of a user namespace, and its owner all permissions of each
/// folder: what those wrote that have other ids of it. Nobody may change the tree meanwhile. The first -errno.
int sbx_namespace_own(int32_t user_namespace, int32_t folder);

/// Ends the holder, and waits for that. Both descriptors are closed.
void sbx_namespace_release(struct sbx_namespace_holder *holder);
