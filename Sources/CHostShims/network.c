#include "sbx_network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
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

int sbx_console_listen(const char *path) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    address.sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int made = socket(AF_UNIX, SOCK_STREAM, 0);
    if (made < 0) return -errno;
    if (fcntl(made, F_SETFD, FD_CLOEXEC) != 0 || fcntl(made, F_SETFL, O_NONBLOCK) != 0 ||
        bind(made, (struct sockaddr *)&address, sizeof address) != 0 || listen(made, 1) != 0) {
        int error = errno;
        close(made);
        return -error;
    }
    return made;
}

int sbx_console_accept(int32_t descriptor) {
    int accepted = accept(descriptor, NULL, NULL);
    if (accepted < 0) return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
    if (fcntl(accepted, F_SETFD, FD_CLOEXEC) == 0 && fcntl(accepted, F_SETFL, O_NONBLOCK) == 0) return accepted;
    int error = errno;
    close(accepted);
    return -error;
}

int sbx_console_receive(int32_t descriptor) {
    char text[4096];
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr aligned;
    } control;
    struct iovec part = {text, sizeof text};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t count = recvmsg(descriptor, &message, 0);
    if (count < 0) return errno == EINTR || errno == EWOULDBLOCK ? -EAGAIN : -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int)))
        return -EPROTO;
    int received;
    memcpy(&received, CMSG_DATA(header), sizeof received);
    if (fcntl(received, F_SETFD, FD_CLOEXEC) == 0) {
        if (isatty(received)) return received;
        errno = ENOTTY;
    }
    int error = errno;
    close(received);
    return -error;
}
