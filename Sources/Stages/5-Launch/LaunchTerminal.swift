import HostFiles
import HostProcess

/// The terminal of a command: what is typed on the caller's goes to it, and it has the caller's size.
///
/// It is one of ours or of the runtime's, never the caller's own, so that nothing inside can type into that (ioctl_tty(2),
/// TIOCSTI).
final class LaunchTerminal {
    /// Told the size at the start and whenever it changes.
    var onSize: (TerminalSize) -> Void = { _ in }

    private let request: LaunchRequest
    private let loop: EventLoop
    private let mode: TerminalMode?
    /// The controlling side, for its size and what is typed.
    private var controller: Int32?
    private var input: StreamID?
    private(set) var size = TerminalSize.usual

    /// Looks at the caller's terminal.
    ///
    /// - Throws: ``LaunchError`` when its stdin is none.
    init(_ request: LaunchRequest, _ loop: EventLoop) throws(LaunchError) {
        self.request = request
        self.loop = loop
        guard request.caller.onTerminal == nil else {
            mode = nil
            return
        }
        mode = request.caller.standardInput.flatMap { TerminalMode(of: $0) }
        guard mode != nil else {
            throw LaunchError(
                "tty: standard input is no terminal",
                hint: "start it on a terminal, or leave out -t; -i passes standard input on as it is"
            )
        }
        size = currentSize ?? size
    }

    /// Makes a terminal for a launcher or command that is started on it.
    ///
    /// Both sides are the caller's.
    func make() throws(ProcessError) -> (controller: Int32, terminal: Int32) {
        let sides = try makeTerminal()
        do {
            try size.set(on: sides.controller)
        } catch {
            _ = OwnedDescriptor(adopting: sides.controller)
            _ = OwnedDescriptor(adopting: sides.terminal)
            throw error
        }
        return sides
    }

    /// Joins the caller's terminal to the command's, whose controlling side stays the caller's and does not block.
    func join(_ controller: Int32) throws {
        if let handOver = request.caller.onTerminal {
            try? size.set(on: controller)
            return handOver(try OwnedDescriptor.duplicate(of: controller).release())
        }
        let own = try OwnedDescriptor.duplicate(of: controller).release()
        self.controller = own
        mode?.makeRaw()
        resize()
        guard let source = request.caller.standardInput else { return }
        let typed = try OwnedDescriptor.duplicate(of: source).release()
        input = try loop.addStream(typed, sharing: .shared, relay: loop.addOutput(own)) { [self] typed in
            guard let key = TerminalKeys.suspend(of: own), typed.contains(key) else { return }
            awaitStop(checks: 20)
        }
    }

    /// Stops this process too when the command has been stopped by a key, so that the caller's shell takes over; both go on
    /// together.
    ///
    /// A shell inside that has job control is then in the foreground itself, and nothing is stopped here.
    private func awaitStop(checks: Int) {
        _ = loop.addTimer(after: .milliseconds(50)) { [self] in
            guard let controller, let group = TerminalKeys.foregroundGroup(of: controller) else { return }
            if ProcessTable.stat(of: group)?.isStopped == true {
                whileStopped(SignalNumber.haltSelf)
                TerminalKeys.resume(group: group)
            } else if checks > 1 {
                awaitStop(checks: checks - 1)
            }
        }
    }

    private var currentSize: TerminalSize? { request.caller.standardInput.flatMap { TerminalSize(of: $0) } }

    /// Gives the command's terminal the size that the caller's has now.
    func resize() {
        guard let controller, let current = currentSize else { return }
        try? current.set(on: controller)
        if current != size { onSize(current) }
        size = current
    }

    /// Gives the caller's terminal back while this process is stopped.
    func whileStopped(_ stop: () -> Void) {
        mode?.restore()
        stop()
        if controller != nil { mode?.makeRaw() }
        resize()
    }

    /// Nothing more is typed, as nobody reads it.
    func endInput() {
        if let input { loop.removeStream(input) }
        input = nil
    }

    /// Gives the caller's terminal back; the loop is closed by then.
    func close() {
        mode?.restore()
        if let controller { _ = OwnedDescriptor(adopting: controller) }
        controller = nil
    }
}
