"""The 台账 (ledger) sheet that people work with: one row per problem, everything about it in words.

The other sheets are the tables as they are; this one is joined from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HEADS = {
    "zh": (
        "编号",
        "城市",
        "年份",
        "单位",
        "方面",
        "分类",
        "序号",
        "问题表述",
        "问题类型",
        "整改状态（自报）",
        "状态原文",
        "状态依据",
        "原因",
        "措施数",
        "整改措施",
        "文件及文号",
        "有日期的事件数",
    ),
    "en": (
        "ID",
        "city",
        "year",
        "issuer",
        "aspect",
        "category",
        "number",
        "problem",
        "type",
        "status (self-reported)",
        "status as worded",
        "status basis",
        "cause",
        "measures",
        "measures as worded",
        "documents",
        "dated events",
    ),
}
WIDTHS = (18, 9, 7, 22, 24, 24, 8, 60, 16, 16, 20, 10, 36, 8, 70, 36, 10)
MEASURE_LIMIT = 30_000
# Where a result stands: 逐条 in the item, 引用 by its number elsewhere, 由总数推出 in a total over all, 未说明 nowhere.
BASES = {"zh": {"item": "逐条", "reference": "引用", "total": "由总数推出", "none": "未说明"}, "en": {}}


def _labels(frames: Mapping[str, Any], table: str, lang: str) -> dict[str, str]:
    frame = frames.get(table)
    if frame is None or f"label_{lang}" not in frame.columns:
        return {}
    return dict(zip(frame["code"].to_list(), frame[f"label_{lang}"].to_list()))


def _grouped(frames: Mapping[str, Any], table: str) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    frame = frames.get(table)
    for row in frame.iter_rows(named=True) if frame is not None else ():
        if row.get("problem_id"):
            grouped.setdefault(row["problem_id"], []).append(row)
    return grouped


def ledger_rows(frames: Mapping[str, Any], lang: str) -> list[tuple[Any, ...]]:
    """Rows under ``HEADS[lang]``, by notice and printed order; parents stand before their sub-items."""
    if any(frames.get(name) is None for name in ("core_notices", "core_problems")):
        return []
    notices = {row["notice_id"]: row for row in frames["core_notices"].iter_rows(named=True)}
    sections = (
        {row["section_id"]: row["title_text"] for row in frames["core_sections"].iter_rows(named=True)}
        if frames.get("core_sections") is not None
        else {}
    )
    statuses, types = _labels(frames, "codes_statuses", lang), _labels(frames, "codes_problem_types", lang)
    measures, citations = _grouped(frames, "core_measures"), _grouped(frames, "core_citations")
    problems = sorted(
        frames["core_problems"].iter_rows(named=True),
        key=lambda r: (r["notice_id"], r["block_start"], -r["block_end"], r["problem_id"]),
    )
    rows = []
    for row in problems:
        notice = notices.get(row["notice_id"], {})
        worded = "\n".join(
            (m["marker_text"] or "") + m["measure_text"] for m in measures.get(row["problem_id"], ())
        )
        documents = "；".join(
            f"《{c['title_text']}》" + (c["document_number"] or "")
            for c in citations.get(row["problem_id"], ())
            if c["is_document"]
        )
        rows.append(
            (
                row["problem_id"],
                notice.get("city_name"),
                notice.get("notice_year"),
                notice.get("issuer_name"),
                sections.get(row["aspect_id"]),
                sections.get(row["category_id"]),
                row["label_text"],
                row["statement_text"],
                types.get(row["primary_type_code"], row["primary_type_code"]),
                statuses.get(row["status_code"], row["status_code"]),
                row["status_text"],
                BASES[lang].get(row["status_basis"], row["status_basis"]),
                row["cause_text"],
                row["measure_count"],
                worded[:MEASURE_LIMIT],
                documents[:MEASURE_LIMIT],
                row["dated_evidence_count"],
            )
        )
    return rows
