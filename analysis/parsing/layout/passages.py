"""Stretches of a notice as clean running text, with a map back to the document."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable

from analysis.parsing.layout.flow import Flow
from analysis.parsing.structure import Span, Structure
from analysis.parsing.text.numerals import read_whole


class Passage:
    """Clean text of one or more stretches of the document: the paragraphs of its flow, as far as they lie inside.

    ``span`` maps passage offsets to document offsets, so that quotes stay character-exact.
    """

    __slots__ = ("text", "_starts", "_origins")

    def __init__(self, flow: Flow, spans: Iterable[Span]):
        self._starts: list[int] = []
        self._origins: list[int] = []
        parts: list[str] = []
        position = 0
        for low, high in spans:
            for para in flow.paras_in(low, high):
                at = para.start
                for start, end in para.pieces:
                    first, last = max(low, start), min(high, end)
                    if first < last:
                        self._starts.append(position)
                        self._origins.append(first)
                        parts.append(flow.text[at + first - start : at + last - start])
                        position += last - first
                    at += end - start
                if parts and parts[-1] != "\n":
                    parts.append("\n")
                    position += 1
        self.text = "".join(parts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The document span of a non-empty stretch of the passage."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, offset: int) -> int:
        index = bisect_right(self._starts, offset) - 1
        return self._origins[index] + offset - self._starts[index]


# How a paragraph that speaks of the whole notice begins, after the last problem.
_CLOSING = re.compile(
    r"\n[ ]*(?=(?:截至|截止|综上|总体|总的|目前,|以上|上述|欢迎|下一步,?我|如有意见|[一二三四五六七八九十]{1,2}、)[^\n]{0,80})"
)
# 截至…反馈的60个问题中,已完成…: a total that can only be the notice's own
_TOTALS = re.compile(
    r"截[至止][^。\n]{0,40}?(?:反馈|指出|巡[察视]|对)[^。\n审轮]{0,14}?[0-9一二三四五六七八九十百]+ ?(?:个|项|条)[^。\n]{0,8}?问题[^。\n]{0,60}?(?:完成|整改到位|销号|整改)[^。\n]*"
)
# 小结：11个问题完成9个、推进中1个: a total with parts, where it is of as many as were found
_TALLY = re.compile(
    r"(?<![0-9.第一二三四五六七八九十百])(?P<whole>[0-9]{1,3}|[一二三四五六七八九十百]{1,4}) ?[个项条件处笔宗桩题]"
    r"[^,;。\n]{0,6}问题[^。\n]{0,40}?[0-9一二三四五六七八九十] ?[个项条件处笔宗桩题][^。\n]*"
)
# What can hold a date, a total or a name worth reading; headings between problems seldom do.
_TELLING = re.compile(r"[0-9二三四五六七八九十百两一](?:[0-9〇年月%.,*]| ?[余多]?[个项条类大件名人])")


def _gaps(structure: Structure) -> list[tuple[int, int]]:
    """Everything that no problem's block holds, headings included."""
    gaps = []
    position = 0
    for start, end in sorted([(problem.block_start, problem.block_end) for problem in structure.problems]):
        if start > position:
            gaps.append((position, start))
        position = max(position, end)
    if position < len(structure.shadow):
        gaps.append((position, len(structure.shadow)))
    return gaps


def outside_spans(structure: Structure) -> list[tuple[int, int]]:
    """The telling spans outside every problem, in order: the front, closing paragraphs (also those that a
    last block runs on into), and a sentence of totals inside a block where none stands outside."""
    shadow = structure.shadow
    spans = [
        (start, end)
        for start, end in _gaps(structure)
        if end - start > 7 and _TELLING.search(shadow, start, end)
    ]
    if not structure.problems:
        return spans
    last = max(structure.problems, key=lambda problem: (problem.block_end, problem.block_start))
    low = max(last.block_start, last.statement_end or 0, last.status_end or 0, last.cause_end or 0)
    match = _CLOSING.search(shadow, low, last.block_end)
    if match is not None:
        spans.append((match.end(), last.block_end))
        spans.sort()
    found = {sum(problem.is_leaf for problem in structure.problems)}
    found.add(sum(problem.parent_key is None for problem in structure.problems))
    for tally in _TALLY.finditer(shadow, low, last.block_end):
        if read_whole(tally.group("whole")) in found and not any(
            start <= tally.start() < end for start, end in spans
        ):
            spans.append((tally.start(), tally.end()))
            spans.sort()
    if not any(_TOTALS.search(shadow, start, end) for start, end in spans):
        first = min(problem.block_start for problem in structure.problems)
        if (match := _TOTALS.search(shadow, first)) is not None and not any(
            start <= match.start() < end for start, end in spans
        ):
            spans.append((match.start(), match.end() + 1))
            spans.sort()
    return spans


_latest: tuple[Structure, Passage] | None = None


def outside_passage(structure: Structure) -> Passage:
    """The clean text outside the problems; made once per notice (metadata and totals both read it)."""
    global _latest
    if _latest is None or _latest[0] is not structure:
        _latest = (structure, Passage(structure.flow, outside_spans(structure)))
    return _latest[1]
