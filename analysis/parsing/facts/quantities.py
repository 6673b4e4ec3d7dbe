"""Quantities: money, people, shares, areas, counts, with their approximation."""

from __future__ import annotations

import re
from functools import lru_cache

from analysis.lookups import load_csv
from analysis.parsing.text.numerals import read_number

# A number and what it stands for, a date or a quantity, in one pattern that starts with its digits:
# 1 digits · date with a year: 2 month, 3 day, 4 part of the month · date without: 5 day, 6 part ·
# quantity: 7 thousands and decimals, 8 余/多 before the multiple, 9 multiple (万, 亿, 百万), 10 余/多 after it, 11 what follows.
_DAY = r"(?: ?([0-9]{1,2}) ?[日号]| ?(上旬|中旬|下旬|初|底|末))?"
_REST = (
    r"((?:,[0-9]{3}){0,5}+(?:\.[0-9]++)?+) ?+([余多来几]|-)?+ ?+([百千]?[万亿]|百|千)?+([余多])?+ ?+"
    r"([%s年日][^\s0-9,。;:、.()“”《》|<>\-—/]{0,3})"
)


@lru_cache(maxsize=1)
def number_pattern() -> re.Pattern[str]:
    """The pattern above, with the first characters of the unit words of ``lookups/parsing/unit_words.csv``."""
    firsts = "".join(sorted({row["word"][0] for row in load_csv("parsing/unit_words")}))
    # [0-9][0-9]*+ and not [0-9]++: a search leaps only to a first character that stands once. The look back
    # stands behind it: within a run of digits nothing is tried again.
    return re.compile(
        rf"([0-9](?<![0-9][0-9])[0-9]*+)(?: ?年度?,? ?([0-9]{{1,2}}) ?月份?{_DAY}| ?月份?{_DAY}|{_REST % re.escape(firsts)})"
    )


_FACTORS = {
    "": 1.0,
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "亿": 1e8,
    "百万": 1e6,
    "千万": 1e7,
    "百亿": 1e10,
    "千亿": 1e11,
}
_BEFORE = {
    "约": "about",
    "近": "upper_bound",
    "逾": "lower_bound",
    "超": "lower_bound",
    "足": None,
    "过": None,
    "于": None,
}
_AFTER = (
    ("左右", "about"),
    ("上下", "about"),
    ("以上", "lower_bound"),
    ("余", "lower_bound"),
    ("多", "lower_bound"),
    ("以下", "upper_bound"),
    ("以内", "upper_bound"),
    ("许", "about"),
)
_APPROXIMATE = frozenset("约近逾超足过于")
_APPROXIMATE_AFTER = frozenset("左上以余多许")
_ORDINALS = re.compile(r"第[0-9、,和]+$")
_PAIRS = {
    "不足": "upper_bound",
    "超过": "lower_bound",
    "大约": "about",
    "接近": "upper_bound",
    "多于": "lower_bound",
    "少于": "upper_bound",
    "不少于": "lower_bound",
    "低于": "upper_bound",
    "高于": "lower_bound",
    "不低于": "lower_bound",
}


# The same in Chinese numerals, and 百分之七十; tried only in notices that write their years so.
HAN_QUANTITY = re.compile(
    r"(?:(百分之)|(?<![第零〇一二三四五六七八九十百千两几]))([一二三四五六七八九十百千两][〇零一二三四五六七八九十百千]*(?:点[一二三四五六七八九零]+)?) ?(余|多)?([百千]?[万亿])?(余|多)?(?=([^\s0-9,。;:、.()“”《》|<>]{0,4}))"
)


def read_han_quantity(shadow: str, match: re.Match[str]) -> tuple[float, str, str, str | None, int] | None:
    """As ``read_quantity`` for a HAN_QUANTITY match (二百一十六个, 三百二十万元, 百分之七十)."""
    percent, number, more, multiple, more_after, follows = match.groups()
    amount = read_number(number)
    if amount is None:
        return None
    bound = "lower_bound" if more or more_after else None
    if percent:
        return round(amount / 100, 6), "share", "share", bound, match.end(2)
    words, kinds = _tables()
    for size in range(len(follows), 0, -1):
        unit = words.get(follows[:size])
        if unit is not None:
            break
    else:
        return None
    return (
        round(amount * _FACTORS[multiple or ""] * unit[1], 6),
        unit[0],
        kinds[unit[0]],
        bound,
        match.start(6) + size,
    )


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, tuple[str, float]], dict[str, str]]:
    words = {row["word"]: (row["unit_code"], float(row["factor"])) for row in load_csv("parsing/unit_words")}
    kinds = {row["code"]: row["figure_kind"] for row in load_csv("codes/codes_units")}
    return words, kinds


def read_quantity(
    shadow: str,
    start: int,
    number: str,
    more: str | None,
    multiple: str | None,
    more_after: str | None,
    follows: str,
    follows_start: int,
) -> tuple[float, str, str, str | None, int] | None:
    """(value, unit_code, figure_kind, bound, end offset) of a number and what follows it; None where no unit does.

    ``bound``: about, lower_bound (余, 多, 以上 …), upper_bound (近, 不足 …) or None for an exact figure.
    """
    words, kinds = _tables()
    for size in range(len(follows), 0, -1):
        unit = words.get(follows[:size])
        if unit is not None:
            break
    else:
        return None
    previous = shadow[start - 1] if start else " "
    if previous == "第" or more == "-" or previous.isascii() and previous.isalpha():
        return None
    if (
        previous in "、,和"
        and shadow.find("第", max(0, start - 10), start) >= 0
        and _ORDINALS.search(shadow, max(0, start - 10), start)
    ):
        return None  # 第9、14项: ordinal numbers
    code, factor = unit
    end = follows_start + size
    value = float(number.replace(",", "") if "," in number else number)
    if multiple or factor != 1.0:
        value = round(value * _FACTORS[multiple or ""] * factor, 6)
    bound = "lower_bound" if more_after or more in ("余", "多") else "about" if more else None
    if bound is None and previous in _APPROXIMATE:
        bound = _BEFORE.get(previous) or _PAIRS.get(shadow[start - 2 : start])
    if bound is None and shadow[end : end + 1] in _APPROXIMATE_AFTER:
        for word, meaning in _AFTER:
            if shadow.startswith(word, end):
                bound, end = meaning, end + len(word)
                break
    return None if value >= 1e15 else (value, code, kinds[code], bound, end)
