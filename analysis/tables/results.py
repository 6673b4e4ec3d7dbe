"""Ratios, differences and totals as tables."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import polars as pl
from great_tables import GT

from analysis.display import formats
from analysis.display.labels import code_label, label
from analysis.figures.evidence import disagreements
from analysis.tables.house import Column, house_table, interval_of, notice

MOST_ITEMS = 16  # numbers listed of one total


def completion(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Every ratio of ``compare.completion`` with n, interval, bounds, days since feedback and flags."""
    columns = [
        notice(lang),
        Column(label("col_definition", lang), lambda r: label(f"definition_{r['definition_code']}", lang)),
        Column(label("col_unit", lang), lambda r: label(f"unit_{r['unit']}", lang)),
        Column(label("col_x_n", lang), lambda r: formats.of_total(r["x_count"], r["n_count"]), "count"),
        Column(label("col_share", lang), "share", "share"),
        interval_of("wilson", lang),
        Column(label("col_missing", lang), "missing_count", "count"),
        Column(
            label("col_bounds", lang), lambda r: formats.interval(r["bound_low"], r["bound_high"]), "count"
        ),
        Column(label("col_days", lang), "days_since_feedback", "count"),
        Column(label("col_flags", lang), "flags", "list"),
    ]
    notes = [label("tab_completion_note", lang), label("source_line", lang)]
    return house_table(frame, columns, caption=label("tab_completion", lang), notes=notes, lang=lang)


