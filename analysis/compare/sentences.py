"""Sentences of the briefing, made from the comparison tables, in Chinese and in English.

Every topic takes the tables (``out[name]``, built when asked for) and gives paragraphs of runs
(see ``phrasing``). No sentence holds a number that does not stand in a table, and none ranks.
"""

from __future__ import annotations

from typing import Any

from analysis.compare.phrasing import (
    Paragraph,
    flag_tag,
    listed,
    name,
    real_rows,
    rest,
    run,
    share_words,
    told,
)
from analysis.compare.sentences_completion import completion, differences, disagreements, reconciliation
from analysis.compare.sentences_more import agreement, evidence, method, recurring, returns, timeline

__all__ = [
    "agreement",
    "completion",
    "corpus",
    "counts",
    "differences",
    "evidence",
    "flags",
    "method",
    "reconciliation",
    "recurring",
    "returns",
    "summary",
    "timeline",
]

DIMENSION_SHORT = {
    "decisions": ("决策部署", "decisions"),
    "discipline": ("从严治党", "discipline"),
    "organisation": ("组织路线", "organisation"),
    "supervision": ("监督整改", "supervision"),
    "unclassified": ("未能归类", "unclassified"),
}


def corpus(out: Any, lang: str = "zh") -> list[Paragraph]:
    """What is compared, and whether city and year can be told apart."""
    notices = [row for row in out["out_notices"].to_dicts() if not row["is_missing"]]
    cities = {row["city_code"] or row["notice_id"] for row in notices}
    years = sorted({row["year"] for row in notices if row["year"] is not None})
    span = (f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])) if years else ""
    totals = [
        sum(row[c] or 0 for row in notices) for c in ("problem_count", "leaf_item_count", "measure_count")
    ]
    if lang == "zh":
        first = (
            f"所选共{len(notices)}份通报、{len(cities)}个城市"
            + (f"（{span}年）" if span else "")
            + f"，问题{totals[0]}个、末级事项{totals[1]}个、措施{totals[2]}项。"
        )
        how = "通报是公开后收集到的，不是抽样，不代表其他城市。"
    else:
        first = (
            f"The selection holds {len(notices)} notices of {len(cities)} cities"
            + (f" ({span})" if span else "")
            + f": {totals[0]} problems, {totals[1]} leaf items, {totals[2]} measures."
        )
        how = (
            "They were collected because they were public: no sample, and they do not stand for other cities."
        )
    return [
        [run(first, strong=True), run(how if lang == "zh" else " " + how)],
        *_confounded(notices, cities, years, lang),
    ]


def _confounded(
    notices: list[dict[str, Any]], cities: set[str], years: list[int], lang: str
) -> list[Paragraph]:
    per_body: dict[str, int] = {}
    for row in notices:
        per_body[row["body_key"]] = per_body.get(row["body_key"], 0) + 1
    several = [row for row in notices if per_body[row["body_key"]] > 1]
    if not several and len(cities) > 1 and len(years) > 1:
        return [
            [
                run(
                    "每个单位只有一份通报：城市的差别与年份的差别分不开，因此不画趋势线。"
                    if lang == "zh"
                    else "There is one notice per body: differences between cities and between years cannot be separated, so no trend line is drawn."
                )
            ]
        ]
    if several:
        names = listed((name(row, lang) for row in several), lang, counter="份")
        return [
            [
                run(
                    f"同一单位有多份通报、可作前后对照的：{names}。"
                    if lang == "zh"
                    else f"Notices of one body that can be compared over time: {names}."
                )
            ]
        ]
    return []


