"""One city or body, and two notices side by side."""

from __future__ import annotations

import polars as pl
from IPython.display import Markdown

from analysis import english
from analysis.text.house import render
from analysis.text.results import reported

MOST_ROUNDS = 6


def profile(
    notices: pl.DataFrame, timeline: pl.DataFrame, ratios: pl.DataFrame, lang: str = "zh"
) -> Markdown:
    """Who inspected a city when, and what each of its notices reports, the latest first.

    ``notices``: ``ledger.notices``; ``timeline``, ``ratios``: rows of ``compare.timeline``, ``completion``.
    """
    best = reported(ratios).select("notice_id", "x_count", "n_count", "share", "source_ids")
    days = timeline.select("notice_id", "feedback_to_publication_days", "inspection_days")
    rows = (
        notices.join(best, on="notice_id", how="left", maintain_order="left")
        .join(days, on="notice_id", how="left", maintain_order="left")
        .sort("year", descending=True, nulls_last=True, maintain_order=True)
    )
    return render(
        "profile",
        lang,
        label=(rows["city_name"][0] if lang == "zh" else english.place(rows["city_code"][0]))
        or rows[f"label_{lang}"][0],
        total=rows.height,
        bodies=rows["body_id"].n_unique(),
        problems=int(rows["problem_count"].sum()),
        rows=[
            {**row, "issuer": row["issuer_name"] if lang == "zh" else english.issuer(row)}
            for row in rows.head(MOST_ROUNDS).to_dicts()
        ],
    )


def pair(ratios: pl.DataFrame, differences: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Whether two notices differ in what they report, and what keeps them from being compared.

    ``ratios``, ``differences``: rows of ``compare.completion`` and ``differences`` of exactly two notices.
    """
    sides = ratios.unique("notice_id", maintain_order=True)
    rows = differences.filter(
        (pl.col("definition_code") == "best_available") & (pl.col("comparison_code") == "pair")
    )
    row = rows.row(0, named=True) if rows.height else None
    return render(
        "pair",
        lang,
        row=row,
        same_body=sides["body_id"].n_unique() == 1,
        same_year=sides["year"].n_unique() == 1,
        labels=sides[f"label_{lang}"].to_list(),
    )
