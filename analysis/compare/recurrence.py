"""复发: what came back. Two sources, kept apart from 共性 and from each other.

* self-reported: the text says that findings of an earlier inspection or audit stayed open;
* over time: the same type in consecutive notices of one body. A type that returns is no proof
  that the same problem did.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from analysis.compare.context import UNCLASSIFIED, Comparison
from analysis.compare.grid import join_flags, join_ids, key_of, out_frame
from analysis.compare.intervals import newcombe, wilson


def recurrence_table(comparison: Comparison) -> pl.DataFrame:
    """``out_recurrences``: one row per self-reported statement, its x/n where the text gives both or lists the items."""
    children = dict(
        comparison.problems.filter(pl.col("parent_problem_id").is_not_null())
        .group_by("parent_problem_id", maintain_order=True)
        .len()
        .iter_rows()
    )
    rows: list[dict[str, Any]] = []
    for found in comparison.ledger.frames["core_recurrences"].iter_rows(named=True):
        notice = comparison.by_id[found["notice_id"]]
        earlier, stated = found["earlier_count"], found["still_open_count"]
        listed = children.get(found["problem_id"])
        x = stated if stated is not None else listed if earlier is not None else None
        n = earlier if x is None or earlier is None or x <= earlier else None
        low, high = wilson(x, n) if n is not None else (None, None)
        rows.append(
            {
                **key_of(notice),
                "recurrence_id": found["recurrence_id"],
                "problem_id": found["problem_id"],
                "earlier_source": found["earlier_source"],
                "unit": "earlier_finding",
                "definition_code": "self_reported",
                "earlier_count": earlier,
                "still_open_count": stated,
                "listed_count": listed,
                "x_count": x,
                "n_count": n,
                "share": x / n if x is not None and n else None,
                "wilson_low": low,
                "wilson_high": high,
                "is_lower_bound": stated is None and x is not None,
                "flags": join_flags(
                    {*comparison.flags_for(found["notice_id"], "completion"), "S"} - {"R", "N", "T", "D", "U"}
                ),
                "source_ids": join_ids([found["recurrence_id"], found["problem_id"]]),
            }
        )
    return out_frame("out_recurrences", rows)


def body_order(notice: dict[str, Any]) -> date | None:
    """The day by which notices of one body are put in order: inspection, else feedback, else publication."""
    return (
        notice["inspection_start_date"]
        or notice["inspection_end_date"]
        or notice["feedback_date"]
        or notice["cutoff_date"]
        or notice["publication_date"]
    )


def consecutive_notices(comparison: Comparison) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pairs (earlier, next) of notices of one body; a notice without any date is left out."""
    bodies: dict[str, list[dict[str, Any]]] = {}
    for notice in comparison.notices:
        if body_order(notice) is not None:
            bodies.setdefault(notice["body_key"], []).append(notice)
    pairs = []
    for notices in bodies.values():
        ordered = sorted(notices, key=lambda n: (body_order(n), n["notice_id"]))
        pairs.extend(zip(ordered, ordered[1:], strict=False))
    return pairs


def type_returns(comparison: Comparison, type_table: pl.DataFrame) -> pl.DataFrame:
    """``out_type_returns``: types of consecutive notices of one body; empty while every body has one notice."""
    pairs = consecutive_notices(comparison)
    if not pairs:
        return out_frame("out_type_returns", [])
    counts: dict[str, dict[str, dict[str, Any]]] = {}
    for row in type_table.filter(
        pl.col("notice_id").is_not_null() & (pl.col("type_code") != UNCLASSIFIED)
    ).iter_rows(named=True):
        counts.setdefault(row["notice_id"], {})[row["type_code"]] = row
    rows: list[dict[str, Any]] = []
    for before, after in pairs:
        days = (body_order(after) - body_order(before)).days  # type: ignore[operator]
        flags = {
            f
            for n in (before, after)
            for f in comparison.flags_for(
                n["notice_id"], "types", comparison.unit_counts[comparison.unit].get(n["notice_id"], 0)
            )
        }
        for code, now in counts[after["notice_id"]].items():
            then = counts[before["notice_id"]][code]
            if not (then["any_count"] or now["any_count"]) or not then["n_count"] or not now["n_count"]:
                continue
            difference, low, high = newcombe(
                now["primary_count"], now["n_count"], then["primary_count"], then["n_count"]
            )
            rows.append(
                {
                    "body_key": before["body_key"],
                    "notice_id_before": before["notice_id"],
                    "notice_id_after": after["notice_id"],
                    "label_before_zh": before["label_zh"],
                    "label_after_zh": after["label_zh"],
                    "label_before_en": before["label_en"],
                    "label_after_en": after["label_en"],
                    "days_between": days,
                    "type_code": code,
                    "type_label_zh": now["type_label_zh"],
                    "type_label_en": now["type_label_en"],
                    "unit": comparison.unit,
                    "definition_code": "same_primary_type_in_consecutive_notices",
                    "before_count": then["primary_count"],
                    "before_n_count": then["n_count"],
                    "after_count": now["primary_count"],
                    "after_n_count": now["n_count"],
                    "is_return": bool(then["primary_count"] and now["primary_count"]),
                    "difference": difference,
                    "newcombe_low": low,
                    "newcombe_high": high,
                    "flags": join_flags(flags),
                    "source_ids": join_ids([then["source_ids"], now["source_ids"]]),
                }
            )
    return out_frame("out_type_returns", rows)
