import HostFiles

/// The lock on the store as a whole: shared while something is looked up and published, alone while gc deletes.
extension Store {
    /// Keeps gc out from here until ``StoreHold/release()``, between finding an object and publishing what names it.
    ///
    /// Waits for gc, but not for ever; `waiting` is told once if it has to.
    ///
    /// - Throws: ``StoreError`` `busy` when somebody has the store alone for two minutes.
    package func hold(waiting: () -> Void = {}) throws(StoreError) -> StoreHold {
        let file = try openLock()
        var patience = 6000
        while try !lock({ () throws(FileError) in try FileLock.tryShared(file.number, path: "lock") }) {
            if patience == 6000 { waiting() }
            patience -= 1
            guard patience > 0 else {
                throw StoreError(.busy, "store: another process has had it alone for two minutes", hint: Self.busyHint)
            }
            HostSystem.sleep(milliseconds: 20)
        }
        return StoreHold(file.release())
    }

    /// Does something under a hold.
    package func held<Result>(waiting: () -> Void = {}, _ body: () throws -> Result) throws -> Result {
        let hold = try hold(waiting: waiting)
        defer { hold.release() }
        return try body()
    }

    /// Does something that needs the store alone; tries for as long as `patience` milliseconds.
    ///
    /// - Throws: ``StoreError`` `busy` when others use it all that time; what `body` throws.
    package func alone<Result>(patience: Int, _ body: () throws -> Result) throws -> Result {
        let file = try openLock()
        var left = patience
        while try !lock({ () throws(FileError) in try FileLock.tryExclusive(file.number, path: "lock") }) {
            guard left > 0 else { throw StoreError(.busy, "store: others are using it", hint: Self.busyHint) }
            HostSystem.sleep(milliseconds: 5)
            left -= 5
        }
        return try body()
    }

    /// The file that the lock is on, for telling who holds it.
    package var lockFile: String { path("lock") }

    private static var busyHint: String { "try again when they are done" }

    private func openLock() throws(StoreError) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor.open(lockFile, [.readWrite, .create, .noFollow, .nonBlocking], mode: 0o600)
        } catch {
            throw StoreError("lock it", error)
        }
    }

    private func lock(_ attempt: () throws(FileError) -> Bool) throws(StoreError) -> Bool {
        do { return try attempt() } catch { throw StoreError("lock it", error) }
    }
}

/// The store's lock, shared with others that look up and publish.
package final class StoreHold {
    private var file: Int32?

    init(_ file: Int32) { self.file = file }

    /// Lets go; doing it again is free of effect.
    package func release() {
        guard let number = file else { return }
        file = nil
        _ = OwnedDescriptor(adopting: number)
    }

    deinit { release() }
}
