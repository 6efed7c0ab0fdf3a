import ContentAddressing
import HostFiles
import TestSupport
import Testing

@testable import RootFilesystems

@Suite("Images as roots")
struct ImageTests {
    /// `image(FOLDER, TAG...)` makes a layout of the tars in `layers`; `blob` writes one blob.
    static let prelude = """
        import hashlib, json
        def blob(folder, data, type):
            digest = hashlib.sha256(data).hexdigest()
            os.makedirs(folder + '/blobs/sha256', exist_ok=True)
            open(folder + '/blobs/sha256/' + digest, 'wb').write(data)
            return {'mediaType': type, 'digest': 'sha256:' + digest, 'size': len(data)}
        OCI = 'application/vnd.oci.image.'
        def manifest(folder, layers, arch='amd64', types=None, config={}, **other):
            plain = [open(l, 'rb').read() for l in layers]
            blobs = [blob(folder, gzip.compress(p), OCI + 'layer.v1.tar+gzip') for p in plain]
            for b, t in zip(blobs, types or []): b['mediaType'] = t
            ids = ['sha256:' + hashlib.sha256(p).hexdigest() for p in plain]
            c = {'architecture': arch, 'os': 'linux', 'rootfs': {'type': 'layers', 'diff_ids': ids}, 'config': config}
            c.update(other)
            c = blob(folder, json.dumps(c).encode(), OCI + 'config.v1+json')
            m = {'schemaVersion': 2, 'config': c, 'layers': blobs}
            return blob(folder, json.dumps(m).encode(), OCI + 'manifest.v1+json')
        def index(folder, *entries):
            os.makedirs(folder, exist_ok=True)
            open(folder + '/oci-layout', 'w').write('{"imageLayoutVersion": "1.0.0"}')
            json.dump({'schemaVersion': 2, 'manifests': entries}, open(folder + '/index.json', 'w'))
        def named(m, tag): return dict(m, annotations={'org.opencontainers.image.ref.name': tag})
        def on(m, arch): return dict(m, platform={'os': 'linux', 'architecture': arch})
        t('1', d('a'), f('a/x', 'one')); t('2', f('a/y', 'two'))

        """

    private func content(_ lab: LayerLab, _ path: String, _ reference: String? = nil) throws -> RootContent {
        try RootSource.image(lab.lab.folder(path), reference: reference, machine: "x86_64").content(lab.lab.store)
    }

    private func refusal(_ script: String, _ reference: String? = nil) throws -> String {
        let lab = try LayerLab()
        try lab.make(Self.prelude + script)
        let source = RootSource.image(lab.lab.folder("i"), reference: reference, machine: "x86_64")
        do {
            let content = try source.content(lab.lab.store)
            try source.keep(content, in: lab.lab.store)
            _ = try lab.unpacked(content.layers)
            return ""
        } catch {
            return "\((error as? RootFilesystemError)?.message ?? "\(error)")"
        }
    }

