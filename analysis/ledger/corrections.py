"""Reviewed corrections: ``analysis/lookups/corrections.yml`` overrides parsed values by ID.

Each entry names the row (``id``), the ``field``, the value the parser gives today (``parsed``),
the ``value`` to take instead, and ``reason``, ``author``, ``date``. An entry whose notice is read
but whose row is gone, or whose parsed value is no longer the one that was corrected, raises: the
source or the parser changed and someone must look again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from analysis.ledger.schemas import CORE_TABLES
from analysis.lookups import load_yaml

REQUIRED = ("id", "field", "parsed", "value", "reason", "author", "date")
ROW_KEYS = {
    "core_problems": "problem_id",
    "core_measures": "measure_id",
    "core_sections": "section_id",
    "core_claims": "claim_id",
    "core_events": "event_id",
    "core_figures": "figure_id",
    "core_citations": "citation_id",
    "core_recurrences": "recurrence_id",
    "core_notices": "notice_id",
}
PROTECTED = {"notice_id", *ROW_KEYS.values()}


class CorrectionError(ValueError):
    """A correction that does not apply (any more); names the entry and what to do."""


@dataclass(frozen=True, slots=True)
class Correction:
    row_id: str
    field: str
    parsed: Any
    value: Any
    reason: str
    author: str
    date: dt.date
    place: str

    @property
    def notice_id(self) -> str:
        return self.row_id.split("/")[0].split("#")[0].split("!")[0]


def load_corrections(entries: list[dict[str, Any]] | None = None) -> list[Correction]:
    """All corrections, checked for form. Raises CorrectionError naming the entry and the rule."""
    if entries is None:
        entries = load_yaml("corrections") or []
    corrections = []
    for number, entry in enumerate(entries, start=1):
        place = f"corrections.yml, entry {number} ({entry.get('id', 'without id')})"
        missing = [key for key in REQUIRED if key not in entry]
        if missing:
            raise CorrectionError(
                f"{place}: {', '.join(missing)} missing; every correction needs {', '.join(REQUIRED)}"
            )
        if entry["field"] in PROTECTED:
            raise CorrectionError(f"{place}: {entry['field']} is a key and cannot be corrected")
        corrections.append(
            Correction(
                str(entry["id"]),
                entry["field"],
                entry["parsed"],
                entry["value"],
                entry["reason"],
                entry["author"],
                entry["date"],
                place,
            )
        )
    return corrections


def table_of(row_id: str, frames: dict[str, pl.DataFrame]) -> str | None:
    """The table that holds a row of this ID in the given frames."""
    for table, key in ROW_KEYS.items():
        if table in frames and frames[table].filter(pl.col(key) == row_id).height:
            return table
    return None


def apply_corrections(
    frames: dict[str, pl.DataFrame], corrections: list[Correction]
) -> dict[str, pl.DataFrame]:
    """Frames with the corrections of their notices applied; raises CorrectionError as above."""
    present = set(frames["core_notices"]["notice_id"].to_list())
    frames = dict(frames)
    for entry in corrections:
        if entry.notice_id not in present:
            continue  # another part's notice, or not in this corpus
        table = table_of(entry.row_id, frames)
        if table is None:
            raise CorrectionError(
                f"{entry.place}: {entry.notice_id} has no row {entry.row_id!r} any more. "
                "Look at the source again and mend or remove the entry."
            )
        columns = CORE_TABLES[table].columns()
        if entry.field not in columns:
            raise CorrectionError(
                f"{entry.place}: {table} has no column {entry.field!r}; it has {', '.join(columns)}"
            )
        frame, key = frames[table], pl.col(ROW_KEYS[table]) == entry.row_id
        now = frame.filter(key)[entry.field][0]
        if now == entry.value:
            raise CorrectionError(
                f"{entry.place}: {entry.field} of {entry.row_id} is already {entry.value!r}; "
                "the parser reads it by itself now. Remove the entry."
            )
        if now != entry.parsed:
            raise CorrectionError(
                f"{entry.place}: {entry.field} of {entry.row_id} is parsed as {now!r} today, the entry "
                f"corrects {entry.parsed!r}. Look at the source again and renew or remove the entry."
            )
        frames[table] = frame.with_columns(
            pl.when(key)
            .then(pl.lit(entry.value, dtype=frame.schema[entry.field]))
            .otherwise(pl.col(entry.field))
            .alias(entry.field)
        )
    return frames
