"""Sentences on types, recurrence, time, evidence and the coding, and the notes on method."""

from __future__ import annotations

from typing import Any

from analysis.compare.phrasing import (
    Paragraph,
    flag_tag,
    interval,
    listed,
    name,
    percent,
    real_rows,
    rest,
    run,
    share_words,
    shared_flags,
    source_of,
    told,
)


def recurring(out: Any, lang: str = "zh") -> list[Paragraph]:
    """共性 and over-representation."""
    rows = [r for r in out["out_type_prevalence"].to_dicts() if r["definition_code"] == "notice"]
    n = max((r["n_count"] for r in rows), default=0)
    paragraphs: list[Paragraph] = []
    if n < 2:
        return [
            [
                run(
                    "只有一份通报有可归类的问题，谈不上共性。"
                    if lang == "zh"
                    else "Only one notice holds problems that could be classified: nothing can be called common."
                )
            ]
        ]
    everywhere = [r for r in rows if r["present_count"] == n]
    if everywhere:
        row = everywhere[0]
        names = listed((name(r, lang, "type_label") for r in everywhere), lang)
        low, high = percent(row["wilson_low"]), percent(row["wilson_high"])
        rare = min((r["rarefied_share"] for r in everywhere if r["rarefied_share"] is not None), default=None)
        tail = (
            ""
            if rare is None
            else f"；若每份只抽{row['common_n']}项，其中最低的平均出现率为{percent(rare)}"
            if lang == "zh"
            else f"; if only {row['common_n']} units were drawn from each, the lowest mean presence among them would be {percent(rare)}"
        )
        text = (
            f"全部{n}份通报都出现的问题类型有{len(everywhere)}类（{n}/{n}，95%区间 {low}–{high}）：{names}{tail}。"
            if lang == "zh"
            else f"{len(everywhere)} types occur in all {n} notices ({n} of {n}, 95 % interval {low}–{high}): {names}{tail}."
        )
    else:
        top = max(r["present_count"] for r in rows)
        found = [r for r in rows if r["present_count"] == top]
        names = listed((name(r, lang, "type_label") for r in found), lang)
        even = [r["rarefied_share"] for r in found if r["rarefied_share"] is not None]
        tail = ""
        if even:
            drawn, least, most = found[0]["common_n"], percent(min(even)), percent(max(even))
            tail = (
                f"；若每份只抽{drawn}项，平均出现率为{least}–{most}"
                if lang == "zh"
                else f"; if only {drawn} units were drawn from each, their mean presence would be {least}–{most}"
            )
        text = (
            f"没有哪一类在全部{n}份通报中出现；出现最多的见于{top}份（{interval(found[0]['wilson_low'], found[0]['wilson_high'], lang)}）：{names}{tail}。"
            if lang == "zh"
            else f"No type occurs in all {n} notices; the most frequent are found in {top} ({interval(found[0]['wilson_low'], found[0]['wilson_high'], lang)}): {names}{tail}."
        )
    paragraphs.append(
        [
            run("共性：" if lang == "zh" else "Common types: ", strong=True),
            run(text),
            run(flag_tag(rows[0]["flags"], lang)),
        ]
    )
    over = real_rows(out, "out_overrepresentation")
    told_apart = [r for r in over if r["verdict_code"] == "over"]
    if told_apart:
        names = listed(
            (
                f"{name(r, lang)} {name(r, lang, 'type_label')} {r['primary_count']}/{r['n_count']}"
                for r in told_apart
            ),
            lang,
        )
        text = (
            f"经校正（{len(over)}次比较）仍偏多的：{names}。"
            if lang == "zh"
            else f"Over-represented after adjustment ({len(over)} comparisons): {names}."
        )
    else:
        text = (
            f"校正{len(over)}次比较之后，没有哪一类可断定为某份通报所特有。"
            if lang == "zh"
            else f"After adjusting for {len(over)} comparisons, no type can be called peculiar to one notice."
        )
    paragraphs.append([run(text), run(flag_tag(shared_flags(told_apart or over), lang))])
    similar = out["out_similar_statements"].height
    if similar:
        paragraphs.append(
            [
                run(
                    f"另有{similar}对不同通报的问题表述相近，供人工判断，不作为结论。"
                    if lang == "zh"
                    else f"{similar} pairs of statements of different notices resemble each other: suggestions for a reader, not findings."
                )
            ]
        )
    return paragraphs


