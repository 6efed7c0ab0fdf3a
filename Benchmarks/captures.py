#!/usr/bin/python3
"""How fast sbxpipe captures one stream, beside the bare launcher piped into tee and openssl.

    python3 Benchmarks/captures.py PATH-TO-SBXPIPE [--gib N] [--count N] [--json FILE]

Both write the same file and work out its SHA-256; sbxpipe, with a capture limit above the size, publishes it too. They run in
turn, each round's order swapped. The budget is 0.7: sbxpipe takes at most 1/0.7 of the other's time. Exit code 0 also when it
is missed.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

BUDGET = 0.7


def seconds(command, environment, folder):
    """Runs a command and gives the time from before its start to after its end."""
    started = time.perf_counter()
    subprocess.run(command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def kept(store):
    """Removes the captured object, so that the next run writes it again."""
    for folder, _, names in os.walk(store):
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.getsize(path) > 100 << 20:
                os.remove(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sbxpipe")
    parser.add_argument("--gib", type=int, default=2)
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--json")
    options = parser.parse_args()
    tool, size = os.path.realpath(options.sbxpipe), options.gib << 30
    folder = tempfile.mkdtemp(prefix="sbxpipe-captures-")
    try:
        environment = {"HOME": folder, "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "XDG_CACHE_HOME": folder + "/cache"}
        command = ["/usr/bin/head", "-c", str(size), "/dev/zero"]
        with open(folder + "/spec.json", "w", encoding="utf-8") as file:
            json.dump({"command": command, "capture": {"limit": f"{options.gib + 1}G"}}, file)
        words = " ".join(command)
        bare = f"bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all {words} | tee FILE | openssl dgst -sha256"
        times = {"bare | tee | openssl": [], "sbxpipe exec": []}
        cases = [
            ("bare | tee | openssl", ["/bin/sh", "-c", bare]),
            ("sbxpipe exec", [tool, "exec", "spec.json"]),
        ]
        subprocess.run([tool, "plan", "spec.json"], env=environment, cwd=folder, stdout=subprocess.DEVNULL, check=True)
        for _ in range(options.count):
            for name, words in cases:
                times[name].append(seconds(words, environment, folder))
                if os.path.exists(folder + "/FILE"):
                    os.remove(folder + "/FILE")
                kept(folder + "/cache")
            cases.reverse()
        medians = {name: statistics.median(values) for name, values in times.items()}
        for name, middle in medians.items():
            print(f"{name:22} {middle:7.2f} s {size / middle / (1 << 20):8.0f} MiB/s")
        factor = medians["bare | tee | openssl"] / medians["sbxpipe exec"]
        verdict = "met" if factor >= BUDGET else "missed"
        load = os.getloadavg()[0]
        print(f"{factor:.2f} times as fast; budget {BUDGET}: {verdict} ({os.cpu_count()} cores, load {load:.1f})")
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump({"schema": "sbxpipe.bench-captures/v1", "bytes": size, "seconds": times, "factor": factor}, file)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
