"""Comparability flags: raised per notice, carried by every number, chart and sentence.

The letters and thresholds stand in the lookup codes_flags; a flag says what to know before
comparing, never that a notice is better or worse.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis.compare.coding import LOW_KAPPA, notice_kappas
from analysis.compare.figures_date import exact_feedback, figures_dates
from analysis.compare.frames import (
    FLAG_ORDER,
    IDS,
    code_frame,
    shared,
    table,
    threshold,
    topic_flags,
    with_keys,
)
from analysis.compare.shares import shares
from analysis.compare.units import UNCLASSIFIED, sizes, totals, units
from analysis.selection import Ledger

LEVELS = {  # zh, en
    "central": ("中央", "central"),
    "province": ("省级", "provincial"),
    "prefecture": ("地级", "prefecture"),
    "county": ("县级", "county"),
    "township": ("乡镇", "township"),
    "zone": ("开发区", "development zone"),
}
NO_IDS = pl.lit([], dtype=IDS)


@table("out_flags")
def flags(ledger: Ledger, unit: str = "problem") -> pl.DataFrame:
    """``out_flags``: one row per notice and flag that it bears, with the reason and the IDs behind it."""
    labels = code_frame("codes_flags", "rule_en").rename(
        {
            "code": "flag_code",
            "label_zh": "flag_label_zh",
            "label_en": "flag_label_en",
            "rule_en": "definition_code",
        }
    )
    order = pl.DataFrame({"flag_code": list(FLAG_ORDER)}).with_row_index("_order")
    rows = (
        raised(ledger, unit)
        .join(labels, on="flag_code", how="left", maintain_order="left")
        .join(order, on="flag_code", how="left", maintain_order="left")
        .sort("_order", maintain_order=True)
        .with_columns(pl.lit(ledger.notices.height).alias("n_count"))
    )
    return with_keys(ledger, rows)


def flagged(
    ledger: Ledger,
    frame: pl.DataFrame,
    topic: str,
    unit: str,
    n: str | None = None,
    extra: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """``frame`` with ``flags``: those of its notice that concern the topic, L for a small ``n``, and ``extra`` ones."""
    return (
        frame.join(notice_flags(ledger, unit), on="notice_id", how="left", maintain_order="left")
        .with_columns(topic_flags(topic, n, extra or {}))
        .drop("_flags")
    )


@shared
def notice_flags(ledger: Ledger, unit: str) -> pl.DataFrame:
    """``notice_id``, ``_flags``: the flags of a notice but L, which a number bears by its own n."""
    return (
        raised(ledger, unit).filter(pl.col("flag_code") != "L").group_by("notice_id").agg(_flags="flag_code")
    )


@shared
def raised(ledger: Ledger, unit: str) -> pl.DataFrame:
    """``notice_id, flag_code, reason_zh, reason_en, source_ids`` of every flag that holds."""
    return pl.concat(
        [
            _unit(ledger, unit),
            _definition(ledger, unit),
            _time(ledger),
            _excerpt(ledger),
            _reconciliation(ledger),
            *_published(ledger, unit),
            _small(ledger, unit),
            _level(ledger),
            _classification(ledger, unit),
        ]
    )


def _rows(frame: pl.DataFrame, flag: str, zh: pl.Expr, en: pl.Expr, ids: pl.Expr = NO_IDS) -> pl.DataFrame:
    return frame.select(
        "notice_id",
        pl.lit(flag).alias("flag_code"),
        zh.alias("reason_zh"),
        en.alias("reason_en"),
        ids.cast(IDS).list.drop_nulls().alias("source_ids"),
    )


def _of(ledger: Ledger, unit: str, definition: str) -> pl.DataFrame:
    return shares(ledger, unit).filter(pl.col("definition_code") == definition)


def _unit(ledger: Ledger, unit: str) -> pl.DataFrame:
    main = totals(ledger).filter("is_main")
    tasks = main.filter(pl.col("claim_code") == "tasks").select(
        "notice_id", pl.col("value").cast(pl.Int64).alias("_tasks"), pl.col("claim_id").alias("_id")
    )
    says_problems = main.filter(pl.col("claim_code") == "problems").select(
        "notice_id", pl.lit(True).alias("_says_problems")
    )
    stated = _of(ledger, unit, "stated").filter((pl.col("basis_code") == "total") & (pl.col("unit") != unit))
    found = (
        sizes(ledger)
        .join(tasks, on="notice_id", how="left", maintain_order="left")
        .join(says_problems, on="notice_id", how="left", maintain_order="left")
        .join(
            stated.select("notice_id", pl.col("source_ids").alias("_stated")),
            on="notice_id",
            how="left",
            maintain_order="left",
        )
    )
    differ = pl.col("problem") != pl.col("item")
    by_task = pl.col("_tasks").is_not_null()
    more_zh = pl.when(by_task).then(pl.format("，另声明任务{}项", "_tasks")).otherwise(pl.lit(""))
    more_en = pl.when(by_task).then(pl.format(", and {} tasks are stated", "_tasks")).otherwise(pl.lit(""))
    other = pl.col("_stated").is_not_null()
    only_tasks = by_task & pl.col("_says_problems").is_null()
    return _rows(
        found.filter(differ | other | only_tasks),
        "U",
        pl.when(differ)
        .then(pl.format("问题{}个、事项{}个{}", "problem", "item", more_zh))
        .when(other)
        .then(pl.lit("完成总数按其他单位声明"))
        .otherwise(pl.format("总数以任务声明（{}项），未声明问题数", "_tasks")),
        pl.when(differ)
        .then(pl.format("{} problems but {} leaf items{}", "problem", "item", more_en))
        .when(other)
        .then(pl.lit("the completed total is stated in another unit"))
        .otherwise(pl.format("the total is stated in tasks ({}), not in problems", "_tasks")),
        pl.when(other & ~differ).then("_stated").otherwise(pl.concat_list("_id")),
    )


def _definition(ledger: Ledger, unit: str) -> pl.DataFrame:
    best = _of(ledger, unit, "best_available")
    mixed = {"items", "total"} <= set(best["basis_code"])
    found = (
        best.select("notice_id", "basis_code")
        .join(_of(ledger, unit, "strict").select("notice_id", _strict="x_count"), on="notice_id", how="left")
        .join(
            _of(ledger, unit, "lenient").select("notice_id", _lenient="x_count", _n="n_count"),
            on="notice_id",
            how="left",
        )
        .join(_of(ledger, unit, "stated").select("notice_id", _ids="source_ids"), on="notice_id", how="left")
    )
    differ = (pl.col("_strict") != pl.col("_lenient")).fill_null(False)
    total_only = (pl.col("basis_code") == "total") & pl.lit(mixed)
    return _rows(
        found.filter(differ | total_only),
        "D",
        pl.when(differ)
        .then(pl.format("严格口径{}、宽松口径{}（共{}）", "_strict", "_lenient", "_n"))
        .otherwise(pl.lit("只有总数，其他通报有逐项结果")),
        pl.when(differ)
        .then(pl.format("strict {}, lenient {} (of {})", "_strict", "_lenient", "_n"))
        .otherwise(pl.lit("only a total, where others state results by item")),
        pl.when(differ).then(NO_IDS).otherwise("_ids"),
    )


def _time(ledger: Ledger) -> pl.DataFrame:
    days, bound = pl.col("days_since_feedback"), pl.col("is_days_lower_bound")
    exact = ledger.notices.select("notice_id", exact_feedback().is_not_null().alias("_exact"))
    found = figures_dates(ledger).join(exact, on="notice_id", how="left", maintain_order="left")
    known = found.filter(days.is_not_null() & ~bound)["days_since_feedback"]
    middle = float(known.median() or 0) if len(known) > 1 else None  # type: ignore[arg-type]
    far = (days - middle).abs() > threshold("T") if middle is not None else pl.lit(False)
    no_feedback = ~pl.col("_exact") | pl.col("figures_date").is_not_null()
    usual = f"{middle or 0:g}"
    return _rows(
        found.filter(days.is_null() | bound | far),
        "T",
        pl.when(days.is_null() & no_feedback)
        .then(pl.lit("反馈日不详"))
        .when(days.is_null())
        .then(pl.lit("数据截至日不详"))
        .when(bound)
        .then(pl.format("数据截至日不详，至少{}天", days))
        .otherwise(pl.format("距反馈{}天，所选通报中位数{}天", days, pl.lit(usual))),
        pl.when(days.is_null() & no_feedback)
        .then(pl.lit("the day of the feedback is unknown"))
        .when(days.is_null())
        .then(pl.lit("the day of the figures is unknown"))
        .when(bound)
        .then(pl.format("the day of the figures is unknown: at least {} days", days))
        .otherwise(pl.format("{} days since feedback, median of the selection {}", days, pl.lit(usual))),
    )


def _excerpt(ledger: Ledger) -> pl.DataFrame:
    return _rows(
        ledger.notices.filter("is_excerpt"),
        "X",
        pl.lit("编号有缺口，疑似节选"),
        pl.lit("gaps in the numbering suggest an excerpt"),
    )


@shared
def failed_checks(ledger: Ledger) -> pl.DataFrame:
    """``core_checks`` that do not agree."""
    return ledger.checks.filter(~pl.col("is_agreeing"))


def _number(column: str) -> pl.Expr:
    """A stated or counted figure as a reader writes it: 53, 0.818."""
    text = pl.col(column).round(4).cast(pl.String)
    return text.str.replace(r"\.0$", "")


def _reconciliation(ledger: Ledger) -> pl.DataFrame:
    said = (
        failed_checks(ledger)
        .drop("label_zh", "label_en")
        .join(
            code_frame("codes_checks"),
            left_on="check_code",
            right_on="code",
            how="left",
            maintain_order="left",
        )
        .group_by("notice_id", maintain_order=True)
        .agg(
            pl.format(
                "{}声明{}、逐项{}",
                pl.coalesce("label_zh", "check_code"),
                _number("stated_value"),
                _number("counted_value"),
            )
            .str.join("；")
            .alias("_zh"),
            pl.format(
                "{}: stated {}, counted {}",
                pl.coalesce("label_en", "check_code"),
                _number("stated_value"),
                _number("counted_value"),
            )
            .str.join("; ")
            .alias("_en"),
            "check_id",
        )
    )
    return _rows(said, "R", pl.col("_zh"), pl.col("_en"), pl.col("check_id"))


def _published(ledger: Ledger, unit: str) -> list[pl.DataFrame]:
    own = shares(ledger, unit).filter(pl.col("definition_code").is_in(["stated", "itemised"]))
    found = own.group_by("notice_id", maintain_order=True).agg(
        (pl.col("basis_code") != "none").any().alias("_any")
    )
    return [
        _rows(
            found.filter("_any"),
            "S",
            pl.lit("结果均为被巡察单位自报"),
            pl.lit("results are the inspected body's own word"),
        ),
        _rows(
            found.filter(~pl.col("_any")),
            "N",
            pl.lit("既无逐项结果，也无完成总数"),
            pl.lit("neither results by item nor a completed total"),
        ),
    ]


def _small(ledger: Ledger, unit: str) -> pl.DataFrame:
    return _rows(
        sizes(ledger).filter(pl.col(unit) < threshold("L")),
        "L",
        pl.format("仅{}项", unit),
        pl.format("only {} units", unit),
    )


def _level(ledger: Ledger) -> pl.DataFrame:
    known = ledger.notices.filter(pl.col("admin_level").is_not_null())
    levels = known["admin_level"].value_counts(sort=True).sort("count", descending=True, maintain_order=True)
    most = levels.filter(pl.col("count") == levels["count"].max())["admin_level"].to_list()
    usual = most[0] if len(most) == 1 else None
    odd = (
        known.filter(pl.col("admin_level") != usual)
        if usual
        else known.clear()
        if levels.height < 2
        else known
    )
    own = [pl.col("admin_level").replace_strict({k: v[i] for k, v in LEVELS.items()}) for i in (0, 1)]
    zh, en = LEVELS[usual] if usual else ("", "")
    return _rows(
        odd,
        "A",
        pl.format("{}单位；所选通报" + (f"多为{zh}" if usual else "层级不一"), own[0]),
        pl.format(
            "{} level; " + (f"most of the selection is {en}" if usual else "the selection mixes levels"),
            own[1],
        ),
    )


def _classification(ledger: Ledger, unit: str) -> pl.DataFrame:
    unknown = pl.col("primary_type_code") == UNCLASSIFIED
    found = (
        units(ledger, unit)
        .group_by("notice_id", maintain_order=True)
        .agg(unknown.mean().alias("_share"), pl.col("problem_id").filter(unknown))
        .join(notice_kappas(ledger), on="notice_id", how="left", maintain_order="left")
    )
    many = pl.col("_share") > threshold("Q")
    percent = (pl.col("_share") * 100).round(0).cast(pl.Int64)
    kappa = pl.col("kappa").round(2).cast(pl.String)
    return _rows(
        found.filter(many | (pl.col("kappa") < LOW_KAPPA)),
        "Q",
        pl.when(many)
        .then(pl.format("{}%的事项未能归类", percent))
        .otherwise(pl.format("与人工归类的 κ 为 {}", kappa)),
        pl.when(many)
        .then(pl.format("{}% of the units could not be classified", percent))
        .otherwise(pl.format("kappa against the human coding is {}", kappa)),
        pl.when(many).then("problem_id").otherwise(NO_IDS),
    )
