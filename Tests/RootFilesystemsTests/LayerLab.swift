import ArtifactStore
import ContentAddressing
import HostFiles
import TarArchive
import TestSupport
import Testing

@testable import RootFilesystems

/// Layers made by Python's tarfile, and the tree that they come to in a store.
struct LayerLab {
    let lab: TreeLab

    init() throws { lab = try TreeLab() }

    /// Makes tars by a script, in which `t(NAME, ENTRY...)` writes one: an entry is `f(PATH, TEXT)`, `d(PATH)`,
    /// `s(PATH, TARGET)`, `h(PATH, TARGET)`, `n(PATH, TYPE, MAJOR, MINOR)`, each with `mode`, `uid`, `gid` where that counts.
    func make(_ script: String) throws {
        let prelude = """
            import gzip, io, os, struct, subprocess, sys, tarfile
            def e(path, type, mode, text=b'', link='', uid=0, gid=0, dev=(0, 0)):
                i = tarfile.TarInfo(path); i.type = type; i.mode = mode; i.linkname = link; i.size = len(text)
                i.uid, i.gid, i.mtime = uid, gid, 1000
                i.devmajor, i.devminor = dev
                return i, text
            def f(path, text='', mode=0o644, **k): return e(path, tarfile.REGTYPE, mode, text.encode(), **k)
            def d(path, mode=0o755, **k): return e(path, tarfile.DIRTYPE, mode, **k)
            def s(path, target): return e(path, tarfile.SYMTYPE, 0o777, link=target)
            def h(path, target): return e(path, tarfile.LNKTYPE, 0o644, link=target)
            def n(path, type, *dev): return e(path, type, 0o666, dev=dev or (0, 0))
            def t(name, *entries, format=tarfile.PAX_FORMAT):
                with tarfile.open(name, 'w', format=format) as out:
                    for info, text in entries: out.addfile(info, io.BytesIO(text))

            """
        let environment = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        let run = try Program.run(
            ["/usr/bin/python3", "-c", prelude + script],
            in: lab.folder.path,
            environment: environment
        )
        try #require(run.code == 0, "\(run)")
    }

    /// The layer that a file holds, taken into the store.
    func layer(_ name: String) throws -> RootLayer {
        let source = RootSource.tar(lab.folder(name))
        let content = try source.content(lab.store)
        try source.keep(content, in: lab.store)
        return content.layers[0]
    }

    func unpacked(_ layers: [RootLayer]) throws -> String {
        try TreeStore(lab.store, user: HostIdentity.current().user).unpacked(layers)
    }

    func unpacked(_ names: String...) throws -> String { try unpacked(names.map(layer)) }

    /// What unpacking is refused with; empty when it is not.
    func refusal(_ names: [String]) -> String {
        do {
            _ = try unpacked(names.map(layer))
            return ""
        } catch {
            return "\(error)"
        }
    }
}
