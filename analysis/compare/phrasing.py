"""Runs of text for sentences: numbers, shares, intervals, and where each comes from.

A paragraph is a list of runs ``{"text": str, "strong": bool, "source": {"notice_id", "target"} | None}``;
``target`` names a place on the notice's source page: a problem ``p12``, an event ``p12-e1``, a
total ``t3``, a date ``d-feedback_date``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analysis.compare.grid import join_flags

Run = dict[str, Any]
Paragraph = list[Run]
MOST_TOLD = 12  # notices that sentences speak of one by one; tables hold them all


def run(text: str, strong: bool = False, source: dict[str, str | None] | None = None) -> Run:
    return {"text": text, "strong": strong, "source": source}


def source_of(identifier: str | None) -> dict[str, str | None] | None:
    """Where an ID stands: a claim, a problem, or something under a problem; None for an empty one."""
    if not identifier:
        return None
    whole, _, part = identifier.partition("#")
    notice_id, _, problem = whole.partition("/")
    if part and problem and part[0] in "me":
        return {"notice_id": notice_id, "target": f"p{problem}-{part}"}
    if problem:
        return {"notice_id": notice_id, "target": f"p{problem}"}
    return {"notice_id": notice_id, "target": part or None}


def first_source(ids: str) -> dict[str, str | None] | None:
    """Where the first of comma-joined IDs stands."""
    return source_of(ids.partition(",")[0])


def percent(value: float) -> str:
    return f"{100 * value:.1f}%"


def interval(low: float | None, high: float | None, lang: str) -> str:
    """ "95%区间 77.8%–94.2%", or nothing where there is none."""
    if low is None or high is None:
        return ""
    return (
        f"95%区间 {percent(low)}–{percent(high)}"
        if lang == "zh"
        else f"95 % interval {percent(low)}–{percent(high)}"
    )


def share_words(row: dict[str, Any], lang: str, low: str = "wilson_low", high: str = "wilson_high") -> str:
    """ "（88.3%，95%区间 77.8%–94.2%）" of a row with share and interval; "" where the share is null."""
    if row["share"] is None:
        return ""
    span = interval(row[low], row[high], lang)
    inside = percent(row["share"]) + (("，" if lang == "zh" else ", ") + span if span else "")
    return f"（{inside}）" if lang == "zh" else f" ({inside})"


def flag_tag(flags: str, lang: str) -> str:
    """ "〔D·R·S〕", in English " [D, R, S]" """
    if not flags:
        return ""
    return f"〔{flags.replace(',', '·')}〕" if lang == "zh" else f" [{flags.replace(',', ', ')}]"


def shared_flags(rows: Iterable[dict[str, Any]]) -> str:
    """Every flag of the rows, once, comma-joined."""
    return join_flags(flag for row in rows for flag in row["flags"].split(",") if flag)


def name(row: dict[str, Any], lang: str, stem: str = "label") -> str:
    return row[f"{stem}_{lang}"]


def listed(words: Iterable[str], lang: str, most: int = 8, counter: str = "项") -> str:
    found = list(words)
    joined = ("、" if lang == "zh" else ", ").join(found[:most])
    if len(found) > most:
        joined += f"等{len(found)}{counter}" if lang == "zh" else f" and others ({len(found)} in all)"
    return joined


def told(rows: list[dict[str, Any]]) -> tuple[list[str], int]:
    """IDs of the notices that sentences speak of, and how many are left to the tables."""
    ids = list(dict.fromkeys(row["notice_id"] for row in rows if row["notice_id"] is not None))
    return ids[:MOST_TOLD], max(0, len(ids) - MOST_TOLD)


def rest(left: int, lang: str) -> list[Paragraph]:
    """The sentence that says how many notices stand in the table only."""
    if not left:
        return []
    return [
        [run(f"其余{left}份通报见表。" if lang == "zh" else f"The other {left} notices stand in the table.")]
    ]


def real_rows(out: Any, table: str) -> list[dict[str, Any]]:
    """Rows of a table that belong to a notice."""
    return [row for row in out[table].to_dicts() if row.get("notice_id", "") is not None]
