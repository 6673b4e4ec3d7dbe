"""Rounds of one body as tables."""

from __future__ import annotations

from typing import Any

import polars as pl
from great_tables import GT

from analysis import english
from analysis.display import formats
from analysis.display.labels import label
from analysis.tables.house import Column, house_table, interval_of


def rounds(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.rounds``: each body's ratio round by round."""
    columns = [
        Column(label("col_body", lang), "body_name" if lang == "zh" else english.body, link="notice_id"),
        Column(label("col_round", lang), "round_number", "count"),
        Column(label("col_year", lang), lambda r: str(r["year"] or formats.DASH)),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_x_n", lang), lambda r: formats.of_total(r["x_count"], r["n_count"]), "count"),
        Column(label("col_share", lang), "share", "share"),
        interval_of("wilson", lang),
        Column(label("col_to_publication", lang), "days_feedback_to_publication", "count"),
    ]
    return house_table(
        frame, columns, caption=label("tab_rounds", lang), notes=[label("fig_rounds_note", lang)], lang=lang
    )


def _pair(lang: str) -> list[Column]:
    return [
        Column(label("col_first", lang), f"label_from_{lang}", link="from_notice_id"),
        Column(label("col_second", lang), f"label_to_{lang}", link="to_notice_id"),
    ]


def round_changes(changes: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.round_changes``: differences between consecutive rounds of one body, with what may be said."""
    columns = [
        *_pair(lang),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_difference", lang), "difference", "points"),
        Column(
            label("col_interval", lang),
            lambda r: formats.point_interval(r["newcombe_low"], r["newcombe_high"]),
            "count",
        ),
        Column(label("col_p_adjusted", lang), "p_adjusted", "p"),
        Column(label("col_verdict", lang), lambda r: label(f"verdict_{r['verdict_code']}", lang)),
    ]
    notes = [label("tab_changes_note", lang)]
    return house_table(changes, columns, caption=label("tab_changes", lang), notes=notes, lang=lang)


def type_changes(changes: pl.DataFrame, lang: str = "zh", most_rows: int = 10) -> GT:
    """Types present both times, back after absence, new and gone, a row a pair of rounds."""

    def types(column: str) -> Any:
        return lambda r: (
            label("joiner", lang).join(label(f"short_{code}", lang) for code in r[column][:4])
            + (f" +{len(r[column]) - 4}" if len(r[column]) > 4 else "")
        )

    once = changes.unique(["from_notice_id", "to_notice_id"], keep="first", maintain_order=True)
    columns = [
        *_pair(lang),
        Column(label("col_returned", lang), types("returned_type_codes")),
        Column(label("col_after_absence", lang), types("returned_after_absence_type_codes")),
        Column(label("col_new", lang), types("new_type_codes")),
        Column(label("col_gone", lang), types("gone_type_codes")),
    ]
    return house_table(once, columns, caption=label("tab_type_changes", lang), lang=lang, most_rows=most_rows)


def trend(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.trend``: change over all bodies with two rounds or more, by method."""

    def shown(row: dict[str, Any], name: str) -> str:
        ratio = row["method_code"] == "mantel_haenszel"
        value = row[name]
        return formats.DASH if value is None else f"{value:.2f}" if ratio else formats.points(value)

    columns = [
        Column(label("col_method", lang), lambda r: label(f"method_{r['method_code']}", lang)),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_estimate", lang), lambda r: shown(r, "estimate"), "count"),
        Column(label("col_interval", lang), lambda r: f"{shown(r, 'low')} – {shown(r, 'high')}", "count"),
        Column("p", "p_value", "p"),
        Column(label("col_bodies", lang), "body_count", "count"),
        Column(label("col_pairs", lang), "pair_count", "count"),
        Column(label("col_verdict", lang), lambda r: label(f"verdict_{r['verdict_code']}", lang)),
    ]
    return house_table(frame, columns, caption=label("tab_trend", lang), lang=lang)
