"""Headline claims under other defensible choices: a claim that flips must say so.

Three claims, each made again on the same ledger with one thing done differently: that the notices can or
cannot be told apart, that the share rises or falls from round to round, and how many types stand in
every notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from analysis.compare.frames import empty, table
from analysis.compare.kinds import typed
from analysis.compare.pairs import refusal
from analysis.compare.series import rounds, trend_of
from analysis.compare.shares import shares
from analysis.compare.stats import ALPHA, fisher_rx2
from analysis.compare.units import UNCLASSIFIED
from analysis.selection import Ledger

CLAIMS = {
    "told_apart": ("各通报完成比例能否区分", "Whether completion ratios can be told apart"),
    "trend": ("同一单位前后轮次完成比例的变化", "Change of completion between rounds of a body"),
    "types_in_all": ("每份通报都有的问题类型数", "Types found in every notice"),
}
CHOICES = {
    "base": ("所选口径", "as chosen"),
    "other_unit": ("换计数单位", "other unit"),
    "other_completion": ("换完成口径", "other definition of done"),
    "any_type": ("计入次要类型", "with secondary types"),
    "no_excerpts": ("不含疑似节选", "without excerpts"),
    "one_level": ("仅多数层级", "the most frequent level only"),
    "no_look_backs": ("不含回头看", "without look-backs"),
}
Answer = dict[str, Any]


@table("out_robustness")
def robustness(ledger: Ledger, unit: str = "problem", completion: str = "lenient") -> pl.DataFrame:
    """``out_robustness``: per headline claim one row ``base`` and one per other choice, with ``holds``.

    ``value`` is Fisher's p (told_apart), the Mantel–Haenszel odds ratio with interval (trend) or the number
    of types (types_in_all).
    """
    other_unit = "item" if unit == "problem" else "problem"
    other = "strict" if completion == "lenient" else "lenient"
    every = ledger.notices.select("notice_id")
    variants: dict[str, tuple[pl.DataFrame, str, str]] = {
        "base": (every, unit, completion),
        "other_unit": (every, other_unit, completion),
        "other_completion": (every, unit, other),
        **{name: (kept, unit, completion) for name, kept in _without(ledger)},
    }
    rows: list[dict[str, Any]] = []
    for name, (kept, counted, definition) in variants.items():
        # the claim itself is made on items where a notice states results, else on its total
        tested = definition if name == "other_completion" else "best_available"
        rows.append(_row("told_apart", name, _told_apart(ledger, kept, counted, tested)))
        rows.append(_row("trend", name, _trend(ledger, kept, counted, definition)))
        if name != "other_completion":
            rows.append(_row("types_in_all", name, _types_in_all(ledger, kept, counted, "primary_count")))
    rows.append(_row("types_in_all", "any_type", _types_in_all(ledger, every, unit, "any_count")))
    base = pl.col("answer_code").filter(pl.col("choice_code") == "base").first().over("claim_code")
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "low": pl.Float64, "high": pl.Float64})
    said = ~pl.col("answer_code").is_in(["too_few", "not_comparable"])
    order = pl.col("claim_code").replace_strict({c: i for i, c in enumerate(CLAIMS)}, return_dtype=pl.Int8)
    # a claim that could not be made at all is no headline
    made = (~base.is_in(["too_few", "not_comparable"])).fill_null(False)
    found = frame.with_columns(made.alias("_made")).filter("_made").sort(order, maintain_order=True)
    if found.is_empty():
        return empty("out_robustness")
    return found.with_columns(pl.when(said).then(pl.col("answer_code") == base).alias("holds"))


def _row(claim: str, choice: str, answer: Answer) -> dict[str, Any]:
    zh, en = CLAIMS[claim]
    choice_zh, choice_en = CHOICES[choice]
    return {
        "claim_code": claim,
        "claim_label_zh": zh,
        "claim_label_en": en,
        "choice_code": choice,
        "choice_label_zh": choice_zh,
        "choice_label_en": choice_en,
        **answer,
    }


def _without(ledger: Ledger) -> Iterator[tuple[str, pl.DataFrame]]:
    """Selections that leave notices out; only those that leave some out and some in."""
    notices = ledger.notices
    level = notices["admin_level"].drop_nulls().mode().sort().first()
    kept = {
        "no_excerpts": ~pl.col("is_excerpt"),
        "one_level": pl.col("admin_level") == level if level is not None else pl.lit(True),
        "no_look_backs": pl.col("inspection_kind").fill_null("") != "look_back",
    }
    for name, condition in kept.items():
        left = notices.filter(condition).select("notice_id")
        if 0 < left.height < notices.height:
            yield name, left


def _told_apart(ledger: Ledger, kept: pl.DataFrame, unit: str, definition: str) -> Answer:
    own = (
        shares(ledger, unit)
        .filter(
            (pl.col("definition_code") == definition)
            & pl.col("share").is_not_null()
            & (pl.col("n_count") > 0)
        )
        .join(kept, on="notice_id", how="semi", maintain_order="left")
        .join(
            ledger.notices.select("notice_id", "label_zh", "label_en"), on="notice_id", maintain_order="left"
        )
    )
    nothing = {"value": None, "low": None, "high": None, "n_count": own.height}
    if own.height < 2:
        return nothing | {"answer_code": "too_few"}
    if refusal(own, definition):
        return nothing | {"answer_code": "not_comparable"}
    p, _ = fisher_rx2((x, n - x) for x, n in own.select("x_count", "n_count").iter_rows())
    return nothing | {"value": p, "answer_code": "differ" if p < ALPHA else "cannot_be_told_apart"}


def _trend(ledger: Ledger, kept: pl.DataFrame, unit: str, definition: str) -> Answer:
    own = rounds(ledger, unit).filter((pl.col("definition_code") == definition) & pl.col("is_latest"))
    found = trend_of(own.join(kept, on="notice_id", how="semi", maintain_order="left"))
    found = found.filter(pl.col("method_code") == "mantel_haenszel").sort("body_count", descending=True)
    if found.is_empty():
        return {"value": None, "low": None, "high": None, "n_count": 0, "answer_code": "too_few"}
    row = found.row(0, named=True)
    return {
        "value": row["estimate"],
        "low": row["low"],
        "high": row["high"],
        "n_count": row["body_count"],
        "answer_code": row["verdict_code"],
    }


def _types_in_all(ledger: Ledger, kept: pl.DataFrame, unit: str, column: str) -> Answer:
    own = typed(ledger, unit).join(kept, on="notice_id", how="semi", maintain_order="left")
    present = own.group_by("type_code").agg((pl.col(column) > 0).all().alias("all"))
    notices = own["notice_id"].n_unique()
    found = int(present.filter("all", pl.col("type_code") != UNCLASSIFIED).height)
    answer = "too_few" if notices < 2 else "some" if found else "none"
    return {"value": float(found), "low": None, "high": None, "n_count": notices, "answer_code": answer}
