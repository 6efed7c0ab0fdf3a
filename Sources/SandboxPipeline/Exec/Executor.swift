import ArtifactStore
import CollectStage
package import ContentAddressing
import HostFiles
import HostProcess
package import LaunchStage
package import PipelineContracts
import PipelineCore
import ResolveStage
package import Runtimes

/// How an exec ended.
package struct Executed: Sendable {
    package let record: LaunchRecord
    /// Nil when the run could not be kept.
    package let run: Digest?
    package let id: String
    /// Whether it came from the cache.
    package var isCached = false
    /// What went wrong without harm to the run.
    package var notes: [String] = []
}

/// Launches plans from their archives and collects what they leave: the stages 5 and 6.
package struct Executor {
    let context: PipelineContext
    let caller: LaunchCaller
    private let progress: @Sendable (String) -> Void

    package init(
        _ context: PipelineContext,
        caller: LaunchCaller = LaunchCaller(),
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.context = context
        self.caller = caller
        self.progress = progress
    }

    /// The launcher's command line, or without one the command, filled in for this host, without running anything.
    package func command(of target: LaunchTarget) throws -> RuntimeCommand {
        do {
            let request = try request(target, try unpack(target), stdinFile: nil)
            return try PreparedLaunch(request, makeFolders: false).command
        } catch {
            throw PipelineError(error, source: target.name)
        }
    }

    /// Writes the bundle of a plan for runc into a folder that is not there yet, for plain runc or crun to run.
    ///
    /// It stays bound to this host: its mounts are the host's. Secrets are not in it: what to fill in is given back.
    ///
    /// - Throws: ``PipelineError``.
    package func writeBundle(of target: LaunchTarget, to folder: String) throws -> [String] {
        do {
            let request = try request(target, try unpack(target), stdinFile: nil)
            let prepared = try PreparedLaunch(request, makeFolders: false, exportFolder: folder)
            guard case .container(let command) = prepared.command else {
                throw PipelineError("the plan is not one for a container")
            }
            try BundleFiles.write(command.bundle, to: folder, permissions: 0o700) { _ in [] }
            return SecretNotes.missing(request.archive, command.bundle, in: folder)
        } catch {
            throw PipelineError(error, source: target.name)
        }
    }

    /// Runs a plan once.
    ///
    /// `id` names the run from the start; with `reuse`, a launch of the same key may stand in for this one.
    ///
    /// - Throws: ``PipelineError`` when there was nothing to launch; whatever happens to a launch is in the record.
    package func exec(_ target: LaunchTarget, id: String, reuse: LaunchReuse? = nil) throws -> Executed {
        var request: LaunchRequest
        let hold: StoreHold
        let archive: PlanArchive
        do {
            hold = try context.store.hold { progress("waiting: the store is being cleaned up") }
            archive = try unpack(target)
            if let reuse, let served = try self.reuse(reuse, target, archive, id) { return served }
            let secrets = try archive.secretValues(context.secretReader)
            request = try self.request(target, archive, stdinFile: try openInput(archive))
            request.secrets = secrets
        } catch {
            throw PipelineError(error, source: target.name)
        }
        defer { if let stdin = request.stdinFile { _ = OwnedDescriptor(adopting: stdin) } }
        let lease = LaunchLease(context.store, request, name: target.name, id: id)
        defer {
            lease.end()
            hold.release()
        }
        // gc is kept out until the lease says what is used.
        request.onEvent = { event in
            lease.note(event)
            hold.release()
            caller.onEvent?(event)
        }
        // What never started has no lease to name its plan: the hold lasts until the run is kept.
        var result = Launch(request).run()
        defer { if let folder = result.temporaryFolder { try? Folder.removeTree(folder) } }
        progress("collect: keeping captures and outputs")
        do {
            return try context.store.held { try keep(&result, request, target, id) }
        } catch {
            // The command ran, but what it left could not be kept: the run is not listed.
            var record = result.record
            let failure = PipelineError(error, source: target.name)
            record.exitCode = 125
            record.reason = .failed
            record.failure = .init(domain: .sbxpipe, message: failure.message, hint: failure.hint)
            return Executed(record: record, run: nil, id: id)
        }
    }

    private func unpack(_ target: LaunchTarget) throws -> PlanArchive {
        try PlanArchive(unpacking: try context.store.read(target.archive.digest))
    }

    private func request(
        _ target: LaunchTarget,
        _ archive: PlanArchive,
        stdinFile: Int32?
    ) throws -> LaunchRequest {
        LaunchRequest(
            plan: target.plan,
            archive: archive,
            host: target.host ?? context.hostView(specFile: target.specFile),
            runtime: try runtime(of: target, archive.binding),
            store: context.store,
            expansion: target.expansion,
            snapshots: try PlanSnapshots(archive.binding).unpacked(
                target.launched.layers,
                context.store,
                user: context.identity.user
            ),
            stdinFile: stdinFile,
            caller: caller
        )
    }

    /// The runtime that a plan is launched by here.
    func runtime(of target: LaunchTarget, _ binding: RuntimeBinding) throws -> RuntimeFacts {
        if let known = target.runtime { return known }
        let helpers = HelperSearch(
            launchers: context.launchers,
            identity: context.identity,
            store: context.store,
            kernel: HostSystem.kernel().release
        )
        switch binding {
        case .bubblewrap(let binding):
            let launcher = try helpers.launcher("bwrap")
            return .bubblewrap(
                launcher,
                reaper: binding.reaper == nil ? nil : try helpers.reaper(),
                mappers: binding.mappers == nil ? nil : try helpers.mappers()
            )
        case .container(let binding):
            return .container(
                try helpers.container(
                    binding.runtime,
                    wantsReaper: binding.reaper != nil,
                    wantsMappers: binding.mappers != nil
                )
            )
        case .direct: return .direct
        }
    }

    /// Opens stdin's file and checks that it holds what it held when the plan was made.
    private func openInput(_ archive: PlanArchive) throws -> Int32? {
        guard case .file(let name, let digest) = archive.description.stdin, let path = archive.binding.stdinFile else {
            return nil
        }
        do throws(FileError) {
            let file = try OwnedDescriptor.open(path, [.read, .nonBlocking])
            if try FileDigest.of(descriptor: file.number, path: path) == digest { return file.release() }
        } catch {
            throw LaunchError(
                "stdin.file: \(Printable.escaped(name)): \(error.reason), since the plan was made",
                hint: "plan the spec again once it is back"
            )
        }
        throw LaunchError(
            "stdin.file: \(Printable.escaped(name)) changed since the plan was made",
            hint: "plan the spec again"
        )
    }

    private func keep(
        _ result: inout LaunchResult,
        _ request: LaunchRequest,
        _ target: LaunchTarget,
        _ id: String
    ) throws -> Executed {
        let store = context.store
        var streams: [String: CapturesRecord.Stream] = [:]
        for stream in result.streams { streams[stream.name] = try stream.finish() }
        let collection = try Collection(
            streams: streams,
            frames: try result.frames?.finish(),
            cast: try result.cast?.finish(),
            rules: request.archive.description.outputs,
            tree: result.tree,
            sources: result.outputSources,
            time: try context.sourceDate(),
            search: result.search,
            store: store
        )
        let required = collection.captures.outputs.filter(\.required)
        if let missing = required.first(where: { $0.isMissing || !$0.unread.isEmpty }), result.record.exitCode == 0 {
            result.record.exitCode = 125
            result.record.reason = .failed
            result.record.failure = .init(
                domain: .sbxpipe,
                message: "the required output \(missing.path) "
                    + (missing.isMissing ? "is not there" : "can't be read"),
                hint: nil
            )
        }
        let key = ReuseRules.mayServe(result.record, collection.captures) ? try key(of: target, request.archive) : nil
        let (run, notes) = try RunKeeper(store: store).keep(result.record, collection, target, id: id, key: key)
        let lost = result.lostStreams.sorted { $0.key < $1.key }.map { name, number in
            "\(name) could not be passed on whole: \(errorText(number)); the capture has it"
        }
        return Executed(
            record: result.record,
            run: run,
            id: id,
            notes: notes + lost + Self.unread(collection.captures.outputs)
                + SecretNotes.found(collection.captures.secrets, request.archive)
        )
    }

    /// What is said of outputs that the command made unreadable.
    private static func unread(_ outputs: [OutputRecord]) -> [String] {
        let unread = outputs.flatMap(\.unread)
        guard let first = unread.first, let reason = first.unread else { return [] }
        let more = unread.count == 1 ? "" : ", nor \(unread.count - 1) more"
        return ["warning: output \(Printable.escaped(first.path)) can't be read and is not kept: \(reason)\(more)"]
    }
}
