#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A call on a process, a pipe or a signal that failed.
package struct ProcessError: Error, Hashable, CustomStringConvertible {
    /// What went wrong, as far as callers decide by it.
    package enum Code: Sendable, Hashable {
        /// The request can't be carried out by any kernel, as an argument with a zero byte.
        case invalidRequest
        /// The process could not be started; the executable itself was not tried.
        case startFailed
        /// The kernel refused the executable: EACCES, ENOEXEC, E2BIG; ENOENT for a script or a missing ELF interpreter.
        case executionFailed
        /// The process is gone, or is not (any more) a child that can be reaped.
        case noSuchProcess
        case notAllowed
        /// The platform has no such call.
        case unsupported
        case systemCall
    }

    package let code: Code
    package let operation: String
    package let message: String
    /// The errno behind it; 0 when there is none.
    package let systemError: Int32

    package init(code: Code, operation: String, message: String, systemError: Int32 = 0) {
        self.code = code
        self.operation = operation
        self.message = message
        self.systemError = systemError
    }

    /// Makes an error of an errno, which is given as a code of its own where the caller knows better.
    package init(_ operation: String, errno number: Int32, code: Code? = nil) {
        let general: Code =
            switch number {
            case ESRCH, ECHILD: .noSuchProcess
            case EPERM, EACCES: .notAllowed
            case ENOSYS, ENOTSUP: .unsupported
            default: .systemCall
            }
        self.init(code: code ?? general, operation: operation, message: reason(number), systemError: number)
    }

    /// Whether there were no descriptors left, for this process or the system.
    package var isOutOfDescriptors: Bool { systemError == EMFILE || systemError == ENFILE }

    package var description: String { "\(operation): \(message)" }
}

/// The text of strerror(3), without the leading capital.
private func reason(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    let words = unsafe String(cString: text)
    return words.prefix(1).lowercased() + words.dropFirst()
}
