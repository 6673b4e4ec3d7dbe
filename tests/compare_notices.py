"""Small ledgers for the comparison tests: frames of invented notices, and one with the figures of the five reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from analysis.ledger.checks import build_checks
from analysis.ledger.frames import frame_from_rows
from analysis.ledger.schemas import CORE_TABLES

TYPES = ("theory_study", "ideology", "finance", "cadre_management", "grassroots_party", "tourism_industry")


class NoticeMaker:
    """Collects rows of core tables; ``frames()`` gives the frames, checks included."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {name: [] for name in CORE_TABLES}

    def notice(
        self,
        notice_id: str,
        city: str,
        code: str,
        year: int | None,
        *,
        level: str = "prefecture",
        statuses: list[str] = (),
        types: list[str] | None = None,
        aspects: list[int] = (),
        measures: int = 1,
        basis: str = "item",
        items: dict[int, int] | None = None,
        claims: list[tuple[str, str, float]] = (),
        statements: list[str] | None = None,
        texts: list[str] | None = None,
        **fields: Any,
    ) -> str:
        """Add one notice: one problem per entry of ``statuses``; ``items`` gives sub-items by problem number."""
        row = {
            "notice_id": notice_id,
            "title": None,
            "city_name": city,
            "city_code": code,
            "admin_level": level,
            "sector_text": "文旅",
            "is_excerpt": False,
            "notice_year": year,
            "problem_count": len(statuses),
            "leaf_count": len(statuses),
            "measure_count": 0,
            "char_count": 1000,
            "coverage_share": 1.0,
            "reading_doubt_codes": "",
            "feedback_precision": "day",
            **fields,
        }
        self.rows["core_notices"].append(row)
        where: list[str | None] = []
        for number, size in enumerate(aspects, 1):
            self.rows["core_sections"].append(
                {
                    "section_id": f"{notice_id}/a{number}",
                    "notice_id": notice_id,
                    "section_level": "aspect",
                    "ordinal": number,
                    "title_text": "方面",
                    "char_start": number,
                    "char_end": number + 2,
                }
            )
            where += [f"{notice_id}/a{number}"] * size
        leaf_ordinal = 0
        for i, status in enumerate(statuses):
            number, children = i + 1, (items or {}).get(i + 1, 0)
            problem_id = f"{notice_id}/{number}"
            base = {
                "notice_id": notice_id,
                "aspect_id": where[i] if i < len(where) else None,
                "category_id": None,
                "statement_basis": "finding",
                "block_start": i * 10,
                "block_end": i * 10 + 10,
                "primary_type_code": types[i] if types else TYPES[i % len(TYPES)],
                "secondary_type_codes": "",
                "type_score": 1.0,
                "type_basis": "automatic",
                "dated_evidence_count": 0,
            }
            said = {"status_code": status, "status_basis": "none" if status == "not_stated" else basis}
            self.rows["core_problems"].append(
                {
                    **base,
                    **said,
                    "problem_id": problem_id,
                    "unit": "problem",
                    "is_leaf": not children,
                    "ordinal": number,
                    "label_text": f"{number}.",
                    "statement_text": statements[i] if statements else f"问题{number}不到位",
                    "measure_count": 0 if children else measures,
                }
            )
            for child in range(1, children + 1):
                leaf_ordinal += 1
                self.rows["core_problems"].append(
                    {
                        **base,
                        "status_code": "not_stated",
                        "status_basis": "none",
                        "problem_id": f"{problem_id}.{child}",
                        "unit": "item",
                        "parent_problem_id": problem_id,
                        "is_leaf": True,
                        "ordinal": leaf_ordinal,
                        "statement_text": f"事项{number}.{child}",
                        "measure_count": measures,
                    }
                )
            for m in range(0 if children else measures):
                self.rows["core_measures"].append(
                    {
                        "measure_id": f"{problem_id}#m{m + 1}",
                        "problem_id": problem_id,
                        "notice_id": notice_id,
                        "ordinal": m + 1,
                        "marker_text": "一是",
                        "measure_text": texts[i] if texts else "召开会议",
                        "char_start": i * 10,
                        "char_end": i * 10 + 4,
                    }
                )
        for number, (code_, unit, value) in enumerate(claims, 1):
            self.rows["core_claims"].append(
                {
                    "claim_id": f"{notice_id}#t{number}",
                    "notice_id": notice_id,
                    "claim_code": code_,
                    "unit": unit,
                    "value": float(value),
                    "is_approximate": False,
                    "quote_text": f"{value:g}个",
                    "char_start": number * 20,
                    "char_end": number * 20 + 5,
                }
            )
        return notice_id

    def add(self, table: str, **row: Any) -> None:
        self.rows[table].append(row)

    def frames(self) -> dict[str, pl.DataFrame]:
        frames = {name: frame_from_rows(name, rows) for name, rows in self.rows.items()}
        frames["core_checks"] = build_checks(frames)
        return frames


