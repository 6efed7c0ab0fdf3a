#!/usr/bin/env python3
"""A store of many runs beside one of ten: exec, plan, inspect and ls, then gc of half of it.

usage: many_runs.py SBXPIPE [--runs 20000] [--samples 100] [--folder DIR] [--json]

The runs are real ones, made by exec in two processes; that takes minutes. Ages are set back by the times of the files,
which is what gc goes by. Milliseconds are medians of alternating calls in both stores.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SPEC = {"name": "many", "command": ["/bin/echo", "hello"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sbxpipe")
    parser.add_argument("--runs", type=int, default=20000)
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--folder")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    tool = os.path.abspath(options.sbxpipe)
    folder = tempfile.mkdtemp(prefix="many-", dir=options.folder)
    try:
        result = measure(tool, folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(result, indent=2) if options.json else table(result))


def environment(folder):
    names = {"PATH": "/usr/bin:/bin", "HOME": folder, "XDG_STATE_HOME": folder + "/state", "LC_ALL": "C"}
    os.makedirs(folder + "/state", exist_ok=True)
    return names


def call(tool, folder, *arguments):
    """Runs the tool and gives seconds and the peak of its memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen([tool, *arguments], cwd=folder, env=environment(folder), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}")
    return seconds, usage.ru_maxrss * 1024


def measure(tool, folder, options):
    counts = {"few": 10, "many": options.runs}
    for name, count in counts.items():
        fill(tool, folder, name, count)
    result = {"runs": options.runs, "samples": options.samples, "milliseconds": {}}
    cases = {"exec": ["exec", "many"], "plan": ["plan", "many.json"], "inspect last": ["inspect", "last"]}
    for case, arguments in cases.items():
        times = {"few": [], "many": []}
        for _ in range(options.samples):
            for store in times:
                times[store].append(call(tool, folder, *arguments, "--store", f"{folder}/{store}")[0] * 1000)
        medians = {store: statistics.median(found) for store, found in times.items()}
        result["milliseconds"][case] = {**medians, "ratio": medians["many"] / medians["few"]}
    result["ls"] = listing(tool, folder)
    result["gc"] = collect(tool, folder, options.runs)
    return result


def fill(tool, folder, store, count):
    with open(f"{folder}/many.json", "w") as file:
        json.dump(SPEC, file)
    call(tool, folder, "plan", "many.json", "--store", f"{folder}/{store}")
    start = time.perf_counter()
    loop = 'for n in $(seq "$1"); do "$2" exec many --store "$3" >/dev/null || exit 1; done'
    halves = [count // 2, count - count // 2]
    running = [
        subprocess.Popen(["sh", "-c", loop, "sh", str(half), tool, f"{folder}/{store}"], env=environment(folder))
        for half in halves
    ]
    if any(process.wait() for process in running):
        sys.exit("exec failed")
    print(f"{count} runs made in {time.perf_counter() - start:.0f} s", file=sys.stderr)


def listing(tool, folder):
    """Seconds to the first row and to the last, and memory."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [tool, "ls", "--runs", "--store", f"{folder}/many"], env=environment(folder), cwd=folder, stdout=subprocess.PIPE
    )
    process.stdout.readline()
    process.stdout.readline()
    first = time.perf_counter() - start
    rows = 1 + sum(1 for _ in process.stdout)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return {
        "rows": rows, "first row, s": first, "all rows, s": time.perf_counter() - start,
        "memory, MiB": usage.ru_maxrss / 1024,
    }


def collect(tool, folder, runs):
    cache = f"{folder}/many/cache"
    old = time.time() - 40 * 86400
    records = sorted(os.listdir(f"{cache}/refs/runs"))[: runs // 2]
    for name in records:
        os.utime(f"{cache}/refs/runs/{name}", (old, old))
    for part in ["blobs/sha256", "actions/resolve", "actions/env", "actions/materialize", "actions/archive"]:
        for entry in os.scandir(f"{cache}/{part}"):
            os.utime(entry.path, (old, old))
    before = len(os.listdir(f"{cache}/blobs/sha256"))
    seconds, memory = call(tool, folder, "cache", "gc", "-q", "--store", f"{folder}/many")
    after = len(os.listdir(f"{cache}/blobs/sha256"))
    left = len(os.listdir(f"{cache}/refs/runs"))
    verify, verify_memory = call(tool, folder, "cache", "verify", "-q", "--store", f"{folder}/many")
    return {
        "objects before": before, "objects after": after, "runs after": left, "seconds": seconds,
        "memory, MiB": memory / 2**20, "verify, s": verify, "verify memory, MiB": verify_memory / 2**20,
    }


def table(result):
    lines = [f"{result['runs']} runs against 10, n = {result['samples']}, medians in ms", "case           few   many  ratio"]
    for case, found in result["milliseconds"].items():
        lines.append(f"{case:13}{found['few']:5.1f}{found['many']:7.1f}{found['ratio']:7.2f}")
    for part in ["ls", "gc"]:
        lines.append(f"{part}: " + ", ".join(f"{name} {value:.4g}" for name, value in result[part].items()))
    return "\n".join(lines)


main()
