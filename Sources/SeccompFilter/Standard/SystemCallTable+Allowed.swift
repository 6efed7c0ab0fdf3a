extension SystemCallTable {
    /// Calls that are allowed whatever their arguments: they reach what the process could reach anyway.
    static let allowed = [
        SystemCallGroup(
            "files and folders",
            """
            access chdir chown chown32 close close_range copy_file_range dup dup2 dup3 faccessat faccessat2 fadvise64
            fadvise64_64 arm_fadvise64_64 fallocate fchdir fchown fchown32 fchownat fcntl fcntl64 fdatasync flock fstat
            fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64 futimesat getcwd getdents getdents64 lchown
            lchown32 link linkat lseek _llseek lstat lstat64 mkdir mkdirat newfstatat oldfstat oldlstat oldstat readdir
            readlink readlinkat rename renameat renameat2 rmdir stat stat64 statfs statfs64 statx symlink symlinkat sync
            syncfs truncate truncate64 umask unlink unlinkat utime utimensat utimensat_time64 utimes
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
            cachestat io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit pipe pipe2
            pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readv sendfile sendfile64 splice
            sync_file_range arm_sync_file_range tee vmsplice write writev
            """
        ),
        SystemCallGroup(
            "waiting for events",
            """
            epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 inotify_add_watch
            inotify_init inotify_init1 inotify_rm_watch _newselect poll ppoll ppoll_time64 pselect6 pselect6_time64 select
            signalfd signalfd4 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64
            """
        ),
        SystemCallGroup(
            "memory",
            """
            brk get_mempolicy madvise map_shadow_stack mbind membarrier memfd_create memfd_secret mincore mlock mlock2
            mlockall mmap mmap2 mprotect mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect
            process_madvise process_mrelease remap_file_pages set_mempolicy set_mempolicy_home_node
            """
        ),
        SystemCallGroup(
            "processes and threads",
            """
            capget capset execve execveat exit exit_group fork futex futex_requeue futex_time64 futex_wait futex_waitv
            futex_wake get_robust_list getcpu getpgid getpgrp getpid getppid getpriority getrlimit getrusage getsid gettid
            ioprio_get ioprio_set kill nice pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq
            sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
            sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr
            sched_setparam sched_setscheduler sched_yield set_robust_list set_tid_address setpgid setpriority setrlimit
            setsid tgkill times tkill ugetrlimit vfork wait4 waitid waitpid
            """
        ),
        SystemCallGroup(
            "users and groups",
            """
            getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getresgid getresgid32 getresuid
            getresuid32 getuid getuid32 setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32
            setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setuid setuid32
            """
        ),
        SystemCallGroup(
            "signals",
            """
            alarm pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
            rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sgetmask sigaction sigaltstack signal sigpending
            sigprocmask sigreturn sigsuspend ssetmask
            """
        ),
        SystemCallGroup(
            "time; the kernel lets only CAP_SYS_TIME adjust a clock",
            """
            adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
            clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create
            timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64
            """
        ),
        SystemCallGroup(
            "queues, semaphores and shared memory of System V and POSIX",
            """
            ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
            mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt
            shmget
            """
        ),
        SystemCallGroup(
            "sockets, once they are made",
            """
            accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64
            recvmsg send sendmmsg sendmsg sendto setsockopt shutdown socketpair
            """
        ),
        SystemCallGroup("the system", "getrandom oldolduname olduname sysinfo uname"),
        SystemCallGroup(
            "further restrictions of the process's own",
            "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp"
        ),
        SystemCallGroup(
            "what the processor needs of the kernel",
            "arch_prctl breakpoint cacheflush get_thread_area get_tls set_thread_area set_tls"
        ),
    ]
}
