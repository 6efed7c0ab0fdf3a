import HostFiles
package import PipelineContracts

/// Reads the values of secrets where a binding says that this host has them.
package struct SecretReader {
    /// The caller's variable of that name, as its bytes; nil when it is not set.
    private let variable: (String) -> [UInt8]?

    package init(variable: @escaping (String) -> [UInt8]?) { self.variable = variable }

    /// Bytes that a file's value has at most: what Kubernetes allows a secret.
    package static let largestFile = 1 << 20
    /// Bytes of one string of execve(2), of name, `=` and value together, without the zero byte.
    package static let longestVariable = 131_071

    /// The value of a secret; `asFile` when it is one inside, else it is to be a variable.
    ///
    /// A file's value that is to be a variable loses one line end, which most such files have and no variable.
    ///
    /// - Throws: ``SecretProblem`` for a source that is not there, can't be read or holds what can't be had.
    package func value(of secret: SecretBinding, asFile: Bool) throws(SecretProblem) -> [UInt8] {
        var bytes: [UInt8]
        switch secret.source {
        case .variable(let name):
            guard let value = variable(name) else { throw missing(secret, name) }
            bytes = value
        case .file(let path):
            do throws(FileError) {
                bytes = try FileContent.read(path, limit: Self.largestFile)
            } catch {
                throw SecretProblem(secret, "\(Printable.escaped(path)): \(error.reason)")
            }
            if asFile { return bytes }
            if bytes.last == 0x0A { bytes.removeLast() }
            if bytes.last == 0x0D { bytes.removeLast() }
        }
        if !asFile { try checkVariable(bytes, secret) }
        return bytes
    }

    /// Looks whether there is a value, as far as can be told without reading a file.
    package func check(_ secret: SecretBinding, asFile: Bool) throws(SecretProblem) {
        guard case .file(let path) = secret.source else {
            _ = try value(of: secret, asFile: asFile)
            return
        }
        let shown = Printable.escaped(path)
        let status: FileStatus?
        do throws(FileError) { status = try FileStatus.of(path, following: true) } catch {
            throw SecretProblem(secret, "\(shown): \(error.reason)")
        }
        guard let status else { throw SecretProblem(secret, "no such file: \(shown)") }
        guard status.kind == .file else {
            throw SecretProblem(secret, "is a \(status.kind.rawValue), not a file: \(shown)")
        }
        guard status.size <= Int64(Self.largestFile) else {
            throw SecretProblem(secret, "has \(status.size) bytes, a secret has at most \(Self.largestFile): \(shown)")
        }
        guard FileMode.mayRead(path) else { throw SecretProblem(secret, "may not be read by you: \(shown)") }
    }

    private func missing(_ secret: SecretBinding, _ name: String) -> SecretProblem {
        SecretProblem(
            secret,
            "the variable \(Printable.escaped(name)) is not set",
            hint: secret.isDeclared
                ? "set it for sbxpipe, or name a file" : "it was when the plan was made: plan the spec again"
        )
    }

    /// What a variable can't hold on every runtime alike, or, said by the spec, was hardly meant to.
    private func checkVariable(_ bytes: [UInt8], _ secret: SecretBinding) throws(SecretProblem) {
        let hint: String? = secret.isDeclared ? "give it as a file: {\"file\": F, \"at\": DST}" : nil
        if bytes.contains(0) {
            throw SecretProblem(secret, "the value has a zero byte, which no variable can", hint: hint)
        }
        if secret.isDeclared, bytes.contains(0x0A) {
            throw SecretProblem(secret, "the value of a variable has a line end in it", hint: hint)
        }
        guard secret.name.utf8.count + 1 + bytes.count <= Self.longestVariable else {
            let limit = Self.longestVariable
            throw SecretProblem(secret, "name and value of a variable have at most \(limit) bytes", hint: hint)
        }
        if String(validating: bytes, as: UTF8.self) == nil {
            throw SecretProblem(secret, "the value is not UTF-8, and a variable's has to be", hint: hint)
        }
    }
}

/// Why a secret has no value: the field, the cause, never a value.
package struct SecretProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// `secrets.TOKEN.env`, `secrets.TOKEN.file`, `env.inherit`.
    package let field: String
    package let message: String
    package let hint: String?

    package init(_ secret: SecretBinding, _ message: String, hint: String? = nil) {
        let key =
            switch secret.source {
            case .variable: ".env"
            case .file: ".file"
            }
        field = secret.isDeclared ? secret.field + key : secret.field
        self.message = message
        self.hint = hint
    }

    package var description: String { "\(field): \(message)" }
}
