import HostFiles
import PipelineContracts
import SandboxSpec

extension MountExpansion {
    /// With the host's network, the resolver's file must be found though `/run` is empty inside.
    mutating func addNetworkFiles() {
        guard binding.sharesNetwork, binding.root != .hostItself else { return }
        if !binding.root.isHost { return addNetworkFilesOverTree() }
        guard
            let real = (try? AbsolutePath.real("/etc/resolv.conf")) ?? nil, real != "/etc/resolv.conf",
            case .missing(let inside) = tree.resolve("/etc/resolv.conf"),
            tree.governing(inside)?.takesMountPoints == true
        else { return }
        tree.set(
            MountOperation(
                .bind(source: real, writable: false, devices: false),
                at: real,
                origin: .preset,
                field: "network"
            )
        )
    }

    /// passwd and group in which the inner id bears the caller's name, where the host's own do not say so.
    mutating func addAccounts() {
        guard let mapping = binding.accounts else { return }
        let files = AccountFiles(host: host, accounts: accounts, mapping: mapping, isOwn: !binding.root.isHost)
        for (path, text) in [("/etc/passwd", files.passwd), ("/etc/group", files.group)] {
            guard let text, case .host(_, .file, let inside) = tree.resolve(path), tree[inside] == nil else {
                continue
            }
            tree.set(
                MountOperation(.text(text, permissions: "0644"), at: inside, origin: .preset, field: "user")
            )
        }
    }

    /// Where each declared output will lie: on a writable bind, or on a tmpfs that a folder of ours stands in for.
    mutating func findOutputs(_ outputs: [OutputRule]) throws(MountProblem) {
        for (index, output) in outputs.enumerated() {
            let folder = Glob(output.path)?.literal ?? Glob(output.path)?.fixedFolder ?? output.path
            let place: String =
                switch tree.resolve(folder) {
                case .host(_, _, let inside), .own(let inside), .kernel(let inside), .missing(let inside): inside
                }
            guard let operation = tree.governing(place) else { throw unwritable(index, folder) }
            switch operation.action {
            case .bind(_, true, _): continue
            case .tmpfs(let size, _):
                if !outputMounts.contains(where: { $0.at == operation.at }) {
                    outputMounts.append((at: operation.at, size: size))
                }
            default: throw unwritable(index, folder)
            }
        }
    }

    func unwritable(_ index: Int, _ folder: String) -> MountProblem {
        MountProblem(
            "outputs[\(index)]",
            "nothing can be written at \(Printable.escaped(folder)) inside",
            hint: "outputs are collected from a rw bind or a tmpfs"
        )
    }

    /// Puts a folder of ours in place of a tmpfs that holds outputs.
    package mutating func standIn(_ folder: String, forTmpfsAt at: String) {
        guard let present = tree[at] else { return }
        tree.replace(
            MountOperation(
                .bind(source: folder, writable: true, devices: false),
                at: at,
                origin: present.origin,
                field: present.field
            )
        )
    }
}
