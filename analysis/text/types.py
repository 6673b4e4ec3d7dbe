"""Which types of problem are common, in the notices' own words, and which measures follow them."""

from __future__ import annotations

import polars as pl
from IPython.display import Markdown

from analysis.figures.house import MOST_NOTICES
from analysis.figures.types import spread
from analysis.text.house import render

MOST_TYPES = 6
QUOTES_EACH = 2
LEAST_MEASURES = 10
LEAST_OF_KIND = 5  # measures of a kind under a type before it is called more common there
SHORTEST, LONGEST = 14, 90  # characters of a quote that says something and still fits a line or two


def counts(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How many problems the notices list, and which dimension holds most.

    ``frame``: rows of ``compare.counts``.
    """
    rows = frame.filter(pl.col("unit") == "problem")
    whole = rows.filter((pl.col("group_code") == "notice") & (pl.col("definition_code") == "counted"))
    dimensions = (
        rows.filter((pl.col("group_code") == "dimension") & (pl.col("value_count") > 0))
        .group_by("group_id", maintain_order=True)
        .agg(pl.col("value_count").sum())
        .sort("value_count", descending=True, maintain_order=True)
    )
    return render(
        "counts",
        lang,
        notices=whole.height,
        total=int(whole["value_count"].sum()),
        low=whole["value_count"].min(),
        high=whole["value_count"].max(),
        dimensions=dimensions.to_dicts(),
    )


def types(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """How many types occur in how many notices, by first type and with further types counted.

    ``frame``: rows of ``compare.type_counts``.
    """
    order, any_order = spread(frame), spread(frame, "any_count")
    total = frame["notice_id"].n_unique()
    most = order["present_count"].max() if order.height else 0
    any_most = any_order["present_count"].max() if any_order.height else 0
    return render(
        "types",
        lang,
        total=total,
        types=order.height,
        most=most,
        common=order.filter(pl.col("present_count") == most)["type_code"].to_list(),
        any_most=any_most,
        any_common=any_order.filter(pl.col("present_count") == any_most)["type_code"].to_list(),
        largest=order.sort("unit_count", descending=True, maintain_order=True).to_dicts()[:1],
        many=total > MOST_NOTICES,
        over_half=order.filter(pl.col("present_count") * 2 > total)["type_code"].to_list(),
        single=order.filter(pl.col("present_count") == 1).height,
    )


def typical(problems: pl.DataFrame, frame: pl.DataFrame, most_types: int = MOST_TYPES) -> pl.DataFrame:
    """Quotes that show the most widespread types: the surest codings of a line or so, one a notice, two a type.

    ``problems``: ``ledger.problems``; ``frame``: rows of ``compare.type_counts``; of one notice, its largest
    types. Columns of ``problems`` and ``present_count``, ``unit_count``.
    """
    single = frame["notice_id"].n_unique() == 1
    common = spread(frame).filter(pl.col("present_count") >= (1 if single else 2))
    if single:  # of one notice: its largest types
        common = common.sort("unit_count", descending=True, maintain_order=True)
    length = pl.col("statement_text").str.len_chars()
    chosen = (
        problems.filter(pl.col("is_leaf") & length.is_between(SHORTEST, LONGEST))
        .sort(
            "type_score",
            -(length.cast(pl.Int64) - 36).abs(),
            descending=True,
            nulls_last=True,
            maintain_order=True,
        )
        .unique(["primary_type_code", "statement_text"], keep="first", maintain_order=True)
        .unique(
            ["primary_type_code", "problem_id" if single else "notice_id"], keep="first", maintain_order=True
        )
        .group_by("primary_type_code", maintain_order=True)
        .head(QUOTES_EACH)
    )
    return (
        common.head(most_types)
        .rename({"type_code": "primary_type_code"})
        .join(chosen, on="primary_type_code", how="inner", maintain_order="left_right")
    )


def quotes(problems: pl.DataFrame, frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Two quotes for each of the six most widespread types, each leading to its sentence."""
    rows = typical(problems, frame)
    groups = [part.to_dicts() for part in rows.partition_by("primary_type_code", maintain_order=True)]
    common = spread(frame).filter(pl.col("present_count") >= 2).height
    total = frame["notice_id"].n_unique()
    return render("quotes", lang, groups=groups, total=total, common=common)


def measures_by_type(frame: pl.DataFrame, lang: str = "zh") -> Markdown:
    """Which kind of measure is most frequent, which least, and for which types a kind stands out.

    ``frame``: rows of ``compare.measures_by_type``. A kind stands out where it has five measures or more
    and the whole interval lies above its share of all.
    """
    total = int(frame.unique("type_code")["n_count"].sum())
    kinds = (
        frame.filter(pl.col("kind_code") != "other")
        .group_by("kind_code", pl.col(f"kind_label_{lang}").alias("label"), maintain_order=True)
        .agg(pl.col("x_count").sum())
        .with_columns((pl.col("x_count") / total).alias("share_of_all"))
        .sort("x_count", descending=True, maintain_order=True)
    )
    special = (
        frame.join(kinds.select("kind_code", "share_of_all"), on="kind_code")
        .filter(
            (pl.col("n_count") >= LEAST_MEASURES)
            & (pl.col("x_count") >= LEAST_OF_KIND)
            & (pl.col("wilson_low") > pl.col("share_of_all"))
        )
        .sort(pl.col("share") - pl.col("share_of_all"), descending=True, maintain_order=True)
        .unique("type_code", keep="first", maintain_order=True)
    )
    return render(
        "measures_by_type", lang, total=total, kinds=kinds.to_dicts(), special=special.to_dicts()[:5]
    )
