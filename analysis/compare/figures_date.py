"""The day that a notice's figures are as of, and how long after the feedback that is."""

from __future__ import annotations

import polars as pl

from analysis.compare.frames import shared
from analysis.selection import Ledger


def exact_feedback() -> pl.Expr:
    """The feedback where it is known to the day."""
    exact = pl.col("feedback_precision").fill_null("day") == "day"
    return pl.when(exact).then(pl.col("feedback_date"))


@shared
def figures_dates(ledger: Ledger) -> pl.DataFrame:
    """``notice_id, feedback_date, figures_date, figures_date_basis, days_since_feedback, is_days_lower_bound``.

    Cut-off, else publication; else the opening of the comment window or the last past, unambiguous event
    inside the problems, by which the figures may be younger (lower bound).
    """
    dated = ledger.events.filter(
        ~pl.col("is_planned")
        & ~pl.col("is_ambiguous")
        & (pl.col("date_precision") == "day")
        & pl.col("problem_id").is_not_null()
    )
    last = dated.group_by("notice_id").agg(pl.col("end_date").max().alias("_last"))
    candidates = {
        "cutoff": "cutoff_date",
        "publication": "publication_date",
        "comment_window": "comment_start_date",
        "latest_event": "_last",
    }
    basis = pl.coalesce(
        pl.when(pl.col(column).is_not_null()).then(pl.lit(code)) for code, column in candidates.items()
    ).fill_null("none")
    return (
        ledger.notices.join(last, on="notice_id", how="left", maintain_order="left")
        .with_columns(
            basis.alias("figures_date_basis"), pl.coalesce(candidates.values()).alias("figures_date")
        )
        .with_columns(
            (pl.col("figures_date") - exact_feedback()).dt.total_days().alias("days_since_feedback")
        )
        .select(
            "notice_id",
            "feedback_date",
            "figures_date",
            "figures_date_basis",
            "days_since_feedback",
            (
                pl.col("days_since_feedback").is_not_null()
                & pl.col("figures_date_basis").is_in(["comment_window", "latest_event"])
            ).alias("is_days_lower_bound"),
        )
    )
