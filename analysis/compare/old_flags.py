"""Comparability flags: computed per notice, carried by every number, chart and sentence.

The letters and thresholds stand in the lookup codes_flags; a flag says what to know before
comparing, never that a notice is better or worse.
"""

from __future__ import annotations

from collections import Counter
from statistics import median
from typing import Any

import polars as pl

from analysis.compare.context import UNCLASSIFIED, Comparison, flag_rows, flag_threshold, small_n
from analysis.compare.grid import join_ids, key_of, out_frame
from analysis.compare.old_completion import Figure, days_since_feedback, figures_date, latest_events
from analysis.lookups import load_csv

LOW_KAPPA = 0.85
LEVELS_EN = {
    "central": "central",
    "province": "provincial",
    "prefecture": "prefecture",
    "county": "county",
    "township": "township",
    "zone": "development zone",
}
LEVELS_ZH = {
    "central": "中央",
    "province": "省级",
    "prefecture": "地级",
    "county": "县级",
    "township": "乡镇",
    "zone": "开发区",
}
Reason = tuple[str, str, list[str]]  # why in zh, in en, IDs


def raise_flags(
    comparison: Comparison,
    figures: dict[tuple[str, str], Figure],
    notice_kappas: dict[str, float] | None = None,
) -> pl.DataFrame:
    """``out_flags`` (every flag of every notice) and, as a side effect, ``comparison.flags`` for the other tables.

    ``notice_kappas``: agreement with human labels per notice, where there are any.
    """
    reasons = _all_reasons(comparison, figures, notice_kappas or {})
    rows: list[dict[str, Any]] = []
    for notice in comparison.notices:
        notice_id = notice["notice_id"]
        comparison.flags[notice_id] = {
            flag for flag, found in reasons.items() if notice_id in found and flag != "L"
        }
        for flag, meaning in flag_rows().items():
            zh, en, ids = reasons[flag].get(notice_id, ("", "", []))
            rows.append(
                {
                    **key_of(notice),
                    "flag_code": flag,
                    "flag_label_zh": meaning["label_zh"],
                    "flag_label_en": meaning["label_en"],
                    "unit": "notice",
                    "definition_code": meaning["rule_en"],
                    "is_raised": notice_id in reasons[flag],
                    "reason_zh": zh,
                    "reason_en": en,
                    "n_count": len(comparison.notices),
                    "source_ids": join_ids(ids),
                }
            )
    return out_frame("out_flags", rows)


def _all_reasons(
    comparison: Comparison, figures: dict[tuple[str, str], Figure], kappas: dict[str, float]
) -> dict[str, dict[str, Reason]]:
    return {
        "U": _unit(comparison, figures),
        "D": _definition(comparison, figures),
        "T": _time(comparison),
        "X": _excerpt(comparison),
        "R": _reconciliation(comparison),
        "S": _self_reported(comparison, figures),
        "N": _not_published(comparison, figures),
        "L": _small(comparison),
        "A": _level(comparison),
        "Q": _classification(comparison, kappas),
    }


