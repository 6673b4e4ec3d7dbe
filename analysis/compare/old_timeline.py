"""Inspection → feedback → cut-off → publication, in days, beside the period that the rules set.

The rule is the one in force on the day of the feedback (lookup rectification_periods). It is
context: the period is for the report to the inspecting body, municipal inspections follow it
by analogy, and publication comes after the report. Nobody is called late.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from analysis.compare.context import Comparison
from analysis.compare.grid import join_flags, join_ids, key_of, out_frame
from analysis.compare.old_counts import day_count
from analysis.lookups import load_csv

STAGES = ("inspection_start_date", "inspection_end_date", "feedback_date", "cutoff_date", "publication_date")
ISSUED = ("issued", "made", "revised", "adopted")  # codes_actions: the text says the document came about
LONGEST_WINDOW = 1100  # days; a longer one comes from a misread date and would print hundreds of empty weeks


def days_between(first: date | None, last: date | None) -> int | None:
    return (last - first).days if first and last else None


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later; the last day of the month where there is none."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def rule_in_force(day: date | None) -> dict[str, str] | None:
    """The row of rectification_periods valid on ``day``; None where there is none or no day."""
    if day is None:
        return None
    for row in load_csv("rectification_periods"):
        if date.fromisoformat(row["valid_from"]) <= day and (
            not row["valid_to"] or day <= date.fromisoformat(row["valid_to"])
        ):
            return row
    return None


def rule_for(notice: dict[str, Any]) -> dict[str, str] | None:
    """The rule at the feedback; where that day is unknown, the one in force all the way from inspection to publication."""
    if notice["feedback_date"] is not None:
        return rule_in_force(notice["feedback_date"])
    first, last = (
        rule_in_force(notice["inspection_end_date"]),
        rule_in_force(notice["cutoff_date"] or published_on(notice)[0]),
    )
    return first if first is not None and first is last else None


def published_on(notice: dict[str, Any]) -> tuple[date | None, str]:
    """Publication, else the opening of the comment window, and which of the two."""
    if notice["publication_date"] is not None:
        return notice["publication_date"], "publication"
    return (
        (notice["comment_start_date"], "comment_window")
        if notice["comment_start_date"] is not None
        else (None, "none")
    )


def exact_feedback(notice: dict[str, Any]) -> date | None:
    """The feedback where it is known to the day."""
    return notice["feedback_date"] if notice["feedback_precision"] in (None, "day") else None


def event_window(notice: dict[str, Any]) -> tuple[date, date, str] | None:
    """From feedback (else the inspection's end) to cut-off, else publication; None where an end is unknown."""
    start, basis = (
        (exact_feedback(notice), "feedback")
        if exact_feedback(notice)
        else (notice["inspection_end_date"], "inspection_end")
    )
    end = notice["cutoff_date"] or published_on(notice)[0]
    if start is None or end is None or not 0 <= (end - start).days <= LONGEST_WINDOW:
        return None
    return start, end, basis


def window_events(comparison: Comparison) -> dict[str, list[tuple[str, date]]]:
    """Notice → (event ID, day) of dated events of measures inside its window; planned, ambiguous and vague ones left out."""
    events = comparison.ledger.frames["core_events"].filter(
        ~pl.col("is_planned")
        & ~pl.col("is_ambiguous")
        & (pl.col("date_precision") == "day")
        & pl.col("problem_id").is_not_null()
        & pl.col("part_code").is_in(["measure", "other"])
    )
    found: dict[str, list[tuple[str, date]]] = {}
    for notice_id, event_id, day in events.select("notice_id", "event_id", "start_date").iter_rows():
        window = event_window(comparison.by_id[notice_id])
        if window and window[0] <= day <= window[1]:
            found.setdefault(notice_id, []).append((event_id, day))
    return found


def documents_issued(comparison: Comparison) -> pl.DataFrame:
    """Citations of documents that the text says were issued or revised, one per title and notice."""
    citations = comparison.ledger.frames["core_citations"]
    return citations.filter(pl.col("is_document") & pl.col("action_code").is_in(ISSUED)).unique(
        ["notice_id", "title_text"], keep="first", maintain_order=True
    )


def timeline_table(comparison: Comparison) -> pl.DataFrame:
    """``out_timeline``: one row per notice."""
    events = window_events(comparison)
    documents = {
        row["notice_id"]: row
        for row in documents_issued(comparison)
        .group_by("notice_id", maintain_order=True)
        .agg(pl.len().alias("issued"), pl.col("document_number").is_not_null().sum().alias("numbered"))
        .iter_rows(named=True)
    }
    rows: list[dict[str, Any]] = []
    for notice in comparison.notices:
        notice_id, feedback = notice["notice_id"], exact_feedback(notice)
        published, basis = published_on(notice)
        rule = rule_for(notice)
        end = (
            add_months(feedback, int(rule["period_months"]))
            if rule and rule["period_months"] and feedback
            else None
        )
        flags = comparison.flags_for(notice_id, "timeline")
        issued = documents.get(notice_id, {"issued": 0, "numbered": 0})
        rows.append(
            {
                **key_of(notice),
                **{stage: notice[stage] for stage in STAGES},
                "comment_start_date": notice["comment_start_date"],
                "comment_end_date": notice["comment_end_date"],
                "unit": "day",
                "definition_code": "calendar_days",
                "inspection_days": day_count(notice["inspection_start_date"], notice["inspection_end_date"]),
                "inspection_to_feedback_days": days_between(notice["inspection_end_date"], feedback),
                "feedback_to_cutoff_days": days_between(feedback, notice["cutoff_date"]),
                "feedback_to_publication_days": days_between(feedback, published),
                "publication_basis": basis,
                "rule_code": rule["code"] if rule else None,
                "rule_label_zh": rule["label_zh"] if rule else None,
                "rule_label_en": rule["label_en"] if rule else None,
                "period_days": days_between(feedback, end),
                "period_end_date": end,
                "is_rule_confirmed": rule["is_confirmed"] == "true" if rule else None,
                "days_over_period": days_between(end, published),
                "event_count": len(events.get(notice_id, ())) if event_window(notice) else None,
                "issued_document_count": issued["issued"],
                "numbered_document_count": issued["numbered"],
                "n_count": sum(notice[stage] is not None for stage in STAGES),
                "flags": join_flags(flags),
                "source_ids": join_ids(
                    f"{notice_id}:{stage}" for stage in STAGES if notice[stage] is not None
                ),
            }
        )
    return out_frame("out_timeline", rows)


def weekly_events(comparison: Comparison) -> pl.DataFrame:
    """``out_weekly_events``: every week of each notice's window, weeks without an event as 0."""
    events = window_events(comparison)
    rows: list[dict[str, Any]] = []
    for notice in comparison.notices:
        window = event_window(notice)
        if window is None:
            continue
        start, end, basis = window
        own = events.get(notice["notice_id"], [])
        by_week: dict[date, list[str]] = {}
        for event_id, day in own:
            by_week.setdefault(day - timedelta(days=day.weekday()), []).append(event_id)
        monday, index = start - timedelta(days=start.weekday()), 0
        while monday <= end:
            ids = by_week.get(monday, [])
            rows.append(
                {
                    **key_of(notice),
                    "week_start_date": monday,
                    "week_index": index,
                    "window_basis": basis,
                    "unit": "dated_event",
                    "definition_code": "measures_only_not_planned",
                    "event_count": len(ids),
                    "n_count": len(own),
                    "flags": join_flags(comparison.flags_for(notice["notice_id"], "timeline")),
                    "source_ids": join_ids(ids),
                }
            )
            monday, index = monday + timedelta(days=7), index + 1
    return out_frame("out_weekly_events", rows)
