"""The record of one run: what went in, what each step took, what came out. Written as run.json.

The record lies in the run's own folder and is rewritten after every step, so that a run that is
killed still says how far it came.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

RECORD_NAME = "run.json"
RECORDED_PACKAGES = (
    "zhenggai",
    "polars",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "dataframely",
    "papermill",
    "typst",
    "jinja2",
    "xlsxwriter",
    "python-docx",
)


def utc_now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def package_versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in RECORDED_PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def write_json(path: Path, content: Any) -> None:
    """Write JSON whole or not at all."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        # a name that is no UTF-8 is written with its bytes spelt out
        with open(temporary, "w", encoding="utf-8", errors="backslashreplace") as handle:
            json.dump(content, handle, ensure_ascii=False, indent=1, sort_keys=True, default=str)
            handle.flush()
            os.fsync(handle.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


class MemoryWatch:
    """Peak resident megabytes of this process and its children while it is open, two samples a second.

    Pages that forked children share are counted for each of them.
    """

    def __enter__(self) -> MemoryWatch:
        self.peak_mb = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while True:
            self.peak_mb = max(self.peak_mb, memory_mb(os.getpid()))
            if self._done.wait(0.5):
                return

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()


def memory_mb(pid: int | None) -> float:
    """Resident megabytes of a process and its descendants; 0 when it is gone."""
    total = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                total += member.memory_info().rss
    return total / 1e6


@dataclass(slots=True)
class Step:
    name: str
    started_at: str
    seconds: float = 0.0
    peak_memory_mb: float = 0.0
    outcome: str = "running"  # done · reused · failed
    note: str = ""


@dataclass(slots=True)
class RunRecord:
    """One run; ``outcome`` is running, published, unchanged or failed."""

    run_id: str
    started_at: str
    parameters: dict[str, Any]
    sequence: int = 0  # counts runs, so that their order does not hang on the clock
    ended_at: str | None = None
    seconds: float | None = None
    outcome: str = "running"
    error: str | None = None
    fingerprint: str | None = None
    inputs: dict[str, str] = field(default_factory=dict)  # source path → sha256
    versions: dict[str, str] = field(default_factory=package_versions)
    table_rows: dict[str, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    invalid_rows: int = 0  # rows of core tables that had to be left out
    checks: dict[str, int] = field(default_factory=dict)
    disagreements: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notebooks: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # file of the edition → sha256
    changes: dict[str, Any] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    clock: float = field(default_factory=time.monotonic)  # immune to a clock that jumps

    def as_dict(self) -> dict[str, Any]:
        content = asdict(self)
        del content["clock"]
        return content

    def save(self, folder: Path) -> None:
        write_json(folder / RECORD_NAME, self.as_dict())

    def close(self, outcome: str, error: str | None = None) -> None:
        self.outcome, self.error = outcome, error
        self.ended_at = utc_now()
        self.seconds = round(time.monotonic() - self.clock, 2)

    @contextmanager
    def step(self, name: str, folder: Path, report: Callable[[str], None]) -> Iterator[Step]:
        """Time one step, print its progress line, and save the record whatever happens."""
        step = Step(name, utc_now())
        self.steps.append(step)
        report(f"[{len(self.steps)}] {name} …")
        begun = time.monotonic()
        try:
            with MemoryWatch() as memory:
                yield step
        except BaseException:
            step.outcome = "failed"
            raise
        else:
            step.outcome = "done" if step.outcome == "running" else step.outcome
        finally:
            step.seconds = round(time.monotonic() - begun, 3)
            step.peak_memory_mb = round(memory.peak_mb, 1)
            try:
                self.save(folder)
            except OSError as error:  # a full disk must not hide the first error
                self.warnings.append(f"the record could not be written: {error}")
            extra = f" — {step.note}" if step.note else ""
            report(f"    {step.outcome} in {step.seconds:.1f} s, {step.peak_memory_mb:.0f} MB{extra}")
