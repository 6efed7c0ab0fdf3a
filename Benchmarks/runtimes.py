#!/usr/bin/python3
"""sbxpipe with runc, runsc and bubblewrap beside the bare runtime on the same bundle, and beside podman where it is.

    python3 Benchmarks/runtimes.py PATH-TO-SBXPIPE [--count N] [--json FILE]

Bare is the way that keeps the order of a combined stream: detached, waited for and deleted. Needs root. Budget of issue 4:
a warm exec at most 5 ms over each at the median; podman at least 10 times slower than bubblewrap, 3 times than runc.
"""

import argparse
import ctypes
import json
import os
import shutil
import statistics
import sys
import tempfile
import time

import run as base

BUDGET = 5.0
SUBREAPER = 36  # prctl(2), PR_SET_CHILD_SUBREAPER


class Bare:
    """One bundle, run detached again and again."""

    def __init__(self, name, folder, options, environment):
        self.name, self.folder, self.options = name, folder, options
        self.environment = environment | {"XDG_RUNTIME_DIR": folder}
        self.count = 0

    def call(self, *words):
        process = os.posix_spawn(self.options[0], [*self.options, *words], self.environment,
                                 file_actions=base.NULL_ACTIONS)
        _, status, _ = os.wait4(process, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            raise base.Failed(f"{self.name}: {' '.join(words)} ended with {os.waitstatus_to_exitcode(status)}")

    def run(self):
        self.count += 1
        name, pid_file = f"bench-{os.getpid()}-{self.count}", os.path.join(self.folder, "pid")
        started = time.perf_counter_ns()
        self.call("run", "--detach", "--pid-file", pid_file, "--bundle", os.path.join(self.folder, "bundle"), name)
        with open(pid_file, encoding="ascii") as file:
            _, status, _ = os.wait4(int(file.read()), 0)
        # runsc leaves more children, and its delete waits for those that nobody has reaped.
        try:
            while True:
                os.wait4(-1, 0)
        except ChildProcessError:
            pass
        self.call("delete", "--force", name)
        ended = time.perf_counter_ns()
        if os.waitstatus_to_exitcode(status) != 0:
            raise base.Failed(f"{self.name}: the command ended with {os.waitstatus_to_exitcode(status)}")
        return ended - started


class RuntimesBench(base.Bench):
    def written(self, name, command):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"command": command, "preset": "baseline"}, file)
        return path

    def bundle(self, runtime):
        """The bundle that a launch has, laid out once: every slot is filled, and what it needs is there."""
        folder = self.made(runtime)
        same = json.loads(self.output("plan", self.spec, "--runtime", runtime, "--print-command", "--full", "--json"))
        words, config = same["arguments"], same["config"]
        place = os.path.dirname(words[words.index("--bundle") + 1])
        text = json.dumps(config).replace(place, folder)
        bundle = os.path.join(folder, "bundle")
        self.output("export", self.spec, "--as", "runc", bundle)
        os.makedirs(os.path.join(bundle, "files"), exist_ok=True)
        config = json.loads(text)
        for mount in config["mounts"]:
            if mount["source"].startswith(folder) and not os.path.exists(mount["source"]):
                with open(mount["source"], "w", encoding="utf-8"):
                    pass
        with open(os.path.join(bundle, "config.json"), "w", encoding="utf-8") as file:
            json.dump(config, file)
        options = [word.replace(place, folder) for word in words[:words.index("run")]]
        return Bare(runtime, folder, options, self.environment)

    def run(self):
        self.report.header()
        medians = {}
        for runtime, count in (("runc", self.count), ("runsc", max(10, self.count // 5))):
            if shutil.which(runtime, path=self.environment["PATH"]) is None:
                print(f"{runtime} is not installed")
                continue
            self.output("exec", self.spec, "--runtime", runtime)
            plan = json.loads(self.output("plan", self.spec, "--runtime", runtime, "--json"))["plan"]
            ours = self.of_tool(runtime, "exec", plan)
            bare, taken = base.in_turn([self.bundle(runtime), ours], count)
            medians[runtime] = self.pair_of(f"exec PLAN, {runtime}", bare, taken)
        plan = json.loads(self.output("plan", self.spec, "--runtime", "bwrap", "--json"))["plan"]
        taken, = base.in_turn([self.of_tool("bwrap", "exec", plan)], self.count)
        self.report.add("exec PLAN, bwrap", taken)
        medians["bwrap"] = statistics.median(taken)
        self.podman(medians)

    def pair_of(self, name, bare, taken):
        self.report.add(f"  bare, beside {name}", bare)
        over = [ours - theirs for ours, theirs in zip(taken, bare)]
        base.BUDGET[name] = BUDGET
        self.report.add(name, taken, over=over, budget=name)
        return statistics.median(taken)

    def podman(self, medians):
        podman = shutil.which("podman", path=self.environment["PATH"])
        if podman is None:
            print("podman is not installed")
            return
        root = os.path.join(self.folder, "runc", "bundle", "rootfs")
        # Its own limits are above what root without CAP_SYS_RESOURCE may set, and crun takes no hybrid cgroups.
        words = [podman, "--runtime", "runc", "--cgroup-manager", "cgroupfs", "run", "--rm", "--network", "none",
                 "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000"]
        for name in ("usr", "etc"):
            words += ["-v", f"/{name}:/{name}:ro"]
        words += ["--rootfs", root, "/usr/bin/true"]
        taken, = base.in_turn([self.bare("podman", words)], max(10, self.count // 5))
        self.report.add("podman run --rootfs", taken)
        theirs = statistics.median(taken)
        for runtime, factor in (("bwrap", 10), ("runc", 3)):
            if runtime in medians:
                times = theirs / medians[runtime]
                print(f"podman takes {times:.1f} times as long as exec with {runtime} (wanted: {factor})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tool")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--json")
    options = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    folder = tempfile.mkdtemp(prefix="sbxpipe-bench-")
    try:
        bench = RuntimesBench(os.path.abspath(options.tool), folder, options.count)
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        bench.run()
        if options.json:
            with open(options.json, "w", encoding="utf-8") as file:
                json.dump({"schema": "sbxpipe.bench-runtimes/v1", "rows": bench.report.rows}, file, indent=1)
    except base.Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
