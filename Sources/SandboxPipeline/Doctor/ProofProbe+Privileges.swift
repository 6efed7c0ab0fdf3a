extension ProofProbe {
    /// System calls and rights that no command needs.
    static let privileges = [
        ProofProbe(
            "ptrace-init",
            // PTRACE_SEIZE, which stops nothing.
            "call ptrace 16902 1 0 0 && ok"
        ),
        ProofProbe(
            "mount",
            "has mount && mount -t tmpfs none \(ProofHost.folder)/dir && ok\n"
                + "call mount text:none text:\(ProofHost.folder)/dir text:tmpfs 0 0 && ok"
        ),
        ProofProbe(
            "unshare",
            // CLONE_NEWUSER and CLONE_NEWNS.
            "has unshare && { unshare -U true || unshare -m true; } && ok\ncall unshare 268566528 && ok"
        ),
        // KEYCTL_GET_KEYRING_ID of the session's.
        ProofProbe("keyctl", "call keyctl 0 -3 1 && ok"),
        // BPF_MAP_CREATE of an array with one entry.
        ProofProbe(
            "bpf",
            "call bpf 0 hex:02000000040000000400000001000000\(zeros(32)) 48 && ok"
        ),
        ProofProbe("io-uring", "call io_uring_setup 1 hex:\(zeros(120)) && ok"),
        // Eight zeros are no module: a kernel that comes to look at them says ENOEXEC.
        ProofProbe(
            "load-module",
            "call init_module hex:\(zeros(8)) 8 text: && ok"
        ),
        // AF_INET and AF_PACKET with SOCK_RAW.
        ProofProbe("raw-socket", "call socket 2 3 1 && ok"),
        ProofProbe("packet-socket", "call socket 17 3 0 && ok"),
        ProofProbe(
            "make-device",
            """
            has mknod || skip 'there is no mknod'
            mknod \(ProofHost.folder)/null c 1 3 && { rm -f \(ProofHost.folder)/null; ok; }
            """
        ),
        ProofProbe(
            "set-user-id",
            """
            f=\(ProofHost.folder)/program
            : >$f && chmod 4755 $f && test -u $f && { rm -f $f; ok; }
            rm -f $f
            """
        ),
        ProofProbe(
            "new-privileges",
            """
            while read -r name value; do
                [ "$name" = NoNewPrivs: ] || continue
                [ "$value" = 0 ] && ok
                exit 1
            done </proc/self/status
            skip '/proc/self/status does not say'
            """
        ),
    ]

    private static func zeros(_ bytes: Int) -> String { String(repeating: "00", count: bytes) }
}
