internal import HostFiles
import Synchronization

/// Something that happens once, which any number of threads wait for, as often as they like.
package final class Latch: Sendable {
    private let readEnd: Int32
    /// Nil once it is open.
    private let writeEnd: Mutex<Int32?>

    /// A latch that is closed; it has two descriptors until it opens, then one.
    ///
    /// - Throws: ``ProcessError`` when no descriptors are left.
    package init() throws(ProcessError) {
        let pipe = try makePipe()
        readEnd = pipe.read
        writeEnd = Mutex(pipe.write)
    }

    deinit {
        open()
        _ = closeDescriptor(readEnd)
    }

    /// Opens it for good; doing it again is free of effect.
    package func open() {
        writeEnd.withLock { descriptor in
            guard let number = descriptor else { return }
            // Nobody reads it. Closing alone would not tell where a copy of this process, made by fork(2), has it too.
            try? FileContent.write([0], to: number, path: "latch")
            _ = closeDescriptor(number)
            descriptor = nil
        }
    }

    /// Waits until it is open; false when the limit came first. Without a limit it waits for ever.
    ///
    /// - Throws: ``ProcessError`` when poll(2) fails.
    @discardableResult
    package func wait(within limit: Duration? = nil) throws(ProcessError) -> Bool {
        while true {
            if try processHasEnded(readEnd, within: limit ?? .seconds(3600)) { return true }
            if limit != nil { return false }
        }
    }
}
