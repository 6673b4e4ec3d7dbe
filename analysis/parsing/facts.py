"""Dated events, quantities and citations of a notice, each with its span and its problem.

One pass over the numbers of the text finds both dates and quantities; dates are then put in
order and their elided years resolved (``analysis.parsing.events``). Numbers inside 《》 titles are
no facts of their own.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.parsing.citations import read_citations
from analysis.parsing.dates import DATE_PATTERN, PrintedDate, printed_date, read_year
from analysis.parsing.events import EventReader, YearSpan
from analysis.parsing.locations import Locator
from analysis.parsing.quantities import HAN_QUANTITY, QUANTITY, read_han_quantity, read_quantity
from analysis.parsing.structure import Structure

_HAN_NUMERALS = frozenset("一二三四五六七八九十")
_RELATIVES = frozenset(("今年", "去年", "前年", "明年", "后年", "同年", "当年", "本年", "次年", "翌年", "来年", "上年"))
_HAN_YEAR = re.compile(r"[一二][〇○零O一二三四五六七八九]{3} ?年(?! ?[0-9一二三四五六七八九十]{1,2} ?月)")
# The usual form, in digits: 1 year, 2 month, 3 day, 4 part of the month.
_DIGIT_DATE = re.compile(r"(?:((?:19|20)[0-9]{2}) ?年(?:度)?,? ?)?([0-9]{1,2}) ?月份?(?: ?([0-9]{1,2}) ?[日号]| ?(上旬|中旬|下旬|初|底|末))?")
# What may follow a year that stands alone: half year, quarter, beginning, end.
_YEAR_PART = re.compile(r" ?(上半年|下半年|第?[一二三四1-4]季度|年?初|年?底|年?末)")
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


def _numbers(structure: Structure, locator: Locator, titles: list[tuple[int, int]]) -> tuple[list[PrintedDate | YearSpan], list[dict[str, Any]]]:
    shadow, text = structure.shadow, structure.text
    starts = {measure.start for problem in structure.problems for measure in problem.measures}
    starts.update(problem.statement_start for problem in structure.problems if problem.statement_start is not None)
    dates: list[PrintedDate | YearSpan] = []
    figures: list[dict[str, Any]] = []
    done = -1
    title_index = 0
    title_count = len(titles)
    locate = locator.at
    for match in QUANTITY.finditer(shadow):
        start = match.start()
        if start < done:
            continue
        while title_index < title_count and titles[title_index][1] <= start:
            title_index += 1
        if title_index < title_count and titles[title_index][0] <= start:
            continue
        number = match.group(1)
        if "." in number and start + number.index(".") + 1 in starts:  # 2.3份合同: label, then number
            start += number.index(".") + 1
            match = QUANTITY.match(shadow, start)
            if match is None:
                continue
        follows = match.group(5)
        sign = follows[0]
        if sign == "年" or sign == "月":
            if match.group(3) or match.group(2) not in (None, ""):
                continue
            token = _date_at(shadow, start, sign)
            if token is not None:
                dates.append(token)
                done = token.end
                continue
            if sign == "年" and len(number) < 4:
                if shadow[start - 1:start] == "第" or follows[1:2] in ("级", "龄"):
                    continue
                key, part = locate(start)
                figures.append(_figure(text, key, part, float(number), "year_span", "duration", None, start, match.start(5) + 1))
            continue
        if sign == "日":
            if shadow[max(0, start - 2):start] == "同月" and dates and isinstance(dates[-1], PrintedDate):
                last = dates[-1]
                dates.append(PrintedDate(start - 2, match.start(5) + 1, None, "同月", last.month, int(float(number)), None))
                done = dates[-1].end
            continue
        found = read_quantity(shadow, match)
        if found is None:
            continue
        value, unit, kind, bound, end = found
        key, part = locate(start)
        figures.append(_figure(text, key, part, value, unit, kind, bound, start, end))
        done = end
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


def _figure(text: str, key: str | None, part: str, value: float, unit: str, kind: str, bound: str | None, start: int, end: int) -> dict[str, Any]:
    return {"problem_key": key, "value": value, "unit_code": unit, "figure_kind": kind, "is_approximate": bound is not None, "bound_code": bound,
            "part_code": part, "quote_text": text[start:end], "char_start": start, "char_end": end}


def _date_at(shadow: str, start: int, sign: str) -> PrintedDate | YearSpan | None:
    """The date that begins at a number followed by 年 or 月; None for a duration."""
    match = _DIGIT_DATE.match(shadow, start)
    if match is not None:
        year, month, day, part = match.groups()
        month_number, day_number = int(month), int(day) if day else None
        if not 1 <= month_number <= 12 or day_number is not None and not 1 <= day_number <= 31:
            return None
        token = PrintedDate(start, match.end(), int(year) if year else None, None, month_number, day_number, part)
        if token.year is None:
            near = shadow[max(0, start - 3):start]
            before = near.rstrip()
            if before[-2:] in _RELATIVES:
                token.relative = before[-2:]
                token.start = start - (len(near) - len(before)) - 2
            elif near[-1:] in ("第", "个"):
                return None
        return token
    year = shadow[start:start + 4]
    if sign != "年" or not year.isdigit() or not 1949 <= int(year) <= 2100:
        return None
    end = shadow.index("年", start) + 1
    low = max(0, start - 9)
    if shadow[start - 1:start] in "-—–~～至" and (head := _YEAR_RANGE.search(shadow, low, start)):
        if shadow[max(0, head.start() - 1):head.start()] in "(（" and shadow[max(0, head.start() - 2):head.start() - 1] == "》":
            return None
        return YearSpan(head.start(), end, int(head.group(1)), int(year), None)
    if shadow[start - 1:start] == "(" and shadow[start - 2:start - 1] == "》":
        return None  # 《…计划》(2021年-2025年): the plan's period
    if shadow[end:end + 1] == "度":
        return None  # 2019年度: a period of accounts or study, no event
    part = _YEAR_PART.match(shadow, end)
    return YearSpan(start, part.end() if part else end, int(year), int(year), part.group(1) if part else None)


def _han_dates(shadow: str, titles: list[tuple[int, int]]) -> list[PrintedDate | YearSpan]:
    """Dates in Chinese numerals (二〇二四年三月五日, 六月底), outside 《》."""
    found: list[PrintedDate | YearSpan] = []
    position = shadow.find("月")
    done = 0
    while position >= 0:
        before = shadow[position - 1:position]
        if before in _HAN_NUMERALS:
            low = max(done, position - 12)
            for match in DATE_PATTERN.finditer(shadow, low, position + 8):
                if match.start(3) < position < match.end():
                    token = printed_date(match)
                    # 三个月 and 正月 never match; 十二月 may be a duration only with 个
                    if token is not None and not _inside(match.start(), titles) and shadow[match.start() - 1:match.start()] not in ("第", "个"):
                        found.append(token)
                        done = match.end()
                    break
        position = shadow.find("月", position + 1)
    if "〇" in shadow or "○" in shadow:
        for match in _HAN_YEAR.finditer(shadow):
            year = read_year(match.group()[:4])
            if year is not None and shadow[match.end():match.end() + 1] != "度" and not _inside(match.start(), titles):
                found.append(YearSpan(match.start(), match.end(), year, year, None))
    return found


def _inside(offset: int, titles: list[tuple[int, int]]) -> bool:
    return any(start <= offset < end for start, end in titles)
