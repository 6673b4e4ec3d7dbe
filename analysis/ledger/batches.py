"""One batch of source files in, row lists out: the unit of work of a process or a dask worker.

Everything here is a pure function of the files it is given, so that batches may run anywhere
and in any order. A file that cannot be read costs nobody else's result.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from typing import Any

from analysis.ledger.cache import ParseCache
from analysis.ledger.identity import NoticeSummary, statement_signature
from analysis.ledger.schemas import CORE_TABLES
from analysis.parsing.ledger import parse_notice
from analysis.parsing.records import Document, NotANotice, ParsedNotice
from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource
from analysis.sources.readers import read_source


@dataclass(slots=True)
class BatchResult:
    """Rows of one batch by table; each row carries ``file_number`` until IDs are settled."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: {name: [] for name in CORE_TABLES})
    summaries: list[NoticeSummary] = field(default_factory=list)
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class NumberedSource:
    """A source with its place in the corpus and the hash of its bytes (None: not readable)."""

    number: int
    sha256: str | None
    file: SourceFile


def quarantine_row(source: NumberedSource, stage: str, reason_code: str, reason_text: str) -> dict[str, Any]:
    return {
        "source_path": source.file.source_path,
        "sha256": source.sha256,
        "notice_id": None,
        "stage": stage,
        "reason_code": reason_code,
        "reason_text": reason_text,
    }


def parse_one(source: NumberedSource, cache: ParseCache | None) -> tuple[Document, ParsedNotice]:
    """Document and ledger of one source; raises UnreadableSource or NotANotice."""
    key = (source.sha256, source.file.sidecar, source.file.source_path)
    if cache is not None and (kept := cache.get(*key)) is not None:
        return kept
    document = read_source(source.file)
    notice = parse_notice(document)
    if cache is not None:
        cache.put(*key, document, notice)
    return document, notice


def parse_batch(sources: list[NumberedSource], cache: ParseCache | None = None) -> BatchResult:
    """Read and parse sources; never raises for a bad file."""
    result = BatchResult()
    for source in sources:
        try:
            document, notice = parse_one(source, cache)
        except UnreadableSource as error:
            refused = quarantine_row(source, error.stage, error.reason_code, error.reason_text)
        except NotANotice as error:
            refused = quarantine_row(
                source, "parse", error.reason_code, f"{source.file.source_path}: {error.reason_text}"
            )
        except MemoryError:
            raise
        except Exception as error:  # a defect of ours must not cost the other notices
            place = traceback.extract_tb(error.__traceback__)[-1]
            refused = quarantine_row(
                source,
                "parse",
                "internal_error",
                f"{source.file.source_path}: {type(error).__name__}: {error} (in {place.name}, line {place.lineno}). "
                "The file was set aside; please report it with the file.",
            )
        else:
            _take(result, source, document, notice)
            continue
        result.rows["core_quarantine"].append(refused)
        result.set_aside += 1
    return result


def _take(result: BatchResult, source: NumberedSource, document: Document, notice: ParsedNotice) -> None:
    number, path = source.number, source.file.source_path
    for name, rows in notice.tables.items():
        for row in rows:
            row["file_number"] = number
        result.rows[name].extend(rows)
    for warning in notice.warnings:
        result.rows["core_quarantine"].append(
            {
                **warning,
                "source_path": path,
                "sha256": source.sha256,
                "notice_id": notice.notice_id,
                "file_number": number,
            }
        )
    for text in document.reader_warnings:
        result.rows["core_quarantine"].append(
            {
                **quarantine_row(source, "read", "reader_warning", text),
                "notice_id": notice.notice_id,
                "file_number": number,
            }
        )
    result.summaries.append(
        NoticeSummary(
            number,
            notice.notice_id,
            path,
            source.sha256,
            statement_signature(notice.tables.get("core_problems", [])),
            len(document.text),
        )
    )
