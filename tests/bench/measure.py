"""Run one command in a process of its own: wall-clock and processor seconds and the memory of its tree."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """``seconds`` wall clock, ``cpu_seconds`` of all cores and all processes (what a busy machine distorts least),
    ``peak_mb`` megabytes (10^6) that the process and its children hold, ``halves_mb`` of each half of its time."""

    seconds: float
    peak_mb: float
    exit_code: int
    output: str
    cpu_seconds: float = 0.0
    halves_mb: tuple[float, float] = (0.0, 0.0)


def _held(process: psutil.Process) -> int:
    """Bytes of one process; pages that several share count in parts (PSS) where the system says so."""
    try:
        with open(
            f"/proc/{process.pid}/smaps_rollup", "rb"
        ) as handle:  # the whole map takes ten times as long
            return next(int(line.split()[1]) * 1024 for line in handle if line.startswith(b"Pss:"))
    except (OSError, StopIteration):
        return process.memory_info().rss


def _tree_memory(process: psutil.Process) -> int:
    total = 0
    for member in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.Error):
            total += _held(member)
    return total


def _adopt_orphans() -> None:
    """Let processes whose parent has ended become children of this one, so that their seconds are counted."""
    if sys.platform == "linux":
        set_child_subreaper = 36
        ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _reap() -> None:
    """Wait for what the command left behind; what does not end within five seconds is not counted."""
    for _ in range(100):
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.05)
        except ChildProcessError:
            return


def run(command: list[str], *, environment: dict[str, str] | None = None, folder: Path = ROOT) -> Run:
    """Run ``command`` from the project folder (or ``folder``); memory is sampled ten times a second.

    A command that fails is not hidden: its exit code and last output are in the result.
    """
    _adopt_orphans()
    samples: list[int] = []
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},  # as a user has it
    )
    done = threading.Event()

    def sample() -> None:
        try:
            watched = psutil.Process(process.pid)
            while not done.wait(0.1):
                samples.append(_tree_memory(watched))
        except psutil.Error:
            return

    watcher = threading.Thread(target=sample, daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    done.set()
    watcher.join()
    _reap()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    half = len(samples) // 2
    return Run(
        seconds,
        max(samples, default=0) / 1e6,
        process.returncode,
        output,
        used,
        (max(samples[:half], default=0) / 1e6, max(samples[half:], default=0) / 1e6),
    )


@dataclass(frozen=True)
class Goal:
    """A number that was agreed: at most ``agreed``, or at least where ``is_floor``."""

    what: str
    measured: float
    agreed: float
    is_floor: bool = False

    @property
    def is_met(self) -> bool:
        return self.measured >= self.agreed if self.is_floor else self.measured <= self.agreed


def machine() -> dict[str, Any]:
    """What the numbers were measured on, and how busy it was."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        model = "unknown processor"
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": sys.version.split()[0],
        "load": round(os.getloadavg()[0], 1),
        "day": time.strftime("%Y-%m-%d"),
    }


def save(name: str, numbers: dict[str, Any]) -> None:
    """Keep the numbers in ``reports/bench/<name>.json``, with the machine."""
    target = ROOT / "reports" / "bench" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {**numbers, "machine": machine()}
    target.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    print(f"\n{title}\n{table(headings, rows)}", flush=True)


def show_goals(goals: Sequence[Goal]) -> None:
    """Each goal with what was measured, side by side."""
    rows = [
        [
            goal.what,
            f"{goal.measured:,g}",
            f"{'≥' if goal.is_floor else '≤'} {goal.agreed:,g}",
            f"{goal.measured / goal.agreed:.2f}",
            "met" if goal.is_met else "MISSED",
        ]
        for goal in goals
    ]
    show("goals", ["", "measured", "agreed", "ratio", ""], rows)


def table(headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A plain-text table; the first column left, the others right."""
    widths = [max(len(str(row[i])) for row in [headings, *rows]) for i in range(len(headings))]
    lines = [
        "  ".join(
            str(cell).ljust(w) if i == 0 else str(cell).rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths))
        )
        for row in [headings, ["-" * w for w in widths], *rows]
    ]
    return "\n".join(lines)
