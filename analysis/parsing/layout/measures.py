"""Measures inside a block: the printed marks of the outermost enumeration split it."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.parsing.text.numerals import read_whole


class Piece(NamedTuple):
    """One measure in the flow; ``marker`` None where the block is not enumerated."""

    marker: str | None
    start: int
    end: int


_H = "[一二三四五六七八九十]"
_BOUNDARY = frozenset("。;:,、!?\n ”’)】》>|…—")
# Each style: literals that its first mark begins with, the pattern of any of its marks, whether
# a mark counts only behind punctuation or a break.
_STYLES: tuple[tuple[str, tuple[str, ...], re.Pattern[str], bool], ...] = (
    # The literal 是 leads and the number is looked back at: digits alone are too frequent to search for.
    ("一是", ("一是",), re.compile(rf"是(?<=({_H})是)[,:]?"), True),
    ("①", ("①", "❶", "⑴"), re.compile(r"([①-⒇❶-❿])[、.]?"), False),
    ("(1)", ("(1)", "( 1 )", "(1 )"), re.compile(r"\( ?(\d{1,2}) ?\)[、.]?"), True),
    ("1)", ("1)",), re.compile(r"(?<![\d(])(\d{1,2})\)[、.]?"), True),
    ("1.", ("1.", "1、", "1 .", "⒈"), re.compile(r"(?<![\d.])(\d{1,2}) ?[.、]|([⒈-⒛])"), True),
    ("(一)", ("(一)", "㈠"), re.compile(rf"\( ?({_H}{{1,3}}) ?\)[、.]?|([㈠-㈩])"), True),
    ("一、", ("一、",), re.compile(rf"(?<!{_H})({_H}{{1,3}})、"), True),
    ("第一", ("第一,", "第一、", "第一:", "第一是"), re.compile(rf"第({_H}{{1,3}})[,、:是]"), True),
    (
        "-",
        ("- ", "* ", "• ", "•", "·", "●", "○", "■", "◆", "▪", "➢"),
        re.compile(r"(?:^|(?<=\n))([-*•·●○■◆▪➢]) *", re.M),
        True,
    ),
    ("一要", ("一要",), re.compile(rf"({_H}{{1,3}})要"), True),
    ("一件是", ("一件是", "一条是", "一点是", "一项是"), re.compile(rf"({_H}{{1,2}})[件条点项]是"), True),
    ("一方面", ("一方面",), re.compile(r"(一|另一)方面,?"), True),
    ("其一", ("其一",), re.compile(rf"其({_H})[,:是]"), True),
)


_SIGNS = {sign: index for index, style in enumerate(_STYLES[:9]) for sign in style[1]}
_FIRST = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)))


def split_measures(text: str, start: int, end: int) -> list[Piece]:
    """The measures of the stretch ``start``–``end``; one piece when nothing is enumerated."""
    alone: set[str] = set()  # signs that nothing goes on from
    for match in _FIRST.finditer(text, start, end):
        at = match.start()
        index = _SIGNS[match.group()]
        if (
            index == 8
            and not _at_line(text, start, at)
            or _STYLES[index][3]
            and index != 8
            and not _at_boundary(text, start, at)
        ):
            continue
        if match.group() in alone and text[at + 2 : at + 3].isdigit():
            continue
        if not _goes_on(text, at, end, match.group()):
            alone.add(match.group())
            continue
        pieces = _pieces(text, at, end, _STYLES[index])
        if len(pieces) > 1 or pieces and index != 8:
            return pieces
        break
    pieces = _led_in(text, start, end) or _pieces(text, start, end, _STYLES[0])
    if len(pieces) > 1:
        return pieces
    for style in _STYLES[9:]:
        # 一要…二要… inside a sentence are what a meeting asked for, not measures.
        if text.startswith(style[1], start, end):
            pieces = _pieces(text, start, end, style)
            if len(pieces) > 1:
                return pieces
    return _by_turn(text, start, end) or _by_lines(text, start, end)


# 为此,我们一是… (to this end we, firstly, …): words lead in to the first of several.
_LED_IN = re.compile(r"(?:\A|(?<=[。;:,\n]))[^。;:,\n一二三四五六七八九十]{1,14}一是")
_SECOND = re.compile(r"(?<=[。;,\n ])二是")


def _led_in(text: str, start: int, end: int) -> list[Piece]:
    first = text.find("一是", start, end)
    second = _SECOND.search(text, first + 2, end) if first >= 0 else None
    if second is None or _LED_IN.search(text, max(start, first - 15), first + 2) is None:
        return []
    return _pieces(text, first, end, _STYLES[0])


# The first of a list in any sign: A. · a) · 1/ · 〔1〕 · 甲、 — sign before, number, sign behind.
_ONE = re.compile(
    r"(?P<before>[^\w\s“”《》%)、。;,:]?)(?P<number>[Aa甲壹]|1(?=\W\D))(?P<after>[^\w\s“《%(-])"
)
_ORDERS = ("ABCDEFGHIJKLMN", "abcdefghijklmn", "甲乙丙丁戊己庚辛壬癸", "壹贰叁肆伍陆柒捌玖拾")


def _by_turn(text: str, start: int, end: int) -> list[Piece]:
    """A list whose numbers follow one another at heads of lines or sentences, whatever the sign around them."""
    for match in _ONE.finditer(text, start, end):
        if not (match.start() == start or text[match.start() - 1] in "。;!?\n:,>"):
            continue
        before, one, after = match.group("before", "number", "after")
        numbers = next((order for order in _ORDERS if order[0] == one), None)
        marks = [match.span()]
        while True:
            turn = len(marks)
            number = str(turn + 1) if numbers is None else numbers[turn : turn + 1]
            sign = f"{before}{number}{after}"
            at = text.find(sign, marks[-1][1], end) if number else -1
            while at >= 0 and text[at - 1] not in "。;!?\n ,>":
                at = text.find(sign, at + 1, end)
            if at < 0:
                break
            marks.append((at, at + len(sign)))
        if len(marks) > 1:
            stops = [*(at for at, _ in marks[1:]), end]
            pieces = [
                Piece(text[at:after], *_trim(text, after, stop)) for (at, after), stop in zip(marks, stops)
            ]
            return [piece for piece in pieces if piece.end > piece.start]
    return []


_BULLETS = frozenset("-*•·●○■◆▪➢►▶")
_NO_BULLET = frozenset("“”《》()【】[]〔〕<>|%‘’\"'")


def _by_lines(text: str, start: int, end: int) -> list[Piece]:
    """Lines that begin with one sign, or that all but the last end with a semicolon; else the whole as one."""
    start, end = _trim(text, start, end)
    lines: list[tuple[int, int]] = []
    at = start
    while 0 <= at < end:
        stop = text.find("\n", at, end)
        stop = stop if stop >= 0 else end
        first, last = _trim(text, at, stop)
        if last > first:
            lines.append((first, last))
        at = stop + 1
    if len(lines) > 1:
        for sign in (text[lines[-1][0]], text[lines[0][0]]):
            if sign.isalnum() or sign in _NO_BULLET:
                continue
            signed = [line for line in lines if text[line[0]] == sign]
            # One line more leads in to them, or tells the result behind them.
            if (
                len(signed) > 1
                and len(lines) - len(signed) < 2
                and signed in (lines[-len(signed) :], lines[: len(signed)])
            ):
                return [Piece(sign, *_trim(text, first + 1, last)) for first, last in signed]
        if all(text[last - 1] == ";" for _, last in lines[:-1]):
            return [Piece(None, first, last) for first, last in lines]
    sign = text[start : start + 1]
    if sign in _BULLETS:  # ●…；●… in one line
        heads = [start]
        heads += [at for at in range(start + 1, end) if text[at] == sign and text[at - 1] in "。; "]
        return [Piece(sign, *_trim(text, at + 1, stop)) for at, stop in zip(heads, [*heads[1:], end])]
    return [Piece(None, start, end)]


def _goes_on(text: str, at: int, end: int, sign: str) -> bool:
    """1.27处 may be a decimal: a number right behind the dot needs a second mark further on."""
    if sign not in ("1.", "1、") or at + 2 >= end or not text[at + 2].isdigit():
        return True
    following = text.find("2" + sign[1], at + 2, end)
    while following >= 0:
        if text[following - 1] in "。;\n,>":
            return True
        following = text.find("2" + sign[1], following + 1, end)
    return False


def _at_line(text: str, start: int, at: int) -> bool:
    return at == start or text[at - 1] == "\n"


def _at_boundary(text: str, start: int, at: int) -> bool:
    if at <= start:
        return True
    before = text[at - 1]
    if before != " ":
        return before in _BOUNDARY
    back = at - 1
    while back > start and text[back] == " ":
        back -= 1
    return text[back] in _BOUNDARY or back == start or at - back > 2


def _value(match: re.Match[str]) -> int | None:
    printed = match.group(match.lastindex or 0)
    if len(printed) == 1 and ord(printed) > 0x2400 and not "一" <= printed <= "鿿":
        code = ord(printed)
        for base in (0x2460, 0x2474, 0x2488, 0x3220, 0x2776):
            if base <= code < base + 20:
                return code - base + 1
    return read_whole(printed)


def _pieces(text: str, start: int, end: int, style: tuple) -> list[Piece]:
    name, _, pattern, bound = style
    is_han = name == "一是"
    in_turn = name in ("1.", "一、", "1)", "(1)", "(一)")
    marks: list[tuple[int, int, str]] = []
    last = 0
    for match in pattern.finditer(text, start, end):
        at = match.start()
        if is_han:
            at = match.start(1)
            while at > start and text[at - 1] in "一二三四五六七八九十":
                at -= 1
        if bound and not (marks and text[at] == "(") and not _at_boundary(text, start, at):
            continue
        if in_turn:
            # A number is a mark only in its turn: 3.5 and (2) of a reference are none.
            value = _value(match)
            if value is None or value != last + 1:
                continue
            last = value
        marks.append((at, match.end(), text[at : match.end()].strip(",: ")))
    pieces = []
    for index, (_, after, marker) in enumerate(marks):
        stop = marks[index + 1][0] if index + 1 < len(marks) else end
        first, stop = _trim(text, after, stop)
        if stop > first:
            pieces.append(Piece(marker, first, stop))
    return pieces


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " \n|,:":
        start += 1
    while end > start and text[end - 1] in " \n|":
        end -= 1
    return start, end
