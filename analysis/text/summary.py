"""The first page: one headline, and three things to do, each made from the tables by rule."""

from __future__ import annotations

from typing import Any

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render
from analysis.text.results import reported, unpublished, widest


def numbers(
    ratios: pl.DataFrame, checks: pl.DataFrame, evidence: pl.DataFrame, still_open: pl.DataFrame,
    recurring: pl.DataFrame, lang: str = "zh",
) -> dict[str, Any]:  # fmt: skip
    """What the first page says in numbers.

    ``ratios``, ``checks``, ``evidence``, ``still_open``, ``recurring``: rows of ``compare.completion``,
    ``reconciliation``, ``evidence_by_notice``, ``open_items``, ``recurrences``.
    """
    best = reported(ratios)
    wrong = checks.filter(~pl.col("is_agreeing"))
    done = evidence.filter((pl.col("scope_code") == "completed") & (pl.col("n_count") > 0))
    by_code = {
        code: (x, n)
        for code, x, n in done.group_by("measure_code").agg(pl.col("x_count", "n_count").sum()).iter_rows()
    }
    return {
        "notices": ratios["notice_id"].n_unique(),
        "reporting": best.height,
        "low": best["share"].min(),
        "high": best["share"].max(),
        "widest": widest(ratios, lang),
        "silent": unpublished(ratios).to_dicts(),
        "decided": checks["is_agreeing"].is_not_null().sum(),
        "wrong": wrong.height,
        "wrong_labels": wrong[f"label_{lang}"].unique(maintain_order=True).to_list(),
        "bare": by_code.get("no_hard_evidence", (0, 0)),
        "future": by_code.get("intent", (0, 0)),
        "open": still_open.height,
        "open_notices": still_open["notice_id"].n_unique(),
        "oldest": still_open["age_days"].max(),
        "recurring": recurring["notice_id"].n_unique(),
        "recurring_labels": recurring[f"label_{lang}"].unique(maintain_order=True).to_list(),
    }


def summary(
    ratios: pl.DataFrame, checks: pl.DataFrame, evidence: pl.DataFrame, still_open: pl.DataFrame,
    recurring: pl.DataFrame, lang: str = "zh",
) -> Markdown:  # fmt: skip
    """The headline of the first page: what is reported, what the definition does to it, who is silent."""
    return render("summary", lang, **numbers(ratios, checks, evidence, still_open, recurring, lang))


def to_do(
    ratios: pl.DataFrame, checks: pl.DataFrame, evidence: pl.DataFrame, still_open: pl.DataFrame,
    recurring: pl.DataFrame, lang: str = "zh",
) -> Markdown:  # fmt: skip
    """The first three things to do that the tables give reason for."""
    return render("to_do", lang, **numbers(ratios, checks, evidence, still_open, recurring, lang))
