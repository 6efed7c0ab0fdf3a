import HostFiles

/// The lock on the store as a whole: shared while something is looked up and published, alone while gc deletes.
///
/// Two files: whoever wants the store alone first takes `turn` and keeps it until done, and whoever shares passes by
/// `turn` on the way in. So those that share, however many, can't keep the other one out for ever.
extension Store {
    /// Keeps gc out from here until ``StoreHold/release()``, between finding an object and publishing what names it.
    ///
    /// Waits for gc, but not for ever; `waiting` is told once if it has to. Within an operation, which is what has a
    /// lease, holds may be nested.
    ///
    /// - Throws: ``StoreError`` `busy` when somebody has the store alone for two minutes.
    package func hold(waiting: () -> Void = {}) throws(StoreError) -> StoreHold {
        if let lease, lease.joinHold() { return StoreHold(nil, lease) }
        let turn = try open("turn")
        try wait(waiting) { () throws(FileError) in try FileLock.tryShared(turn.number, path: "turn") }
        let file = try open("lock")
        try wait {
        } _: { () throws(FileError) in
            try FileLock.tryShared(file.number, path: "lock")
        }
        lease?.startHold()
        return StoreHold(file.release(), lease)
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
        var left = patience
        func wait(for file: Int32, _ name: String) throws(StoreError) {
            while try !attempt({ () throws(FileError) in try FileLock.tryExclusive(file, path: name) }) {
                guard left > 0 else { throw StoreError(.busy, "store: others are using it", hint: Self.busyHint) }
                HostSystem.sleep(milliseconds: 2)
                left -= 2
            }
        }
        let turn = try open("turn")
        try wait(for: turn.number, "turn")
        let file = try open("lock")
        try wait(for: file.number, "lock")
        return try body()
    }

    /// The files that the locks are on, for telling who holds them.
    package var lockFiles: [String] { [path("lock"), path("turn")] }

    private static var busyHint: String { "try again when they are done" }

    private func wait(_ waiting: () -> Void, _ take: () throws(FileError) -> Bool) throws(StoreError) {
        var patience = 12_000
        while try !attempt(take) {
            if patience == 12_000 { waiting() }
            patience -= 1
            guard patience > 0 else {
                throw StoreError(.busy, "store: another process has had it alone for two minutes", hint: Self.busyHint)
            }
            HostSystem.sleep(milliseconds: 10)
        }
    }

    private func open(_ name: String) throws(StoreError) -> OwnedDescriptor {
        do {
            return try OwnedDescriptor.open(path(name), [.readWrite, .create, .noFollow, .nonBlocking], mode: 0o600)
        } catch {
            throw StoreError("lock it", error)
        }
    }

    private func attempt(_ take: () throws(FileError) -> Bool) throws(StoreError) -> Bool {
        do { return try take() } catch { throw StoreError("lock it", error) }
    }
}

/// The store's lock, shared with others that look up and publish.
package final class StoreHold {
    private var file: Int32?
    private var lease: Lease?
    private var isHeld = true

    init(_ file: Int32?, _ lease: Lease?) {
        self.file = file
        self.lease = lease
    }

    /// Lets go; doing it again is free of effect.
    ///
    /// Of nested ones, the outermost counts.
    package func release() {
        guard isHeld else { return }
        isHeld = false
        guard let lease else {
            if let file { _ = OwnedDescriptor(adopting: file) }
            return
        }
        if let file { lease.keepUntilLast(file) }
        lease.endHold()
    }

    deinit { release() }
}
