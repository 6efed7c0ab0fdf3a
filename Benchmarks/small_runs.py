#!/usr/bin/python3
"""Many small runs, two at a time: `exec` of a plan that runs `true` on bubblewrap, beside the bare launcher.

    python3 Benchmarks/small_runs.py PATH-TO-SBXPIPE [--runs N] [--rounds N] [--folder DIR] [--json FILE]

Each round starts N of the one and then N of the other by posix_spawn, each time two that go on side by side, as
`xargs -P2` does. The bare launcher has the command line that `plan --print-command` gives. The limit is half of its rate,
at the median of the rounds. Exit code 0 also when it is missed; 1 when a command fails, or when a process, a mount or a
temporary file is left.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

NULL_ACTIONS = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]


def seconds(words, environment, runs):
    """Runs a program so often, two at a time."""
    numbers, lock, failures = iter(range(runs)), threading.Lock(), []

    def work():
        while not failures:
            with lock:
                if next(numbers, None) is None:
                    return
            process = os.posix_spawn(words[0], words, environment, file_actions=NULL_ACTIONS)
            code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
            if code:
                failures.append(code)

    started = time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        sys.exit(f"small_runs: {' '.join(words)} ended with {failures[0]}")
    return time.perf_counter() - started


def left(store, folder):
    """What a run must not leave: processes and mounts that name the folder, files in the store's tmp."""
    found = [f"{store}/cache/tmp/{name}" for name in os.listdir(f"{store}/cache/tmp")]
    with open("/proc/self/mounts", encoding="utf-8", errors="replace") as file:
        found += [line.strip() for line in file if folder in line]
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                words = file.read().decode(errors="replace").split("\0")
        except OSError:
            continue
        if int(number) != os.getpid() and any(word.startswith(folder) for word in words):
            found.append(f"process {number}: {' '.join(words)}")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tool")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    parser.add_argument("--json")
    options = parser.parse_args()
    tool = os.path.realpath(options.tool)
    folder = tempfile.mkdtemp(prefix="sbxpipe-small-", dir=options.folder)
    store = f"{folder}/store"
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "SBXPIPE_STORE": store}
    try:
        os.chdir(folder)
        with open("s.json", "w", encoding="ascii") as file:
            json.dump({"command": ["/bin/true"], "runtime": "bwrap"}, file)
        plan = [tool, "plan", "s.json", "--print-command", "--json"]
        bare = json.loads(subprocess.run(plan, env=environment, check=True, capture_output=True).stdout)
        subprocess.run([tool, "plan", "s.json"], env=environment, check=True, stdout=subprocess.DEVNULL)
        ours, rounds = [tool, "exec", "s"], []
        for _ in range(options.rounds):
            taken = [seconds(words, environment, options.runs) for words in (bare, ours)]
            rounds.append({"bare": options.runs / taken[0], "sbxpipe": options.runs / taken[1]})
            print(f"bare {rounds[-1]['bare']:6.1f} a second, sbxpipe {rounds[-1]['sbxpipe']:6.1f}", flush=True)
        rest = left(store, folder)
    finally:
        os.chdir("/")
        shutil.rmtree(folder)
    ratio = statistics.median(row["sbxpipe"] / row["bare"] for row in rounds)
    print(f"{ratio:.2f} times the rate; limit 0.5: {'ok' if ratio >= 0.5 else 'MISSED'} "
          f"({os.cpu_count()} cores, load {os.getloadavg()[0]:.1f})")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"schema": "sbxpipe.bench-small-runs/v1", "rounds": rounds, "ratio": ratio}, file, indent=1)
    if rest:
        sys.exit("small_runs: left:\n" + "\n".join(rest))


main()
