#!/usr/bin/python3
"""What trees and bundles cost, beside bsdtar on the same files.

    python3 Benchmarks/layers.py PATH-TO-SBXPIPE [--tree DIR] [--samples N] [--large N] [--folder DIR] [--json FILE]

In turn, on DIR (without one, 6,800 files and links of /usr/lib and /usr/share, about 200 MB):
  layer   `plan` of a spec with a snapshot of it, into a new store, and `bsdtar -cf FILE`     limit 1.3 times
  again   the same with nothing changed, and `bsdtar -cf FILE`                                limit 0.15 times
  import  `import` of a bundle that holds it, into a new store, and `bsdtar -xf`              limit 1.3 times
With --large N, memory: the peak (VmHWM) of `plan` on a tree of N files that come to 3 GiB, limit 128 MiB.
The store, the file and the tree lie in one folder. Exit code 0 also when a limit is missed, 1 when a command fails.
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
LIMITS = {"layer": 1.3, "again": 0.15, "import": 1.3}


def spawn(words, environment):
    return os.posix_spawn(words[0], words, environment, file_actions=NULL_ACTIONS)


def finish(process, words):
    _, status, _ = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"layers: {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")


def timed(words, environment):
    """Runs a program and gives seconds."""
    started = time.perf_counter()
    finish(spawn(words, environment), words)
    return time.perf_counter() - started


def peak(words, environment):
    """Runs a program and gives the most memory that it had, in MiB."""
    process, most = spawn(words, environment), 0
    while True:
        try:
            with open(f"/proc/{process}/status", encoding="ascii") as file:
                lines = [line for line in file if line.startswith("VmHWM")]
            most = max([most] + [int(line.split()[1]) for line in lines])
        except FileNotFoundError:
            break
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            if status:
                sys.exit(f"layers: {' '.join(words)} ended with {status}")
            break
        time.sleep(0.005)
    return most / 1024


def gather(folder):
    """Copies files of this host until there are enough; as plain files and links, whatever their owners."""
    count = size = 0
    for top in ("/usr/lib", "/usr/share"):
        for path, names, files in os.walk(top):
            names.sort()
            os.makedirs(folder + path, exist_ok=True)
            for name in sorted(files):
                source = f"{path}/{name}"
                if not os.path.islink(source) and os.path.getsize(source) > 4 << 20:
                    continue
                shutil.copy(source, folder + source, follow_symlinks=False)
                count += 1
                size += os.lstat(source).st_size
                if count >= 6800 or size >= 210 << 20:
                    return


def large(folder, count):
    size = (3 << 30) // count
    for number in range(count):
        if number % 500 == 0:
            os.makedirs(f"{folder}/{number // 500}")
        with open(f"{folder}/{number // 500}/{number}", "wb") as file:
            file.write(number.to_bytes(8, "little") * (size // 8))


def spec(name, tree):
    with open(name, "w", encoding="utf-8") as file:
        json.dump({"command": ["/bin/true"], "runtime": "bwrap",
                   "mounts": [{"bind": tree, "at": "/tree", "mode": "snapshot"}]}, file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--tree")
    parser.add_argument("--samples", type=int, default=7)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--folder")
    parser.add_argument("--json")
    options = parser.parse_args()
    tool, tar = os.path.realpath(options.tool), shutil.which("bsdtar")
    if tar is None:
        sys.exit("layers: bsdtar is missing; Debian's package is libarchive-tools")
    folder = tempfile.mkdtemp(prefix="sbxpipe-layers-", dir=options.folder)
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder}
    tree = os.path.realpath(options.tree) if options.tree else f"{folder}/tree"
    rows, memory = [], None
    try:
        os.chdir(folder)
        if not options.tree:
            gather(tree)
        spec("s.json", tree)
        # What was written a moment ago may be written again within its clock's tick, and is read twice.
        time.sleep(2.5)
        once = [tool, "plan", "s.json", "--store", "kept"]
        os.mkdir("kept")
        timed(once, environment)
        timed([tool, "export", "s", "-o", "b.sbx", "--store", "kept"], environment)
        timed([tar, "-cf", "t.tar", "-C", tree, "."], environment)
        times = {name: ([], []) for name in LIMITS}
        for _ in range(options.samples):
            for made in ("new", "out", "taken"):
                shutil.rmtree(made, ignore_errors=True)
                os.mkdir(made)
            cases = {
                "layer": ([tool, "plan", "s.json", "--store", "new"], [tar, "-cf", "t2.tar", "-C", tree, "."]),
                "again": (once, [tar, "-cf", "t2.tar", "-C", tree, "."]),
                "import": ([tool, "import", "b.sbx", "--store", "taken"], [tar, "-xf", "t.tar", "-C", "out"]),
            }
            for name, (ours, theirs) in cases.items():
                times[name][0].append(timed(ours, environment))
                times[name][1].append(timed(theirs, environment))
        size = os.path.getsize("t.tar")
        if options.large:
            large("large", options.large)
            spec("l.json", f"{folder}/large")
            os.mkdir("big")
            memory = peak([tool, "plan", "l.json", "--store", "big"], environment)
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores; a tar of {size / 1e6:.0f} MB")
    for name, limit in LIMITS.items():
        ours, theirs = (statistics.median(taken) for taken in times[name])
        rows.append({"case": name, "seconds": ours, "bsdtar": theirs, "limit": limit})
        verdict = "ok" if ours <= limit * theirs else "MISSED"
        print(f"{name:7} {ours:7.3f} s, bsdtar {theirs:7.3f} s: {ours / theirs:5.2f} times, limit {limit}: {verdict}")
    if memory is not None:
        print(f"memory  {memory:7.1f} MiB for {options.large} files of 3 GiB, limit 128: "
              f"{'ok' if memory <= 128 else 'MISSED'}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"schema": "sbxpipe.bench-layers/v1", "rows": rows, "memory": memory}, file, indent=1)


main()
