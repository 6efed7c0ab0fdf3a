import HostFiles
import PipelineContracts
import Runtimes

extension LauncherFacts {
    /// Opens the launcher's file, which must be the one that was looked at.
    ///
    /// - Throws: ``LaunchError``, ``FileError``.
    func open() throws -> OwnedDescriptor {
        let file = try OwnedDescriptor.open(path, [.pathOnly, .noFollow])
        let opened = try FileStatus.of(descriptor: file.number, path: path)
        guard fingerprint == FoundLauncher.fingerprint(opened) else {
            throw LaunchError("launcher \(path) changed since it was looked at", hint: "try again")
        }
        return file
    }
}