def counts(out: Any, lang: str = "zh") -> list[Paragraph]:
    """Sizes and dimensions per notice, with the warning that numbers are no score."""
    notices = [row for row in out["out_notices"].to_dicts() if not row["is_missing"]]
    rows = real_rows(out, "out_problem_counts")
    ids, left = told(notices)
    paragraphs: list[Paragraph] = []
    for row in notices:
        if row["notice_id"] not in ids:
            continue
        own = [
            r
            for r in rows
            if r["notice_id"] == row["notice_id"] and r["group_code"] == "dimension" and r["value_count"]
        ]
        unit = own[0]["unit"] if own else "problem"
        parts = listed(
            (
                f"{DIMENSION_SHORT[r['group_id']][0 if lang == 'zh' else 1]}{'' if lang == 'zh' else ' '}{r['value_count']}"
                for r in own
                if r["unit"] == unit
            ),
            lang,
        )
        days = row["inspection_days"]
        if lang == "zh":
            text = (
                f"：问题{row['problem_count']}个、末级事项{row['leaf_item_count']}个、措施{row['measure_count']}项；按维度：{parts}。"
                + (f"巡察{days}天，" if days else "巡察天数不详，")
                + f"篇幅{row['char_count']}字。"
            )
        else:
            text = (
                f": {row['problem_count']} problems, {row['leaf_item_count']} leaf items, {row['measure_count']} measures; by dimension: {parts}. "
                + (f"Inspection of {days} days, " if days else "Length of inspection unknown, ")
                + f"text of {row['char_count']} characters."
            )
        paragraphs.append(
            [
                run(name(row, lang), strong=True, source={"notice_id": row["notice_id"], "target": None}),
                run(text),
                run(flag_tag(row["flags"], lang)),
            ]
        )
    warning = (
        "问题数的多少受巡察时长、是否“回头看”、下属单位多少和篇幅影响，不说明工作好坏，也不据此排序。"
        if lang == "zh"
        else "The number of problems depends on the length of the inspection, on whether it looked back, on subordinate units and on the text's length. It says nothing about performance, and nothing is ranked by it."
    )
    return [*paragraphs, *rest(left, lang), [run(warning)]]


def flags(out: Any, lang: str = "zh") -> list[Paragraph]:
    """Per notice, the flags raised and why."""
    rows = [r for r in real_rows(out, "out_flags") if r["is_raised"]]
    ids, left = told(rows)
    paragraphs: list[Paragraph] = []
    for notice_id in ids:
        own = [r for r in rows if r["notice_id"] == notice_id]
        joined = ("；" if lang == "zh" else "; ").join(
            f"{r['flag_code']} {name(r, lang, 'flag_label')}"
            + (f"（{r['reason_zh']}）" if lang == "zh" else f" ({r['reason_en']})")
            for r in own
        )
        paragraphs.append(
            [
                run(name(own[0], lang), strong=True, source={"notice_id": notice_id, "target": None}),
                run(("：" if lang == "zh" else ": ") + joined + ("。" if lang == "zh" else ".")),
            ]
        )
    return [*paragraphs, *rest(left, lang)]


def summary(out: Any, lang: str = "zh") -> dict[str, list[Paragraph]]:
    """The one-page summary: ``can`` be said, ``cannot``, ``disagree`` (stated against counted)."""
    can = [corpus(out, lang)[0]]
    rows = real_rows(out, "out_completion")
    published = [r for r in rows if r["definition_code"] == "stated" and r["share"] is not None]
    itemised = [r for r in rows if r["definition_code"] == "itemised" and r["share"] is not None]
    for head_zh, head_en, found in (
        ("通报自己声明的完成比例：", "Completion as the notices state it: ", published),
        ("逐项清点的完成比例：", "Completion counted item by item: ", itemised),
    ):
        if found:
            parts = [
                f"{name(r, lang)} "
                + (f"{r['x_count']}/{r['n_count']}" if r["x_count"] is not None else "")
                + share_words(r, lang)
                + flag_tag(r["flags"], lang)
                for r in found[:8]
            ]
            can.append(
                [
                    run(head_zh if lang == "zh" else head_en),
                    run(("；" if lang == "zh" else "; ").join(parts) + ("。" if lang == "zh" else ".")),
                ]
            )
    can.extend(recurring(out, lang)[:1])
    can.extend(evidence(out, lang)[:1])
    cannot = [*differences(out, lang)[:1], *corpus(out, lang)[1:]]
    lacking = [r for r in rows if r["definition_code"] == "stated" and "N" in r["flags"].split(",")]
    if lacking:
        names = listed((name(r, lang) for r in lacking), lang, counter="份")
        cannot.append(
            [
                run(
                    f"未公布整改结果的：{names}——其完成情况不得而知。"
                    if lang == "zh"
                    else f"No results are published by {names}: how much was done there is unknown."
                )
            ]
        )
    flagged = [r for r in real_rows(out, "out_flags") if r["is_raised"] and r["flag_code"] in "XUTA"]
    for code in "XUTA":
        own = [r for r in flagged if r["flag_code"] == code]
        if own:
            names = listed(
                (
                    name(r, lang) + (f"（{r['reason_zh']}）" if lang == "zh" else f" ({r['reason_en']})")
                    for r in own
                ),
                lang,
                5,
                "份",
            )
            label = name(own[0], lang, "flag_label")
            cannot.append([run(f"{label}：{names}。" if lang == "zh" else f"{label}: {names}.")])
    return {"can": can, "cannot": cannot, "disagree": disagreements(out, lang)}
