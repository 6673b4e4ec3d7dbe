"""One run of the whole suite: parse → compare → notebooks → publish → gates → ``latest``.

Work happens in a hidden folder; ``latest`` is switched after everything passed. A run that fails
leaves the last good edition in place, its record and a one-page note in ``failed/``.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from filelock import Timeout

from analysis import english, paths
from analysis.runs import chapters, editions, fingerprints, messages
from analysis.runs.changes import (
    compare_snapshots,
    has_moved,
    load_snapshot,
    save_snapshot,
    take_snapshot,
    told_changes,
)
from analysis.runs.history import append_run, read_history
from analysis.runs.index_page import write_failure_note, write_index
from analysis.runs.notebooks import AT_ONCE, MEGABYTES, SECONDS, Job, run_apart, run_jobs, start_preloading
from analysis.runs.parameters import ALLOWED, shown_folder
from analysis.runs.record import RECORD_NAME, RunRecord, Step, utc_now
from analysis.selection import Ledger, SelectionError, check_choice, nearest, select

FORMATS = ("html", "pdf", "docx", "xlsx")
CACHE_NAME = ".cache"
CACHED = 200  # executed notebooks kept for --if-changed

Report = Callable[[str], None]


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
    notebooks: tuple[str, ...] = ()  # chapters added to those of briefing.yml
    profiles: int = chapters.PROFILES
    if_changed: bool = False
    keep: int = 20
    wait_seconds: float = 0.0  # for another run to end; 0: leave at once
    notebook_seconds: float = SECONDS
    notebook_mb: float = MEGABYTES

    def parameters(self) -> dict[str, Any]:
        """What decides the content of an edition."""
        return {
            **self.selection(),
            "completion": self.completion,
            "unit": self.unit,
            "lang": self.lang,
            "formats": sorted(self.formats),
            "redact": self.redact,
            "notebooks": list(self.notebooks),
            "profiles": self.profiles,
        }

    def selection(self) -> dict[str, Any]:
        return {
            "city_codes": sorted(self.city_codes),
            "first_year": self.first_year,
            "last_year": self.last_year,
            "year_basis": self.year_basis,
        }


def produce(order: Order, report: Report = print) -> tuple[RunRecord, Path]:
    """Run the suite; returns the record and the folder of the edition (published or unchanged).

    Raises SelectionError (a value that cannot be used, before anything starts), Busy, RunFailed,
    NotWritable.
    """
    for kind in order.formats:
        if kind not in FORMATS:
            guess = nearest(kind, FORMATS)
            raise SelectionError(
                f"--format {kind!r}: choose from {', '.join(FORMATS)}. Did you mean {guess!r}?"
            )
    for name, allowed in ALLOWED.items():
        check_choice(name, getattr(order, name), allowed)
    listed = chapters.listed_chapters(order.notebooks)
    try:
        editions.prepare(order.out)
        editions.prepare(order.data, "--data")
        locks = [editions.lock(folder, order.wait_seconds) for folder in (order.out, order.data)]
        # the data folder has a lock of its own: two reports folders may share it
        with locks[0], locks[1]:
            return _locked_run(order, listed, report)
    except Timeout as error:
        raise Busy(
            f"{order.out}: another run is at work. Try again later, or wait for it with --wait SECONDS."
        ) from error
    except OSError as error:  # before there was a folder to record it in
        _tell(
            ["failure"], {"run_id": dt.date.today().isoformat(), "outcome": "failed", "error": reason(error)}
        )
        if isinstance(error, editions.NotWritable):
            raise
        raise RunFailed(reason(error), None) from error


def _locked_run(order: Order, listed: list[dict[str, Any]], report: Report) -> tuple[RunRecord, Path]:
    for folder in editions.clear_leftovers(order.out):
        killed = editions.read_record(folder) or {
            "run_id": folder.name,
            "outcome": "killed",
            "started_at": "",
        }
        write_failure_note(folder, killed)
        report(f"run {folder.name} was killed before it ended; its record is in {folder}")
        _tell(["failure"], killed)  # it could not say so itself
    past, _ = read_history(order.out)
    previous = editions.latest_edition(order.out)
    run_id = editions.new_run_id(order.out, dt.date.today().isoformat(), (run["run_id"] for run in past))
    work = editions.start_work(order.out, run_id)
    sequence = 1 + max((editions.age(run)[0] for run in past), default=0)
    record = RunRecord(run_id, utc_now(), order.parameters(), sequence=sequence)
    try:
        record.save(work)
        record.inputs = _inputs(order.raw)
        record.fingerprint = _fingerprint(order, listed, record.inputs)
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
        start_preloading()
        _run_steps(order, listed, record, work, previous, report)
        record.close("published")
        record.save(work)
        folder = editions.publish(order.out, work, run_id)
    except SelectionError as error:
        shutil.rmtree(
            work, ignore_errors=True
        )  # no run, but a schedule with a usage error must not be silent
        _tell(["failure"], {"run_id": run_id, "outcome": "refused", "error": str(error)})
        raise
    except BaseException as error:
        buried = _fail(order, record, work, error)
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise RunFailed(reason(error), buried) from error
    news = ["disagreement"] if _new_disagreements(record, previous) else []
    _after(order, record, report, kinds=["success", *news])
    return record, folder


def reason(error: BaseException) -> str:
    """Why a run failed, for people."""
    if isinstance(error, shutil.Error) and error.args and isinstance(error.args[0], list):
        _, target, why = error.args[0][0][:3]  # a copy of a folder collects what went wrong
        return (
            f"{target}: {why}. Make room or make the folder writable, or give others with --out and --data."
        )
    if isinstance(error, (KeyboardInterrupt, SystemExit)):
        return "the run was stopped from outside (a signal, or Ctrl+C)"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        place = error.filename or "no place named"
        return f"the disk is full ({place}). Make room, or give other folders with --out and --data."
    if isinstance(error, editions.NotWritable):
        return str(error)
    if isinstance(error, (PermissionError, FileExistsError, NotADirectoryError)):
        return f"{error.filename}: {error.strerror}. Make the folder writable, or give another with --out or --data."
    return str(error) or type(error).__name__


def _run_steps(
    order: Order,
    listed: list[dict[str, Any]],
    record: RunRecord,
    work: Path,
    previous: editions.Edition | None,
    report: Report,
) -> None:
    front: list[str] = []
    with record.step("parse", work, report) as step:
        front += _parse(order, record, step)
    with record.step("compare", work, report) as step:
        ledger, outputs = _compare(order, record)
        tables = fingerprints.tables_digest(order.data)
        step.note = f"{len(outputs)} tables"
    snapshot = take_snapshot(ledger, outputs["out_completion"])
    save_snapshot(work, snapshot)
    comparable = previous is not None and _same_selection(previous.record["parameters"], record.parameters)
    before = load_snapshot(previous.folder) if previous and comparable else None
    record.changes = compare_snapshots(before, snapshot)
    aside: list[str] = []
    names = dict(ledger.notices.select("notice_id", f"label_{order.lang}").iter_rows())
    told = told_changes(
        record.changes, previous.run_id if previous and comparable else None, order.lang, names
    )
    (front if has_moved(record.changes) else aside).append(told)
    with record.step("notebooks", work, report) as step:
        executed = _run_chapters(order, listed, ledger, record, work, step, front, aside, report)
    with record.step("check inputs", work, report):
        _check_unchanged(order, record, tables)
    with record.step("publish", work, report) as step:
        _publish(order, executed, ledger, outputs, record, work, front, aside, step)
        _check_unchanged(order, record, tables)
    with record.step("manifest", work, report):
        kept = [p for p in work.rglob("*") if p.is_file() and p.name != RECORD_NAME and p.name[0] != "."]
        record.files = fingerprints.tree_digest(kept, work)


def _check_unchanged(order: Order, record: RunRecord, tables: str) -> None:
    """A mixture of two states of the data would be worse than no edition: RuntimeError where one changed."""
    now = _inputs(order.raw)
    if now != record.inputs:
        names = sorted(name for name in {*now, *record.inputs} if now.get(name) != record.inputs.get(name))
        raise RuntimeError(
            f"{', '.join(names)}: changed while the run was at work; nothing was published. Run again."
        )
    if fingerprints.tables_digest(order.data) != tables:
        raise RuntimeError(
            f"{order.data}: its tables were replaced while the run was at work; nothing was published. Run again."
        )


def _parse(order: Order, record: RunRecord, step: Step) -> list[str]:
    """Raw files → core tables; what the first page says of it. RuntimeError where nothing could be read."""
    from analysis.ledger.build import build_ledger
    from analysis.ledger.store import read_table

    # a small folder is one part, for which one process is started
    summary = build_ledger([order.raw], order.data, jobs=AT_ONCE)
    record.table_rows, record.quarantine = summary.table_rows, summary.quarantine
    record.invalid_rows = summary.invalid_rows
    step.note = f"{summary.notices} of {summary.files} files read, {summary.set_aside} set aside, {summary.unchanged} unchanged"
    if not summary.notices:
        why = "; ".join(row["reason_text"] for row in summary.quarantine[:5])
        raise RuntimeError(
            f"{order.raw}: no notice could be read. {why or 'The folder is empty: put at least one notice there.'}"
        )
    checks = read_table(order.data, "core_checks")
    wrong = checks.filter(~pl.col("is_agreeing"))
    record.checks = {
        "agreeing": int(checks["is_agreeing"].sum() or 0),
        "disagreeing": wrong.height,
        "undecided": checks["is_agreeing"].null_count(),
    }
    record.disagreements = [
        f"{r['check_id']}: {r['stated_value']:g} / {r['counted_value']:g}"
        for r in wrong.sort("check_id").to_dicts()
    ]
    rows = [row for row in summary.quarantine if row["notice_id"] is not None]
    record.warnings += [row["reason_text"] for row in rows]
    lines = []
    if record.invalid_rows:
        why = rows[0]["reason_text"] if rows else ""
        lines.append(
            {
                "zh": f"有{record.invalid_rows}行数据不合表结构，已剔除，数字可能偏低：{why}",
                "en": f"{record.invalid_rows} rows break the schema and are left out, numbers may be too low: {why}",
            }[order.lang]
        )
    if summary.set_aside:
        lines.append(
            {
                "zh": f"有{summary.set_aside}个文件未读入，原因见语料质量一章。",
                "en": f"{summary.set_aside} files were set aside; the chapter on the corpus says why.",
            }[order.lang]
        )
    return lines


def _compare(order: Order, record: RunRecord) -> tuple[Ledger, dict[str, pl.DataFrame]]:
    """Core tables → the selected ledger and its ``out_*`` tables, which are written once for all readers."""
    from analysis import compare

    ledger = select(**order.selection(), data_dir=order.data)
    written = run_apart(
        compare.write, order.data, **order.selection(), unit=order.unit, completion=order.completion
    )
    outputs = {name: pl.read_parquet(path) for name, path in written.items()}
    record.table_rows |= {name: frame.height for name, frame in outputs.items()}
    return ledger, outputs


def _run_chapters(
    order: Order,
    listed: list[dict[str, Any]],
    ledger: Ledger,
    record: RunRecord,
    work: Path,
    step: Step,
    front: list[str],
    aside: list[str],
    report: Report,
) -> list[chapters.Chapter]:
    """Execute the chapters into ``work/notebooks``; RuntimeError where one of the core failed."""
    shared = {
        **order.selection(),
        "completion": order.completion,
        "unit": order.unit,
        "lang": order.lang,
        "data_dir": shown_folder(order.data),
    }
    if passed := chapters.passed_over(listed):
        report(f"    not in {chapters.LIST_NAME}, passed over: {', '.join(passed)}")
    plan = chapters.plan(listed, ledger.cities, order.profiles)
    folder, cache = work / "notebooks", order.out / CACHE_NAME / "notebooks"
    folder.mkdir()
    tables = fingerprints.tables_digest(order.data, ("core_", "codes_", "out_"))
    base = [tables, fingerprints.code(fingerprints.NOTEBOOK_ROOMS), order.selection()]
    jobs, kept = [], {}
    for chapter in plan:
        given = chapters.taken_parameters(chapter.source, shared) | chapter.parameters
        key = fingerprints.digest_of([fingerprints.file_digest(chapter.source), given, *base])
        kept[chapter.name] = cache / f"{key}.ipynb"
        if order.if_changed and _is_notebook(kept[chapter.name]):
            shutil.copyfile(kept[chapter.name], folder / chapter.name)
            record.notebooks.append(
                {"notebook": chapter.name, "outcome": "reused", "seconds": 0.0, "error": ""}
            )
        else:
            jobs.append(Job(chapter.source, folder / chapter.name, given))
    outcomes = run_jobs(
        jobs, seconds=order.notebook_seconds, megabytes=order.notebook_mb, data=order.data, report=report
    )
    for result in outcomes:
        record.notebooks.append(result.as_dict())
        if result.outcome == "done":
            _keep(folder / result.notebook, kept[result.notebook])
    _prune(cache, CACHED)
    step.note = f"{len(plan)} notebooks, {len(plan) - len(jobs)} unchanged"
    failed = {result.notebook: result.error for result in outcomes if result.outcome != "done"}
    core = [f"{c.name}: {failed[c.name]}" for c in plan if c.is_core and c.name in failed]
    if core:
        raise RuntimeError("; ".join(core) + ". Its partial output is in the run's notebooks folder.")
    for name, error in failed.items():
        record.warnings.append(f"{name}: {error}")
        front.append(
            {
                "zh": f"本期缺少一章：{name} 运行失败（{error}）。",
                "en": f"One chapter is missing: {name} failed ({error}).",
            }[order.lang]
        )
    cities = ledger.cities["city_code"].drop_nulls().len()
    if any(entry.get("for_each") for entry in listed) and cities > order.profiles > 0:
        aside.append(
            {
                "zh": f"附城市概况{order.profiles}份（共{cities}个城市）。",
                "en": f"Profiles are attached for {order.profiles} of {cities} cities.",
            }[order.lang]
        )
    return [chapter for chapter in plan if chapter.name not in failed]


def _publish(
    order: Order,
    executed: list[chapters.Chapter],
    ledger: Ledger,
    outputs: dict[str, pl.DataFrame],
    record: RunRecord,
    work: Path,
    front: list[str],
    aside: list[str],
    step: Step,
) -> None:
    """Bind the executed chapters into the formats of the edition."""
    from analysis.publishing.edition import BindOrder, ChapterFile, bind

    names = dict(ledger.cities.iter_rows())
    slugs = dict(
        ledger.notices.select("city_code", pl.col("notice_id").str.split("-").list.first()).iter_rows()
    )
    title = {"zh": "{}：城市概况", "en": "{}: city profile"}[order.lang]
    files = [
        ChapterFile(
            path=work / "notebooks" / chapter.name,
            name=chapter.source.stem,
            is_core=chapter.is_core,
            is_added=not chapter.is_core,
            profile_slug=slugs[chapter.city_code] if chapter.city_code else "",
            profile_title=title.format(
                names[chapter.city_code]
                if order.lang == "zh"
                else english.place(chapter.city_code) or slugs[chapter.city_code].capitalize()
            )
            if chapter.city_code
            else "",
        )
        for chapter in executed
    ]
    bound = bind(
        BindOrder(
            chapters=files,
            frames={**_frames(order.data, ledger.notices["notice_id"]), **outputs},
            out_dir=work,
            formats=order.formats,
            lang=order.lang,
            redact=order.redact,
            front_messages=front,
            aside_messages=aside,
            title={"zh": "巡察整改通报比较", "en": "Rectification notices compared"}[order.lang],
            as_of=data_as_of(ledger.notices),
            jobs=AT_ONCE,
        )
    )
    record.warnings += [f"{lost.what} left out: {lost.reason}" for lost in bound.dropped] + list(
        bound.warnings
    )
    step.note = f"{len(bound.written)} files" + (f", {len(bound.dropped)} left out" if bound.dropped else "")


def _frames(data: Path, chosen: pl.Series) -> dict[str, pl.DataFrame]:
    """Core tables of the selected notices, and the code lists."""
    from analysis.ledger.store import read_table, table_names

    frames = {name: read_table(data, name) for name in table_names(data) if not name.startswith("out_")}
    return {
        name: frame.filter(pl.col("notice_id").is_in(chosen.implode()))
        if "notice_id" in frame.columns and name != "core_quarantine"
        else frame
        for name, frame in frames.items()
    }


def data_as_of(notices: pl.DataFrame) -> str:
    """The latest day that a selected notice speaks of itself, ISO; "" where none does."""
    days = notices.select(
        pl.max_horizontal(
            "publication_date", "cutoff_date", "comment_end_date", "signed_date", "feedback_date"
        ).max()
    ).item()
    return days.isoformat() if days else ""


def _fail(order: Order, record: RunRecord, work: Path, error: BaseException) -> Path | None:
    """Record a failed run as far as the disk allows; never raises."""
    folder = None
    try:
        record.close("failed", reason(error))
        record.save(work)
        write_failure_note(work, record.as_dict())
        folder = editions.bury(order.out, work, record.run_id, "failed")
        _after(order, record, lambda line: None, kinds=["failure"])
    except Exception as trouble:
        print(f"zhenggai: the failure could not be recorded: {trouble!r}", file=sys.stderr)
        shutil.rmtree(work, ignore_errors=True)
    return folder


def _after(order: Order, record: RunRecord, report: Report, kinds: list[str]) -> None:
    """History, index, retention and messages; none of them may undo a published edition."""
    try:
        append_run(order.out, record.as_dict())
        for name in editions.retain(order.out, order.keep):
            report(f"removed old run {name}")
        write_index(order.out)
    except OSError as trouble:
        print(f"zhenggai: history or index could not be written: {reason(trouble)}", file=sys.stderr)
    _tell(kinds, record.as_dict())


def _tell(kinds: list[str], record: dict[str, Any]) -> None:
    warnings = [messages.send(kind, record) for kind in kinds]
    for warning in dict.fromkeys(filter(None, warnings)):  # what holds up one message holds up all
        print(f"zhenggai: {warning}", file=sys.stderr)


def _inputs(raw: Path) -> dict[str, str]:
    """Relative path → digest of every file below the raw folder, sidecars included."""
    return fingerprints.tree_digest((p for p in raw.rglob("*") if p.is_file() and p.name[0] != "."), raw)


def _fingerprint(order: Order, listed: list[dict[str, Any]], inputs: dict[str, str]) -> str:
    sources = [
        {**entry, "source": entry["source"].name, "digest": fingerprints.file_digest(entry["source"])}
        for entry in listed
    ]
    code = fingerprints.code(fingerprints.EDITION_ROOMS)
    return fingerprints.digest_of([inputs, order.parameters(), sources, code])


def _is_whole(edition: editions.Edition) -> bool:
    """Every file of the edition is there with the bytes it was published with."""
    files = edition.record.get("files")
    if not isinstance(files, dict) or not files:
        return False
    paths_ = [edition.folder / name for name in files]
    return all(p.is_file() for p in paths_) and fingerprints.tree_digest(paths_, edition.folder) == files


def _same_selection(one: dict[str, Any], other: dict[str, Any]) -> bool:
    keys = ("city_codes", "first_year", "last_year", "year_basis", "completion", "unit")
    return all(one.get(key) == other.get(key) for key in keys)


def _new_disagreements(record: RunRecord, previous: editions.Edition | None) -> bool:
    known = set(previous.record.get("disagreements") or []) if previous else set()
    return bool(set(record.disagreements) - known)


def _is_notebook(path: Path) -> bool:
    """Whether a kept notebook is whole: a damaged one is as good as none."""
    try:
        return isinstance(json.loads(path.read_text(encoding="utf-8"))["cells"], list)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _keep(made: Path, target: Path) -> None:
    """Copy a result into the cache in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.copyfile(made, temporary)
    os.replace(temporary, target)


def _prune(folder: Path, count: int) -> None:
    """Remove all but the newest ``count`` entries of a cache folder."""
    entries = sorted(folder.glob("*"), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in entries[count:]:
        with suppress(OSError):
            path.unlink()
