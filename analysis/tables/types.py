"""Counts, types and measures as tables."""

from __future__ import annotations

import polars as pl
from great_tables import GT

from analysis.display import formats
from analysis.display.labels import label
from analysis.tables.house import Column, house_table, interval_of, notice


def counts(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.counts``: problems, items and measures of each notice, aspect and dimension."""
    columns = [
        notice(lang),
        Column(label("col_group", lang), f"group_label_{lang}"),
        Column(label("col_unit", lang), lambda r: label(f"unit_{r['unit']}", lang)),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_count", lang), "value_count", "count"),
        Column(label("col_share", lang), "share", "share"),
        interval_of("wilson", lang),
    ]
    rows = frame.filter((pl.col("group_code") != "category") & (pl.col("value_count") > 0))
    notes = [label("tab_counts_note", lang)]
    return house_table(rows, columns, caption=label("tab_counts", lang), notes=notes, lang=lang)


def prevalence(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.prevalence``: in how many notices each type occurs, raw and at equal size."""
    rows = frame.filter((pl.col("definition_code") == "notice") & (pl.col("present_count") > 0)).sort(
        "present_count", descending=True, maintain_order=True
    )
    columns = [
        Column(label("col_type", lang), f"type_label_{lang}"),
        Column(
            label("col_present", lang), lambda r: formats.of_total(r["present_count"], r["n_count"]), "count"
        ),
        Column(label("col_share", lang), "share", "share"),
        interval_of("wilson", lang),
        Column(label("col_rarefied", lang), "rarefied_share", "share"),
        Column(label("col_problems", lang), "unit_count", "count"),
        Column(label("col_flags", lang), "flags", "list"),
    ]
    drawn = rows["common_n"].max() if rows.height else 0
    notes = [label("tab_prevalence_note", lang, n=drawn)]
    return house_table(rows, columns, caption=label("tab_prevalence", lang), notes=notes, lang=lang)


def overrepresentation(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Types that one notice holds clearly more or less often than the others: ``compare.overrepresentation``."""
    rows = frame.filter(pl.col("verdict_code").is_in(["over", "under"]))
    columns = [
        notice(lang),
        Column(label("col_type", lang), f"type_label_{lang}"),
        Column(
            label("col_here", lang), lambda r: formats.of_total(r["primary_count"], r["n_count"]), "count"
        ),
        Column(
            label("col_elsewhere", lang),
            lambda r: formats.of_total(r["other_count"], r["other_n_count"]),
            "count",
        ),
        Column(label("col_p_adjusted", lang), "p_adjusted", "p"),
        Column(label("col_verdict", lang), lambda r: label(f"verdict_{r['verdict_code']}", lang)),
    ]
    notes = [label("tab_over_note", lang)]
    return house_table(rows, columns, caption=label("tab_over", lang), notes=notes, lang=lang)


def measures_by_type(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.measures_by_type``: measures under problems of each type, by kind."""
    columns = [
        Column(label("col_type", lang), f"type_label_{lang}"),
        Column(label("col_kind_measure", lang), f"kind_label_{lang}"),
        Column(label("col_count_n", lang), lambda r: formats.of_total(r["x_count"], r["n_count"]), "count"),
        Column(label("col_share", lang), "share", "share"),
        interval_of("wilson", lang),
    ]
    rows = frame.filter(pl.col("x_count") > 0)
    notes = [label("fig_measures_note", lang)]
    return house_table(rows, columns, caption=label("tab_measures", lang), notes=notes, lang=lang)


def agreement(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.coding_agreement``: how often the coding and a human coding agree, overall and by type."""
    columns = [
        Column(label("col_group", lang), f"group_label_{lang}"),
        Column(
            label("col_agreed", lang), lambda r: formats.of_total(r["agreed_count"], r["n_count"]), "count"
        ),
        Column(
            label("col_kappa", lang),
            lambda r: formats.DASH if r["kappa"] is None else f"{r['kappa']:.2f}",
            "count",
        ),
        Column(label("col_precision", lang), "precision", "share"),
        Column(label("col_recall", lang), "recall", "share"),
        Column(label("col_insample", lang), lambda r: label("yes" if r["is_in_sample"] else "no", lang)),
    ]
    notes = [label("tab_agreement_note", lang)]
    return house_table(frame, columns, caption=label("tab_agreement", lang), notes=notes, lang=lang)
