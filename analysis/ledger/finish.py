"""Staged frames in, validated Parquet out: the part of a parse that knows the whole corpus.

Final IDs, marks of copies, corrections, human labels, checks and validation of the notices that are
new or changed; the rows of all others are taken over from the part that stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.batches import FILE_NUMBER, quarantine_row
from analysis.ledger.checks import build_checks
from analysis.ledger.codes import read_code_lists
from analysis.ledger.corrections import Correction, apply_corrections
from analysis.ledger.datapackage import write_package
from analysis.ledger.frames import frame_from_rows
from analysis.ledger.human_types import apply_human_types, labels_without_problem
from analysis.ledger.plan import MISREAD_SHOWN, QUARANTINE_SHOWN, Entry, PartResult
from analysis.ledger.review import weak_readings
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import write_part
from analysis.parsing.types.coding import TypeCoding

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
# Rows stand in the order of their files, then of the text.
SORT_COLUMNS = (
    "block_start",
    "char_start",
    "char_end",
    "field_name",
    "check_id",
    "stage",
    "reason_code",
    "reason_text",
)


def write_codes(
    build: Path, *, started: Callable[[int, int], None], skip: Mapping[int, tuple[str, str]]
) -> list[str]:
    """The ``codes_*`` tables and the description of all tables into a build folder; gives their names."""
    lists = read_code_lists()
    write_package(build, [*CORE_TABLES, *lists])
    for name, frame in lists.items():
        write_part(build, name, 0, frame)
    return list(lists)


def finish_part(
    build: Path,
    part: int,
    files: list[Entry],
    fresh: set[int],
    staged: list[Path],
    base: dict[str, Path],
    corrections: list[Correction],
    labels: dict[str, TypeCoding],
    *,
    started: Callable[[int, int], None] = lambda number, size: None,
    skip: Mapping[int, tuple[str, str]] | None = None,
) -> PartResult:
    """Write one part of every core table into ``build``.

    ``fresh``: places in ``files`` that were read in this run; ``staged``: the folders of stage_files that hold
    their rows; ``base``: table → file of the part
    that stands there, for the others. Raises CorrectionError before anything is replaced.
    """
    result = PartResult()
    read = {number: files[number] for number in sorted(fresh)}
    frames = _read_staged(staged, [number for number, file in read.items() if file.duplicate_of is None])
    frames = _with_final_ids(frames, {n: file for n, file in read.items() if file.notice_id is not None})
    copies = [_duplicate_row(n, file) for n, file in read.items() if file.duplicate_of is not None]
    frames["core_quarantine"] = pl.concat(
        [frames["core_quarantine"], frame_from_rows("core_quarantine", copies, FILE_NUMBER)]
    )
    frames = {name: _in_order(frame).drop("file_number") for name, frame in frames.items()}
    frames = apply_human_types(apply_corrections(frames, corrections), labels)
    frames["core_checks"] = build_checks(frames)
    frames, found = _validated(frames, read, result)
    found += labels_without_problem(frames, labels)
    frames["core_quarantine"] = CORE_TABLES["core_quarantine"].validate(
        pl.concat([frames["core_quarantine"], frame_from_rows("core_quarantine", found)])
    )
    kept = [file for number, file in enumerate(files) if number not in fresh]
    frames = _beside_the_others(frames, files, kept, base)
    for name, frame in frames.items():
        result.rows[name] = frame.height
        write_part(build, name, part, frame)
    misread = weak_readings(frames["core_notices"])
    result.misread_notices = len(misread)
    result.misread = [(row["row_id"], row["why"]) for row in misread[:MISREAD_SHOWN]]
    result.quarantine = frames["core_quarantine"].head(QUARANTINE_SHOWN).to_dicts()
    return result


def mark_copies(
    build: Path,
    part: int,
    notices: Path,
    copies: dict[str, str],
    *,
    started: Callable[[int, int], None] = lambda number, size: None,
    skip: Mapping[int, tuple[str, str]] | None = None,
) -> None:
    """Write one part of ``core_notices`` as it stands in ``notices``, with other marks of near copies."""
    write_part(build, "core_notices", part, _marked(pl.read_parquet(notices), copies))


def _marked(notices: pl.DataFrame, copies: dict[str, str]) -> pl.DataFrame:
    marks = pl.col("notice_id").replace_strict(copies, default=None, return_dtype=pl.String)
    return notices.with_columns((marks if copies else pl.lit(None, pl.String)).alias("near_copy_of"))


def _read_staged(staged: list[Path], numbers: list[int]) -> dict[str, pl.DataFrame]:
    names = [name for name in CORE_TABLES if name != "core_checks"]
    if not staged:
        return {name: frame_from_rows(name, [], FILE_NUMBER) for name in names}
    is_wanted = pl.col("file_number").is_in(numbers)
    scans = [pl.scan_ipc([folder / f"{name}.arrow" for folder in staged]).filter(is_wanted) for name in names]
    return dict(zip(names, pl.collect_all(scans), strict=True))


def _duplicate_row(number: int, file: Entry) -> dict[str, Any]:
    words = (
        f"{file.source_path}: the same bytes as {file.duplicate_of}, which was read. Remove one of the two."
    )
    row = quarantine_row(file.source_path, file.sha256, "archive", "duplicate", words)
    return {**row, "file_number": number}


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    keys = ["file_number", *(column for column in SORT_COLUMNS if column in frame.columns)]
    return frame.sort(keys, maintain_order=True)


def _with_final_ids(frames: dict[str, pl.DataFrame], files: Mapping[int, Entry]) -> dict[str, pl.DataFrame]:
    """Frames in which every ID begins with the final ID of its notice, and near copies are marked."""
    if marks := {number: file.near_copy_of for number, file in files.items() if file.near_copy_of}:
        frames["core_notices"] = frames["core_notices"].with_columns(
            pl.col("file_number")
            .replace_strict(marks, default=None, return_dtype=pl.String)
            .alias("near_copy_of")
        )
    changed = [
        (number, file.notice_id, len(file.notice.local_id))
        for number, file in files.items()
        if file.notice and file.notice_id != file.notice.local_id
    ]
    if not changed:
        return frames
    renamed = pl.DataFrame(
        changed, schema={"file_number": pl.Int64, "_final": pl.String, "_length": pl.Int64}, orient="row"
    )
    result = {}
    for name, frame in frames.items():
        # a null ID stays null: concat_str with a null part is null
        result[name] = (
            frame.join(renamed, on="file_number", how="left", maintain_order="left")
            .with_columns(
                pl.when(pl.col("_final").is_null())
                .then(pl.col(column))
                .otherwise(pl.concat_str([pl.col("_final"), pl.col(column).str.slice(pl.col("_length"))]))
                .alias(column)
                for column in ID_COLUMNS
                if column in frame.columns
            )
            .drop("_final", "_length")
        )
    return result


def _validated(
    frames: dict[str, pl.DataFrame], files: Mapping[int, Entry], result: PartResult
) -> tuple[dict[str, pl.DataFrame], list[dict[str, Any]]]:
    """The frames without rows that break a rule of their schema, and what the quarantine says of them.

    A notice whose own row breaks one is set aside with all its rows.
    """
    by_notice = {file.notice_id: (number, file) for number, file in files.items()}
    gone: list[str] = []
    left_out: dict[tuple[str, str], tuple[int, str]] = {}
    good: dict[str, pl.DataFrame] = {"core_quarantine": frames["core_quarantine"]}
    for name, schema in CORE_TABLES.items():
        if name == "core_quarantine":
            continue
        frame = frames[name].select(list(schema.columns()))
        if frame.is_empty():
            good[name] = frame
            continue
        good[name], failure = schema.filter(frame)
        if not len(failure):
            continue
        rules = ", ".join(f"{rule} ({count})" for rule, count in sorted(failure.counts().items()))
        counts = failure.invalid().group_by("notice_id", maintain_order=True).len()
        for notice_id, count in counts.iter_rows():
            if name == "core_notices":
                gone.append(notice_id)
            left_out[name, notice_id] = count, rules
    found = []
    for (name, notice_id), (count, rules) in left_out.items():
        number, file = by_notice[notice_id]
        if name == "core_notices":
            row = quarantine_row(
                file.source_path,
                file.sha256,
                "validate",
                "invalid_notice",
                f"{file.source_path}: what was read of the notice as a whole breaks a rule of the table core_notices ({rules}), so the "
                "file was set aside. Compare its dates and names with its sidecar and corrections.yml, and parse again.",
            )
            result.rejected.append(number)
        elif notice_id in gone:
            continue
        else:
            row = quarantine_row(
                file.source_path,
                file.sha256,
                "validate",
                "invalid_rows",
                f"{file.source_path}: {count} rows of {name} break a rule of the table and were left out ({rules}). "
                "Numbers on this notice are too low by them; please report it with the file.",
            )
            row["notice_id"] = notice_id
            result.invalid[number] = result.invalid.get(number, 0) + count
        found.append(row)
    if gone:
        good = {
            name: frame.filter(~pl.col("notice_id").is_in(gone).fill_null(False))
            for name, frame in good.items()
        }
    return good, found


def _beside_the_others(
    frames: dict[str, pl.DataFrame], files: list[Entry], kept: list[Entry], base: dict[str, Path]
) -> dict[str, pl.DataFrame]:
    """Fresh rows and those taken over from the part that stands there, in the order of the files."""
    keys = {name: "source_path" if name == "core_quarantine" else "notice_id" for name in CORE_TABLES}
    is_kept = {key: pl.col(key).is_in([getattr(file, key) for file in kept]) for key in set(keys.values())}
    scans = [pl.scan_parquet(path).filter(is_kept[keys[name]]) for name, path in base.items()]
    old = dict(zip(base, pl.collect_all(scans), strict=True)) if kept else {}
    if "core_notices" in old:
        marks = {file.notice_id: file.near_copy_of for file in kept if file.notice_id and file.near_copy_of}
        old["core_notices"] = _marked(old["core_notices"], marks)
    result = {}
    for name, key in keys.items():
        fresh = frames[name]
        if name in old:
            fresh = pl.concat([fresh, old[name]])
        elif name not in ("core_quarantine", "core_checks"):
            result[name] = fresh
            continue
        places = {getattr(file, key): place for place, file in enumerate(files)}
        places.pop(None, None)
        result[name] = fresh.sort(
            pl.col(key).replace_strict(places, default=len(files), return_dtype=pl.Int64),
            *(
                column
                for column in ("check_id", "stage", "reason_code", "reason_text")
                if column in fresh.columns
            ),
            maintain_order=True,
        )
    return result
