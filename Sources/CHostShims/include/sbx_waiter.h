#pragma once

/* The waiter: a small process of ours between the caller and one process that it starts, for programs that must not
 * become a subreaper themselves. It is a copy of the caller in which only the code of waiter.c runs, in a session of
 * its own, and the subreaper of what it starts. When that has ended, or the caller has, or lets go, it kills all that
 * is below it, and ends. It has no exit signal: the caller gets no SIGCHLD for it, and neither wait(2) nor an ignored
 * SIGCHLD takes it away (clone(2)).
 *
 * Nothing guards it from what runs as the same user in the same PID namespace: who kills it frees what has left the
 * session of the process that it started. */

#include "sbx_spawn.h"

/// The end of what a waiter started: 1; or 0 when the waiter was killed before it could tell. For a waiter that has
/// ended, which is reaped. Any number of calls give the same. `survivors` is how many processes withstood KILL for a
/// second; -1 when some did and their number can't be told.
int sbx_waiter_end(int32_t channel, int32_t waiter_descriptor, struct sbx_process_end *end, int32_t *survivors);

/// Lets go of a waiter: it and all that is below it have ended when this returns, at the latest after three seconds.
/// Both descriptors are closed.
void sbx_waiter_release(int32_t channel, int32_t waiter_descriptor, int32_t waiter);
