import PipelineContracts
import ArtifactStore
import ContentAddressing
import HostFiles
import HostProcess
import JSONText
import LaunchStage

/// Keeps the lease of a launch up to date.
final class LaunchLease {
    private let lease: Lease?
    private let cache: String
    private var launch: RunningLaunch

    init(_ store: Store, _ request: LaunchRequest, name: String, id: String) {
        lease = store.lease
        cache = store.location.cache + "/"
        launch = RunningLaunch(
            id: id,
            name: name,
            plan: request.plan,
            started: HostSystem.timestamp(request.started),
            owner: HostIdentity.processID
        )
        launch.ownPIDs = request.archive.ownPIDs
        launch.commandIsChild = request.archive.commandIsChild
        launch.captureLimit = request.archive.description.capture.limit
        launch.grace = request.archive.description.limits?.grace
    }

    /// Says what is known now; a lease that can't be written stops no launch.
    func note(_ event: LaunchEvent) {
        switch event {
        case .started(let launcher):
            launch.launcher = ProcessIdentity(of: launcher)
        case .child(let child):
            launch.child = child
            if !launch.ownPIDs { launch.mountNamespace = ProcessTable.mountNamespace(of: child) }
        case .controlGroup(let folders): launch.controlGroup = folders
        case .privateFolder(let folder): launch.privateFolder = folder
        case .captures(let streams, let frames):
            launch.captures = streams.mapValues(below)
            launch.frames = below(frames)
        }
        try? lease?.use(launch.json)
    }

    private func below(_ path: String) -> String { path.hasPrefix(cache) ? String(path.dropFirst(cache.count)) : path }

    func end() { try? lease?.end() }
}
