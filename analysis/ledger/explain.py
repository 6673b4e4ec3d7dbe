"""One row and its sentence in the source, with the span marked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.completion import ID_COLUMNS
from analysis.ledger.schemas import SPANS
from analysis.ledger.store import scan_table

CONTEXT = 60


class UnknownID(KeyError):
    """No row has this ID; ``nearest`` lists IDs that look like it."""

    def __init__(self, row_id: str, nearest: list[str]):
        super().__init__(row_id)
        self.row_id, self.nearest = row_id, nearest

    def __str__(self) -> str:
        hint = f" Did you mean {', '.join(self.nearest)}?" if self.nearest else ""
        return f"no notice, problem, measure or number has the ID {self.row_id!r}.{hint}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A marked span: ``before`` + ``marked`` + ``after`` are consecutive in the source."""

    column: str
    before: str
    marked: str
    after: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Explanation:
    table: str
    row: dict[str, Any]
    source_path: str
    passages: list[Passage]


def explain(folder: Path, row_id: str) -> Explanation:
    """The row with this ID and its passages. Raises UnknownID naming the nearest IDs."""
    for table, key in ID_COLUMNS.items():
        found = scan_table(folder, table).filter(pl.col(key) == row_id).collect()
        if found.height:
            row = found.row(0, named=True)
            text = (
                scan_table(folder, "core_texts")
                .filter(pl.col("notice_id") == row["notice_id"])
                .collect()
                .row(0, named=True)
            )
            return Explanation(table, row, text["source_path"], _passages(folder, table, row, text["text"]))
    raise UnknownID(row_id, _nearest(folder, row_id))


def _passages(folder: Path, table: str, row: dict[str, Any], text: str) -> list[Passage]:
    if table == "core_notices":
        rows = (
            scan_table(folder, "core_metadata")
            .filter(pl.col("notice_id") == row["notice_id"])
            .collect()
            .to_dicts()
        )
        spans = [(r["field_name"], r["char_start"], r["char_end"]) for r in rows]
    elif table == "core_checks":
        claims = (
            scan_table(folder, "core_claims")
            .filter(pl.col("claim_id") == row["claim_id"])
            .collect()
            .to_dicts()
        )
        spans = [("stated", r["char_start"], r["char_end"]) for r in claims]
    else:
        spans = [(quote, row[low], row[high]) for quote, low, high in SPANS[table]]
    return [
        Passage(
            column, text[max(0, low - CONTEXT) : low], text[low:high], text[high : high + CONTEXT], low, high
        )
        for column, low, high in spans
        if low is not None
    ]


def _nearest(folder: Path, row_id: str) -> list[str]:
    from rapidfuzz import process

    candidates: list[str] = []
    for table in ("core_notices", "core_problems"):
        candidates += scan_table(folder, table).select(ID_COLUMNS[table]).collect().to_series().to_list()
    return [match for match, score, _ in process.extract(row_id, candidates, limit=3) if score >= 60]
