#pragma once

/* Sockets: their calls and types differ between systems more than Swift can import alike. */

#include <stdbool.h>
#include <stdint.h>

/// Listens on 127.0.0.1, on a port that is free: a close-on-exec descriptor that does not block, or -errno.
int sbx_loopback_listen(uint16_t *port);

/// Accepts and closes all that have connected; whether anybody had.
bool sbx_loopback_was_reached(int32_t descriptor);
