"""Files in, validated Parquet out: plans the parts, has them read, settles IDs, has them finished.

Reading and finishing are done by watched workers; this process holds only a short entry for each
file, so memory is bounded by the part and not by the corpus. A second parse of a folder reads what
has changed and takes over the rest.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.ledger import datapackage, plan, store
from analysis.ledger.identity import NoticeSummary, find_near_copies, settle_ids
from analysis.ledger.remote import local_copies
from analysis.ledger.tasks import Run, Task
from analysis.sources.archive import iter_sources

if TYPE_CHECKING:
    from analysis.ledger.corrections import Correction
    from analysis.ledger.workers import Workers
    from analysis.parsing.types.coding import TypeCoding

NOTICES = "core_notices"  # the table that names near copies
# What workers are asked to do; named, so that this process need not load what they load.
STAGE = "analysis.ledger.batches:stage_files"
FINISH = "analysis.ledger.finish:finish_part"
MARK_COPIES = "analysis.ledger.finish:mark_copies"
CODES = "analysis.ledger.finish:write_codes"
Report = Callable[[int], None]


@dataclass(slots=True)
class ParseSummary:
    """What one run of the parser did. ``invalid_rows``: rows left out because they break a rule of
    their table; ``misread_notices``: those probably misread in part; ``unchanged``: files taken over from the
    last run. ``quarantine`` (rows of ``core_quarantine``) and ``misread`` (notice ID, signs) hold the first ones."""

    files: int = 0
    notices: int = 0
    set_aside: int = 0
    invalid_rows: int = 0
    misread_notices: int = 0
    unchanged: int = 0
    table_rows: dict[str, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)
    misread: list[tuple[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def build_ledger(
    paths: Iterable[Path | str],
    out: Path | str,
    *,
    jobs: int = 1,
    engine: str = "local",
    scheduler: str | None = None,
    workers: Workers | None = None,
    report: Report | None = None,
) -> ParseSummary:
    """Parse files and folders into the tables of ``out``, replacing those that stand there.

    Each may be an address such as ``s3://bucket/notices`` (see ``remote``).
    ``jobs`` watched processes on this machine, or ``engine="dask"`` on the cluster at ``scheduler``,
    or the ``workers`` that are given, which then live on.
    ``report`` is called once for each file that is begun. Raises CorrectionError, HashMismatch,
    BadSidecar, NoSuchPath, FolderInUse, AddressError and WorkerLost before anything is replaced.
    """
    with local_copies(paths, out) as (sources, folder):
        return _parse_into(sources, folder, jobs, engine, scheduler, workers, report)


def _parse_into(
    paths: list[Path],
    out: Path,
    jobs: int,
    engine: str,
    scheduler: str | None,
    workers: Workers | None,
    report: Report | None,
) -> ParseSummary:

    def engine_of(build: Path) -> AbstractContextManager[Run]:
        from analysis.ledger.engines import open_engine

        return open_engine(engine, jobs, scheduler, workers, build, report)

    with store.writing(out):
        store.recover(out)
        code = plan.code_digest()
        started = time.time_ns() - 50_000_000  # the clock of a file system is coarse
        record = plan.read_record(out, code)
        try:
            return _build(paths, out, record, code, started, engine_of)
        except _MembersNeeded:
            return _build(paths, out, plan.Record(), code, started, engine_of)


class _MembersNeeded(Exception):
    """Members of an archive must be read again that were let go; everything is read then."""


def _build(
    paths: list[Path],
    out: Path,
    record: plan.Record,
    code: str,
    started: int,
    engine_of: Callable[[Path], AbstractContextManager[Run]],
) -> ParseSummary:
    judgements = plan.judgements_digest()
    parts = plan.cut_parts(iter_sources(paths), record)
    known: list[plan.Part] = []
    if record.parts:  # perhaps there is nothing to do: look before anything is started
        known = list(parts)
        parts = iter(known)
        if judgements == record.judgements and _is_as_it_was(known, record):
            return _summary(record.parts, record.results, [0] * len(known))
    build = store.new_build(out)
    try:
        with engine_of(build) as run:
            record, fresh = _fill(build, parts, out, record, judgements, run)
        shutil.rmtree(build / ".staging", ignore_errors=True)
        record.hashed_at = started
        plan.write_record(build, code, record)
        datapackage.set_paths(build)
        store.commit_tables(out, build)
    except BaseException:
        shutil.rmtree(build, ignore_errors=True)
        raise
    return _summary(record.parts, record.results, fresh)


def _is_as_it_was(parts: list[plan.Part], record: plan.Record) -> bool:
    return len(parts) == len(record.parts) and all(
        _standing(part, record) == number for number, part in enumerate(parts)
    )


def _fill(
    build: Path,
    planned: Iterable[plan.Part],
    out: Path,
    record: plan.Record,
    judgements: str,
    run: Run,
) -> tuple[plan.Record, list[int]]:
    """All parts staged, settled and finished in the build folder: the new record, and how many files
    of each part were read."""
    from analysis.ledger.corrections import load_corrections
    from analysis.ledger.human_types import load_human_labels

    corrections, labels = load_corrections(), load_human_labels()
    parts: list[plan.Part] = []
    staged: dict[int, list[Path]] = {}
    codes: list[str] = []

    def stage(number: int, places: list[int]) -> Task:
        part = parts[number]
        folder = build / ".staging" / f"{number:06d}-{len(staged.setdefault(number, []))}"
        staged[number].append(folder)
        sources = [(place, part.sources[place]) for place in places]
        for place, source in sources:
            if source is not None and source.content is not None:
                part.sources[place] = None  # the bytes of an archive's member go with the task
        return Task(STAGE, (sources, folder), number)

    def stages() -> Iterator[Task]:
        yield Task(CODES, (build,))
        for part in planned:
            parts.append(part)
            yield from (stage(len(parts) - 1, places) for places in plan.cut_pieces(part, part.fresh))

    def take(found: Iterator[tuple[Task, Any]]) -> None:
        for task, answer in found:
            if task.function == CODES:
                codes.extend(answer)
                continue
            for read in answer:
                part = parts[task.part]
                entry = part.entries[read.number]
                entry.sha256, entry.notice = read.sha256, read.notice
                part.sources[read.number] = None  # a fresh file is asked for once: memory for a large corpus

    take(run(stages()))
    before = [
        {place: entry.made() for place, entry in enumerate(part.entries) if place not in part.fresh}
        for part in parts
    ]
    copies = [[] if part.fresh else [entry.near_copy_of for entry in part.entries] for part in parts]
    _settle(parts, _judged(corrections, labels))
    again: list[tuple[int, list[int]]] = []
    for number, part in enumerate(parts):
        changed = {place for place, made in before[number].items() if part.entries[place].made() != made}
        if any(part.sources[place] is None for place in changed):
            raise _MembersNeeded
        part.fresh |= changed
        if changed:
            again += [(number, places) for places in plan.cut_pieces(part, changed)]
    take(run(stage(number, places) for number, places in again))

    results: dict[int, dict[str, Any]] = {}
    names = record.results[0]["sizes"] if record.results else ()
    standing = {name: store.table_parts(out, name) for name in names}

    def finishes() -> Iterator[Task]:
        for number, part in enumerate(parts):
            if (base := _standing(part, record)) is not None:
                results[number] = record.results[base]
                marked = copies[number] != [entry.near_copy_of for entry in part.entries]
                for name, paths in standing.items():
                    if name != NOTICES or not marked:
                        _take_over(paths[base], store.part_path(build, name, number))
                if marked:
                    marks = {e.notice_id: e.near_copy_of for e in part.entries if e.near_copy_of}
                    yield Task(MARK_COPIES, (build, number, standing[NOTICES][base], marks), number)
            else:
                old = {name: paths[part.base] for name, paths in standing.items() if part.base is not None}
                here = {entry.notice_id for entry in part.entries if entry.judged}
                corrected = [entry for entry in corrections if entry.notice_id in here]
                labelled = {key: coding for key, coding in labels.items() if key.split("/")[0] in here}
                files = part.entries, part.fresh, staged.get(number, [])
                yield Task(FINISH, (build, number, *files, old, corrected, labelled), number)

    for task, answer in run(finishes()):
        if task.function == MARK_COPIES:
            stamp = plan.stamp_of(store.part_path(build, NOTICES, task.part))
            results[task.part] = {
                **results[task.part],
                "sizes": {**results[task.part]["sizes"], NOTICES: stamp},
            }
        else:
            results[task.part] = _result(build, task.part, parts[task.part], answer, record)
    fresh = [len(part.fresh) for part in parts]
    made = plan.Record(judgements, [part.entries for part in parts], [], codes)
    made.results = [results[number] for number in range(len(parts))]
    return made, fresh


def _standing(part: plan.Part, record: plan.Record) -> int | None:
    """The part of the record that can be taken over as it is."""
    if part.base is None or part.fresh:
        return None
    same = [entry.key for entry in part.entries] == [entry.key for entry in record.parts[part.base]]
    return part.base if same else None


def _settle(parts: list[plan.Part], judged: dict[str, str]) -> None:
    """Duplicates, final IDs, near copies and judgements of all notices, into their entries."""
    first: dict[str, plan.Entry] = {}
    own: list[plan.Entry] = []
    summaries: list[NoticeSummary] = []
    for entry in (entry for part in parts for entry in part.entries):
        entry.duplicate_of = entry.notice_id = entry.near_copy_of = None
        entry.judged = ""
        if entry.sha256 and (same := first.setdefault(entry.sha256, entry)) is not entry:
            entry.duplicate_of = same.source_path
        elif entry.notice is not None:
            own.append(entry)
            summaries.append(entry.notice)
    first.clear()
    final_ids = settle_ids(summaries)
    copies = find_near_copies(summaries)
    for number, entry in enumerate(own):
        entry.notice_id = final_ids[number]
        entry.near_copy_of = final_ids[copies[number]] if number in copies else None
        entry.judged = judged.get(final_ids[number], "")


def _judged(corrections: list[Correction], labels: dict[str, TypeCoding]) -> dict[str, str]:
    """Notice ID → digest of what people said of it."""
    said: dict[str, list[str]] = {}
    for entry in corrections:
        said.setdefault(entry.notice_id, []).append(
            repr((entry.row_id, entry.field, entry.parsed, entry.value))
        )
    for problem_id, coding in labels.items():
        said.setdefault(problem_id.split("/")[0], []).append(repr((problem_id, coding)))
    return {
        notice_id: hashlib.sha256("\n".join(words).encode("utf-8", "replace")).hexdigest()[:16]
        for notice_id, words in said.items()
    }


def _result(
    build: Path, number: int, part: plan.Part, answer: plan.PartResult, record: plan.Record
) -> dict[str, Any]:
    """What the record keeps of a finished part: also of what its unchanged files brought before."""
    kept = set()
    invalid: dict[str, int] = {}
    if part.base is not None:
        old = record.results[part.base]
        places = {entry.key: place for place, entry in enumerate(part.entries)}
        unchanged = {key for key, place in places.items() if place not in part.fresh}
        kept = {key for key in old["rejected"] if key in unchanged}
        invalid = {key: count for key, count in old["invalid"].items() if key in unchanged}
    keys = [entry.key for entry in part.entries]
    return {
        "rows": answer.rows,
        "rejected": sorted(kept | {keys[place] for place in answer.rejected}),
        "invalid": {**invalid, **{keys[place]: count for place, count in answer.invalid.items()}},
        "quarantine": answer.quarantine,
        "misread_notices": answer.misread_notices,
        "misread": answer.misread,
        "sizes": {name: plan.stamp_of(store.part_path(build, name, number)) for name in answer.rows},
    }


def _take_over(source: Path, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _summary(parts: list[list[plan.Entry]], results: list[dict[str, Any]], fresh: list[int]) -> ParseSummary:
    summary = ParseSummary()
    for entries, result in zip(parts, results, strict=True):
        rejected = len(result["rejected"])
        read = sum(entry.notice_id is not None for entry in entries) - rejected
        summary.files += len(entries)
        summary.notices += read
        summary.set_aside += len(entries) - read
        summary.invalid_rows += sum(result["invalid"].values())
        for name, count in result["rows"].items():
            summary.table_rows[name] = summary.table_rows.get(name, 0) + count
        summary.misread_notices += result["misread_notices"]
        summary.quarantine += result["quarantine"][: plan.QUARANTINE_SHOWN - len(summary.quarantine)]
        summary.misread += result["misread"][: plan.MISREAD_SHOWN - len(summary.misread)]
    summary.unchanged = summary.files - sum(fresh)
    return summary
