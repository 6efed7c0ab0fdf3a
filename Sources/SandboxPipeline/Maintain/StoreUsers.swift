import ArtifactStore
import HostProcess

/// Who holds the store's lock.
enum StoreUsers {
    /// The error that names them.
    static func error(of store: Store) -> PipelineError {
        let names = FileLockHolder.all(of: store.lockFile).map { holder in
            "process \(holder.processID)" + (holder.command.map { " (\($0))" } ?? "")
        }
        return PipelineError(
            "the store is in use by " + (names.isEmpty ? "another process" : names.joined(separator: ", ")),
            hint: "try again when it is done; what runs for long does not hold the store"
        )
    }
}
