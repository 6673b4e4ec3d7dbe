"""Printed numbers at the start of a line: their style, their value, where they end."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.parsing.text.numerals import read_whole


class Label(NamedTuple):
    """``style``: 一、 → "C" · (一) → "PC" · 1. → "A" · 1.1 → "D" · (1) → "PA" · ① → "O" ·
    问题一 → "W" · 第一项 → "N" ·
    ◆ → "B" (no number: 0). ``end`` counts the number and the blanks behind it."""

    style: str
    number: int
    end: int
    text: str


_H = "[一二三四五六七八九十百]{1,4}"
# A number before these is a quantity, not a label.
_UNIT = "年(?!度|轻|龄)|月|日|个(?!别|人|性)|名(?!存)|项(?!目)|次|人(?!才|员|事|民|大|社)|家(?!庭|长)|万|亿|元|号|条|件|份|场(?!所|馆|景)|期|篇|届|时|点|分(?!类|工|管|级|析)|天|周(?!边)|岁|级|位|余|多(?!次|头)|平方|平米|公里|公斤|公顷|千|百|%"
_LABEL = re.compile(
    rf"""
      ({_H}) (?: 、 | \.(?!\d) | [ ](?=[ ]*[\u4e00-\u9fff“《]) )                # 一、
    | \([ ]?({_H})[ ]?\)[、.]?                                                   # (一)
    | (\d{{1,3}})
      (?: [ ]?、 | [ ]?\.(?!\d) | [ ]?\.(?=(?:19|20)\d\d[ ]?年)                 # 1. · 1.2021年
        | [ ]+(?=[\u4e00-\u9fff“"《【(])(?!(?:{_UNIT})) | (?<=(?<!\d)0\d)[ ]+ )  # 1 党组 · 01
    | (\d{{1,2}}\.\d{{1,2}}(?:\.\d{{1,2}})?) (?:[、.]|[ ])? [ ]*
      (?=[\u4e00-\u9fff“"《【\[])(?!(?:{_UNIT}|倍))                               # 1.1
    | \([ ]?(\d{{1,3}})[ ]?\)[、.]? | (\d{{1,3}})\)[、.]?                        # (1) · 1)
    | ([①-⑳⑴-⒛㈠-㈩❶-❿])[、.]?
    | ([◆◇●○■□▲△★☆▪▫►▶※•·➢➤]|[-*+](?=[ ]))[ ]*
    | [【\[(]?(?:序号|编号)[ ]?:?[ ]?(\d{{1,3}})[】\])]? (?:[:、.]|[ ]|$)          # 序号：1
    | [【\[(]? (?:反馈|巡察|巡视|整改|存在|具体|主要|突出|的|意见|第)*               # 反馈问题一：
      (?:问题|事项|任务)(?:序号|之)?[ ]?({_H}|\d{{1,3}})
      (?: [】\])][ ]?[:、.]? | [ ]?[:、.] | [ ](?!{_UNIT}) | $ )
    | 第[ ]?({_H})[ ]?个?(?:方面|部分|大类)[:、,]?[ ]?                              # 第一方面
    | [【\[(]?第[ ]?({_H}|\d{{1,3}})[ ]?(?:个|项|条)(?:反馈|整改|具体)?              # 第3个问题：
      (?:问题|任务|事项)? (?:[】\])][:、.,]?|[ ]?[:、.,]|[ ])
    """,
    re.VERBOSE,
)
_STYLES = ("", "C", "PC", "A", "D", "PA", "PA", "O", "B", "W", "W", "C", "N")
_STARTS = frozenset(
    "一二三四五六七八九十百(0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳【[反巡整存具主突第问事任⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩❶❷❸❹❺❻❼❽❾❿"
    "⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛意序编◆◇●○■□▲△★☆▪▫►▶※•·➢➤-*+"
)


def _symbol(char: str) -> tuple[str, int]:
    code = ord(char)
    if 0x2460 <= code <= 0x2473:
        return "O", code - 0x245F
    if 0x2474 <= code <= 0x2487:
        return "PA", code - 0x2473
    if 0x2488 <= code <= 0x249B:
        return "A", code - 0x2487
    if 0x3220 <= code <= 0x3229:
        return "PC", code - 0x321F
    return "O", code - 0x2775


def read_label(line: str) -> Label | None:
    """The printed number a line (shadow text, no leading blanks) starts with."""
    if line[0] not in _STARTS:
        return None
    match = _LABEL.match(line)
    if match is None:
        return None
    index = match.lastindex or 0
    end = match.end()
    while end < len(line) and line[end] == " ":
        end += 1
    printed = match.group(index)
    number: int | None
    if index == 8:
        return Label("B", 0, end, printed)
    if index == 7:
        style, number = _symbol(printed)
    elif index == 4:
        parts = printed.split(".")
        style, number = ("D" if len(parts) == 2 else "E"), int(parts[-1])
    else:
        style, number = _STYLES[index], read_whole(printed)
    if number is None:
        return None
    return Label(style, number, end, line[: match.end()].strip())
