internal import CHostShims
import HostFiles

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The socket at which a runtime of the Open Container Initiative hands over the terminal that it makes.
///
/// Nothing waits: whoever waits for the runtime asks each time. A runtime that ends before it connects leaves nothing.
package final class ConsoleSocket {
    private let listener: OwnedDescriptor
    /// -1 before the runtime has connected.
    private var connection: Int32 = -1

    /// Listens at a path that is not there yet, of at most 107 bytes (unix(7)).
    ///
    /// - Throws: ``ProcessError``.
    package init(at path: String) throws(ProcessError) {
        listener = OwnedDescriptor(adopting: try checked("listen for a terminal", unsafe sbx_console_listen(path)))
    }

    /// The longest path that a socket can have, in bytes.
    package static let longestPath = 107

    /// The controlling side, which is the caller's from then on; nil as long as it has not come.
    ///
    /// - Throws: ``ProcessError`` when what came is no terminal.
    package func take() throws(ProcessError) -> Int32? {
        if connection < 0 {
            guard let accepted = try Self.ready("accept a terminal", sbx_console_accept(listener.number)) else {
                return nil
            }
            connection = accepted
        }
        return try Self.ready("receive a terminal", sbx_console_receive(connection))
    }

    deinit { if connection >= 0 { _ = closeDescriptor(connection) } }

    private static func ready(_ operation: String, _ result: Int32) throws(ProcessError) -> Int32? {
        result == -EAGAIN ? nil : try checked(operation, result)
    }
}
