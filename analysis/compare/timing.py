"""Inspection → feedback → cut-off → publication, in days, beside the period that the rules set.

The rule is the one in force on the day of the feedback (lookup rectification_periods). It is context: the
period is for the report to the inspecting body, municipal inspections follow it by analogy, and
publication comes after the report. Nobody is called late.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from analysis.compare.figures_date import exact_feedback
from analysis.compare.flagging import flagged
from analysis.compare.frames import shared, table, with_keys
from analysis.compare.proof import ISSUED
from analysis.compare.tallies import INSPECTION_DAYS
from analysis.lookups import load_csv
from analysis.selection import Ledger

STAGES = ("inspection_start_date", "inspection_end_date", "feedback_date", "cutoff_date", "publication_date")
LONGEST_WINDOW = 1100  # days; a longer one comes from a misread date and would print hundreds of empty weeks
PUBLISHED = pl.coalesce("publication_date", "comment_start_date")


def rule_in_force(day: pl.Expr) -> pl.Expr:
    """Code of the row of rectification_periods valid on ``day``; null where there is none or no day."""
    rules = [
        pl.when(
            day.is_between(
                date.fromisoformat(row["valid_from"]), date.fromisoformat(row["valid_to"] or "9999-12-31")
            )
        ).then(pl.lit(row["code"]))
        for row in load_csv("compare/rectification_periods")
    ]
    return pl.coalesce(rules)


def _days(first: pl.Expr, last: pl.Expr) -> pl.Expr:
    return (last - first).dt.total_days()


@shared
def windows(ledger: Ledger) -> pl.DataFrame:
    """``notice_id, window_start, window_end, window_basis``: feedback (else the inspection's end) to cut-off, else publication."""
    start = pl.coalesce(exact_feedback(), "inspection_end_date")
    return ledger.notices.select(
        "notice_id",
        start.alias("window_start"),
        pl.coalesce(pl.col("cutoff_date"), PUBLISHED).alias("window_end"),
        pl.when(exact_feedback().is_not_null())
        .then(pl.lit("feedback"))
        .otherwise(pl.lit("inspection_end"))
        .alias("window_basis"),
    ).filter(_days(pl.col("window_start"), pl.col("window_end")).is_between(0, LONGEST_WINDOW))


@shared
def window_events(ledger: Ledger) -> pl.DataFrame:
    """``notice_id, event_id, start_date``: dated past events of measures inside the window; vague ones left out."""
    return (
        ledger.events.filter(
            ~pl.col("is_planned")
            & ~pl.col("is_ambiguous")
            & (pl.col("date_precision") == "day")
            & pl.col("problem_id").is_not_null()
            & pl.col("part_code").is_in(["measure", "other"])
        )
        .join(windows(ledger), on="notice_id", how="inner", maintain_order="left")
        .filter(pl.col("start_date").is_between(pl.col("window_start"), pl.col("window_end")))
        .select("notice_id", "event_id", "start_date")
    )


@table("out_timeline")
def timeline(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_timeline``: one row per notice: its stages, the days between them, and the period of the rule in force.

    Days are calendar days, null where an end is unknown; ``days_over_period`` is context and no verdict.
    """
    rules = pl.DataFrame(
        [
            (r["code"], r["label_zh"], r["label_en"], r["period_months"] or None, r["is_confirmed"] == "true")
            for r in load_csv("compare/rectification_periods")
        ],
        schema=["rule_code", "rule_label_zh", "rule_label_en", "_months", "is_rule_confirmed"],
        orient="row",
    )
    # where the feedback is unknown: the rule in force all the way from inspection to publication
    before = rule_in_force(pl.col("inspection_end_date"))
    after = rule_in_force(pl.coalesce(pl.col("cutoff_date"), PUBLISHED))
    rule = (
        pl.when(pl.col("feedback_date").is_not_null())
        .then(rule_in_force(pl.col("feedback_date")))
        .when(before == after)
        .then(before)
    )
    documents = (
        ledger.citations.filter(pl.col("is_document") & pl.col("action_code").is_in(ISSUED))
        .unique(["notice_id", "title_text"], keep="first", maintain_order=True)
        .group_by("notice_id")
        .agg(
            pl.len().alias("issued_document_count"),
            pl.col("document_number").is_not_null().sum().alias("numbered_document_count"),
        )
    )
    events = window_events(ledger).group_by("notice_id").agg(pl.len().alias("_events"))
    has_window = windows(ledger).select("notice_id", pl.lit(True).alias("_window"))
    feedback = exact_feedback()
    rows = (
        ledger.notices.with_columns(rule.alias("rule_code"))
        .join(rules, on="rule_code", how="left", maintain_order="left")
        .join(documents, on="notice_id", how="left", maintain_order="left")
        .join(events, on="notice_id", how="left", maintain_order="left")
        .join(has_window, on="notice_id", how="left", maintain_order="left")
        .with_columns(feedback.dt.offset_by(pl.format("{}mo", "_months")).alias("period_end_date"))
        .with_columns(
            INSPECTION_DAYS,
            pl.lit("day").alias("unit"),
            pl.lit("calendar_days").alias("definition_code"),
            _days(pl.col("inspection_end_date"), feedback).alias("inspection_to_feedback_days"),
            _days(feedback, pl.col("cutoff_date")).alias("feedback_to_cutoff_days"),
            _days(feedback, PUBLISHED).alias("feedback_to_publication_days"),
            pl.when(pl.col("publication_date").is_not_null())
            .then(pl.lit("publication"))
            .when(pl.col("comment_start_date").is_not_null())
            .then(pl.lit("comment_window"))
            .otherwise(pl.lit("none"))
            .alias("publication_basis"),
            _days(feedback, pl.col("period_end_date")).alias("period_days"),
            _days(pl.col("period_end_date"), PUBLISHED).alias("days_over_period"),
            pl.when("_window").then(pl.col("_events").fill_null(0)).alias("event_count"),
            pl.col("issued_document_count", "numbered_document_count").fill_null(0),
            pl.sum_horizontal(pl.col(stage).is_not_null().cast(pl.Int64) for stage in STAGES).alias(
                "n_count"
            ),
            pl.concat_list(
                pl.when(pl.col(stage).is_not_null()).then(pl.concat_str("notice_id", pl.lit(f":{stage}")))
                for stage in STAGES
            ).alias("source_ids"),
        )
    )
    return flagged(ledger, rows, "timeline", unit)


@table("out_weekly_events")
def weekly_events(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_weekly_events``: every week of each notice's window with its dated events; weeks without one are 0."""
    monday = pl.col("start_date").dt.truncate("1w")
    own = window_events(ledger).with_columns(monday.alias("week_start_date"))
    by_week = own.group_by("notice_id", "week_start_date", maintain_order=True).agg(
        pl.col("event_id").alias("source_ids")
    )
    weeks = (
        windows(ledger)
        .with_columns(
            pl.date_ranges(pl.col("window_start").dt.truncate("1w"), "window_end", "1w").alias(
                "week_start_date"
            )
        )
        .explode("week_start_date")
        .join(by_week, on=["notice_id", "week_start_date"], how="left", maintain_order="left")
        .with_columns(pl.col("source_ids").list.len().fill_null(0).cast(pl.Int64).alias("event_count"))
        .with_columns(
            pl.int_range(pl.len()).over("notice_id").alias("week_index"),
            pl.col("event_count").sum().over("notice_id").alias("n_count"),
            pl.lit("dated_event").alias("unit"),
            pl.lit("measures_only_not_planned").alias("definition_code"),
        )
    )
    return flagged(ledger, with_keys(ledger, weeks), "timeline", unit)
