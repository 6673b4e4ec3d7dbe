"""Single problems as tables: open, thinly evidenced, recurring, alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from great_tables import GT

from analysis.display import formats
from analysis.display.labels import code_label, label
from analysis.tables.house import Column, house_table, notice

MOST_EXAMPLES = 8
LONG = 46


def _words(column: str, length: int = LONG) -> Callable[[dict[str, Any]], str | None]:
    return lambda row: formats.clipped(row[column], length) or None


def open_items(frame: pl.DataFrame, problems: pl.DataFrame, measures: pl.DataFrame, lang: str = "zh",
               most_rows: int = MOST_EXAMPLES) -> GT:  # fmt: skip
    """What is not finished, longest since the feedback first, with what the notice says is under way.

    ``frame``: rows of ``compare.open_items``; ``problems``, ``measures``: of the ledger.
    """
    doing = (
        measures.filter(pl.col("problem_id").is_not_null())
        .group_by("problem_id", maintain_order=True)
        .agg(pl.col("measure_text").last())
    )
    rows = (
        frame.join(
            problems.select("problem_id", "statement_text"),
            on="problem_id",
            how="left",
            maintain_order="left",
        )
        .join(doing, on="problem_id", how="left", maintain_order="left")
        .sort("age_days", descending=True, nulls_last=True, maintain_order=True)
    )
    columns = [
        Column(label("col_notice", lang), f"label_{lang}", link="problem_id"),
        Column(label("col_type", lang), lambda r: code_label("problem_types", r["primary_type_code"], lang)),
        Column(label("col_problem", lang), _words("statement_text")),
        Column(label("col_status", lang), lambda r: code_label("statuses", r["status_code"], lang)),
        Column(label("col_age", lang), "age_days", "count"),
        Column(label("col_doing", lang), _words("measure_text")),
    ]
    return house_table(
        rows,
        columns,
        caption=label("tab_open", lang),
        notes=[label("tab_open_note", lang)],
        lang=lang,
        most_rows=most_rows,
    )


def evidence(frame: pl.DataFrame, problems: pl.DataFrame, lang: str = "zh") -> GT:
    """Problems reported completed that show no hard evidence or still speak of the future.

    ``frame``: rows of ``compare.evidence``; ``problems``: ``ledger.problems``.
    """
    rows = frame.filter(
        pl.col("is_said_completed") & (~pl.col("has_hard_evidence") | pl.col("has_intent_in_completed"))
    ).join(
        problems.select("problem_id", "statement_text"), on="problem_id", how="left", maintain_order="left"
    )
    columns = [
        Column(label("col_notice", lang), f"label_{lang}", link="problem_id"),
        Column(label("col_problem", lang), _words("statement_text")),
        Column(label("col_status", lang), lambda r: code_label("statuses", r["status_code"], lang)),
        Column(label("col_measures", lang), "measure_count", "count"),
        Column(label("col_evidence_kinds", lang), "evidence_kind_count", "count"),
        Column(
            label("col_future", lang), lambda r: label("yes" if r["has_intent_in_completed"] else "no", lang)
        ),
    ]
    notes = [label("tab_evidence_note", lang)]
    return house_table(rows, columns, caption=label("tab_evidence_examples", lang), notes=notes, lang=lang)


def recurrences(frame: pl.DataFrame, quotes: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.recurrences`` with the words of ``ledger.recurrences``."""
    rows = frame.join(
        quotes.select("recurrence_id", "quote_text"), on="recurrence_id", how="left", maintain_order="left"
    )
    columns = [
        Column(label("col_notice", lang), f"label_{lang}", link="problem_id"),
        Column(label("col_source", lang), lambda r: label(f"earlier_{r['earlier_source']}", lang)),
        Column(label("col_earlier", lang), "earlier_count", "count"),
        Column(
            label("col_open", lang),
            lambda r: ("≥ " if r["is_lower_bound"] else "") + formats.number(r["x_count"]),
            "count",
        ),
        Column(label("col_quote", lang), _words("quote_text", 90)),
    ]
    notes = [label("tab_recurrences_note", lang)]
    return house_table(rows, columns, caption=label("tab_recurrences", lang), notes=notes, lang=lang)


def similar(frame: pl.DataFrame, problems: pl.DataFrame, lang: str = "zh") -> GT:
    """``compare.similar``: pairs put in similar words, those of one body first, with both statements."""
    words = problems.select("problem_id", "statement_text")
    rows = frame
    for side in ("a", "b"):
        rows = rows.join(words.rename({"problem_id": f"problem_id_{side}", "statement_text": f"words_{side}"}),
                         on=f"problem_id_{side}", how="left", maintain_order="left")  # fmt: skip
    columns = [
        Column(label("col_first", lang), f"label_a_{lang}", link="problem_id_a"),
        Column(label("col_problem", lang), _words("words_a")),
        Column(label("col_second", lang), f"label_b_{lang}", link="problem_id_b"),
        Column(label("col_problem", lang), _words("words_b")),
        Column(label("col_similarity", lang), "similarity", "share"),
    ]
    notes = [label("tab_similar_note", lang)]
    return house_table(rows, columns, caption=label("tab_similar", lang), notes=notes, lang=lang)


def problems(frame: pl.DataFrame, lang: str = "zh") -> GT:
    """Rows of ``ledger.problems`` as a list: number, statement, type, result, measures."""
    columns = [
        notice(lang),
        Column("#", "label_text", link="problem_id"),
        Column(label("col_statement", lang), _words("statement_text", 60)),
        Column(label("col_type", lang), f"primary_type_label_{lang}"),
        Column(label("col_status", lang), f"status_label_{lang}"),
        Column(label("col_measures", lang), "measure_count", "count"),
    ]
    return house_table(frame, columns, caption=label("tab_problems", lang), lang=lang)
