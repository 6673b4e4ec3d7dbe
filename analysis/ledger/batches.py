"""Source files in, row frames out: the part of a parse that needs to know nothing of other files.

Everything here is a pure function of the files it is given, so that batches may run in any process
and in any order. A file that cannot be read costs nobody else's result.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.frames import frame_from_rows
from analysis.ledger.identity import NoticeSummary, statement_signature
from analysis.ledger.plan import ReadFile
from analysis.ledger.schemas import CORE_TABLES
from analysis.parsing.notice import parse_notices
from analysis.parsing.records import Document, NotANotice, ParsedNotice
from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers import read_source

FILE_NUMBER = {"file_number": pl.Int64()}
Row = dict[str, Any]
BATCH_FILES = 32
BATCH_BYTES = 1_000_000


def quarantine_row(path: str, sha256: str | None, stage: str, reason_code: str, reason_text: str) -> Row:
    return {
        "source_path": path,
        "sha256": sha256,
        "notice_id": None,
        "stage": stage,
        "reason_code": reason_code,
        "reason_text": reason_text,
    }


def stage_files(
    sources: list[tuple[int, SourceFile]],
    folder: Path,
    *,
    started: Callable[[int, int], None] = lambda number, size: None,
    skip: Mapping[int, tuple[str, str]] | None = None,
) -> list[ReadFile]:
    """Read and parse numbered sources and leave one Arrow file a table in ``folder``.

    IDs are those that each notice has by itself; each row carries the ``file_number`` of its source.
    ``started`` is told the number and the size of each file before it is opened, and again before each
    step of reading it, as several files are read in step; files in ``skip`` are set aside with the
    reason given there. Never raises for a bad file.
    """
    rows: dict[str, list[Row]] = {name: [] for name in CORE_TABLES if name != "core_checks"}
    read = []
    for batch in _batches(sources):
        read += _read_batch(rows, batch, started, skip or {})
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        frame_from_rows(name, found, FILE_NUMBER).write_ipc(folder / f"{name}.arrow")
    return read


def _batches(sources: list[tuple[int, SourceFile]]) -> Iterator[list[tuple[int, SourceFile]]]:
    """Sources that are parsed together; a large one is alone."""
    batch: list[tuple[int, SourceFile]] = []
    size = 0
    for number, source in sources:
        if batch and (len(batch) == BATCH_FILES or size + source.size > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((number, source))
        size += source.size
    if batch:
        yield batch


def _read_batch(
    rows: dict[str, list[Row]],
    batch: list[tuple[int, SourceFile]],
    started: Callable[[int, int], None],
    skip: Mapping[int, tuple[str, str]],
) -> list[ReadFile]:
    sources = dict(batch)
    refused: dict[int, Row] = {}
    documents: dict[int, Document] = {}
    for number, source in batch:
        path = source.source_path
        if number in skip:
            code, words = skip[number]
            words = f"{path}: {words}. Open the file and save the notice anew, as text or DOCX."
            refused[number] = quarantine_row(path, source.sha256, "read", code, words)
            continue
        started(number, source.size)
        sha256 = None
        try:
            data = source.read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            document = read_source(source, data)
        except MemoryError:
            raise
        except Exception as error:
            refused[number] = _refusal(path, sha256, error)
        else:
            document.sha256 = sha256
            documents[number] = document
    numbers = list(documents)
    found = parse_notices(
        list(documents.values()), lambda at: started(numbers[at], sources[numbers[at]].size)
    )
    notices = dict(zip(numbers, found, strict=True))
    read = []
    for number, source in batch:
        notice = notices.get(number)
        if isinstance(notice, ParsedNotice):
            read.append(_take(rows, number, source.source_path, documents[number], notice))
            continue
        if notice is not None:
            refused[number] = _refusal(source.source_path, documents[number].sha256, notice)
        rows["core_quarantine"].append({**refused[number], "file_number": number})
        read.append(ReadFile(number, refused[number]["sha256"], None))
    return read


def _refusal(path: str, sha256: str | None, error: Exception) -> Row:
    """What the quarantine says of a file that was not read."""
    if isinstance(error, UnreadableSource):
        return quarantine_row(path, sha256, error.stage, error.reason_code, error.reason_text)
    if isinstance(error, NotANotice):
        return quarantine_row(path, sha256, "parse", error.reason_code, f"{path}: {error.reason_text}")
    place = traceback.extract_tb(error.__traceback__)[-1]  # a defect of ours must not cost the other notices
    words = (
        f"{path}: {type(error).__name__}: {error} (in {place.name}, line {place.lineno}). "
        "The file was set aside; please report it with the file."
    )
    return quarantine_row(path, sha256, "parse", "internal_error", words)


def _take(
    rows: dict[str, list[Row]], number: int, path: str, document: Document, notice: ParsedNotice
) -> ReadFile:
    sha256 = document.sha256
    for name, found in notice.tables.items():
        for row in found:
            row["file_number"] = number
        rows[name].extend(found)
    about = {"source_path": path, "sha256": sha256, "notice_id": notice.notice_id, "file_number": number}
    for warning in notice.warnings:
        rows["core_quarantine"].append({**warning, **about})
    for text in document.reader_warnings:
        rows["core_quarantine"].append(
            {**quarantine_row(path, sha256, "read", "reader_warning", text), **about}
        )
    about_it = next(iter(notice.tables.get("core_notices", [])), {})
    signature = statement_signature(notice.tables.get("core_problems", []), about_it)
    return ReadFile(number, sha256, NoticeSummary(notice.notice_id, sha256, signature, len(document.text)))
