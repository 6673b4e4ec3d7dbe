"""One run of the whole suite: parse → compare → notebooks → exports → gates → publish.

Work happens in a hidden folder; ``latest`` is switched after everything passed. A run that fails
leaves the last good edition in place, its record and a one-page note in ``failed/``.
"""

from __future__ import annotations

import datetime as dt
import errno
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis import paths
from analysis.reporting import editions, fingerprints, messages
from analysis.reporting.changes import (
    SNAPSHOT_NAME,
    compare_snapshots,
    load_snapshot,
    save_snapshot,
    take_snapshot,
)
from analysis.reporting.edition_page import insert_changes
from analysis.reporting.history import append_run, read_history
from analysis.reporting.index_page import write_failure_note, write_index
from analysis.reporting.run_record import RunRecord, utc_now

FORMATS = ("html", "pdf", "docx", "xlsx")


class RunFailed(RuntimeError):
    """The run published nothing; ``folder`` holds its record and note (None: not even that)."""

    def __init__(self, message: str, folder: Path | None):
        super().__init__(message)
        self.folder = folder


class Busy(RuntimeError):
    """Another run is at work in the same reports folder."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for; the defaults are those of ``zhenggai briefing``."""

    city_codes: tuple[str, ...] = ()
    first_year: int = 0
    last_year: int = 0
    year_basis: str = "publication"
    completion: str = "lenient"
    unit: str = "problem"
    lang: str = "zh"
    formats: tuple[str, ...] = FORMATS
    redact: bool = False
    raw: Path = field(default_factory=paths.raw_dir)
    data: Path = field(default_factory=paths.processed_dir)
    out: Path = field(default_factory=paths.reports_dir)
    notebooks: tuple[str, ...] = ()  # names to run; empty: the whole suite
    if_changed: bool = False
    keep: int = 20
    wait_seconds: float = 0.0  # for another run to end; 0: leave at once
    notebook_seconds: float = 600.0  # a notebook that runs longer is stopped and fails alone
    notebook_mb: float = 3072.0  # the same for its memory

    def parameters(self) -> dict[str, Any]:
        """What decides the content of an edition."""
        return {
            "city_codes": sorted(self.city_codes),
            "first_year": self.first_year,
            "last_year": self.last_year,
            "year_basis": self.year_basis,
            "completion": self.completion,
            "unit": self.unit,
            "lang": self.lang,
            "formats": sorted(self.formats),
            "redact": self.redact,
            "notebooks": list(self.notebooks),
        }


def produce(order: Order, report: Callable[[str], None] = print) -> tuple[RunRecord, Path]:
    """Run the suite; returns the record and the folder of the edition (published or unchanged).

    Raises NotWritable, Busy, RunFailed, ParameterError (before any kernel starts), HashMismatch.
    """
    try:
        editions.prepare(order.out)
        _prepare_data(order.data)
        # the data folder has a lock of its own: two reports folders may share it
        with (
            FileLock(order.out / editions.LOCK_NAME, timeout=order.wait_seconds),
            FileLock(order.data / editions.LOCK_NAME, timeout=order.wait_seconds),
        ):
            return _locked_run(order, report)
    except Timeout as error:
        raise Busy(
            f"{order.out}: another run is at work. Try again later, or wait for it with --wait SECONDS."
        ) from error
    except OSError as error:  # before there was a folder to record it in
        _tell(
            "failure", {"run_id": dt.date.today().isoformat(), "outcome": "failed", "error": _reason(error)}
        )
        if isinstance(error, editions.NotWritable):
            raise
        raise RunFailed(_reason(error), None) from error


