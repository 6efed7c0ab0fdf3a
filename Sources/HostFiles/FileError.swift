#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A system call on a file that failed, with the call, the path and the kernel's reason.
package struct FileError: Error, Hashable, CustomStringConvertible {
    /// What went wrong, as far as callers decide by it.
    package enum Code: Sendable, Hashable {
        case notFound, notAllowed, exists, notAFolder, isAFolder, readOnly, noSpace, tooLarge, notRegular
        case tooManySymlinks, outside, other(Int32)
    }

    package let code: Code
    package let operation: String
    package let path: String
    private let cause: Cause

    /// Most errors are never shown: a number becomes words when somebody asks for them.
    private enum Cause: Hashable { case words(String), number(Int32) }

    package var reason: String {
        switch cause {
        case .words(let words): words
        case .number(let number): errorText(number)
        }
    }

    package init(code: Code, operation: String, path: String, reason: String) {
        self.code = code
        self.operation = operation
        self.path = path
        cause = .words(reason)
    }

    /// Makes an error of `errno`.
    package init(_ operation: String, _ path: String, errno number: Int32 = currentErrno()) {
        code =
            switch number {
            case ENOENT: .notFound
            case EACCES, EPERM: .notAllowed
            case EEXIST, ENOTEMPTY: .exists
            case ENOTDIR: .notAFolder
            case EISDIR: .isAFolder
            case EROFS: .readOnly
            case ENOSPC, EDQUOT: .noSpace
            case EFBIG: .tooLarge
            case ELOOP: .tooManySymlinks
            case EXDEV: .outside
            default: .other(number)
            }
        self.operation = operation
        self.path = path
        cause = .number(number)
    }

    package var description: String { "\(operation) \(Printable.escaped(path)): \(reason)" }
}

/// The text of strerror(3) in the C locale, without the leading capital.
package func errorText(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    let words = unsafe String(cString: text)
    return words.prefix(1).lowercased() + words.dropFirst()
}

/// errno of the calling thread.
package func currentErrno() -> Int32 { errno }
