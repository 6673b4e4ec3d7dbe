"""Completion, four ratios per notice: stated, itemised, strict, lenient. Never one alone.

An unstated result is neither done nor open: it enters neither x nor n, and the bounds say how
far the share could lie if it were known. Where a notice gives only totals, strict and lenient
are taken from them as far as they allow, with ``basis_code`` total.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from analysis.compare.context import Comparison
from analysis.compare.grid import KEYS, join_flags, join_ids, key_of, out_frame
from analysis.compare.intervals import goodman, jeffreys, missing_bounds, wilson
from analysis.compare.schema_columns import DEFINITIONS
from analysis.ledger.results import ITEMISED_BASES, NOT_STATED
from analysis.ledger.schemas import STATUS_CODES
from analysis.lookups import load_csv

DAYS_PER_MONTH = 30.4375
# claim unit → unit of the tables
CLAIM_UNITS = {"problem": "problem", "item": "leaf_item", "task": "task", "measure": "measure"}
RESULT_CLAIMS = (
    "completed_long_term",
    "basically_completed",
    "phased",
    "long_term",
    "in_progress",
    "not_completed",
)
KEPT_UP = ("completed_long_term", "long_term")
SIZE_CLAIMS = {"problem": "problems", "item": "items", "task": "tasks", "measure": "measures"}


@dataclass(slots=True)
class Figure:
    """One ratio of one notice under one definition; x or n null where it is not published."""

    definition: str
    unit: str
    basis: str = "none"  # items, total, none
    x: int | None = None
    n: int | None = None
    missing: int | None = None
    total: int | None = None
    stated_share: float | None = None
    note: str = ""
    ids: list[str] = field(default_factory=list)

    @property
    def share(self) -> float | None:
        """x/n; null where fewer than half of the units state a result; a stated rate where only that is given."""
        if self.x is not None and self.n:
            return (
                None if self.basis == "items" and self.missing and self.n < self.missing else self.x / self.n
            )
        return self.stated_share


@lru_cache(maxsize=1)
def done_statuses() -> dict[str, frozenset[str]]:
    """definition → result codes that count as done (lookup completion_definitions)."""
    found: dict[str, set[str]] = {}
    for row in load_csv("completion_definitions"):
        if row["is_done"] == "1":
            found.setdefault(row["definition"], set()).add(row["status_code"])
    return {definition: frozenset(codes) for definition, codes in found.items()}


# Notes say what a reader must know before using the number; keys are kept in Figure.note.
NOTES = {
    "": ("", ""),
    "not_published": (
        "该通报既未逐项载明结果，也未公布总数：不是0，也不是100%。",
        "The notice publishes results neither by item nor in total: this is neither 0 nor 100 %.",
    ),
    "no_total": ("该通报未公布完成总数。", "The notice does not publish a completed total."),
    "no_items": ("该通报未逐项载明结果。", "The notice does not state results by item."),
    "few_items": (
        "载明结果的事项不足一半，不计算比例，只给出上下限。",
        "Fewer than half of the items state a result: no share, only bounds.",
    ),
    "some_missing": (
        "部分事项未载明结果，未计入比例；上下限见表。",
        "Some items state no result; they are left out of the share, see the bounds.",
    ),
    "from_total": (
        "取自通报的总数，并非逐项清点。",
        "Taken from the notice's total, not counted item by item.",
    ),
    "no_split": (
        "总数未单列长期坚持事项，严格口径无法得知。",
        "The total does not set long-term items apart, so the strict reading cannot be known.",
    ),
    "rate_only": (
        "通报只公布完成率，未公布分子与分母。",
        "The notice publishes a rate without its numerator and denominator.",
    ),
    "over": (
        "声明的完成数大于声明的总数，不计算比例。",
        "The stated completed number exceeds the stated total: no share.",
    ),
    "no_size": ("通报未声明总数，不计算比例。", "The notice states no total: no share."),
    "counted_n": (
        "通报未声明总数，分母取清点数：声明与清点混用。",
        "The notice states no total; the denominator is counted, so stated and counted are mixed.",
    ),
    "other_unit": (
        "总数按其他单位声明，不能与按问题计的比例相比。",
        "The total is stated in another unit and cannot be compared with shares of problems.",
    ),
}


def completion_figures(comparison: Comparison) -> dict[tuple[str, str], Figure]:
    """(notice, definition) → Figure, for the four definitions and ``best_available``."""
    tallies: dict[str, dict[str, list[str]]] = {}
    for notice_id, status, basis, ids in (
        comparison.units.group_by("notice_id", "status_code", "status_basis", maintain_order=True)
        .agg("problem_id")
        .select("notice_id", "status_code", "status_basis", "problem_id")
        .iter_rows()
    ):
        # deduced from a total: it proves nothing about the item
        kind = status if basis in ITEMISED_BASES else NOT_STATED
        tallies.setdefault(notice_id, {}).setdefault(kind, []).extend(ids)
    figures: dict[tuple[str, str], Figure] = {}
    for notice in comparison.notices:
        notice_id = notice["notice_id"]
        by_status = tallies.get(notice_id, {})
        stated = stated_figure(comparison, notice_id)
        itemised = {
            definition: _from_items(definition, comparison.unit, by_status, done)
            for definition, done in done_statuses().items()
        }
        use_items = (
            itemised["itemised"].n is not None
            and 2 * itemised["itemised"].n >= (itemised["itemised"].total or 0) > 0
        )
        figures[notice_id, "stated"] = stated
        figures[notice_id, "itemised"] = itemised["itemised"]
        for definition in ("strict", "lenient"):
            figures[notice_id, definition] = (
                itemised[definition]
                if use_items
                else _from_total(definition, comparison, notice_id, stated, itemised[definition])
            )
        best = (
            itemised["itemised"]
            if use_items or stated.x is None or stated.unit != comparison.unit
            else stated
        )
        figures[notice_id, "best_available"] = Figure(
            "best_available",
            best.unit,
            best.basis,
            best.x,
            best.n,
            best.missing,
            best.total,
            best.stated_share,
            best.note,
            best.ids,
        )
    return figures


def _from_items(definition: str, unit: str, by_status: dict[str, list[str]], done: frozenset[str]) -> Figure:
    ids = [i for status in STATUS_CODES if status in done for i in by_status.get(status, ())]
    total = sum(map(len, by_status.values()))
    missing = len(by_status.get(NOT_STATED, ()))
    if missing == total:
        return Figure(definition, unit, "none", None, None, missing, total, note="no_items")
    note = "few_items" if total - missing < missing else "some_missing" if missing else ""
    return Figure(definition, unit, "items", len(ids), total - missing, missing, total, note=note, ids=ids)


def stated_figure(comparison: Comparison, notice_id: str) -> Figure:
    """The notice's own completed total: in the chosen unit where it gives one, else in the unit it gives."""
    chosen = {"problem": "problem", "leaf_item": "item"}[comparison.unit]
    for claim_unit in dict.fromkeys((chosen, "problem", "item", "task", "measure")):
        done = comparison.claim(notice_id, "measures_completed") if claim_unit == "measure" else None
        done = done or comparison.claim(notice_id, "completed", claim_unit)
        if done is None:
            continue
        unit = CLAIM_UNITS[claim_unit]
        size = comparison.claim(notice_id, SIZE_CLAIMS[claim_unit], claim_unit)
        counted = comparison.unit_counts.get(unit, {}).get(notice_id)
        n = int(size["value"]) if size else counted
        x = int(done["value"])
        ids = [done["claim_id"], size["claim_id"] if size else ""]
        if n is None or x > n:
            return Figure(
                "stated",
                unit,
                "total",
                x,
                None,
                None,
                n,
                note="over" if n is not None else "no_size",
                ids=ids,
            )
        note = "other_unit" if unit != comparison.unit else "" if size else "counted_n"
        return Figure("stated", unit, "total", x, n, 0, n, note=note, ids=ids)
    rate = comparison.claim(notice_id, "completion_share")
    if rate is not None:
        value = rate["value"] / 100 if rate["value"] > 1 else rate["value"]
        return Figure(
            "stated",
            CLAIM_UNITS.get(rate["unit"], comparison.unit),
            "total",
            stated_share=min(value, 1.0),
            note="rate_only",
            ids=[rate["claim_id"]],
        )
    return Figure("stated", comparison.unit, note="no_total")


