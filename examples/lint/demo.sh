#!/bin/bash
# Plans, launches and plans again examples/lint/sandbox.json, and shows what is left on disk.
# Usage: demo.sh [SBXPIPE]; the tool is this checkout's release unless named.
set -eu -o pipefail

checkout=$(cd "$(dirname "$0")/../.." && pwd -P)
tool=$(realpath -- "${1:-$checkout/.build/release/sbxpipe}")
cd "$checkout"
spec=examples/lint/sandbox.json

die() {
    printf 'demo: %s\n' "$@" >&2
    exit 1
}

# The toolchain's own folder: `swift` on PATH may be a link or swiftly's stand-in for it.
resources=$(swift -print-target-info 2>/dev/null | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p') || true
[[ -n $resources ]] || die "swift is not on PATH, or does not say where it is"
toolchain=$(realpath -- "$resources/../..")
[[ -x $toolchain/bin/swift-format ]] || die "no swift-format in $toolchain/bin, which this example runs"

changes=()
[[ $toolchain == /opt/swift/usr ]] || changes=(--set "mounts[0].bind=$toolchain")

# A store that others may write is passed over; cloned under umask 002, this checkout's is one.
if [[ -O . && -n $(find . cache stages -maxdepth 0 -perm /022) ]]; then
    echo "demo: chmod go-w . cache stages, so that this checkout's store can be used"
    chmod go-w . cache stages
fi

# Prints a command as one would type it, then runs it.
show() {
    printf '\n$ sbxpipe'
    printf ' %s' "${@@Q}" | sed "s/'\([A-Za-z0-9_.,:/=~-]*\)'/\1/g"
    printf '\n'
    "$tool" "$@"
}

say() { printf '\n# %s\n' "$@"; }

say "Plan: four stages work out what the sandbox will be; nothing is launched yet."
show plan "$spec" "${changes[@]}"
say "Exec: launch that plan. swift-format reads this checkout's sources, without a network and unable to write them."
show exec lint
say "Plan again: nothing changed, so nothing is done again."
show plan "$spec" "${changes[@]}"
say "Inspect: the six stages of the run, each with its files and their digests."
show inspect last
say "Cat: the report that it wrote, from the outputs of the run."
show cat last 6-collect/outputs.tar/report/summary.txt

# -v says where the plan's folder is: in this checkout, unless the store here is not ours to use.
store=$("$tool" plan -v "$spec" "${changes[@]}" 2>&1 >/dev/null | sed -n 's/^sbxpipe: stages\/.* in //p')
cat <<END

# Where to look, in $store:
    stages/last/                                this run, a folder a stage; stages/README.md says what each holds
    stages/last/1-resolve/helpers.json          which bubblewrap, and why
    stages/last/3-materialize/enforcement.json  what was asked for, and by what it is enforced
    stages/last/3-materialize/bwrap.json        what bubblewrap was told
    stages/last/5-launch/result.json            exit code, times, command line
    stages/last/6-collect/outputs.tar           the report: summary.txt and findings.txt
    cache/                                      the same files by digest; make clean-store deletes them
END
