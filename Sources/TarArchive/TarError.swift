/// Why an archive could not be written or read; one word, so that passing it on costs nothing.
package struct TarError: Error, Sendable, CustomStringConvertible {
    /// What to decide by; more may come.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The code's name.
        package let description: String

        /// The writer was given an entry or a body that can't be written as asked.
        package static let invalidEntry = Code(description: "invalidEntry")
        /// A path that is empty, absolute, or has a component that is empty, `.` or `..`.
        package static let unsafePath = Code(description: "unsafePath")
        /// A path for the second time, or one that lies below what is no directory.
        package static let duplicate = Code(description: "duplicate")
        /// Neither file, directory nor symlink: a hard link, device, FIFO, sparse file, or a type of somebody's own.
        package static let unsupportedKind = Code(description: "unsupportedKind")
        /// A file had fewer or more bytes than its entry says.
        package static let changedWhileRead = Code(description: "changedWhileRead")
        /// libarchive failed or warned: not a tar, a wrong checksum, cut off within an entry.
        package static let damaged = Code(description: "damaged")
        /// The archive stops without two blocks of zeros: cut off between entries.
        package static let missingEnd = Code(description: "missingEnd")
        /// Something other than zeros follows the end.
        package static let trailingBytes = Code(description: "trailingBytes")
        /// One of ``TarLimits`` is exceeded.
        package static let overLimit = Code(description: "overLimit")
        /// A body is asked for twice, or before the first entry.
        package static let noBody = Code(description: "noBody")
        /// A descriptor can't be read; `errno` says why.
        package static let readFailed = Code(description: "readFailed")
        /// The caller's closure threw; `cause` is its error.
        package static let sinkFailed = Code(description: "sinkFailed")
        /// libarchive could not be set up, or could not write.
        package static let library = Code(description: "library")
    }

    private let details: Details

    /// What to decide by.
    package var code: Code { details.code }

    /// What happened: a sentence of ours or libarchive's, without control bytes.
    package var message: String { details.message }

    /// The entry it happened at, escaped as by ``escaped(_:)``; nil outside of any.
    package var path: String? { details.path }

    /// The system's error number, where there is one.
    package var errno: Int32? { details.errno }

    /// The error that the caller's closure threw.
    package var cause: (any Error)? { details.cause }

    /// Makes an error; the path is escaped here.
    init(_ code: Code, _ message: String, path: [UInt8]? = nil, errno: Int32? = nil, cause: (any Error)? = nil) {
        details = Details(code, message, path: path.map(Self.escaped), errno: errno, cause: cause)
    }

    /// One line: the entry, the message, the cause.
    package var description: String {
        var line = path.map { "tar entry \"\($0)\": \(message)" } ?? "tar: \(message)"
        if let cause { line += ": \(cause)" }
        return line
    }
}

extension TarError {
    private final class Details: Sendable {
        let code: Code
        let message: String
        let path: String?
        let errno: Int32?
        let cause: (any Error)?

        init(_ code: Code, _ message: String, path: String?, errno: Int32?, cause: (any Error)?) {
            self.code = code
            self.message = message
            self.path = path
            self.errno = errno
            self.cause = cause
        }
    }
}
