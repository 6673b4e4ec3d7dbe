"""How well the automatic problem types agree with a human coding, per type and overall.

Two samples, never mixed: ``ledger`` (problems of the selection that a person coded; the rules were
written with such texts in view, so this flatters) and ``kept_aside`` (statements that nobody looked
at while the rules were written). Labels stand in the lookups type_validation, type_labels (the
reader's own) and type_kept_aside.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from analysis.compare.frames import code_frame, shared, table, wilson
from analysis.compare.units import problem_types
from analysis.lookups import load_csv
from analysis.parsing.types.coding import code_statement
from analysis.parsing.types.validation import load_validation, match_labels
from analysis.selection import Ledger

LOW_KAPPA = 0.85
CODED = {"sample_code": pl.String, "unit_id": pl.String, "human": pl.String, "automatic": pl.String}


@shared
def coded_units(ledger: Ledger) -> pl.DataFrame:
    """``sample_code, unit_id, human, automatic``: every unit that has a human label."""
    labelled = {(row["place_name"].removesuffix("市"), row["notice_year"]) for row in load_validation()}
    places = pl.DataFrame(
        sorted(labelled), schema={"_place": pl.String, "notice_year": pl.Int64}, orient="row"
    )
    wanted = (
        ledger.notices.with_columns(pl.col("city_name").fill_null("").str.strip_suffix("市").alias("_place"))
        .join(places, on=["_place", "notice_year"], how="semi")
        .select("notice_id", "notice_year")
    )
    rows = ledger.problems.join(wanted, on="notice_id", how="left", maintain_order="left")
    by_hand = pl.col("type_basis") == "human"
    # a label of the reader's own overrides the code, so the program's answer is asked for again
    found = [
        ("ledger", problem_id, human, code_statement(statement or "").primary)
        for problem_id, human, statement in rows.filter(by_hand)
        .select("problem_id", "primary_type_code", "statement_text")
        .iter_rows()
    ]
    candidates = rows.filter(~by_hand & pl.col("notice_year").is_not_null())
    found += [
        ("ledger", row["problem_id"], row["primary"], row["code"])
        for row in match_labels(candidates.iter_rows(named=True))
    ]
    return pl.DataFrame([*found, *kept_aside()], schema=CODED, orient="row")


@cache
def kept_aside() -> list[tuple[str, str, str, str]]:
    """Rows of ``coded_units`` from the statements that were kept aside: the same for every ledger."""
    return [
        (
            "kept_aside",
            row["reference_id"],
            row["primary"],
            code_statement(row["statement"], row["heading"] or None).primary,
        )
        for row in load_csv("compare/type_kept_aside")
    ]


def _scored(units: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Per group ``by``: n_count, agreed_count, observed_share, Cohen's ``kappa`` (null where chance agrees everywhere)."""
    sizes = units.group_by(by, maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("n_count"),
        (pl.col("human") == pl.col("automatic")).sum().cast(pl.Int64).alias("agreed_count"),
        pl.col("unit_id").filter(pl.col("human") != pl.col("automatic")).alias("source_ids"),
    )
    human = units.group_by(*by, pl.col("human").alias("_code")).agg(pl.len().alias("_h"))
    automatic = units.group_by(*by, pl.col("automatic").alias("_code")).agg(pl.len().alias("_a"))
    chance = (
        human.join(automatic, on=[*by, "_code"])
        .group_by(by)
        .agg((pl.col("_h").cast(pl.Float64) * pl.col("_a")).sum().alias("_chance"))
    )
    expected = pl.col("_chance").fill_null(0) / pl.col("n_count").cast(pl.Float64) ** 2
    return (
        sizes.join(chance, on=by, how="left", maintain_order="left")
        .with_columns((pl.col("agreed_count") / pl.col("n_count")).alias("observed_share"))
        .with_columns(
            pl.when(expected < 1).then((pl.col("observed_share") - expected) / (1 - expected)).alias("kappa")
        )
    )


@shared
def notice_kappas(ledger: Ledger) -> pl.DataFrame:
    """``notice_id``, ``kappa`` over its coded problems."""
    return _by_notice(ledger).select(pl.col("group_id").alias("notice_id"), "kappa").drop_nulls()


