import ContentAddressing
import HostFiles
package import PipelineContracts
package import Runtimes

/// A folder of one launch on a file system in memory, for what a runtime has to be given in files: config.json with the
/// values of secrets, and the state that the runtime keeps, where values stand too.
///
/// It is 0700, bears a random name, and is gone when the launch is; of a tool that was killed, the next start removes it.
package final class PrivateFolder {
    package let path: String

    /// Nothing is made yet.
    ///
    /// - Throws: ``MountProblem`` where there is no place for it.
    init(_ secrets: [SecretBinding], _ host: HostView) throws(MountProblem) {
        path = try Self.place(for: secrets, host) + "/" + Self.prefix + Digest.hexText(HostSystem.randomBytes(8))
    }

    /// What the names of such folders begin with.
    package static let prefix = "sbxpipe-"

    /// The type that statfs(2) tells of a tmpfs (TMPFS_MAGIC).
    private static let memory: Int64 = 0x0102_1994

    /// The first folder that is a tmpfs and that the caller may write: its runtime folder, /dev/shm, /run.
    ///
    /// - Throws: ``MountProblem`` that names the first secret when there is none.
    package static func place(for secrets: [SecretBinding], _ host: HostView) throws(MountProblem) -> String {
        let places = [host.runtimeFolder, "/dev/shm", "/run"].compactMap(\.self)
        guard let usable = places.first(where: { isUsable($0, by: host.identity.user) }) else {
            throw MountProblem(
                secrets.first?.field ?? "secrets",
                "the runtime is given it in a file, which must lie on a tmpfs that you may write: there is none at "
                    + "XDG_RUNTIME_DIR, /dev/shm and /run",
                hint: "runtime \"bwrap\" needs none"
            )
        }
        return usable
    }

    /// Where others may rename what is made, they could put something else in its place: a sticky folder is fine.
    private static func isUsable(_ folder: String, by user: UInt32) -> Bool {
        guard HostSystem.fileSystemType(folder) == memory, FileMode.mayWrite(folder), FileMode.mayExecute(folder),
            let status = (try? FileStatus.of(folder)) ?? nil
        else { return false }
        return !status.writableByOthers(than: user)
    }

    func make() throws(LaunchError) {
        let isNew: Bool
        do throws(FileError) { isNew = try Folder.make(path) } catch { throw LaunchError("secrets: \(error)") }
        guard isNew else { throw LaunchError("secrets: \(path) is there already") }
    }

    /// Removes it with all that is in it; nothing there is fine.
    func remove() { try? Folder.removeTree(path) }
}
