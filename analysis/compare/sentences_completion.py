"""Sentences on completion: the ratios of each notice, whether they can be told apart, what disagrees."""

from __future__ import annotations

from typing import Any

from analysis.compare.phrasing import (
    MOST_TOLD,
    Paragraph,
    first_source,
    flag_tag,
    listed,
    name,
    percent,
    real_rows,
    rest,
    run,
    share_words,
    source_of,
    told,
)


def completion(out: Any, lang: str = "zh") -> list[Paragraph]:
    """The four ratios of each notice, and how far the definition alone moves them."""
    rows = real_rows(out, "out_completion")
    ids, left = told(rows)
    paragraphs = [_four_ratios([r for r in rows if r["notice_id"] == i], lang) for i in ids]
    widest = _widest(rows)
    closing: list[Paragraph] = []
    if widest:
        row, gap = widest
        closing.append(
            [
                run(
                    f"仅因口径不同，{name(row, lang)}的完成比例就相差{gap:.1f}个百分点。"
                    if lang == "zh"
                    else f"The definition alone moves the ratio of {name(row, lang)} by {gap:.1f} percentage points.",
                    strong=True,
                )
            ]
        )
    closing.append(
        [
            run(
                "整改结果均为被巡察单位自报；未载明结果的，不作完成，也不作未完成。"
                if lang == "zh"
                else "Every result is the inspected body's own word; a result that is not stated counts neither as done nor as open."
            )
        ]
    )
    return [*paragraphs, *rest(left, lang), *closing]


def _widest(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], float] | None:
    """The notice whose ratios by definition lie furthest apart, in percentage points; same unit only."""
    best: tuple[dict[str, Any], float] | None = None
    for notice_id in dict.fromkeys(row["notice_id"] for row in rows):
        own = [r for r in rows if r["notice_id"] == notice_id and r["share"] is not None]
        if len({r["unit"] for r in own}) == 1 and len(own) > 1:
            gap = 100 * (max(r["share"] for r in own) - min(r["share"] for r in own))
            if gap and (best is None or gap > best[1] + 1e-9):
                best = own[0], gap
    return best


def _four_ratios(own: list[dict[str, Any]], lang: str) -> Paragraph:
    first = own[0]
    paragraph = [
        run(name(first, lang), strong=True, source={"notice_id": first["notice_id"], "target": None}),
        run("：" if lang == "zh" else ": "),
    ]
    if all(r["share"] is None and r["x_count"] is None for r in own):
        paragraph.append(
            run(
                "既未逐项载明结果，也未公布完成总数——不是0，也不是100%"
                if lang == "zh"
                else "results are published neither by item nor in total, which is neither 0 nor 100 %"
            )
        )
    else:
        for i, row in enumerate(own):
            paragraph.extend([run(("；" if lang == "zh" else "; ") if i else ""), _ratio(row, lang)])
    days = first["days_since_feedback"]
    if days is None:
        timing = "；距反馈天数不详。" if lang == "zh" else "; days since feedback unknown."
    elif first["is_days_lower_bound"]:
        timing = f"；距反馈至少{days}天。" if lang == "zh" else f"; at least {days} days since feedback."
    else:
        timing = f"；数据距反馈{days}天。" if lang == "zh" else f"; figures {days} days after feedback."
    flags = ",".join(dict.fromkeys(f for r in own for f in r["flags"].split(",") if f))
    return [*paragraph, run(timing), run(flag_tag(flags, lang))]