def returns(out: Any, lang: str = "zh") -> list[Paragraph]:
    """复发: self-reported, and types over consecutive notices of one body."""
    paragraphs: list[Paragraph] = []
    sources = {
        "inspection": ("上轮巡察", "an earlier inspection"),
        "audit": ("审计", "an audit"),
        "other": ("其他监督", "other oversight"),
    }
    rows = real_rows(out, "out_recurrences")
    numbered = [r for r in rows if r["n_count"] and r["x_count"] is not None]
    for row in numbered:
        where = source_of(row["problem_id"] or row["recurrence_id"])
        origin, least = sources[row["earlier_source"]][0 if lang == "zh" else 1], row["is_lower_bound"]
        text = (
            f"自述{origin}的{row['n_count']}个问题中{'至少' if least else ''}{row['x_count']}个仍未整改或再次出现{share_words(row, lang)}。"
            if lang == "zh"
            else f" says that of {row['n_count']} findings of {origin} {'at least ' if least else ''}{row['x_count']} stayed open or came back{share_words(row, lang)}."
        )
        paragraphs.append(
            [
                run(name(row, lang), strong=True, source=where),
                run(text, source=where),
                run(flag_tag(row["flags"], lang)),
            ]
        )
    # a sub-item repeats what the numbers of its problem already say
    told_of = {r["problem_id"] for r in numbered}
    others: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        if row not in numbered and (row["problem_id"] or "").rpartition(".")[0] not in told_of:
            others.setdefault((row["notice_id"], row["earlier_source"]), []).append(row)
    for own in others.values():
        where = source_of(own[0]["problem_id"] or own[0]["recurrence_id"])
        origin, places = sources[own[0]["earlier_source"]][0 if lang == "zh" else 1], len(own)
        text = (
            f"另有{places}处自述{origin}发现的问题未整改或再次出现，未给出数目。"
            if lang == "zh"
            else f" says in {places} further {'place' if places == 1 else 'places'} that findings of {origin} stayed open or came back, without numbers."
        )
        paragraphs.append([run(name(own[0], lang), strong=True, source=where), run(text, source=where)])
    if not paragraphs:
        paragraphs.append(
            [
                run(
                    "所选通报没有自述以往问题未整改或复发。"
                    if lang == "zh"
                    else "No notice of the selection says that earlier findings stayed open or came back."
                )
            ]
        )
    rows = out["out_type_returns"].to_dicts()
    if not rows:
        paragraphs.append(
            [
                run(
                    "没有同一单位的前后两份通报，无法看同类问题是否再现。"
                    if lang == "zh"
                    else "No body has two notices, so whether a type returns cannot be seen."
                )
            ]
        )
    for before, after in dict.fromkeys((r["notice_id_before"], r["notice_id_after"]) for r in rows):
        own = [r for r in rows if (r["notice_id_before"], r["notice_id_after"]) == (before, after)]
        back = [r for r in own if r["is_return"]]
        names = listed(
            (
                f"{name(r, lang, 'type_label')}（{r['before_count']}→{r['after_count']}）"
                if lang == "zh"
                else f"{name(r, lang, 'type_label')} ({r['before_count']} → {r['after_count']})"
                for r in back
            ),
            lang,
        )
        text = (
            f"{own[0]['label_before_zh']}至{own[0]['label_after_zh']}：{len(back)}类问题再现"
            + (f"：{names}" if back else "")
            + "。类型再现不等于同一问题再现。"
            if lang == "zh"
            else f"{own[0]['label_before_en']} to {own[0]['label_after_en']}: {len(back)} types return"
            + (f": {names}" if back else "")
            + ". A type that returns is no proof that the same problem did."
        )
        paragraphs.append([run(text)])
    return paragraphs