def reference_five() -> NoticeMaker:
    """Invented notices with the sizes, results, dates and totals of the five reports."""
    made = NoticeMaker()
    made.notice(
        "anshan-2021",
        "鞍山",
        "210300",
        2021,
        statuses=["completed"] * 38 + ["completed_long_term"] * 12 + ["in_progress"] * 10,
        aspects=[10, 8, 19, 23],
        measures=3,
        claims=[
            ("aspects", "aspect", 4),
            ("problems", "problem", 60),
            ("completed", "problem", 53),
            ("completed_long_term", "problem", 15),
            ("in_progress", "problem", 7),
            ("problems", "problem", 60),
        ],
        inspection_start_date=date(2020, 8, 6),
        inspection_end_date=date(2020, 10, 15),
        feedback_date=date(2021, 2, 23),
        publication_date=date(2021, 6, 1),
        publication_basis="signature",
    )
    made.notice(
        "yushu-2024",
        "榆树",
        "220182",
        2024,
        level="county",
        statuses=["completed"] * 14,
        basis="total",
        aspects=[6, 3, 5],
        measures=2,
        claims=[
            ("measures", "measure", 29),
            ("measures_completed", "measure", 29),
            ("problems", "problem", 14),
            ("completed", "problem", 14),
        ],
        inspection_start_date=date(2023, 8, 24),
        inspection_end_date=date(2023, 10, 23),
        feedback_date=date(2023, 12, 1),
        cutoff_date=date(2024, 2, 22),
    )
    made.notice(
        "yiyang-2023",
        "益阳",
        "430900",
        2023,
        statuses=["not_stated"] * 42 + ["completed"] + ["not_stated"],
        aspects=[15, 12, 13, 2, 2],
        items={1: 3, 2: 6, 41: 5, 42: 2, 26: 3},
        claims=[
            ("aspects", "aspect", 5),
            ("problems", "problem", 44),
            ("tasks", "task", 60),
            ("completed", "problem", 42),
            ("phased", "problem", 2),
        ],
        inspection_start_date=date(2022, 3, 21),
        inspection_end_date=date(2022, 6, 20),
        cutoff_date=date(2022, 12, 2),
        publication_date=date(2023, 2, 27),
    )
    made.notice(
        "dandong-2025",
        "丹东",
        "210600",
        2025,
        statuses=["not_stated"] * 36,
        aspects=[5, 5, 3, 4, 4, 5, 3, 4, 3],
        measures=3,
        claims=[("aspects", "aspect", 9), ("tasks", "task", 36)],
        inspection_start_date=date(2024, 4, 12),
        inspection_end_date=date(2024, 7, 12),
        feedback_date=date(2024, 9, 10),
        comment_start_date=date(2025, 7, 21),
    )
    made.notice(
        "kaifeng-2020",
        "开封",
        "410200",
        2020,
        statuses=["completed"] * 7
        + ["in_progress"]
        + ["completed"] * 4
        + ["in_progress"]
        + ["completed"] * 4,
        aspects=[7, 3, 5, 2],
        measures=3,
        is_excerpt=True,
        inspection_start_date=date(2020, 5, 6),
        inspection_end_date=date(2020, 6, 19),
        feedback_date=date(2020, 7, 22),
        publication_date=date(2020, 12, 15),
    )
    return made
