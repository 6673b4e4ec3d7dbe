"""Run one command in a process of its own: wall-clock and processor seconds and the memory of its tree."""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """``seconds`` wall clock, ``cpu_seconds`` of all cores and all processes (what a busy machine distorts least),
    ``peak_mb`` megabytes (10^6) that the process and its children hold, ``later_peak_mb`` of the second half alone."""

    seconds: float
    peak_mb: float
    exit_code: int
    output: str
    cpu_seconds: float = 0.0
    later_peak_mb: float = 0.0


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
        env={**os.environ, **(environment or {})},
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
        max(samples[half:], default=0) / 1e6,
    )


def table(headings: list[str], rows: list[list[str]]) -> str:
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