def timeline(out: Any, lang: str = "zh") -> list[Paragraph]:
    """Days between the stages of each notice, and the rule in force as context."""
    rows = real_rows(out, "out_timeline")
    ids, left = told(rows)
    paragraphs: list[Paragraph] = []
    for row in (r for r in rows if r["notice_id"] in ids):
        opens = row["publication_basis"] == "comment_window"
        parts = [
            (row["inspection_days"], "inspection_start_date", "巡察{}天", "inspection of {} days"),
            (
                row["inspection_to_feedback_days"],
                "feedback_date",
                "结束后{}天反馈",
                "feedback {} days after its end",
            ),
            (
                row["feedback_to_cutoff_days"],
                "cutoff_date",
                "反馈后{}天统计截止",
                "figures as of {} days after feedback",
            ),
            (
                row["feedback_to_publication_days"],
                "comment_start_date" if opens else "publication_date",
                "反馈后{}天" + ("开始公示" if opens else "公布"),
                ("comment window opens" if opens else "published") + " {} days after feedback",
            ),
        ]
        paragraph = [
            run(name(row, lang), strong=True, source={"notice_id": row["notice_id"], "target": None}),
            run("：" if lang == "zh" else ": "),
        ]
        known = [
            (days, target, zh if lang == "zh" else en) for days, target, zh, en in parts if days is not None
        ]
        for i, (days, target, form) in enumerate(known):
            paragraph.append(
                run(
                    ("，" if lang == "zh" else ", ") * bool(i) + form.format(days),
                    source={"notice_id": row["notice_id"], "target": f"d-{target}"},
                )
            )
        if not known:
            paragraph.append(
                run("各阶段日期不足，无法计算天数" if lang == "zh" else "too few dates to count days")
            )
        if row["event_count"]:
            paragraph.append(
                run(
                    f"；其间有日期的整改事件{row['event_count']}起"
                    if lang == "zh"
                    else f"; {row['event_count']} dated events of rectification in between"
                )
            )
        paragraphs.append([*paragraph, run("。" if lang == "zh" else "."), run(flag_tag(row["flags"], lang))])
    paragraphs.extend(rest(left, lang))
    rules = {r["rule_code"]: r for r in rows if r["rule_code"]}
    for rule in rules.values():
        confirmed = rule["is_rule_confirmed"]
        names = listed(
            (name(r, lang) for r in rows if r["rule_code"] == rule["rule_code"]), lang, counter="份"
        )
        text = (
            f"{names}适用：{rule['rule_label_zh']}" if lang == "zh" else f"{names}: {rule['rule_label_en']}"
        )
        text += (
            ("。" if lang == "zh" else ".")
            if confirmed
            else (
                "，期限待核实，不作比较。"
                if lang == "zh"
                else "; the period is open until someone confirms it, so nothing is compared with it."
            )
        )
        paragraphs.append([run(text)])
    paragraphs.append(
        [
            run(
                "规定期限是向巡视巡察机构报送整改情况的期限，市县巡察参照执行；公布晚于该期限不等于逾期。"
                if lang == "zh"
                else "The period is for the report to the inspecting body, and municipal inspections follow it by analogy: to publish after it is not to be late."
            )
        ]
    )
    return paragraphs


def evidence(out: Any, lang: str = "zh") -> list[Paragraph]:
    """What stands behind items said to be completed."""
    rows = real_rows(out, "out_evidence_by_notice")
    done = [r for r in rows if r["scope_code"] == "completed"]
    ids, left = told([r for r in done if r["n_count"]])
    pooled = {
        code: (
            sum(r["x_count"] or 0 for r in done if r["measure_code"] == code),
            sum(r["n_count"] or 0 for r in done if r["measure_code"] == code),
        )
        for code in ("no_hard_evidence", "intent")
    }
    paragraphs: list[Paragraph] = []
    if pooled["intent"][1]:
        (bare, n), (intent, _) = pooled["no_hard_evidence"], pooled["intent"]
        paragraphs.append(
            [
                run(
                    f"自报完成的{n}个末级事项中，{bare}项没有日期、文号、数量、处理处分或金额，{intent}项含将来或意向表述。"
                    if lang == "zh"
                    else f"Of {n} leaf items said to be completed, {bare} show no date, document number, quantity, sanction or sum, and {intent} are worded as future or intent.",
                    strong=True,
                ),
                run(flag_tag(shared_flags(r for r in done if r["n_count"]), lang)),
            ]
        )
    for notice_id in ids:
        own = {r["measure_code"]: r for r in done if r["notice_id"] == notice_id}
        bare, intent, reused = own["no_hard_evidence"], own["intent"], own["reused_half"]
        text = (
            f"：自报完成{bare['n_count']}项，其中{bare['x_count']}项无硬证据{share_words(bare, lang)}，{intent['x_count']}项含将来或意向表述{share_words(intent, lang)}，{reused['x_count']}项半数以上文字与篇内其他问题逐字相同。"
            if lang == "zh"
            else f": {bare['n_count']} {'item' if bare['n_count'] == 1 else 'items'} said to be completed; {bare['x_count']} without hard evidence{share_words(bare, lang)}, {intent['x_count']} worded as future or intent{share_words(intent, lang)}, {reused['x_count']} that share half or more of their text with another problem of the notice."
        )
        where = source_of((intent["source_ids"] or bare["source_ids"]).partition(",")[0])
        paragraphs.append(
            [run(name(bare, lang), strong=True, source=where), run(text), run(flag_tag(bare["flags"], lang))]
        )
    paragraphs.extend(rest(left, lang))
    paragraphs.append(
        [
            run(
                "表述不是证明：没有硬证据的事项可能已经完成，有证据的也可能没有；此处只看文字。"
                if lang == "zh"
                else "Wording is not proof: an item without hard evidence may be done, one with it may not be. Only the text is looked at."
            )
        ]
    )
    return paragraphs


