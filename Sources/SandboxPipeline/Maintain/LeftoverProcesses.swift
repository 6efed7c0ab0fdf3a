import ArtifactStore
import HostFiles
import HostProcess
import LaunchStage

/// What of a killed tool's launch still ran, and was ended.
struct LeftoverProcesses {
    private let launch: RunningLaunch
    private let ended: Int

    var endedAny: Bool { ended > 0 }

    /// Kills what is left of a launch: the members of the session that its launcher led, and what lives in its mount
    /// namespace.
    ///
    /// Processes of an earlier boot, or of a later one that bears the launcher's number, are others'.
    init(endingAll launch: RunningLaunch) {
        self.launch = launch
        var found: Set<Int32> = []
        // A second look finds what was forked while the first went on.
        for _ in 0..<5 {
            let left = Self.processes(of: launch)
            if left.isEmpty { break }
            found.formUnion(left)
            for process in left { Self.kill(process) }
        }
        ended = found.count
        if let folder = launch.privateFolder, AbsolutePath.lastComponent(folder).hasPrefix(PrivateFolder.prefix) {
            try? Folder.removeTree(folder)
        }
        // Signed, and of this boot; a folder by another name is none of ours all the same.
        for folder in launch.controlGroup where AbsolutePath.lastComponent(folder).hasPrefix("sbxpipe-") {
            _ = ControlGroup.remove(folder, within: .seconds(1))
        }
    }

    private static func processes(of launch: RunningLaunch) -> [Int32] {
        guard let launcher = launch.launcher, launcher.isOfThisBoot else { return [] }
        if let now = ProcessIdentity(of: launcher.processID), now != launcher { return [] }
        var found = Set(ProcessTable.members(ofSession: launcher.processID))
        let own = ProcessTable.mountNamespace(of: HostIdentity.processID)
        if let namespace = launch.mountNamespace, let own, namespace != own {
            found.formUnion(ProcessTable.members(ofMountNamespace: namespace))
        }
        return found.sorted()
    }

    private static func kill(_ process: Int32) {
        guard let handle = try? ProcessHandle(opening: process) else { return }
        _ = try? handle.send(signal: SignalNumber.kill)
        _ = try? handle.hasEnded(within: .seconds(1))
    }

    private var note: String {
        let what = "run \(launch.id.prefix(12)) of \(launch.name), started \(launch.started), was cut off"
        return ended == 0 ? what : "\(what); \(ended) of its processes still ran and were ended"
    }

    /// What to tell the user.
    static func notes(_ launches: [LeftoverProcesses], _ swept: Sweep) -> [String] {
        var notes = launches.map(\.note)
        if swept.temporaries > 0 {
            let things =
                swept.temporaries == 1
                ? "1 temporary file or folder" : "\(swept.temporaries) temporary files or folders"
            notes.append("cleaned up after an interrupted sbxpipe: \(things) removed")
        }
        return notes
    }
}
