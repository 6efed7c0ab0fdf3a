internal import CHostShims

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starts a process.
///
/// It returns when the kernel has taken over the executable, so an executable that can't be run is an error here and
/// not an end of the child. The caller owns the result and has to wait for it, or to have an ``EventLoop`` do so. Safe
/// to call from any thread; with `killOnParentDeath`, but without a waiter, from one that outlives the child.
///
/// - Throws: ``ProcessError``, with `executionFailed` and the errno when the kernel refused the executable.
package func spawn(_ request: SpawnRequest) throws(ProcessError) -> ChildProcess {
    let arguments = try StringVector(request.arguments, named: "an argument")
    let environment = try StringVector(request.environment, named: "the environment")
    let directory = try StringVector([request.workingDirectory], named: "the working directory")
    let followed = try StringVector([request.followedFile?.name ?? ""], named: "the followed file's name")
    let mappings = request.descriptors.map { sbx_descriptor_mapping(parent: $0.parent ?? -1, child: $0.child) }
    if request.descriptors.contains(where: { ($0.parent ?? 0) < 0 || $0.child < 0 }) {
        throw ProcessError(code: .invalidRequest, operation: "spawn", message: "negative descriptor")
    }
    if request.followedFile != nil, !request.underWaiter {
        throw ProcessError(code: .invalidRequest, operation: "spawn", message: "followed file without a waiter")
    }
    var result = sbx_spawn_result()
    let status = unsafe mappings.withUnsafeBufferPointer { mappings in
        var raw = unsafe sbx_spawn_request()
        unsafe raw.arguments = UnsafePointer(arguments.pointers)
        unsafe raw.environment = UnsafePointer(environment.pointers)
        unsafe raw.mappings = mappings.baseAddress
        unsafe raw.mapping_count = mappings.count
        unsafe raw.directory = UnsafePointer(directory.pointers.pointee)
        unsafe raw.followed_file = request.followedFile == nil ? nil : UnsafePointer(followed.pointers.pointee)
        unsafe raw.followed_folder = request.followedFile?.folder ?? -1
        unsafe raw.user_namespace = request.userNamespace?.namespace ?? -1
        unsafe raw.inner_user = request.userNamespace?.user ?? 0
        unsafe raw.inner_group = request.userNamespace?.group ?? 0
        unsafe raw.executable = request.executable
        unsafe raw.creation_mask = request.fileCreationMask.map { Int32($0 & 0o777) } ?? -1
        unsafe raw.controlling_terminal = request.controllingTerminal ?? -1
        unsafe raw.new_session = request.newSession
        unsafe raw.clear_supplementary_groups = request.clearSupplementaryGroups
        unsafe raw.kill_on_parent_death = request.killOnParentDeath
        unsafe raw.under_waiter = request.underWaiter
        unsafe raw.waiter_leaves_rest = request.waiterLeavesRest
        return unsafe sbx_spawn(&raw, &result)
    }
    guard status >= 0 else { throw failure(-status, at: result.failed_step, request) }
    return ChildProcess(
        ProcessHandle(processID: result.process, descriptor: result.descriptor),
        waiter: result.waiter < 0 ? nil : Waiter(result)
    )
}

private func failure(_ number: Int32, at step: sbx_spawn_step, _ request: SpawnRequest) -> ProcessError {
    let (code, operation): (ProcessError.Code, String) =
        switch step {
        case .request: (number == ENOTSUP ? .unsupported : .invalidRequest, "spawn")
        case .process: (.startFailed, "clone")
        case .session: (.startFailed, "setsid")
        case .groups: (.startFailed, "clear supplementary groups")
        case .namespace: (.startFailed, "enter the user namespace")
        case .parent: (.startFailed, "tie child to parent")
        case .directory: (.startFailed, "chdir \(request.workingDirectory)")
        case .descriptors: (.startFailed, "map descriptors")
        case .terminal: (.startFailed, "take controlling terminal")
        case .execute: (.executionFailed, "execute \(request.arguments.first ?? "")")
        case .waiter: (.startFailed, "start a waiter")
        @unknown default: (.startFailed, "spawn")
        }
    return ProcessError(operation, errno: number, code: code)
}
