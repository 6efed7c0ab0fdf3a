#pragma once

/* Threads of ours in a program that may be somebody else's. */

/// Runs a function on a new thread that nobody joins, with every signal blocked from its first instruction on. 0, or a
/// negative errno: the function is not called then.
int sbx_thread_start(void (*body)(void *), void *argument);

/// Something that happens once and that threads wait for.
struct sbx_latch;

/// A latch that is closed; NULL when there is no memory.
struct sbx_latch *sbx_latch_make(void);

/// Opens it, for good.
void sbx_latch_open(struct sbx_latch *latch);

/// Waits until it is open.
void sbx_latch_wait(struct sbx_latch *latch);

/// Gives a latch back that nobody waits for.
void sbx_latch_free(struct sbx_latch *latch);
