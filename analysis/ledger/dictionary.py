"""The data dictionary: what every table and column means, in English and Chinese.

Made from the declarations that also validate the tables. A code list has no declaration; its title
and the meaning of its columns are said here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any

import polars as pl

from analysis.ledger.schemas import CORE_TABLES, dy
from analysis.paths import LOOKUPS

COLUMNS = (
    "table",
    "column",
    "type",
    "unit",
    "nullable",
    "label_en",
    "label_zh",
    "description_en",
    "description_zh",
    "codes",
)
TYPES = {"String": "string", "Int64": "integer", "Float64": "number", "Bool": "boolean", "Date": "date"}
# The code list that a column's codes stand in.
CODE_LIST_OF = {
    "action_code": "codes_actions",
    "admin_level": "codes_admin_levels",
    "check_code": "codes_checks",
    "claim_code": "codes_claims",
    "date_basis": "codes_date_bases",
    "date_precision": "codes_date_precisions",
    "dimension_code": "codes_dimensions",
    "flag_code": "codes_flags",
    "flags": "codes_flags",
    "inspection_kind": "codes_inspection_kinds",
    "primary_type_code": "codes_problem_types",
    "secondary_type_codes": "codes_problem_types",
    "reading_doubt_codes": "codes_reading_doubts",
    "status_code": "codes_statuses",
    "type_code": "codes_problem_types",
    "unit_code": "codes_units",
}
CODE_LISTS = {
    "codes_actions": ("What was done with a document", "对文件的动作"),
    "codes_admin_levels": ("Administrative levels", "行政层级"),
    "codes_checks": ("Comparisons of stated totals with counts", "声明与逐项的核对项"),
    "codes_claims": ("Totals that notices state about themselves", "通报自述的总数"),
    "codes_completion_definitions": ("Definitions of completion", "完成口径"),
    "codes_date_bases": ("How the year of a date is known", "日期年份的依据"),
    "codes_date_precisions": ("Precision of dates", "日期精度"),
    "codes_dimensions": ("Dimensions of problem types", "问题类型的维度"),
    "codes_flags": ("Comparability flags", "可比性标记"),
    "codes_inspection_kinds": ("Kinds of inspection", "巡察类型"),
    "codes_problem_types": ("Problem types", "问题类型"),
    "codes_reading_doubts": ("Signs of a misreading", "可能误读的迹象"),
    "codes_statuses": ("Results as reported", "整改状态"),
    "codes_units": ("Units of quantities", "计量单位"),
}
# column of a code list: heading in Chinese, description in English, description in Chinese
CODE_COLUMNS = {
    "code": ("代码", "the code", "代码"),
    "label_zh": ("中文名称", "name in Chinese", "中文名称"),
    "label_en": ("英文名称", "name in English", "英文名称"),
    "ordinal": ("次序", "position in which the codes are shown", "显示次序"),
    "unit": ("计数单位", "what is counted", "所计的单位"),
    "note_zh": ("中文说明", "explanation in Chinese", "中文说明"),
    "note_en": ("英文说明", "explanation in English", "英文说明"),
    "covers_zh": ("中文范围", "what the code covers, in Chinese", "所含内容（中文）"),
    "covers_en": ("英文范围", "what the code covers, in English", "所含内容（英文）"),
    "applies_to": ("适用主题", "topics whose numbers carry the flag", "带有该标记的数据主题"),
    "threshold": ("阈值", "limit at which the flag is raised, if it has one", "作出标记的界限，可为空"),
    "rule_zh": ("中文规则", "when the flag is raised, in Chinese", "何时作出标记（中文）"),
    "rule_en": ("英文规则", "when the flag is raised, in English", "何时作出标记（英文）"),
    "dimension_code": ("所属维度", "dimension that the type belongs to", "类型所属的维度"),
    "figure_kind": ("数量类别", "kind of quantity that the unit measures", "单位所计的数量类别"),
}
# words of a column's name as they are written in an English heading
_WRITTEN = {"id": "ID", "ids": "IDs", "zh": "(Chinese)", "en": "(English)", "sha256": "SHA-256", "cny": "CNY"}
Declared = Mapping[str, type[dy.Schema]]


@dataclass(frozen=True)
class TableText:
    """What one row of a table is, in both languages."""

    title_en: str
    title_zh: str
    description_en: str
    description_zh: str


def describe_table(table: str, declared: Declared = CORE_TABLES) -> TableText:
    """Title and description of a table; raises KeyError for one that is neither declared nor a code list."""
    if table in CODE_LISTS:
        en, zh = CODE_LISTS[table]
        return TableText(en, zh, "A code list, with names in Chinese and English.", "代码表，含中英文名称。")
    english, _, chinese = cleandoc(declared[table].__doc__ or "").replace("``", "").partition("\n\n")
    title_zh, _, more = " ".join(chinese.split()).partition("：")
    title_en = table.partition("_")[2].replace("_", " ").capitalize()
    return TableText(title_en, title_zh, " ".join(english.split()), more or title_zh)


def _heading(name: str) -> str:
    """``notice_id`` → "Notice ID"."""
    words = " ".join(_WRITTEN.get(word, word) for word in name.split("_"))
    return words if words[1:2] in ("", " ") else words[0].upper() + words[1:]


def _sentence(english: str) -> str:
    """With a capital, unless it begins with the name of a column or a count: ``x / total``."""
    word = english.partition(" ")[0]
    return english if "_" in word or word == "x" else english[:1].upper() + english[1:]


def _unit(name: str, kind: str, spec: Any) -> str | None:
    """The unit that the name or the limits of a numeric column say; None where a number has none."""
    if kind == "integer" and (name.endswith(("_start", "_end")) or "char_count" in name):
        return "code point"
    if kind in ("integer", "number") and (name.endswith("_days") or name.startswith("days_")):
        return "day"
    if name.startswith("months_"):
        return "month"
    if name.endswith("_bits"):
        return "bit"
    is_plain = kind == "integer" and (name.endswith("_count") or name == "common_n")
    return "1" if is_plain or (kind == "number" and spec.max == 1) else None


def _declared_row(table: str, name: str, column: Any) -> dict[str, Any]:
    said = column.metadata or {}
    kind = TYPES.get(type(column).__name__, "array")
    english = column.description or ""
    members = ", ".join(said.get("members", ()))
    return {
        "table": table,
        "column": name,
        "type": kind,
        "unit": said.get("unit", _unit(name, kind, column)),
        "nullable": bool(column.nullable),
        "label_en": _heading(name),
        "label_zh": said.get("zh", name),
        "description_en": _sentence(english),
        "description_zh": said.get("description_zh", said.get("zh", "")),
        "codes": members or CODE_LIST_OF.get(name),
    }


def _code_rows(table: str) -> list[dict[str, Any]]:
    with open(LOOKUPS / "codes" / f"{table}.csv", encoding="utf-8") as handle:
        names = handle.readline().strip().split(",")
    rows = []
    for name in names:
        label, english, chinese = CODE_COLUMNS[name]
        rows.append(
            {
                "table": table,
                "column": name,
                "type": "string",
                "unit": None,
                "nullable": name not in ("code", "label_zh", "label_en"),
                "label_en": _heading(name),
                "label_zh": label,
                "description_en": _sentence(english),
                "description_zh": chinese,
                "codes": CODE_LIST_OF.get(name),
            }
        )
    return rows


def dictionary(tables: Iterable[str], declared: Declared = CORE_TABLES) -> pl.DataFrame:
    """One row per column of ``tables``, in their order and the columns': COLUMNS.

    ``type`` is one of Table Schema's; ``unit`` is null where a number has none, "1" for plain counts
    and shares, or the column that names it; ``codes`` holds the allowed values, or the list they stand in.
    """
    rows: list[dict[str, Any]] = []
    for table in tables:
        if table in CODE_LISTS:
            rows += _code_rows(table)
        else:
            rows += [_declared_row(table, name, spec) for name, spec in declared[table].columns().items()]
    schema = {name: pl.Boolean if name == "nullable" else pl.String for name in COLUMNS}
    return pl.DataFrame(rows, schema=schema)
