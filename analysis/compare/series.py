"""Across years: the rounds of one body in order, and one trend over all bodies that have two or more.

The estimand is a change within one body; different bodies in different years say nothing about time. One
series has one unit, one definition and one basis (items or totals): where a body's rounds differ in these,
they are separate series and never subtracted.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import polars as pl

from analysis.bodies import round_day
from analysis.compare.figures_date import exact_feedback
from analysis.compare.flagging import flagged
from analysis.compare.frames import empty, shared, table, wilson, with_keys
from analysis.compare.shares import shares
from analysis.compare.stats import ALPHA, POWER, detectable
from analysis.selection import Ledger

LEAST_BODIES = 5  # bodies with two rounds below which a trend is not tested
SERIES = ["body_id", "definition_code", "unit", "basis_code"]
METHODS = (
    "mantel_haenszel",
    "paired_mean",
    "wilcoxon",
)  # named beforehand, in the order in which they may speak


@shared
def ordered(ledger: Ledger) -> pl.DataFrame:
    """``notice_id, body_id, round_number, round_year, year_basis, is_latest`` of every notice with a date.

    Notices of one inspection or one feedback are one round; ``is_latest`` marks the last of it.
    """
    days = [round_day(row) for row in ledger.notices.iter_rows(named=True)]
    start = pl.col("inspection_start_date").cast(pl.String)
    feedback = pl.col("feedback_date").cast(pl.String)
    candidates = {
        "feedback": pl.col("feedback_date").dt.year(),
        "inspection": pl.coalesce(
            pl.col("inspection_end_date").dt.year(), pl.col("inspection_start_date").dt.year()
        ),
        "publication": pl.col("notice_year"),
    }
    return (
        ledger.notices.with_columns(pl.Series("_day", days, dtype=pl.Date))
        .filter(pl.col("_day").is_not_null())
        .with_columns(pl.coalesce(start, feedback, "notice_id").alias("_round"))
        .with_columns(pl.col("_day").min().over("body_id", "_round").alias("_from"))
        .sort("_from", "_round", pl.coalesce("cutoff_date", "publication_date", "_day"), "notice_id")
        .with_columns(
            pl.struct("_from", "_round").rank("dense").over("body_id").cast(pl.Int64).alias("round_number"),
            (pl.int_range(pl.len(), 0, -1).over("body_id", "_round") == 1).alias("is_latest"),
            pl.coalesce(candidates.values()).cast(pl.Int64).alias("round_year"),
            pl.coalesce(
                pl.when(year.is_not_null()).then(pl.lit(basis)) for basis, year in candidates.items()
            ).alias("year_basis"),
        )
        .select("notice_id", "body_id", "round_number", "round_year", "year_basis", "is_latest", "_day")
    )


@shared
def consecutive(ledger: Ledger) -> pl.DataFrame:
    """``body_id, from_notice_id, to_notice_id, days_between``: each body's round and the next, by the last notice of each."""
    latest = ordered(ledger).filter("is_latest").sort("body_id", "round_number")
    return (
        latest.select(
            "body_id",
            pl.col("notice_id").shift(1).over("body_id").alias("from_notice_id"),
            pl.col("notice_id").alias("to_notice_id"),
            (pl.col("_day") - pl.col("_day").shift(1).over("body_id")).dt.total_days().alias("days_between"),
        ).filter(pl.col("from_notice_id").is_not_null())
        if not latest.is_empty()
        else pl.DataFrame(
            schema={
                "body_id": pl.String,
                "from_notice_id": pl.String,
                "to_notice_id": pl.String,
                "days_between": pl.Int64,
            }
        )
    )


