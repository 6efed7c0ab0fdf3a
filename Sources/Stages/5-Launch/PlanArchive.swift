import ContentAddressing
import JSONText
package import PipelineContracts
import TarArchive

/// The small tar of a plan, unpacked: all that a launch goes by.
package struct PlanArchive: Sendable {
    package let environment: RenderedEnvironment
    package let description: SandboxDescription
    package let enforcement: Enforcement
    package let binding: RuntimeBinding
    /// The spec's `cache`.
    package let cachePolicy: String

    /// Whether all processes of the sandbox go with its PID 1.
    package var ownPIDs: Bool { binding.ownPIDs }

    /// Whether the command is the child of the sandbox's first process, which passes no signal on.
    ///
    /// gVisor's passes all on to its own PID 1, and its children are no processes of the command's.
    package var commandIsChild: Bool {
        switch binding {
        case .bubblewrap(let binding): binding.ownPIDs && description.reaper
        case .container(let binding): binding.ownPIDs && binding.reaper != nil && binding.runtime != "runsc"
        case .direct: false
        }
    }

    /// Unpacks the tar; every file must be there, once, and be what its name says.
    ///
    /// - Throws: ``LaunchError`` naming what is wrong.
    package init(unpacking bytes: [UInt8]) throws(LaunchError) {
        var documents: [String: JSONValue] = [:]
        do throws(TarError) {
            var tar = try TarReader(bytes: bytes, limits: TarLimits(entries: 16, pathBytes: 64, entryBytes: 64 << 20))
            while let entry = try tar.next() {
                let body = try tar.readBody()
                let name = String(decoding: entry.path, as: UTF8.self)
                if let document = try? JSONParser.parse(body) { documents[name] = document }
            }
        } catch {
            throw LaunchError("the plan's archive is damaged: \(error)")
        }
        do throws(JSONShapeError) {
            func document(_ kind: ArtefactKind) throws(JSONShapeError) -> JSONValue {
                guard let value = documents[kind.file] else {
                    throw JSONShapeError(path: kind.file, message: "is missing or no JSON")
                }
                return value
            }
            environment = try RenderedEnvironment(try document(.environment))
            description = try SandboxDescription(try document(.description))
            enforcement = try Enforcement(try document(.enforcement))
            binding = try RuntimeBinding(in: documents)
            // The rest of the spec is for people and for new plans: a launch goes by what came of it.
            cachePolicy = documents[ArtefactKind.specification.file]?["cache"]?.stringValue ?? "never"
        } catch {
            throw LaunchError("the plan's archive is damaged: \(error)")
        }
    }
}

/// What kept a launch from happening: exit code 125.
package struct LaunchError: Error, Sendable, Hashable, CustomStringConvertible {
    package let message: String
    package let hint: String?

    package init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    package var description: String { message }
}
