#pragma once

/* The waiter: a small process of ours between the caller and one process that it starts, for programs that must not
 * become a subreaper themselves. It is a copy of the caller in which only the code of waiter.c runs, in a session of
 * its own, and the subreaper of what it starts. When that has ended, or the caller has, or lets go, it kills all that
 * is below it, and ends. It has no exit signal: the caller gets no SIGCHLD for it, and neither wait(2) nor an ignored
 * SIGCHLD takes it away (clone(2)).
 *
 * It may follow: what it started is then a launcher, as runc(8) with --detach, that leaves a process and writes its
 * number to a file. Until the launcher has ended nothing else is reaped, so that no end of that process is lost. When
 * the launcher's exit status is 0, and that process is the waiter's child or becomes it while others below it end (for
 * five seconds at most), it takes the launcher's place.
 *
 * Nothing guards it from what runs as the same user in the same PID namespace: who kills it frees what has left the
 * session of the process that it started, a followed process too. */

#include "sbx_spawn.h"

/// What a waiter tells last.
struct sbx_waiter_report {
    struct sbx_process_end end;
    /// How many processes withstood KILL for a second; -1: some, their number can't be told.
    int32_t survivors;
    /// The end is that of the followed process, not the launcher's.
    bool is_of_followed;
};

/// The end of what a waiter started: 1; or 0 when the waiter was killed before it could tell. For a waiter that has
/// ended, which is reaped. Any number of calls give the same.
int sbx_waiter_end(int32_t channel, int32_t waiter_descriptor, struct sbx_waiter_report *report);

/// Lets go of a waiter: it and all that is below it have ended when this returns, at the latest after three seconds.
/// Both descriptors are closed.
void sbx_waiter_release(int32_t channel, int32_t waiter_descriptor, int32_t waiter);
