import ContentAddressing
import HostFiles
import PipelineContracts
import PipelineCore
import RootFilesystems
import SandboxSpec
import SeccompFilter

/// Looks at what a spec names on the host.
struct InputCollector {
    let request: ResolveRequest

    init(_ request: ResolveRequest) { self.request = request }

    func facts(_ root: (fact: SourceFact, found: FoundRoot)?) throws(ResolveError) -> InputFacts {
        var sources = [root?.fact].compactMap(\.self)
        for (index, mount) in request.effective.spec.mounts.enumerated() {
            guard case .bind(let bind) = mount else { continue }
            if bind.mode == .snapshot, let recorded = try recordedSnapshot("mounts[\(index)]", bind.source) {
                sources.append(recorded)
                continue
            }
            let fact = try fact("mounts[\(index)]", bind.source, named: "mounts[\(index)].bind")
            if fact.isAbsent, !bind.optional {
                throw ResolveError(
                    "mounts[\(index)].bind",
                    "no such file or folder: \(Printable.escaped(bind.source))",
                    hint: "create it, or say \"optional\": true"
                )
            }
            sources.append(bind.mode == .snapshot ? try snapshot(fact) : fact)
            guard request.runtime.chosen == .direct, !fact.isAbsent else { continue }
            // Without mounts only a source that lies at its place already can be had.
            sources.append(try self.fact("mounts[\(index)].at", bind.destination, named: "mounts[\(index)].at"))
        }
        if let broker = request.effective.spec.broker { sources += try brokerFacts(broker) }
        if case .file(let path) = request.effective.stdin.value {
            let fact = try fact("stdin", path, named: "stdin.file")
            guard fact.kind == "file" else {
                let what = fact.isAbsent ? "no such file" : "is a \(fact.kind), not a file"
                throw ResolveError("stdin.file", "\(what): \(Printable.escaped(path))")
            }
            do throws(FileError) {
                let digest = try FileDigest.of(fact.path)
                sources.append(
                    SourceFact(field: "stdin", declared: path, path: fact.path, kind: "file", digest: digest)
                )
            } catch {
                throw ResolveError("stdin.file", "\(error)")
            }
        }
        let secrets = SecretInputs(request)
        sources += try secrets.sources()
        let variables = secrets.divided(try variables())
        return InputFacts(
            sources: sources,
            variables: variables.plain,
            callerName: callerName,
            secretVariables: variables.secret,
            root: (root?.found.content).map { RootFact($0) }
        )
    }

    /// The profile in the spec's seccomp file, whose canonical form counts and not its bytes.
    func profile() throws(ResolveError) -> SeccompProfile? {
        guard case .file(let declared) = request.effective.seccomp.value else { return nil }
        do throws(SeccompError) {
            let path = SourcePath.absolute(declared, base: request.base, home: request.home)
            let profile: SeccompProfile
            if let recorded = request.recorded?.profile {
                profile = try SeccompProfile.parse(recorded, file: ArtefactKind.seccomp.file)
            } else {
                profile = try SeccompProfile.read(path)
            }
            guard let flag = profile.flags?.first, request.runtime.chosen == .bwrap else { return profile }
            throw SeccompError(
                place: "\(Printable.escaped(path)): flags",
                message: "bubblewrap installs filters without flags: \(flag) can't be had"
            )
        } catch {
            throw ResolveError("security.seccomp.file", "\(error)")
        }
    }

    private var callerName: String {
        request.accounts.user(request.identity.user)?.name ?? String(request.identity.user)
    }

    /// Absolute, without symlinks where it exists.
    func fact(_ field: String, _ declared: String, named: String) throws(ResolveError) -> SourceFact {
        let path = SourcePath.absolute(declared, base: request.base, home: request.home)
        do throws(FileError) {
            guard let real = try AbsolutePath.real(path), let status = try FileStatus.of(real) else {
                return SourceFact(field: field, declared: declared, path: path, kind: "absent")
            }
            return SourceFact(field: field, declared: declared, path: real, kind: status.kind.rawValue)
        } catch {
            throw ResolveError(named, "\(error)", hint: FUSEMount.hint(on: path, error))
        }
    }

    private func brokerFacts(_ broker: Spec.Broker) throws(ResolveError) -> [SourceFact] {
        let path = SourcePath.absolute(broker.socket, base: request.base, home: request.home)
        guard path.utf8.count <= Spec.Broker.maximumSocketLength else {
            throw ResolveError(
                "broker.socket",
                "a socket's path has at most \(Spec.Broker.maximumSocketLength) bytes, this one has \(path.utf8.count)"
            )
        }
        let socket = try fact("broker.socket", broker.socket, named: "broker.socket")
        guard socket.kind == "socket" else {
            let what = socket.isAbsent ? "no such socket" : "is a \(socket.kind), not a socket"
            throw ResolveError("broker.socket", "\(what): \(Printable.escaped(path))")
        }
        let shim = try fact("broker.shim", broker.shim, named: "broker.shim")
        guard shim.kind == "file" else {
            let what = shim.isAbsent ? "no such file" : "is a \(shim.kind), not a file"
            throw ResolveError("broker.shim", "\(what): \(Printable.escaped(broker.shim))")
        }
        return [socket, shim]
    }

    private func variables() throws(ResolveError) -> [String: String] {
        let inherit = request.effective.inherit.value
        let unset = request.effective.spec.environment.unset
        func takes(_ name: String) -> Bool { inherit.takes(name) && !unset.contains { $0.matches(name) } }
        if request.recorded == nil, let name = request.ambiguousNames.first(where: takes) {
            throw ResolveError(
                "env.inherit",
                "the environment has \(Printable.escaped(name)) in two Unicode normal forms: two variables to the kernel, "
                    + "one name here",
                hint: "unset one of them, or add the name in both forms to env.unset"
            )
        }
        return (request.recorded?.variables ?? request.environment).filter { name, _ in takes(name) }
    }
}

/// Where a declared source is.
package enum SourcePath {
    /// Absolute and normalised: `~` is the home, a relative path starts at the base.
    package static func absolute(_ declared: String, base: String, home: String) -> String {
        if declared == "~" || declared.hasPrefix("~/") { return AbsolutePath.normalised(home + declared.dropFirst()) }
        return AbsolutePath.normalised(AbsolutePath.isAbsolute(declared) ? declared : AbsolutePath.join(base, declared))
    }
}
