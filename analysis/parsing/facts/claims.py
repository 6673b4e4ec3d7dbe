"""Totals that a notice states about itself: how many problems, tasks, measures; how many done.

Only text outside the problems is read, so that a number inside a problem's body is never taken
for a total. A number is read with its unit; a result without a noun of its own (已完成整改53个)
takes the unit of the number before it.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.parsing.facts.claim_patterns import (
    CODES,
    CONTEXT,
    COUNTED,
    DIGIT,
    LISTED,
    LONGEST,
    MEASURE_WORD,
    NOUN,
    NUMBER_FIRST,
    OTHERS,
    PART,
    RESULT_FIRST,
    SENTENCE,
    SHARE,
    SIZE_CODES,
    SIZE_OF,
    SIZES,
    STATUS_SIGN,
    UNIT_OF_NOUN,
    counting_numbers,
    results_first,
    size_matches,
)
from analysis.parsing.facts.sanctions import find_consequences
from analysis.parsing.layout.passages import Passage, outside_passage
from analysis.parsing.structure import Structure
from analysis.parsing.text.numerals import NUMBER, read_number


def read_claims(structure: Structure, notice: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of ``core_claims`` without IDs, in order of the text; ``section_key`` for a total of one aspect.

    ``value`` is plain (0.98 for 98 %). Totals have no ``problem_key``; people disciplined, rules made
    and money recovered under a problem have its key. Nothing found: [].
    """
    passage = outside_passage(structure)
    rows: list[dict[str, Any]] = []
    units: dict[str, str] = {}
    for match in SENTENCE.finditer(passage.text):
        sentence = match.group()
        if not DIGIT.search(sentence):
            continue
        reader = _Sentence(sentence, units)
        reader.read()
        for code, counted, value, start, end, approximate in reader.found:
            rows.append(
                _row(
                    passage,
                    structure,
                    code,
                    counted,
                    value,
                    match.start() + start,
                    match.start() + end,
                    approximate,
                )
            )
    _set_sections(passage, structure, rows)
    rows = _without_parts(_distinct(rows)) + _consequences(structure)
    rows.sort(key=lambda row: (row["char_start"], row["char_end"], row["claim_code"]))
    return rows


# A number of people, of money or of rules: what a consequence must hold.
_CONSEQUENCE = re.compile(
    r"[0-9] ?[余多]?(?:名|人(?!民|大|员|才|事|社|力|均|口)|[千百]?[万亿]?元|[项个件部](?=[^一-鿿]|规章|管理|内部|内控|长效|工作|配套|各类|相关|财务|制度|机制))"
)
_HAN_DIGITS = frozenset("一二三四五六七八九十两")
_MADE = re.compile(r"制度|机制|办法")


def _consequences(structure: Structure) -> list[dict[str, Any]]:
    """People disciplined, rules made and money recovered inside problems, with ``problem_key``."""
    rows: list[dict[str, Any]] = []
    shadow = structure.shadow
    for problem in structure.problems:
        if not problem.is_leaf:
            continue
        for low, high in problem.measure_spans:
            done = low
            places = [(match.start(), match.end()) for match in _CONSEQUENCE.finditer(shadow, low, high)]
            named = shadow.find("名", low, high)
            while named >= 0:  # 五名领导干部
                if shadow[named - 1] in _HAN_DIGITS:
                    places.append((named - 1, named + 1))
                named = shadow.find("名", named + 1, high)
            places.sort()
            for at, end in places:
                if at < done:
                    continue
                near, far = max(done, at - LONGEST), min(high, at + LONGEST)
                start = max(near, shadow.rfind("。", near, at) + 1, shadow.rfind(";", near, at) + 1)
                stop = min(
                    [stop for stop in (shadow.find("。", at, far), shadow.find(";", at, far)) if stop >= 0],
                    default=far,
                )
                done = stop
                stretch = shadow[start:stop]
                if shadow[end - 1] in "项个件部" and not _MADE.search(stretch):
                    done = end
                    continue
                kept = None
                if "\n" in stretch:  # a page seam: read on across it, keep the offsets
                    kept = [index for index, char in enumerate(stretch) if char != "\n"]
                    stretch = stretch.replace("\n", "")
                for code, unit, value, first, last, approximate in find_consequences(stretch):
                    if kept is not None:
                        first, last = kept[first], kept[last - 1] + 1
                    rows.append(
                        {
                            "claim_code": code,
                            "unit": unit,
                            "value": value,
                            "is_approximate": approximate,
                            "problem_key": problem.key,
                            "section_key": None,
                            "quote_text": structure.text[start + first : start + last],
                            "char_start": start + first,
                            "char_end": start + last,
                        }
                    )
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


