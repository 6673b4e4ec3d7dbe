"""What is said not to be done, and how long ago it was found. One censored snapshot is no survival curve."""

from __future__ import annotations

import polars as pl

from analysis.compare.figures_date import figures_dates
from analysis.compare.flagging import flagged
from analysis.compare.frames import code_frame, table, with_keys
from analysis.compare.units import done_statuses, problem_types, units
from analysis.ledger.results import NOT_STATED
from analysis.selection import Ledger


@table("out_open_items")
def open_items(ledger: Ledger, unit: str = "problem", completion: str = "lenient") -> pl.DataFrame:
    """``out_open_items``: one row per unit whose own words say that it is not done on the chosen definition.

    ``age_days`` runs from the feedback to the day of the figures (``is_age_lower_bound`` where these may be
    younger); null where either is unknown. Units without a stated result are not listed.
    """
    open_ = ~pl.col("reported_code").is_in([*done_statuses()[completion], NOT_STATED])
    statuses = code_frame("codes_statuses").rename(
        {"code": "status_code", "label_zh": "status_label_zh", "label_en": "status_label_en"}
    )
    types = problem_types().rename(
        {
            "type_code": "primary_type_code",
            "type_label_zh": "primary_type_label_zh",
            "type_label_en": "primary_type_label_en",
        }
    )
    extra = ledger.problems.select("problem_id", "progress_share")
    rows = (
        units(ledger, unit)
        .filter(open_)
        .with_columns(
            pl.col("reported_code").alias("status_code"),
            pl.lit(unit).alias("unit"),
            pl.lit(f"not_done_{completion}").alias("definition_code"),
            pl.concat_list("problem_id").alias("source_ids"),
        )
        .join(extra, on="problem_id", how="left", maintain_order="left")
        .join(statuses, on="status_code", how="left", maintain_order="left")
        .join(types, on="primary_type_code", how="left", maintain_order="left")
        .join(figures_dates(ledger), on="notice_id", how="left", maintain_order="left")
        .rename({"days_since_feedback": "age_days", "is_days_lower_bound": "is_age_lower_bound"})
    )
    return flagged(ledger, with_keys(ledger, rows), "completion", unit)
