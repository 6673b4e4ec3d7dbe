"""What the completion ratios say, whether notices can be told apart, and which totals do not agree."""

from __future__ import annotations

from typing import Any

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render

MOST_NOTICES = 8  # told one by one; of more, the range


def reported(frame: pl.DataFrame) -> pl.DataFrame:
    """The one ratio that each notice reports: counted item by item, else the total it states.

    ``frame``: rows of ``compare.completion``; rows without a share are left out.
    """
    return (
        frame.filter(pl.col("share").is_not_null() & pl.col("definition_code").is_in(["itemised", "stated"]))
        .sort("definition_code", maintain_order=True)  # itemised before stated
        .unique("notice_id", keep="first", maintain_order=True)
    )


def without_ratio(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each notice of ``compare.completion`` without any share; ``is_published``: it does give figures."""
    known = frame.filter(pl.col("share").is_not_null())
    return (
        frame.join(known, on="notice_id", how="anti", maintain_order="left")
        .with_columns((~pl.col("flags").list.contains("N").any().over("notice_id")).alias("is_published"))
        .sort(pl.col("note_zh").is_null(), maintain_order=True)
        .unique("notice_id", keep="first", maintain_order=True)
    )


def unpublished(frame: pl.DataFrame) -> pl.DataFrame:
    """One row for each notice that publishes no result at all, longest since feedback first."""
    silent = without_ratio(frame).filter(~pl.col("is_published"))
    return silent.sort("days_since_feedback", descending=True, nulls_last=True, maintain_order=True)


def widest(frame: pl.DataFrame, lang: str) -> dict[str, Any] | None:
    """The notice whose ratio depends most on the definition: label, notice_id, spread, low, high."""
    spread = (
        frame.filter(pl.col("share").is_not_null())
        .group_by("notice_id", pl.col(f"label_{lang}").alias("label"), maintain_order=True)
        .agg(pl.col("share").min().alias("low"), pl.col("share").max().alias("high"))
        .with_columns((pl.col("high") - pl.col("low")).alias("spread"))
        .filter(pl.col("spread") > 0.0005)
        .sort("spread", descending=True, maintain_order=True)
    )
    return spread.row(0, named=True) if spread.height else None


def completion(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How far the definition moves a ratio, each notice's ratios with their sources, and what is not published.

    ``frame``: rows of ``compare.completion``.
    """
    known = frame.filter(pl.col("share").is_not_null())
    best = reported(frame)
    return render(
        "completion",
        lang,
        notices=[part.to_dicts() for part in known.partition_by("notice_id", maintain_order=True)],
        most=MOST_NOTICES,
        count=best.height,
        middle=best["share"].median(),
        low=best["share"].min(),
        high=best["share"].max(),
        widest=widest(frame, lang),
        silent=unpublished(frame).to_dicts(),
        unusable=without_ratio(frame).filter("is_published").to_dicts(),
    )


def differences(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Whether the notices can be told apart, and how large a difference these numbers could have shown.

    ``frame``: rows of ``compare.differences``. Speaks of the ratio each notice offers (items, else its total).
    """
    rows = frame.filter(pl.col("definition_code") == "best_available")
    pairs = rows.filter(pl.col("comparison_code") == "pair")
    tested = pairs.filter(pl.col("difference").is_not_null())
    overall = rows.filter((pl.col("comparison_code") == "overall") & pl.col("p_value").is_not_null())
    told = tested.filter(pl.col("verdict_code") == "differs").sort(
        pl.col("difference").abs(), descending=True, maintain_order=True
    )
    return render(
        "differences",
        lang,
        overall=overall.row(0, named=True) if overall.height else None,
        pairs=tested.height,
        told=told.to_dicts(),
        smallest=tested["p_adjusted"].min(),
        detectable=tested["detectable_difference"].min(),
        refused=pairs.height - tested.height,
    )


def reconciliation(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How many stated totals do not agree with the notice's own items, the widest gap on "completed" first.

    ``frame``: rows of ``compare.reconciliation``.
    """
    wrong = frame.filter(~pl.col("is_agreeing"))
    gap = (pl.col("counted_value") - pl.col("stated_value")).abs()
    done = wrong.filter(pl.col("check_code") == "completed").sort(gap, descending=True, maintain_order=True)
    return render(
        "reconciliation",
        lang,
        first=done.row(0, named=True) if done.height else None,
        wrong=wrong.height,
        notices=wrong["notice_id"].n_unique(),
        decided=frame["is_agreeing"].is_not_null().sum(),
        undecided=frame["is_agreeing"].null_count(),
    )


def pooled(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """The mean of all notices under partial pooling and how far they spread; of too few notices, that it is so.

    ``frame``: rows of ``compare.pooled``. Speaks of problems counted item by item, else of stated totals.
    """
    rows = frame.filter(
        (pl.col("unit") == "problem") & pl.col("definition_code").is_in(["itemised", "stated"])
    )
    known = rows.filter(pl.col("mean_share").is_not_null()).sort("definition_code", maintain_order=True)
    return render("pooled", lang, row=known.row(0, named=True) if known.height else None)
