import PipelineContracts

/// What the lines of a ``ProofScript`` mean, by what of the controls is enforced.
struct ProofJudgement {
    private var words: [String: (word: String, reason: String)] = [:]
    /// Whether the script came to its end.
    private(set) var isComplete = false
    private let controls: [String: Enforcement.Answer]

    /// `wasReached` tells whether somebody connected to the doctor's port, whatever the script says.
    init(_ output: String, _ enforcement: [Enforcement.Entry], wasReached: Bool = false) {
        controls = Dictionary(enforcement.map { ($0.name, $0.answer) }) { first, _ in first }
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard fields.count >= 2, fields[0] == ProofScript.mark else { continue }
            if fields == [ProofScript.mark, "end"] { isComplete = true }
            if fields.count > 2 { words[fields[1]] = (fields[2], fields.count > 3 ? fields[3] : "") }
        }
        if wasReached { words[ProofProbe.connection] = ("ok", "") }
    }

    /// The probe with what came of it; nil where none of its controls was asked for, or all are missing.
    ///
    /// A sandbox that ends as its memory is used up, and says no more, has denied it.
    func judged(_ probe: ProofProbe, endsSandbox: Bool) -> DoctorProof.Probe? {
        let asked = probe.controls.filter { controls[$0] == .enforced || controls[$0] == .stronger }
        guard !asked.isEmpty else { return nil }
        let outcome: DoctorProof.Outcome =
            switch words[probe.id] {
            case ("ok", _)?: asked.contains { controls[$0] == .enforced } ? .succeeded : .contained
            case ("skipped", let reason)?: .skipped(reason)
            case ("denied", _)?: .denied
            default: endsSandbox ? .denied : .unanswered
            }
        return DoctorProof.Probe(id: probe.id, controls: asked, outcome: outcome)
    }
}