def agreement(out: Any, lang: str = "zh") -> list[Paragraph]:
    """How well the automatic types agree with people's."""
    rows = [
        r for r in out["out_coding_agreement"].to_dicts() if r["scope_code"] == "overall" and r["n_count"]
    ]
    paragraphs: list[Paragraph] = []
    for row in rows:
        kappa = "–" if row["kappa"] is None else f"{row['kappa']:.2f}"
        what = (
            ("所选通报中有人工标签的" if row["is_in_sample"] else "未参与调整规则的")
            if lang == "zh"
            else (
                "labelled units of the selection"
                if row["is_in_sample"]
                else "units kept aside while the rules were written"
            )
        )
        span = interval(row["wilson_low"], row["wilson_high"], lang)
        text = (
            f"{what}{row['n_count']}项：自动归类与人工一致{row['agreed_count']}项（{percent(row['observed_share'])}，{span}），Cohen κ = {kappa}"
            if lang == "zh"
            else f"{row['n_count']} {what}: the automatic type agrees with the person's in {row['agreed_count']} ({percent(row['observed_share'])}, {span}), Cohen's κ = {kappa}"
        )
        note = (
            (
                "；规则参考过这些文本，数字偏乐观。"
                if lang == "zh"
                else "; the rules were written with these texts in view, so this flatters."
            )
            if row["is_in_sample"]
            else ("。" if lang == "zh" else ".")
        )
        paragraphs.append([run(text + note), run(flag_tag(row["flags"], lang))])
    types = [r for r in out["out_type_counts"].to_dicts() if r["notice_id"] is not None]
    total, human = sum(r["primary_count"] for r in types), sum(r["human_count"] for r in types)
    paragraphs.append(
        [
            run(
                f"所选{total}项中，{total - human}项由程序归类，{human}项采用人工标签。"
                if lang == "zh"
                else f"Of {total} units of the selection, {total - human} are coded by the program and {human} carry a person's label."
            )
        ]
    )
    if not rows:
        paragraphs.append(
            [
                run(
                    "所选通报没有人工标签，归类的一致性未知。"
                    if lang == "zh"
                    else "No unit of the selection has a human label: agreement is unknown."
                )
            ]
        )
    return paragraphs


METHOD = (
    (
        "每份通报给出四个完成比例（声明、逐项、严格、宽松），不合成一个；区间为95% Wilson 区间，表中另列 Jeffreys 区间。",
        "Each notice has four completion ratios (stated, itemised, strict, lenient), never one; intervals are 95 % Wilson, with Jeffreys beside them in the table.",
    ),
    (
        "未载明结果的事项不进分子也不进分母，另给上下限；只有总数的通报，不用总数反推各项。",
        "Items without a stated result are in neither numerator nor denominator, and bounds are given; a total is never turned into results of items.",
    ),
    (
        "单位（问题、末级事项、任务、措施）不同或口径不同的，不相比。两两比较用 Boschloo 精确检验与 Newcombe 区间，多份用 Fisher 精确检验，多重比较用 Holm 校正。",
        "Shares in different units (problem, leaf item, task, measure) or definitions are not compared. Pairs: Boschloo's exact test and Newcombe's interval; several notices: Fisher's exact test; Holm's adjustment throughout.",
    ),
    (
        "共性是有多少份通报出现某类问题，另按最短一份的项数做稀疏化（Hurlbert）；复发是同一单位以往问题未改或同类问题再现；两者分开。",
        "Common means in how many notices a type occurs, also brought to the size of the smallest (Hurlbert rarefaction); recurring means earlier findings of the same body that stayed open, or the same type in its next notice. The two are kept apart.",
    ),
    (
        "某类是否偏多用带信息先验的对数优势比（Monroe 等，2008）并作 Holm 校正；相近表述只供人工判断。",
        "Over-representation is a log-odds ratio with an informative Dirichlet prior (Monroe et al. 2008), Holm-adjusted; similar statements are suggestions for a reader.",
    ),
    (
        "标记 U 单位、D 口径、T 时间、X 节选、R 核对不一致、S 自报、N 未公布、L 样本小、A 层级、Q 归类可靠性，随数字进入每张表、每幅图。",
        "Flags travel with every number: U unit, D definition, T time basis, X excerpt, R reconciliation fails, S self-reported, N not published, L small n, A administrative level, Q classification.",
    ),
    (
        "不排名，不画跨城市的趋势线，不按问题数评价单位，不把 p 大于 0.05 当作相同。",
        "Nothing is ranked, no trend line runs across cities, no body is judged by its number of problems, and p above 0.05 is not read as equality.",
    ),
)


def method(lang: str = "zh") -> list[Paragraph]:
    """Notes on method and comparability."""
    return [[run(zh if lang == "zh" else en)] for zh, en in METHOD]
