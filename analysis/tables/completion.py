"""Completion ratios as a table."""

from __future__ import annotations

import polars as pl
from great_tables import GT

from analysis.display import formats
from analysis.display.labels import label
from analysis.tables.house import Column, house_table


def completion(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Every ratio of ``compare.completion`` with n, interval, bounds, days since feedback and flags."""
    columns = [
        Column(label("col_notice", lang), f"label_{lang}", link="notice_id"),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_unit", lang), lambda r: label(f"unit_{r['unit']}", lang)),
        Column(label("col_x_n", lang), lambda r: formats.of_total(r["x_count"], r["n_count"])),
        Column(label("col_share", lang), "share", "share"),
        Column(label("col_interval", lang), lambda r: formats.interval(r["wilson_low"], r["wilson_high"])),
        Column(label("col_missing", lang), "missing_count", "count"),
        Column(label("col_bounds", lang), lambda r: formats.interval(r["bound_low"], r["bound_high"])),
        Column(label("col_days", lang), "days_since_feedback", "count"),
        Column(label("col_flags", lang), "flags", "list"),
    ]
    return house_table(
        frame,
        columns,
        caption=label("tab_completion", lang),
        notes=[label("tab_completion_note", lang), label("source_line", lang)],
        lang=lang,
    )