def _from_total(
    definition: str, comparison: Comparison, notice_id: str, stated: Figure, items: Figure
) -> Figure:
    """Strict or lenient from stated totals, where they allow it; else what the items leave."""
    if stated.x is None or stated.n is None or stated.unit != comparison.unit:
        items.note = (
            items.note if items.n is not None else "not_published" if stated.basis == "none" else "no_items"
        )
        return items
    claim_unit = {"problem": "problem", "leaf_item": "item"}[comparison.unit]
    kinds = {
        code: claim
        for code in RESULT_CLAIMS
        if (claim := comparison.claim(notice_id, code, claim_unit)) is not None
    }
    kept = [kinds[code] for code in KEPT_UP if code in kinds]
    # 长期坚持 stands beside the completed ones where all kinds add up to the whole, else among them
    is_beside = stated.x + sum({c["char_start"]: c["value"] for c in kinds.values()}.values()) == stated.n
    found = Figure(
        definition,
        stated.unit,
        "total",
        stated.x,
        stated.n,
        0,
        stated.n,
        note="from_total",
        ids=list(stated.ids),
    )
    if definition == "strict":
        if not kept:
            return Figure(
                definition,
                stated.unit,
                "total",
                None,
                None,
                None,
                stated.n,
                note="no_split",
                ids=list(stated.ids),
            )
        counted = [] if is_beside else kept
        found.x = max(0, stated.x - int(sum(c["value"] for c in counted)))
    else:
        counted = [
            claim
            for code, claim in kinds.items()
            if code in done_statuses()[definition] and (is_beside or code not in KEPT_UP)
        ]
        found.x = min(stated.n, stated.x + int(sum(c["value"] for c in counted)))
    found.ids.extend(c["claim_id"] for c in counted)
    return found


