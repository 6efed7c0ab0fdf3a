internal import CHostShims
import HostFiles

/// A port of 127.0.0.1 that tells whether anybody connected to it.
package struct LoopbackListener: ~Copyable {
    /// In the host's byte order.
    package let port: UInt16
    private let socket: OwnedDescriptor

    /// Listens on a port that is free.
    ///
    /// - Throws: ``ProcessError``.
    package init() throws(ProcessError) {
        var port: UInt16 = 0
        socket = OwnedDescriptor(adopting: try checked("listen on 127.0.0.1", unsafe sbx_loopback_listen(&port)))
        self.port = port
    }

    /// Whether somebody connected since the last call.
    package func wasReached() -> Bool { sbx_loopback_was_reached(socket.number) }
}
