"""Completion, four ratios per notice: stated, itemised, strict, lenient. Never one alone.

An unstated result is neither done nor open: it enters neither x nor n, and the bounds say how far
the share could lie if it were known. Where a notice gives only totals, strict and lenient are taken
from them as far as they allow, with ``basis_code`` total.
"""

from __future__ import annotations

import polars as pl

from analysis.compare.figures_date import figures_dates
from analysis.compare.flagging import failed_checks, flagged
from analysis.compare.frames import code_frame, table, wilson, with_keys
from analysis.compare.shares import NOTES, shares
from analysis.compare.stats import goodman, jeffreys
from analysis.compare.units import units
from analysis.ledger.schemas import STATUS_CODES
from analysis.selection import Ledger

DAYS_PER_MONTH = 30.4375
DEFINITIONS = ("stated", "itemised", "strict", "lenient")


@table("out_completion")
def completion(ledger: Ledger, unit: str = "problem", completion: str = "lenient") -> pl.DataFrame:
    """``out_completion``: four rows per notice, ``definition_code`` stated, itemised, strict, lenient.

    ``x_count``/``n_count`` = ``share`` with 95 % Wilson and Jeffreys intervals; null where it is not
    published, with the reason in ``note_zh``/``note_en``. ``completion`` (strict, lenient) only marks
    ``is_headline``.
    """
    labels = code_frame("codes_completion_definitions").rename(
        {
            "code": "definition_code",
            "label_zh": "definition_label_zh",
            "label_en": "definition_label_en",
        }
    )
    notes = pl.DataFrame(
        [(k, *v) for k, v in NOTES.items()], schema=["note", "note_zh", "note_en"], orient="row"
    )
    failed = failed_checks(ledger).group_by("notice_id").agg(pl.len().alias("disagreeing_check_count"))
    rows = (
        shares(ledger, unit)
        .filter(pl.col("definition_code") != "best_available")
        .join(labels, on="definition_code", how="left", maintain_order="left")
        .join(notes, on="note", how="left", maintain_order="left")
        .join(figures_dates(ledger), on="notice_id", how="left", maintain_order="left")
        .join(failed, on="notice_id", how="left", maintain_order="left")
        .with_columns(wilson()[1:])
    )
    shown = pl.col("share").is_not_null() & pl.col("x_count").is_not_null()
    low, high = jeffreys(rows["x_count"], rows["n_count"])
    rows = rows.with_columns(
        low,
        high,
        (pl.col("definition_code") == completion).alias("is_headline"),
        pl.lit(True).alias("is_self_reported"),
        pl.col("disagreeing_check_count").fill_null(0),
        (pl.col("x_count") / pl.col("total_count")).alias("bound_low"),
        ((pl.col("x_count") + pl.col("missing_count")) / pl.col("total_count")).alias("bound_high"),
        (pl.col("days_since_feedback") / DAYS_PER_MONTH).round(1).alias("months_since_feedback"),
    ).with_columns(
        pl.when(shown).then(pl.col("wilson_low", "wilson_high", "jeffreys_low", "jeffreys_high")),
        pl.when((pl.col("total_count") > 0) & pl.col("missing_count").is_not_null()).then(
            pl.col("bound_low", "bound_high")
        ),
    )
    extra = {"U": pl.col("unit") != unit, "D": pl.col("note") == "counted_n"}
    return flagged(ledger, with_keys(ledger, rows), "completion", unit, "n_count", extra)


@table("out_status_mix")
def status_mix(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_status_mix``: every result × notice (0 is a true 0) with Goodman's simultaneous intervals."""
    counted = (
        units(ledger, unit)
        .group_by("notice_id", pl.col("reported_code").alias("status_code"), maintain_order=True)
        .agg(pl.len().cast(pl.Int64).alias("value_count"), pl.col("problem_id").alias("source_ids"))
    )
    codes = pl.DataFrame({"status_code": list(STATUS_CODES)})
    grid = (
        counted.select("notice_id")
        .unique(maintain_order=True)
        .join(codes, how="cross", maintain_order="left_right")
        .join(counted, on=["notice_id", "status_code"], how="left", maintain_order="left")
        .with_columns(pl.col("value_count").fill_null(0))
        .with_columns(pl.col("value_count").sum().over("notice_id").alias("n_count"))
        .with_columns(
            (pl.col("value_count") / pl.col("n_count")).alias("share"),
            *goodman("value_count", "n_count", len(STATUS_CODES)),
            pl.lit(unit).alias("unit"),
            pl.lit("items_own_words").alias("definition_code"),
        )
    )
    return flagged(ledger, with_keys(ledger, grid), "completion", unit, "n_count")
