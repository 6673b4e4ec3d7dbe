"""Where a result may stand in a problem, whatever its words: behind a label, in a bracket, first or last.

A slot is a short stretch; the trained model reads its words with its place as a feature, and what
stands at the same place of the notice's other problems decides with it (``readings``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from analysis.parsing.layout.drafts import Draft, trim
from analysis.parsing.layout.findings import LEAD_BRACKET
from analysis.parsing.words.status_model import HINTS, LONGEST
from analysis.parsing.words.statuses import BOX, before_outlook, is_due, is_share, stated_share

# Places, and the letter that stands for each in the model's features.
LABEL, LABEL_END, BRACKET, OPENING, LINE, SENTENCE, CLAUSE, EARLIER, TITLE = "lmbonscth"
# Places that are one where the notice's other problems are looked at.
PLACE_OF = {LABEL: LABEL, LABEL_END: LABEL, BRACKET: BRACKET, OPENING: OPENING, EARLIER: EARLIER}
PLACE_OF |= dict.fromkeys((LINE, SENTENCE, CLAUSE), SENTENCE)


class Slot(NamedTuple):
    """Words at a place of one problem; ``draft`` is its position among the notice's."""

    draft: int
    place: str
    start: int
    end: int
    words: str


_MARKS = " 。.,;:!、\n【】[]()〔〕“”\"'|*‖>—–-"
_STOPS = re.compile(r"[。;!\n‖|]")
# (已改正) at the end of a line, before a colon, or at the head of a line or behind a label's colon
_BRACKET = re.compile(
    r"""
    [(【\[〔]  # the looks back stand behind it: the search leaps from one bracket to the next
    (?: (?: (?<=[\n:。;”].) | (?<=:\ .) ) ([^()【】\[\]〔〕\n]{2,40})[)】\]〕]
      | ([^()【】\[\]〔〕\n]{2,40})[)】\]〕](?=[。.;]?\s*(?:\n|$|【)|[。]?:) )
    """,
    re.VERBOSE,
)
LINES = 3  # last lines of a problem that may end with its result: the last ones may be of the notice
SENTENCES = 3  # last sentences of what was done that may be it: more work may be told behind it
# 下一步,继续抓好… (next …): a plan behind the result
_PLAN = re.compile(r"下一?步|接下来|下阶段")
# 已整改到位,后续将按季抽查 · ,并纳入日常管理: a clause that goes on about what comes behind the result
_GOES_ON = re.compile(r"下一?步|接下来|今后|后续|以后|还?将|并将?|还要|同时|预计")
# 2021年3月: · 目前: · 验收意见: before the words on a line of their own
_PREFIX = re.compile(r"[> \-*]*[^:,;。\n]{1,12}: ?")


_LEGEND_SIGNS = re.compile("[●○◐◑◇◆□■△▲☆★◎]")


def slots_of(text: str, position: int, draft: Draft) -> list[Slot]:
    """All slots of one draft; those of one place may lie in each other, the longer first."""
    found: dict[tuple[int, int], Slot] = {}
    for place, start, end in _stretches(text, draft):
        if place == EARLIER and HINTS.isdisjoint(text[start:end]):
            continue
        slot = slot_at(text, position, place, start, end)
        if slot is not None:
            known = found.setdefault((slot.start, slot.end), slot)
            if known.place == EARLIER:  # a bracket behind it (责任人:…) is no sentence
                found[slot.start, slot.end] = slot
    return list(found.values())


def slot_at(text: str, position: int, place: str, start: int, end: int) -> Slot | None:
    """The words of a stretch as a slot; None where they are too long or can be no result."""
    start, end = _bare(text, start, end)
    words = text[start:end]
    is_fit = 2 <= len(words) <= LONGEST and not _says_nothing(words)
    return Slot(position, place, start, end, words) if is_fit else None


