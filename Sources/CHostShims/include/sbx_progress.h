#pragma once

/* A line on a terminal for what takes longer than half a second: shown by a timer's signal, so that it comes also while
   the program waits in a system call, and costs nothing when it is not needed. */

/// Says what is being done now; the first call after a clear starts the clock. `text` must stay valid until the next call.
void sbx_progress_step(int descriptor, const char *text);

/// Removes the line and stops the timer.
void sbx_progress_clear(void);
