"""Completed of all, by each definition, as far as a notice says it: from its items or from its own totals."""

from __future__ import annotations

import polars as pl

from analysis.compare.frames import shared
from analysis.compare.units import done_statuses, sizes, totals, units
from analysis.ledger.results import NOT_STATED
from analysis.ledger.schemas import STATUS_CODES
from analysis.selection import Ledger

CLAIMED = ("problem", "item", "task", "measure")  # units in which a total may be stated
KEPT_UP = ("completed_long_term", "long_term")
RESULT_CLAIMS = (*KEPT_UP, "basically_completed", "phased", "in_progress", "not_completed")
# what a reader must know before using a number
NOTES = {
    "": ("", ""),
    "not_published": (
        "该通报既未逐项写明结果，也未公布总数：不是0，也不是100%。",
        "The notice publishes results neither by item nor in total: this is neither 0 nor 100 %.",
    ),
    "no_total": ("该通报未公布完成总数。", "The notice does not publish a completed total."),
    "no_items": ("该通报未逐项写明结果。", "The notice does not state results by item."),
    "few_items": (
        "写明结果的事项不足一半，不计算比例，只给出上下限。",
        "Fewer than half of the items state a result: no share, only bounds.",
    ),
    "some_missing": (
        "部分事项未写明结果，未计入比例；上下限见表。",
        "Some items state no result; they are left out of the share, see the bounds.",
    ),
    "from_total": (
        "取自通报的总数，并非逐项数得。",
        "Taken from the notice's total, not counted item by item.",
    ),
    "no_split": (
        "总数未单列长期坚持事项，严格口径无法得知。",
        "The total does not set long-term items apart, so the strict reading cannot be known.",
    ),
    "rate_only": (
        "通报只公布完成率，未公布分子与分母。",
        "The notice publishes a rate without its numerator and denominator.",
    ),
    "over": (
        "声明的完成数大于声明的总数，不计算比例。",
        "The stated completed number exceeds the stated total: no share.",
    ),
    "no_size": ("通报未声明总数，不计算比例。", "The notice states no total: no share."),
    "counted_n": (
        "通报未声明总数，分母取逐项数：声明与逐项混用。",
        "The notice states no total; the denominator is counted, so stated and counted are mixed.",
    ),
    "other_unit": (
        "总数按其他单位声明，不能与按问题计的比例相比。",
        "The total is stated in another unit and cannot be compared with shares of problems.",
    ),
}
COLUMNS = (
    "notice_id",
    "definition_code",
    "unit",
    "basis_code",
    "x_count",
    "n_count",
    "missing_count",
    "total_count",
    "share",
    "note",
    "source_ids",
)


