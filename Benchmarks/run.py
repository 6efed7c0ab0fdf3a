#!/usr/bin/python3
"""Speed and size of sbxpipe beside the bare launcher, in one call, against the budget of DESIGN.md.

    python3 Benchmarks/run.py PATH-TO-SBXPIPE [--count N] [--json FILE]

Each process is started by posix_spawn without a shell and waited for by wait4; time is taken around both. What is
compared runs in turn, in pairs whose order is swapped each time. Exit code 0 also when a budget is missed.
"""

import argparse
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

WARM_UP = 10
MILLISECONDS = 1e6
NULL_ACTIONS = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]

# Upper bounds of DESIGN.md, "Speed: the budget": milliseconds and MiB.
BUDGET = {"exec over bare": 4.0, "plan, all hits": 6.0, "plan, cold": 40.0, "exec, memory": 24.0}
TARGET = {"exec over bare": 3.0}


class Failed(Exception):
    """What keeps a measurement from being one."""


class Command:
    """A program with its arguments: an absolute path, so that no search is part of the time."""

    def __init__(self, name, arguments, environment, pipes=False, prepare=None):
        self.name, self.arguments, self.environment = name, arguments, environment
        self.pipes, self.prepare = pipes, prepare

    def run(self):
        """Runs it once and gives nanoseconds from before the start to after the end."""
        environment = self.prepare(self.environment) if self.prepare else self.environment
        return self.piped(environment) if self.pipes else self.silent(environment)

    def silent(self, environment):
        started = time.perf_counter_ns()
        process = os.posix_spawn(self.arguments[0], self.arguments, environment, file_actions=NULL_ACTIONS)
        _, status, _ = os.wait4(process, 0)
        ended = time.perf_counter_ns()
        self.check(status)
        return ended - started

    def piped(self, environment):
        """As above with stdout and stderr on one pipe, read to its end."""
        started = time.perf_counter_ns()
        reading, writing = os.pipe()
        actions = NULL_ACTIONS[:1] + [(os.POSIX_SPAWN_DUP2, writing, fd) for fd in (1, 2)]
        process = os.posix_spawn(self.arguments[0], self.arguments, environment, file_actions=actions)
        os.close(writing)
        while os.read(reading, 65536):
            pass
        _, status, _ = os.wait4(process, 0)
        ended = time.perf_counter_ns()
        os.close(reading)
        self.check(status)
        return ended - started

    def check(self, status):
        code = os.waitstatus_to_exitcode(status)
        if code != 0:
            raise Failed(f"{self.name}: ended with {code}: {' '.join(self.arguments[:6])} …")


def summary(values):
    """Median and quartiles of nanoseconds or bytes."""
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"n": len(values), "median": middle, "q1": low, "q3": high, "min": min(values), "max": max(values)}


def in_turn(commands, count):
    """Runs commands in turn, the order turned round each time; nanoseconds by command, in order of rounds."""
    times = [[] for _ in commands]
    order = list(range(len(commands)))
    for round_number in range(WARM_UP + count):
        for index in order:
            taken = commands[index].run()
            if round_number >= WARM_UP:
                times[index].append(taken)
        order.reverse()
    return times