def _by_notice(ledger: Ledger) -> pl.DataFrame:
    own = coded_units(ledger).filter(pl.col("sample_code") == "ledger")
    return _scored(
        own.with_columns(pl.col("unit_id").str.split("/").list.first().alias("group_id")),
        ["sample_code", "group_id"],
    )


@table("out_coding_agreement")
def coding_agreement(ledger: Ledger) -> pl.DataFrame:
    """``out_coding_agreement``: per sample overall, per dimension, notice and type.

    ``kappa`` is Cohen's (for one type or dimension: it against the rest); ``precision`` and ``recall`` are of
    the program, taking the person's label as right. Types that neither gave have no row.
    """
    coded = coded_units(ledger)
    types = problem_types()
    to_dimension = dict(types.select("type_code", "dimension_code").iter_rows())
    by_dimension = coded.with_columns(
        pl.col("human", "automatic").replace_strict(to_dimension, default="", return_dtype=pl.String)
    )
    overall = _scored(coded, ["sample_code"]).with_columns(
        group_id=pl.lit("all"),
        scope_code=pl.lit("overall"),
        group_label_zh=pl.lit("全部"),
        group_label_en=pl.lit("All"),
    )
    labels = ledger.notices.select(
        pl.col("notice_id").alias("group_id"),
        pl.col("label_zh").alias("group_label_zh"),
        pl.col("label_en").alias("group_label_en"),
    )
    notices = (
        _by_notice(ledger)
        .join(labels, on="group_id", maintain_order="left")
        .with_columns(scope_code=pl.lit("notice"))
    )
    whole = [
        frame.with_columns(
            human_count="n_count", automatic_count="n_count", precision=None, recall=None, f1=None
        )
        for frame in (overall, notices)
    ]
    dimension_names = code_frame("codes_dimensions").rename({"code": "type_code"})
    type_names = types.rename({"type_label_zh": "label_zh", "type_label_en": "label_en"})
    parts = [
        _of_codes(by_dimension, "dimension", dimension_names),
        _of_codes(coded, "type", type_names.select(dimension_names.columns)),
    ]
    kappa = pl.col("kappa")
    return (
        pl.concat([*whole, *parts], how="diagonal_relaxed")
        .with_columns(*wilson("agreed_count", "n_count")[1:])
        .with_columns(
            unit=pl.lit("labelled_unit"),
            definition_code=pl.lit("same_primary_type"),
            is_in_sample=pl.col("sample_code") == "ledger",
            flags=pl.when((kappa < LOW_KAPPA).fill_null(False))
            .then(pl.lit(["Q"]))
            .otherwise(pl.lit([], dtype=pl.List(pl.String))),
        )
        .sort(pl.col("sample_code") == "kept_aside", maintain_order=True)
    )


def _of_codes(coded: pl.DataFrame, scope: str, names: pl.DataFrame) -> pl.DataFrame:
    """Precision and recall of each code, and κ of having it against not having it."""
    human, automatic = pl.col("human") == pl.col("type_code"), pl.col("automatic") == pl.col("type_code")
    n, agreed = pl.col("_n"), pl.col("agreed_count")
    h, a = pl.col("human_count"), pl.col("automatic_count")
    expected = (h * a + (n - h) * (n - a)) / n.cast(pl.Float64) ** 2
    same = (n - h - a + 2 * agreed) / n
    return (
        names.join(coded, how="cross", maintain_order="left_right")
        .group_by("sample_code", "type_code", "label_zh", "label_en", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("_n"),
            human.sum().cast(pl.Int64).alias("human_count"),
            automatic.sum().cast(pl.Int64).alias("automatic_count"),
            (human & automatic).sum().cast(pl.Int64).alias("agreed_count"),
            pl.col("unit_id").filter(human != automatic).alias("source_ids"),
        )
        .filter(h + a > 0)
        .with_columns(
            (h + a - agreed).alias("n_count"),
            (agreed / pl.when(a > 0).then(a)).alias("precision"),
            (agreed / pl.when(h > 0).then(h)).alias("recall"),
            (2 * agreed / (h + a)).alias("f1"),
            pl.when(expected < 1).then((same - expected) / (1 - expected)).alias("kappa"),
            pl.lit(scope).alias("scope_code"),
        )
        .with_columns((agreed / pl.col("n_count")).alias("observed_share"))
        .rename({"type_code": "group_id", "label_zh": "group_label_zh", "label_en": "group_label_en"})
        .drop("_n")
    )
