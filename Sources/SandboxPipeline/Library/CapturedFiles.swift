import ArtifactStore
import HostFiles
import Synchronization

/// Files with a launch's stdout and stderr for the program that launched it, beside the captures.
///
/// They lie in the store's `tmp` under a lease, so that those of a program that was killed are cleaned up by the next.
final class CapturedFiles: Sendable {
    let output: String
    let error: String
    private let folder: String
    /// Holds the lease that the folder belongs to.
    private let store: Store
    private let limit: Int64
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var output: Sink
        var error: Sink
    }

    private struct Sink: ~Copyable {
        let file: OwnedDescriptor
        var count: Int64 = 0

        init(_ path: String) throws(FileError) {
            file = try OwnedDescriptor.open(path, [.write, .create, .exclusive, .noFollow], mode: 0o600)
        }

        /// A disk that is full costs the rest of the file, not the launch.
        mutating func append(_ bytes: UnsafeRawBufferPointer, limit: Int64) {
            let room = Int(min(Int64(bytes.count), max(0, limit - count)))
            guard room > 0 else { return }
            do {
                try FileContent.write(UnsafeRawBufferPointer(rebasing: bytes[..<room]), to: file.number, at: count)
                count += Int64(room)
            } catch {
                count = limit
            }
        }
    }

    /// Makes the files, empty; each takes `limit` bytes.
    init(in store: Store, limit: Int64) throws(FileError) {
        self.store = store
        self.limit = limit
        folder = store.temporaryPath("captured")
        output = AbsolutePath.join(folder, "stdout")
        error = AbsolutePath.join(folder, "stderr")
        try Folder.make(folder)
        do {
            state = Mutex(State(output: try Sink(output), error: try Sink(error)))
        } catch {
            try? Folder.removeTree(folder)
            throw error
        }
    }

    deinit { try? Folder.removeTree(folder) }

    /// Adds a piece of a stream; what is neither stdout nor stderr is both, and goes to stdout's.
    func append(_ stream: String, _ bytes: UnsafeRawBufferPointer) {
        state.withLock { state in
            if stream == "stderr" {
                state.error.append(bytes, limit: limit)
            } else {
                state.output.append(bytes, limit: limit)
            }
        }
    }
}
