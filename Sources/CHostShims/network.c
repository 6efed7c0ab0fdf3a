#include "sbx_network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int sbx_loopback_listen(uint16_t *port) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int made = socket(AF_INET, SOCK_STREAM, 0);
    if (made < 0) return -errno;
    if (fcntl(made, F_SETFD, FD_CLOEXEC) != 0 || fcntl(made, F_SETFL, O_NONBLOCK) != 0 ||
        bind(made, (struct sockaddr *)&address, sizeof address) != 0 || listen(made, 16) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &size) != 0) {
        int error = errno;
        close(made);
        return -error;
    }
    *port = ntohs(address.sin_port);
    return made;
}

bool sbx_loopback_was_reached(int32_t descriptor) {
    bool reached = false;
    for (;;) {
        int accepted = accept(descriptor, NULL, NULL);
        if (accepted < 0 && errno == EINTR) continue;
        if (accepted < 0) return reached;
        close(accepted);
        reached = true;
    }
}
