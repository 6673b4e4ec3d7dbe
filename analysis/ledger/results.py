"""Results per counting unit, where problems have sub-items: rolled up, and handed down.

A result counts as *itemised* only where it stands with the item or refers to it by number
(``status_basis`` item or reference). One that was deduced from a total proves nothing about
the total, so it is no itemised result.
"""

from __future__ import annotations

import polars as pl

from analysis.ledger.schemas import STATUS_CODES

# From best to worst; a problem is no further than its least advanced sub-item.
ADVANCE = (
    "completed",
    "completed_long_term",
    "basically_completed",
    "long_term",
    "phased",
    "in_progress",
    "not_completed",
)
ITEMISED_BASES = ("item", "reference")
NOT_STATED = "not_stated"

assert set(ADVANCE) | {NOT_STATED} == set(STATUS_CODES)


def unit_results(problems: pl.DataFrame, unit: str) -> pl.DataFrame:
    """One row per ``problem`` or ``leaf_item``: notice_id, problem_id, aspect_id, category_id, status_code, status_basis.

    ``problem``: a parent without a result of its own takes the least advanced one of its
    sub-items, if all of them state one (basis ``reference``: read elsewhere).
    ``leaf_item``: a sub-item without a result takes its parent's. Basis ``total`` stays visible;
    callers that count item by item drop it. Order is that of the input.
    """
    columns = ["notice_id", "problem_id", "aspect_id", "category_id", "status_code", "status_basis"]
    if unit == "problem":
        rows = problems.filter(pl.col("unit") == "problem")
        parents = rows.filter(~pl.col("is_leaf") & (pl.col("status_code") == NOT_STATED))
        if parents.is_empty():
            return rows.select(columns)
        rank = pl.col("status_code").replace_strict(
            ADVANCE, list(range(len(ADVANCE))), default=None, return_dtype=pl.Int8
        )
        below = (
            problems.filter(pl.col("parent_problem_id").is_not_null())
            .group_by("parent_problem_id", maintain_order=True)
            .agg(
                rank.max().alias("_worst"),
                rank.null_count().alias("_unknown"),
                (pl.col("status_basis") == "total").any().alias("_from_total"),
            )
        )
        rows = rows.join(
            below, left_on="problem_id", right_on="parent_problem_id", how="left", maintain_order="left"
        )
        takes = (pl.col("status_code") == NOT_STATED) & ~pl.col("is_leaf") & (pl.col("_unknown") == 0)
        return rows.with_columns(
            pl.when(takes)
            .then(
                pl.col("_worst").replace_strict(
                    list(range(len(ADVANCE))), ADVANCE, default=NOT_STATED, return_dtype=pl.String
                )
            )
            .otherwise(pl.col("status_code"))
            .alias("status_code"),
            pl.when(takes)
            .then(pl.when(pl.col("_from_total")).then(pl.lit("total")).otherwise(pl.lit("reference")))
            .otherwise(pl.col("status_basis"))
            .alias("status_basis"),
        ).select(columns)
    rows = problems.filter(pl.col("is_leaf"))
    if rows["parent_problem_id"].null_count() == rows.height:
        return rows.select(columns)
    above = problems.filter(~pl.col("is_leaf")).select(
        pl.col("problem_id").alias("parent_problem_id"),
        pl.col("status_code").alias("_status"),
        pl.col("status_basis").alias("_basis"),
    )
    rows = rows.join(above, on="parent_problem_id", how="left", maintain_order="left")
    takes = (
        (pl.col("status_code") == NOT_STATED)
        & pl.col("_status").is_not_null()
        & (pl.col("_status") != NOT_STATED)
    )
    return rows.with_columns(
        pl.when(takes).then(pl.col("_status")).otherwise(pl.col("status_code")).alias("status_code"),
        pl.when(takes)
        .then(pl.when(pl.col("_basis") == "total").then(pl.lit("total")).otherwise(pl.lit("reference")))
        .otherwise(pl.col("status_basis"))
        .alias("status_basis"),
    ).select(columns)


def is_itemised() -> pl.Expr:
    """Whether a row's result was read from the item (or by its number)."""
    return (pl.col("status_code") != NOT_STATED) & pl.col("status_basis").is_in(ITEMISED_BASES)
