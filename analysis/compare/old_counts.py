"""Counts by notice, aspect, category and dimension, in every unit, with what they are counted from.

Length of the inspection and of the text stand beside the counts as context; no table divides
by them, since a longer inspection or text makes no worse body.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any

import polars as pl

from analysis.compare.context import Comparison, problem_types
from analysis.compare.grid import KEYS, join_flags, join_ids, key_of, out_frame
from analysis.compare.intervals import wilson
from analysis.lookups import load_csv

TASK_CLAIM_UNITS = {"problem": "problems", "task": "tasks", "measure": "measures"}


def day_count(first: date | None, last: date | None) -> int | None:
    """Days from first to last, both included."""
    return (last - first).days + 1 if first and last and last >= first else None


def notice_table(comparison: Comparison) -> pl.DataFrame:
    """``out_notices``: what is compared, one row per notice and per missing city-year."""
    classified = dict(
        comparison.units.group_by("notice_id", maintain_order=True)
        .agg((pl.col("primary_type_code") != "unclassified").mean())
        .iter_rows()
    )
    rows: list[dict[str, Any]] = []
    for cell in comparison.cells.iter_rows(named=True):
        notice_id = cell["notice_id"]
        notice = comparison.by_id.get(notice_id or "", {})
        tasks = comparison.claim(notice_id, "tasks") if notice_id else None
        counts = {
            unit: (found.get(notice_id, 0) if notice_id else None)
            for unit, found in comparison.unit_counts.items()
        }
        rows.append(
            {
                **{k: cell[k] for k in KEYS},
                "is_missing": cell["is_missing"],
                "year_basis": comparison.ledger.year_basis,
                "admin_level": notice.get("admin_level"),
                "issuer_name": notice.get("issuer_name"),
                "body_key": notice.get("body_key"),
                "problem_count": counts["problem"],
                "leaf_item_count": counts["leaf_item"],
                "measure_count": counts["measure"],
                "stated_task_count": int(tasks["value"]) if tasks else None,
                "inspection_days": day_count(
                    notice.get("inspection_start_date"), notice.get("inspection_end_date")
                ),
                "char_count": notice.get("char_count"),
                "coverage_share": notice.get("coverage_share"),
                "classified_share": classified.get(notice_id),
                "flags": join_flags(comparison.flags.get(notice_id or "", ())),
            }
        )
    return out_frame("out_notices", rows)


def problem_counts(comparison: Comparison) -> pl.DataFrame:
    """``out_problem_counts``: notice × group × unit."""
    rows: list[dict[str, Any]] = []
    sections = comparison.ledger.frames["core_sections"].partition_by(
        "notice_id", as_dict=True, maintain_order=True
    )
    units = {
        unit: comparison.results(unit).partition_by("notice_id", as_dict=True, maintain_order=True)
        for unit in ("problem", "leaf_item")
    }
    for cell in comparison.cells.iter_rows(named=True):
        notice_id = cell["notice_id"]
        notice = comparison.by_id.get(notice_id or "", {})
        keys = {k: cell[k] for k in KEYS}
        context = {
            "inspection_days": day_count(
                notice.get("inspection_start_date"), notice.get("inspection_end_date")
            ),
            "char_count": notice.get("char_count"),
        }
        flags = comparison.flags_for(notice_id, "counts") if notice_id else []
        for unit in ("problem", "leaf_item", "measure"):
            rows.append(
                {
                    **keys,
                    **_whole(
                        unit,
                        "counted",
                        comparison.unit_counts[unit].get(notice_id, 0) if notice_id else None,
                        flags,
                    ),
                    **context,
                }
            )
        for unit, code in TASK_CLAIM_UNITS.items():
            claim = comparison.claim(notice_id, code) if notice_id else None
            rows.append(
                {
                    **keys,
                    **_whole(
                        unit,
                        "stated",
                        int(claim["value"]) if claim else None,
                        flags,
                        claim["claim_id"] if claim else "",
                    ),
                    **context,
                }
            )
        if notice_id:
            for unit, by_notice in units.items():
                found = by_notice.get((notice_id,))
                if found is not None:
                    rows.extend(
                        {**keys, **row, **context}
                        for row in _groups(unit, found, sections.get((notice_id,)), flags)
                    )
    return out_frame("out_problem_counts", rows)


def _whole(unit: str, definition: str, value: int | None, flags: list[str], ids: str = "") -> dict[str, Any]:
    return {
        "group_code": "notice",
        "group_id": None,
        "group_ordinal": 0,
        "group_label_zh": "全篇",
        "group_label_en": "Whole notice",
        "unit": unit,
        "definition_code": definition,
        "value_count": value,
        "n_count": value,
        "share": None,
        "wilson_low": None,
        "wilson_high": None,
        "flags": join_flags(flags),
        "source_ids": ids,
    }


def _groups(
    unit: str, found: pl.DataFrame, sections: pl.DataFrame | None, flags: list[str]
) -> list[dict[str, Any]]:
    """Aspects, categories and dimensions of one notice: every section and every dimension, also those with none."""
    n = found.height
    rows = []
    for level, column, zh, en in (
        ("aspect", "aspect_id", "方面", "Aspect"),
        ("category", "category_id", "分类", "Category"),
    ):
        ids = _ids_by(found, column)
        own = (
            []
            if sections is None
            else sections.filter(pl.col("section_level") == level).select("section_id", "ordinal").iter_rows()
        )
        for section_id, ordinal in own:
            rows.append(
                _group(
                    level,
                    section_id,
                    ordinal,
                    f"{zh}{ordinal}",
                    f"{en} {ordinal}",
                    unit,
                    ids.get(section_id, []),
                    n,
                    flags,
                )
            )
    dimension_of = {row["code"]: row["dimension_code"] for row in problem_types()}
    typed = found.with_columns(
        pl.col("primary_type_code")
        .replace_strict(dimension_of, default="unclassified", return_dtype=pl.String)
        .alias("_dimension")
    )
    ids = _ids_by(typed, "_dimension")
    dimensions = [
        *load_csv("codes_dimensions"),
        {"code": "unclassified", "label_zh": "未能归类", "label_en": "Unclassified"},
    ]
    for ordinal, row in enumerate(dimensions, 1):
        rows.append(
            _group(
                "dimension",
                row["code"],
                ordinal,
                row["label_zh"],
                row["label_en"],
                unit,
                ids.get(row["code"], []),
                n,
                flags,
            )
        )
    return rows


def _ids_by(frame: pl.DataFrame, column: str) -> dict[str, list[str]]:
    return dict(
        frame.filter(pl.col(column).is_not_null())
        .group_by(column, maintain_order=True)
        .agg("problem_id")
        .iter_rows()
    )


def _group(
    code: str,
    group_id: str,
    ordinal: int,
    zh: str,
    en: str,
    unit: str,
    ids: list[str],
    n: int,
    flags: list[str],
) -> dict[str, Any]:
    low, high = wilson(len(ids), n)
    return {
        "group_code": code,
        "group_id": group_id,
        "group_ordinal": ordinal,
        "group_label_zh": zh,
        "group_label_en": en,
        "unit": unit,
        "definition_code": "counted",
        "value_count": len(ids),
        "n_count": n,
        "share": len(ids) / n if n else None,
        "wilson_low": low,
        "wilson_high": high,
        "flags": join_flags(flags),
        "source_ids": join_ids(ids),
    }


def reconciliation(comparison: Comparison) -> pl.DataFrame:
    """``out_reconciliation``: core_checks with labels, units and the size of what was counted."""
    labels = {row["code"]: row for row in load_csv("codes_checks")}
    rows: list[dict[str, Any]] = []
    for check in comparison.ledger.frames["core_checks"].iter_rows(named=True):
        notice = comparison.by_id[check["notice_id"]]
        label = labels.get(
            check["check_code"],
            {"label_zh": check["check_code"], "label_en": check["check_code"], "unit": "", "note_en": ""},
        )
        stated, counted = check["stated_value"], check["counted_value"]
        rows.append(
            {
                **key_of(notice),
                "check_id": check["check_id"],
                "check_code": check["check_code"],
                "check_label_zh": label["label_zh"],
                "check_label_en": label["label_en"],
                "group_id": check["section_id"],
                "unit": label["unit"],
                "definition_code": label["note_en"] or "stated against counted",
                "stated_value": stated,
                "counted_value": counted,
                "n_count": comparison.unit_counts["problem"].get(check["notice_id"], 0),
                "difference": None if stated is None or counted is None else stated - counted,
                "is_agreeing": check["is_agreeing"],
                "note_text": check["note_text"],
                "note_en": note_in_english(check["note_text"]),
                "claim_id": check["claim_id"],
                "flags": join_flags(["R"] if check["is_agreeing"] is False else []),
                "source_ids": join_ids([check["claim_id"]]),
            }
        )
    return out_frame("out_reconciliation", rows)


@lru_cache(maxsize=1)
def _note_patterns() -> list[tuple[re.Pattern[str], str]]:
    return [
        (re.compile(re.escape(row["zh"]).replace(r"\{\}", r"(\d+)") + "$"), row["en"])
        for row in load_csv("check_notes")
    ]


def note_in_english(note: str | None) -> str | None:
    """A check's note in English (lookup check_notes); a note that is not there stays as it is."""
    if note is None:
        return None
    for pattern, english in _note_patterns():
        if match := pattern.match(note):
            return english.format(*match.groups())
    return note
