"""Run one command in a process of its own: wall-clock seconds and peak memory of its tree."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """``seconds`` wall clock, ``cpu_seconds`` of all cores (what a busy machine does not distort),
    ``peak_mb`` resident megabytes (10^6) of the process and its children."""

    seconds: float
    peak_mb: float
    exit_code: int
    output: str
    cpu_seconds: float = 0.0


def _tree_memory(process: psutil.Process) -> int:
    total = 0
    for member in [process, *process.children(recursive=True)]:
        try:
            info = member.memory_full_info()
            total += getattr(info, "pss", info.rss)
        except psutil.Error:
            continue
    return total


def run(command: list[str], *, watch_memory: bool = True, environment: dict[str, str] | None = None) -> Run:
    """Run ``command`` from the project folder; memory is sampled every 100 ms.

    A command that fails is not hidden: its exit code and last output are in the result.
    """
    peak = 0
    before = psutil.Process().cpu_times()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    done = threading.Event()

    def sample() -> None:
        nonlocal peak
        try:
            watched = psutil.Process(process.pid)
            while not done.wait(0.1):
                peak = max(peak, _tree_memory(watched))
        except psutil.Error:
            return

    watcher = threading.Thread(target=sample, daemon=True)
    if watch_memory:
        watcher.start()
    output, _ = process.communicate()
    seconds = time.perf_counter() - started
    done.set()
    if watch_memory:
        watcher.join()
    after = psutil.Process().cpu_times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(seconds, peak / 1e6, process.returncode, output, used)


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
