"""Files in, validated Parquet out: discovers, parses in batches, settles IDs, validates, writes.

Memory is bounded by the batch, not by the corpus: a batch is parsed and staged on disk, and
the second pass (final IDs, corrections, checks, validation) reads one staged batch at a time.
Only a short summary per notice is held for all of them.
"""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.batches import NumberedSource, parse_batch, quarantine_row
from analysis.ledger.cache import ParseCache
from analysis.ledger.checks import build_checks
from analysis.ledger.codes import read_code_lists
from analysis.ledger.corrections import Correction, apply_corrections, load_corrections
from analysis.ledger.frames import frame_from_rows
from analysis.ledger.human_types import apply_human_types
from analysis.ledger.identity import NoticeSummary, find_near_copies, settle_ids
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import commit_tables, new_build, write_part
from analysis.sources.archive import SourceFile, iter_sources

BATCH_BYTES = 4_000_000
BATCH_FILES = 400
HELD_BYTES = 100_000_000  # a run in one process keeps so much parsed in memory; the rest is staged on disk
FILE_NUMBER = {"file_number": pl.Int64()}
ID_COLUMNS = (
    "notice_id",
    "section_id",
    "parent_section_id",
    "aspect_id",
    "category_id",
    "problem_id",
    "parent_problem_id",
    "measure_id",
    "citation_id",
    "event_id",
    "figure_id",
    "claim_id",
    "recurrence_id",
)
SORT_COLUMNS = (
    "notice_id",
    "block_start",
    "char_start",
    "char_end",
    "field_name",
    "check_id",
    "source_path",
    "reason_code",
    "reason_text",
)

Batch = list[NumberedSource]


@dataclass(slots=True)
class ParseSummary:
    """What one run of the parser did."""

    files: int = 0
    notices: int = 0
    set_aside: int = 0
    table_rows: dict[str, int] = field(default_factory=dict)
    quarantine: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class StagedBatch:
    number: int
    summaries: list[NoticeSummary]
    set_aside: int
    frames: dict[str, pl.DataFrame] | None = None  # None: they lie in the staging folder


def build_ledger(
    paths: Iterable[Path],
    out: Path,
    *,
    jobs: int = 1,
    engine: str = "local",
    scheduler: str | None = None,
    report: Callable[[str], None] | None = None,
    cache: ParseCache | None = None,
) -> ParseSummary:
    """Parse files and folders into the tables of ``out``, replacing those that stand there.

    ``jobs`` processes on this machine, or ``engine="dask"`` on the cluster at ``scheduler`` (which
    must see the same files). Raises CorrectionError before anything is replaced. The quarantine
    list of the summary holds at most 200 rows; all of them are in ``core_quarantine``. ``cache`` is
    used by a run in one process.
    """
    corrections = load_corrections()
    build = new_build(out)
    staging = build / ".staging"
    staging.mkdir()
    summary = ParseSummary()
    refused: list[dict[str, Any]] = []
    batches = _batches(iter_sources(paths), summary, refused)
    staged: list[StagedBatch] = []
    for batch in _run_batches(batches, staging, jobs, engine, scheduler, cache):
        staged.append(batch)
        if report:
            report(f"parsed {sum(len(b.summaries) for b in staged)} notices of {summary.files} files so far")
    staged.sort(key=lambda batch: batch.number)
    notices = [notice for batch in staged for notice in batch.summaries]
    final_ids = settle_ids(notices)
    copies = find_near_copies(notices, final_ids)
    summary.notices = len(notices)
    summary.set_aside = len(refused) + sum(batch.set_aside for batch in staged)
    rows = dict.fromkeys(CORE_TABLES, 0)
    for part in staged or [None]:
        frames = _take_staged(staging, part) if part else _empty_frames()
        if refused:
            extra = frame_from_rows("core_quarantine", refused, FILE_NUMBER)
            frames["core_quarantine"] = pl.concat([frames["core_quarantine"], extra])
            refused = []
        frames = finish_part(frames, final_ids, copies, part.summaries if part else [], corrections)
        for name, frame in frames.items():
            write_part(build, name, part.number if part else 0, frame)
            rows[name] += frame.height
        if len(summary.quarantine) < 200:
            summary.quarantine.extend(frames["core_quarantine"].head(200).to_dicts())
    for name, frame in read_code_lists().items():
        write_part(build, name, 0, frame)
    summary.table_rows = rows
    shutil.rmtree(staging)
    commit_tables(out, build)
    return summary


