#pragma once

/* Threads of ours in a program that may be somebody else's. */

#include <stddef.h>

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

/// Bytes on their way from one thread to one other, in a bounded number of blocks.
struct sbx_belt;

/// An empty belt; NULL when there is no memory.
struct sbx_belt *sbx_belt_make(size_t count, size_t block);

/// Copies bytes onto the belt; waits while all blocks are full.
void sbx_belt_put(struct sbx_belt *belt, const void *bytes, size_t count);

/// Says that no more come.
void sbx_belt_close(struct sbx_belt *belt);

/// Waits for the next block, and gives its length; 0 when none will come. It stays valid until it is given back.
size_t sbx_belt_take(struct sbx_belt *belt, const void **bytes);

/// Makes room for another block.
void sbx_belt_give_back(struct sbx_belt *belt);

/// Frees a belt that no thread uses.
void sbx_belt_free(struct sbx_belt *belt);