def _prepare_data(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise editions.NotWritable(
            f"{data}: cannot be written ({error.strerror or error}). Give another folder with --data, or make this one writable."
        ) from error


def _locked_run(order: Order, report: Callable[[str], None]) -> tuple[RunRecord, Path]:
    from analysis.reporting.parameters import ParameterError

    for folder in editions.clear_leftovers(order.out):
        killed = editions.read_record(folder) or {"run_id": folder.name, "outcome": "killed"}
        write_failure_note(folder, killed)
        report(f"run {folder.name} was killed before it ended; its record is in {folder}")
        _tell("failure", killed)  # it could not say so itself
    past, _ = read_history(order.out)
    previous = editions.latest_edition(order.out)
    run_id = editions.new_run_id(order.out, dt.date.today().isoformat(), (run["run_id"] for run in past))
    work = editions.start_work(order.out, run_id)
    record = RunRecord(
        run_id,
        utc_now(),
        order.parameters(),
        sequence=1 + max((editions.age(run)[0] for run in past), default=0),
    )
    try:
        record.save(work)
        record.inputs = _hash_inputs(order.raw)
        record.fingerprint = _fingerprint(order, record.inputs)
        if (
            order.if_changed
            and previous
            and previous.record.get("fingerprint") == record.fingerprint
            and _is_whole(previous)
        ):
            record.close("unchanged")
            shutil.rmtree(work)
            _after(order, record, report, kinds=[])
            report(f"nothing has changed since edition {previous.run_id}; it stays as it is")
            return record, previous.folder
        _run_steps(order, record, work, previous, report)
        record.close("published")
        record.save(work)
        folder = editions.publish(order.out, work, run_id)
    except ParameterError as error:
        shutil.rmtree(
            work, ignore_errors=True
        )  # a usage error is no run, but a schedule with one must not be silent
        _tell("failure", {"run_id": run_id, "outcome": "refused", "error": str(error)})
        raise
    except BaseException as error:
        folder = _fail(order, record, work, error)
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise RunFailed(_reason(error), folder) from error
    _after(
        order,
        record,
        report,
        kinds=["success", *(["disagreement"] if _new_disagreements(record, previous) else [])],
    )
    return record, folder


def _reason(error: BaseException) -> str:
    """Why a run failed, for people."""
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return "the run was stopped from outside (a signal, or Ctrl+C)"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"the disk is full ({error.filename or 'no place named'}). Make room, or give other folders with --out and --data."
    if isinstance(error, editions.NotWritable):
        return str(error)
    if isinstance(error, (PermissionError, FileExistsError, NotADirectoryError)):
        return f"{error.filename}: {error.strerror}. Make the folder writable, or give another one with --out or --data."
    return str(error) or type(error).__name__


def _run_steps(
    order: Order,
    record: RunRecord,
    work: Path,
    previous: editions.Edition | None,
    report: Callable[[str], None],
) -> None:
    from analysis.reporting import stages

    with record.step("parse", work, report) as step:
        stages.parse(order, record, step)
    with record.step("compare", work, report) as step:
        frames, outputs = stages.compare(order, record)
        tables = fingerprints.tables_digest(order.data)
        step.note = f"{len(outputs)} tables"
    with record.step("changes", work, report):
        snapshot = take_snapshot(frames, outputs.get("out_completion"))
        save_snapshot(work, snapshot)
        comparable = previous is not None and _same_selection(
            previous.record["parameters"], record.parameters
        )
        record.changes = compare_snapshots(load_snapshot(previous.folder) if comparable else None, snapshot)
    with record.step("notebooks", work, report) as step, messages.hidden():
        executed = stages.run_suite(order, record, work, step, report)
        for page in executed:
            if page.name == stages.SUMMARY_NOTEBOOK:
                insert_changes(page, record.changes, previous.run_id if comparable else None, order.lang)
    for kind in order.formats:
        with record.step(f"export {kind}", work, report) as step:
            stages.export(order, kind, executed, frames, outputs, work, step)
    with record.step("check inputs", work, report):
        now = _hash_inputs(order.raw)
        if now != record.inputs:
            changed = sorted(
                name for name in set(now) | set(record.inputs) if now.get(name) != record.inputs.get(name)
            )
            raise RuntimeError(
                f"{', '.join(changed)}: changed while the run was at work; nothing was published. Run again."
            )
        if fingerprints.tables_digest(order.data) != tables:
            raise RuntimeError(
                f"{order.data}: its tables were replaced while the run was at work; nothing was published. Run again."
            )
    with record.step("manifest", work, report):
        record.files = {
            p.relative_to(work).as_posix(): fingerprints.file_digest(p)
            for p in sorted(work.rglob("*"))
            if p.is_file() and p.name not in ("run.json",) and not p.name.startswith(".")
        }


def _fail(order: Order, record: RunRecord, work: Path, error: BaseException) -> Path | None:
    """Record a failed run as far as the disk allows; never raises."""
    record.close("failed", _reason(error))
    try:
        record.save(work)
        write_failure_note(work, record.as_dict())
        folder = editions.bury(order.out, work, record.run_id, "failed")
    except OSError as trouble:
        print(f"zhenggai: the failure could not be recorded: {trouble}", file=sys.stderr)
        shutil.rmtree(work, ignore_errors=True)
        folder = None
    _after(order, record, lambda line: None, kinds=["failure"])
    return folder


def _after(order: Order, record: RunRecord, report: Callable[[str], None], kinds: list[str]) -> None:
    """History, index, retention and messages; none of them may undo a published edition."""
    try:
        append_run(order.out, record.as_dict())
        for name in editions.retain(order.out, order.keep):
            report(f"removed old run {name}")
        write_index(order.out)
    except OSError as trouble:
        print(f"zhenggai: history or index could not be written: {trouble}", file=sys.stderr)
    for kind in kinds:
        _tell(kind, record.as_dict())


def _tell(kind: str, record: dict[str, Any]) -> None:
    if warning := messages.send(kind, record):
        print(f"zhenggai: {warning}", file=sys.stderr)


def _hash_inputs(raw: Path) -> dict[str, str]:
    """Relative path → digest of every file below the raw folder, sidecars included."""
    found = {}
    for path in sorted(raw.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            try:
                found[path.relative_to(raw).as_posix()] = fingerprints.file_digest(path)
            except OSError as error:  # it cannot be read, or went away: a reader will say so
                found[path.relative_to(raw).as_posix()] = f"unreadable: {error.strerror}"
    return found


def _fingerprint(order: Order, inputs: dict[str, str]) -> str:
    from analysis.reporting.stages import suite_sources

    notebooks = {path.name: fingerprints.file_digest(path) for path in suite_sources()}
    return fingerprints.digest_of(
        {
            "inputs": inputs,
            "parameters": order.parameters(),
            "notebooks": notebooks,
            "code": fingerprints.edition_code(),
        }
    )


def _is_whole(edition: editions.Edition) -> bool:
    """Every file of the edition is there with the bytes it was published with."""
    try:
        return all(
            fingerprints.file_digest(edition.folder / name) == digest
            for name, digest in edition.record["files"].items()
        )
    except (OSError, KeyError):
        return False


def _same_selection(one: dict[str, Any], other: dict[str, Any]) -> bool:
    keys = ("city_codes", "first_year", "last_year", "year_basis", "completion", "unit")
    return all(one.get(key) == other.get(key) for key in keys)


def _new_disagreements(record: RunRecord, previous: editions.Edition | None) -> bool:
    known = set(previous.record.get("disagreements") or []) if previous else set()
    return bool(set(record.disagreements) - known)


__all__ = ["Busy", "FORMATS", "Order", "RunFailed", "SNAPSHOT_NAME", "produce"]
