"""Totals that a notice states about itself: how many problems, tasks, measures; how many done.

Only text outside the problems is read, so that a number inside a problem's body is never taken
for a total. A number is read with its unit; a result without a noun of its own (已完成整改53个)
takes the unit of the total that it is a part of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from analysis.parsing.facts import sizes, tallies
from analysis.parsing.facts.sanctions import find_consequences, problem_consequences
from analysis.parsing.facts.sizes import Size
from analysis.parsing.facts.tallies import Part, Total
from analysis.parsing.layout.passages import Passage, outside_passage
from analysis.parsing.structure import Structure
from analysis.parsing.text.numerals import HAN_NUMERALS, NUMBER
from analysis.parsing.words.status_model import told_status

Found = tuple[str, str, float, int, int, bool]  # code, unit, value, start, end, approximate


def read_claims(structure: Structure, notice: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of ``core_claims`` without IDs, in order of the text; ``section_key`` for a total of one aspect.

    ``value`` is plain (0.98 for 98 %). Totals have no ``problem_key``; people disciplined, rules made
    and money recovered under a problem have its key. Nothing found: [].
    """
    passage = outside_passage(structure)
    found = _Reader(structure).read(passage.text)
    rows = [_row(passage, structure, *entry) for entry in found]
    _set_sections(passage, structure, rows)
    rows = _without_parts(_distinct(rows)) + problem_consequences(structure)
    rows.sort(key=lambda row: (row["char_start"], row["char_end"], row["claim_code"]))
    return rows


def _row(
    passage: Passage,
    structure: Structure,
    code: str,
    unit: str,
    value: float,
    start: int,
    end: int,
    approximate: bool,
) -> dict[str, Any]:
    first, last = passage.span(start, end)
    return {
        "claim_code": code,
        "unit": unit,
        "value": value,
        "is_approximate": approximate,
        "problem_key": None,
        "section_key": None,
        "quote_text": structure.text[first:last],
        "char_start": first,
        "char_end": last,
    }


_LONGEST = 2_000  # characters of a sentence; those of notices have at most 700
_SENTENCE = re.compile(rf"[^。\n]{{1,{_LONGEST}}}")
# What a sentence must hold to be worth reading: a number that counts or measures.
_DIGIT = re.compile(
    r"[0-9〇零一二两三四五六七八九十百千] ?\**[ ]?[余多]?(?:[个项条件处笔宗桩题点大小类方分名人万亿元%千百]|问题)|第[0-9]"
)
# 整改完成率95%, 问题办结率达到88.2%
_SHARE = re.compile(
    r"""
    (?P<noun>问题|任务|措施|举措|事项)?
    (?:整改|办结|完成|销号|总体|到位|落实|闭环|完结)* (?:完成|整改|办结|到位|销号|落实|闭环|完结) 率
    (?:已|均|达|到|为|约|:|是|[ ])*
    (?P<rate>[0-9]+(?:\.[0-9]+)?)[ ]?%
    (?: \( (?P<done>[0-9]+)/(?P<whole>[0-9]+)[ ]?(?:[个项条件])?(?P<of>[一-鿿]{0,6})\) )?
    """,
    re.VERBOSE,
)
_OTHER_RATE = re.compile(r"[审交覆出满]$")
# 第3、9项正在推进: as many as are listed
_LISTED = re.compile(
    rf"""
    第 (?P<numbers> [0-9]{{1,3}} (?:[、,和及与 ]+第?[0-9]{{1,3}})+ | [{HAN_NUMERALS}]{{1,3}} (?:[、和及与]第?[{HAN_NUMERALS}]{{1,3}})+ )
    (?:{tallies.CLASSIFIER})? (?:{tallies.NOUN})?
    (?P<told> [^。;第]{{2,90}} )
    """,
    re.VERBOSE,
)


