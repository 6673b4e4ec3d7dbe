"""The data dictionary: every table and column of the ledger with its meaning in English and Chinese.

Made from the declarations that also validate the tables, so it cannot drift from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from analysis.lookups import load_csv

COLUMNS = ("table", "column", "type", "nullable", "label_zh", "description_en", "values")
_CODE_COLUMNS = {
    "code": ("代码", "the code"),
    "label_zh": ("中文名称", "label in Chinese"),
    "label_en": ("英文名称", "label in English"),
}


@cache
def _schemas() -> dict[str, Any]:
    from analysis.compare.out_tables import OUT_TABLES
    from analysis.ledger.schemas import CORE_TABLES

    return {**CORE_TABLES, **OUT_TABLES}


@cache
def _titles() -> dict[str, str]:
    return {row["table"]: f"{row['title_zh']}：{row['reason']}" for row in load_csv("table_titles")}


def describe_table(table: str, lang: str = "en") -> str:
    """One line on what a table holds."""
    if lang == "zh" and table in _titles():
        return _titles()[table]
    if table.startswith("codes_"):
        return "代码表：中英文名称" if lang == "zh" else "Code list with labels in Chinese and English."
    said = getattr(_schemas().get(table), "__doc__", None) or ""
    return said.strip().split("\n")[0]


def describe_columns(table: str, frame: pl.DataFrame) -> list[dict[str, str]]:
    """One row per column of ``frame``, as COLUMNS; code lists have no declaration of their own."""
    schema = _schemas().get(table)
    declared = schema.columns() if schema is not None else {}
    rows = []
    for name, dtype in frame.schema.items():
        column = declared.get(name)
        about = (column.metadata or {}) if column is not None else {}
        zh, en = _CODE_COLUMNS.get(name, (name, name.replace("_", " ")))
        kind = type(column).__name__ if column is not None else "text" if dtype == pl.String else str(dtype)
        is_nullable = column.nullable if column is not None else name not in _CODE_COLUMNS
        rows.append(
            {
                "table": table,
                "column": name,
                "type": kind.lower(),
                "nullable": "yes" if is_nullable else "",
                "label_zh": about.get("zh", name) if column is not None else zh,
                "description_en": (column.description or "") if column is not None else en,
                "values": ", ".join(map(str, about.get("members") or [])),
            }
        )
    return rows


def dictionary_rows(frames: Mapping[str, pl.DataFrame]) -> list[dict[str, str]]:
    """One row per column of the tables in ``frames`` (name → frame), in the tables' own order."""
    return [row for table in sorted(frames) for row in describe_columns(table, frames[table])]
