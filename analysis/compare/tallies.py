"""What is compared, how much of what it holds, and whether its own totals agree with that.

Length of the inspection and of the text stand beside the counts as context; no table divides by them,
since a longer inspection or text makes no worse body.
"""

from __future__ import annotations

import re
from functools import cache

import polars as pl

from analysis.compare.flagging import NO_IDS, flagged, notice_flags
from analysis.compare.frames import IDS, code_frame, flag_list, keys, table, wilson, with_keys
from analysis.compare.units import UNCLASSIFIED, problem_types, sizes, totals, units
from analysis.lookups import load_csv
from analysis.selection import Ledger

# days from first to last, both included
INSPECTION_DAYS = (
    pl.when(pl.col("inspection_end_date") >= pl.col("inspection_start_date"))
    .then((pl.col("inspection_end_date") - pl.col("inspection_start_date")).dt.total_days() + 1)
    .alias("inspection_days")
)


@table("out_notices")
def notices(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_notices``: what is compared, one row per notice, with its sizes, context and flags."""
    decided = (
        units(ledger, unit)
        .group_by("notice_id")
        .agg((pl.col("primary_type_code") != UNCLASSIFIED).mean().alias("classified_share"))
    )
    tasks = totals(ledger).filter((pl.col("claim_code") == "tasks") & pl.col("is_main"))
    counted = sizes(ledger).rename({"problem": "_problem", "item": "_item", "measure": "_measure"})
    return (
        ledger.notices.join(counted, on="notice_id", how="left", maintain_order="left")
        .join(decided, on="notice_id", how="left", maintain_order="left")
        .join(
            tasks.select("notice_id", pl.col("value").alias("stated_task_count")),
            on="notice_id",
            how="left",
            maintain_order="left",
        )
        .join(notice_flags(ledger, unit), on="notice_id", how="left", maintain_order="left")
        .with_columns(
            INSPECTION_DAYS,
            pl.col("_problem").alias("problem_count"),
            pl.col("_item").alias("leaf_item_count"),
            pl.col("_measure").alias("measure_count"),
            pl.lit(ledger.year_basis).alias("year_basis"),
            flag_list(lambda flag: pl.col("_flags").list.contains(flag)).alias("flags"),
        )
    )


@table("out_problem_counts")
def counts(ledger: Ledger, unit: str | None = None) -> pl.DataFrame:
    """``out_problem_counts``: notice × group × unit, every section and dimension, also those with 0.

    ``group_code`` notice, aspect, category, dimension; ``definition_code`` counted, or stated where the
    notice states a total. ``unit``: only this one.
    """
    context = ledger.notices.select("notice_id", INSPECTION_DAYS, "char_count")
    counted = (
        sizes(ledger)
        .unpivot(index="notice_id", variable_name="unit", value_name="value_count")
        .with_columns(pl.lit("counted").alias("definition_code"), NO_IDS.alias("source_ids"))
    )
    stated_in = {"problems": "problem", "tasks": "task", "measures": "measure"}
    code = pl.col("claim_code")
    stated = (
        totals(ledger)
        .filter("is_main", code.is_in(list(stated_in)))
        .select(
            "notice_id",
            code.replace_strict(stated_in, default=None, return_dtype=pl.String).alias("unit"),
            pl.col("value").cast(pl.Int64).alias("value_count"),
            pl.lit("stated").alias("definition_code"),
            pl.concat_list("claim_id").alias("source_ids"),
        )
    )
    whole = pl.concat([counted, stated]).with_columns(
        pl.lit("notice").alias("group_code"),
        pl.lit(None, pl.String).alias("group_id"),
        pl.lit(0).alias("group_ordinal"),
        pl.lit("全篇").alias("group_label_zh"),
        pl.lit("Whole notice").alias("group_label_en"),
        pl.col("value_count").alias("n_count"),
        pl.lit(None, pl.Float64).alias("share"),
        pl.lit(None, pl.Float64).alias("wilson_low"),
        pl.lit(None, pl.Float64).alias("wilson_high"),
    )
    parts = [_groups(ledger, one) for one in ("problem", "item")]
    every = pl.concat([whole, *(part.select(whole.columns) for part in parts)], how="vertical_relaxed")
    order = {"notice": 0, "problem": 1, "item": 2}
    rows = with_keys(ledger, every).join(context, on="notice_id", how="left", maintain_order="left")
    rows = flagged(ledger, rows, "counts", unit or "problem")
    notice_order = pl.DataFrame({"notice_id": ledger.notice_ids}).with_row_index("_order")
    rank = (
        pl.when(pl.col("group_code") == "notice")
        .then(0)
        .otherwise(pl.col("unit").replace_strict(order, default=3, return_dtype=pl.Int64))
    )
    sorted_rows = rows.join(notice_order, on="notice_id", how="left").sort(
        "_order", rank, maintain_order=True
    )
    return sorted_rows if unit is None else sorted_rows.filter(pl.col("unit") == unit)


def _groups(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Aspects, categories and dimensions of each notice that has units."""
    to_dimension = problem_types().select("type_code", "dimension_code")
    own = units(ledger, unit).join(
        to_dimension, left_on="primary_type_code", right_on="type_code", how="left", maintain_order="left"
    )
    n = own.group_by("notice_id", maintain_order=True).agg(pl.len().cast(pl.Int64).alias("n_count"))
    names = {"aspect": ("方面", "Aspect"), "category": ("分类", "Category")}
    level = pl.col("section_level")
    sections = ledger.sections.select(
        "notice_id",
        level.alias("group_code"),
        pl.col("section_id").alias("group_id"),
        pl.col("ordinal").alias("group_ordinal"),
        pl.format(
            "{}{}", level.replace_strict({k: v[0] for k, v in names.items()}, default=level), "ordinal"
        ).alias("group_label_zh"),
        pl.format(
            "{} {}", level.replace_strict({k: v[1] for k, v in names.items()}, default=level), "ordinal"
        ).alias("group_label_en"),
    ).sort("group_code", maintain_order=True)
    last = {"code": UNCLASSIFIED, "label_zh": "未能归类", "label_en": "Unclassified"}
    dimensions = (
        pl.concat([code_frame("codes_dimensions"), pl.DataFrame([last])])
        .rename({"code": "group_id", "label_zh": "group_label_zh", "label_en": "group_label_en"})
        .with_row_index("group_ordinal", offset=1)
        .with_columns(pl.lit("dimension").alias("group_code"), pl.col("group_ordinal").cast(pl.Int64))
    )
    grid = pl.concat(
        [
            sections.join(n, on="notice_id", how="inner", maintain_order="left"),
            n.join(dimensions, how="cross", maintain_order="left_right").select(*sections.columns, "n_count"),
        ]
    )
    found = pl.concat(
        own.filter(pl.col(column).is_not_null())
        .group_by("notice_id", pl.col(column).alias("group_id"), maintain_order=True)
        .agg(pl.lit(group).first().alias("group_code"), pl.col("problem_id").alias("source_ids"))
        for column, group in (
            ("aspect_id", "aspect"),
            ("category_id", "category"),
            ("dimension_code", "dimension"),
        )
    )
    return (
        grid.join(found, on=["notice_id", "group_code", "group_id"], how="left", maintain_order="left")
        .with_columns(
            pl.col("source_ids").list.len().fill_null(0).cast(pl.Int64).alias("value_count"),
            pl.lit(unit).alias("unit"),
            pl.lit("counted").alias("definition_code"),
            pl.col("source_ids").fill_null(pl.lit([], dtype=IDS)),
        )
        .with_columns(wilson("value_count", "n_count"))
    )


@table("out_reconciliation")
def reconciliation(ledger: Ledger) -> pl.DataFrame:
    """``out_reconciliation``: every stated total against what was counted.

    ``is_agreeing`` null: it cannot be decided, for the reason in ``note_text``/``note_en``.
    """
    labels = code_frame("codes_checks", "unit", "note_en").rename(
        {
            "code": "check_code",
            "label_zh": "check_label_zh",
            "label_en": "check_label_en",
            "note_en": "definition_code",
        }
    )
    checks = (
        ledger.checks.join(labels, on="check_code", how="left", maintain_order="left")
        .join(
            sizes(ledger).select("notice_id", pl.col("problem").alias("n_count")),
            on="notice_id",
            how="left",
            maintain_order="left",
        )
        .with_columns(
            pl.col("check_label_zh", "check_label_en").fill_null(pl.col("check_code")),
            pl.col("unit").fill_null(""),
            pl.when(pl.col("definition_code").fill_null("") == "")
            .then(pl.lit("stated against counted"))
            .otherwise("definition_code")
            .alias("definition_code"),
            pl.col("section_id").alias("group_id"),
            (pl.col("stated_value") - pl.col("counted_value")).alias("difference"),
            pl.col("note_text").map_elements(note_in_english, return_dtype=pl.String).alias("note_en"),
            pl.concat_list("claim_id").alias("source_ids"),
            flag_list(lambda flag: ~pl.col("is_agreeing") if flag == "R" else pl.lit(False)).alias("flags"),
        )
    )
    return checks.join(keys(ledger).select("notice_id"), on="notice_id", how="semi", maintain_order="left")


@cache
def _note_patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.escape(row["zh"]).replace(r"\{\}", r"(\d+)") + "$"), row["en"])
        for row in load_csv("compare/check_notes")
    ]


def note_in_english(note: str) -> str:
    """A check's note in English (lookup check_notes); a note that is not there stays as it is."""
    for pattern, english in _note_patterns():
        if match := pattern.match(note):
            return english.format(*match.groups())
    return note
