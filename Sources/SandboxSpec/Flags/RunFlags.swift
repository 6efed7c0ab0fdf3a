/// The flags of `run` that stand for a spec, as typed (CLI.md, flags).
package struct RunFlags: Sendable, Hashable {
    /// A file of variables: its name for errors, and its text.
    package struct EnvironmentFile: Sendable, Hashable {
        /// As it was typed.
        package var name: String
        /// The whole text.
        package var text: String

        /// Both parts.
        package init(name: String, text: String) {
            self.name = name
            self.text = text
        }
    }

    /// What follows `--`.
    package var command: [String]
    /// `--name`.
    package var name: String?
    /// `--preset`.
    package var preset: String?
    /// `-e KEY[=VAL]`, over those of files.
    package var variables: [String] = []
    /// `--env-file`, a later one over an earlier one.
    package var environmentFiles: [EnvironmentFile] = []
    /// `-v SRC:DST[:rw|ro|overlay|snapshot]`.
    package var volumes: [String] = []
    /// `--tmpfs DST[:size=64M,mode=1777]`.
    package var tmpfs: [String] = []
    /// `--hide`.
    package var hide: [String] = []
    /// `--readonly`.
    package var readonly: [String] = []
    /// `--device`.
    package var devices: [String] = []
    /// `--broker SOCKET:SHIM`.
    package var broker: String?
    /// `--stdin`.
    package var stdin: String?
    /// `-w`.
    package var workdir: String?
    /// `--rootfs`.
    package var rootfs: String?
    /// `--network`.
    package var network: String?
    /// `--hostname`.
    package var hostname: String?
    /// `--memory`.
    package var memory: String?
    /// `--cpus`.
    package var cpus: String?
    /// `--pids-limit`.
    package var pids: String?
    /// `--ulimit NAME=SOFT[:HARD]`.
    package var ulimits: [String] = []
    /// `--user UID[:GID]`.
    package var user: String?
    /// `--cap-drop`, each with one name or several between commas.
    package var capDrop: [String] = []
    /// `--cap-add`, in the same way.
    package var capAdd: [String] = []
    /// `--security-opt seccomp=unconfined|FILE`.
    package var securityOptions: [String] = []
    /// `--secret NAME[=env:VAR|file:PATH]`.
    package var secrets: [String] = []
    /// `--output`.
    package var outputs: [String] = []
    /// `--init` and `--no-init`.
    package var initProcess: Bool?

    /// A command without flags.
    package init(command: [String]) {
        self.command = command
    }
}