def differences(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Pairs of ``compare.differences`` with Newcombe interval, Holm-adjusted p and the gap that would show."""
    columns = [
        Column(label("col_a", lang), f"label_a_{lang}", link="notice_id_a"),
        Column(label("col_b", lang), f"label_b_{lang}", link="notice_id_b"),
        Column(
            label("col_definition", lang),
            lambda r: code_label("completion_definitions", r["definition_code"], lang),
        ),
        Column(label("col_difference", lang), "difference", "points"),
        Column(
            label("col_interval", lang),
            lambda r: formats.point_interval(r["newcombe_low"], r["newcombe_high"]),
            "count",
        ),
        Column(label("col_p_adjusted", lang), "p_adjusted", "p"),
        Column(label("col_detectable", lang), "detectable_difference", "points"),
        Column(label("col_verdict", lang), lambda r: label(f"verdict_{r['verdict_code']}", lang)),
    ]
    return house_table(
        frame.filter(pl.col("comparison_code") == "pair"),
        columns,
        caption=label("tab_differences", lang),
        notes=[label("tab_differences_note", lang)],
        lang=lang,
    )


def reconciliation(frame: pl.DataFrame, checks: pl.DataFrame, lang: str = "zh", most_rows: int = 8) -> GT:
    """Totals that disagree with the items: both numbers, and the words that state and the items that show them.

    ``frame``: rows of ``compare.reconciliation``; ``checks``: ``ledger.checks``, which has the quotes.
    """
    words = checks.select("check_id", "stated_quote_text", "counted_quote_text")
    wrong = disagreements(frame).join(words, on="check_id", how="left", maintain_order="left")
    columns = [
        notice(lang),
        Column(label("col_check", lang), f"check_label_{lang}"),
        Column(label("col_stated", lang), _value("stated_value"), "count", link="claim_id"),
        Column(label("col_counted", lang), _value("counted_value"), "count"),
        Column(
            label("col_words", lang),
            lambda r: formats.quoted(r["stated_quote_text"], 40) if r["stated_quote_text"] else None,
        ),
        Column(
            label("col_items_found", lang),
            lambda r: _items(r["counted_quote_text"], lang) or r["note_text" if lang == "zh" else "note_en"],
        ),
    ]
    return house_table(
        wrong,
        columns,
        caption=label("tab_reconciliation", lang),
        notes=[label("tab_reconciliation_note", lang)],
        lang=lang,
        most_rows=most_rows,
    )


def _value(column: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: formats.share(row[column]) if row["unit"] == "share" else formats.number(row[column])


def _items(words: str | None, lang: str) -> str | None:
    """``anshan-2021/2, /4 … (50)`` → ``2, 4…（共50项）``: which notice it is stands in the row."""
    items = re.findall(r"/([^,\s/]+)", words or "")
    total = re.search(r"\((\d+)\)$", words or "")
    if not items or not total:
        return words
    shown = ", ".join(items[:MOST_ITEMS]) + ("…" if int(total[1]) > MOST_ITEMS else "")
    return shown + label("items_in_all", lang, n=total[1])


def checks(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Every row of ``compare.reconciliation``; disagreements first, then those that cannot be decided and why."""
    note = "note_text" if lang == "zh" else "note_en"
    rows = frame.sort(
        pl.col("is_agreeing").replace_strict({False: 0, True: 2}, default=1), maintain_order=True
    )
    said = {False: "no", True: "yes", None: "undecided"}
    columns = [
        notice(lang),
        Column(label("col_check", lang), f"check_label_{lang}"),
        Column(label("col_stated", lang), _value("stated_value"), "count", link="claim_id"),
        Column(label("col_counted", lang), _value("counted_value"), "count"),
        Column(label("col_agrees", lang), lambda r: label(said[r["is_agreeing"]], lang)),
        Column(label("col_note", lang), note),
    ]
    return house_table(rows, columns, caption=label("tab_reconciliation_all", lang), lang=lang)


def timeline(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Dates and days between, with the reporting period in force: ``compare.timeline``."""
    columns = [
        notice(lang),
        Column(
            label("col_inspection", lang),
            lambda r: _span(r["inspection_start_date"], r["inspection_end_date"]),
        ),
        Column(label("col_feedback", lang), "feedback_date", "day"),
        Column(label("col_cutoff", lang), "cutoff_date", "day"),
        Column(label("col_publication", lang), "publication_date", "day"),
        Column(label("col_inspection_days", lang), "inspection_days", "count"),
        Column(label("col_to_feedback", lang), "inspection_to_feedback_days", "count"),
        Column(label("col_to_cutoff", lang), "feedback_to_cutoff_days", "count"),
        Column(label("col_to_publication", lang), "feedback_to_publication_days", "count"),
        Column(label("col_period", lang), "period_days", "count"),
    ]
    notes = [label("tab_timeline_note", lang), label("tab_rules_note", lang)]
    return house_table(frame, columns, caption=label("tab_timeline", lang), notes=notes, lang=lang)


def _span(start: object, end: object) -> str | None:
    return f"{start or formats.DASH} – {end or formats.DASH}" if start or end else None


def key_numbers(
    ratios: pl.DataFrame, checks: pl.DataFrame, evidence: pl.DataFrame, still_open: pl.DataFrame,
    recurring: pl.DataFrame, lang: str = "zh",
) -> GT:  # fmt: skip
    """The six numbers of the first page, side by side; absence is said in words.

    ``ratios``, ``checks``, ``evidence``, ``still_open``, ``recurring``: rows of ``compare.completion``,
    ``reconciliation``, ``evidence_by_notice``, ``open_items``, ``recurrences``.
    """
    from analysis.text.summary import numbers

    found = numbers(ratios, checks, evidence, still_open, recurring, lang)
    reported = label("not_published", lang)
    if found["reporting"]:
        low, high = formats.share(found["low"]), formats.share(found["high"])
        reported = low if low == high else f"{low}–{high}"
    spread = found["widest"]["spread"] if found["widest"] else 0.0
    bare, completed = found["bare"]

    def of(key: str, x: int, n: int, nothing: str) -> str:
        return label(key, lang, x=formats.number(x), n=formats.number(n)) if n else label(nothing, lang)

    cells = {
        "reported": reported,
        "definition": label("points_words", lang, points=round(spread * 100)),
        "disagree": of("number_of", found["wrong"], found["decided"], "number_unchecked"),
        "bare": of("number_of", bare, completed, "number_unstated"),
        "open": label("number_items", lang, x=formats.number(found["open"])),
        "again": of("number_notices", found["recurring"], found["notices"], "none"),
    }
    columns = [Column(label(f"number_{name}", lang), name) for name in cells]
    return house_table(pl.DataFrame([cells]), columns, caption=label("tab_numbers", lang), lang=lang)
