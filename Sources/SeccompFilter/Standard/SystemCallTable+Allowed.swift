extension SystemCallTable {
    /// Calls that are allowed whatever their arguments: they reach what the process could reach anyway.
    static let allowed = [
        SystemCallGroup(
            "files and folders",
            """
            access chdir chown close close_range copy_file_range dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate
            fchdir fchown fchownat fcntl fdatasync flock fstat fstatfs fsync ftruncate futimesat getcwd getdents
            getdents64 lchown link linkat lseek lstat mkdir mkdirat newfstatat readlink readlinkat rename renameat
            renameat2 rmdir stat statfs statx symlink symlinkat sync syncfs truncate umask unlink unlinkat utime
            utimensat utimes
            """
        ),
        SystemCallGroup(
            "extended attributes",
            """
            fgetxattr flistxattr fremovexattr fsetxattr getxattr lgetxattr listxattr llistxattr lremovexattr lsetxattr
            removexattr setxattr
            """
        ),
        SystemCallGroup(
            "reading and writing",
            """
            cachestat io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit pipe pipe2 pread64 preadv
            preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile splice sync_file_range tee vmsplice write
            writev
            """
        ),
        SystemCallGroup(
            "waiting for events",
            """
            epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch
            inotify_init inotify_init1 inotify_rm_watch poll ppoll pselect6 select signalfd signalfd4 timerfd_create
            timerfd_gettime timerfd_settime
            """
        ),
        SystemCallGroup(
            "memory",
            """
            brk get_mempolicy madvise map_shadow_stack mbind membarrier memfd_create memfd_secret mincore mlock mlock2
            mlockall mmap mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
            process_madvise process_mrelease remap_file_pages set_mempolicy set_mempolicy_home_node
            """
        ),
        SystemCallGroup(
            "processes and threads",
            """
            capget capset execve execveat exit exit_group fork futex futex_requeue futex_wait futex_waitv futex_wake
            get_robust_list getcpu getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid
            ioprio_get ioprio_set kill pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq
            sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
            sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler
            sched_yield set_robust_list set_tid_address setpgid setpriority setrlimit setsid tgkill times tkill vfork
            wait4 waitid
            """
        ),
        SystemCallGroup(
            "users and groups",
            """
            getegid geteuid getgid getgroups getresgid getresuid getuid setfsgid setfsuid setgid setgroups setregid
            setresgid setresuid setreuid setuid
            """
        ),
        SystemCallGroup(
            "signals",
            """
            alarm pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
            rt_sigtimedwait rt_tgsigqueueinfo sigaltstack
            """
        ),
        SystemCallGroup(
            "time; the kernel lets only CAP_SYS_TIME adjust a clock",
            """
            adjtimex clock_adjtime clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer
            time timer_create timer_delete timer_getoverrun timer_gettime timer_settime
            """
        ),
        SystemCallGroup(
            "queues, semaphores and shared memory of System V and POSIX",
            """
            mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl msgget msgrcv msgsnd semctl
            semget semop semtimedop shmat shmctl shmdt shmget
            """
        ),
        SystemCallGroup(
            "sockets, once they are made",
            """
            accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmsg sendmmsg
            sendmsg sendto setsockopt shutdown socketpair
            """
        ),
        SystemCallGroup("the system", "getrandom sysinfo uname"),
        SystemCallGroup(
            "further restrictions of the process's own",
            "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp"
        ),
        SystemCallGroup(
            "what the processor needs of the kernel",
            "arch_prctl get_thread_area set_thread_area"
        ),
    ]
}