def _ratio(row: dict[str, Any], lang: str) -> dict[str, Any]:
    label = name(row, lang, "definition_label")
    units = {
        "problem": ("个问题", "problems"),
        "leaf_item": ("个末级事项", "leaf items"),
        "task": ("项任务", "tasks"),
        "measure": ("项措施", "measures"),
    }[row["unit"]]
    source = first_source(row["source_ids"])
    if row["x_count"] is None:
        given = (
            f"{percent(row['share'])}"
            if row["share"] is not None
            else ("未载明" if lang == "zh" else "not stated")
        )
        return run(f"{label}{given}" if lang == "zh" else f"{label}: {given}", source=source)
    if (
        row["share"] is None and row["n_count"] is None
    ):  # a completed number whose total is lacking or smaller
        note = row[f"note_{lang}"]
        return run(
            f"{label}{row['x_count']}{units[0]}（{note.rstrip('。')}）"
            if lang == "zh"
            else f"{label} {row['x_count']} {units[1]} ({note.rstrip('.')})",
            source=source,
        )
    if row["share"] is None:
        bounds = (
            f"{percent(row['bound_low'])}–{percent(row['bound_high'])}"
            if row["bound_low"] is not None
            else "–"
        )
        return run(
            f"{label}：仅{row['n_count']}{units[0]}载明结果，比例可能在{bounds}之间"
            if lang == "zh"
            else f"{label}: only {row['n_count']} {units[1][:-1]} states a result, the share may lie anywhere in {bounds}"
            if row["n_count"] == 1
            else f"{label}: only {row['n_count']} {units[1]} state a result, the share may lie anywhere in {bounds}",
            source=source,
        )
    missing = (
        (
            f"，另有{row['missing_count']}项未载明"
            if lang == "zh"
            else f", {row['missing_count']} more not stated"
        )
        if row["missing_count"]
        else ""
    )
    return run(
        f"{label}{row['n_count']}{units[0]}中{row['x_count']}个{share_words(row, lang)}{missing}"
        if lang == "zh"
        else f"{label} {row['x_count']} of {row['n_count']} {units[1]}{share_words(row, lang)}{missing}",
        source=source,
    )


def differences(out: Any, lang: str = "zh") -> list[Paragraph]:
    """Whether the notices can be told apart; refused comparisons with their reason."""
    rows = out["out_differences"].to_dicts()
    paragraphs: list[Paragraph] = []
    overall = next(
        r for r in rows if r["comparison_code"] == "overall" and r["definition_code"] == "best_available"
    )
    pairs = [
        r
        for r in rows
        if r["comparison_code"] == "pair"
        and r["definition_code"] == "best_available"
        and r["p_adjusted"] is not None
    ]
    if overall["p_value"] is None:
        return [[run(name(overall, lang, "reason"))]]
    every_pair = (
        len(pairs) == overall["notice_count"] * (overall["notice_count"] - 1) // 2
    )  # many notices: only pairs of one city
    smallest = min((r["p_adjusted"] for r in pairs), default=None) if every_pair else None
    if overall["verdict_code"] == "cannot_be_told_apart" and (smallest is None or smallest >= 0.05):
        tail = (
            (
                f"，两两比较中最小的校正后 p = {smallest:.2f}"
                if lang == "zh"
                else f", the smallest adjusted p of a pair is {smallest:.2f}"
            )
            if smallest is not None
            else ""
        )
        text = (
            f"{overall['notice_count']}份有结果的通报合并检验 p = {overall['p_value']:.2f}{tail}：完成比例不能区分。"
            if lang == "zh"
            else f"The {overall['notice_count']} notices with results, tested together: p = {overall['p_value']:.2f}{tail}. Their completion ratios cannot be told apart."
        )
    else:
        found = [r for r in pairs if r["verdict_code"] == "differs"]
        names = listed((f"{name(r, lang, 'label_a')}/{name(r, lang, 'label_b')}" for r in found), lang)
        text = (
            f"{overall['notice_count']}份有结果的通报合并检验 p = {overall['p_value']:.2g}；校正后可区分的：{names or '无'}。差别可能来自口径、时点或自报习惯。"
            if lang == "zh"
            else f"The {overall['notice_count']} notices with results, tested together: p = {overall['p_value']:.2g}; pairs that differ after adjustment: {names or 'none'}. Definitions, dates or habits of reporting may be the cause."
        )
    paragraphs.append([run(text, strong=True), run(flag_tag(overall["flags"], lang))])
    paragraphs.append(
        [
            run(
                "不能区分不等于相同；各通报口径、时点不同，且均为自报，故不作排名。"
                if lang == "zh"
                else "Not to be told apart is not the same as being equal; definitions and dates differ and all is self-reported, so nothing is ranked."
            )
        ]
    )
    refused = [
        r for r in rows if r["verdict_code"] == "not_comparable" and r["definition_code"] == _headline(out)
    ]
    if refused:
        reasons = list(
            dict.fromkeys(name(r, lang, "reason") for r in refused if r["comparison_code"] == "pair")
        )[:3]
        head = (
            f"所选口径下有{len([r for r in refused if r['comparison_code'] == 'pair'])}对不能相比，例如："
            if lang == "zh"
            else f"On the chosen definition {len([r for r in refused if r['comparison_code'] == 'pair'])} pairs cannot be compared, for example: "
        )
        if reasons:
            paragraphs.append([run(head), run((" " if lang == "en" else "").join(reasons))])
    return [*paragraphs, *_over_time(out, rows, lang)]