def figures_date(notice: dict[str, Any], latest_event: date | None) -> tuple[date | None, str, bool]:
    """Day the figures are as of, where it comes from, and whether the figures may be younger than that day."""
    for column, basis, is_bound in (
        ("cutoff_date", "cutoff", False),
        ("publication_date", "publication", False),
        ("comment_start_date", "comment_window", True),
    ):
        if notice[column] is not None:
            return notice[column], basis, is_bound
    return (latest_event, "latest_event", True) if latest_event else (None, "none", False)


def latest_events(comparison: Comparison) -> dict[str, date]:
    """Notice → last day that a past, unambiguous event inside its problems names."""
    events = comparison.ledger.frames["core_events"].filter(
        ~pl.col("is_planned")
        & ~pl.col("is_ambiguous")
        & (pl.col("date_precision") == "day")
        & pl.col("problem_id").is_not_null()
    )
    return dict(events.group_by("notice_id", maintain_order=True).agg(pl.col("end_date").max()).iter_rows())


def completion_table(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> pl.DataFrame:
    """``out_completion``: four rows for every notice and every missing city-year."""
    labels = {row["code"]: row for row in load_csv("codes_completion_definitions")}
    last = latest_events(comparison)
    rows: list[dict[str, Any]] = []
    for cell in comparison.cells.iter_rows(named=True):
        notice = comparison.by_id.get(cell["notice_id"] or "")
        for definition in DEFINITIONS:
            figure = figures[cell["notice_id"], definition] if notice else Figure(definition, comparison.unit)
            rows.append(
                {
                    **{k: cell[k] for k in KEYS},
                    "definition_code": definition,
                    "definition_label_zh": labels[definition]["label_zh"],
                    "definition_label_en": labels[definition]["label_en"],
                    "is_headline": definition == comparison.completion,
                    "is_self_reported": True,
                    **_numbers(figure),
                    **_timing(notice, last.get(cell["notice_id"] or "")),
                    "disagreeing_check_count": len(comparison.failed_checks.get(notice["notice_id"], ()))
                    if notice
                    else None,
                    "flags": join_flags(_row_flags(comparison, notice, figure)) if notice else "",
                }
            )
    return out_frame("out_completion", rows)


def _row_flags(comparison: Comparison, notice: dict[str, Any], figure: Figure) -> list[str]:
    flags = comparison.flags_for(notice["notice_id"], "completion", figure.n)
    if figure.unit != comparison.unit:
        flags.append("U")
    if figure.note == "counted_n":
        flags.append("D")
    return flags


def _numbers(figure: Figure) -> dict[str, Any]:
    shown = figure.share is not None
    low, high = wilson(figure.x, figure.n) if shown else (None, None)
    jeffreys_low, jeffreys_high = jeffreys(figure.x, figure.n) if shown else (None, None)
    bound_low, bound_high = (None, None)
    if figure.x is not None and figure.missing is not None and figure.total:
        bound_low, bound_high = missing_bounds(figure.x, figure.missing, figure.total)
    zh, en = NOTES[figure.note]
    return {
        "unit": figure.unit,
        "basis_code": figure.basis,
        "x_count": figure.x,
        "n_count": figure.n,
        "missing_count": figure.missing,
        "total_count": figure.total,
        "share": figure.share,
        "wilson_low": low,
        "wilson_high": high,
        "jeffreys_low": jeffreys_low,
        "jeffreys_high": jeffreys_high,
        "bound_low": bound_low,
        "bound_high": bound_high,
        "note_zh": zh,
        "note_en": en,
        "source_ids": join_ids(figure.ids),
    }


def _timing(notice: dict[str, Any] | None, latest_event: date | None) -> dict[str, Any]:
    if notice is None:
        return {
            "feedback_date": None,
            "figures_date": None,
            "figures_date_basis": "none",
            "days_since_feedback": None,
            "months_since_feedback": None,
            "is_days_lower_bound": False,
        }
    day, basis, is_bound = figures_date(notice, latest_event)
    days = days_since_feedback(notice, day)
    return {
        "feedback_date": notice["feedback_date"],
        "figures_date": day,
        "figures_date_basis": basis,
        "days_since_feedback": days,
        "months_since_feedback": None if days is None else round(days / DAYS_PER_MONTH, 1),
        "is_days_lower_bound": is_bound and days is not None,
    }


def days_since_feedback(notice: dict[str, Any], day: date | None) -> int | None:
    """Days from feedback to ``day``; null where the feedback is not known to the day."""
    if day is None or notice["feedback_date"] is None or notice["feedback_precision"] not in (None, "day"):
        return None
    return (day - notice["feedback_date"]).days


def status_mix(comparison: Comparison) -> pl.DataFrame:
    """``out_status_mix``: units per result, with Goodman's simultaneous intervals."""
    kind = (
        pl.when(pl.col("status_basis").is_in(ITEMISED_BASES))
        .then(pl.col("status_code"))
        .otherwise(pl.lit(NOT_STATED))
        .alias("status_code")
    )
    grouped = (
        comparison.units.with_columns(kind)
        .group_by("notice_id", "status_code", maintain_order=True)
        .agg("problem_id")
    )
    ids = {(notice, status): problem_ids for notice, status, problem_ids in grouped.iter_rows()}
    rows: list[dict[str, Any]] = []
    for notice in comparison.notices:
        counts = [len(ids.get((notice["notice_id"], status), ())) for status in STATUS_CODES]
        n = sum(counts)
        for status, count, (low, high) in zip(STATUS_CODES, counts, goodman(counts), strict=True):
            rows.append(
                {
                    **key_of(notice),
                    "status_code": status,
                    "unit": comparison.unit,
                    "definition_code": "items_own_words",
                    "value_count": count,
                    "n_count": n,
                    "share": count / n if n else None,
                    "goodman_low": low,
                    "goodman_high": high,
                    "flags": join_flags(comparison.flags_for(notice["notice_id"], "completion", n)),
                    "source_ids": join_ids(ids.get((notice["notice_id"], status), ())),
                }
            )
    return out_frame("out_status_mix", rows)
