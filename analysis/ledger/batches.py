"""Source files in, row frames out: the part of a parse that needs to know nothing of other files.

Everything here is a pure function of the files it is given, so that batches may run in any process
and in any order. A file that cannot be read costs nobody else's result.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.frames import frame_from_rows
from analysis.ledger.identity import NoticeSummary, statement_signature
from analysis.ledger.plan import ReadFile
from analysis.ledger.schemas import CORE_TABLES
from analysis.parsing.notice import parse_notice
from analysis.parsing.records import Document, NotANotice, ParsedNotice
from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers import read_source

FILE_NUMBER = {"file_number": pl.Int64()}
Row = dict[str, Any]


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
    ``started`` is told of each file before it is opened; files in ``skip`` are set aside with the
    reason given there. Never raises for a bad file.
    """
    rows: dict[str, list[Row]] = {name: [] for name in CORE_TABLES if name != "core_checks"}
    read = []
    for number, source in sources:
        if skip and number in skip:
            code, words = skip[number]
            refused = quarantine_row(
                source.source_path,
                source.sha256,
                "read",
                code,
                f"{source.source_path}: {words}. Open the file and save the notice anew, as text or DOCX.",
            )
            read.append(_set_aside(rows, number, refused))
            continue
        started(number, source.size)
        read.append(_read_one(rows, number, source))
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in rows.items():
        frame_from_rows(name, found, FILE_NUMBER).write_ipc(folder / f"{name}.arrow")
    return read


def _read_one(rows: dict[str, list[Row]], number: int, source: SourceFile) -> ReadFile:
    path, sha256 = source.source_path, None
    try:
        data = source.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        document = read_source(source, data)
        document.sha256 = sha256
        notice = parse_notice(document)
    except UnreadableSource as error:
        refused = quarantine_row(path, sha256, error.stage, error.reason_code, error.reason_text)
    except NotANotice as error:
        refused = quarantine_row(path, sha256, "parse", error.reason_code, f"{path}: {error.reason_text}")
    except MemoryError:
        raise
    except Exception as error:  # a defect of ours must not cost the other notices
        place = traceback.extract_tb(error.__traceback__)[-1]
        refused = quarantine_row(
            path,
            sha256,
            "parse",
            "internal_error",
            f"{path}: {type(error).__name__}: {error} (in {place.name}, line {place.lineno}). "
            "The file was set aside; please report it with the file.",
        )
    else:
        return _take(rows, number, sha256, path, document, notice)
    return _set_aside(rows, number, refused)


def _set_aside(rows: dict[str, list[Row]], number: int, refused: Row) -> ReadFile:
    rows["core_quarantine"].append({**refused, "file_number": number})
    return ReadFile(number, refused["sha256"], None)


def _take(
    rows: dict[str, list[Row]], number: int, sha256: str, path: str, document: Document, notice: ParsedNotice
) -> ReadFile:
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
