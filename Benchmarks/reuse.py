#!/usr/bin/python3
"""What a launch from the cache costs, by the number of files in its snapshot.

    python3 Benchmarks/reuse.py PATH-TO-SBXPIPE [--samples N] [--files N,N...] [--folder DIR] [--json FILE]

In turn: `exec --reuse` of a spec whose launch is in the cache, with snapshots of so many files (40 to a folder), and
`/bin/true`, each started by posix_spawn and waited for. The limit (DESIGN.md) is 8 ms plus 2 us a file over the start of
a process. Beside it stands what looking at the files takes by itself: lstat(2) of each, by find(1), over `find` of a
folder of none. Exit code 0 also when the limit is missed, 1 when a command fails or was launched after all.
"""
import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

NULL_ACTIONS = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]


def timed(words, environment):
    """Runs a program and gives milliseconds."""
    started = time.perf_counter_ns()
    process = os.posix_spawn(words[0], words, environment, file_actions=NULL_ACTIONS)
    _, status, _ = os.wait4(process, 0)
    ended = time.perf_counter_ns()
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"reuse: {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")
    return (ended - started) / 1e6


def prepare(count):
    """Writes a folder of so many files, and a spec that takes a snapshot of it."""
    os.mkdir(f"src{count}")
    for number in range(count):
        if number % 40 == 0:
            os.mkdir(f"src{count}/{number // 40}")
        with open(f"src{count}/{number // 40}/{number}.txt", "w", encoding="ascii") as file:
            file.write(f"file {number}\n" * 20)
    mount = {"bind": f"src{count}", "at": "/src", "mode": "snapshot"}
    ran = {"bind": "ran", "at": "/ran", "mode": "rw"}
    with open(f"s{count}.json", "w", encoding="ascii") as file:
        json.dump({"command": ["/bin/sh", "-c", "echo x >>/ran/count; echo done"], "runtime": "bwrap",
                   "mounts": [mount, ran], "cache": "always"}, file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--samples", type=int, default=100)
    parser.add_argument("--files", default="0,1000,10000")
    parser.add_argument("--folder")
    parser.add_argument("--json")
    options = parser.parse_args()
    tool, counts = os.path.realpath(options.tool), [int(count) for count in options.files.split(",")]
    folder = tempfile.mkdtemp(prefix="sbxpipe-reuse-", dir=options.folder)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "SBXPIPE_STORE": f"{folder}/store"}
    try:
        os.chdir(folder)
        os.mkdir("ran")
        for count in counts:
            prepare(count)
        # What was written a moment ago may be written again within its clock's tick, and is read each time.
        time.sleep(2.5)
        words = {f"hit {count}": [tool, "exec", "--reuse", f"s{count}.json"] for count in counts}
        words |= {f"find {count}": ["/usr/bin/find", f"src{count}", "-size", "99"] for count in counts}
        words["true"] = ["/bin/true"]
        for _ in range(2):
            for case in words.values():
                timed(case, environment)
        times = {name: [] for name in words}
        for number in range(options.samples):
            for name in sorted(words, reverse=number % 2 == 1):
                times[name].append(timed(words[name], environment))
        with open("ran/count", encoding="ascii") as file:
            if len(file.readlines()) != len(counts):
                sys.exit("reuse: a command was launched that should have come from the cache")
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    middle = {name: statistics.median(taken) for name, taken in times.items()}
    rows = []
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; true {middle['true']:.2f} ms")
    for count in counts:
        over, limit = middle[f"hit {count}"] - middle["true"], 8 + 0.002 * count
        find = middle[f"find {count}"] - middle[f"find {counts[0]}"]
        rows.append({"files": count, "over": over, "limit": limit, "find": find})
        print(f"{count:6} files: {over:7.2f} ms over true, limit {limit:.1f}; find over no files {find:.2f}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"schema": "sbxpipe.bench-reuse/v1", "true": middle["true"], "rows": rows}, file, indent=1)


main()
