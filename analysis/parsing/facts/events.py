"""Dated events: ranges joined, elided years resolved, plans marked."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.parsing.layout.locations import Locator
from analysis.parsing.structure import Structure
from analysis.parsing.text.dates import (
    LIST_JOINER,
    PrintedDate,
    Window,
    following_year,
    range_at,
    relative_year,
)

# 拟, 计划, 预计 … before a date; 前 (by) or 将 (will) after it: said of the future
_PLAN_BEFORE = re.compile(r"(?:拟|计划|预计|力争|争取|打算|下一步|将|确保|待|准备)(?:[^,。;已]{0,6})?$")
_PLAN_AFTER = re.compile(r"^(?:份)?(?:以?前(?!已|,已|均|全部已|我|的)|[^,。;已]{0,4}?(?:将|拟|计划|预计))")
# What was done: 召开了, 已完成 … soon after a date
_DONE_AFTER = re.compile(r"[^。;]{0,24}?(?:了|已|召开|印发|下发|通过|完成|举办|学习)")
# A bare year tells of an event only at the head of a clause or after 于, 在, 自 …
_YEAR_HEADS = frozenset("于在自从至。,;:：，；\n是、和(（ ")
_PLAN_SIGNS = frozenset("拟计预力争打下将确待准前")
_DONE_BEFORE = re.compile(r"已[^,。;]{0,6}$|已经[^,。;]{0,6}$")


@dataclass(slots=True)
class YearSpan:
    """A year, years or a named part of one: 2020年, 2016-2018年, 2021年上半年."""

    start: int
    end: int
    year: int
    last_year: int
    part: str | None

    def days(self) -> tuple[date, date, str]:
        """(first day, last day, precision)."""
        year, part = self.year, self.part
        if part is None:
            return date(year, 1, 1), date(self.last_year, 12, 31), "year"
        if "半年" in part:
            return (
                (date(year, 1, 1), date(year, 6, 30), "half_year")
                if part[0] == "上"
                else (date(year, 7, 1), date(year, 12, 31), "half_year")
            )
        if "季度" in part:
            quarter = next(
                number
                for number, signs in ((1, "一1"), (2, "二2"), (3, "三3"), (4, "四4"))
                if any(sign in part for sign in signs)
            )
            last = quarter * 3
            return date(year, last - 2, 1), date(year, last, monthrange(year, last)[1]), "quarter"
        return (
            (date(year, 1, 1), date(year, 1, 31), "month")
            if part[-1] == "初"
            else (date(year, 12, 1), date(year, 12, 31), "month")
        )


@dataclass(slots=True)
class _Carried:
    """The last date that was resolved: what later elided dates may lean on."""

    year: int
    month: int
    day: int
    start: int
    end: int
    key: str | None
    is_day_or_month: bool
    # years that stand next to it in the same part, for statements
    part: str


class EventReader:
    """Resolves the dates of one notice in order of the text."""

    def __init__(self, structure: Structure, locator: Locator, notice: dict[str, Any]):
        self.text = structure.text
        self.shadow = structure.shadow
        self.locate = locator.at
        self.written: date | None = (
            notice.get("publication_date")
            or notice.get("cutoff_date")
            or notice.get("comment_start_date")
            or notice.get("signed_date")
        )
        inspected: date | None = notice.get("inspection_end_date")
        self.measures = Window(notice.get("feedback_date") or inspected, self.written)
        self.findings_end = inspected or notice.get("feedback_date") or self.written
        self.inspected_from: date | None = notice.get("inspection_start_date")
        self.carried: _Carried | None = None

    def read(self, tokens: list[PrintedDate | YearSpan]) -> list[dict[str, Any]]:
        """Rows of core_events without IDs; tokens that belong to a range before them give no row."""
        rows = []
        done = -1
        for token in tokens:
            if token.start < done:
                continue
            key, part = self.locate(token.start)
            if isinstance(token, YearSpan):
                first, last, precision = token.days()
                if (
                    token.last_year - token.year > 4
                    and self.written is not None
                    and token.last_year > self.written.year
                ):
                    continue  # the period of a plan
                if precision != "year" or self.shadow[token.start - 1 : token.start] in _YEAR_HEADS:
                    rows.append(
                        self._row(token.start, token.end, key, part, first, last, precision, "stated", False)
                    )
                if self.carried is None or self.carried.key != key or not self._same_sentence(token.start):
                    self.carried = _Carried(token.last_year, 1, 1, token.start, token.end, key, False, part)
                continue
            year, basis, ambiguous = self._year(token, key, part)
            if year is None:
                continue
            span = range_at(self.shadow, token, year)
            if (
                span is not None
                and span.first is not None
                and span.last is not None
                and span.last >= span.first
                and (span.last - span.first).days < 1500
            ):
                end, last = span.end, span.last
                precision = token.precision if token.precision == span.tail.precision else "month"
                after = self.carried_from(span.last, token.start, end, key, part)
            else:
                end, last, precision = token.end, token.last(year), token.precision
                after = self.carried_from(token.first(year), token.start, end, key, part)
            rows.append(
                self._row(token.start, end, key, part, token.first(year), last, precision, basis, ambiguous)
            )
            self.carried = after
            done = end
        return rows

    def carried_from(self, day: date, start: int, end: int, key: str | None, part: str) -> _Carried:
        return _Carried(day.year, day.month, day.day, start, end, key, True, part)

    def _same_sentence(self, start: int) -> bool:
        before = self.carried
        return (
            before is not None
            and self.shadow.find("。", before.end, start) < 0
            and self.shadow.find("\n", before.end, start) < 0
            and start - before.end < 240
        )

    def _row(
        self,
        start: int,
        end: int,
        key: str | None,
        part: str,
        first: date,
        last: date,
        precision: str,
        basis: str,
        ambiguous: bool,
    ) -> dict[str, Any]:
        planned = self._looks_planned(start, end)
        if self.written is not None and first > self.written:
            planned = True
        return {
            "problem_key": key,
            "start_date": first,
            "end_date": last,
            "date_precision": precision,
            "date_basis": basis,
            "is_ambiguous": ambiguous,
            "is_planned": planned,
            "part_code": part,
            "quote_text": self.text[start:end],
            "char_start": start,
            "char_end": end,
        }

    # Elided years ------------------------------------------------------------------------------

    def _year(self, token: PrintedDate, key: str | None, part: str) -> tuple[int | None, str, bool]:
        """(year, basis, ambiguous): stated · relative · sentence_head · window · carried."""
        if token.year is not None:
            return token.year, "stated", False
        before = self.carried if self.carried is not None and self.carried.key == key else None
        if token.relative:
            head = before.year if before else None
            year = relative_year(token.relative, self.written.year if self.written else None, head)
            return year, "relative", False
        in_sentence = before is not None and self._same_sentence(token.start)
        is_finding = part in ("statement", "cause")
        if before is not None and in_sentence and before.is_day_or_month:
            listed = LIST_JOINER.fullmatch(self.shadow, before.end, token.start) is not None
            return self._from_head(token, before, listed, is_finding)
        if is_finding:
            return self._from_findings(token, before)
        years = self.measures.years_for(token)
        if len(years) == 1:
            return years[0], "window", False
        if len(years) > 1:
            if before is not None and before.year in years and before.is_day_or_month:
                return before.year, "carried", True
            return years[0], "window", True
        if before is not None and in_sentence and not before.is_day_or_month:
            return before.year, "sentence_head", True
        if self.measures.end is not None and self._looks_planned(token.start, token.end):
            return following_year(token, self.measures.end), "window", True
        if (
            self.inspected_from is not None and self.measures.start is not None
        ):  # put right before the feedback came
            early = Window(self.inspected_from, self.measures.start).years_for(token)
            if early and (part != "measure" or _DONE_AFTER.match(self.shadow, token.end)):
                return early[-1], "window", True
        if before is not None and before.is_day_or_month:
            return before.year, "carried", True
        if self.measures.end is not None:
            if part == "measure" and not _DONE_AFTER.match(self.shadow, token.end):
                return following_year(token, self.measures.end), "window", True
            year = self.measures.end.year
            return (year if token.first(year) <= self.measures.end else year - 1), "window", True
        return None, "unresolved", True

    def _looks_planned(self, start: int, end: int) -> bool:
        before, after = self.shadow[max(0, start - 12) : start], self.shadow[end : end + 8]
        if _PLAN_SIGNS.isdisjoint(before) and _PLAN_SIGNS.isdisjoint(after):
            return False
        return bool(
            (_PLAN_BEFORE.search(before) or _PLAN_AFTER.match(after)) and not _DONE_BEFORE.search(before)
        )

    def _from_head(
        self, token: PrintedDate, before: _Carried, listed: bool, is_finding: bool
    ) -> tuple[int, str, bool]:
        """The year of the date before it in the sentence, unless that runs backwards and the window says otherwise."""
        year = before.year
        if listed or is_finding:
            return year, "sentence_head", False
        years = self.measures.years_for(token)
        backwards = token.last(year) < date(before.year, before.month, 1)
        if year in years or not years:
            return year, "sentence_head", backwards and bool(years)
        return years[0], "window", True

    def _from_findings(self, token: PrintedDate, before: _Carried | None) -> tuple[int | None, str, bool]:
        """Inside a finding: the last year it named; else the latest that is not after the inspection."""
        if before is not None and before.part in ("statement", "cause"):
            return before.year, "carried", not before.is_day_or_month
        if self.findings_end is None:
            return None, "unresolved", True
        year = self.findings_end.year
        return (year if token.first(year) <= self.findings_end else year - 1), "window", True