_PARTS = {
    "completed",
    "measures_completed",
    "basically_completed",
    "phased",
    "in_progress",
    "not_completed",
    "long_term",
}


class _Sentence:
    """The totals of one sentence: (code, unit, value, start, end, approximate)."""

    def __init__(self, text: str, units: dict[str, str]):
        self.text = text
        self.units = units  # measure word → what it counted last, over the sentences before
        self.found: list[tuple[str, str, float, int, int, bool]] = []

    def read(self) -> None:
        nouns = self._sizes()
        if (CONTEXT.search(self.text) or nouns or "完成" in self.text) and COUNTED.search(self.text):
            self._results(nouns)
        if "率" in self.text and "%" in self.text:
            self._shares(nouns)
        self._settle_units()
        for code, unit, value, start, end, approximate in find_consequences(self.text):
            self.found.append((code, unit, value, start, end, approximate))
        self.found.sort(key=lambda entry: (entry[3], entry[4]))
        for end in sorted(nouns):
            self.units[nouns[end][1]] = nouns[end][0]

    def _settle_units(self) -> None:
        """Results without a noun of their own count what their sum equals.

        26条问题,制定措施74条,完成24条,基本完成1条,未完成1条: the last three are problems.
        """
        sizes = {
            entry[1]: entry[2]
            for entry in self.found
            if entry[0] in ("problems", "tasks", "items", "measures")
        }
        bare = [
            index
            for index, entry in enumerate(self.found)
            if entry[0] in _PARTS and not re.search(NOUN, self.text[entry[3] : entry[4]])
        ]
        units = {self.found[index][1] for index in bare}
        if len(bare) < 2 or len(units) != 1 or len(sizes) < 2:
            return
        total = sum(self.found[index][2] for index in bare)
        fitting = [unit for unit, value in sizes.items() if value == total]
        if len(fitting) != 1 or fitting[0] in units:
            return
        for index in bare:
            code, _, value, start, end, approximate = self.found[index]
            base = "completed" if code == "measures_completed" else code
            self.found[index] = (
                "measures_completed" if fitting[0] == "measure" and base == "completed" else base,
                fitting[0],
                value,
                start,
                end,
                approximate,
            )

    def _sizes(self) -> dict[int, tuple[str, str]]:
        """Sizes into ``found``; gives end offset → (unit, measure word) of every counted noun, for results that follow."""
        text = self.text
        nouns: dict[int, tuple[str, str]] = {}
        sized: list[tuple[str, str, float, int, int, bool]] = []
        numbers = counting_numbers(text)
        if not numbers:
            return nouns
        for code, unit, pattern, words, number_first in SIZES:
            for word in words:
                if word in text:
                    break
            else:
                continue
            for match in size_matches(text, pattern, number_first, numbers):
                value = read_number(match.group(1))
                if (
                    value is None or value != int(value) or match.group(1) == "一"
                ):  # 解决一个问题, 销号一个: figures of speech
                    continue
                start, end = match.span()
                before = text[max(0, match.start() - 22) : match.start(1)]
                own = re.split(r"[,;]", before)[-1]
                if (
                    OTHERS.search(own)
                    or re.match(r"难点|线索", text[end : end + 3])
                    or re.search(r"难点|共性", match.group())
                ):
                    continue
                if unit in ("problem", "task", "measure", "item"):
                    counter = MEASURE_WORD.search(text, match.end(1))
                    is_near = counter is not None and counter.start() <= match.end(1) + 2
                    nouns[end] = (unit, counter.group() if counter is not None and is_near else "个")
                sized.append((code, unit, value, start, end, "余" in match.group() or "多" in match.group()))
        counted = any(entry[1] in ("problem", "task", "measure", "item") for entry in sized)
        context = bool(CONTEXT.search(text)) or "完成" in text
        for entry in sized:
            code, _, value, start, end, _ = entry
            if code in ("aspects", "categories"):
                told = text[end : end + 2] == "问题" if code == "categories" else False
                told = (
                    told
                    or "问题" in text
                    and re.search(r"(?:反馈|指出|涉及|共)[^,;。]{0,10}$", text[max(0, start - 14) : start])
                    is not None
                )
                if not (counted or told) or not context or value > 40:
                    continue
            elif (
                not context
                and not (code in ("measures", "tasks") and re.search(r"制定|细化|分解", text[:start]))
                or self._is_result(start, end)
            ):
                continue
            self.found.append(entry)
        return nouns

    def _is_result(self, start: int, end: int) -> bool:
        """A number that belongs to a result (已完成整改的问题53个) is no size; 9个问题全部整改到位 is both."""
        match = RESULT_FIRST.search(self.text, max(0, start - 16), min(len(self.text), end + 3))
        return (
            match is not None
            and match.end() > start
            and match.start() <= start
            and match.start(SIZE_OF + 2) >= start
        )

    def _results(self, nouns: dict[int, tuple[str, str]]) -> None:
        text = self.text
        taken: list[tuple[int, int]] = []
        match: re.Match[str] | None
        for match in results_first(text):
            groups = match.groups()
            code = next(code for code, words in zip(CODES, groups) if words)
            value = read_number(groups[SIZE_OF + 1])
            if (
                value is None
                or value != int(value)
                or groups[SIZE_OF + 1] == "一"
                or re.match(r"(?:月|日|年|次|轮)", text[match.end() : match.end() + 1])
            ):
                continue
            behind = re.match(NOUN, text[match.end() :])
            noun = behind.group() if behind is not None and not groups[SIZE_OF] else groups[SIZE_OF]
            if (
                OTHERS.search(re.split(r"[,;。]", text[max(0, match.start() - 14) : match.start()])[-1])
                and not nouns
            ):
                continue
            self._add(
                code,
                self._unit(noun, groups[SIZE_OF + 3], match.start(), nouns),
                value,
                match.start(),
                match.end(),
                bool(groups[SIZE_OF + 2]),
            )
            taken.append(match.span())
        position = 0
        while STATUS_SIGN.search(text, position) and (match := NUMBER_FIRST.search(text, position)):
            position = match.end()
            number, approximate, word, noun, *words = match.groups()
            following = text[match.end() : match.end() + 14]
            value = read_number(number)
            if any(
                start < match.end() and match.start(1) < end and start <= match.start(1) < end
                for start, end in taken
            ):
                position = match.start(1) + len(number)
                continue
            if re.match(
                rf"(?:并(?:已)?(?:全部)?(?:销号|验收)|整改|落实)?(?:的|了)?(?:{NOUN})?(?:的)?(?:有|共|为|达|:)? ?(?:{NUMBER}) ?(?:余|多)?(?:个|项|条|件)",
                following,
            ):
                position = match.start(1) + len(
                    number
                )  # 9个问题已完成整改7个: the result's own number follows
                continue
            if (
                value is None
                or value != int(value)
                or number == "一"
                and not nouns
                or not (noun or word)
                or re.search(r"第[0-9、,和及与 ]*$", text[max(0, match.start() - 20) : match.start(1)])
            ):
                continue
            if not noun and not nouns and not CONTEXT.search(text):
                continue
            code = next(code for code, found in zip(CODES, words) if found)
            if code == "completed" and re.search(
                r"立行立改|即知即改|立知立改|限期|期限|个月内|近期|短期",
                text[max(0, match.start() - 12) : match.start(1)],
            ):
                code = (
                    "rectified_at_once"
                    if "立改" in text[max(0, match.start() - 12) : match.start(1)]
                    else code
                )
            if re.match(r"率|时限|期限|标准|情况", following) or OTHERS.search(
                re.split(r"[,;。]", text[max(0, match.start() - 14) : match.start()])[-1]
            ):
                continue
            self._add(
                code,
                self._unit(noun, word or "个", match.start(), nouns),
                value,
                match.start(1),
                match.end(),
                bool(approximate),
            )
            taken.append((match.start(1), match.end()))
        for match in LISTED.finditer(text):
            numbers = re.findall(r"[0-9]+", match.group(1))
            code = next(code for code, found in zip(CODES, match.groups()[1:]) if found)
            if len(numbers) > 1 and not any(
                start < match.end() and match.start() < end for start, end in taken
            ):
                self._add(code, "problem", float(len(set(numbers))), match.start(), match.end(), False)

    def _unit(self, noun: str | None, word: str, at: int, nouns: dict[int, tuple[str, str]]) -> str:
        """What a result counts: its own noun, else the noun before it with the same measure word."""
        if noun:
            for name, unit in UNIT_OF_NOUN:
                if name in noun:
                    if name == "事项" and not any(value[0] == "item" for value in nouns.values()):
                        break  # 列入长期坚持的事项15个: of what was counted before
                    return unit
        before = [end for end in sorted(nouns) if end <= at + 1]
        for end in reversed(before):
            if nouns[end][1] == word:
                return nouns[end][0]
        if word in self.units:
            return self.units[word]
        if word == "个" or not (before or self.units):
            return "problem"
        return nouns[before[-1]][0] if before else next(reversed(self.units.values()))

    def _add(self, code: str, unit: str, value: float, start: int, end: int, approximate: bool) -> None:
        if unit == "measure" and code == "completed":
            code = "measures_completed"
        if code == "long_term" and any(
            entry[0] in ("completed", "measures_completed") and entry[4] <= start for entry in self.found
        ):
            gap = self.text[
                max(
                    entry[4]
                    for entry in self.found
                    if entry[0] in ("completed", "measures_completed") and entry[4] <= start
                ) : start
            ]
            if re.match(r"[,;]?\(?(?:其中|含|包括)", gap):
                code = "completed_long_term"
        self.found.append((code, unit, value, start, end, approximate))

    def _shares(self, nouns: dict[int, tuple[str, str]]) -> None:
        for match in SHARE.finditer(self.text):
            if re.search(r"[审交覆出满]", self.text[max(0, match.start() - 2) : match.start()]):
                continue
            self.found.append(
                (
                    "completion_share",
                    self._unit(match.group(1), "个", match.start(), nouns),
                    round(float(match.group(2)) / 100, 6),
                    match.start(),
                    match.end(),
                    False,
                )
            )


def _set_sections(passage: Passage, structure: Structure, rows: list[dict[str, Any]]) -> None:
    """Partial totals: brackets such as (3分类10个问题), one for each aspect in order, or under a heading."""
    aspects = [section for section in structure.sections if section.level == "aspect"]
    parts = list(PART.finditer(passage.text))
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
    results = {(row["char_start"], row["value"]) for row in rows if row["claim_code"] not in SIZE_CODES}
    whole = {
        (row["claim_code"], row["value"])
        for row in rows
        if row["claim_code"] in SIZE_CODES and (row["char_start"], row["value"]) not in results
    }
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
