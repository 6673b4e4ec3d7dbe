"""The editions in ``reports/``: where runs work, how one is published, which are kept.

* a run works in ``.work-<run>/`` and nobody reads there;
* publishing renames that folder to ``<run>/`` and then switches the link ``latest``;
* a failed run ends in ``failed/<run>/`` with its record, its note and its partial notebooks.

Each of these is one rename: a run that is killed at any point leaves ``latest`` whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from analysis.runs.record import RECORD_NAME, write_json

LATEST = "latest"
WORK_PREFIX = ".work-"
FAILED = "failed"
LOCK_NAME = ".lock"
NO_LINK_RIGHT = 1314  # Windows: links need a right that ordinary users lack


class NotWritable(OSError):
    """The reports folder cannot be written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A published run."""

    run_id: str
    folder: Path
    record: dict[str, Any]


def prepare(folder: Path, option: str = "--out") -> None:
    """Make a folder; raises NotWritable where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise NotWritable(
            f"{folder}: cannot be written ({error.strerror or error}). "
            f"Give another folder with {option}, or make this one writable."
        ) from error


def lock(folder: Path, wait_seconds: float) -> FileLock:
    """The lock of a folder; what lies at its place and is no file (an odd copy) is put away."""
    place = folder / LOCK_NAME
    if place.is_dir():
        shutil.rmtree(place)
    return FileLock(place, timeout=wait_seconds)


def new_run_id(reports: Path, day: str, known: Iterable[str] = ()) -> str:
    """``2026-11-20``, or ``2026-11-20-2`` where a run of that name is there or was (``known``)."""
    taken = {p.name for p in reports.iterdir()} | {p.name for p in (reports / FAILED).glob("*")} | set(known)
    number = 1
    while (run_id := day if number == 1 else f"{day}-{number}") in taken:
        number += 1
    return run_id


def clear_leftovers(reports: Path) -> list[Path]:
    """What killed runs left behind becomes failed runs, if it has a record; returns their folders."""
    heal_latest(reports)
    buried = [
        bury(reports, left, left.name.removeprefix(WORK_PREFIX), "killed")
        for left in sorted(reports.glob(f"{WORK_PREFIX}*"))
        if left.is_dir()
    ]
    for left in (*reports.glob(".*.tmp"), *reports.glob(".index.html.*"), *reports.glob(".probe-*")):
        left.unlink(missing_ok=True)
    return buried


def start_work(reports: Path, run_id: str) -> Path:
    """A fresh work folder."""
    work = reports / f"{WORK_PREFIX}{run_id}"
    work.mkdir()
    return work


def bury(reports: Path, work: Path, run_id: str, outcome: str) -> Path:
    """Move a work folder to ``failed/``; one whose record is lost gets a bare one, so that its ID stays taken."""
    if outcome == "killed":
        record = read_record(work) or {"run_id": run_id, "started_at": "", "parameters": {}, "steps": []}
        done = [step["name"] for step in record.get("steps", ())]
        where = f"after its step {done[-1]!r}" if done else "in its first step"
        record |= {
            "outcome": "killed",
            "error": f"the run was killed from outside, or the machine stopped, {where}",
        }
        write_json(work / RECORD_NAME, record)
    target = reports / FAILED / run_id
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    os.replace(work, target)
    return target


def publish(reports: Path, work: Path, run_id: str) -> Path:
    """Make a work folder the edition ``run_id`` and ``latest``."""
    edition = reports / run_id
    os.replace(work, edition)
    try:
        switch_latest(reports, run_id)
    except OSError:  # not published: back to where a failed run is taken from
        os.replace(edition, work)
        raise
    return edition


def switch_latest(reports: Path, run_id: str) -> None:
    """Point ``latest`` to an edition in one step; a copy where the system has no links."""
    link, fresh, aside = (
        reports / LATEST,
        reports / f".{LATEST}-{os.getpid()}",
        reports / f".{LATEST}-old-{os.getpid()}",
    )
    _remove(fresh)
    try:
        fresh.symlink_to(run_id, target_is_directory=True)
    except (NotImplementedError, OSError) as error:
        if (
            not isinstance(error, (NotImplementedError, PermissionError))
            and getattr(error, "winerror", None) != NO_LINK_RIGHT
        ):
            raise
        shutil.copytree(reports / run_id, fresh)
    if link.is_dir() and not link.is_symlink():  # a folder cannot be replaced in one step
        _remove(aside)
        os.replace(link, aside)
    os.replace(fresh, link)
    _remove(aside)


def heal_latest(reports: Path) -> None:
    """Point ``latest`` to the newest edition where it is missing or points nowhere."""
    if latest_edition(reports) is None and (editions := list_editions(reports)):
        switch_latest(reports, editions[-1].run_id)
    for left in reports.glob(f".{LATEST}-*"):
        _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def latest_edition(reports: Path) -> Edition | None:
    """The edition that ``latest`` stands for, or None."""
    record = read_record(reports / LATEST)
    return Edition(record["run_id"], (reports / LATEST).resolve(), record) if record else None


def list_editions(reports: Path) -> list[Edition]:
    """All published editions, oldest first: by their number, since a clock may jump."""
    found = []
    for folder in reports.iterdir() if reports.is_dir() else ():
        if (
            folder.is_dir()
            and not folder.is_symlink()
            and not folder.name.startswith(".")
            and folder.name not in (FAILED, LATEST, "bench")
        ):
            record = read_record(folder)
            if record and record.get("outcome") == "published":
                found.append(Edition(folder.name, folder, record))
    return sorted(found, key=lambda e: age(e.record))


def age(record: dict[str, Any]) -> tuple[int, str, int, str]:
    """Sort key of a record or history line: oldest first, whatever the clock did."""
    sequence = record.get("sequence")
    return (
        sequence if isinstance(sequence, int) else 0,
        str(record["started_at"]),
        len(str(record["run_id"])),
        str(record["run_id"]),
    )


def read_record(folder: Path) -> dict[str, Any] | None:
    """run.json of a folder; None where there is none that can be read."""
    try:
        record = json.loads((folder / RECORD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_record = isinstance(record, dict) and all(
        isinstance(record.get(name), str) for name in ("run_id", "started_at", "outcome")
    )
    return record if is_record and isinstance(record.get("parameters"), dict) else None


def retain(reports: Path, keep: int) -> list[str]:
    """Remove all but the last ``keep`` editions and failed runs; never the one ``latest`` stands for."""
    removed = []
    current = latest_edition(reports)
    editions = list_editions(reports)
    for edition in editions[: max(0, len(editions) - max(1, keep))]:
        if current is None or edition.run_id != current.run_id:
            shutil.rmtree(edition.folder)
            removed.append(edition.run_id)
    failed = sorted(
        (p for p in (reports / FAILED).glob("*") if p.is_dir()),
        key=lambda p: age(read_record(p) or {"started_at": "", "run_id": p.name}),
    )
    for folder in failed[: max(0, len(failed) - max(1, keep))]:
        shutil.rmtree(folder)
        removed.append(f"{FAILED}/{folder.name}")
    return removed
