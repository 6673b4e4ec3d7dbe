"""Re-slices every span of every table from the stored text and compares it with the stored words."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from analysis.ledger.schemas import CORE_TABLES, SPANS
from analysis.ledger.store import scan_table


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One span whose text is not what the table says."""

    table: str
    row_id: str
    stored: str
    sliced: str


@dataclass(slots=True)
class Verification:
    """What was compared: spans sliced, rows without a span, mismatches, texts not covered exactly once."""

    spans: int = 0
    without_span: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.mismatches and not self.uncovered


def squash(text: str) -> str:
    """White space and Markdown marks folded away: a value is stored joined, the source has seams."""
    return "".join(text.split()).replace("*", "").replace("#", "")


def verify_ledger(folder: Path, chunk: int = 500) -> Verification:
    """Check every span of a data folder, and that each notice's regions cover its text once.

    ``chunk`` notices are held at a time. Spans are compared in Python, where an offset counts
    code points as the tables do (polars counts bytes in some places).
    """
    result = Verification()
    ids = scan_table(folder, "core_texts").select("notice_id").collect()["notice_id"].to_list()
    for first in range(0, len(ids), chunk):
        wanted = pl.col("notice_id").is_in(ids[first : first + chunk])
        texts = dict(
            scan_table(folder, "core_texts").filter(wanted).select("notice_id", "text").collect().iter_rows()
        )
        for table, spans in SPANS.items():
            frame = scan_table(folder, table).filter(wanted).collect()
            for quote, start, end in spans:
                _compare(result, table, frame, texts, quote, start, end)
        regions = scan_table(folder, "core_regions").filter(wanted).collect()
        _check_coverage(result, regions, texts)
    return result


def _compare(
    result: Verification,
    table: str,
    frame: pl.DataFrame,
    texts: dict[str, str],
    quote: str,
    start: str,
    end: str,
) -> None:
    key = next(iter(CORE_TABLES[table].columns()))
    for row_id, notice_id, stored, low, high in frame.select(
        pl.col(key).alias("_row"), "notice_id", quote, start, end
    ).rows():
        if low is None or high is None:
            result.without_span += 1
            continue
        result.spans += 1
        sliced = texts[notice_id][low:high]
        if stored is None or squash(sliced) != squash(stored):
            result.mismatches.append(Mismatch(table, row_id, stored or "", sliced))


def _check_coverage(result: Verification, regions: pl.DataFrame, texts: dict[str, str]) -> None:
    ends = dict.fromkeys(texts, 0)
    for notice_id, low, high in (
        regions.sort("notice_id", "char_start").select("notice_id", "char_start", "char_end").rows()
    ):
        if low != ends[notice_id]:
            result.uncovered.append(
                f"{notice_id}: characters {ends[notice_id]}–{low} belong to no region, or to two"
            )
        ends[notice_id] = high
    result.uncovered += [
        f"{notice_id}: characters {end}–{len(texts[notice_id])} belong to no region"
        for notice_id, end in ends.items()
        if end != len(texts[notice_id])
    ]
