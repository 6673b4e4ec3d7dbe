"""Are the completion ratios of notices different at all? Exact tests, adjusted; no ranking.

Within one definition the ratios must share unit and basis, or the pair is refused with the
reason. ``best_available`` (items, else totals) mixes bases on purpose: it exists only to ask
whether the notices can be told apart at all, and is flagged D.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import polars as pl

from analysis.compare.context import Comparison
from analysis.compare.exact_tests import boschloo, fisher_2x2, fisher_rx2
from analysis.compare.grid import join_flags, join_ids, out_frame
from analysis.compare.guard import IncomparableUnits, require_comparable
from analysis.compare.intervals import holm, newcombe
from analysis.compare.old_completion import Figure
from analysis.compare.schema_columns import COMPARED_DEFINITIONS

ALPHA = 0.05
MOST_PAIRED = 24  # notices beyond which pairs are formed only inside one city: more pairs than anyone reads
MOST_TABLES = 40_000  # 2×2 tables of one pair (n_a × n_b) up to which Boschloo's test is enumerated


def difference_table(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> pl.DataFrame:
    """``out_differences``: one overall row per definition, and every pair in display order."""
    rows: list[dict[str, Any]] = []
    for definition in COMPARED_DEFINITIONS:
        own = [(notice, figures[notice["notice_id"], definition]) for notice in comparison.notices]
        rows.append(_overall(comparison, definition, own))
        pairs = [
            _pair(comparison, definition, a, b)
            for a, b in combinations(own, 2)
            if len(own) <= MOST_PAIRED or a[0]["city_code"] == b[0]["city_code"]
        ]
        for column, adjusted in (("p_value", "p_adjusted"), ("fisher_p_value", "fisher_p_adjusted")):
            for row, p in zip(pairs, holm([r[column] for r in pairs]), strict=True):
                row[adjusted] = p
        for row in pairs:
            if row["p_adjusted"] is not None:
                _conclude(row, len([r for r in pairs if r["p_value"] is not None]))
        rows.extend(pairs)
    return out_frame("out_differences", rows)


EMPTY = {
    "notice_id_a": None,
    "notice_id_b": None,
    "label_a_zh": None,
    "label_b_zh": None,
    "label_a_en": None,
    "label_b_en": None,
    "x_a_count": None,
    "n_a_count": None,
    "x_b_count": None,
    "n_b_count": None,
    "n_count": None,
    "difference": None,
    "newcombe_low": None,
    "newcombe_high": None,
    "p_value": None,
    "p_adjusted": None,
    "fisher_p_value": None,
    "fisher_p_adjusted": None,
    "test_code": "none",
}


def _as_row(notice: dict[str, Any], figure: Figure) -> dict[str, Any]:
    basis = None if figure.definition == "best_available" else figure.basis
    return {
        "label_zh": notice["label_zh"],
        "label_en": notice["label_en"],
        "unit": figure.unit,
        "definition_code": figure.definition,
        "basis_code": basis,
    }


def _usable(figure: Figure) -> bool:
    return figure.share is not None and figure.x is not None and bool(figure.n)


def _flags(comparison: Comparison, found: list[tuple[dict[str, Any], Figure]]) -> str:
    flags = {
        flag
        for notice, figure in found
        for flag in comparison.flags_for(notice["notice_id"], "completion", figure.n)
    }
    if len({figure.basis for _, figure in found}) > 1:
        flags.add("D")
    if len({figure.unit for _, figure in found}) > 1:
        flags.add("U")
    return join_flags(flags)


def _overall(
    comparison: Comparison, definition: str, own: list[tuple[dict[str, Any], Figure]]
) -> dict[str, Any]:
    used = [(notice, figure) for notice, figure in own if _usable(figure)]
    row = {
        **EMPTY,
        "comparison_code": "overall",
        "definition_code": definition,
        "unit": comparison.unit,
        "notice_count": len(used),
        "verdict_code": "not_comparable",
        "flags": _flags(comparison, used),
        "source_ids": join_ids(notice["notice_id"] for notice, _ in used),
    }
    if len(used) < 2:
        return {
            **row,
            "reason_zh": "有此口径比例的通报不足两份，无从比较。",
            "reason_en": "Fewer than two notices have a share on this definition: nothing to compare.",
        }
    try:
        require_comparable(_as_row(*pair) for pair in used)
    except IncomparableUnits as refusal:
        return {**row, "reason_zh": refusal.reason_zh, "reason_en": refusal.reason_en}
    p, how = fisher_rx2([(figure.x, figure.n - figure.x) for _, figure in used])
    differs = p < ALPHA
    return {
        **row,
        "n_count": sum(figure.n for _, figure in used),
        "p_value": p,
        "p_adjusted": p,
        "test_code": how,
        "verdict_code": "differs" if differs else "cannot_be_told_apart",
        "reason_zh": f"{len(used)}份通报合并检验（Fisher，p = {p:.2g}）："
        + ("至少有一份与其余不同；这不说明孰优孰劣。" if differs else "不能区分；不能区分不等于相同。"),
        "reason_en": f"All {len(used)} notices at once (Fisher, p = {p:.2g}): "
        + (
            "at least one differs; this does not say which is better."
            if differs
            else "they cannot be told apart, which is not the same as being equal."
        ),
    }


def _pair(
    comparison: Comparison,
    definition: str,
    a: tuple[dict[str, Any], Figure],
    b: tuple[dict[str, Any], Figure],
) -> dict[str, Any]:
    (notice_a, figure_a), (notice_b, figure_b) = a, b
    row = {
        **EMPTY,
        "comparison_code": "pair",
        "definition_code": definition,
        "unit": comparison.unit,
        "notice_count": 2,
        "verdict_code": "not_comparable",
        "notice_id_a": notice_a["notice_id"],
        "notice_id_b": notice_b["notice_id"],
        "label_a_zh": notice_a["label_zh"],
        "label_b_zh": notice_b["label_zh"],
        "label_a_en": notice_a["label_en"],
        "label_b_en": notice_b["label_en"],
        "x_a_count": figure_a.x,
        "n_a_count": figure_a.n,
        "x_b_count": figure_b.x,
        "n_b_count": figure_b.n,
        "flags": _flags(comparison, [a, b]),
        "source_ids": join_ids([notice_a["notice_id"], notice_b["notice_id"]]),
    }
    lacking = [notice for notice, figure in (a, b) if not _usable(figure)]
    if lacking:
        return {
            **row,
            "reason_zh": f"{'、'.join(n['label_zh'] for n in lacking)}没有此口径的比例，不能相比。",
            "reason_en": f"{', '.join(n['label_en'] for n in lacking)}: no share on this definition, so no comparison.",
        }
    try:
        require_comparable([_as_row(*a), _as_row(*b)])
    except IncomparableUnits as refusal:
        return {**row, "reason_zh": refusal.reason_zh, "reason_en": refusal.reason_en}
    counts = (figure_a.x, figure_a.n, figure_b.x, figure_b.n)
    fisher = fisher_2x2(*counts)
    exact = figure_a.n * figure_b.n <= MOST_TABLES
    row["difference"], row["newcombe_low"], row["newcombe_high"] = newcombe(*counts)
    row.update(
        n_count=figure_a.n + figure_b.n,
        fisher_p_value=fisher,
        p_value=boschloo(*counts) if exact else fisher,
        test_code="boschloo" if exact else "fisher_exact",
        reason_zh="",
        reason_en="",
    )
    return row


def _conclude(row: dict[str, Any], tests: int) -> None:
    p = row["p_adjusted"]
    differs = p < ALPHA
    row["verdict_code"] = "differs" if differs else "cannot_be_told_apart"
    row["reason_zh"] = f"校正后 p = {p:.2g}（Holm，{tests}次比较）：" + (
        "有差别；口径、时点与自报性质不同，不说明孰优孰劣。" if differs else "不能区分；不能区分不等于相同。"
    )
    row["reason_en"] = f"Adjusted p = {p:.2g} (Holm, {tests} comparisons): " + (
        "they differ; definitions, dates and self-reporting differ too, so this does not say which is better."
        if differs
        else "they cannot be told apart, which is not the same as being equal."
    )
