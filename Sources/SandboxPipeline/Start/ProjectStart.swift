import ArtifactStore
import HostFiles
import SandboxSpec

/// What `init` made.
package struct StartedProject: Sendable {
    package let kind: ProjectKind
    /// The folder, absolute.
    package let folder: String
    /// The command of the spec.
    package let command: [String]
    /// The folder that holds the store's `cache` and `stages`, absolute.
    package let store: String
    /// Whether the store was not there before.
    package let madeStore: Bool
}

/// Gives a folder a first spec, and a store of its own.
package struct ProjectStart {
    private let folder: String
    private let store: String

    package static let specName = "sandbox.json"

    /// - Parameters:
    ///   - folder: Relative to the working folder; made if it is missing.
    ///   - store: Where the store goes instead of into the folder.
    /// - Throws: ``PipelineError``.
    package init(folder: String, store: String?) throws {
        do {
            let here = try AbsolutePath.current()
            func absolute(_ path: String) -> String {
                AbsolutePath.normalised(AbsolutePath.isAbsolute(path) ? path : AbsolutePath.join(here, path))
            }
            let folder = absolute(folder)
            self.folder = try AbsolutePath.real(folder) ?? folder
            self.store = store.map(absolute) ?? self.folder
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    /// Makes what is missing; nothing that is there is changed, and where something is in the way nothing is made.
    ///
    /// - Throws: ``PipelineError``.
    package func perform() throws -> StartedProject {
        do {
            try checkFolder()
            let hasStore = try checkStore()
            try Folder.makeAllAsUsual(folder)
            let context = try PipelineContext(storeNamed: store)
            if !hasStore { try ignoreStore() }
            let files = ProjectFiles(folder: folder)
            let spec = StarterSpec(for: files, tools: HiddenTool(context))
            try write(Array(spec.text.utf8))
            return StartedProject(
                kind: ProjectKind.found(in: files).first?.kind ?? .plain,
                folder: folder,
                command: spec.command,
                store: context.store.location.root,
                madeStore: !hasStore
            )
        } catch {
            throw PipelineError(error, source: "")
        }
    }

    private var specPath: String { AbsolutePath.join(folder, Self.specName) }

    private func checkFolder() throws {
        if let status = try FileStatus.of(folder, following: true), status.kind != .folder {
            throw PipelineError("\(folder) is a \(status.kind.rawValue), not a folder")
        }
        if try FileStatus.of(specPath) != nil { throw isThere() }
    }

    private func isThere() -> PipelineError {
        PipelineError(
            "\(specPath) is there already",
            hint: "init overwrites nothing: remove it first, or name another folder"
        )
    }

    /// Whether a store is where it is to be; folders of the same names that are somebody's own are left alone.
    private func checkStore() throws -> Bool {
        guard let status = try FileStatus.of(store, following: true), status.kind == .folder else { return false }
        if status.permissions & 0o022 != 0, store == folder {
            throw PipelineError(
                "others may write to \(folder), which so can't hold a store",
                hint: "chmod go-w \(Printable.shellQuoted(folder)), or name another place with --store"
            )
        }
        // Others mark their caches in the same way.
        let tag = try? FileContent.read(AbsolutePath.join(store, "cache/CACHEDIR.TAG"), limit: 4096)
        let hasTag = String(decoding: tag ?? [], as: UTF8.self).contains("sbxpipe")
        for name in ["cache", "stages"] {
            let path = AbsolutePath.join(store, name)
            guard let status = try FileStatus.of(path), !hasTag else { continue }
            guard status.kind == .folder, try Folder.names(path).isEmpty else {
                throw PipelineError(
                    "\(path) is there already, and is not sbxpipe's",
                    hint: "--store DIR puts the store elsewhere"
                )
            }
        }
        return hasTag
    }

    /// Keeps the store's content out of git, whatever the project's own .gitignore says.
    private func ignoreStore() throws {
        for name in ["cache", "stages"] {
            let path = AbsolutePath.join(store, "\(name)/.gitignore")
            let file = try OwnedDescriptor.open(path, [.write, .create, .exclusive, .noFollow], mode: 0o644)
            try FileContent.write(Array("# Made by sbxpipe.\n*\n".utf8), to: file.number, path: path)
        }
    }

    /// The text is checked as any spec is before it is anybody's.
    private func write(_ text: [UInt8]) throws {
        _ = try SpecText.load(text, file: specPath)
        do throws(FileError) {
            let file = try OwnedDescriptor.open(specPath, [.write, .create, .exclusive, .noFollow], mode: 0o644)
            try FileContent.write(text, to: file.number, path: specPath)
        } catch {
            throw error.code == .exists ? isThere() : error
        }
    }
}
