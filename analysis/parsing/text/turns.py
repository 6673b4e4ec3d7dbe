"""Numbers known by their turn: lines that begin 〔1〕, 〔2〕, 〔3〕 are numbered whatever the sign around.

A style that the parser lists is read by ``numbering``. Any other short sign that stands around
numbers at the beginning of lines, in their turn, is replaced in the matching text by a listed sign
of the same length, so that every offset stays valid.
"""

from __future__ import annotations

import re

from analysis.parsing.text.numbering import read_label
from analysis.parsing.text.numerals import read_whole

_LINE = re.compile(
    r"(?m)^[ #*>-]*(?P<head>(?P<before>[^\s\d一二三四五六七八九十百#*>|-][^\s\d一二三四五六七八九十百|]{0,3})?"
    r"(?:(?P<digits>\d{1,3})|(?P<han>[一二三四五六七八九十百]{1,3}))(?P<after>[^\w\s%“”‘’\"'《(【|*#-]?))(?=[^\n])"
)
# Words before a number that count something else than what the notice reports on.
_COUNTS_OTHERS = frozenset(("附件", "附表", "附", "表", "图", "注", "第"))
_WORD = re.compile(r"[一-鿿]")
_BRACKETS = frozenset("([{<〔【〖«‹〈《「『⟨⟦“‘\"'")


# 一是关于…的问题 at the head of a line: where nearly all lines that begin 一是 (firstly) go on so, it is
# the number of a problem.
_COUNTED = re.compile(
    r"(?m)^[ #*>-]*[一二三四五六七八九十]{1,3}(?P<sign>是)(?P<frame>(?:关于|针对|对|在)[^。]{4,90}?(?:问题|方面|问\n+题))?"
)


def _counted_problems(shadow: str) -> list[tuple[int, int, str]]:
    lines = list(_COUNTED.finditer(shadow)) if "是关于" in shadow or "是针对" in shadow else []
    framed = [match for match in lines if match.group("frame")]
    if len(framed) < 3 or len(framed) * 5 < len(lines) * 4:
        return []
    return [(*match.span("sign"), "、") for match in framed]


def settle_numbers(shadow: str) -> str:
    """The matching text with numbers in unlisted signs as numbers in listed ones.

    A sign is taken for a numbering where at least three lines begin with it and their numbers
    rise from 1, or begin anew at 1, in four cases of five.
    """
    found: dict[tuple[str, str, bool], list[tuple[int, re.Match[str]]]] = {}
    listed: set[str] = set()
    for match in _LINE.finditer(shadow):
        line = shadow[match.start("head") : match.end() + 12]
        label = read_label(line)
        if label is not None:
            listed.add(label.style)
            continue
        before, after = match.group("before") or "", match.group("after")
        if not before and not after or before in _COUNTS_OTHERS:
            continue
        if _WORD.search(before) and not after:
            continue
        number = read_whole(match.group("digits") or match.group("han"))
        if number:
            found.setdefault((before, after, match.group("han") is not None), []).append((number, match))
    parts: list[tuple[int, int, str]] = [] if "C" in listed else _counted_problems(shadow)
    for (before, _, is_han), lines in sorted(found.items(), key=lambda entry: entry[1][0][1].start()):
        if not _in_turn([number for number, _ in lines]):
            continue
        closed = bool(before) and before[-1] in _BRACKETS
        # 一、 heads the parts of a notice; with Arabic numbers the first style seen is the upper one.
        wanted = ("A", "PA") if not is_han else ("PC", "C") if closed else ("C", "PC")
        style = next((style for style in wanted if style not in listed), wanted[0])
        listed.add(style)
        for _, match in lines:
            start, end = match.span("head")
            printed = match.group("digits") or match.group("han")
            parts.append((start, end, _plain(style, printed, end - start)))
    if not parts:
        return shadow
    pieces: list[str] = []
    position = 0
    for start, end, words in sorted(parts):
        pieces += (shadow[position:start], words)
        position = end
    pieces.append(shadow[position:])
    return "".join(pieces)


def _in_turn(numbers: list[int]) -> bool:
    if len(numbers) < 3 or numbers[0] != 1:
        return False
    steps = list(zip(numbers, numbers[1:]))
    turns = sum(b == 1 or 0 < b - a <= 2 for a, b in steps)
    return turns * 5 >= len(steps) * 4 and sum(b - a == 1 for a, b in steps) >= 2


def _plain(style: str, printed: str, length: int) -> str:
    """The number in a listed style, brought to ``length`` by blanks before it."""
    if style == "PC" and length == len(printed) + 1 == 2:
        signed = chr(0x3220 + "一二三四五六七八九十".index(printed))
    elif style in ("PA", "PC"):
        signed = f"({printed})" if length >= len(printed) + 2 else f"{printed})"
    else:
        signed = f"{printed}." if style == "A" else f"{printed}、"
    return signed.rjust(length)[-length:] if len(signed) <= length else signed[:length]
