"""Numbers as notices print them: digits, Chinese numerals and both mixed with 万/亿."""

from __future__ import annotations

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
    if "点" in text:
        head, _, tail = text.partition("点")
        whole = _read_han(head)
        if whole is None or not tail or any(sign not in _DIGITS for sign in tail):
            return None
        return whole + int("".join(str(_DIGITS[sign]) for sign in tail)) / 10 ** len(tail)
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
