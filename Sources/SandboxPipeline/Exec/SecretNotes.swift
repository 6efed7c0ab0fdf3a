import LaunchStage
import PipelineContracts
import Runtimes
import Secrets

/// What a user is told of secrets: names and places, never values.
enum SecretNotes {
    /// Where values turned up, and which were not searched for.
    static func found(_ findings: [SecretFinding], _ archive: PlanArchive) -> [String] {
        let shown = findings.compactMap { finding -> String? in
            guard let places = finding.found, let first = places.first else { return nil }
            let more = places.count == 1 ? "" : " and \(places.count - 1) more"
            return "\(finding.name) (\(first)\(more))"
        }
        var notes: [String] = []
        if !shown.isEmpty {
            notes.append(
                "warning: the run keeps the values of secrets that the command wrote: " + shown.joined(separator: ", ")
            )
        }
        // One that only looks like a secret need not be one.
        let declared = Set(archive.binding.secrets.filter(\.isDeclared).map(\.name))
        let short = findings.filter { $0.found == nil && declared.contains($0.name) }.map(\.name)
        if !short.isEmpty {
            notes.append(
                "captures are not searched for values of fewer than \(SecretValues.shortest) bytes: "
                    + short.joined(separator: ", ")
            )
        }
        return notes
    }

    /// What an exported bundle lacks.
    static func missing(_ archive: PlanArchive, _ bundle: ContainerBundle, in folder: String) -> [String] {
        let variables = archive.description.secrets.filter { $0.at == nil }.map { "\($0.name)=VALUE" }
        let files = bundle.secrets.map { "\($0.name) in \(folder)/\($0.path)" }
        var notes: [String] = []
        if !variables.isEmpty {
            notes.append(
                "secrets are not in it: add to process.env of config.json " + variables.joined(separator: ", ")
            )
        }
        if !files.isEmpty {
            notes.append("secrets are not in it: write the value of " + files.joined(separator: ", of "))
        }
        return notes
    }
}