def _over_time(out: Any, rows: list[dict[str, Any]], lang: str) -> list[Paragraph]:
    """Notices of one body in the order of their years: counted item by item where both are, else as stated."""
    notices = {r["notice_id"]: r for r in out["out_notices"].to_dicts() if not r["is_missing"]}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for definition in ("itemised", "stated"):
        for row in rows:
            if (
                row["definition_code"] == definition
                and row["comparison_code"] == "pair"
                and row["difference"] is not None
            ):
                a, b = notices[row["notice_id_a"]], notices[row["notice_id_b"]]
                if (
                    a["body_key"] == b["body_key"]
                    and a["year"] is not None
                    and b["year"] is not None
                    and a["year"] < b["year"]
                ):
                    found.setdefault((row["notice_id_a"], row["notice_id_b"]), row)
    paragraphs: list[Paragraph] = []
    for row in list(found.values())[:MOST_TOLD]:
        share_a, share_b = (
            percent(row["x_a_count"] / row["n_a_count"]),
            percent(row["x_b_count"] / row["n_b_count"]),
        )
        low, high = -100 * row["newcombe_high"], -100 * row["newcombe_low"]  # the later less the earlier
        apart = row["verdict_code"] == "differs"
        if lang == "zh":
            kind, verdict = (
                {"itemised": "逐项", "stated": "声明"}[row["definition_code"]],
                "可以区分" if apart else "不能区分",
            )
            text = f"{row['label_a_zh']}至{row['label_b_zh']}，{kind}完成比例由{share_a}到{share_b}，差的95%区间为{low:+.1f}至{high:+.1f}个百分点：{verdict}。"
        else:
            kind, verdict = row["definition_code"], "they differ" if apart else "they cannot be told apart"
            text = f"{row['label_a_en']} to {row['label_b_en']}, {kind}: from {share_a} to {share_b}, 95 % interval of the difference {low:+.1f} to {high:+.1f} points; {verdict}."
        paragraphs.append([run(text), run(flag_tag(row["flags"], lang))])
    return paragraphs


def _headline(out: Any) -> str:
    return next(
        (r["definition_code"] for r in out["out_completion"].to_dicts() if r["is_headline"]), "lenient"
    )


def reconciliation(out: Any, lang: str = "zh") -> list[Paragraph]:
    """Every stated total that the items contradict, and how many agree or cannot be decided."""
    rows = real_rows(out, "out_reconciliation")
    failed = [r for r in rows if r["is_agreeing"] is False]
    agreeing, undecided = (
        sum(r["is_agreeing"] is True for r in rows),
        sum(r["is_agreeing"] is None for r in rows),
    )
    head = (
        f"共核对{len(rows)}处：{agreeing}处一致，{len(failed)}处不一致，{undecided}处无法判断。"
        if lang == "zh"
        else f"{len(rows)} stated figures were checked: {agreeing} agree, {len(failed)} do not, {undecided} cannot be decided."
    )
    return [[run(head, strong=True)], *disagreements(out, lang)]


def disagreements(out: Any, lang: str = "zh") -> list[Paragraph]:
    """One sentence per stated total that the items contradict."""
    paragraphs: list[Paragraph] = []
    for row in real_rows(out, "out_reconciliation"):
        if row["is_agreeing"] is False:
            label, gap = name(row, lang, "check_label"), abs(row["difference"])
            is_share = row["check_code"] == "completion_share"
            stated, counted, by = (
                (percent(row["stated_value"]), percent(row["counted_value"]), f"{100 * gap:.1f}")
                if is_share
                else (f"{row['stated_value']:g}", f"{row['counted_value']:g}", f"{gap:g}")
            )
            if row["check_code"].endswith("_sum"):  # stated figures among themselves
                text = (
                    f"：声明的总数为{stated}，各部分声明数之和为{counted}，相差{by}。"
                    if lang == "zh"
                    else f": the stated total is {stated}, its stated parts add up to {counted}, a difference of {by}."
                )
            else:
                text = (
                    f"：{label}声明{stated}，清点{counted}，相差{by}。"
                    if lang == "zh"
                    else f": {label.lower()}: stated {stated}, counted {counted}, a difference of {by}."
                )
            paragraphs.append(
                [
                    run(name(row, lang), strong=True),
                    run(text, source=source_of(row["claim_id"])),
                    run(flag_tag(row["flags"], lang)),
                ]
            )
    return paragraphs
