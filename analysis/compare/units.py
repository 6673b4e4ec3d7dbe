"""What is counted: units with their results, how many a notice has, and the totals that it states."""

from __future__ import annotations

import polars as pl

from analysis.compare.frames import code_frame, shared
from analysis.ledger.results import NOT_STATED, is_itemised, unit_results
from analysis.lookups import load_csv
from analysis.selection import Ledger

UNCLASSIFIED = "unclassified"


@shared
def units(ledger: Ledger, unit: str) -> pl.DataFrame:
    """One row per ``problem`` or leaf ``item`` in text order.

    Columns: notice_id, problem_id, aspect_id, category_id, status_code, status_basis,
    reported_code (the result by the unit's own words, else not_stated: a total decides no unit),
    primary_type_code, secondary_type_codes, type_basis, measure_count.
    """
    extra = ledger.problems.select(
        "problem_id", "primary_type_code", "secondary_type_codes", "type_basis", "measure_count"
    )
    return (
        unit_results(ledger.problems, unit)
        .join(extra, on="problem_id", how="left", maintain_order="left")
        .with_columns(
            pl.when(is_itemised())
            .then(pl.col("status_code"))
            .otherwise(pl.lit(NOT_STATED))
            .alias("reported_code")
        )
    )


@shared
def sizes(ledger: Ledger) -> pl.DataFrame:
    """``notice_id``, ``problem``, ``item``, ``measure``: how many of each a notice holds; 0 for none."""
    counted = ledger.problems.group_by("notice_id").agg(
        (pl.col("unit") == "problem").sum().alias("problem"),
        pl.col("is_leaf").sum().alias("item"),
        pl.col("measure_count").filter(pl.col("is_leaf")).sum().alias("measure"),
    )
    return (
        ledger.notices.select("notice_id")
        .join(counted, on="notice_id", how="left", maintain_order="left")
        .with_columns(pl.col("problem", "item", "measure").fill_null(0).cast(pl.Int64))
    )


@shared
def totals(ledger: Ledger) -> pl.DataFrame:
    """The stated total of each code and unit that speaks of the whole notice (not of an aspect or a problem).

    Columns: notice_id, claim_code, unit, value, claim_id, char_start; ``is_main`` marks the one of its
    code in any unit. Of several the one that equals what was counted, else the greatest, else the first.
    """
    counted = sizes(ledger).unpivot(index="notice_id", variable_name="_size", value_name="_counted")
    size_of = {"problems": "problem", "items": "item", "tasks": "item", "measures": "measure"}
    by_preference = (
        ledger.claims.filter(pl.col("section_id").is_null() & pl.col("problem_id").is_null())
        .with_columns(
            pl.col("claim_code").replace_strict(size_of, default=None, return_dtype=pl.String).alias("_size")
        )
        .join(counted, on=["notice_id", "_size"], how="left", maintain_order="left")
        .sort(
            (pl.col("value") == pl.col("_counted")).fill_null(False),
            "value",
            descending=True,
            maintain_order=True,
        )
        .select("notice_id", "claim_code", "unit", "value", "claim_id", "char_start")
    )
    return by_preference.unique(
        ["notice_id", "claim_code", "unit"], keep="first", maintain_order=True
    ).with_columns((pl.int_range(pl.len()).over("notice_id", "claim_code") == 0).alias("is_main"))


def problem_types() -> pl.DataFrame:
    """``type_code``, ``type_label_zh``, ``type_label_en``, ``dimension_code``; unclassified last."""
    types = code_frame("codes_problem_types", "dimension_code").with_columns(
        pl.when(pl.col("dimension_code").fill_null("") == "")
        .then(pl.lit(UNCLASSIFIED))
        .otherwise("dimension_code")
        .alias("dimension_code")
    )
    if UNCLASSIFIED not in types["code"]:
        last = {"code": UNCLASSIFIED, "label_zh": "未能归类", "label_en": "Unclassified"}
        types = pl.concat([types, pl.DataFrame([last | {"dimension_code": UNCLASSIFIED}])])
    return types.rename({"code": "type_code", "label_zh": "type_label_zh", "label_en": "type_label_en"})


def done_statuses() -> dict[str, list[str]]:
    """definition → result codes that count as done (lookup completion_definitions)."""
    found: dict[str, list[str]] = {}
    for row in load_csv("compare/completion_definitions"):
        if row["is_done"] == "1":
            found.setdefault(row["definition"], []).append(row["status_code"])
    return found
