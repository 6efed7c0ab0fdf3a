package import ContentAddressing
package import PipelineContracts

extension BundleRecord {
    /// Files that lie in the image at `/sbxpipe`, documents before what may be large.
    package var files: [(stage: StageName, name: String, descriptor: Descriptor)] {
        let all = receipts.flatMap { receipt in
            receipt.files.filter { !BundleNames.isLayer($0.key) }.map { (receipt.stage, $0.key, $0.value) }
        }
        func order(_ file: (StageName, String, Descriptor)) -> (Int, Int, String) {
            (file.2.mediaType.hasSuffix("json") ? 0 : 1, file.0.number, file.1)
        }
        return all.sorted { order($0) < order($1) }.map { (stage: $0.0, name: $0.1, descriptor: $0.2) }
    }
}
