#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A terminal of the caller's, whose settings are put back as they were found.
package final class TerminalMode {
    private let descriptor: Int32
    private var found = termios()
    private var isRaw = false

    /// Notes the settings; nil when the descriptor, which stays the caller's, is no terminal.
    package init?(of descriptor: Int32) {
        self.descriptor = descriptor
        guard unsafe tcgetattr(descriptor, &found) == 0 else { return nil }
    }

    /// Passes every byte on as it is typed, and shows none (cfmakeraw(3)).
    ///
    /// A process in the background is stopped by it, as by any change of its terminal (SIGTTOU).
    package func makeRaw() {
        var raw = found
        unsafe cfmakeraw(&raw)
        isRaw = unsafe tcsetattr(descriptor, TCSANOW, &raw) == 0
    }

    /// Puts the settings back; once for each ``makeRaw()``.
    package func restore() {
        guard isRaw else { return }
        isRaw = unsafe tcsetattr(descriptor, TCSANOW, &found) != 0
    }

    deinit { restore() }
}

/// What a terminal does at a key, seen from its controlling side, which its settings can be read from as well.
package enum TerminalKeys {
    /// The byte that stops the foreground group; nil where none does.
    package static func suspend(of controller: Int32) -> UInt8? {
        var settings = termios()
        guard unsafe tcgetattr(controller, &settings) == 0, settings.c_lflag & tcflag_t(ISIG) != 0 else { return nil }
        let byte = unsafe withUnsafeBytes(of: settings.c_cc) { unsafe $0[Int(VSUSP)] }
        return byte == 0 ? nil : byte
    }

    /// Number of the process group in the foreground; nil where there is none, or none that this process can see.
    package static func foregroundGroup(of controller: Int32) -> Int32? {
        let group = tcgetpgrp(controller)
        return group > 1 ? group : nil
    }

    /// Has a process group go on that was stopped.
    package static func resume(group: Int32) { if group > 1 { _ = kill(-group, SIGCONT) } }
}
