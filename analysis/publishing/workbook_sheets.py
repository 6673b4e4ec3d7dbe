"""The 台账 (ledger) sheet that people work with: one row per problem, everything about it in words.

The other sheets are the tables as they are; this one is joined from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

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
# The column of the tables that each head is made from.
SOURCES = (
    ("core_problems", "problem_id"),
    ("core_notices", "city_name"),
    ("core_notices", "notice_year"),
    ("core_notices", "issuer_name"),
    ("core_sections", "title_text"),
    ("core_sections", "title_text"),
    ("core_problems", "label_text"),
    ("core_problems", "statement_text"),
    ("core_problems", "primary_type_code"),
    ("core_problems", "status_code"),
    ("core_problems", "status_text"),
    ("core_problems", "status_basis"),
    ("core_problems", "cause_text"),
    ("core_problems", "measure_count"),
    ("core_measures", "measure_text"),
    ("core_citations", "title_text"),
    ("core_problems", "dated_evidence_count"),
)
WIDTHS = (18, 9, 7, 22, 24, 24, 8, 60, 16, 16, 20, 10, 36, 8, 70, 36, 10)
MEASURE_LIMIT = 30_000
# Where a result stands: 逐项 in the item, 引用 by its number elsewhere, 由总数推出 in a total over all, 未说明 nowhere.
BASES = {"zh": {"item": "逐项", "reference": "引用", "total": "由总数推出", "none": "未说明"}, "en": {}}


def _labelled(frames: Mapping[str, Any], table: str, column: str, lang: str) -> pl.Expr:
    """``column`` with the labels of a code list in place of its codes."""
    codes = frames.get(table)
    if codes is None or f"label_{lang}" not in codes.columns:
        return pl.col(column)
    return pl.col(column).replace(codes["code"], codes[f"label_{lang}"])


def _joined(
    frames: Mapping[str, Any], table: str, worded: pl.Expr, separator: str, name: str
) -> pl.DataFrame:
    """``problem_id`` and the words of its rows of ``table`` in one text, as long as a cell may be."""
    frame = frames.get(table)
    if frame is None:
        return pl.DataFrame(schema={"problem_id": pl.String, name: pl.String})
    text = worded.str.join(separator).str.slice(0, MEASURE_LIMIT).alias(name)
    return frame.drop_nulls("problem_id").group_by("problem_id", maintain_order=True).agg(text)


def ledger_frame(frames: Mapping[str, Any], lang: str) -> pl.DataFrame:
    """Columns of ``HEADS[lang]``, by notice and printed order; parents stand before their sub-items."""
    heads = HEADS[lang]
    if any(frames.get(name) is None for name in ("core_notices", "core_problems")):
        return pl.DataFrame(schema=dict.fromkeys(heads, pl.String))
    notices = frames["core_notices"].select("notice_id", "city_name", "notice_year", "issuer_name")
    sections = frames.get("core_sections")
    titles = (
        pl.DataFrame(schema={"section_id": pl.String, "title_text": pl.String})
        if sections is None
        else sections.select("section_id", "title_text")
    )
    measure = pl.concat_str(pl.col("marker_text").fill_null(""), "measure_text")
    document = pl.format("《{}》{}", "title_text", pl.col("document_number").fill_null(""))
    problems = (
        frames["core_problems"]
        .sort("notice_id", "block_start", -pl.col("block_end"), "problem_id")
        .join(notices, on="notice_id", how="left", maintain_order="left")
        .join(_joined(frames, "core_measures", measure, "\n", "measures"), on="problem_id", how="left", maintain_order="left")
        .join(
            _joined(frames, "core_citations", document.filter(pl.col("is_document")), "；", "documents"),
            on="problem_id", how="left", maintain_order="left",
        )
    )  # fmt: skip
    for column in ("aspect", "category"):
        title = titles.rename({"section_id": f"{column}_id", "title_text": column})
        problems = problems.join(title, on=f"{column}_id", how="left", maintain_order="left")
    columns: list[pl.Expr | str] = [
        "problem_id",
        "city_name",
        "notice_year",
        "issuer_name",
        "aspect",
        "category",
        "label_text",
        "statement_text",
        _labelled(frames, "codes_problem_types", "primary_type_code", lang),
        _labelled(frames, "codes_statuses", "status_code", lang),
        "status_text",
        pl.col("status_basis").replace(BASES[lang]),
        "cause_text",
        "measure_count",
        "measures",
        "documents",
        "dated_evidence_count",
    ]
    return problems.select(
        (pl.col(column) if isinstance(column, str) else column).alias(head)
        for head, column in zip(heads, columns, strict=True)
    )