@table("out_rounds")
def rounds(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_rounds``: one body's round under one definition; a round that publishes no ratio stands with nulls.

    ``year`` is that of the feedback (else of the inspection or publication: ``year_basis``);
    ``previous_notice_id`` the round before it in the same series (body, definition, unit, basis).
    """
    published = pl.coalesce("publication_date", "comment_start_date")
    context = ledger.notices.select(
        "notice_id",
        "inspection_kind",
        (published - exact_feedback()).dt.total_days().alias("days_feedback_to_publication"),
        ((pl.col("inspection_end_date") - pl.col("inspection_start_date")).dt.total_days() + 1).alias(
            "inspection_days"
        ),
    )
    rows = (
        shares(ledger, unit)
        .filter(pl.col("definition_code") != "best_available")
        .drop("share")
        .join(ordered(ledger).drop("body_id", "_day"), on="notice_id", how="inner", maintain_order="left")
        .join(context, on="notice_id", how="left", maintain_order="left")
        .with_columns(wilson())
    )
    # fewer than half of the units with a result: counts and bounds, but no share (see out_completion)
    few = (pl.col("missing_count") > pl.col("n_count")) & (pl.col("basis_code") == "items")
    rows = rows.with_columns(
        pl.when(~few.fill_null(False)).then(pl.col("share", "wilson_low", "wilson_high"))
    )
    rows = with_keys(ledger, rows).sort("body_id", "definition_code", "round_number", "is_latest")
    known = pl.when(pl.col("share").is_not_null() & pl.col("is_latest")).then("notice_id")
    rows = rows.with_columns(
        known.shift(1).over(SERIES).forward_fill().over(SERIES).alias("previous_notice_id"),
        pl.col("round_year").alias("year"),
    )
    return flagged(ledger, rows, "completion", unit, "n_count")


@table("out_trend")
def trend(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_trend``: did the share rise from a body's first round to its last, over all bodies with two or more?

    One row per definition, unit, basis and method: ``mantel_haenszel`` (odds ratio stratified by body),
    ``paired_mean`` (mean difference, t-interval) and ``wilcoxon`` (Hodges–Lehmann). The three are tested in
    this order, each only if the one before speaks, so that together they err in 5 %.
    """
    return trend_of(rounds(ledger, unit).filter("is_latest"))


def trend_of(rounds: pl.DataFrame) -> pl.DataFrame:
    """``out_trend`` from rows with ``body_id, definition_code, unit, basis_code, round_number, x_count, n_count, share``."""
    known = rounds.filter(pl.col("share").is_not_null() & (pl.col("n_count") > 0)).sort("round_number")
    series = known.group_by(SERIES, maintain_order=True).agg(
        pl.col("x_count", "n_count").first().name.prefix("first_"),
        pl.col("x_count", "n_count").last().name.prefix("last_"),
        pl.col("round_number").n_unique().alias("rounds"),
    )
    rows: list[dict[str, Any]] = []
    pairs = series.filter(pl.col("rounds") > 1).sort("definition_code", "unit", "basis_code", "body_id")
    for (definition, unit, basis), own in pairs.group_by(SERIES[1:], maintain_order=True):
        may_speak, p_so_far = own.height >= LEAST_BODIES, 0.0
        found = {"mantel_haenszel": _mantel_haenszel(own), **_paired(own)}
        for method in METHODS:
            row = found[method]
            p = row["p_value"]
            p_so_far = 1.0 if p is None else max(p_so_far, p)
            neutral = 1 if method == "mantel_haenszel" else 0
            speaks = may_speak and p_so_far < ALPHA
            said = "rises" if (row["estimate"] or 0) > neutral else "falls"
            rows.append(
                row
                | {"definition_code": definition, "unit": unit, "basis_code": basis, "method_code": method}
                | {"p_adjusted": None if p is None else p_so_far}
                | {"body_count": own.height, "pair_count": int(own["rounds"].sum()) - own.height}
                | {"verdict_code": "too_few" if not may_speak else said if speaks else "not_told_apart"}
            )
    return pl.DataFrame(rows, infer_schema_length=None) if rows else empty("out_trend")


def _counts(own: pl.DataFrame) -> list[Any]:
    return [
        own[c].to_numpy().astype(float)
        for c in ("first_x_count", "first_n_count", "last_x_count", "last_n_count")
    ]


def _mantel_haenszel(own: pl.DataFrame) -> dict[str, float | None]:
    """Odds of being done, last round against first, pooled over bodies (Mantel & Haenszel 1959)."""
    import numpy as np
    from statsmodels.stats.contingency_tables import StratifiedTable

    x_first, n_first, x_last, n_last = _counts(own)
    tables = np.array([[x_last, n_last - x_last], [x_first, n_first - x_first]])
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = StratifiedTable(tables)
        low, high = pooled.oddsratio_pooled_confint()
        found = [pooled.oddsratio_pooled, low, high, pooled.test_null_odds(correction=False).pvalue]
    total = pl.Series([n_first.sum()]), pl.Series([n_last.sum()]), pl.Series([x_first.sum() / n_first.sum()])
    estimate, low, high, p = (float(v) if np.isfinite(v) else None for v in found)
    return {"estimate": estimate, "low": low, "high": high, "p_value": p} | {
        "detectable_difference": detectable(*total)[0]
    }


def _paired(own: pl.DataFrame) -> dict[str, dict[str, float | None]]:
    """Mean and Hodges–Lehmann median of the differences last − first of the bodies, with 95 % intervals."""
    import numpy as np
    from scipy.stats import norm, t, ttest_1samp, wilcoxon

    x_first, n_first, x_last, n_last = _counts(own)
    difference = x_last / n_last - x_first / n_first
    size = len(difference)
    nothing: dict[str, float | None] = dict.fromkeys(
        ("estimate", "low", "high", "p_value", "detectable_difference")
    )
    if size < 2:
        return {"paired_mean": nothing, "wilcoxon": nothing}
    tested = ttest_1samp(difference, 0.0)
    low, high = tested.confidence_interval()
    error = difference.std(ddof=1) / sqrt(size)
    shown = float(error * (t.ppf(1 - ALPHA / 2, size - 1) + norm.ppf(POWER)))
    is_flat = not error > 0
    mean = {
        "estimate": float(difference.mean()),
        "low": float(low),
        "high": float(high),
        "p_value": float(difference.mean() == 0) if is_flat else float(tested.pvalue),
        "detectable_difference": None if is_flat else min(1.0, shown),
    }
    walsh = np.sort(((difference[:, None] + difference[None, :]) / 2)[np.triu_indices(size)])
    spread = norm.ppf(1 - ALPHA / 2) * sqrt(size * (size + 1) * (2 * size + 1) / 24)
    cut = max(0, int(len(walsh) / 2 - spread))
    ranked = {
        "estimate": float(np.median(walsh)),
        "low": float(walsh[cut]),
        "high": float(walsh[-1 - cut]),
        "p_value": float(wilcoxon(difference, zero_method="zsplit").pvalue) if difference.any() else 1.0,
        "detectable_difference": mean["detectable_difference"],
    }
    return {"paired_mean": mean, "wilcoxon": ranked}