def _batches(
    sources: Iterator[SourceFile], summary: ParseSummary, refused: list[dict[str, Any]]
) -> Iterator[Batch]:
    """Cut the stream of files into batches; a byte-identical copy is set aside here."""
    seen: dict[str, str] = {}
    batch: Batch = []
    size = 0
    for number, source in enumerate(sources):
        summary.files += 1
        numbered = NumberedSource(number, source.sha256, source)
        first = seen.get(numbered.sha256) if numbered.sha256 else None
        if first is not None:
            refused.append(
                quarantine_row(
                    numbered,
                    "archive",
                    "duplicate",
                    f"{source.source_path}: the same bytes as {first}, which was read. Remove one of the two.",
                )
            )
            continue
        if numbered.sha256:
            seen[numbered.sha256] = source.source_path
        batch.append(numbered)
        size += source.size
        if size >= BATCH_BYTES or len(batch) >= BATCH_FILES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def stage_batch(
    number: int, batch: Batch, staging: Path, cache: ParseCache | None = None, room: int = 0
) -> StagedBatch:
    """Parse one batch and leave its frames in the staging folder, or in the answer where they take
    less than ``room`` bytes; runs in any process."""
    # Records hold no cycles; searching hundreds of thousands of them for some takes an eighth of the time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        result = parse_batch(batch, cache)
        frames = {
            name: frame_from_rows(name, rows, FILE_NUMBER)
            for name, rows in result.rows.items()
            if name != "core_checks"
        }
        staged = StagedBatch(number, result.summaries, result.set_aside)
        del result  # or the first search after this would go through all of it
    finally:
        if collecting:
            gc.enable()
    if sum(frame.estimated_size() for frame in frames.values()) < room:
        staged.frames = frames
        return staged
    folder = staging / f"{number:06d}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        frame.write_ipc(folder / f"{name}.arrow")
    return staged


def _run_batches(
    batches: Iterator[Batch],
    staging: Path,
    jobs: int,
    engine: str,
    scheduler: str | None,
    cache: ParseCache | None,
) -> Iterator[StagedBatch]:
    if engine == "dask":
        yield from _run_on_dask(batches, staging, jobs, scheduler)
    elif jobs <= 1:
        room = HELD_BYTES
        for number, batch in enumerate(batches):
            staged = stage_batch(number, batch, staging, cache, room)
            room -= sum(frame.estimated_size() for frame in (staged.frames or {}).values())
            yield staged
    else:
        # spawn: a forked child could inherit the locks of polars' threads
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            waiting = set()
            for number, batch in enumerate(batches):
                waiting.add(pool.submit(stage_batch, number, batch, staging))
                if len(waiting) >= 2 * jobs:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in waiting)


def _run_on_dask(
    batches: Iterator[Batch], staging: Path, jobs: int, scheduler: str | None
) -> Iterator[StagedBatch]:
    from distributed import Client, as_completed

    # a stuck batch is repeated by dask; staging is idempotent, so that does no harm
    with (
        Client(scheduler)
        if scheduler
        else Client(n_workers=jobs, threads_per_worker=1, dashboard_address=None) as client
    ):
        running = as_completed()
        for number, batch in enumerate(batches):
            running.add(client.submit(stage_batch, number, batch, staging, pure=False))
            if running.count() >= 4 * max(1, len(client.scheduler_info()["workers"])):
                yield next(running).result()
        for future in running:
            yield future.result()


