"""A stretch of a notice as clean running text, with a map back to the document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.parsing.structure import Structure
from analysis.parsing.text import Flow, make_flow


class Passage:
    """Clean text of one or more stretches of the shadow: no seams, no Markdown marks, no page furniture.

    ``span`` maps passage offsets to document offsets, so that quotes stay character-exact.
    """

    __slots__ = ("text", "_flows")

    def __init__(self, shadow: str, spans: Iterable[tuple[int, int]], chrome: list[tuple[int, int]] = ()):
        self._flows: list[tuple[int, Flow, int]] = []
        parts = []
        position = 0
        for start, end in spans:
            if end <= start:
                continue
            inside = [(max(a, start) - start, min(b, end) - start) for a, b in chrome if a < end and b > start]
            flow = make_flow(shadow[start:end], inside)
            if not flow.text:
                continue
            parts.append(flow.text)
            self._flows.append((position, flow, start))
            position += len(flow.text) + 1
        self.text = "\n".join(parts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The document span of a non-empty stretch of the passage."""
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, offset: int) -> int:
        chosen = self._flows[0]
        for entry in self._flows:
            if entry[0] > offset:
                break
            chosen = entry
        position, flow, start = chosen
        return flow.to_text(min(offset - position, len(flow.text) - 1)) + start


# How a paragraph that speaks of the whole notice begins, after the last problem.
_CLOSING = re.compile(r"\n[ ]*(?=(?:截至|截止|综上|总体|总的|目前,|以上|上述|欢迎|下一步,?我|如有意见|[一二三四五六七八九十]{1,2}、)[^\n]{0,80})")


# 截至…反馈的60个问题中,已完成…: a total that can only be the notice's own
_TOTALS = re.compile(r"截[至止][^。\n]{0,40}?(?:反馈|指出|巡[察视]|对)[^。\n审轮]{0,14}?[0-9一二三四五六七八九十百]+ ?(?:个|项|条)[^。\n]{0,8}?问题[^。\n]{0,60}?(?:完成|整改到位|销号|整改)[^。\n]*")


def outside_spans(structure: Structure) -> list[tuple[int, int]]:
    """The spans outside every problem, closing paragraphs that a last block runs on into, and a sentence
    of totals that stands inside a block where none stands outside (texts without line breaks)."""
    spans = structure.outside()
    if not structure.problems:
        return spans
    shadow = structure.shadow
    last = max(structure.problems, key=lambda problem: (problem.block_end, problem.block_start))
    low = max(last.block_start, last.statement_end or 0, last.status_end or 0, last.cause_end or 0)
    match = _CLOSING.search(shadow, low, last.block_end)
    if match is not None:
        spans.append((match.end(), last.block_end))
        spans.sort()
    if not any("问题" in shadow[start:end] and _TOTALS.search(shadow, start, end) for start, end in spans):
        first = min(problem.block_start for problem in structure.problems)
        if (match := _TOTALS.search(shadow, first)) is not None and not any(start <= match.start() < end for start, end in spans):
            spans.append((match.start(), match.end() + 1))
            spans.sort()
    return spans
