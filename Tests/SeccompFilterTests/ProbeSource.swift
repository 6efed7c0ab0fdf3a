/// A C program that makes one call a line and says what came of it: `NAME ok`, `NAME EPERM`.
enum ProbeSource {
    static let text = #"""
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <sched.h>
        #include <signal.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <sys/ioctl.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static void say(const char *name, long result) {
            const char *text = "ok";
            if (result < 0)
                text = errno == EPERM ? "EPERM" : errno == ENOSYS ? "ENOSYS" : "other";
            printf("%s %s\n", name, text);
        }
        static void child(const char *name, long pid) {
            if (pid == 0) _exit(0);
            say(name, pid);
            if (pid > 0) waitpid(pid, NULL, 0);
        }
        static void legacy(const char *name, void (*call)(void)) {
            int status;
            fflush(stdout);
            pid_t pid = fork();
            if (pid == 0) {
                call();
                _exit(0);
            }
            waitpid(pid, &status, 0);
            if (WIFSIGNALED(status)) {
                printf("%s killed\n", name);
            } else {
                errno = WEXITSTATUS(status);
                say(name, errno == 0 ? 0 : -1);
            }
        }
        #ifdef __x86_64__
        static long short_call(long number, long one, long two, long three) {
            long result;
            __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(one), "c"(two), "d"(three) : "memory");
            return result;
        }
        static void finish(long result) { _exit(result < 0 ? (int)-result : 0); }
        static void short_getpid(void) { finish(short_call(20, 0, 0, 0)); }
        static void x32_getpid(void) { syscall(0x40000000 + 39); }
        #endif
        int main(void) {
            uint64_t zeros[16] = {0}, newUser[11] = {0x10000000};
            say("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, ""));
            say("umount", syscall(SYS_umount2, "/proc", 2));
            say("unshare-user", syscall(SYS_unshare, 0x10000000));
            say("unshare-mount", syscall(SYS_unshare, 0x20000));
            say("unshare-time", syscall(SYS_unshare, 0x80));
            say("unshare-fs", syscall(SYS_unshare, 0x200));
            child("clone-user", syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0));
            child("clone-plain", syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
            child("clone3", syscall(SYS_clone3, newUser, sizeof newUser));
            say("openat2", syscall(SYS_openat2, AT_FDCWD, "/", zeros, 24));
            say("keyctl", syscall(SYS_keyctl, 0, -3, 0));
            say("add-key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
            say("bpf", syscall(SYS_bpf, 0, zeros, 72));
            say("io-uring", syscall(SYS_io_uring_setup, 1, zeros));
            say("perf", syscall(SYS_perf_event_open, zeros, 0, -1, -1, 0));
            say("module", syscall(SYS_init_module, "", 0, ""));
            say("setns", syscall(SYS_setns, -1, 0));
            say("chroot", syscall(SYS_chroot, "/"));
            say("unknown-999", syscall(999));
            say("tiocsti", syscall(SYS_ioctl, 0, 0x5412ul, "x"));
            say("tiocsti-upper", syscall(SYS_ioctl, 0, 0x100005412ul, "x"));
            say("tioclinux", syscall(SYS_ioctl, 0, 0x541Cul, "x"));
            say("tcgets", syscall(SYS_ioctl, 0, 0x5401ul, zeros));
            say("ptrace-1", syscall(SYS_ptrace, 16, 1, 0, 0));
            say("ptrace-1-upper", syscall(SYS_ptrace, 16, 0x100000001ul, 0, 0));
            say("unix", socket(AF_UNIX, SOCK_STREAM, 0));
            say("inet", socket(AF_INET, SOCK_STREAM, 0));
            say("netlink", socket(AF_NETLINK, SOCK_RAW, 0));
            say("vsock", socket(40, SOCK_STREAM, 0));
            say("vsock-upper", syscall(SYS_socket, 0x100000028ul, SOCK_STREAM, 0));
            say("alg", socket(38, SOCK_SEQPACKET, 0));
            say("open", open("/tmp/a", O_CREAT | O_RDWR, 0644));
            say("open-mode-unused", syscall(SYS_openat, AT_FDCWD, "/tmp/a", O_RDONLY, 07777));
            say("open-setuid", open("/tmp/b", O_CREAT | O_RDWR, 04755));
            say("tmpfile-setgid", open("/tmp", O_TMPFILE | O_RDWR, 02755));
            say("chmod", fchmodat(AT_FDCWD, "/tmp/a", 01755, 0));
            say("chmod-setuid", syscall(SYS_fchmodat, AT_FDCWD, "/tmp/a", 04755));
            say("node", mknodat(AT_FDCWD, "/tmp/n", S_IFCHR | 0600, 0x103));
            say("fifo", mknodat(AT_FDCWD, "/tmp/f", S_IFIFO | 0600, 0));
            say("personality-ask", syscall(SYS_personality, 0xFFFFFFFFul));
            say("personality-execute", syscall(SYS_personality, 0x400000ul));
        #ifdef __x86_64__
            legacy("x86-getpid", short_getpid);
            legacy("x32-getpid", x32_getpid);
        #endif
            return 0;
        }
        """#

    /// Calls that have to be refused with EPERM.
    static let refused: Set = [
        "mount", "umount", "unshare-user", "unshare-mount", "unshare-time", "clone-user", "keyctl", "add-key", "bpf",
        "io-uring", "perf", "module", "setns", "chroot", "tiocsti", "tiocsti-upper", "tioclinux", "ptrace-1",
        "ptrace-1-upper", "vsock", "vsock-upper", "alg", "open-setuid", "tmpfile-setgid", "chmod-setuid", "node",
        "personality-execute",
    ]
    static let unknown: Set = ["clone3", "openat2", "unknown-999"]
    static let killed: Set = ["x32-getpid", "x86-getpid"]
    /// Calls that reach the kernel, which has its own reason to refuse them.
    static let passed: Set = ["tcgets"]
}
