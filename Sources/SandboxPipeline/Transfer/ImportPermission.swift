import ArtifactStore
import ContentAddressing
import LaunchStage
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
            wants = Self.wants(of: archive.description, archive.binding.secrets, changing: false)
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
            wants = Self.wants(of: walked.description, walked.secretBindings, changing: changing)
        } catch {
            throw PipelineError(error, source: source.label)
        }
    }

    /// What the binding says of secrets is what would be read, whatever the description has.
    private static func wants(
        of description: SandboxDescription,
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
            let source = mount.source ?? mount.at
            if mount.field == "broker.socket" {
                sockets.append(source)
            } else {
                mounts.append("\(source) (\(mount.writable ? "rw" : "ro"))")
            }
        }
        if case .paths(let devices) = description.devices { mounts += devices }
        if description.devices == .host { mounts.append("/dev") }
        var wants: [(permission: ImportPermission, objects: [String])] = [(.hostMounts, mounts)]
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
