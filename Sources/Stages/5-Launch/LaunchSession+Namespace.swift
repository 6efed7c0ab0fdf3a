import HostFiles
import HostProcess
import PipelineContracts
import Runtimes

extension LaunchSession {
    /// The user namespace that bubblewrap starts in.
    func namespace(_ ids: SubordinateIDs) throws -> SubordinateNamespace {
        let mapping = request.archive.description.user
        return try SubordinateNamespace(
            ids,
            user: mapping.user ?? 0,
            group: mapping.group ?? 0,
            mappers: request.runtime.mappers
        )
    }

    /// Gives the caller what the command's other ids left in folders of ours, so that it can be read and removed.
    func takeBackFolders() {
        guard let ids = prepared.ids, !request.host.identity.isRoot, !prepared.watched.isEmpty else { return }
        let namespace = try? namespace(ids)
        for place in prepared.watched { try? namespace?.takeOwnership(of: place.folder) }
    }
}
