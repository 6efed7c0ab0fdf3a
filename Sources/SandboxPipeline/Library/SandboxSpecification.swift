import HostFiles
import JSONText
import SandboxSpec

/// One sandboxed command, declared: what the JSON of a `sandbox.json` says, as a value.
///
/// Every value is a valid specification, with the relative paths of its mounts, stdin and broker starting at ``folder``.
/// Whether a host has what it names, and can enforce what it asks for, is found out by ``Pipeline/plan(_:)``. What it does
/// not say is the preset's, `baseline` unless named: the host read-only, no network, all namespaces.
public struct SandboxSpecification: Sendable {
    /// A file or folder of the host at a place inside.
    public struct Bind: Sendable, Hashable {
        /// On the host: absolute, with `~`, or relative to the specification's folder.
        public var source: String
        /// Inside: absolute, or with `~`.
        ///
        /// Missing folders are made at the top level or on a tmpfs alone.
        public var destination: String
        /// Whether the command may write it.
        public var isWritable: Bool
        /// Whether a missing source is passed over; else planning fails.
        public var isOptional: Bool

        /// A bind that is read-only and whose source has to be there, unless told otherwise.
        public init(_ source: String, at destination: String, isWritable: Bool = false, isOptional: Bool = false) {
            self.source = source
            self.destination = destination
            self.isWritable = isWritable
            self.isOptional = isOptional
        }
    }

    let source: SpecSource

    init(source: SpecSource) { self.source = source }

    /// Its name: that of its plans and runs.
    public var name: String { source.spec.name }
    /// Where its relative paths start; absolute.
    public var folder: String { source.base }
    /// The same specification as JSON in its normal form; read with ``folder`` it gives an equal one.
    public var json: String { source.spec.json.pretty() }

    /// Reads JSON, in which `//` and `/* */` comments are allowed.
    ///
    /// - Parameters:
    ///   - json: The whole text, at most 4 MiB.
    ///   - folder: Where its relative paths start; relative to the working folder of this process.
    ///   - name: Its name where the text says none; nil for one made of the command.
    /// - Throws: ``SandboxError`` with `invalidSpecification`, naming the field or the line.
    public init(json: String, folder: String = ".", name: String? = nil) throws(SandboxError) {
        do {
            guard json.utf8.count <= SpecSource.sizeLimit else {
                throw SpecError(field: "", message: "a specification has at most \(SpecSource.sizeLimit) bytes")
            }
            try self.init(SpecText.parse(Array(json.utf8), file: ""), folder: folder, name: name)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    /// Reads a file, in whose folder its relative paths start.
    ///
    /// The file is read-only inside, even where a mount would make it writable.
    ///
    /// - Parameter path: The file's path.
    /// - Throws: ``SandboxError`` with `invalidSpecification`, naming the file and the field or line; `failed` when it
    ///   can't be read.
    public init(file path: String) throws(SandboxError) {
        do {
            source = try SpecSource.file(path, flags: SharedFlags(), workingFolder: try AbsolutePath.current())
        } catch {
            throw SandboxError(error, source: path)
        }
    }

    /// Declares a command.
    ///
    /// - Parameters:
    ///   - command: The arguments, the first of them the command: a path inside, or a name that is looked up on the PATH
    ///     inside.
    ///   - workingFolder: Where it starts; absolute, inside.
    ///   - environment: Variables that it has, over those that it inherits.
    ///   - inheriting: Names, with wildcards, of the variables that it inherits from the pipeline's environment; nil for
    ///     the usual ones (PATH, HOME, USER, LANG, LC_*, TZ, TERM).
    ///   - binds: What of the host is where inside.
    ///   - readsInput: Whether it reads ``SandboxStreams/input``; else its stdin is empty.
    ///   - hasTerminal: Whether its streams are a terminal (``Pipeline/spawnInteractive(_:)``).
    ///   - name: Its name (a letter or `_`, then letters, digits, `.`, `_`, `-`); nil for one made of the command.
    /// - Throws: ``SandboxError`` with `invalidSpecification`.
    public init(
        command: [String],
        workingFolder: String = "/",
        environment: [String: String] = [:],
        inheriting: [String]? = nil,
        binds: [Bind] = [],
        readsInput: Bool = false,
        hasTerminal: Bool = false,
        name: String? = nil
    ) throws(SandboxError) {
        var rules = SpecDraft(command: command, workingFolder: workingFolder, name: name)
        rules.environment = environment
        rules.inheriting = inheriting
        rules.mounts = binds.map { bind in
            .members([
                "bind": .string(bind.source),
                "at": .string(bind.destination),
                "mode": bind.isWritable ? "rw" : nil,
                "optional": bind.isOptional ? true : nil,
            ])
        }
        rules.others["stdin"] = readsInput ? "inherit" : nil
        rules.others["tty"] = hasTerminal ? true : nil
        try self.init(rules, folder: ".")
    }

    init(_ draft: SpecDraft, folder: String) throws(SandboxError) {
        do {
            try self.init(draft.json, folder: folder, name: nil)
        } catch {
            throw SandboxError(error, source: "")
        }
    }

    private init(_ json: JSONValue, folder: String, name: String?) throws {
        if let name, !SpecName.isValid(name) {
            throw SpecError(field: "name", message: "\"\(Printable.escaped(name))\" is no name")
        }
        let command = json["command"]?.arrayValue?.first?.stringValue ?? ""
        let spec = try SpecText.spec(from: json, source: "", name: name ?? SpecName.derived(fromCommand: command))
        source = SpecSource(spec: spec, label: "", file: nil, base: try Self.absolute(folder))
    }

    static func absolute(_ folder: String) throws -> String {
        if AbsolutePath.isAbsolute(folder) { return AbsolutePath.normalised(folder) }
        return AbsolutePath.normalised(AbsolutePath.join(try AbsolutePath.current(), folder))
    }
}

/// A specification that is made of values, on its way to JSON: what users write and what programs declare is checked by
/// the same code.
struct SpecDraft {
    let command: [String]
    let workingFolder: String
    let name: String?
    var environment: [String: String] = [:]
    var inheriting: [String]?
    var mounts: [JSONValue] = []
    /// More fields by name.
    var others: [String: JSONValue] = [:]

    init(command: [String], workingFolder: String, name: String?) {
        self.command = command
        self.workingFolder = workingFolder
        self.name = name
    }

    var json: JSONValue {
        var rules: [String: JSONValue] = [:]
        rules["inherit"] = inheriting.map { $0.isEmpty ? false : .strings($0) }
        if !environment.isEmpty { rules["set"] = .object(environment.mapValues(JSONValue.string)) }
        var members = others
        members["command"] = .strings(command)
        members["workdir"] = .string(workingFolder)
        members["name"] = name.map(JSONValue.string)
        if !rules.isEmpty { members["env"] = .object(rules) }
        if !mounts.isEmpty { members["mounts"] = .array(mounts) }
        return .object(members)
    }
}
