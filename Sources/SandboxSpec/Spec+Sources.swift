extension Spec {
    /// The same with every relative source on the host made absolute, so that it means the same in any folder.
    package func withAbsoluteSources(base: String) -> Spec {
        func absolute(_ source: String) -> String {
            let stands = source.utf8.first == UInt8(ascii: "/") || source == "~" || source.hasPrefix("~/")
            return stands ? source : InsidePath.normalised(base + "/" + source)
        }
        var spec = self
        spec.mounts = mounts.map { mount in
            guard case .bind(var bind) = mount else { return mount }
            bind.source = absolute(bind.source)
            return .bind(bind)
        }
        if case .file(let path)? = stdin { spec.stdin = .file(absolute(path)) }
        spec.broker?.socket = absolute(broker?.socket ?? "")
        spec.broker?.shim = absolute(broker?.shim ?? "")
        return spec
    }
}