class Report:
    """The rows, for people and for machines."""

    def __init__(self):
        self.rows = []

    def add(self, name, values, unit="ms", scale=MILLISECONDS, over=None, budget=None):
        row = {"case": name, "unit": unit, **self.scaled(summary(values), scale)}
        judged = row["median"]
        if over is not None:
            row["over"] = self.scaled(summary(over), scale)
            judged = row["over"]["median"]
        if budget is not None:
            row["budget"], row["verdict"] = BUDGET[budget], self.verdict(judged, budget, unit)
            if budget in TARGET:
                row["target"] = TARGET[budget]
        self.rows.append(row)
        self.show(row)

    def add_count(self, name, value, note):
        row = {"case": name, "unit": "instructions", "value": value, "note": note}
        self.rows.append(row)
        self.show(row)

    @staticmethod
    def scaled(numbers, scale):
        return {key: value if key == "n" else round(value / scale, 3) for key, value in numbers.items()}

    @staticmethod
    def verdict(value, budget, unit):
        if value > BUDGET[budget]:
            return f"MISSED by {value - BUDGET[budget]:.2f} {unit}"
        if value > TARGET.get(budget, BUDGET[budget]):
            return f"ok, {value - TARGET[budget]:.2f} {unit} over the target"
        return "ok"

    @staticmethod
    def header():
        print(f"{'case':<34} {'n':>4} {'median':>9} {'quartiles':>17} {'over bare':>9} {'quartiles':>15} "
              f"{'budget':>6}  verdict")

    @staticmethod
    def show(row):
        if "value" in row:
            value = "-" if row["value"] is None else f"{row['value']:,}"
            print(f"{row['case']:<34} {value:>14}  {row['note']}", flush=True)
            return
        over = row.get("over")
        span = f"{row['q1']:.2f} .. {row['q3']:.2f}"
        above = f"{over['median']:.2f}" if over else ""
        above_span = f"{over['q1']:.2f} .. {over['q3']:.2f}" if over else ""
        budget = f"{row['budget']:.0f}" if "budget" in row else ""
        print(f"{row['case']:<34} {row['n']:>4} {row['median']:>6.2f} {row['unit']:<3} {span:>16} {above:>9} "
              f"{above_span:>15} {budget:>6}  {row.get('verdict', '')}".rstrip(), flush=True)


