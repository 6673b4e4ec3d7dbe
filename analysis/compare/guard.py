"""Refuses comparisons that would set unlike things side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

UNIT_NAMES = {
    "problem": ("问题", "problems"),
    "leaf_item": ("末级事项", "leaf items"),
    "task": ("任务", "tasks"),
    "measure": ("措施", "measures"),
}


class IncomparableUnits(ValueError):
    """The rows count different things or count them by different definitions."""

    def __init__(self, reason_zh: str, reason_en: str):
        super().__init__(f"{reason_en} / {reason_zh}")
        self.reason_zh = reason_zh
        self.reason_en = reason_en


def require_comparable(
    rows: pl.DataFrame | Iterable[Mapping[str, Any]],
    unit: str = "unit",
    definition: str = "definition_code",
    basis: str = "basis_code",
) -> None:
    """Raise IncomparableUnits unless all rows share unit, definition and basis (columns that are absent are not looked at).

    ``rows``: a frame or dicts of one ``out_*`` table with ``label_zh``, ``label_en`` where there are any.
    """
    listed = rows.to_dicts() if isinstance(rows, pl.DataFrame) else [dict(row) for row in rows]
    for column, explain in (
        (unit, _explain_unit),
        (definition, _explain_definition),
        (basis, _explain_basis),
    ):
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in listed:
            if row.get(column) is not None:
                groups.setdefault(row[column], []).append(row)
        groups.pop("none", None)
        if len(groups) > 1:
            raise IncomparableUnits(*explain(groups))


def _who(rows: list[dict[str, Any]], column: str) -> str:
    names = list(dict.fromkeys(str(row.get(column) or row.get("notice_id") or "?") for row in rows))
    separator = "、" if column == "label_zh" else ", "
    return separator.join(names[:3]) + (" …" if len(names) > 3 else "")


def _listed(groups: dict[str, list[dict[str, Any]]], names: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    zh = "；".join(
        f"{_who(rows, 'label_zh')}按{names.get(value, (value, value))[0]}计" for value, rows in groups.items()
    )
    en = "; ".join(
        f"{_who(rows, 'label_en')}: {names.get(value, (value, value))[1]}" for value, rows in groups.items()
    )
    return zh, en


def _explain_unit(groups: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    zh, en = _listed(groups, UNIT_NAMES)
    return (
        f"计数单位不同，不能相比：{zh}。请统一单位（参数 unit）后再比。",
        f"The units differ and cannot be compared: {en}. Choose one unit (parameter unit) for all.",
    )


def _explain_definition(groups: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    names = {
        "stated": ("声明口径", "stated"),
        "itemised": ("逐项口径", "itemised"),
        "strict": ("严格口径", "strict"),
        "lenient": ("宽松口径", "lenient"),
    }
    zh, en = _listed(groups, names)
    return (
        f"口径不同，不能相比：{zh}。请选同一口径（参数 completion）。",
        f"The definitions differ and cannot be compared: {en}. Choose one definition (parameter completion) for all.",
    )


def _explain_basis(groups: dict[str, list[dict[str, Any]]]) -> tuple[str, str]:
    names = {"items": ("逐项结果", "counted from items"), "total": ("总数", "taken from the notice's total")}
    zh, en = _listed(groups, names)
    return (
        f"依据不同，不能相比：{zh}。逐项清点与总数所用的“完成”字样未必同义。",
        f"The bases differ and cannot be compared: {en}. A total and the items need not mean the same by “done”.",
    )
