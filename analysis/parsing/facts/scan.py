"""Dated events, quantities and citations of a notice, each with its span and its problem.

One pass over the numbers of the text finds both dates and quantities; dates are then put in
order and their elided years resolved (``analysis.parsing.facts.events``). Numbers inside 《》 titles are
no facts of their own.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.parsing.facts.citations import read_citations
from analysis.parsing.facts.events import EventReader, YearSpan
from analysis.parsing.facts.quantities import HAN_QUANTITY, number_pattern, read_han_quantity, read_quantity
from analysis.parsing.layout.locations import Locator
from analysis.parsing.structure import Structure
from analysis.parsing.text.dates import DATE_PATTERN, PrintedDate, printed_date, read_year

_HAN_NUMERALS = frozenset("一二三四五六七八九十")
_RELATIVES = frozenset(
    ("今年", "去年", "前年", "明年", "后年", "同年", "当年", "本年", "次年", "翌年", "来年", "上年")
)
_HAN_YEAR = re.compile(r"[一二][〇○零O一二三四五六七八九]{3} ?年(?! ?[0-9一二三四五六七八九十]{1,2} ?月)")
# What may follow a year that stands alone: half year, quarter, beginning, end.
_YEAR_PART = re.compile(r" ?(上半年|下半年|第?[一二三四1-4]季度|年?初|年?底|年?末)")
# 2021.3.25 and 2021-03-25: in running text as in tables. The look back stands behind the year, so
# that the search can leap from one 1 or 2 to the next.
_NUMERIC_DATE = re.compile(
    r"((?:19|20)[0-9]{2})(?<![0-9.\-/][0-9]{4})([-./])([01]?[0-9])\2([0-3]?[0-9])(?![0-9])"
)
_YEAR_RANGE = re.compile(r"((?:19|20)[0-9]{2}) ?年? ?(?:-{1,2}|—{1,2}|–|至|~|～) ?$")


def read_facts(structure: Structure, notice: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """``core_events``, ``core_figures`` and ``core_citations`` rows in order of the text, with ``problem_key``.

    ``notice``: the row of read_metadata; its dates bound the windows in which elided years are sought.
    """
    locator = Locator(structure)
    citations, titles = read_citations(structure.text, structure.shadow, locator)
    dates, figures = _numbers(structure, locator, titles)
    events = EventReader(structure, locator, notice).read(dates)
    return {"core_events": events, "core_figures": figures, "core_citations": citations}


def _numbers(
    structure: Structure, locator: Locator, titles: list[tuple[int, int]]
) -> tuple[list[PrintedDate | YearSpan], list[dict[str, Any]]]:
    shadow, text = structure.shadow, structure.text
    starts = {measure.start for problem in structure.problems for measure in problem.measures}
    starts.update(
        problem.statement_start for problem in structure.problems if problem.statement_start is not None
    )
    dates: list[PrintedDate | YearSpan] = []
    figures: list[dict[str, Any]] = []
    title_index = 0
    title_count = len(titles)
    locate = locator.at
    pattern = number_pattern()
    match: re.Match[str] | None
    token: PrintedDate | YearSpan | None
    for match in pattern.finditer(shadow):
        start = match.start()
        while title_index < title_count and titles[title_index][1] <= start:
            title_index += 1
        if title_index < title_count and titles[title_index][0] <= start:
            continue
        digits, month, day, part_word, only_day, only_part, decimals, more, multiple, more_after, follows = (
            match.groups()
        )
        if (
            decimals and decimals[0] == "." and start + len(digits) + 1 in starts
        ):  # 2.3份合同: label, then number
            match = pattern.match(shadow, start + len(digits) + 1)
            if match is None:
                continue
            start = match.start()
            (
                digits,
                month,
                day,
                part_word,
                only_day,
                only_part,
                decimals,
                more,
                multiple,
                more_after,
                follows,
            ) = match.groups()
        if len(digits) > 15:
            continue
        if follows is None:
            if month is not None:
                token = _date(start, match.end(), digits, month, day, part_word)
            else:
                token = _date_without_year(shadow, start, match.end(), digits, only_day, only_part)
            if token is not None:
                dates.append(token)
            continue
        sign = follows[0]
        if sign == "年":
            if multiple or more or decimals:
                continue
            if len(digits) == 4:
                token = _year(shadow, start, digits, match.start(11) + 1)
                if token is not None:
                    dates.append(token)
            elif shadow[start - 1 : start] != "第" and follows[1:2] not in ("级", "龄"):
                key, part = locate(start)
                figures.append(
                    _figure(
                        text,
                        key,
                        part,
                        float(digits),
                        "year_span",
                        "duration",
                        None,
                        start,
                        match.start(11) + 1,
                    )
                )
            continue
        if sign == "日":
            continue
        found = read_quantity(
            shadow,
            start,
            digits + decimals if decimals else digits,
            more,
            multiple,
            more_after,
            follows,
            match.start(11),
        )
        if found is None:
            continue
        value, unit, kind, bound, end = found
        key, part = locate(start)
        figures.append(_figure(text, key, part, value, unit, kind, bound, start, end))
    for match in _NUMERIC_DATE.finditer(shadow):
        # Outside the problems such dates are the page's own (发布时间).
        if locate(match.start())[0] is not None and not _inside(match.start(), titles):
            token = _date(match.start(), match.end(), match.group(1), match.group(3), match.group(4), None)
            if token is not None:
                dates.append(token)
    dates += _han_dates(shadow, titles)
    dates.sort(key=lambda token: token.start)
    if "〇" in shadow or "○" in shadow:
        for match in HAN_QUANTITY.finditer(shadow):
            found = read_han_quantity(shadow, match)
            if found is not None and not _inside(match.start(), titles):
                value, unit, kind, bound, end = found
                start = match.start(1) if match.group(1) else match.start(2)
                key, part = locate(start)
                figures.append(_figure(text, key, part, value, unit, kind, bound, start, end))
        figures.sort(key=lambda row: row["char_start"])
    return dates, figures


def _figure(
    text: str,
    key: str | None,
    part: str,
    value: float,
    unit: str,
    kind: str,
    bound: str | None,
    start: int,
    end: int,
) -> dict[str, Any]:
    return {
        "problem_key": key,
        "value": value,
        "unit_code": unit,
        "figure_kind": kind,
        "is_approximate": bound is not None,
        "bound_code": bound,
        "part_code": part,
        "quote_text": text[start:end],
        "char_start": start,
        "char_end": end,
    }


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _date(
    start: int, end: int, year: str, month: str, day: str | None, part: str | None
) -> PrintedDate | None:
    """2021年3月25日; None for an impossible date."""
    number, day_number = int(month), int(day) if day else None
    if not _is_year(year) or not 1 <= number <= 12 or day_number is not None and not 1 <= day_number <= 31:
        return None
    return PrintedDate(start, end, int(year), None, number, day_number, part)


def _date_without_year(
    shadow: str, start: int, end: int, month: str, day: str | None, part: str | None
) -> PrintedDate | None:
    """3月25日, 今年3月; None for an impossible date or a count of months."""
    if len(month) > 2:
        return None
    number, day_number = int(month), int(day) if day else None
    if not 1 <= number <= 12 or day_number is not None and not 1 <= day_number <= 31:
        return None
    near = shadow[max(0, start - 3) : start]
    before = near.rstrip()
    if before[-2:] in _RELATIVES:
        return PrintedDate(
            start - (len(near) - len(before)) - 2, end, None, before[-2:], number, day_number, part
        )
    if near[-1:] in ("第", "个"):
        return None
    return PrintedDate(start, end, None, None, number, day_number, part)


def _year(shadow: str, start: int, year: str, end: int) -> YearSpan | None:
    """A year that stands alone, or the end of a range of years; None for the period of a plan or of accounts."""
    if not 1949 <= int(year) <= 2100:
        return None
    low = max(0, start - 9)
    if shadow[start - 1 : start] in "-—–~～至" and (head := _YEAR_RANGE.search(shadow, low, start)):
        return YearSpan(head.start(), end, int(head.group(1)), int(year), None)
    if shadow[end : end + 1] == "度":
        return None  # 2019年度: a period of accounts or study, no event
    part = _YEAR_PART.match(shadow, end)
    return YearSpan(start, part.end() if part else end, int(year), int(year), part.group(1) if part else None)


def _han_dates(shadow: str, titles: list[tuple[int, int]]) -> list[PrintedDate | YearSpan]:
    """Dates in Chinese numerals (二〇二四年三月五日, 六月底), outside 《》."""
    found: list[PrintedDate | YearSpan] = []
    position = shadow.find("月")
    done = 0
    while position >= 0:
        before = shadow[position - 1 : position]
        if before in _HAN_NUMERALS:
            low = max(done, position - 12)
            for match in DATE_PATTERN.finditer(shadow, low, position + 8):
                if match.start(3) < position < match.end():
                    token = printed_date(match)
                    # 三个月 and 正月 never match; 十二月 may be a duration only with 个
                    if (
                        token is not None
                        and not _inside(match.start(), titles)
                        and shadow[match.start() - 1 : match.start()] not in ("第", "个")
                    ):
                        found.append(token)
                        done = match.end()
                    break
        position = shadow.find("月", position + 1)
    if "〇" in shadow or "○" in shadow:
        for match in _HAN_YEAR.finditer(shadow):
            year = read_year(match.group()[:4])
            if (
                year is not None
                and shadow[match.end() : match.end() + 1] != "度"
                and not _inside(match.start(), titles)
            ):
                found.append(YearSpan(match.start(), match.end(), year, year, None))
    return found


def _inside(offset: int, titles: list[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in titles)
