#!/usr/bin/python3
"""What many runs in a store cost, beside a store of ten: exec, plan, inspect and ls, then gc of half of them.

    python3 Benchmarks/many_runs.py PATH-TO-SBXPIPE [--runs N] [--samples N] [--folder DIR] [--json FILE]

The runs are real ones, made by exec in two processes at once: 20,000 take some minutes and 600 MB below DIR. Then, in
both stores in turn, the order turned round each time: milliseconds of `exec`, `plan` and `inspect last`, each started
by posix_spawn and waited for, and the ratio of their medians. `ls --runs`: seconds to its first row and to its last, and
memory in both stores. At last half of the runs and all objects and actions are set back 40 days by the times of their
files, which is what gc goes by: seconds and memory of `cache gc`, and what it left; `cache verify` has to be content
before and after. Memory is the tool's own peak (VmHWM), looked at until it ends. Limits (issue 3): ratios 1.2, gc 20 s
and 64 MiB. Exit code 0 also when one is missed, 1 when a command fails.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

FEW = 10
RATIO, GC_SECONDS, GC_MEMORY = 1.2, 20.0, 64.0
CASES = {"exec": ["exec", "hello"], "plan": ["plan", "hello.json"], "inspect last": ["inspect", "last"]}
NULL_ACTIONS = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]


class Stores:
    """Two stores in a folder of their own: `few` and `many`."""

    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
            "HOME": folder, "XDG_STATE_HOME": f"{folder}/state",
        }
        for name in ("state", "work"):
            os.mkdir(f"{folder}/{name}")
        os.chdir(f"{folder}/work")
        with open("hello.json", "w", encoding="utf-8") as file:
            json.dump({"name": "hello", "command": ["/bin/echo", "hello"], "runtime": "bwrap"}, file)

    def arguments(self, store, *arguments):
        return [self.tool, *arguments, "--store", f"{self.folder}/{store}"]

    def fill(self, store, count):
        self.call(store, "plan", "hello.json")
        started = time.perf_counter()
        loop = 'for n in $(seq "$1"); do "$2" exec hello --store "$3" >/dev/null || exit 1; done'
        running = [
            subprocess.Popen(["sh", "-c", loop, "sh", str(half), self.tool, f"{self.folder}/{store}"],
                             env=self.environment)
            for half in (count // 2, count - count // 2)
        ]
        if any([process.wait() for process in running]):
            sys.exit("many_runs: exec failed")
        print(f"{count} runs made in {time.perf_counter() - started:.0f} s", file=sys.stderr)

    def call(self, store, *arguments):
        """Runs the tool and gives milliseconds."""
        words = self.arguments(store, *arguments)
        started = time.perf_counter_ns()
        process = os.posix_spawn(self.tool, words, self.environment, file_actions=NULL_ACTIONS)
        _, status, _ = os.wait4(process, 0)
        ended = time.perf_counter_ns()
        self.check(words, os.waitstatus_to_exitcode(status))
        return (ended - started) / 1e6

    def watched(self, store, *arguments):
        """Runs the tool and gives seconds and the peak of its memory in MiB."""
        words, peak = self.arguments(store, *arguments), 0
        started = time.perf_counter()
        process = os.posix_spawn(self.tool, words, self.environment, file_actions=NULL_ACTIONS)
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
                found = re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.MULTILINE)
            peak = max(peak, int(found[1]) if found else 0)
            time.sleep(0.001)
        seconds = time.perf_counter() - started
        self.check(words, os.waitstatus_to_exitcode(os.wait4(process, 0)[1]))
        return seconds, peak / 1024

    @staticmethod
    def check(words, code):
        if code:
            sys.exit(f"many_runs: {' '.join(words)} ended with {code}")


def commands(stores, samples):
    """Milliseconds of each command by store, and the ratio of the medians."""
    result = {}
    for case, arguments in CASES.items():
        times = {"few": [], "many": []}
        order = list(times)
        for number in range(samples + 5):
            for store in order:
                taken = stores.call(store, *arguments)
                if number >= 5:
                    times[store].append(taken)
            order.reverse()
        result[case] = {store: quartiles(taken) for store, taken in times.items()}
        result[case]["ratio"] = result[case]["many"]["median"] / result[case]["few"]["median"]
    return result


def quartiles(values):
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": middle, "q1": low, "q3": high, "min": min(values)}


def listing(stores):
    """Seconds to the first row and to the last, and memory."""
    started = time.perf_counter()
    process = subprocess.Popen(stores.arguments("many", "ls", "--runs"), env=stores.environment,
                               stdout=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.readline()
    first = time.perf_counter() - started
    rows = 1 + sum(1 for _ in process.stdout)
    last = time.perf_counter() - started
    stores.check(process.args, process.wait())
    return {
        "rows": rows, "first row, s": first, "last row, s": last,
        "memory, MiB": stores.watched("many", "ls", "--runs")[1],
        "memory of ten, MiB": stores.watched("few", "ls", "--runs")[1],
    }


def collection(stores, runs):
    """Sets back half of the runs, all objects and all actions, and collects."""
    cache = f"{stores.folder}/many/cache"
    old = time.time() - 40 * 86400
    for name in sorted(os.listdir(f"{cache}/refs/runs"))[: runs // 2]:
        os.utime(f"{cache}/refs/runs/{name}", (old, old))
    actions = [entry.path for entry in os.scandir(f"{cache}/actions")]
    for folder in [f"{cache}/blobs/sha256", *actions]:
        for entry in os.scandir(folder):
            os.utime(entry.path, (old, old))

    def left():
        return len(os.listdir(f"{cache}/blobs/sha256")), len(os.listdir(f"{cache}/refs/runs"))

    before = left()
    stores.call("many", "cache", "verify", "-q")
    seconds, memory = stores.watched("many", "cache", "gc", "-q")
    after = left()
    verify = stores.watched("many", "cache", "verify", "-q")
    return {
        "objects": before[0], "objects left": after[0], "runs": before[1], "runs left": after[1],
        "seconds": seconds, "memory, MiB": memory, "verify, s": verify[0], "verify memory, MiB": verify[1],
    }


def show(result):
    print(f"{result['runs']} runs beside {FEW}, n = {result['samples']}, medians in ms with quartiles")
    for case, found in result["milliseconds"].items():
        parts = [f"{one['median']:6.2f} ({one['q1']:.2f} .. {one['q3']:.2f})" for one in (found["few"], found["many"])]
        print(f"{case:13} {parts[0]:26} {parts[1]:26} ratio {found['ratio']:.3f}")
    for part in ("ls", "gc"):
        print(f"{part}: " + ", ".join(f"{name} {value:.4g}" for name, value in result[part].items()))
    missed = [f"{case}: ratio over {RATIO}" for case, found in result["milliseconds"].items() if found["ratio"] > RATIO]
    if result["gc"]["seconds"] > GC_SECONDS:
        missed.append(f"gc: over {GC_SECONDS:.0f} s")
    if result["gc"]["memory, MiB"] > GC_MEMORY:
        missed.append(f"gc: over {GC_MEMORY:.0f} MiB")
    print("\n".join(f"MISSED: {text}" for text in missed) or "Every limit is kept.")


def main():
    parser = argparse.ArgumentParser(description="what many runs in a store cost, beside a store of ten")
    parser.add_argument("tool", metavar="PATH-TO-SBXPIPE")
    parser.add_argument("--runs", type=int, default=20000, help="in the larger store (20000)")
    parser.add_argument("--samples", type=int, default=100, help="measurements a case and store (100)")
    parser.add_argument("--folder", metavar="DIR", help="where the stores are made; else the temporary folder")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there as well")
    given = parser.parse_args()
    given.tool, given.json = os.path.abspath(given.tool), given.json and os.path.abspath(given.json)
    os.umask(0o022)
    folder = os.path.realpath(tempfile.mkdtemp(prefix="sbxpipe-many-", dir=given.folder))
    try:
        stores = Stores(given.tool, folder)
        stores.fill("few", FEW)
        stores.fill("many", given.runs)
        result = {
            "schema": "sbxpipe.bench-store/v1", "runs": given.runs, "samples": given.samples,
            "milliseconds": commands(stores, given.samples), "ls": listing(stores),
            "gc": collection(stores, given.runs),
        }
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    show(result)
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=2, sort_keys=True)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
