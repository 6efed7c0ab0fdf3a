import ArtifactStore
import ContentAddressing
import PipelineContracts
import HostFiles
package import JSONText
package import PipelineCore
package import SandboxSpec

/// A spec and where it comes from.
package struct SpecSource: Sendable {
    package let spec: Spec
    /// What errors call it: the file as it was named, or `run`.
    package let label: String
    /// Absolute; nil when no file says it.
    package let file: String?
    /// Where its relative paths start.
    package let base: String
    /// What is taken of an earlier plan and not of this host; nil for nothing.
    var archived: ArchivedInputs?

    /// At most; a spec is written by people.
    package static let sizeLimit = 4 << 20

    package init(spec: Spec, label: String, file: String?, base: String) {
        self.spec = spec
        self.label = label
        self.file = file
        self.base = base
    }

    /// Reads a spec's file and applies flags to it.
    ///
    /// - Throws: ``PipelineError`` that names the file.
    package static func file(_ path: String, flags: SharedFlags, workingFolder: String) throws -> SpecSource {
        let absolute = AbsolutePath.isAbsolute(path) ? path : AbsolutePath.join(workingFolder, path)
        do {
            let bytes = try FileContent.read(absolute, limit: sizeLimit)
            let json = try flags.apply(to: try SpecText.parse(bytes, file: path))
            let spec = try SpecText.spec(from: json, source: path, name: SpecName.derived(fromFile: path))
            let real = try AbsolutePath.real(absolute) ?? absolute
            return SpecSource(spec: spec, label: path, file: real, base: AbsolutePath.parent(real))
        } catch let error as FileError {
            let hint = error.code == .notFound ? "name a spec, or use sbxpipe run -- CMD" : nil
            throw PipelineError("\(path): \(error.reason)", hint: hint)
        } catch {
            throw PipelineError(error, source: path)
        }
    }

    /// A spec made of flags.
    ///
    /// - Throws: ``PipelineError``.
    package static func flags(_ json: JSONValue, shared: SharedFlags, workingFolder: String) throws -> SpecSource {
        do {
            let edited = try shared.apply(to: json)
            let command = edited["command"]?.arrayValue?.first?.stringValue ?? "run"
            let spec = try SpecText.spec(from: edited, source: "run", name: SpecName.derived(fromCommand: command))
            return SpecSource(spec: spec, label: "run", file: nil, base: workingFolder)
        } catch {
            throw PipelineError(error, source: "run")
        }
    }
}

extension SpecSource {
    /// The spec of a plan of the store, with flags applied and for another command where one is given.
    ///
    /// With `archived`, and of an imported plan always, environment, snapshots and seccomp profile are those of the plan.
    /// - Throws: ``PipelineError``.
    package static func plan(
        _ ref: PlanRef,
        flags: SharedFlags,
        command: [String] = [],
        archived: Bool = false,
        _ context: PipelineContext
    ) throws -> SpecSource {
        do {
            guard let digest = ref.receipts[.archive] else { throw PipelineError("plan \(ref.plan) has no archive") }
            let receipt = try Documents.receipt(digest, from: context.store)
            var members =
                try Documents.read(try receipt.file(.specification).digest, from: context.store).objectValue ?? [:]
            members["name"] = .string(ref.name)
            if !ref.annotations.isEmpty {
                members["annotations"] = .object(ref.annotations.mapValues(JSONValue.string))
            }
            if !command.isEmpty { members["command"] = .strings(command) }
            let json = try flags.apply(to: .object(members))
            let spec = try SpecText.spec(from: json, source: ref.name, name: ref.name)
            let base = ref.base.isEmpty ? context.workingFolder : ref.base
            var source = SpecSource(spec: spec, label: ref.name, file: ref.specFile, base: base)
            // What another host had is not to be found here.
            if archived || ref.isImported || ref.base.isEmpty {
                source.archived = try context.store.held { try ArchivedInputs(of: ref, for: spec, context) }
            }
            return source
        } catch {
            throw PipelineError(error, source: ref.name)
        }
    }
}

extension SpecSource {
    /// The same for a spec file at a path: where that is another folder, relative sources become absolute.
    package func movable(to path: String, workingFolder: String) -> SpecSource {
        let absolute = AbsolutePath.isAbsolute(path) ? path : AbsolutePath.join(workingFolder, path)
        guard PathKey(AbsolutePath.parent(AbsolutePath.normalised(absolute))) != PathKey(base) else { return self }
        return SpecSource(spec: spec.withAbsoluteSources(base: base), label: label, file: file, base: base)
    }
}
