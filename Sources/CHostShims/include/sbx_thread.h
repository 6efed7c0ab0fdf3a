#pragma once

/* A thread of ours in a program that may be somebody else's. */

/// Runs a function on a new thread that nobody joins, with every signal blocked from its first instruction on. 0, or a
/// negative errno: the function is not called then.
int sbx_thread_start(void (*body)(void *), void *argument);
