import HostFiles
import TestSupport
import Testing

/// A workspace whose `mounted` is a FUSE mount (bindfs) of its `below`, made by its user, for as long as a script runs.
///
/// Root mounts in a mount namespace of the script's own: it ends with the script, however that ends. There /dev/fuse is
/// one that everyone may open, as udev makes it elsewhere, and the test's user has an account, without which fusermount
/// helps nobody.
struct FUSELab {
    let space: Workspace

    static var isPossible: Bool {
        guard Requirements.has("bindfs") else { return false }
        if Requirements.isRoot { return Requirements.areRequired || exists("/dev/fuse") }
        return (try? OwnedDescriptor.open("/dev/fuse", [.readWrite])) != nil && hasAccount
    }

    private static var hasAccount: Bool { Accounts.ofHost().user(HostIdentity.current().user) != nil }

    static func exists(_ path: String) -> Bool { ((try? FileStatus.of(path)) ?? nil) != nil }

    init(_ purpose: String, user: UInt32? = nil) throws {
        space = try Workspace(purpose, user: user)
        for folder in ["below", "mounted"] { try space.makeFolder(folder) }
    }

    var below: String { space.folder("work/below") }
    var mounted: String { space.folder("work/mounted") }

    /// Runs a script of bash in the working folder, as the user, with the tool as `$S` and the mount there; `$AS ` before
    /// a command makes it the user's in a script that `isRoot` lets be root.
    func run(_ script: String, isRoot: Bool = false, adding: [String: String] = [:]) throws -> ToolRun {
        let drop = space.user.map { "setpriv --reuid \($0) --regid \($0) --clear-groups --inh-caps=-all --" } ?? ""
        let variables = ["AS": drop, "USER_ID": space.user.map(String.init) ?? "", "SCRIPT": script]
        let command = ["/bin/bash", "-c", (Requirements.isRoot ? Self.ownHost : "") + Self.mount]
        let run = try Program.run(
            (Requirements.isRoot ? ["/usr/bin/unshare", "--mount", "--"] : [])
                + command + [Tool.path, isRoot ? "" : drop],
            in: space.work,
            environment: space.environment.merging(variables.merging(adding) { $1 }) { $1 }
        )
        let left = MountTable.current().entries.filter { AbsolutePath.contains(space.folder.path, $0.point) }
        #expect(left.isEmpty, "mounts are left: \(left)")
        return run
    }

    private static let ownHost = """
        set -e
        export PATH="$PATH:/usr/sbin:/sbin"
        mount --make-rprivate /
        own=$(mktemp -d); mount -t tmpfs own "$own"
        mknod -m 666 "$own/fuse" c 10 229; mount --bind "$own/fuse" /dev/fuse
        if [ -n "$USER_ID" ]; then
            { cat /etc/passwd; echo "someone:x:$USER_ID:$USER_ID::/nonexistent:/bin/sh"; } >"$own/passwd"
            mount --bind "$own/passwd" /etc/passwd
        fi
        umount -l "$own"; rmdir "$own"

        """

    private static let mount = """
        set -e
        export S=$0
        $AS bindfs -f --no-allow-other below mounted & bindfs=$!
        end() {
            code=$?
            kill $bindfs 2>/dev/null || :; wait $bindfs || :
            fusermount -u -z mounted 2>/dev/null || fusermount3 -u -z mounted 2>/dev/null || :
            exit $code
        }
        trap end EXIT
        for i in {1..500}; do grep -q " $PWD/mounted .* - fuse" /proc/self/mountinfo && break; sleep 0.01; done
        grep -q " $PWD/mounted .* - fuse" /proc/self/mountinfo || { echo "bindfs did not mount" >&2; exit 90; }
        $1 /bin/bash -euc "$SCRIPT"
        """
}
