"""Reviewed corrections: ``analysis/lookups/corrections.yml`` overrides parsed values by ID.

Each entry names the row (``id``), the ``field``, the value the parser gives today (``parsed``),
the ``value`` to take instead, and ``reason``, ``author``, ``date``. An entry whose notice is read
but whose row is gone, or whose parsed value is no longer the one that was corrected, raises: the
source or the parser changed and someone must look again.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.ledger.identity import ROW_KEYS
from analysis.paths import LOOKUPS

if TYPE_CHECKING:
    import polars as pl

REQUIRED = ("id", "field", "parsed", "value", "reason", "author", "date")
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
        entries = _read_entries()
    if not isinstance(entries, list):
        raise CorrectionError(
            "corrections.yml: not a list of entries; begin each one with `- id: …`, and leave `[]` where there is none"
        )
    return [_checked_entry(entry, number) for number, entry in enumerate(entries, start=1)]


def _read_entries() -> Any:
    import yaml  # by the process that reads the file; workers are handed the entries

    path = LOOKUPS / "corrections.yml"
    try:
        return yaml.load(path.read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
    except (OSError, yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        what = " ".join(str(error).split())[:200]
        raise CorrectionError(
            f"{path}: cannot be read as YAML ({what}). Mend the line, or restore the file (git checkout)."
        ) from None


def _checked_entry(entry: Any, number: int) -> Correction:
    place = f"corrections.yml, entry {number}"
    if not isinstance(entry, dict):
        raise CorrectionError(f"{place}: not a mapping; every correction needs {', '.join(REQUIRED)}")
    place += f" ({entry.get('id', 'without id')})"
    missing = [key for key in REQUIRED if key not in entry]
    if missing:
        raise CorrectionError(
            f"{place}: {', '.join(missing)} missing; every correction needs {', '.join(REQUIRED)}"
        )
    for key in ("id", "field", "reason", "author"):
        if not isinstance(entry[key], str) or not entry[key].strip() or not _is_text(entry[key]):
            raise CorrectionError(
                f"{place}: {key} is {entry[key]!r} and must be words; put them in quotation marks"
            )
    for key in ("parsed", "value"):
        if not isinstance(entry[key], (str, int, float, dt.date, type(None))) or isinstance(
            entry[key], dt.datetime
        ):
            raise CorrectionError(
                f"{place}: {key} is {entry[key]!r} and must be one text, number, date (2021-06-01), true, false or null"
            )
        if isinstance(entry[key], float) and not math.isfinite(entry[key]) or not _is_text(str(entry[key])):
            raise CorrectionError(f"{place}: {key} is {entry[key]!r}, which no table can hold")
    if entry["field"] in PROTECTED:
        raise CorrectionError(f"{place}: {entry['field']} is a key and cannot be corrected")
    return Correction(
        entry["id"],
        entry["field"],
        entry["parsed"],
        entry["value"],
        entry["reason"],
        entry["author"],
        entry["date"],
        place,
    )


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return True


def table_of(row_id: str, frames: dict[str, pl.DataFrame]) -> str | None:
    """The table that holds a row of this ID in the given frames."""
    for table, key in ROW_KEYS.items():
        if table in frames and row_id in frames[table][key]:
            return table
    return None


def apply_corrections(
    frames: dict[str, pl.DataFrame], corrections: Iterable[Correction]
) -> dict[str, pl.DataFrame]:
    """Frames with the corrections of their notices applied.

    Raises CorrectionError where an entry does not fit any more, or where the corrected row would
    break a rule of its table: nothing may be dropped for a slip of the pen.
    """
    frames = dict(frames)
    present = set(frames["core_notices"]["notice_id"])
    for entry in corrections:
        if entry.notice_id in present:  # else another part's notice, or not in this corpus
            table = table_of(entry.row_id, frames)
            if table is None:
                raise CorrectionError(
                    f"{entry.place}: {entry.notice_id} has no row {entry.row_id!r} any more. "
                    "Look at the source again and mend or remove the entry."
                )
            frames[table] = _corrected(frames[table], table, entry)
    return frames


def _corrected(frame: pl.DataFrame, table: str, entry: Correction) -> pl.DataFrame:
    import polars as pl

    from analysis.ledger.schemas import CORE_TABLES

    schema = CORE_TABLES[table]
    columns = schema.columns()
    if entry.field not in columns:
        raise CorrectionError(
            f"{entry.place}: {table} has no column {entry.field!r}; it has {', '.join(columns)}"
        )
    is_row = pl.col(ROW_KEYS[table]) == entry.row_id
    now = frame.filter(is_row)[entry.field][0]
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
    dtype = frame.schema[entry.field]
    try:
        value = pl.Series(entry.field, [entry.value], dtype=dtype, strict=True)
        fits = isinstance(entry.value, bool) == (dtype == pl.Boolean) or entry.value is None
    except (TypeError, OverflowError, ValueError, pl.exceptions.PolarsError):
        fits = False
    if not fits:
        raise CorrectionError(
            f"{entry.place}: {entry.value!r} is no {dtype} for {entry.field} of {table}. Nothing was changed; mend the value."
        )
    corrected = frame.with_columns(
        pl.when(is_row).then(pl.lit(value[0], dtype=dtype)).otherwise(pl.col(entry.field)).alias(entry.field)
    )
    _, failure = schema.filter(corrected.filter(is_row).select(list(columns)))
    if len(failure):
        members = (columns[entry.field].metadata or {}).get("members")
        allowed = f"; one of {', '.join(members)}" if members else ""
        raise CorrectionError(
            f"{entry.place}: {entry.value!r} for {entry.field} breaks a rule of {table} "
            f"({', '.join(sorted(failure.counts()))}){allowed}. Nothing was changed; mend the value."
        )
    return corrected