def _says_nothing(words: str) -> bool:
    return (
        is_due(words)
        or is_share(words)
        or ("进度" in words and stated_share(words) is not None)
        or BOX.search(words) is not None
        or len(_LEGEND_SIGNS.findall(words)) > 1
        or not any(sign > "\u4dff" for sign in words)
    )


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the marks at its ends and without an outlook (预计6月底前完成) behind a result."""
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    while start < end and text[start] in _MARKS:
        start += 1
    return start, before_outlook(text, start, end)


def _stretches(text: str, draft: Draft) -> Iterator[tuple[str, int, int]]:
    if draft.told is not None:
        start, end = trim(text, *draft.told)
        stop = _STOPS.search(text, start, end)
        yield LABEL, start, end
        yield LABEL, start, stop.start() if stop is not None else end
        line = text.find("\n", start, end)
        for last in (end, line) if line >= 0 else (end,):
            yield from ending_slots(text, start, last, LABEL_END, LABEL_END)
        return
    low = draft.statement[1] if draft.statement is not None else draft.body
    for match in _BRACKET.finditer(text, draft.start, draft.end):
        start, end = match.span(1 if match.group(1) else 2)
        if text[match.start() - 1] not in "。;”" or not HINTS.isdisjoint(text[start:end]):
            yield BRACKET, start, end  # 。【做法】 before each block of measures is a label
    lead = LEAD_BRACKET.match(text, draft.body, draft.end)
    if lead is not None:
        yield BRACKET, *lead.span(1)
    for _, start, end in draft.blocks[:1] + draft.blocks[1:][-1:]:
        stop = _STOPS.search(text, start, min(end, start + LONGEST))
        if stop is not None and stop.end() < end:
            prefix = _PREFIX.match(text, start, stop.start())
            yield OPENING, prefix.end() if prefix is not None else start, stop.start()
    if draft.blocks:
        yield from ending_slots(text, *draft.blocks[-1][1:], earlier=SENTENCES - 1)
    close = draft.close or draft.end
    if close > low + 4:
        for _ in range(LINES):
            yield from ending_slots(text, max(low, close - 300), close)
            close = text.rfind("\n", low, close)
            if close <= low or text[close + 1].isdigit():
                break


def ending_slots(
    text: str, start: int, end: int, place: str = SENTENCE, clause: str = CLAUSE, earlier: int = 0
) -> Iterator[tuple[str, int, int]]:
    """The last sentence that is no plan, its clauses, and so many ``earlier`` sentences."""
    start, end = trim(text, start, end)
    for _ in range(3 + earlier):
        while end > start and text[end - 1] in _MARKS:
            end -= 1
        at = max(start, *(text.rfind(mark, start, end) + 1 for mark in "。;!\n‖|"))
        if end - at < 2:
            return
        if _PLAN.match(text, at) is None or at <= start:
            own_line = at > start and text[at - 1] in "\n‖|"
            yield from _parts(text, at, end, LINE if own_line and place == SENTENCE else place, clause)
            if not earlier:
                return
            earlier -= 1
            place = clause = EARLIER
        end = max(start, *(text.rfind(mark, start, at) for mark in "。!\n")) if place == EARLIER else at
        if end <= start:
            return


def _parts(text: str, at: int, end: int, place: str, clause: str) -> Iterator[tuple[str, int, int]]:
    """A sentence, what it says behind a prefix, its first clause, and what stands behind its last commas.

    Where its last clause goes on about something else (,后续将按季抽查) also without that.
    """
    yield place, at, end
    prefix = _PREFIX.match(text, at, end)
    if prefix is not None and prefix.end() < end - 1:
        yield place, prefix.end(), end
    comma = text.find(",", at, end)
    if comma < 0:
        return
    if comma - at >= 4:
        yield clause, at, comma
    last = text.rfind(",", at, end)
    stops = [end, last] if _GOES_ON.match(text, last + 1) is not None else [end]
    for stop in stops:
        if stop < end:
            yield clause, at, stop
        comma = text.rfind(",", at, stop)
        while comma > at and stop - comma <= LONGEST:
            yield clause, comma + 1, stop
            comma = text.rfind(",", at, comma)
