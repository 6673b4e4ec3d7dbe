"""How many of something a notice says there are: aspects, categories, problems, tasks, measures, items."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.parsing.text.numerals import HAN_NUMERALS, read_number

CLASSIFIER = "[个项条件处笔宗桩题]"
# A number that may count, before what may be counted: 12, 八, 1,024. 第3 is an ordinal, 〔2021〕3 a document's number. What may not stand
# before it is looked for behind its first sign, so that the search leaps from one numeral to the next.
_NUMBER = re.compile(
    rf"""
    (?P<number> [0-9](?<![0-9.第〔\[/].)(?<![0-9],.) (?:[0-9]{{0,3}}(?![0-9])|[0-9]{{0,2}},[0-9]{{3}})
      | [{HAN_NUMERALS}](?<![第{HAN_NUMERALS}].) [{HAN_NUMERALS}]{{0,6}} )
    [ ]?(?P<about>[余多])? (?=[个大项方小类分条件处笔宗桩题点具问])
    """,
    re.VERBOSE,
)
_CLASSIFIER = re.compile(CLASSIFIER)
# 第3、9项, 第一、二、六个问题: numbers of items, not of how many
ORDINAL = re.compile(rf"第(?:[0-9][0-9、,和及与至 ]*|(?:[{HAN_NUMERALS}]+[、和及与至 ]第?)+)?$")
# What stands behind a number: 个具体问题, 大方面, 项整改任务
_BEHIND = re.compile(
    rf"""
      (?:个|大|项)? 大? (?P<aspect>方面)
    | (?:个|大|小)? (?P<category>大类|分类|小类|类别|类) (?!似|型)
    | (?P<word>{CLASSIFIER}|点)
      (?: (?:具体|整改|小)* (?P<item>小问题|子问题|问题点|子项|小项|整改点|具体表现)
        | (?:具体|整改|小)+ (?P<matter>事项)
        | (?:具体|主要|突出|反馈|反映|巡[察视]|整改|涉及|发现|的|[大类])* (?P<problem>问题)
        | (?:具体)? (?P<opinion>反馈意见)
        | (?:具体|整改|落实|重点|巡[察视]|工作)* (?P<task>任务清单|责任清单|清单任务|任务)
        | (?:具体|整改|针对性|落实|工作|的)* (?P<measure>措施|举措)
      )
    | (?:具体)? (?P<bare>问题) (?!{CLASSIFIER})
    """,
    re.VERBOSE,
)
# What stands before one: 反馈问题共29个, 分解整改任务为36项
_BEFORE = re.compile(
    r"""
    (?: (?:^|[,;:。]|反馈|指出|发现|列出|提出|点出|具体|主要|整改|巡[察视]|层面|共|级)(?:的|了|出)?(?:意见)?(?P<problem>问题)(?:清单)?
      | (?P<opinion>反馈意见)
      | (?:整改|具体|工作|落实)(?P<task>任务|责任清单)
      | (?P<measure>措施|举措)
      | (?:整改|具体|反馈)(?P<matter>事项)
    )
    (?:共|共计|合计|总数|总计|清单|为|有|分解为|,共|:|[ ])* $
    """,
    re.VERBOSE,
)
_OF_ASPECTS = re.compile(r"的?(?:具体|主要|突出)问题")
_CODES = {
    "aspect": ("aspects", "aspect"),
    "category": ("categories", "category"),
    "problem": ("problems", "problem"),
    "bare": ("problems", "problem"),
    "opinion": ("problems", "problem"),
    "task": ("tasks", "task"),
    "measure": ("measures", "measure"),
    "item": ("items", "item"),
    "matter": ("items", "item"),
}
COUNTED_UNITS = frozenset(("problem", "task", "measure", "item"))
CONTEXT = re.compile(r"反馈|巡[察视]|指出|整改|具体问题|销号")
# Somebody's own share, or findings of or about somebody else: no total of this notice.
OTHERS = re.compile(
    r"""
      认领|领办|包抓|包案|带头|牵头|督办|领衔|承办|帮助        # who of the leaders took which
    | 上一?轮|上次|审计|查摆|检视|自查|排查|信访|抽查|走访|征求|专项(?:整治|检查)
    | 难点|共性|研究(?:的)?议题|每|等$                         # 甲、乙、丙等6项
    | 村级|延伸巡[察视]|下属|所属|直属                          # bodies below this one
    """,
    re.VERBOSE,
)
_HARD = re.compile(r"难点|线索|建议")
_PLANNED = re.compile(r"制定|细化|分解|拆成|拆分")
_IN_PART = re.compile("方面|大")  # 3项大…: no classifier of its own
_CLAUSE_END = re.compile("[,;]")
_TOLD_OF = re.compile(r"(?:反馈|指出|涉及|共)[^,;。]{0,10}$")


class Size(NamedTuple):
    """One number with what it counts; ``at`` is where the number begins, ``word`` its classifier."""

    code: str
    unit: str
    value: float
    at: int
    start: int
    end: int
    word: str
    approximate: bool


def sizes_in(text: str) -> list[Size]:
    """The sizes of one sentence in order, whether or not the sentence is about the inspection."""
    found = []
    for number in _NUMBER.finditer(text):
        start, end = number.span()
        if number.group("number") == "一":  # 解决一个问题: a figure of speech
            continue
        behind = _BEHIND.match(text, end)
        if behind is not None:
            kind, first, last = behind.lastgroup or "", start, behind.end()
            word = behind.group("word") or "个"
        else:
            classifier = _CLASSIFIER.match(text, end)
            if classifier is None or _IN_PART.match(text, classifier.end()):
                continue
            before = _BEFORE.search(text, max(0, start - 16), start)
            if before is None:
                continue
            kind, first, last, word = (
                before.lastgroup or "",
                before.start(),
                classifier.end(),
                classifier.group(),
            )
        value = read_number(number.group("number"))
        if value is None or ORDINAL.search(text, max(0, start - 24), start):
            continue
        clause = _CLAUSE_END.split(text[max(0, start - 22) : start])[-1]
        if OTHERS.search(clause):
            continue
        if _HARD.match(text, last) or _HARD.search(text, end, last):
            continue
        if kind == "aspect" and (of := _OF_ASPECTS.match(text, last)):  # 8个方面的突出问题
            found.append(
                Size("problems", "problem", value, start, first, of.end(), word, bool(number.group("about")))
            )
        code, unit = _CODES[kind]
        found.append(Size(code, unit, value, start, first, last, word, bool(number.group("about"))))
    return found


def is_stated(text: str, size: Size, sized: list[Size], has_context: bool) -> bool:
    """Whether a size is a total of the notice: said in a sentence about the inspection, or beside such a total."""
    if size.code in ("aspects", "categories"):
        counted = any(other.unit in COUNTED_UNITS for other in sized)
        told = (size.code == "categories" and text.startswith("问题", size.end)) or (
            "问题" in text and _TOLD_OF.search(text, max(0, size.start - 14), size.start) is not None
        )
        return (counted or told) and has_context and size.value <= 40
    return has_context or (
        size.code in ("measures", "tasks") and _PLANNED.search(text, 0, size.start) is not None
    )
