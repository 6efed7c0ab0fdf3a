import ArtifactStore
import Bundles
import ContentAddressing
import HostFiles
import JSONText
import LaunchStage
import PipelineContracts
import PipelineCore
package import TarArchive

/// Writes a plan or a run of the store into one file.
package struct BundleExport {
    private let context: PipelineContext
    let plan: PlanRef
    let run: RunRef?

    /// - Throws: ``PipelineError`` when the run's plan is gone.
    package init(_ reference: Reference, _ context: PipelineContext) throws {
        self.context = context
        switch reference {
        case .plan(let ref): (plan, run) = (ref, nil)
        case .run(let ref): (plan, run) = (try ReferenceSearch(context).plan(of: ref), ref)
        case .spec(let path):
            throw PipelineError("\(path) is a spec", hint: "sbxpipe plan \(path) -o FILE writes its plan's bundle")
        case .bundle(let path): throw PipelineError("\(path) is a bundle already")
        case .damaged(let record): throw record.error
        }
    }

    /// What is to be made of it.
    package struct Options: Sendable {
        package var compression = Compression.none
        /// Whether captures in which a secret's value was found may go out.
        package var allowsSecrets = false

        package init() {}
    }

    /// Writes the file, replacing one that is there when all of it is written.
    ///
    /// - Throws: ``PipelineError``, `notPermitted` when the run's captures hold a secret's value.
    package func write(to path: String, _ options: Options) throws {
        do {
            let hold = try context.store.hold()
            defer { hold.release() }
            let contents = try contents(options)
            let file = try OutputFile(path, in: context.workingFolder)
            try BundleWriter(context.store, options.compression).write(contents, to: file.number)
            try file.finish(durably: context.store.isDurable)
        } catch {
            throw PipelineError(error, source: run?.name ?? plan.name)
        }
    }

    func contents(_ options: Options) throws -> BundleContents {
        if let run, !options.allowsSecrets { try refuseSecrets(run) }
        let store = context.store
        let receipts = try [
            plan.receipts[.env], plan.receipts[.materialize], plan.receipts[.archive], run?.receipts[.launch],
            run?.receipts[.collect],
        ].compactMap { $0 }.map { try Documents.receipt($0, from: store) }
        let record = BundleRecord(
            name: run?.name ?? plan.name,
            plan: plan.plan,
            run: run?.run,
            annotations: plan.annotations,
            receipts: receipts
        )
        let manifest = try PlanManifest(try Documents.read(plan.plan, from: store))
        let archive = try PlanArchive(unpacking: try store.read(manifest.archive.digest))
        let document = try Documents.read(manifest.portable, from: store)
        let roots = (document["root"]?["layers"]?.arrayValue ?? []).compactMap { $0.stringValue.flatMap { Digest($0) } }
        let layers = manifest.layers.enumerated().map { index, layer in
            BundleContents.Layer(
                layer,
                diffID: index < roots.count ? roots[index] : layer.digest,
                isRoot: index < roots.count
            )
        }
        let description = archive.description
        return BundleContents(
            record: record,
            layers: layers,
            configuration: ImageConfiguration(
                command: description.command,
                environment: archive.environment.withoutSecrets.variables.map(\.entry),
                workdir: description.workdir,
                user: description.user.user.map { "\($0):\(description.user.group ?? $0)" },
                architecture: try architecture(receipts),
                created: try context.sourceDate()
            ),
            readme: BundleReadme(record, description, archive.environment, hasRoot: !roots.isEmpty)
        )
    }

    /// That of the filter where there is one, so that a bundle says the same on another machine.
    private func architecture(_ receipts: [Receipt]) throws -> String {
        if let filter = receipts.compactMap({ $0.files[ArtefactKind.seccomp.file] }).first,
            let first = try Documents.read(filter.digest, from: context.store)["architectures"]?.arrayValue?.first
        {
            let names = ["SCMP_ARCH_X86_64": "amd64", "SCMP_ARCH_AARCH64": "arm64"]
            if let name = first.stringValue.flatMap({ names[$0] }) { return name }
        }
        return ImageConfiguration.architecture(ofMachine: HostSystem.kernel().machine)
    }

    private func refuseSecrets(_ run: RunRef) throws {
        guard let digest = run.receipts[.collect] else { return }
        let receipt = try Documents.receipt(digest, from: context.store)
        let captures = try Documents.read(try receipt.file(.captures).digest, from: context.store)
        let found = (captures["secrets"]?.arrayValue ?? []).compactMap { finding -> String? in
            let places = (finding["found"]?.arrayValue ?? []).compactMap(\.stringValue)
            guard let name = finding["name"]?.stringValue, !places.isEmpty else { return nil }
            return "\(name) in \(places.joined(separator: ", "))"
        }
        guard found.isEmpty else {
            throw PipelineError(
                "the run's captures hold the value of a secret: \(found.joined(separator: "; "))",
                hint: "--allow-secrets writes them all the same",
                code: .notPermitted
            )
        }
    }
}
