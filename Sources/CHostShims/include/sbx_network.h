#pragma once

/* Sockets: their calls and types differ between systems more than Swift can import alike. */

#include <stdbool.h>
#include <stdint.h>

/// Listens on 127.0.0.1, on a port that is free: a close-on-exec descriptor that does not block, or -errno.
int sbx_loopback_listen(uint16_t *port);

/// Accepts and closes all that have connected; whether anybody had.
bool sbx_loopback_was_reached(int32_t descriptor);
/* The console socket of an OCI runtime: where it sends the controlling side of the terminal that it makes. Nothing here
 * waits. */

/// Listens at a path of at most 107 bytes (unix(7)), close-on-exec; a descriptor or -errno.
int sbx_console_listen(const char *path);

/// Takes a connection; a descriptor, -EAGAIN as long as there is none, or -errno.
int sbx_console_accept(int32_t descriptor);

/// Takes a terminal from a connection; a descriptor, -EAGAIN as long as there is none, -EPROTO for a message without one,
/// -ENOTTY for something else.
int sbx_console_receive(int32_t descriptor);