_ROW = re.compile(r"(?m)^[^\n|]*\|[^\n]*")
_CELLS = re.compile(r"[^|]+")
_NESTED = re.compile(r"(?:其中|\((?:含|包括)?)[^,;。()]*$")
# 下一步，对正在整改的2个问题…: the same problems once more, as what is spoken about
_REFERENCE = re.compile(
    r"(?:^|[,;:。、是])(?:对|针对|围绕|将|把|抓好|督促|确保|推动)(?![^,;:。]*(?:反馈|指出|提出|巡[察视]))[^,;:。]{2,20}的(?:剩余|其余)?$"
)
# A cell that holds a number, and the heading of the column that holds the whole
_CELL = re.compile(r"[ *]*([0-9]{1,4})(?:[个项条件])?[ *]*")
_WHOLE = re.compile(r"问题(?:总|个)?数|总数|合计|总计|小计|反馈问题$")


class _Reader:
    """Reads sentence after sentence: the parts of a total may stand a sentence or two behind it."""

    def __init__(self, structure: Structure):
        self.structure = structure
        self.found: list[Found] = []
        self.totals: list[Total] = []  # the latest last
        self.pending: list[Found] = []  # sizes that are totals only if parts of them follow
        self.run: list[tuple[Part, bool]] = []  # parts since the last total
        self.age = 0  # sentences since the last total
        self.rates: list[tuple[str | None, float, int, int]] = []
        self.own: dict[str, str] | None = None  # words of results of the items, made when first needed

    def read(self, text: str) -> list[Found]:
        """(code, unit, value, start, end, approximate) of every total, in order of the passage."""
        for sentence in _SENTENCE.finditer(text):
            if _DIGIT.search(text, sentence.start(), sentence.end()):
                self._sentence(sentence.group(), sentence.start())
        self._settle()
        self._tables(text)
        self.found += self._rated()
        return sorted(self.found, key=lambda entry: (entry[3], entry[4]))

    def _sentence(self, text: str, base: int) -> None:
        self.age += 1
        if self.age > tallies.MOST_SENTENCES:
            self._settle()
        sized: dict[int, list[Size]] = {}
        for size in (all_sizes := sizes.sizes_in(text)):
            sized.setdefault(size.at, []).append(size)
        parts = {part.at: part for part in tallies.parts_in(text, {size.at: size.end for size in all_sizes})}
        has_context = bool(sizes.CONTEXT.search(text)) or "完成" in text
        for at in sorted({*parts, *sized}):
            part = parts.get(at)
            if part is not None and self.totals and _REFERENCE.search(text, max(0, at - 30), at):
                continue
            is_result = (
                part is not None
                and part.code is not None
                and tallies.is_told(text, part, bool(sized), has_context or bool(sized or self.totals))
            )
            for size in sized.get(at, ()):
                if part is not None and part.is_before and is_result:
                    continue  # 已完成整改的问题53个
                self._size(text, base, size, all_sizes, has_context, is_result)
            if part is not None and (is_result or at not in sized):
                if not is_result:
                    part = part._replace(code=None)
                moved = part._replace(at=base + at, start=base + part.start, end=base + part.end)
                self.run.append((moved, self._is_nested(text, part)))
                if len(self.run) > tallies.MOST_PARTS:
                    self.run = []
        self._listed(text, base)
        if "率" in text and "%" in text:
            self._shares(text, base)
        self.found += [
            (code, unit, value, base + start, base + end, approximate)
            for code, unit, value, start, end, approximate in find_consequences(text)
        ]

    def _size(
        self, text: str, base: int, size: Size, sized: list[Size], has_context: bool, is_result: bool
    ) -> None:
        row = (size.code, size.unit, size.value, base + size.start, base + size.end, size.approximate)
        is_stated = sizes.is_stated(text, size, sized, has_context)
        if is_stated:
            self.found.append(row)
        if size.unit in sizes.COUNTED_UNITS and not is_result:
            self._settle()
            self.totals.append(Total(size.value, size.word, size.unit, base + size.end))
            self.pending = [] if is_stated else [row]

    def _own(self) -> dict[str, str]:
        if self.own is None:
            self.own = tallies.own_results(self.structure)
        return self.own

    def _is_nested(self, text: str, part: Part) -> bool:
        """其中, or a bracket behind another part: of that part, not of the whole."""
        if not self.run:
            return False
        return _NESTED.search(text, max(0, part.at - 24), part.at) is not None

    def _settle(self) -> None:
        """Read the parts since the last total, and that total itself where they make it one."""
        self.age = 0
        if self.run:
            own = self._own() if any(part.code is None for part, _ in self.run) else {}
            settled = tallies.settle(self.run, self.totals[-6:], own)
            results = [
                ("measures_completed" if unit == "measure" and code == "completed" else code, unit,
                 part.value, part.start, part.end, part.approximate)
                for part, code, unit in settled
                if code is not None
            ]  # fmt: skip
            if results:
                self.found += self.pending
            self.found += results
        self.run, self.pending = [], []

    def _listed(self, text: str, base: int) -> None:
        """第3、9项正在推进: as many as are listed, of the problems of the last total."""
        whole = next((total for total in reversed(self.totals) if total.unit == "problem"), None)
        for match in _LISTED.finditer(text):
            numbers = {*re.findall(r"[^、,和及与第 ]+", match.group("numbers"))}
            if whole is None or len(numbers) > whole.value:
                continue
            clauses = [
                (clause.group().strip().removesuffix("外"), match.start("told") + clause.end())
                for clause in re.finditer(r"[^,、]+", match.group("told"))
            ]
            # listed words in any clause come before what the model makes of the first
            told = [(tallies.form_code(words), end) for words, end in clauses]
            told += [(told_status(words, tallies.SURE)[0], end) for words, end in clauses]
            code, end = next(((code, end) for code, end in told if code), (None, 0))
            if code is not None:
                value = float(len(numbers))
                self.found.append((code, "problem", value, base + match.start(), base + end, False))

    def _tables(self, text: str) -> None:
        """A row of numbers under a row of words, where the parts add up: 反馈问题数 | 已完成 | 正在整改."""
        heads: list[str] = []
        if "|" not in text:
            return
        for line in _ROW.finditer(text):
            cells = [cell for cell in _CELLS.finditer(line.group()) if cell.group().strip(" -:")]
            numbers = [_CELL.fullmatch(cell.group()) for cell in cells]
            values = [float(number.group(1)) for number in numbers if number is not None]
            if len(values) != len(cells) or len(cells) != len(heads) or len(cells) < 3:
                heads = [cell.group().strip(" *") for cell in cells] or heads
                continue
            at = next((index for index, head in enumerate(heads) if _WHOLE.search(head)), None)
            if at is None or sum(values) != 2 * values[at]:
                continue
            spans = [(line.start() + cell.start(), line.start() + cell.end()) for cell in cells]
            spans = [
                (low + len(text[low:high]) - len(text[low:high].lstrip()), low + len(text[low:high].rstrip()))
                for low, high in spans
            ]
            self.found.append(("problems", "problem", values[at], *spans[at], False))
            self.totals.append(Total(values[at], "个", "problem"))
            self.run = [
                (Part(values[index], "个", low, low, high, False, tallies.form_code(head), head, None, True), False)
                for index, (head, (low, high)) in enumerate(zip(heads, spans))
                if index != at
            ]  # fmt: skip
            self._settle()

    def _shares(self, text: str, base: int) -> None:
        for match in _SHARE.finditer(text):
            if _OTHER_RATE.search(text, max(0, match.start() - 2), match.start()):
                continue
            noun = match.group("noun") or match.group("of")
            unit = tallies.unit_of(noun, {total.unit for total in self.totals})
            rate = round(float(match.group("rate")) / 100, 6)
            if match.group("whole") and unit is not None:
                self._fraction(match, unit, rate, base)
            self.rates.append((unit, rate, base + match.start(), base + match.end()))

    def _fraction(self, match: re.Match[str], unit: str, rate: float, base: int) -> None:
        """(38/40项措施) behind a rate that it makes up."""
        done, whole = float(match.group("done")), float(match.group("whole"))
        if not whole or abs(done / whole - rate) >= 0.01:
            return
        size = {"problem": "problems", "task": "tasks", "measure": "measures", "item": "items"}[unit]
        told = "measures_completed" if unit == "measure" else "completed"
        self.found.append((size, unit, whole, base + match.start("whole"), base + match.end("of"), False))
        self.found.append((told, unit, done, base + match.start("done"), base + match.end("of"), False))

    def _rated(self) -> Iterator[Found]:
        """Rates with the unit that they name, else the one whose stated figures give them, else the last counted."""
        if not self.rates:
            return
        done = [
            (unit, value)
            for code, unit, value, *_ in self.found
            if code in ("completed", "measures_completed")
        ]
        given = [
            (value / total.value, total.unit)
            for total in self.totals[-_MOST_GIVEN:]
            for unit, value in done[-_MOST_GIVEN:]
            if unit == total.unit and total.value
        ]
        near = [total.unit for total in self.totals]
        for unit, rate, start, end in self.rates:
            if unit is None:
                fitting = [of for share, of in given if abs(share - rate) < 0.001]
                unit = fitting[-1] if fitting else "problem" if "problem" in near or not near else near[-1]
            yield "completion_share", unit, rate, start, end, False


