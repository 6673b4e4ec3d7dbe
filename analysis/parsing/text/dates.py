"""Dates as notices print them, and the years that they leave out.

A date is matched with the parts that are printed; ``resolve_year`` finds an elided year in the
order: tail of a range → head of its list or sentence → the window in which the thing can have
happened → the last explicit year. The way used is returned with the date and stored.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from analysis.parsing.text.numerals import read_whole

_HAN = "〇○零O一二三四五六七八九十"
# Year: 2021年, 2021 年, 二〇二一年; 今年 this, 去年 last, 同年 the same, 次年/翌年 the following …
_YEAR = rf"((?:19|20)[0-9]{{2}}|[一二][{_HAN}]{{3}}) ?年(?:度)?"
_RELATIVE = r"(今年|去年|前年|明年|后年|同年|当年|本年|次年|翌年|来年|上年)"
_MONTH = r"([0-9]{1,2}|[一二三四五六七八九十]{1,2}) ?月(?:份)?"
_DAY = r"(?: ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[日号]| ?(上旬|中旬|下旬|初|底|末))?"
# Groups of one date: 1 year, 2 relative year, 3 month, 4 day, 5 part of the month; 6–8 numeric form.
DATE = rf"(?:(?:{_YEAR},? ?|{_RELATIVE},? ?)?{_MONTH}{_DAY}|((?:19|20)[0-9]{{2}}) ?[-./] ?([01]?[0-9]) ?[-./] ?([0-3]?[0-9])(?![0-9]))"
DATE_PATTERN = re.compile(DATE)
# A day alone, as the tail of a range or list: 6月1日至15日.
DAY_ONLY = re.compile(r" ?([0-9]{1,2}|[一二三四五六七八九十]{1,3}) ?[日号]")
JOINER = re.compile(r" ?(?:起|开始)?(?:,)? ?(?:至|到|—{1,2}|–|-{1,3}|~|～|―{1,2}) ?")
LIST_JOINER = re.compile(r" ?(?:、|和|及|与|以及|,|或) ?")

_HEAD_SPAN = {
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "初": (1, 10),
    "底": (21, 31),
    "末": (21, 31),
}


@dataclass(slots=True)
class PrintedDate:
    """One date as printed; ``year`` None where it is elided, ``relative`` such as 今年."""

    start: int
    end: int
    year: int | None
    relative: str | None
    month: int
    day: int | None
    part: str | None

    @property
    def precision(self) -> str:
        """day, ten_days (旬, 初, 底) or month."""
        return "day" if self.day else "ten_days" if self.part else "month"

    def first(self, year: int) -> date:
        """The first day it can mean in a year."""
        return _safe(year, self.month, self.day or (_HEAD_SPAN[self.part][0] if self.part else 1))

    def last(self, year: int) -> date:
        """The last day it can mean in a year."""
        return _safe(year, self.month, self.day or (_HEAD_SPAN[self.part][1] if self.part else 31))


def _safe(year: int, month: int, day: int) -> date:
    if 1 <= day <= 28:
        return date(year, month, day)
    return date(year, month, min(max(day, 1), monthrange(year, month)[1]))


def read_year(text: str) -> int | None:
    """2021 or 二〇二一 as a year."""
    value = (
        int(text)
        if text.isdecimal() and len(text) <= 4
        else read_whole(text.replace("O", "〇").replace("○", "〇"))
    )
    return value if value is not None and 1949 <= value <= 2100 else None


def printed_date(match: re.Match[str], group: int = 0) -> PrintedDate | None:
    """The parts of a DATE match whose groups start after ``group``; None for an impossible date."""
    year, relative, month, day, part, iso_year, iso_month, iso_day = match.groups()[group : group + 8]
    if iso_year:
        year, month, day = iso_year, iso_month, iso_day
    month_number = read_whole(month)
    day_number = read_whole(day) if day else None
    if (
        month_number is None
        or not 1 <= month_number <= 12
        or (day and (day_number is None or not 1 <= day_number <= 31))
    ):
        return None
    return PrintedDate(
        match.start(),
        match.end(),
        read_year(year) if year else None,
        relative,
        month_number,
        day_number,
        part,
    )


@dataclass(slots=True)
class Window:
    """The days between which something can have happened; either end may be open."""

    start: date | None
    end: date | None

    def years_for(self, printed: PrintedDate) -> list[int]:
        """Years in which the printed month and day fall inside, earliest first."""
        if self.start is not None:
            low = self.start
        elif self.end is not None:
            low = date(self.end.year - 1, self.end.month, 1)
        else:
            return []
        high = self.end or date(low.year + 1, low.month, 1)
        return [
            year
            for year in range(low.year, high.year + 1)
            if printed.last(year) >= low and printed.first(year) <= high
        ]


def following_year(printed: PrintedDate, after: date) -> int:
    """The first year in which the printed date does not lie before ``after``."""
    return after.year if printed.last(after.year) >= after else after.year + 1


def relative_year(word: str, base: int | None, head: int | None) -> int | None:
    """The year meant by 今年, 去年 … (against the year of writing) or 同年, 次年 (against the year before it)."""
    if word in ("同年", "当年"):
        return head
    if word in ("次年", "翌年"):
        return None if head is None else head + 1
    if base is None:
        return None
    return (
        base
        + {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "来年": 1, "后年": 2}[word]
    )


@dataclass(slots=True)
class DateRange:
    """A range as printed, with both ends resolved where that can be done."""

    start: int
    end: int
    head: PrintedDate
    tail: PrintedDate
    first: date | None
    last: date | None


def range_at(text: str, head: PrintedDate, year: int | None) -> DateRange | None:
    """The range that starts with ``head``, when a joiner and a second date or day follow; None otherwise."""
    joiner = JOINER.match(text, head.end)
    if joiner is None:
        return None
    match = DATE_PATTERN.match(text, joiner.end())
    tail = printed_date(match) if match else None
    if tail is None:
        only = DAY_ONLY.match(text, joiner.end())
        number = read_whole(only.group(1)) if only else None
        if only is None or number is None or head.day is None or not 1 <= number <= 31:
            return None
        tail = PrintedDate(joiner.end(), only.end(), None, None, head.month, number, None)
    if year is None:
        return DateRange(head.start, tail.end, head, tail, None, None)
    end_year = tail.year or (relative_year(tail.relative, year, year) if tail.relative else None)
    first = head.first(year)
    if end_year is None:  # the tail takes its head's year, over New Year the next
        end_year = year if tail.last(year) >= first else year + 1
    return DateRange(head.start, tail.end, head, tail, first, tail.last(end_year))