@shared
def shares(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Five rows per notice (stated, itemised, strict, lenient, best_available), in display order.

    ``share`` is null where x or n is, or where fewer than half of the units state a result. The fifth
    takes items where they state results, else the total: it mixes bases on purpose and serves tests only.
    """
    stated, items = _stated(ledger, unit), _itemised(ledger, unit)
    use_items = pl.col("n_count").is_not_null() & (2 * pl.col("n_count") >= pl.col("total_count"))
    itemised = items.filter(pl.col("definition_code") == "itemised")
    by_items = itemised.filter(use_items & (pl.col("total_count") > 0)).select("notice_id")
    own_total = stated.filter(pl.col("x_count").is_not_null() & (pl.col("unit") == unit))
    by_total = own_total.join(by_items, on="notice_id", how="anti").select("notice_id")
    countable = own_total.filter(pl.col("n_count").is_not_null()).join(by_items, on="notice_id", how="anti")
    from_total = _from_total(ledger, countable)
    rest = (
        items.filter(pl.col("definition_code").is_in(["strict", "lenient"]))
        .join(from_total, on=["notice_id", "definition_code"], how="anti", maintain_order="left")
        .join(stated.select("notice_id", pl.col("basis_code").alias("_stated")), on="notice_id", how="left")
        .with_columns(
            pl.when(pl.col("n_count").is_not_null())
            .then("note")
            .when(pl.col("_stated") == "none")
            .then(pl.lit("not_published"))
            .otherwise(pl.lit("no_items"))
            .alias("note")
        )
    )
    best = pl.concat(
        [
            itemised.join(by_total, on="notice_id", how="anti").select(COLUMNS),
            stated.join(by_total, on="notice_id", how="semi").select(COLUMNS),
        ]
    ).with_columns(pl.lit("best_available").alias("definition_code"))
    every = pl.concat([frame.select(COLUMNS) for frame in (stated, itemised, from_total, rest, best)])
    order = pl.col("definition_code").replace_strict(
        {d: i for i, d in enumerate(("stated", "itemised", "strict", "lenient", "best_available"))},
        return_dtype=pl.Int8,
    )
    return (
        ledger.notices.select("notice_id")
        .with_row_index("_notice")
        .join(every, on="notice_id", how="left")
        .sort("_notice", order)
        .drop("_notice")
    )


def _itemised(ledger: Ledger, unit: str) -> pl.DataFrame:
    """Itemised, strict and lenient, counted from the units' own words."""
    status, frames = pl.col("reported_code"), []
    rank = status.replace_strict({s: i for i, s in enumerate(STATUS_CODES)}, return_dtype=pl.Int8)
    counted = units(ledger, unit).sort(rank, maintain_order=True).group_by("notice_id", maintain_order=True)
    for definition, done in done_statuses().items():
        counts = counted.agg(
            pl.len().cast(pl.Int64).alias("total_count"),
            (status == NOT_STATED).sum().cast(pl.Int64).alias("missing_count"),
            pl.col("problem_id").filter(status.is_in(done)).alias("source_ids"),
        )
        frames.append(
            ledger.notices.select("notice_id", pl.lit(definition).alias("definition_code")).join(
                counts, on="notice_id", how="left", maintain_order="left"
            )
        )
    n = pl.col("total_count") - pl.col("missing_count")
    none = n == 0
    x = pl.col("source_ids").list.len().cast(pl.Int64)
    return (
        pl.concat(frames)
        .with_columns(pl.col("total_count", "missing_count").fill_null(0), pl.lit(unit).alias("unit"))
        .with_columns(
            pl.when(none).then(pl.lit("none")).otherwise(pl.lit("items")).alias("basis_code"),
            pl.when(~none).then(x).alias("x_count"),
            pl.when(~none).then(n).alias("n_count"),
            pl.when(n >= pl.col("missing_count")).then(x / pl.when(n > 0).then(n)).alias("share"),
            pl.when(none)
            .then(pl.lit("no_items"))
            .when(n < pl.col("missing_count"))
            .then(pl.lit("few_items"))
            .when(pl.col("missing_count") > 0)
            .then(pl.lit("some_missing"))
            .otherwise(pl.lit(""))
            .alias("note"),
        )
    )


def _stated(ledger: Ledger, unit: str) -> pl.DataFrame:
    """The notice's own completed total: in the chosen unit where it gives one, else in the unit it gives."""
    found = totals(ledger)
    by_measure = (pl.col("claim_code") == "measures_completed") & pl.col("is_main")
    rank = {code: i for i, code in enumerate(dict.fromkeys((unit, *CLAIMED)))}
    done = (
        found.filter(by_measure | ((pl.col("claim_code") == "completed") & pl.col("unit").is_in(CLAIMED)))
        .with_columns(pl.when(by_measure).then(pl.lit("measure")).otherwise("unit").alias("unit"))
        .sort(
            pl.col("unit").replace_strict(rank, return_dtype=pl.Int8),
            ~by_measure,
            maintain_order=True,
        )
        .unique("notice_id", keep="first", maintain_order=True)
        .select("notice_id", "unit", pl.col("value").alias("x_count"), "claim_id")
    )
    size_codes = {"problems": "problem", "items": "item", "tasks": "task", "measures": "measure"}
    is_size = pl.col("claim_code").replace_strict(size_codes, default="", return_dtype=pl.String)
    size = found.filter(is_size == pl.col("unit")).select(
        "notice_id", "unit", pl.col("value").alias("_stated_n"), pl.col("claim_id").alias("_size_id")
    )
    counted = sizes(ledger).unpivot(index="notice_id", variable_name="unit", value_name="_counted")
    rate = found.filter((pl.col("claim_code") == "completion_share") & pl.col("is_main")).select(
        "notice_id",
        pl.when(pl.col("unit").is_in(CLAIMED)).then("unit").otherwise(pl.lit(unit)).alias("_rate_unit"),
        pl.when(pl.col("value") > 1)
        .then(pl.col("value") / 100)
        .otherwise("value")
        .clip(upper_bound=1)
        .alias("_rate"),
        pl.col("claim_id").alias("_rate_id"),
    )
    x, n = pl.col("x_count"), pl.col("n_count")
    has_total = x.is_not_null()
    return (
        ledger.notices.select("notice_id", pl.lit("stated").alias("definition_code"))
        .join(done, on="notice_id", how="left", maintain_order="left")
        .join(size, on=["notice_id", "unit"], how="left", maintain_order="left")
        .join(counted, on=["notice_id", "unit"], how="left", maintain_order="left")
        .join(rate, on="notice_id", how="left", maintain_order="left")
        .with_columns(
            x.cast(pl.Int64), pl.coalesce("_stated_n", "_counted").cast(pl.Int64).alias("total_count")
        )
        .with_columns(
            pl.when(x <= pl.col("total_count")).then("total_count").alias("n_count"),
            pl.when(has_total).then("total_count").alias("total_count"),
        )
        .with_columns(
            pl.when(has_total & n.is_null() & pl.col("total_count").is_not_null())
            .then(pl.lit("over"))
            .when(has_total & n.is_null())
            .then(pl.lit("no_size"))
            .when(has_total & (pl.col("unit") != unit))
            .then(pl.lit("other_unit"))
            .when(has_total & pl.col("_stated_n").is_null())
            .then(pl.lit("counted_n"))
            .when(has_total)
            .then(pl.lit(""))
            .when(pl.col("_rate").is_not_null())
            .then(pl.lit("rate_only"))
            .otherwise(pl.lit("no_total"))
            .alias("note"),
            pl.when(has_total | pl.col("_rate").is_not_null())
            .then(pl.lit("total"))
            .otherwise(pl.lit("none"))
            .alias("basis_code"),
            pl.when(n.is_not_null()).then(0).cast(pl.Int64).alias("missing_count"),
            pl.when(has_total).then(x / pl.when(n > 0).then(n)).otherwise("_rate").alias("share"),
            pl.coalesce("unit", "_rate_unit", pl.lit(unit)).alias("unit"),
            pl.when(has_total)
            .then(pl.concat_list("claim_id", "_size_id"))
            .otherwise(pl.concat_list("_rate_id"))
            .list.drop_nulls()
            .alias("source_ids"),
        )
    )


def _from_total(ledger: Ledger, stated: pl.DataFrame) -> pl.DataFrame:
    """Strict and lenient from stated totals, where they allow it.

    长期坚持 (kept up) stands beside the completed ones where all kinds add up to the whole, else among them.
    """
    code, value = pl.col("claim_code"), pl.col("value").cast(pl.Int64)
    kept = code.is_in(KEPT_UP)
    favourable = code.is_in(done_statuses()["lenient"])
    kinds = (
        totals(ledger)
        .filter(code.is_in(RESULT_CLAIMS))
        .join(stated.select("notice_id", "unit"), on=["notice_id", "unit"], how="semi")
        .group_by("notice_id")
        .agg(
            # one phrase may be read as two kinds: its number counts once
            value.filter(pl.col("char_start").is_first_distinct()).sum().alias("_all"),
            value.filter(kept).sum().alias("_kept"),
            kept.any().alias("_has_kept"),
            value.filter(favourable & ~kept).sum().alias("_other"),
            pl.col("claim_id").filter(kept).alias("_kept_ids"),
            pl.col("claim_id").filter(favourable & kept).alias("_kept_done_ids"),
            value.filter(favourable & kept).sum().alias("_kept_done"),
            pl.col("claim_id").filter(favourable & ~kept).alias("_other_ids"),
        )
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    x, n = pl.col("x_count"), pl.col("n_count")
    base = (
        stated.join(kinds, on="notice_id", how="left", maintain_order="left")
        .with_columns(pl.col("_all", "_kept", "_other", "_kept_done").fill_null(0))
        .with_columns(
            pl.col("_has_kept").fill_null(False),
            pl.col("_kept_ids", "_kept_done_ids", "_other_ids").fill_null(none),
            (x + pl.col("_all") == n).alias("_beside"),
        )
    )
    own = pl.col("source_ids")
    strict = base.with_columns(
        pl.lit("strict").alias("definition_code"),
        pl.when("_has_kept")
        .then((x - pl.when("_beside").then(0).otherwise("_kept")).clip(0))
        .alias("x_count"),
        pl.when("_has_kept").then(n).alias("n_count"),
        pl.when("_has_kept").then("missing_count").alias("missing_count"),
        pl.when("_has_kept").then(pl.lit("from_total")).otherwise(pl.lit("no_split")).alias("note"),
        pl.when(pl.col("_has_kept") & ~pl.col("_beside"))
        .then(pl.concat_list(own, "_kept_ids"))
        .otherwise(own)
        .alias("source_ids"),
    )
    lenient = base.with_columns(
        pl.lit("lenient").alias("definition_code"),
        pl.min_horizontal(n, x + pl.col("_other") + pl.when("_beside").then("_kept_done").otherwise(0)).alias(
            "x_count"
        ),
        pl.lit("from_total").alias("note"),
        pl.concat_list(own, "_other_ids", pl.when("_beside").then("_kept_done_ids").otherwise(none)).alias(
            "source_ids"
        ),
    )
    return pl.concat([strict, lenient]).with_columns(
        (pl.col("x_count") / pl.when(pl.col("n_count") > 0).then("n_count")).alias("share")
    )
