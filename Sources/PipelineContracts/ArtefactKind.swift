/// Every document that sbxpipe writes: stage, file name, schema id and media type in one table.
///
/// `stages/README.md` has the same table; a test compares them.
package struct ArtefactKind: Sendable, Hashable {
    /// The stage that writes it; nil for documents about a whole plan or run.
    package let stage: StageName?
    /// Name in the stage's folder.
    package let file: String
    /// `sbxpipe.NAME/v1`; nil for raw bytes and others' formats.
    package let schema: String?
    package let mediaType: String
    package let summary: String

    private init(_ stage: StageName?, _ file: String, _ name: String, _ summary: String) {
        self.stage = stage
        self.file = file
        schema = "sbxpipe.\(name)/v1"
        mediaType = "application/vnd.sbxpipe.\(name).v1+json"
        self.summary = summary
    }

    private init(_ stage: StageName?, _ file: String, raw mediaType: String, _ summary: String) {
        self.stage = stage
        self.file = file
        schema = nil
        self.mediaType = mediaType
        self.summary = summary
    }

    package static let helpers = ArtefactKind(
        .resolve,
        "helpers.json",
        "helpers",
        "launchers asked for and found, the one chosen and why"
    )
    package static let host = ArtefactKind(
        .resolve,
        "host.json",
        "host",
        "kernel, ids, capabilities, namespaces, cgroups"
    )
    package static let inputs = ArtefactKind(
        .resolve,
        "inputs.json",
        "inputs",
        "each source's kind, the caller's variables that were asked for"
    )
    package static let environment = ArtefactKind(
        .env,
        "env.json",
        "env",
        "the command's variables, sorted, each with its origin"
    )
    package static let description = ArtefactKind(
        .materialize,
        "description.json",
        "description",
        "the portable sandbox: typed values, no host path, id or helper"
    )
    package static let enforcement = ArtefactKind(
        .materialize,
        "enforcement.json",
        "enforcement",
        "each control asked for and by what it is enforced"
    )
    package static let bubblewrap = ArtefactKind(
        .materialize,
        "bwrap.json",
        "bwrap",
        "the binding of the description to this host and bubblewrap"
    )
    package static let container = ArtefactKind(
        .materialize,
        "config.json",
        raw: "application/json",
        "in place of bwrap.json for runc, crun and runsc: a config.json of the OCI runtime specification with open slots"
    )
    package static let direct = ArtefactKind(
        .materialize,
        "direct.json",
        "direct",
        "in place of bwrap.json where the command is started without a launcher"
    )
    package static let seccomp = ArtefactKind(
        .materialize,
        "seccomp.json",
        raw: "application/json",
        "the filter of system calls, linux.seccomp of the OCI runtime specification; only where there is one"
    )
    package static let plan = ArtefactKind(
        .archive,
        "plan.json",
        "plan",
        "the plan's identity: what its parts' digests are"
    )
    package static let archive = ArtefactKind(
        .archive,
        "plan.tar",
        raw: "application/vnd.sbxpipe.archive.v1.tar",
        "the small tar that exec launches from"
    )
    package static let specification = ArtefactKind(
        .archive,
        "spec.json",
        "spec",
        "the spec as it was understood, without name and annotations"
    )
    package static let layer = ArtefactKind(
        .archive,
        "layer-0.tar",
        raw: "application/vnd.oci.image.layer.v1.tar",
        "a layer of the root, or a snapshot as a plain layer at its place inside; counted from 0, the root's first, bottom first"
    )
    package static let launch = ArtefactKind(.launch, "result.json", "launch", "the launch record")
    package static let captures = ArtefactKind(
        .collect,
        "captures.json",
        "captures",
        "digests and sizes of the captures and outputs"
    )
    package static let cast = ArtefactKind(
        .collect,
        "session.cast",
        raw: "application/x-asciicast",
        "what the terminal showed, in asciicast v2; only of a run with a terminal"
    )
    package static let stream = ArtefactKind(
        .collect,
        "stdout",
        raw: "application/octet-stream",
        "what the command wrote: stdout, stderr or combined"
    )
    package static let frames = ArtefactKind(
        .collect,
        "frames.jsonl",
        raw: "application/vnd.sbxpipe.frames.v1+jsonl",
        "time, stream, offset, length a chunk"
    )
    package static let outputs = ArtefactKind(
        .collect,
        "outputs.tar",
        raw: "application/vnd.oci.image.layer.v1.tar",
        "the declared outputs, a plain layer"
    )
    package static let outputList = ArtefactKind(
        .collect,
        "outputs.json",
        "outputs",
        "the outputs' files with mode, size and digest"
    )
    package static let run = ArtefactKind(.collect, "run.json", "run", "the run: its plan, launch and captures")
    package static let receipt = ArtefactKind(nil, "receipt.json", "stage", "a stage's files, name to descriptor")
    package static let bundle = ArtefactKind(
        nil,
        "bundle.json",
        "bundle",
        "what a bundle's file holds; in its image at /sbxpipe"
    )
    package static let planReport = ArtefactKind(nil, "plan-report.json", "plan-report", "what plan prints as JSON")

    /// All of them, in the order of the stages.
    package static let all: [ArtefactKind] = [
        helpers, host, inputs, environment, description, enforcement, bubblewrap, container, direct, seccomp,
        specification, plan,
        archive, layer,
        launch, captures, stream, frames, outputs, outputList, run, receipt, bundle, planReport,
    ]
}