    @Test(
        "A tag, a digest and the machine choose an image, of a folder as of an archive, whose layers stay what they are"
    )
    func chosen() throws {
        let lab = try LayerLab()
        try lab.make(
            Self.prelude + """
                config = {'Entrypoint': ['/bin/e'], 'Cmd': ['c'], 'Env': ['A=b=c'], 'WorkingDir': '/w', 'User': '7:8'}
                one = manifest('i', ['1'], config=config); two = manifest('i', ['1', '2'])
                other = manifest('i', ['2'], arch='arm64')
                both = blob('i', json.dumps({'manifests': [on(other, 'arm64'), on(two, 'amd64')]}).encode(), OCI + 'index.v1+json')
                index('i', named(one, 'v1'), named(both, 'example.org/app:v2'))
                subprocess.run('cd i && tar -cf ../i.tar blobs index.json oci-layout', shell=True, check=True)
                open('digest', 'w').write(one['digest'])
                """
        )
        let digest = try lab.lab.folder.read("digest")
        let one = try content(lab, "i", "v1")
        #expect(one.layers.count == 1 && one.layers[0].blob.mediaType.hasSuffix("+gzip"))
        #expect(one.manifest?.description == digest)
        #expect(one.defaults.command == ["/bin/e", "c"] && one.defaults.environment == ["A=b=c"])
        #expect(one.defaults.workdir == "/w" && one.defaults.user == "7:8")
        #expect(try content(lab, "i", digest) == one)
        let two = try content(lab, "i", "v2")
        #expect(two.layers.count == 2 && two.layers[0] == one.layers[0] && two.defaults == ImageDefaults())
        for path in ["i.tar", "i.tar", "i"] {
            #expect(try content(lab, path, "v2") == two)
            let source = RootSource.image(lab.lab.folder(path), reference: "v2", machine: "x86_64")
            try source.keep(two, in: lab.lab.store)
        }
        let tree = try lab.unpacked(two.layers)
        #expect(try FileContent.read(tree + "/a/y", limit: 10) == Array("two".utf8))
        let ambiguous = #expect(throws: RootFilesystemError.self) { try content(lab, "i") }
        #expect(ambiguous?.message == "there are 2 images in it")
        #expect(ambiguous?.hint?.contains("v1, example.org/app:v2") == true)
    }

    @Test(
        "An image that is not what it says is refused by what is wrong with it",
        arguments: [
            ("index('i')", "no image for linux/amd64"), ("os.mkdir('i')", "is no image layout"),
            ("index('i', manifest('i', ['1'], arch='arm64'))", "is for arm64, this machine is amd64"),
            ("index('i', named(manifest('i', ['1']), 'w'))", "no image v in it"),
            ("m = manifest('i', ['1']); m['size'] += 1\nindex('i', named(m, 'v'))", "other bytes than its digest"),
            (
                "m = manifest('i', ['1'])\nopen('i/blobs/sha256/' + m['digest'][7:], 'a').write(' ')\nindex('i', named(m, 'v'))",
                "other bytes than its digest"
            ),
            (
                "m = manifest('i', ['1'])\nos.remove('i/blobs/sha256/' + m['digest'][7:])\nindex('i', named(m, 'v'))",
                "missing"
            ),
            (
                "m = manifest('i', ['1'], types=['text/plain'])\nindex('i', named(m, 'v'))",
                "is a text/plain, not a layer"
            ),
            (
                "m = manifest('i', ['1'], rootfs={'diff_ids': []})\nindex('i', named(m, 'v'))",
                "1 layers, its config 0 diff_ids"
            ),
            (
                "m = manifest('i', ['1'], rootfs={'diff_ids': ['sha256:' + '0' * 64]})\nindex('i', named(m, 'v'))",
                "is what it is to hold"
            ),
            (
                """
                m = manifest('i', ['1']); l = json.load(open('i/blobs/sha256/' + m['digest'][7:]))['layers'][0]
                p = 'i/blobs/sha256/' + l['digest'][7:]; data = bytearray(open(p, 'rb').read()); data[30] ^= 1
                open(p, 'wb').write(data); index('i', named(m, 'v'))
                """, "other bytes than its digest and size say"
            ),
            (
                """
                m = manifest('i', ['1']); l = json.load(open('i/blobs/sha256/' + m['digest'][7:]))['layers'][0]
                open('i/blobs/sha256/' + l['digest'][7:], 'a').write('x'); index('i', named(m, 'v'))
                """, "its manifest says"
            ),
            ("m = manifest('i', ['1'], config={'Env': [1]})\nindex('i', named(m, 'v'))", "Env holds what is no text"),
        ]
    )
    func refused(script: String, reason: String) throws {
        let message = try refusal(script, script.contains("'w'") || script.contains("'v'") ? "v" : nil)
        #expect(message.contains(reason) && !message.contains("\n"), "\(message)")
    }
}
