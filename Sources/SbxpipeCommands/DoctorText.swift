import HostFiles
import SandboxPipeline

/// What `doctor` prints for people: a line a runtime, then each finding with cause and remedy.
struct DoctorText {
    private let report: DoctorReport
    private let console: Console

    init(_ report: DoctorReport, _ console: Console) {
        self.report = report
        self.console = console
    }

    var text: String {
        var lines = report.runtimes.map(line)
        for proof in report.proofs ?? [] { lines += [""] + self.lines(proof) }
        for finding in report.findings {
            let about = finding.runtime.map { " (\($0))" } ?? ""
            lines += ["", colored(finding.severity.rawValue, finding.severity) + ": \(finding.id)\(about)"]
            lines += TextLines("cause:  ", finding.cause).lines
            if let remedy = finding.remedy { lines += TextLines("remedy: ", remedy).lines }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func line(_ runtime: DoctorReport.Runtime) -> String {
        let name = runtime.name.padded(8)
        if runtime.name == "direct" { return name + "there   no sandbox: the command is started as it is" }
        let verdict = runtime.works ? "works   " : "fails   "
        let platform = runtime.platform.map { "on \($0)" }
        let rest = [runtime.version, runtime.path, platform].compactMap(\.self).joined(separator: " ")
        let color = console.usesColor ? (runtime.works ? "32" : "31") : nil
        let line = name + (color.map { "\u{1B}[\($0)m\(verdict)\u{1B}[0m" } ?? verdict) + Printable.escaped(rest)
        return String(line.reversed().drop { $0 == " " }.reversed())
    }

    /// For each control what came of its probes.
    private func lines(_ proof: DoctorProof) -> [String] {
        let title = "\(proof.runtime), preset \(proof.preset)"
        if let refusal = proof.refusal { return TextLines("", "\(title): not proved: \(refusal)", indent: 0).lines }
        let counts = Dictionary(grouping: proof.probes, by: \.outcome.word).mapValues(\.count)
        let sums = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        var lines = ["\(title): \(sums)"]
        for control in Set(proof.probes.flatMap(\.controls)).sorted() {
            let probes = proof.probes.filter { $0.controls.contains(control) }.map { probe in
                probe.outcome == .denied ? probe.id : "\(probe.id) \(probe.outcome.word)"
            }
            lines += TextLines(control.padded(26), probes.joined(separator: ", ")).lines
        }
        let reasons = proof.probes.compactMap { probe -> String? in
            if case .skipped(let reason) = probe.outcome { "\(probe.id): \(reason)" } else { nil }
        }
        if !reasons.isEmpty { lines += TextLines("skipped".padded(26), reasons.joined(separator: "; ")).lines }
        return lines
    }

    private func colored(_ text: String, _ severity: DoctorFinding.Severity) -> String {
        let code = [DoctorFinding.Severity.error: "31", .warning: "33"][severity]
        guard console.usesColor, let code else { return text }
        return "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }
}

/// A text in lines of at most 80 columns, broken at blanks, below a label.
struct TextLines {
    let lines: [String]

    init(_ label: String, _ text: String, indent: Int = 2) {
        let margin = String(repeating: " ", count: indent)
        let inner = margin + String(repeating: " ", count: label.count)
        var lines: [String] = []
        var line = margin + label
        var isEmpty = true
        for word in Printable.escaped(text).split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > 80 {
                lines.append(line)
                (line, isEmpty) = (inner, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        self.lines = lines + [line]
    }
}
