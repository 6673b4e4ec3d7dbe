"""Results in words that only the document makes known as such.

Words that stand behind a result's label, in the bracket at a heading or at the end of one problem
after another are results, whatever they say; the model tells which. A legend (A类为已完成的) and what
the notice says of the same words in total tell more. What stays open is listed for review.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from analysis.parsing.layout.drafts import Draft, trim
from analysis.parsing.layout.findings import LEAD_BRACKET
from analysis.parsing.words.status_model import CODES, chances
from analysis.parsing.words.statuses import OUTLOOK_TAIL, Status, listed_status

RECURS = 3  # times that words stand at the same place of problems, from which they are a result there
_DIGITS = re.compile(r"\d+")
_BRACKET_END = re.compile(r"[(【\[〔]([^()【】\[\]〔〕\n]{2,20})[)】\]〕][。:]?(?=\n|$)")
_LEGEND = re.compile(
    r"(?:^|[\s,;。:、“])([A-Z甲乙丙丁√×○●△▲☆★◎][类级]?|[一-鿿]{1,4}) ?”?(?:为|是指|指的是|指|是|即|表示|代表|:|=|—{1,2}) ?((?:已|正|基本|未|长期|持续|整改|完成|取得)[^;。\n]{1,18}?)(?=[;。\n]|,[A-Z甲乙丙丁√×○●△▲☆★◎][类级]?)"
)


class Slot(NamedTuple):
    """Words at one place of a problem where a result may stand."""

    start: int
    end: int
    words: str


def read_legend(text: str) -> dict[str, str]:
    """Signs that the notice explains as results (A类为已经整改完成的); empty for fewer than two."""
    found = {}
    for match in _LEGEND.finditer(text):
        words = match.group(2).removesuffix("的").removesuffix("问题")
        code = listed_status(words) or _likely(words, 0.6)
        if code is not None:
            found[match.group(1)] = code
    return found if len(found) > 1 else {}


def _likely(words: str, most_doubt: float) -> str | None:
    """The code of words that are a result with no more doubt than that; None where codes compete."""
    words = words.strip(" 。.,;:!、\n【】[]()“”\"'|*")
    if not 1 < len(words) <= 32:
        return None
    known = chances(words)
    best = max(range(1, len(CODES)), key=lambda index: known[index])
    return CODES[best] if known[0] <= most_doubt and known[best] >= 0.7 * (1 - known[0]) else None


def judge(words: str, times: int, legend: dict[str, str], most_doubt: float = 0.65) -> str | None:
    """The code of words at a result's place that stand there ``times`` times."""
    return (
        legend.get(words) or listed_status(words) or _likely(words, 0.97 if times >= RECURS else most_doubt)
    )


def _plain(words: str) -> str:
    return _DIGITS.sub("0", words.strip(" 。.,;:!、\n【】[]()“”\"'|*"))


def settle_results(text: str, drafts: list[Draft], legend: dict[str, str]) -> list[tuple[Draft, Status]]:
    """Results of drafts that have none yet, place by place; the caller puts them in."""
    settled: list[tuple[Draft, Status]] = []
    done: set[int] = set()
    for place, doubt in (
        (_behind_label, 0.2),
        (_lead_bracket, 0.5),
        (_heading_bracket, 0.5),
        (_opening, 0.25),
        (_closing, 0.25),
    ):
        slots = [place(text, draft) for draft in drafts]
        counts = Counter(_plain(slot.words) for slot in slots if slot is not None)
        known = sum(
            slot is not None
            and (counts[_plain(slot.words)] >= RECURS and judge(slot.words, RECURS, legend) is not None)
            for slot in slots
        )
        stated = sum(draft.status is not None for draft in drafts)
        if place is not _behind_label and known * 3 < len(drafts) and (known + stated) * 2 < len(drafts):
            continue
        for draft, slot in zip(drafts, slots):
            if slot is None or draft.status is not None or id(draft) in done:
                continue
            code = judge(slot.words, counts[_plain(slot.words)], legend, doubt)
            if code is not None:
                settled.append((draft, Status(code, slot.start, slot.end)))
                done.add(id(draft))
    return settled


def _behind_label(text: str, draft: Draft) -> Slot | None:
    if draft.unknown is None:
        return None
    start, end = trim(text, draft.unknown.start, draft.unknown.end)
    cut = OUTLOOK_TAIL.search(text, start, end)
    end = cut.start() if cut is not None and cut.start() > start + 1 else end
    return Slot(start, end, text[start:end])


def _lead_bracket(text: str, draft: Draft) -> Slot | None:
    found = LEAD_BRACKET.match(text, draft.body, draft.end)
    return Slot(*found.span(1), found.group(1)) if found is not None else None


def _opening(text: str, draft: Draft) -> Slot | None:
    """The first short sentence of the first block (已取得阶段性成果。(1)…)."""
    if not draft.blocks:
        return None
    _, start, end = draft.blocks[0]
    start, end = trim(text, start, end)
    stop = text.find("。", start, min(end, start + 20))
    return Slot(start, stop, text[start:stop]) if stop > start + 1 else None


def _heading_bracket(text: str, draft: Draft) -> Slot | None:
    line = text.find("\n", draft.body, draft.end)
    found = _BRACKET_END.search(text, draft.body, line if line >= 0 else draft.end)
    return Slot(*found.span(1), found.group(1)) if found is not None and found.start() > draft.body else None


def _closing(text: str, draft: Draft) -> Slot | None:
    if not draft.blocks:
        return None
    _, start, end = draft.blocks[-1]
    start, end = trim(text, start, end)
    while end > start and text[end - 1] in "。.;, \n":
        end -= 1
    cut = OUTLOOK_TAIL.search(text, max(start, end - 48), end)
    end = cut.start() if cut is not None and cut.start() > start + 4 else end
    if end > start and text[end - 1] in ")】]〕":
        found = _BRACKET_END.search(text, max(start, end - 24), end)
        return Slot(*found.span(1), found.group(1)) if found is not None else None
    low = max(start, end - 26)
    at = max(text.rfind(mark, low, end) + 1 for mark in "。;\n!")
    if at <= low:
        at = text.rfind(",", low, end) + 1
    if at <= low or end - at < 2:
        return None
    return Slot(at, end, text[at:end])
