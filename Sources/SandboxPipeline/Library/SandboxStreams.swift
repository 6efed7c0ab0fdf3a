import HostFiles

/// Descriptors of the calling program that a command's streams are joined to, beside being captured.
///
/// They are duplicated when the launch begins, so that they may be closed right after. Writing to them never blocks the
/// launch: what a pipe does not take stays with the command. A pipe whose reader is gone costs no signal, and the command
/// goes on.
public struct SandboxStreams: Sendable, Hashable {
    /// What a command reads whose specification says that it reads the caller's; nil for nothing.
    public var input: Int32?
    /// Where what the command writes to stdout goes; nil for nowhere.
    public var output: Int32?
    /// Where what it writes to stderr goes; nil for nowhere.
    public var error: Int32?

    /// Streams of these descriptors; they are captured alone where none is given.
    public init(input: Int32? = nil, output: Int32? = nil, error: Int32? = nil) {
        self.input = input
        self.output = output
        self.error = error
    }

    /// No descriptor at all: what is written is captured, and nothing else.
    public static let captured = SandboxStreams()
    /// The standard streams of the calling program.
    public static let inherited = SandboxStreams(input: 0, output: 1, error: 2)
}

/// Duplicates of the caller's descriptors, as long as a launch needs them.
struct HeldStreams: ~Copyable {
    private let input: OwnedDescriptor?
    private let output: OwnedDescriptor?
    private let error: OwnedDescriptor?

    /// - Throws: ``FileError`` when one is not open, or no more can be.
    init(_ streams: SandboxStreams) throws(FileError) {
        let first = try Self.duplicate(streams.input)
        let second = try Self.duplicate(streams.output)
        let third = try Self.duplicate(streams.error)
        input = first
        output = second
        error = third
    }

    private static func duplicate(_ descriptor: Int32?) throws(FileError) -> OwnedDescriptor? {
        guard let descriptor else { return nil }
        return try OwnedDescriptor.duplicate(of: descriptor)
    }

    /// The numbers, valid as long as this value lives.
    borrowing func numbers() -> (input: Int32?, output: Int32?, error: Int32?) {
        (Self.number(input), Self.number(output), Self.number(error))
    }

    private static func number(_ held: borrowing OwnedDescriptor?) -> Int32? {
        switch held {
        case .some(let held): held.number
        case .none: nil
        }
    }
}
