import HostFiles
import HostProcess
import Synchronization

/// What a program that launches asks of a launch under way, from any of its threads.
///
/// Orders are carried out by the thread of the launch, in order; those given before the command runs wait for it.
package final class LaunchControl: Sendable {
    enum Order {
        /// To the command itself.
        case signal(Int32)
        /// Ends all of the sandbox.
        case kill
        /// TERM to the command, and the end of all after the grace.
        case terminate(grace: Duration)
    }

    private struct State {
        var orders: [Order] = []
        /// Wakes the loop of the launch, as long as it runs.
        var wake: Int32?
        var isOver = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Sends a signal to the command itself; false when the launch is over.
    package func send(signal: Int32) -> Bool { give(.signal(signal)) }

    /// Ends the sandbox at once.
    package func kill() { _ = give(.kill) }

    /// Asks the command to end, and ends the sandbox when it has not after the grace.
    package func terminate(grace: Duration) { _ = give(.terminate(grace: grace)) }

    private func give(_ order: Order) -> Bool {
        state.withLock { state in
            if state.isOver { return false }
            state.orders.append(order)
            // The reader is there as long as this end is, and the first of several orders is enough to wake it.
            if let wake = state.wake, state.orders.count == 1 {
                try? FileContent.write([0], to: wake, path: "launch control")
            }
            return true
        }
    }

    /// Hands over what was ordered since the last time.
    func takeOrders() -> [Order] {
        state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    /// Has the loop call a handler whenever something is ordered, until ``detach()``.
    func attach(to loop: EventLoop, onOrders: @escaping () -> Void) throws(ProcessError) {
        let pipe = try makePipe()
        let write = OwnedDescriptor(adopting: pipe.write)
        try loop.addStream(pipe.read, onBytes: { _ in onOrders() })
        let wake = write.release()
        state.withLock { state in
            state.wake = wake
            // What came before is carried out as soon as the loop runs.
            if !state.orders.isEmpty { try? FileContent.write([0], to: wake, path: "launch control") }
        }
    }

    /// No order is taken from here on; the loop's stream ends.
    package func detach() {
        state.withLock { state in
            state.isOver = true
            if let wake = state.wake { _ = OwnedDescriptor(adopting: wake) }
            state.wake = nil
        }
    }
}