def _take_staged(staging: Path, part: StagedBatch) -> dict[str, pl.DataFrame]:
    if part.frames is not None:
        frames, part.frames = part.frames, None  # let go of them once they are written
        return frames
    folder = staging / f"{part.number:06d}"
    return {path.stem: pl.read_ipc(path) for path in sorted(folder.glob("*.arrow"))}


def _empty_frames() -> dict[str, pl.DataFrame]:
    return {name: frame_from_rows(name, [], FILE_NUMBER) for name in CORE_TABLES if name != "core_checks"}


def finish_part(
    frames: dict[str, pl.DataFrame],
    final_ids: dict[int, str],
    copies: dict[int, str],
    notices: list[NoticeSummary],
    corrections: list[Correction],
) -> dict[str, pl.DataFrame]:
    """One part's frames with final IDs, corrections, human labels and checks; validated and sorted."""
    frames = _with_final_ids(frames, final_ids, notices)
    if marks := {final_ids[n.file_number]: copies[n.file_number] for n in notices if n.file_number in copies}:
        frames["core_notices"] = frames["core_notices"].with_columns(
            pl.col("notice_id")
            .replace_strict(marks, default=None, return_dtype=pl.String)
            .alias("near_copy_of")
        )
    frames = {name: frame.drop("file_number") for name, frame in frames.items()}
    frames = apply_human_types(apply_corrections(frames, corrections))
    frames["core_checks"] = build_checks(frames)
    return _validated(frames)


def _with_final_ids(
    frames: dict[str, pl.DataFrame], final_ids: dict[int, str], notices: list[NoticeSummary]
) -> dict[str, pl.DataFrame]:
    changed = [
        (n.file_number, final_ids[n.file_number], len(n.local_id))
        for n in notices
        if final_ids[n.file_number] != n.local_id
    ]
    if not changed:
        return frames
    renamed = pl.DataFrame(
        changed, schema={"file_number": pl.Int64, "_final": pl.String, "_length": pl.Int64}, orient="row"
    )
    result = {}
    for name, frame in frames.items():
        columns = [column for column in ID_COLUMNS if column in frame.columns]
        # a null ID stays null: concat_str with a null part is null
        result[name] = (
            frame.join(renamed, on="file_number", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("_final").is_null())
                .then(pl.col(column))
                .otherwise(pl.concat_str([pl.col("_final"), pl.col(column).str.slice(pl.col("_length"))]))
                .alias(column)
                for column in columns
            )
            .drop("_final", "_length")
        )
    return result


def _validated(frames: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Rows that break a rule of their schema go to the quarantine; the others are sorted."""
    rejected: list[dict[str, Any]] = []
    result: dict[str, pl.DataFrame] = {}
    for name, schema in CORE_TABLES.items():
        if name == "core_quarantine":
            continue
        good, failure = schema.filter(frames[name].select(list(schema.columns())))
        if len(failure):
            rules = ", ".join(f"{rule} ({count})" for rule, count in sorted(failure.counts().items()))
            for notice_id, count in (
                failure.invalid().group_by("notice_id", maintain_order=True).len().iter_rows()
            ):
                rejected.append(
                    {
                        "source_path": "",
                        "sha256": None,
                        "notice_id": notice_id,
                        "stage": "validate",
                        "reason_code": "invalid_rows",
                        "reason_text": f"{count} rows of {name} break a rule of the schema and were left out: {rules}. Please report it with the file.",
                    }
                )
        result[name] = good.sort([c for c in SORT_COLUMNS if c in good.columns], maintain_order=True)
    quarantine = frames["core_quarantine"]
    if rejected:
        paths = dict(frames["core_texts"].select("notice_id", "source_path").iter_rows())
        for row in rejected:
            row["source_path"] = paths.get(row["notice_id"], "")
        quarantine = pl.concat([quarantine, frame_from_rows("core_quarantine", rejected)])
    result["core_quarantine"] = (
        CORE_TABLES["core_quarantine"]
        .validate(quarantine)
        .sort(["source_path", "stage", "reason_code", "reason_text"])
    )
    return result
