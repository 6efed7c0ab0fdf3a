#!/bin/sh
# What runs inside the sandbox: lints the Swift files of /src, writes /report. Its exit code is the linter's.
set -u

swift-format lint --recursive --parallel Package.swift Sources 2>/report/unsorted.txt
status=$?
# Files are linted at once, in any order; sorted, the same sources give the same report.
sort /report/unsorted.txt >/report/findings.txt
rm /report/unsorted.txt

{
    echo "  files   lines  findings  module"
    for module in Package.swift Sources/*; do
        files=$(find "$module" -name '*.swift' | wc -l)
        [ "$files" -gt 0 ] || continue
        lines=$(find "$module" -name '*.swift' -exec cat {} + | wc -l)
        findings=$(grep -c -E "^(/src/)?$module(/[^:]*)?:[0-9]+:[0-9]+:" /report/findings.txt)
        printf '%7d %7d %9d  %s\n' "$files" "$lines" "$findings" "${module#Sources/}"
    done
} >/report/summary.txt

awk 'NR > 1 { files += $1; lines += $2; findings += $3 }
    END { printf "%d files, %d lines, %d findings", files, lines, findings }' /report/summary.txt
echo ", by swift-format $(swift-format --version) on $(hostname) as $(id -un)"
exit "$status"
