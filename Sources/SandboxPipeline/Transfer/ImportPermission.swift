import ArtifactStore
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import MaterializeStage
import PipelineContracts
package import PipelineCore

/// What a plan that came from elsewhere has to be allowed before it is launched (`--allow`).
package enum ImportPermission: String, Sendable, Hashable, CaseIterable {
    case hostMounts = "host-mounts"
    case sockets
    case secrets
    case network
    case changes
}

/// A plan that this machine did not make, or can't tell that it did: to be looked at, and launched when allowed.
package struct ImportedPlan {
    /// What it wants, each with the objects.
    package let wants: [(permission: ImportPermission, objects: [String])]
    private let name: String

    /// Reads it from the plan's own archive, which is to be launched as it is.
    ///
    /// - Throws: ``PipelineError``.
    package init(_ ref: PlanRef, _ context: PipelineContext) throws {
        name = ref.name
        do {
            let manifest = try PlanManifest(try Documents.read(ref.plan, from: context.store))
            let archive = try PlanArchive(unpacking: try context.store.read(manifest.archive.digest))
            // A document that others wrote may have the runtime run programs of the host (hooks), which nothing here names.
            if case .container(let binding) = archive.binding {
                throw PipelineError(
                    "the plan was not made by you on this machine, and its config.json for \(binding.runtime) is not run as it is",
                    hint: "--runtime \(binding.runtime) binds its spec anew",
                    code: .notPermitted
                )
            }
            try Self.check(archive, manifest, ref, context)
            let binding = archive.binding
            wants = Self.wants(of: archive.description, binding.hostSources, binding.secrets, changing: false)
        } catch {
            throw PipelineError(error, source: ref.name)
        }
    }

    /// Works out what its spec comes to here, of which what the archive says of itself need not be true; nothing is stored.
    ///
    /// `source` is the spec that is to be planned anew, and `changing` whether it is another than the plan's.
    ///
    /// - Throws: ``PipelineError``, as planning it would.
    package init(
        _ ref: PlanRef,
        replannedFrom source: SpecSource,
        changing: Bool,
        _ context: PipelineContext,
        _ options: PlanOptions
    ) throws {
        name = ref.name
        do {
            var forecaster = StageForecaster(context.store)
            let walked = try Planner(context, options).walk(source, with: &forecaster)
            wants = Self.wants(of: walked.description, walked.hostSources, walked.secretBindings, changing: changing)
        } catch {
            throw PipelineError(error, source: source.label)
        }
    }

    /// Refuses an archive whose binding is not that of its description, which says what is asked for, and one that is
    /// content with less than the description has.
    private static func check(
        _ archive: PlanArchive,
        _ manifest: PlanManifest,
        _ ref: PlanRef,
        _ context: PipelineContext
    ) throws {
        let origin = "the plan was not made by you on this machine, and "
        let hint = "bind it anew, with --allow for what it wants: sbxpipe plan \(ref.name), or sbxpipe replay"
        func refuse(_ reason: String) -> PipelineError {
            PipelineError(origin + reason, hint: hint, code: .notPermitted)
        }
        let parts = [
            (ArtefactKind.description.file, archive.description.json, manifest.portable),
            (archive.binding.kind.file, archive.binding.json, manifest.binding),
            (ArtefactKind.enforcement.file, archive.enforcement.json, manifest.enforcement),
        ]
        let shown = try ref.receipts[.materialize].map { try Documents.receipt($0, from: context.store) }
        for (file, document, digest) in parts {
            // What people look at is the stage's file.
            let isShown = shown?.files[file].map { $0.digest == digest } ?? (shown == nil)
            guard Digest.of(document.canonical()) == digest, isShown else {
                throw refuse("its \(file) is not the one that its archive has")
            }
        }
        let check = BindingCheck(
            archive.description,
            home: context.home,
            isRoot: context.identity.isRoot,
            machine: HostSystem.kernel().machine,
            capabilities: context.identity.capabilities
        )
        let file = archive.binding.kind.file
        if let member = check.difference(of: archive.binding) {
            throw refuse("its \(file) (\(member)) is not what its description.json comes to here")
        }
        if let control = archive.enforcement.controls.first(where: { $0.answer == .missing }) {
            throw refuse("it does without \(control.name)")
        }
    }

    /// What the binding says of sources and secrets is what would be shown and read, whatever the description has.
    private static func wants(
        of description: SandboxDescription,
        _ hostSources: [String: String],
        _ secrets: [SecretBinding],
        changing: Bool
    ) -> [(permission: ImportPermission, objects: [String])] {
        var mounts: [String] = []
        var sockets: [String] = []
        switch description.root {
        case .hostReadOnly: mounts.append("/ (ro)")
        case .hostWritable, .hostItself: mounts.append("/ (rw)")
        case .layers, .empty: break
        }
        for mount in description.mounts where mount.kind == .bind {
            let source = hostSources[mount.field] ?? mount.source ?? mount.at
            if mount.field == "broker.socket" {
                sockets.append(source)
            } else {
                mounts.append("\(source) (\(mount.writable ? "rw" : "ro"))")
            }
        }
        if case .paths(let devices) = description.devices { mounts += devices }
        if description.devices == .host { mounts.append("/dev") }
        var wants: [(permission: ImportPermission, objects: [String])] = []
        if !mounts.isEmpty { wants.append((.hostMounts, mounts)) }
        if !sockets.isEmpty { wants.append((.sockets, sockets)) }
        let read = secrets.map { secret in
            switch secret.source {
            case .variable(let name): "\(secret.name) from variable \(name)"
            case .file(let path): "\(secret.name) from \(path)"
            }
        }
        if !read.isEmpty { wants.append((.secrets, read)) }
        if description.network != "none" { wants.append((.network, [description.network])) }
        if changing { wants.append((.changes, ["another spec than its own"])) }
        return wants
    }

    /// What it wants and is not allowed.
    package func missing(_ allowed: Set<ImportPermission>) -> [(permission: ImportPermission, objects: [String])] {
        wants.filter { !allowed.contains($0.permission) }
    }

    /// Refuses what is not allowed, naming it.
    package func check(_ allowed: Set<ImportPermission>) throws {
        let missing = missing(allowed)
        guard !missing.isEmpty else { return }
        let words = missing.map { "\($0.permission.rawValue) (\($0.objects.joined(separator: ", ")))" }
        throw PipelineError(
            "\(name): the plan was not made by you on this machine, so it counts as imported, and it wants "
                + words.joined(separator: "; "),
            hint: "look at it with sbxpipe inspect, then plan its spec again, or allow it with --allow "
                + missing.map(\.permission.rawValue).joined(separator: ","),
            code: .notPermitted
        )
    }
}
