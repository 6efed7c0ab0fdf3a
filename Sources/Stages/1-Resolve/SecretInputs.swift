import HostFiles
import PipelineContracts
import SandboxSpec
import Secrets

/// What resolve finds of secrets: that their sources are there, never what they hold.
struct SecretInputs {
    private let request: ResolveRequest

    init(_ request: ResolveRequest) { self.request = request }

    /// The files that hold values.
    ///
    /// - Throws: ``ResolveError`` for a source that is not there or can't be a secret's.
    func sources() throws(ResolveError) -> [SourceFact] {
        var facts: [SourceFact] = []
        guard !request.effective.spec.secrets.isEmpty else { return facts }
        let environment = request.environment
        let reader = SecretReader { name in environment[name].map { Array($0.utf8) } }
        for (name, secret) in request.effective.spec.secrets.sorted(by: { $0.key < $1.key }) {
            let field = Spec.Secret.field(of: name)
            let source: SecretBinding.Source
            switch secret.source {
            case .variable(let variable): source = .variable(variable)
            case .file(let declared):
                // Not the real one: who changes secrets puts a new file in the old one's place by a symlink.
                let path = SourcePath.absolute(declared, base: request.base, home: request.home)
                source = .file(path)
                facts.append(SourceFact(field: field, declared: declared, path: path, kind: "file"))
            }
            do throws(SecretProblem) {
                let binding = SecretBinding(name: name, field: field, source: source)
                try reader.check(binding, asFile: secret.destination != nil)
            } catch {
                throw ResolveError(error.field, error.message, hint: error.hint)
            }
        }
        return facts
    }

    /// Divides the variables that are inherited by what their names look like.
    ///
    /// A secret that the spec declares, or a variable that it sets, takes the place of an inherited one.
    func divided(_ taken: [String: String]) -> (plain: [String: String], secret: [String]) {
        // What is inherited where the spec says nothing looks like none.
        guard request.effective.inherit.origin == .spec else { return (taken, []) }
        let secrets = taken.keys.filter(CredentialName.looksSecret)
        if secrets.isEmpty { return (taken, []) }
        let spec = request.effective.spec
        let variables = spec.broker.map { [$0.variables.socket, $0.variables.shim] } ?? []
        return (
            taken.filter { !CredentialName.looksSecret($0.key) },
            secrets.filter { name in
                spec.secrets[name] == nil && spec.environment.set[name] == nil && !variables.contains(name)
            }.sorted()
        )
    }
}
