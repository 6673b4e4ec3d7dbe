"""The data dictionary: every table and column of the ledger with its meaning in English and Chinese.

Made from the declarations that also validate the tables, so it cannot drift from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from analysis.lookups import load_csv

COLUMNS = ("table", "column", "type", "nullable", "label_zh", "description_en", "values")
_CODE_COLUMNS = {
    "code": ("代码", "the code"),
    "label_zh": ("中文名称", "label in Chinese"),
    "label_en": ("英文名称", "label in English"),
}


@lru_cache(maxsize=1)
def _schemas() -> dict[str, Any]:
    from analysis.ledger.schemas import CORE_TABLES

    found = dict(CORE_TABLES)
    try:
        from analysis.compare.schemas import OUT_TABLES
    except ImportError:
        return found
    return {**found, **OUT_TABLES}


def describe_columns(table: str, names: Iterable[str] = ()) -> dict[str, dict[str, str]]:
    """Column name → {"type", "nullable", "zh", "en", "values"} of one table.

    Code lists have no declaration of their own; ``names`` are their columns.
    """
    schema = _schemas().get(table)
    if schema is None:
        rows = {}
        for name in names:
            zh, en = _CODE_COLUMNS.get(name, (name, name.replace("_", " ")))
            rows[name] = {
                "type": "text",
                "nullable": "" if name in _CODE_COLUMNS else "yes",
                "zh": zh,
                "en": en,
                "values": "",
            }
        return rows
    rows = {}
    for name, column in schema.columns().items():
        metadata = column.metadata or {}
        members = metadata.get("members") or []
        rows[name] = {
            "type": type(column).__name__.lower(),
            "nullable": "yes" if column.nullable else "",
            "zh": metadata.get("zh", name),
            "en": column.description or "",
            "values": ", ".join(map(str, members)),
        }
    return rows


@lru_cache(maxsize=1)
def _titles() -> dict[str, str]:
    return {row["table"]: f"{row['title_zh']}：{row['reason']}" for row in load_csv("table_titles")}


def describe_table(table: str, lang: str = "en") -> str:
    """One line on what a table holds."""
    if lang == "zh":
        if table in _titles():
            return _titles()[table]
        if table.startswith("codes_"):
            return "代码表：中英文名称"
    schema = _schemas().get(table)
    if schema is not None and schema.__doc__:
        return schema.__doc__.strip().split("\n")[0]
    return "Code list with labels in Chinese and English." if table.startswith("codes_") else ""


def dictionary_rows(frames: Mapping[str, Any]) -> list[dict[str, str]]:
    """One row per column of the tables in ``frames`` (name → frame), in the tables' own order."""
    rows = []
    for table in sorted(frames):
        described = describe_columns(table, frames[table].columns)
        for name in frames[table].columns:
            about = described.get(
                name,
                {
                    "type": str(frames[table].schema[name]).lower(),
                    "nullable": "yes",
                    "zh": name,
                    "en": "",
                    "values": "",
                },
            )
            rows.append(
                {
                    "table": table,
                    "column": name,
                    "type": about["type"],
                    "nullable": about["nullable"],
                    "label_zh": about["zh"],
                    "description_en": about["en"],
                    "values": about["values"],
                }
            )
    return rows
