import TestSupport

/// A program that withstands its end in as many ways as it is asked to, built once for all tests.
///
/// `hostile MODE... END`: `ignore` every signal, `fork` and `hold` twice away into a session of its own, without and with
/// stdout; `stop` PID 1 for good and `trace` it from elsewhere, where it may; `up` prints UP. Then `exit N`, `self N`, a
/// signal to itself, or `stay` for ever.
enum Hostile {
    /// Puts the program at a path.
    static func build(to path: String) throws { try Compiler.build(source, to: path) }

    private static let source = #"""
        #define _GNU_SOURCE
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/ptrace.h>
        #include <sys/wait.h>
        #include <unistd.h>

        static int away(void) {
            if (fork() != 0) return 0;
            setsid();
            if (fork() != 0) _exit(0);
            return 1;
        }

        static void stay(void) { for (;;) pause(); }

        static void stop_first(void) {
            int status, first = getppid() ? getppid() : 1;
            if (ptrace(PTRACE_ATTACH, first, 0, 0) != 0) { kill(first, SIGSTOP); return; }
            waitpid(first, &status, __WALL);
            kill(first, SIGSTOP);
            ptrace(PTRACE_DETACH, first, 0, SIGSTOP);
        }

        int main(int argc, char **argv) {
            int status;
            for (int i = 1; i < argc; i++) {
                if (!strcmp(argv[i], "ignore")) for (int s = 1; s < 65; s++) signal(s, SIG_IGN);
                if (!strcmp(argv[i], "hold") && away()) stay();
                if (!strcmp(argv[i], "fork") && away()) { close(0); close(1); close(2); stay(); }
                if (!strcmp(argv[i], "stop")) stop_first();
                if (!strcmp(argv[i], "trace") && away()) {
                    if (ptrace(PTRACE_ATTACH, 1, 0, 0) == 0) waitpid(1, &status, __WALL);
                    stay();
                }
                if (!strcmp(argv[i], "up")) { usleep(200000); puts("UP"); fflush(stdout); }
                if (!strcmp(argv[i], "exit")) _exit(atoi(argv[i + 1]));
                if (!strcmp(argv[i], "self")) { kill(getpid(), atoi(argv[i + 1])); stay(); }
            }
            stay();
        }
        """#
}
