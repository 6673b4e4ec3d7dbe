"""Numbers as notices print them: digits, Chinese numerals and both mixed with 万/亿."""

from __future__ import annotations

import re

_DIGITS = {
    "〇": 0,
    "○": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MULTIPLES = {"万": 10_000, "亿": 100_000_000}

HAN_NUMERALS = "〇○零一二两三四五六七八九十百千"
# A number as printed: 1,200.5 or 二十七 (for use inside larger patterns).
NUMBER = r"(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[〇○零一二两三四五六七八九十百千]+)"


LARGEST = 1e15


def read_number(text: str) -> float | None:
    """The value of ``12``, ``1,200.5``, ``二十七``, ``二〇二四``, ``一千二百万`` or ``1.2万``; None for anything else
    and for what is no quantity any more (10¹⁵ and above: a file's number, damaged digits)."""
    text = text.strip()
    if not text:
        return None
    value: float | None
    if text[0] in "0123456789":
        factor = 1
        while text and text[-1] in "百千万亿":
            factor *= _MULTIPLES.get(text[-1]) or _PLACES[text[-1]]
            text = text[:-1]
        try:
            value = float(text.replace(",", "").replace(" ", "")) * factor
        except ValueError:
            return None
    else:
        value = _read_han(text)
    return value if value is not None and value < LARGEST else None


def read_whole(text: str) -> int | None:
    """As ``read_number``, but only whole numbers."""
    if text.isascii() and text.isdecimal() and len(text) <= 15:
        return int(text)
    value = read_number(text)
    return int(value) if value is not None and value == int(value) else None


def _read_han(text: str) -> float | None:
    for sign in ("亿", "万"):
        head, found, tail = text.partition(sign)
        if found:
            upper = _read_han(head)
            lower = _read_han(tail) if tail else 0
            return None if upper is None or lower is None else upper * _MULTIPLES[sign] + lower
    if "点" in text:  # 六十八点四
        whole, _, tail = text.partition("点")
        value = _read_han(whole)
        if value is None or not tail or any(sign not in _DIGITS for sign in tail):
            return None
        return value + int("".join(str(_DIGITS[sign]) for sign in tail)) / 10 ** len(tail)
    if len(text) > 20:
        return None
    if text and all(sign in _DIGITS for sign in text):  # read digit by digit: 二〇二四
        return float("".join(str(_DIGITS[sign]) for sign in text))
    total = current = 0
    seen = False
    for sign in text:
        if sign in _DIGITS:
            current = _DIGITS[sign]
        elif sign in _PLACES:
            total += (current or 1) * _PLACES[sign]
            current = 0
        else:
            return None
        seen = True
    return float(total + current) if seen else None


_PIECES = r"[0-9]{1,3}(?: [0-9]{1,3}){1,5}"
_BLANK_INSIDE = re.compile(r"[0-9] [0-9]")
# A date broken by blanks: 202 3年1 1月2 7日. The year needs four digits; month and day follow year and month.
_BROKEN_DATE = re.compile(
    rf"(?<![0-9.])(?:(?P<year>{_PIECES})(?= ?年)|(?<=[年月])[ ]?(?P<part>{_PIECES})(?= ?[月日号]))"
)
# What else is broken in a text with such dates: 4 8条, 21 7.9万元
_BROKEN = re.compile(
    rf"(?<![0-9.:\n-]){_PIECES}(?=\.[0-9]| ?[月日号个项条件人名次期份户家处台套笔余多%万亿元])"
)


def mend_numbers(text: str) -> str:
    """The text with the blanks inside broken numbers moved behind them, offsets of everything else unchanged."""
    if _BLANK_INSIDE.search(text) is None:
        return text
    found = [match for match in _BROKEN_DATE.finditer(text) if _is_date_part(match)]
    if not found:
        return text
    spans = {match.span(match.lastgroup or 0) for match in found}
    spans |= {match.span() for match in _BROKEN.finditer(text)}
    pieces: list[str] = []
    position = 0
    for start, end in sorted(spans):
        if start >= position:
            digits = text[start:end].replace(" ", "")
            pieces += (text[position:start], digits, " " * (end - start - len(digits)))
            position = end
    return "".join((*pieces, text[position:]))


def _is_date_part(match: re.Match[str]) -> bool:
    if match.group("year"):
        digits = match.group("year").replace(" ", "")
        return len(digits) == 4 and digits[:2] in ("19", "20")
    digits = match.group("part").replace(" ", "")
    return len(digits) == 2 and 1 <= int(digits) <= 31