_MOST_GIVEN = 12  # totals and results that a rate is held against
_SIZE_CODES = frozenset(("problems", "tasks", "measures", "items"))
# (3分类10个问题): the totals of one aspect
_PART = re.compile(rf"\((?:共)?(?:({NUMBER})个?(?:分类|大类|类))?[,、]?(?:共)?({NUMBER})个(?:具体)?问题\)")


def _set_sections(passage: Passage, structure: Structure, rows: list[dict[str, Any]]) -> None:
    """Partial totals: brackets such as (3分类10个问题), one for each aspect in order, or under a heading."""
    aspects = [section for section in structure.sections if section.level == "aspect"]
    parts = list(_PART.finditer(passage.text))
    if aspects and len(parts) == len(aspects):
        for aspect, part in zip(aspects, parts):
            start, end = passage.span(part.start(), part.end())
            for row in rows:
                if start <= row["char_start"] and row["char_end"] <= end:
                    row["section_key"] = aspect.key
    for section in structure.sections:
        for row in rows:
            if (
                row["section_key"] is None
                and section.title_start <= row["char_start"] < section.title_end + 40
                and row["char_start"] < section.block_end
                and (section.level == "aspect" or row["claim_code"] in ("problems", "measures", "items"))
            ):
                row["section_key"] = section.key


