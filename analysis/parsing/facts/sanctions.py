"""What the rectification led to: people disciplined, rules made, money recovered."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Any

from analysis.parsing.structure import Structure
from analysis.parsing.text.numerals import HAN_NUMERALS, NUMBER, read_number

_N = rf"(?<![0-9.第]){NUMBER}"
# 处分 sanction, 诫勉 admonition, 约谈/谈话 talk, 问责 accountability, 批评教育 criticism, 立案 case opened
SANCTION = (
    r"(?:党纪[、和]政[务纪]处分|党纪政务处分|党政纪处分|党纪政纪处分|党纪处分|政务处分|政纪处分|党内(?:严重)?警告|记大过|记过|撤职|免职|降级|开除|处分|立案(?:审查|调查|查处)?|诫勉(?:谈话)?|"
    r"组织处理|组织措施|追责问责|追责|问责|约谈|提醒谈话|谈话提醒|谈话|批评教育|批评帮助|批评|通报批评|责令(?:作出)?(?:书面)?检查|书面检查|函询|党政纪处理|处理)"
)
_SANCTION_FIRST = re.compile(
    rf"{SANCTION}(?:处分|处理|谈话|提醒|了|共|的|共计|:|等)* ?({_N}) ?(余|多)?(?:名|人次|人)"
)
# The same with the look back behind the first sign, so that the search leaps from one numeral to the next.
_FIRST_N = (
    rf"[0-9{HAN_NUMERALS}](?<![0-9.第].)"
    rf"(?:(?<=[0-9])[0-9]*(?:,[0-9]{{3}})*(?:\.[0-9]+)?|(?<=[{HAN_NUMERALS}])[{HAN_NUMERALS}]*)"
)
_PEOPLE_FIRST = re.compile(
    rf"({_FIRST_N}) ?(余|多)?(?:名|人次|人)(?:[一-鿿]{{0,14}}?)(?:进行|给予|予以|作出|受到|被|实施)(?:了)?(?:严肃|党内|相应)?{SANCTION}"
)
_RULES = r"(?:规章制度|管理制度|工作制度|内控制度|制度机制|长效机制|制度规定|制度|管理办法|工作机制|机制)"
_MAKE = r"(?:建立健全|制定完善|修订完善|制定出台|制定修订|制定及修改完善|新建|新制定|制定|修订|完善|出台|建立|健全|废止)"
_RULES_FIRST = re.compile(
    rf"{_MAKE}[^,。;:0-9]{{0,10}}?{_RULES}(?:办法|文件|规定|等|共|共计|:|和)* ?({_N}) ?(余|多)?(?:项|个|件|部|份|条|套)"
)
_NUMBER_RULES = re.compile(
    rf"{_MAKE}[^,。;:0-9]{{0,8}}?({_N}) ?(余|多)?(?:项|个|件|部|份|套)(?:规章|管理|内部|内控|长效|工作|配套|各类|各项|相关|财务|新|的)*{_RULES}"
)
_MONEY = re.compile(
    r"(?:收缴|追缴|追回|清退|退还|收回|上缴|挽回(?:经济)?损失|退缴|补缴|清缴|追讨|退赔|归还|清收)(?:[^,。;0-9]{0,16}?)([0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?) ?(余|多)? ?(万|亿|千|百万|千万)?(余|多)? ?元"
)
_FACTORS = {None: 1, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_CUES = re.compile(r"处分|立案|诫勉|处理|问责|追责|谈|批评|检查|免职|制度|机制|办法|元|警告|撤职|开除")

Consequence = tuple[str, str, float, int, int, bool]


def _overlaps(spans: list[tuple[int, int]], match: re.Match[str]) -> bool:
    """Whether a match lies over one of the spans, which are in order and apart from each other."""
    before = bisect_left(spans, (match.end(),)) - 1
    return before >= 0 and spans[before][1] > match.start()


def find_consequences(text: str) -> list[Consequence]:
    """(code, unit, value, start, end, approximate) for each number of people, rules or money, in order.

    Codes: people_disciplined (person), rules_made (document), money_recovered_cny (cny).
    """
    if not _CUES.search(text):
        return []
    found: list[Consequence] = []
    # No pattern is tried on words that lack what it ends with.
    for pattern in (_SANCTION_FIRST, _PEOPLE_FIRST) if "人" in text or "名" in text else ():
        earlier = [entry[3:5] for entry in found]
        for match in pattern.finditer(text):
            value = read_number(match.group(1))
            if value is not None and not _overlaps(earlier, match):
                found.append(
                    ("people_disciplined", "person", value, match.start(), match.end(), bool(match.group(2)))
                )
    for pattern in (_RULES_FIRST, _NUMBER_RULES) if _MADE.search(text) else ():
        earlier = [entry[3:5] for entry in found if entry[0] == "rules_made"]
        for match in pattern.finditer(text):
            value = read_number(match.group(1))
            if value is not None and match.group(1) != "一" and not _overlaps(earlier, match):
                found.append(
                    ("rules_made", "document", value, match.start(), match.end(), bool(match.group(2)))
                )
    for match in _MONEY.finditer(text) if "元" in text else ():
        value = read_number(match.group(1))
        if value is not None:
            found.append(
                (
                    "money_recovered_cny",
                    "cny",
                    round(value * _FACTORS[match.group(3)], 4),
                    match.start(),
                    match.end(),
                    bool(match.group(2) or match.group(4)),
                )
            )
    found.sort(key=lambda entry: (entry[3], entry[4]))
    return found


# A number of people, of money or of rules: what a consequence must hold.
_CONSEQUENCE = re.compile(
    r"[0-9] ?[余多]?(?:名|人(?!民|大|员|才|事|社|力|均|口)|[千百]?[万亿]?元|[项个件部](?=[^一-鿿]|规章|管理|内部|内控|长效|工作|配套|各类|相关|财务|制度|机制))"
)
_LONGEST = 2_000  # characters of a sentence that are read
_HAN_DIGITS = frozenset("一二三四五六七八九十两")
_MADE = re.compile(r"制度|机制|办法")


def problem_consequences(structure: Structure) -> list[dict[str, Any]]:
    """Rows of ``core_claims`` for what stands inside problems, with ``problem_key``."""
    rows: list[dict[str, Any]] = []
    shadow = structure.shadow
    for problem in structure.problems:
        if not problem.is_leaf:
            continue
        for low, high in problem.measure_spans:
            done = low
            places = [(match.start(), match.end()) for match in _CONSEQUENCE.finditer(shadow, low, high)]
            named = shadow.find("名", low, high)
            while named >= 0:  # 五名领导干部
                if shadow[named - 1] in _HAN_DIGITS:
                    places.append((named - 1, named + 1))
                named = shadow.find("名", named + 1, high)
            places.sort()
            for at, end in places:
                if at < done:
                    continue
                near, far = max(done, at - _LONGEST), min(high, at + _LONGEST)
                start = max(near, shadow.rfind("。", near, at) + 1, shadow.rfind(";", near, at) + 1)
                stop = min(
                    [stop for stop in (shadow.find("。", at, far), shadow.find(";", at, far)) if stop >= 0],
                    default=far,
                )
                done = stop
                stretch = shadow[start:stop]
                if shadow[end - 1] in "项个件部" and not _MADE.search(stretch):
                    done = end
                    continue
                kept = None
                if "\n" in stretch:  # a page seam: read on across it, keep the offsets
                    kept = [index for index, char in enumerate(stretch) if char != "\n"]
                    stretch = stretch.replace("\n", "")
                for code, unit, value, first, last, approximate in find_consequences(stretch):
                    if kept is not None:
                        first, last = kept[first], kept[last - 1] + 1
                    rows.append(
                        {
                            "claim_code": code,
                            "unit": unit,
                            "value": value,
                            "is_approximate": approximate,
                            "problem_key": problem.key,
                            "section_key": None,
                            "quote_text": structure.text[start + first : start + last],
                            "char_start": start + first,
                            "char_end": start + last,
                        }
                    )
    return rows
