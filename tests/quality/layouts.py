"""Notices in layouts put together at random: numbering × problem × measures × result × totals.

``make_notice(seed)`` gives a marked source (see ``build``) with its gold and the choices that
were made, so that failures can be counted per choice. The grammar follows what is seen in
published notices; it holds no sentence of one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.quality import content

_CHINESE = [
    "",
    *"一二三四五六七八九十",
    "十一",
    "十二",
    "十三",
    "十四",
    "十五",
    "十六",
    "十七",
    "十八",
    "十九",
    "二十",
]
_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
STATUS_WORDS = {
    "c": ["已完成", "已整改", "已完成整改", "整改到位", "已整改到位"],
    "cl": ["已完成，并长期坚持", "已完成并长期坚持"],
    "bc": ["基本完成"],
    "ph": ["取得阶段性成效", "取得阶段性成果"],
    "ip": ["正在推进", "正在整改", "持续推进"],
    "lt": ["长期坚持"],
    "nc": ["未完成"],
}
CHOICES: dict[str, list[str]] = {
    "numbering": [
        "一（一）1.",
        "一1.",
        "（一）1.",
        "一（一）",
        "一（一）1.restart",
        "一、",
        "问题N：",
        "反馈问题N：",
        "一（一）（1）",
        "flat N、",
        "table",
        "cards",
        "bullets",
        "one line",
        "sub-items",
        "01",
        "md headings",
        "整改事项N：",
    ],
    "statement": [
        "bare",
        "关于“”的问题",
        "针对“”问题。",
        "在…方面。",
        "heading 关于…问题",
        "反馈指出：",
        "主要表现：",
    ],
    "cause": ["none", "none", "原因分析：", "问题产生的原因：", "此问题的产生是因为"],
    "label": [
        "整改情况：",
        "整改落实情况：",
        "整改措施：",
        "整改举措：",
        "整改进展：",
        "none",
        "【整改措施】",
    ],
    "enumeration": ["一是；", "一是。", "①；", "（1）；", "1.lines", "prose", "mixed", "- bullets"],
    "result": [
        "own line 整改结果：",
        "own line 完成情况：",
        "last sentence",
        "bracket",
        "percent",
        "none",
        "by number",
        "by number, all",
        "heading",
        "dash",
        "own line 进展：",
        "due bracket",
    ],
    "totals": ["preface", "middle", "end", "none"],
    "width": ["full", "full", "half"],
    "chrome": ["none", "page", "title twice"],
    "indent": ["none", "ideographic", "spaces"],
    "gaps": ["blank", "tight"],
    "front": ["none", "none", "parts", "numbered", "secretary"],
    "closing": ["none", "none", "next steps", "paragraph"],
    "counts": ["none", "none", "none", "in titles"],
}


@dataclass
class Made:
    """One made notice: ``source`` with markers, ``head`` as build expects it, ``choices``."""

    seed: int
    choices: dict[str, str]
    head: dict[str, Any]
    source: str
    lines: list[str] = field(default_factory=list)


def _choose(chance: random.Random) -> dict[str, str]:
    picked = {name: chance.choice(options) for name, options in CHOICES.items()}
    if picked["numbering"] in ("table", "cards"):
        # A table has its own places for statement, measures and result.
        picked.update(
            statement="bare",
            cause="none",
            label="整改措施：",
            result=chance.choice(["own line 完成情况：", "none"]),
        )
        if picked["enumeration"] == "1.lines" and picked["numbering"] == "table":
            picked["enumeration"] = "一是；"
    if (
        picked["statement"] in ("针对“”问题。", "在…方面。")
        and picked["label"] == "none"
        and picked["cause"] != "none"
    ):
        picked["cause"] = "none"
    if picked["statement"] == "bare" and picked["label"] == "none":
        # Nothing printed would tell where the statement ends and the measures begin.
        picked["label"] = "整改情况："
    if picked["cause"] != "none" and picked["label"] == "none":
        picked["label"] = "整改措施："
    if picked["result"] in ("heading", "dash") and picked["statement"] != "heading 关于…问题":
        picked["result"] = "bracket"
    if picked["front"] in ("parts", "secretary") and picked["numbering"] in ("一、", "（一）1."):
        # 一、 of the front would be one of the problems, or stand above their （一）.
        picked["front"] = "numbered"
    if picked["front"] == "numbered" and picked["numbering"] in ("table", "cards"):
        picked["front"] = "none"
    if picked["enumeration"] == "- bullets" and picked["numbering"] in ("table", "bullets", "one line"):
        picked["enumeration"] = "①；"
    if picked["numbering"] == "flat N、" and picked["enumeration"] == "1.lines":
        picked["enumeration"] = "①；"
    if picked["enumeration"] == "1.lines" and picked["numbering"] in (
        "一（一）1.",
        "一1.",
        "（一）1.",
        "一（一）1.restart",
    ):
        picked["enumeration"] = "（1）；"
    if picked["numbering"] == "bullets" and picked["statement"] in ("bare", "在…方面。", "反馈指出："):
        picked["statement"] = "关于“”的问题"
    if picked["numbering"] == "sub-items" and picked["statement"] in ("heading 关于…问题", "主要表现："):
        picked["statement"] = "bare"
    if picked["numbering"] in ("bullets", "sub-items", "table", "cards") and picked["result"].startswith(
        "by number"
    ):
        # Without running numbers nothing can be referred to by number.
        picked["result"] = "bracket"
    if picked["statement"] == "bare" and picked["label"] == "none":
        picked["label"] = "整改情况："
    if picked["numbering"] == "一、" and picked["totals"] == "middle":
        # 一、总体情况 would shift the printed numbers against the order of the problems.
        picked["totals"] = "preface"
    if picked["numbering"] == "one line":
        picked.update(gaps="tight", indent="none")
        if picked["enumeration"] == "1.lines":
            picked["enumeration"] = "一是；"
        if picked["result"].startswith("own line") or picked["result"] in ("heading", "dash"):
            picked["result"] = "bracket"
        if picked["statement"] == "heading 关于…问题":
            picked["statement"] = "关于“”的问题"
    if (
        picked["numbering"] in ("sub-items", "md headings", "01", "整改事项N：")
        and picked["enumeration"] == "1.lines"
    ):
        picked["enumeration"] = "①；"
    if picked["enumeration"] == "（1）；" and picked["numbering"] in ("一（一）（1）", "sub-items"):
        picked["enumeration"] = "①；"
    return picked


def _measure_lines(kind: str, items: list[str], number: int) -> tuple[list[str], int]:
    """The measures as printed (first entry stays on the label's line) and how many count."""
    if kind == "mixed":
        kind = ("一是；", "①；", "prose")[number % 3]
    if kind == "prose" or len(items) == 1:
        return ["；".join(items) + "。" if kind != "1.lines" else items[0] + "。"], 1
    if kind == "- bullets":
        return ["", *[f"- {words}；" for words in items[:-1]], f"- {items[-1]}。"], len(items)
    if kind == "1.lines":
        return ["", *[f"{i}.{words}。" for i, words in enumerate(items, 1)]], len(items)
    ends = "。" if kind == "一是。" else "；"
    marks = {
        "一": [f"{_CHINESE[i]}是" for i in range(1, 10)],
        "①": list(_CIRCLED),
        "（": [f"（{i}）" for i in range(1, 10)],
    }[kind[0]]
    return [ends.join(mark + words for mark, words in zip(marks, items)) + "。"], len(items)


# Stands where the list of problems begins until the notice is put together.
_BODY = "<body>"


def _date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def make_notice(seed: int, wording: str = "made") -> Made:
    """One notice; the same seed gives the same notice. ``wording`` "printed" takes the five reports' own words."""
    chance = random.Random(seed)
    picked = _choose(chance)
    place, level, body, committee, organ = chance.choice(content.BODIES)
    kind_code, kind_words = chance.choice(
        [("regular", "常规巡察"), ("regular", "巡察"), ("look_back", "巡察“回头看”"), ("special", "专项巡察")]
    )
    word = "巡视" if committee == "省委" else "巡察"
    kind_words = kind_words.replace("巡察", word)
    team = f"{committee}第{chance.choice(content.TEAM_NUMBERS)}{word}组"
    start = date(chance.randint(2016, 2024), chance.randint(1, 12), chance.randint(1, 28))
    end = start + timedelta(days=chance.randint(30, 75))
    feedback = end + timedelta(days=chance.randint(20, 60))
    cutoff = feedback + timedelta(days=chance.randint(80, 150))
    signed = cutoff + timedelta(days=chance.randint(5, 60))
    year = start.year
    sections = (
        1
        if picked["numbering"]
        in ("一、", "问题N：", "反馈问题N：", "整改事项N：", "flat N、", "table", "cards")
        else chance.randint(2, 4)
    )
    sizes = [chance.randint(2, 5) for _ in range(sections)] if sections > 1 else [chance.randint(6, 12)]
    total = sum(sizes)
    statuses = [chance.choices(list(STATUS_WORDS), [12, 2, 1, 1, 3, 1, 1])[0] for _ in range(total)]
    if picked["result"] in ("by number", "percent"):
        statuses = ["ip" if code != "c" else code for code in statuses]
        if all(code == "c" for code in statuses):
            statuses[-1] = "ip"
    if picked["result"] == "by number, all":
        statuses = [code if code in ("c", "ip", "lt") else "c" for code in statuses]
    open_ones = [i + 1 for i, code in enumerate(statuses) if code == "ip"]
    finished = sum(code in ("c", "cl") for code in statuses)
    gold_codes = list(statuses) if picked["result"] != "none" else ["ns"] * total

    declared: dict[str, int] = {}
    totals_line = ""
    if picked["totals"] != "none":
        declared = {"problems": total, "completed": finished}
        going = statuses.count("ip")
        rest = f"，正在推进{going}个" if going else ""
        if going:
            declared["in_progress"] = going
        totals_line = f"截至{_date(cutoff)}，反馈的{total}个问题中，已完成整改{finished}个{rest}。"

    title = f"中共{body}{organ}关于{committee}{team.removeprefix(committee)}反馈意见整改情况的通报"
    indent = {"none": "", "ideographic": "　　", "spaces": "    "}[picked["indent"]]
    lines: list[str] = []
    if picked["chrome"] == "page":
        lines += [
            "当前位置：首页 > 信息公开 > 通知公告",
            title,
            f"发布时间：{(signed + timedelta(days=3)).isoformat()} 10:05　来源：{body}　浏览次数：{chance.randint(50, 3000)}　【字体：大 中 小】",
        ]
    else:
        lines += [title] * (2 if picked["chrome"] == "title twice" else 1)
    shown_end = _date(end) if end.year != start.year else f"{end.month}月{end.day}日"
    shown_feedback = (
        _date(feedback)
        if feedback.year != end.year or chance.random() < 0.5
        else f"{feedback.month}月{feedback.day}日"
    )
    lines.append(
        f"{indent}根据{committee}统一部署，{_date(start)}至{shown_end}，{team}对{body}{organ}开展了{kind_words}。{shown_feedback}，{team}反馈了{word}意见。"
        + (totals_line if picked["totals"] == "preface" else "")
        + "现将整改情况予以公布。"
    )
    first_section = 1
    if picked["front"] in ("parts", "secretary"):
        lines.append(
            f"{indent}一、{organ}履行整改主体责任情况"
            if picked["front"] == "secretary"
            else f"{indent}一、提高政治站位，压实整改责任"
        )
        lines += [
            f"{indent}（{_CHINESE[i]}）{words}"
            for i, words in enumerate(content.organising(chance, year, organ), 1)
        ]
        first_section = 2
    if picked["front"] == "secretary":
        lines.append(f"{indent}二、{organ}书记履行第一责任人责任情况")
        lines += [f"{indent}{i}.{words}" for i, words in enumerate(content.leading(chance, year), 1)]
        first_section = 3
    if picked["front"] == "numbered":
        lines += [f"{indent}{i}.{words}" for i, words in enumerate(content.leading(chance, year), 1)]
    if picked["totals"] == "middle":
        lines += [f"{indent}{_CHINESE[first_section]}、总体情况", indent + totals_line]
        first_section += 1
    body_sections = {
        "一（一）": sections,
        "一1.": sections,
        "one line": sections,
        "01": sections,
        "md headings": sections,
    }.get(picked["numbering"], 1)
    lines.append(_BODY)
    lines += _body(picked, chance, sizes, statuses, gold_codes, year, indent, first_section, wording)
    after = len(lines)
    last_section = first_section + body_sections
    numbered_parts = picked["numbering"].startswith("一") or picked["numbering"] in ("01", "one line")
    if picked["result"] == "by number":
        named = "、".join(map(str, open_ones))
        lines.append(f"{indent}上述问题中，第{named}项正在推进，其余问题均已完成整改。")
    if picked["result"] == "by number, all":
        if numbered_parts:
            lines.append(f"{indent}{_CHINESE[last_section]}、整改完成情况")
            last_section += 1
        named = {
            code: "、".join(str(i) for i, given in enumerate(statuses, 1) if given == code)
            for code in ("c", "ip", "lt")
        }
        lines.append(
            f"{indent}以上问题中，"
            + "；".join(
                f"第{named[code]}项{words}"
                for code, words in (("c", "已完成整改"), ("ip", "正在推进"), ("lt", "长期坚持"))
                if named[code]
            )
            + "。"
        )
    if picked["closing"] == "next steps" and numbered_parts:
        lines.append(f"{indent}{_CHINESE[last_section]}、下一步工作打算")
        lines += [f"{indent}（{_CHINESE[i]}）{words}" for i, words in enumerate(content.next_steps(), 1)]
    elif picked["closing"] != "none":
        lines.append(
            f"{indent}下一步，{organ}将坚持目标不变、力度不减，持续抓好后续整改，推动各项工作再上新台阶。"
        )
    if picked["totals"] == "end":
        lines.append(indent + totals_line)
    lines += [
        f"{indent}欢迎广大干部群众对{word}整改落实情况进行监督。联系电话：0000-{chance.randint(2000000, 8999999)}。",
        f"中共{body}{organ}",
        _date(signed),
    ]
    if picked["numbering"] == "one line":
        body_start = lines.index(_BODY) + 1
        lines[body_start:after] = ["".join(lines[body_start:after])]
    lines.remove(_BODY)
    gap = "\n\n" if picked["gaps"] == "blank" and picked["numbering"] not in ("table", "cards") else "\n"
    source = gap.join(lines) + "\n"
    if picked["width"] == "half":
        source = source.translate(str.maketrans("，；：（）", ",;:()"))
    publication = signed + timedelta(days=3) if picked["chrome"] == "page" else signed
    meta = {
        "inspection_start": start.isoformat(),
        "inspection_end": end.isoformat(),
        "team": team,
        "kind": kind_code,
        "feedback_date": feedback.isoformat(),
        "cutoff_date": cutoff.isoformat() if totals_line else None,
        "publication_date": publication.isoformat(),
        "admin_level": level,
        "place": place,
        "signed_date": signed.isoformat(),
    }
    head = {
        "ext": "md" if picked["numbering"] in ("table", "md headings") else "txt",
        "layout": " · ".join(picked.values()),
        "meta": meta,
        "declared": declared,
    }
    return Made(seed, picked, head, source, lines)


def _body(
    picked: dict[str, str],
    chance: random.Random,
    sizes: list[int],
    statuses: list[str],
    gold_codes: list[str],
    year: int,
    indent: str,
    first: int,
    wording: str,
) -> list[str]:
    printed_bank = None
    if wording == "printed":
        # Under a short title of its own a statement is the longer part, as in print.
        least = 30 if picked["statement"] == "主要表现：" else 0
        printed_bank = iter(
            chance.sample([pair for pair in content.printed_problems() if len(pair[0]) >= least], sum(sizes))
        )
    lines: list[str] = []
    used: set[str] = set()
    number = parents = 0
    titles = content.aspects(chance, len(sizes)) if len(sizes) > 1 else [""]
    if picked["counts"] == "in titles":
        titles = [f"{title}（{size}个问题）" for title, size in zip(titles, sizes)]
    scheme = picked["numbering"]
    if scheme == "table":
        lines += (
            ["| 序号 | 反馈问题 | 整改措施 | 完成情况 |", "| --- | --- | --- | --- |"]
            if picked["result"] != "none"
            else ["| 序号 | 反馈问题 | 整改措施 |", "| --- | --- | --- |"]
        )
    if scheme.startswith("一（") and scheme != "一（一）":
        lines.append(f"{indent}{_CHINESE[first]}、反馈问题整改落实情况")
    for section, size in enumerate(sizes):
        if scheme == "一（一）":
            lines.append(f"{indent}{_CHINESE[first + section]}、{titles[section]}")
        elif scheme == "bullets":
            lines.append(f"{indent}【{titles[section]}】")
        elif scheme == "md headings":
            lines.append(f"## {_CHINESE[first + section]}、{titles[section]}")
        elif scheme in ("one line", "01"):
            lines.append(f"{indent}{_CHINESE[first + section]}、{titles[section]}")
        elif scheme in ("一（一）1.", "一（一）1.restart", "（一）1.", "一（一）（1）", "sub-items"):
            lines.append(f"{indent}（{_CHINESE[section + 1]}）{titles[section]}")
        elif scheme == "一1.":
            lines.append(f"{indent}{_CHINESE[first + section]}、{titles[section]}")
        for place in range(size):
            number += 1
            label = _label(scheme, number, place + 1, first)
            words = content.statement(chance, year, used, 2 if picked["statement"] == "主要表现：" else 0)
            items = content.measures(chance, year, chance.randint(1, 4))
            if printed_bank is not None:
                words, items = next(printed_bank)
                items = list(items)[:9]
                if picked["statement"] in ("heading 关于…问题", "在…方面。"):
                    words = words.split("。")[0]
            printed, counted = _measure_lines(picked["enumeration"], items, number)
            code, result = statuses[number - 1], chance.choice(STATUS_WORDS[statuses[number - 1]])
            mark = f"⟦{number} {gold_codes[number - 1]} {counted}⟧"
            if scheme == "sub-items":
                if place % 2 == 0:
                    parents += 1
                    lines.append(
                        f"{indent}{parents}.{content.statement(chance, year, used).split('，')[0]}。"
                    )
                label = f"（{place % 2 + 1}）"
            lines += _problem(picked, indent, label, mark, words, printed, code, result, chance)
    return lines


def _label(scheme: str, number: int, place: int, first: int) -> str:
    return {
        "一、": f"{_CHINESE[number + first - 1]}、" if number + first <= 20 else f"{number}、",
        "一（一）": f"（{_CHINESE[place]}）",
        "问题N：": f"问题{number}：",
        "反馈问题N：": f"反馈问题{number}：",
        "整改事项N：": f"整改事项{_CHINESE[number]}：",
        "bullets": "◆",
        "01": f"{number:02d} ",
        "md headings": f"### {number}. ",
        "一（一）（1）": f"（{number}）",
        "flat N、": f"{number}、",
        "一（一）1.restart": f"{place}.",
    }.get(scheme, f"{number}.")


def _problem(
    picked: dict[str, str],
    indent: str,
    label: str,
    mark: str,
    words: str,
    printed: list[str],
    code: str,
    result: str,
    chance: random.Random,
) -> list[str]:
    end = "⟦/⟧"
    if picked["numbering"] == "table":
        cells = [label.rstrip("."), f"{mark}{words}。{end}", "<br>".join(filter(None, printed))]
        return ["| " + " | ".join([*cells, result] if picked["result"] != "none" else cells) + " |"]
    if picked["numbering"] == "cards":
        card = [
            f"序号：{label.rstrip('.')}",
            f"反馈问题：{mark}{words}。{end}",
            f"整改措施：{printed[0]}",
            *printed[1:],
            "责任单位：办公室",
            "整改时限：立行立改",
        ]
        return [*card, f"完成情况：{result}"] if picked["result"] != "none" else card
    form = picked["statement"]
    opening = {
        "bare": f"{mark}{words}。{end}",
        "关于“”的问题": f"关于“{mark}{words}{end}”的问题。",
        "针对“”问题。": f"针对“{mark}{words}{end}”问题。",
        "在…方面。": f"{mark}在{words}方面。{end}",
        "heading 关于…问题": f"关于{mark}{words}{end}的问题",
        "反馈指出：": f"反馈指出：{mark}{words}。{end}",
        "主要表现：": f"{words.split('，')[0][:6]}方面存在差距",
    }[form]
    head_result = {"heading": f"【{result}】", "dash": f"——{result}"}.get(picked["result"], "")
    lines = [f"{indent}{label}{opening}{head_result}"]
    if form == "主要表现：":
        lines.append(f"{indent}主要表现：{mark}{words}。{end}")
    if picked["cause"] != "none":
        lines.append(f"{indent}{picked['cause']}{content.cause(chance)}。")
    tag = "" if picked["label"] == "none" else picked["label"]
    tail = {
        "last sentence": f"该问题{result}。" if code != "lt" else "该问题需长期坚持。",
        "bracket": f"（{result}）",
        "due bracket": f"（完成时限：{chance.choice(('立行立改', '2025年6月', '长期坚持'))}；整改状态：{result}）",
        "percent": "（整改进度：100%）" if code == "c" else "（整改进度：60%）",
    }.get(picked["result"], "")
    body = [f"{tag}{printed[0]}", *printed[1:]]
    body[-1] += tail
    if (
        picked["numbering"] != "md headings"
        and form in ("针对“”问题。", "在…方面。")
        and tag in ("", "整改措施：")
        and picked["cause"] == "none"
    ):
        lines[-1] += body.pop(0)
    lines += [indent + line for line in body]
    if picked["result"].startswith("own line"):
        lines.append(f"{indent}{picked['result'].removeprefix('own line ')}{result}")
    return lines
