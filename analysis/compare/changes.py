"""What changed from one round of a body to its next: the ratio, and the types that came, stayed and went.

A type that returns is no proof that the same problem did; what a text itself says of an earlier finding
that stayed open (复发) stands apart, in ``out_recurrences``.
"""

from __future__ import annotations

import polars as pl

from analysis.compare.frames import empty, newcombe, table, union_of_flags, wilson
from analysis.compare.kinds import TYPE, typed
from analysis.compare.series import consecutive, ordered, rounds
from analysis.compare.stats import ALPHA, adjusted, boschloo, detectable
from analysis.selection import Ledger

LISTS = {
    "returned": "returned_type_codes",
    "returned_after_absence": "returned_after_absence_type_codes",
    "new": "new_type_codes",
    "gone": "gone_type_codes",
}


@table("out_round_changes")
def round_changes(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_round_changes``: each body's round and its next under one definition; later less earlier share.

    ``p_value`` Boschloo; ``p_adjusted`` Holm over the consecutive pairs of a definition decides
    ``verdict_code`` (rises, falls, not_told_apart, too_few, not_comparable), ``p_screened``
    (Benjamini–Hochberg) only ``is_worth_a_look``. Not comparable: one publishes no ratio, or units or bases
    differ. Types: ``returned_type_codes`` in both, ``new_type_codes`` never before, and so on.
    """
    pairs = consecutive(ledger)
    if pairs.is_empty():
        return empty("out_round_changes")
    own = rounds(ledger, unit)
    numbers = ["unit", "basis_code", "x_count", "n_count", "share", "wilson_low", "wilson_high", "flags"]
    side = own.select("notice_id", "definition_code", *numbers)
    # _a is the later round: the difference is later less earlier
    rows = (
        pairs.join(
            side.rename({c: f"{c}_b" for c in numbers}),
            left_on="from_notice_id",
            right_on="notice_id",
            how="inner",
            maintain_order="left_right",
        )
        .join(
            side.rename({c: f"{c}_a" for c in numbers}),
            left_on=["to_notice_id", "definition_code"],
            right_on=["notice_id", "definition_code"],
            how="inner",
            maintain_order="left",
        )
        .join(_names(ledger), on="body_id", how="left", maintain_order="left")
        .join(_labels(ledger, "from"), on="from_notice_id", how="left", maintain_order="left")
        .join(_labels(ledger, "to"), on="to_notice_id", how="left", maintain_order="left")
        .join(
            _type_lists(ledger, unit),
            on=["from_notice_id", "to_notice_id"],
            how="left",
            maintain_order="left",
        )
    )
    lacking = pl.col("share_a").is_null() | pl.col("share_b").is_null()
    other_unit, other_basis = (pl.col(f"{c}_a") != pl.col(f"{c}_b") for c in ("unit", "basis_code"))
    usable = ~(lacking | other_unit | other_basis)
    rows = rows.with_columns(
        usable.alias("_usable"),
        pl.when(lacking)
        .then(pl.lit("no_share"))
        .when(other_unit)
        .then(pl.lit("unit_differs"))
        .when(other_basis)
        .then(pl.lit("basis_differs"))
        .alias("reason_code"),
        *newcombe(),
    ).with_columns(pl.when("_usable").then(pl.col("difference", "newcombe_low", "newcombe_high")))
    counts = ["x_count_a", "n_count_a", "x_count_b", "n_count_b"]
    p = [
        boschloo(*row[1:]) if row[0] and None not in row else None
        for row in rows.select("_usable", *counts).iter_rows()
    ]
    rows = rows.with_columns(pl.Series("p_value", p, dtype=pl.Float64))
    parts = []
    for (_,), part in rows.group_by("definition_code", maintain_order=True):
        tests = part["p_value"].count()
        parts.append(
            part.with_columns(
                adjusted(part["p_value"], "holm").alias("p_adjusted"),
                adjusted(part["p_value"], "fdr_bh").alias("p_screened"),
                detectable(part["n_count_b"], part["n_count_a"], part["share_b"], tests),
            )
        )
    too_few = pl.col("detectable_difference").is_null()
    verdict = (
        pl.when(~pl.col("_usable"))
        .then(pl.lit("not_comparable"))
        .when(pl.col("p_adjusted") < ALPHA)
        .then(pl.when(pl.col("difference") > 0).then(pl.lit("rises")).otherwise(pl.lit("falls")))
        .when(too_few)
        .then(pl.lit("too_few"))
        .otherwise(pl.lit("not_told_apart"))
    )
    return pl.concat(parts).with_columns(
        pl.col("unit_a").alias("unit"),
        verdict.alias("verdict_code"),
        pl.when("_usable").then("detectable_difference").alias("detectable_difference"),
        (pl.col("p_screened") < ALPHA).fill_null(False).alias("is_worth_a_look"),
        pl.col("x_count_b").alias("from_x_count"),
        pl.col("n_count_b").alias("from_n_count"),
        pl.col("x_count_a").alias("to_x_count"),
        pl.col("n_count_a").alias("to_n_count"),
        pl.concat_list("from_notice_id", "to_notice_id").alias("source_ids"),
        union_of_flags("flags_a", "flags_b"),
    )


def _labels(ledger: Ledger, side: str) -> pl.DataFrame:
    return ledger.notices.select(
        pl.col("notice_id").alias(f"{side}_notice_id"),
        pl.col("label_zh").alias(f"label_{side}_zh"),
        pl.col("label_en").alias(f"label_{side}_en"),
    )


def _names(ledger: Ledger) -> pl.DataFrame:
    return ledger.notices.select("body_id", "body_name", "city_code", "city_name").unique("body_id")


def _presence(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Type × consecutive pair: counts then and now, and how the type changed (null: in neither)."""
    own = typed(ledger, unit).select("notice_id", *TYPE, "primary_count", "n_count", "source_ids", "flags")
    rank = ordered(ledger).select("notice_id", "body_id", "round_number")
    first = (
        own.filter(pl.col("primary_count") > 0)
        .join(rank, on="notice_id")
        .group_by("body_id", "type_code")
        .agg(pl.col("round_number").min().alias("_first"))
    )
    before, now = pl.col("before_count") > 0, pl.col("after_count") > 0
    return (
        consecutive(ledger)
        .join(own, left_on="from_notice_id", right_on="notice_id", how="inner", maintain_order="left_right")
        .join(
            own.drop("type_label_zh", "type_label_en"),
            left_on=["to_notice_id", "type_code"],
            right_on=["notice_id", "type_code"],
            how="inner",
            suffix="_after",
            maintain_order="left",
        )
        .rename(
            {
                "primary_count": "before_count",
                "n_count": "before_n_count",
                "primary_count_after": "after_count",
                "n_count_after": "after_n_count",
            }
        )
        .join(
            rank.drop("body_id"),
            left_on="to_notice_id",
            right_on="notice_id",
            how="left",
            maintain_order="left",
        )
        .join(first, on=["body_id", "type_code"], how="left", maintain_order="left")
        .with_columns(
            pl.when(before & now)
            .then(pl.lit("returned"))
            .when(now & (pl.col("_first") < pl.col("round_number")))
            .then(pl.lit("returned_after_absence"))
            .when(now)
            .then(pl.lit("new"))
            .when(before)
            .then(pl.lit("gone"))
            .alias("change_code")
        )
        .filter(pl.col("change_code").is_not_null())
    )


def _type_lists(ledger: Ledger, unit: str) -> pl.DataFrame:
    changed = pl.col("change_code")
    return (
        _presence(ledger, unit)
        .group_by("from_notice_id", "to_notice_id", maintain_order=True)
        .agg(
            pl.col("type_code").filter(changed == code).sort().alias(column) for code, column in LISTS.items()
        )
    )


@table("out_type_returns")
def type_returns(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_type_returns``: a type in two consecutive rounds of one body, with counts, n and the change of its share.

    ``change_code``: returned (in both), returned_after_absence, new (never before), gone.
    """
    found = _presence(ledger, unit)
    if found.is_empty():
        return empty("out_type_returns")
    rows = found.with_columns(
        *(e.name.suffix("_a") for e in wilson("after_count", "after_n_count")),
        *(e.name.suffix("_b") for e in wilson("before_count", "before_n_count")),
    ).with_columns(
        *newcombe(),
        pl.lit(unit).alias("unit"),
        pl.lit("same_primary_type_in_consecutive_rounds").alias("definition_code"),
        pl.concat_list(pl.col("source_ids", "source_ids_after").fill_null([])).alias("source_ids"),
        union_of_flags("flags", "flags_after"),
    )
    return (
        rows.join(_labels(ledger, "from"), on="from_notice_id", how="left", maintain_order="left")
        .join(_labels(ledger, "to"), on="to_notice_id", how="left", maintain_order="left")
        .join(_names(ledger).select("body_id", "body_name"), on="body_id", how="left", maintain_order="left")
    )
