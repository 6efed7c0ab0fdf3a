import ArtifactStore
import HostFiles
import HostProcess

/// Who holds the store's lock.
enum StoreUsers {
    /// The error that names them.
    static func error(of store: Store) -> PipelineError {
        let own = HostIdentity.processID
        let holders = Set(store.lockFiles.flatMap { FileLockHolder.all(of: $0) }).filter { $0.processID != own }
        let names = holders.sorted { $0.processID < $1.processID }.map { holder in
            "process \(holder.processID)" + (holder.command.map { " (\($0))" } ?? "")
        }
        return PipelineError(
            "the store is in use by " + (names.isEmpty ? "another process" : names.joined(separator: ", ")),
            hint: "try again when it is done; what runs for long does not hold the store"
        )
    }
}
