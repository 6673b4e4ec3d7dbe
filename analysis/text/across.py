"""What changed from round to round within one body."""

from __future__ import annotations

from typing import Any

import polars as pl
from IPython.display import Markdown

from analysis.text.house import render

MOST_PAIRS = 5
DONE = ("completed", "completed_long_term", "basically_completed")
TYPE_LISTS = ("returned", "returned_after_absence", "new", "gone")


def rounds(frame: pl.DataFrame, changes: pl.DataFrame, trend: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Whether reported completion rises or falls within bodies, and which types return, appear or go.

    ``frame``, ``changes``, ``trend``: rows of ``compare.rounds``, ``round_changes``, ``trend`` under one definition and unit.
    """
    bodies = frame.group_by("body_id").agg(pl.col("notice_id").n_unique().alias("rounds"))
    # one basis, so that results by item and stated totals are not mixed: the one with most pairs of rounds
    best = trend.sort("pair_count", descending=True, maintain_order=True).head(1).select("basis_code")
    verdicts = {
        row["method_code"]: row
        for row in trend.join(best, on="basis_code", nulls_equal=True, maintain_order="left").to_dicts()
    }
    # the stratified odds ratio uses every problem; the mean of the pairs says how much in points
    verdict = verdicts.get("mantel_haenszel") or verdicts.get("paired_mean")
    each = changes.unique(["from_notice_id", "to_notice_id"], maintain_order=True)
    return render(
        "rounds",
        lang,
        bodies=bodies.height,
        repeated=bodies.filter(pl.col("rounds") >= 2).height,
        pairs=each.height,
        verdict=verdict,
        mean=verdicts.get("paired_mean"),
        told=changes.filter(pl.col("verdict_code").is_in(["rises", "falls"])).height,
        types={name: _most_common(each, f"{name}_type_codes") for name in TYPE_LISTS},
    )


def _most_common(changes: pl.DataFrame, column: str) -> list[dict[str, Any]]:
    codes = changes.select(pl.col(column).alias("type_code")).explode("type_code").drop_nulls()
    counted = codes.group_by("type_code", maintain_order=True).len("pairs")
    return counted.sort("pairs", descending=True, maintain_order=True).head(3).to_dicts()


def found_again(similar: pl.DataFrame, problems: pl.DataFrame) -> pl.DataFrame:
    """Pairs of one body where an earlier round called a problem completed and a later one finds it again.

    ``similar``: rows of ``compare.similar``; ``problems``: ``ledger.problems``. Columns with suffixes
    ``_earlier`` and ``_later``, and ``similarity``.
    """
    sides = problems.select("problem_id", "notice_id", "body_id", "body_name", "year", "label_zh", "label_en",
                            "statement_text", "status_code", "status_label_zh", "status_label_en")  # fmt: skip
    both = similar.filter("found_again").select("problem_id_a", "problem_id_b", "similarity")
    turned = both.select(
        pl.col("problem_id_b").alias("problem_id_a"),
        pl.col("problem_id_a").alias("problem_id_b"),
        "similarity",
    )
    return (
        pl.concat([both, turned])
        .rename({"problem_id_a": "problem_id_earlier", "problem_id_b": "problem_id_later"})
        .join(sides.rename(lambda name: f"{name}_earlier"), on="problem_id_earlier")
        .join(sides.rename(lambda name: f"{name}_later"), on="problem_id_later")
        .filter(
            (pl.col("body_id_earlier") == pl.col("body_id_later"))
            & (pl.col("year_earlier") < pl.col("year_later"))
            & pl.col("status_code_earlier").is_in(DONE)
        )
        .sort("similarity", descending=True, maintain_order=True)
        .unique("problem_id_later", keep="first", maintain_order=True)
    )


def again(similar: pl.DataFrame, problems: pl.DataFrame, lang: str = "zh") -> Markdown:
    """What an earlier round called completed and a later round found again, with both quotes."""
    rows = found_again(similar, problems)
    return render("again", lang, rows=rows.head(MOST_PAIRS).to_dicts(), total=rows.height)