def _unit(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    for notice in comparison.notices:
        notice_id = notice["notice_id"]
        problems, leaves = (comparison.unit_counts[u].get(notice_id, 0) for u in ("problem", "leaf_item"))
        tasks = comparison.claim(notice_id, "tasks")
        stated = figures[notice_id, "stated"]
        if problems != leaves:
            more = f"，另声明任务{tasks['value']:g}项" if tasks else ""
            more_en = f", and {tasks['value']:g} tasks are stated" if tasks else ""
            found[notice_id] = (
                f"问题{problems}个、末级事项{leaves}个{more}",
                f"{problems} problems but {leaves} leaf items{more_en}",
                [tasks["claim_id"]] if tasks else [],
            )
        elif stated.basis == "total" and stated.unit != comparison.unit:
            found[notice_id] = (
                "完成总数按其他单位声明",
                "the completed total is stated in another unit",
                stated.ids,
            )
        elif tasks and comparison.claim(notice_id, "problems") is None:
            found[notice_id] = (
                f"总数以任务声明（{tasks['value']:g}项），未声明问题数",
                f"the total is stated in tasks ({tasks['value']:g}), not in problems",
                [tasks["claim_id"]],
            )
    return found


def _definition(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> dict[str, Reason]:
    bases = {n["notice_id"]: figures[n["notice_id"], "best_available"].basis for n in comparison.notices}
    mixed = {"items", "total"} <= set(bases.values())
    found: dict[str, Reason] = {}
    for notice_id, basis in bases.items():
        strict, lenient = figures[notice_id, "strict"], figures[notice_id, "lenient"]
        if strict.x is not None and lenient.x is not None and strict.x != lenient.x:
            found[notice_id] = (
                f"严格口径{strict.x}、宽松口径{lenient.x}（共{lenient.n}）",
                f"strict {strict.x}, lenient {lenient.x} (of {lenient.n})",
                [],
            )
        elif mixed and basis == "total":
            found[notice_id] = (
                "只有总数，其他通报有逐项结果",
                "only a total, where others state results by item",
                figures[notice_id, "stated"].ids,
            )
    return found


def _time(comparison: Comparison) -> dict[str, Reason]:
    last = latest_events(comparison)
    known: dict[str, int] = {}
    found: dict[str, Reason] = {}
    for notice in comparison.notices:
        notice_id = notice["notice_id"]
        day, basis, is_bound = figures_date(notice, last.get(notice_id))
        days = days_since_feedback(notice, day)
        if days is None:
            lacking = "反馈日" if notice["feedback_date"] is None or day is not None else "数据截至日"
            found[notice_id] = (
                f"{lacking}不详",
                f"the day of the {'feedback' if lacking == '反馈日' else 'figures'} is unknown",
                [],
            )
        else:
            if not is_bound:
                known[notice_id] = days
            else:
                found[notice_id] = (
                    f"数据截至日不详，至少{days}天",
                    f"the day of the figures is unknown: at least {days} days",
                    [],
                )
    if len(known) > 1:
        middle = median(known.values())
        for notice_id, days in known.items():
            if abs(days - middle) > flag_threshold("T") and notice_id not in found:
                found[notice_id] = (
                    f"距反馈{days}天，所选通报中位数{middle:g}天",
                    f"{days} days since feedback, median of the selection {middle:g}",
                    [],
                )
    return found


def _excerpt(comparison: Comparison) -> dict[str, Reason]:
    return {
        n["notice_id"]: ("编号有缺口，疑似节选", "gaps in the numbering suggest an excerpt", [])
        for n in comparison.notices
        if n["is_excerpt"]
    }


def _reconciliation(comparison: Comparison) -> dict[str, Reason]:
    labels = {row["code"]: row for row in load_csv("codes_checks")}
    found: dict[str, Reason] = {}
    for notice_id, checks in comparison.failed_checks.items():
        parts = [(labels.get(c["check_code"], {}), c) for c in checks]
        zh = "；".join(
            f"{label.get('label_zh', c['check_code'])}声明{c['stated_value']:g}、清点{c['counted_value']:g}"
            for label, c in parts
        )
        en = "; ".join(
            f"{label.get('label_en', c['check_code'])}: stated {c['stated_value']:g}, counted {c['counted_value']:g}"
            for label, c in parts
        )
        found[notice_id] = (zh, en, [c["check_id"] for c in checks])
    return found


def _self_reported(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> dict[str, Reason]:
    return {
        n["notice_id"]: ("结果均为被巡察单位自报", "results are the inspected body's own word", [])
        for n in comparison.notices
        if any(figures[n["notice_id"], d].basis != "none" for d in ("stated", "itemised"))
    }


def _not_published(comparison: Comparison, figures: dict[tuple[str, str], Figure]) -> dict[str, Reason]:
    return {
        n["notice_id"]: ("既无逐项结果，也无完成总数", "neither results by item nor a completed total", [])
        for n in comparison.notices
        if all(figures[n["notice_id"], d].basis == "none" for d in ("stated", "itemised"))
    }


def _small(comparison: Comparison) -> dict[str, Reason]:
    sizes = {
        n["notice_id"]: comparison.unit_counts[comparison.unit].get(n["notice_id"], 0)
        for n in comparison.notices
    }
    return {notice_id: (f"仅{n}项", f"only {n} units", []) for notice_id, n in sizes.items() if n < small_n()}


def _level(comparison: Comparison) -> dict[str, Reason]:
    levels = Counter(n["admin_level"] for n in comparison.notices if n["admin_level"])
    if len(levels) < 2:
        return {}
    (usual, most), (_, second) = levels.most_common(2)
    found: dict[str, Reason] = {}
    for notice in comparison.notices:
        level = notice["admin_level"]
        if level and (level != usual or most == second):
            found[notice["notice_id"]] = (
                f"{LEVELS_ZH[level]}单位；所选通报多为{LEVELS_ZH[usual]}"
                if most != second
                else f"{LEVELS_ZH[level]}单位；所选通报层级不一",
                f"{LEVELS_EN[level]} level; most of the selection is {LEVELS_EN[usual]}"
                if most != second
                else f"{LEVELS_EN[level]} level; the selection mixes levels",
                [],
            )
    return found


def _classification(comparison: Comparison, kappas: dict[str, float]) -> dict[str, Reason]:
    found: dict[str, Reason] = {}
    shares = comparison.units.group_by("notice_id", maintain_order=True).agg(
        (pl.col("primary_type_code") == UNCLASSIFIED).mean().alias("share"),
        pl.col("problem_id").filter(pl.col("primary_type_code") == UNCLASSIFIED),
    )
    for notice_id, share, ids in shares.iter_rows():
        kappa = kappas.get(notice_id)
        if share is not None and share > flag_threshold("Q"):
            found[notice_id] = (
                f"{share:.0%}的事项未能归类",
                f"{share:.0%} of the units could not be classified",
                ids,
            )
        elif kappa is not None and kappa < LOW_KAPPA:
            found[notice_id] = (
                f"与人工归类的 κ 为 {kappa:.2f}",
                f"kappa against the human coding is {kappa:.2f}",
                [],
            )
    return found