def _without_parts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without sizes that are only the number of a result (其余7个问题均已完成), where another size is stated."""
    results = {(row["char_start"], row["value"]) for row in rows if row["claim_code"] not in _SIZE_CODES}
    whole = {
        (row["claim_code"], row["value"])
        for row in rows
        if row["claim_code"] in _SIZE_CODES and (row["char_start"], row["value"]) not in results
    }
    if len(sizes_of := {value for code, value in whole if code == "problems"}) > 1:
        # 8个方面的突出问题 are problems only where no number of problems is printed otherwise
        aspects = {row["value"] for row in rows if row["claim_code"] == "aspects"}
        whole -= {("problems", value) for value in sizes_of & aspects}
    codes = {code for code, _ in whole}
    return [
        row for row in rows if row["claim_code"] not in codes or (row["claim_code"], row["value"]) in whole
    ]


def _distinct(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in order of the text; of two readings that overlap with the same code the longer one."""
    rows.sort(key=lambda row: (row["char_start"], -row["char_end"], row["claim_code"]))
    kept: list[dict[str, Any]] = []
    for row in rows:
        twin = next(
            (
                other
                for other in kept[-6:]
                if other["claim_code"] == row["claim_code"]
                and other["char_start"] <= row["char_start"] < other["char_end"]
            ),
            None,
        )
        if twin is None:
            kept.append(row)
    return kept