class Bench:
    def __init__(self, tool, folder, count):
        self.tool, self.folder, self.count = tool, folder, count
        self.report = Report()
        self.environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": self.made("home"),
            "LANG": "C.UTF-8",
            "XDG_STATE_HOME": self.made("state"),
            "XDG_CACHE_HOME": self.made("cache"),
            "XDG_RUNTIME_DIR": self.made("runtime", 0o700),
            "SBXPIPE_STORE": os.path.join(folder, "store"),
        }
        self.bwrap = os.environ.get("SBXPIPE_BWRAP") or self.found("bwrap")
        if "SBXPIPE_BWRAP" in os.environ:
            self.environment["SBXPIPE_BWRAP"] = self.bwrap
        self.true = self.found("true")
        self.spec = self.written("true.json", ["true"])
        self.sleeper = self.written("sleep.json", ["sleep", "0.3"])
        os.chdir(self.made("work"))
        self.cold = 0

    def made(self, name, mode=0o755):
        path = os.path.join(self.folder, name)
        os.mkdir(path, mode)
        return path

    def found(self, name):
        path = shutil.which(name, path=self.environment["PATH"])
        if path is None:
            raise Failed(f"{name}: not found in {self.environment['PATH']}")
        return path

    def written(self, name, command):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"command": command, "preset": "baseline", "runtime": "bwrap"}, file)
        return path

    def output(self, *arguments):
        """What the tool prints; an error ends the benchmark."""
        done = subprocess.run([self.tool, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"sbxpipe {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def of_tool(self, name, *arguments, **options):
        return Command(name, [self.tool, *arguments], self.environment, **options)

    def bare(self, name, arguments, **options):
        return Command(name, arguments, self.environment, **options)

    def run(self):
        plan = json.loads(self.output("plan", self.spec, "--json"))
        same = json.loads(self.output("plan", self.spec, "--print-command", "--json"))
        self.report.header()
        self.launchers()
        budget = "exec over bare"
        self.pair("exec SPEC", same, budget, "exec", self.spec)
        self.pair("exec SPEC, to pipes", same, budget, "exec", self.spec, pipes=True)
        self.pair("exec NAME", same, budget, "exec", plan["name"])
        self.pair("exec PLAN (digest)", same, budget, "exec", plan["plan"])
        self.pair("run -- true", same, budget, "run", "--runtime", "bwrap", "--", "true")
        self.alone("plan SPEC, all hits", "plan, all hits", self.of_tool("plan", "plan", self.spec))
        self.alone("plan SPEC, cold store", "plan, cold", self.of_tool("plan", "plan", self.spec, prepare=self.fresh))
        self.alone("--version", None, self.of_tool("version", "--version"))
        self.alone("--help", None, self.of_tool("help", "--help"))
        self.report.add("exec, peak memory of the tool", self.memory(20), "MiB", 1024, budget="exec, memory")
        for name, arguments in (("exec SPEC", ["exec", self.spec]), ("plan SPEC", ["plan", self.spec])):
            self.report.add_count(f"callgrind, {name}", *self.callgrind(arguments))
            self.report.add_count(f"perf instructions:u, {name}", *self.perf(arguments))

    def launchers(self):
        """What the machine itself costs."""
        ways = [
            self.bare("true", [self.true]),
            self.bare("bwrap --dev-bind / / true", [self.bwrap, "--dev-bind", "/", "/", self.true]),
            self.bare("bwrap --unshare-all …", [self.bwrap, "--unshare-all", "--ro-bind", "/", "/", self.true]),
        ]
        for way, times in zip(ways, in_turn(ways, self.count)):
            self.report.add("bare " + way.name, times)

    def pair(self, name, same, budget, *arguments, pipes=False):
        """The tool beside the launcher with the arguments that the tool gives it."""
        bare, ours = in_turn(
            [self.bare("bare", same, pipes=pipes), self.of_tool(name, *arguments, pipes=pipes)], self.count)
        self.report.add(f"  bare, beside {name}", bare)
        over = [ours_ns - bare_ns for ours_ns, bare_ns in zip(ours, bare)]
        self.report.add(name, ours, over=over, budget=budget)

    def alone(self, name, budget, command):
        times, = in_turn([command], self.count)
        self.report.add(name, times, budget=budget)

    def fresh(self, environment):
        """An environment with a store that is not there yet.

        Those before stay until the end: ext4 avoids inodes that were deleted in the last seconds, and looks at each.
        """
        self.cold += 1
        return environment | {"SBXPIPE_STORE": os.path.join(self.folder, f"cold-{self.cold}")}

    def memory(self, count):
        """Greatest VmHWM in KiB of each exec, looked at until it ends.

        Not ru_maxrss: that holds the greatest descendant's too, and what the parent had when it was forked.
        """
        return [self.peak() for _ in range(count)]

    def peak(self):
        process = os.posix_spawn(self.tool, [self.tool, "exec", self.sleeper], self.environment,
                                 file_actions=NULL_ACTIONS)
        peak = 0
        while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
                found = re.search(r"^VmHWM:\s+(\d+) kB", file.read(), re.MULTILINE)
            peak = max(peak, int(found[1]) if found else 0)
            time.sleep(0.0005)
        _, status, _ = os.wait4(process, 0)
        if os.waitstatus_to_exitcode(status) != 0 or peak == 0:
            raise Failed("exec of sleep failed, no memory measured")
        return peak

    def callgrind(self, arguments):
        """Instructions of the tool alone, without what it starts.

        valgrind 3.19 can't read Swift's debug information, so it gets a copy without. It knows no pidfd_open: the one
        use of it, the watch for what outlives the launcher, is skipped. Hashing is seeded alike each time.
        """
        valgrind = shutil.which("valgrind")
        if valgrind is None:
            return None, "valgrind is not installed"
        base = os.path.join(self.folder, "callgrind")
        tool = os.path.join(self.folder, "sbxpipe")
        if not os.path.exists(tool) and first_line("strip", "--version") is not None:
            subprocess.run(["strip", "--strip-debug", "-o", tool, self.tool], check=True)
        done = subprocess.run(
            [valgrind, "--tool=callgrind", "--trace-children=no", f"--callgrind-out-file={base}.out.%p",
             f"--log-file={base}.log.%p", tool if os.path.exists(tool) else self.tool, *arguments],
            env=self.environment | {"SWIFT_DETERMINISTIC_HASHING": "1"}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False)
        best = 0
        for name in os.listdir(self.folder):
            path = os.path.join(self.folder, name)
            if name.startswith("callgrind."):
                with open(path, encoding="utf-8", errors="replace") as file:
                    found = re.search(r"^(?:summary|totals): (\d+)", file.read(), re.MULTILINE)
                best = max(best, int(found[1]) if found else 0)
                os.remove(path)
        if done.returncode != 0 or best == 0:
            return None, f"does not run under valgrind here (exit code {done.returncode})"
        return best, "Ir; SHA-256 in portable code, as valgrind has no SHA instructions"

    def perf(self, arguments):
        """The median of user instructions as the processor counts them, with what the tool starts."""
        perf = shutil.which("perf")
        if perf is None:
            return None, "perf is not installed"
        counts = []
        for _ in range(11):
            done = subprocess.run([perf, "stat", "-x,", "-e", "instructions:u", self.tool, *arguments],
                                  env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  check=False)
            found = re.search(r"^(\d+),[^,]*,instructions", done.stderr, re.MULTILINE)
            if found is None:
                return None, "this machine has no such counter"
            counts.append(int(found[1]))
        return int(statistics.median(counts)), "with the launcher and the command"


def first_line(*arguments):
    """What a program says of itself, or nothing."""
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except OSError:
        return None
    return done.stdout.strip().split("\n")[0] or None


def machine(bench):
    here = os.path.dirname(os.path.abspath(__file__))
    git = ["git", "-C", here, "-c", f"safe.directory={os.path.dirname(here)}"]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "machine": platform.machine(),
        "kernel": platform.release(),
        "uid": os.getuid(),
        "load": list(os.getloadavg()),
        "bwrap": first_line(bench.bwrap, "--version"),
        "sbxpipe": first_line(bench.tool, "--version"),
        "bytes": os.stat(bench.tool).st_size,
        "commit": first_line(*git, "rev-parse", "HEAD"),
        "changed": first_line(*git, "status", "--porcelain") is not None,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def arguments():
    parser = argparse.ArgumentParser(description="sbxpipe beside the bare launcher, against the budget of DESIGN.md")
    parser.add_argument("tool", metavar="PATH-TO-SBXPIPE")
    parser.add_argument("--count", type=int, default=200, help="measurements a case, at least 100 (200)")
    parser.add_argument("--json", metavar="FILE", help="write the numbers there as well")
    given = parser.parse_args()
    if given.count < 100:
        parser.error("--count: at least 100")
    given.tool = os.path.abspath(given.tool)
    if not os.access(given.tool, os.X_OK):
        parser.error(f"{given.tool}: not executable")
    given.json = given.json and os.path.abspath(given.json)
    return given


def main():
    given = arguments()
    os.umask(0o022)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # by way of the cleaning up
    folder = os.path.realpath(tempfile.mkdtemp(prefix="sbxpipe-bench-"))
    try:
        bench = Bench(given.tool, folder, given.count)
        facts = machine(bench)
        print(f"{facts['sbxpipe']} ({facts['bytes'] / (1 << 20):.1f} MiB), {facts['bwrap']}, kernel {facts['kernel']}, "
              f"{facts['cores']} cores, load {facts['load'][0]:.2f}, uid {facts['uid']}, commit {facts['commit']}"
              f"{' with changes' if facts['changed'] else ''}")
        if facts["load"][0] > 0.5:
            print("The machine is busy: its milliseconds, and the verdicts on them, are not those of a quiet one.")
        bench.run()
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        return 1
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    missed = [row for row in bench.report.rows if row.get("verdict", "").startswith("MISSED")]
    for row in missed:
        print(f"MISSED: {row['case']}: {row['verdict'].removeprefix('MISSED ')}")
    if not missed:
        print("Every budget is kept.")
    if given.json:
        document = {"schema": "sbxpipe.bench/v1", "machine": facts, "cases": bench.report.rows}
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(document, file, indent=2, sort_keys=True)
            file.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
