"""One unit of the outline → statement, cause, blocks of measures, result (flow offsets)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analysis.parsing.layout.drafts import Candidate, Draft, trim
from analysis.parsing.layout.findings import LEAD_BRACKET, read_zone
from analysis.parsing.layout.measures import split_measures
from analysis.parsing.layout.segments import Mark
from analysis.parsing.words.statuses import (
    bracket_status,
    closing_status,
    due_words,
    is_outlook,
    leading_status,
    ticked_status,
)

# 二是… · ②… · 2.…: a measure of its own, of which the result is only the last clause
_ITEM = re.compile(r"[一二三四五六七八九十]{1,2}(?:是|、)|[①-⑳]|\(?\d{1,2}[).、]")
DOING = ("measures", "progress", "effect")
LABEL = 16  # characters of the longest label
LONG = 16  # characters of a result that tells what was done as well, where nothing else does


def read_unit(
    text: str,
    start: int,
    body: int,
    end: int,
    marks: list[Mark],
    has_detail: bool | None = None,
    has_fact: bool = False,
    finding: tuple[int, int] | None = None,
) -> Draft:
    """Read the stretch ``body``–``end`` of the flow; ``marks`` are the labels inside it.

    ``has_detail``: whether in this document a paragraph telling the finding in full stands
    between a framed heading and what was done; None: judge by its words. ``finding``: the
    statement as the second reader found it, where its reading was taken.
    """
    body, end = trim(text, body, end)
    draft = Draft(start, body, end)
    zone_end = next((mark.start for mark in marks if mark.part != "statement"), end)
    zone = [body, max(body, zone_end)]
    for mark in marks:
        if ")" in text[mark.start : mark.end]:
            opened = text.find("(", mark.start, mark.end)
            _take_bracket(text, "label", opened + 1, text.find(")", opened), draft)
    ticked = ticked_status(text, body, end)
    if ticked is not None:
        draft.candidates.append(Candidate("ticked", *ticked))
    draft.close = next((m.start for m, n in zip(marks, [*marks[1:], None]) if _is_tail(m, n)), end)
    _heading_status(text, zone, draft)
    if zone_end < end:
        _end_status(text, zone, draft)
    _read_segments(text, marks, end, draft)
    # Nobody tells what was done above the cause.
    told = any(part in ("measures", "progress") for part, _, _ in draft.blocks) or any(
        mark.part == "cause" and mark.start == zone_end for mark in marks
    )
    labels = [mark for mark in marks if mark.part == "statement" and mark.start < zone[1]]
    read_zone(text, zone[0], zone[1], labels, told, draft, has_detail, has_fact)
    if finding is not None:
        _settle_finding(text, draft, finding, zone[1])
    if draft.statement is not None and _end_status(text, draft.statement, draft):
        draft.statement = (
            draft.statement[0],
            trim(text, draft.statement[0], draft.candidates[-1].start - 1)[1],
        )
    finish_unit(text, draft)
    return draft


def finish_unit(text: str, draft: Draft) -> None:
    """The result at the end of what was done, and the measures."""
    _read_closing(text, draft)
    _read_measures(text, draft)


def _settle_finding(text: str, draft: Draft, finding: tuple[int, int], zone_end: int) -> None:
    """Take the second reader's statement where the rules' is another one."""
    start, end = trim(text, max(finding[0], draft.body), finding[1])
    if draft.statement is not None:
        low, high = draft.statement
        if 2 * (min(high, end) - max(low, start)) > max(high, end) - min(low, start):
            return
        draft.blocks = [block for block in draft.blocks if block[1] >= end]
    draft.statement = (start, end)
    if not any(part in DOING for part, _, _ in draft.blocks):
        first, last = trim(text, end, draft.end)
        if last - first > 1:
            draft.blocks.insert(0, ("measures", first, last))


# ——已整改到位 (done) behind a dash at the end of a heading.
_HEAD_DASH = re.compile(r" ?[—–-]{1,3} ?([^—–\-。;\n]{2,18})[。:]? ?$")
_HEAD_BRACKET = re.compile(r" ?[(【\[〔]([^()【】\[\]〔〕\n]{2,40})[)】\]〕][。:]? ?$")


def _tail_status(text: str, first: int, last: int) -> re.Match[str] | None:
    """A bracket or words behind a dash at the end of a stretch."""
    low = max(first, last - 44)
    end = text[max(low, last - 4) : last]
    if (")" in end or "】" in end or "]" in end or "〕" in end) and (
        found := _HEAD_BRACKET.search(text, low, last)
    ):
        return found
    low = max(first, last - 24)
    end = text[low:last]
    return _HEAD_DASH.search(text, low, last) if "—" in end or "–" in end or "-" in end else None


def _heading_status(text: str, zone: list[int], draft: Draft) -> None:
    """A result in a bracket at the end or the beginning of the first line."""
    line = text.find("\n", zone[0], zone[1])
    stop = line if line >= 0 else zone[1]
    lead = LEAD_BRACKET.match(text, zone[0], stop)
    if lead is not None and _take_bracket(text, "heading", *lead.span(1), draft):
        zone[0] = lead.end()
        return
    tail = _tail_status(text, zone[0], stop)
    if tail is not None and tail.start() > zone[0] and _take_bracket(text, "heading", *tail.span(1), draft):
        draft.due = due_words(tail.group(1))


def _end_status(text: str, zone: Sequence[int], draft: Draft) -> bool:
    """Whether a result stands in a bracket at the end of the finding."""
    first, last = trim(text, zone[0], zone[1])
    tail = _tail_status(text, first, last)
    return tail is not None and tail.start() > first and _take_bracket(text, "finding", *tail.span(1), draft)


def _take_bracket(text: str, place: str, start: int, end: int, draft: Draft) -> bool:
    """Whether the words in a bracket are a result; it is then a candidate."""
    code, share = bracket_status(text[start:end])
    if code is not None or share is not None:
        draft.candidates.append(Candidate(place, code, start, end, share))
    return code is not None or share is not None


def _is_tail(mark: Mark, following: Mark | None) -> bool:
    """Whether the unit ends with a label behind which no result stands (责任人：, 完成时限：)."""
    return mark.part in ("due", "responsible", "note") and following is None


def _read_segments(text: str, marks: list[Mark], end: int, draft: Draft) -> None:
    for index, mark in enumerate(marks):
        if mark.part == "statement":
            continue
        stop = marks[index + 1].start if index + 1 < len(marks) else end
        first, stop = trim(text, mark.end, stop)
        if stop <= first:
            continue
        if mark.part == "cause":
            if draft.cause is None:
                draft.cause = (first, stop)
        elif mark.part == "result":
            draft.told = (first, stop)
            status = leading_status(text, first, stop, is_result=True)
            if status is not None:
                draft.candidates.append(Candidate("result", *status))
            elif "一是" in text[first:stop] or stop - first > 40:
                draft.blocks.append(("progress", first, stop))
            if draft.due is None and status is not None:
                draft.due = due_words(text[first : min(stop, first + 60)])
        elif mark.part in ("progress", "effect"):
            status = leading_status(text, first, stop, is_result=False)
            if status is not None:
                draft.candidates.append(Candidate(mark.part, *status))
                rest = status.end
                while rest < stop and text[rest] in "。.;,、:! \n)】":
                    rest += 1
                if is_outlook(text, rest, stop):
                    draft.due = draft.due or due_words(text[rest:stop])
                elif stop - rest > 6:
                    draft.blocks.append((mark.part, rest, stop))
                elif status.end - first >= LONG and "," in text[first : status.end]:
                    draft.blocks.append((mark.part, first, stop))  # the work told is all there is
            else:
                draft.blocks.append((mark.part, first, stop))
        elif mark.part == "measures":
            draft.blocks.append(("measures", first, stop))
        elif mark.part == "due" and draft.due is None:
            line = text.find("\n", first, stop)
            last = line if line >= 0 else stop
            draft.due = re.split(r"[(【\[]", text[first:last])[0].strip("。;,. ")[:40] or None


def _read_closing(text: str, draft: Draft) -> None:
    """A result in the last sentence or bracket of the unit, cut off from the measures."""
    part, first, last = draft.blocks[-1] if draft.blocks else ("", *(draft.statement or (0, 0)))
    status = closing_status(text, first, last)
    if status is None:
        return
    draft.candidates.append(Candidate("closing", *status))
    if draft.blocks:
        draft.due = draft.due or due_words(text[status.start : last])
        _cut_result(text, draft, status.start, status.end)


def take_result(text: str, draft: Draft, result: Candidate) -> None:
    """Put in a result found from outside, and cut it from the statement or the measures it stands in."""
    draft.candidates.append(result)
    if draft.statement is not None and draft.statement[0] <= result.start < draft.statement[1]:
        first, last = draft.statement
        if result.start - first < 3:
            draft.statement = trim(text, result.end + 1, last)
        elif last - result.end < 4:
            draft.statement = (first, trim(text, first, result.start - 1)[1])
    elif draft.blocks:
        part, first, last = draft.blocks[-1]
        if first < result.start and last - result.end > 6 and text[result.end] in "。;":
            # More work is told behind it: 答：改好了。… loses its result, the rest stays as it is.
            if result.start - first <= 3:
                draft.blocks[-1] = (part, result.end + 1, last)
        elif result.start - first > 3 or result.end - result.start < LONG or len(draft.blocks) > 1:
            _cut_result(text, draft, result.start, result.end)
        _read_measures(text, draft)


_BRACKET_END = re.compile(r"[^()（）【】\[\]〔〕\n]{0,40}[)】\]〕]")


def _cut_result(text: str, draft: Draft, start: int, end: int) -> None:
    """The last block without the result at its beginning or its end."""
    if text[start - 1] in "(【[〔":  # with its bracket, whatever else stands in that
        closing = _BRACKET_END.match(text, end)
        start, end = start - 1, closing.end() if closing is not None else end + 1
    part, first, last = draft.blocks[0]
    if start == first and end < last - 2:
        while end < last and text[end] in "。;,:. \n":
            end += 1
        draft.blocks[0] = (part, end, last)
        return
    part, first, last = draft.blocks[-1]
    if first <= start < last and not (text[first:start].strip() and _ITEM.match(text, start)):
        before = trim(text, first, start)[1]
        if text[before - 1] == ":":  # the label of the result
            stops = (text.rfind(sign, first, before) for sign in "\n。;!")
            label = max(first, max(stops) + 1)
            before = trim(text, first, label)[1] if before - label <= LABEL else before
        if before - first < 2:
            draft.blocks.pop()
        else:
            draft.blocks[-1] = (part, first, before)


def _read_measures(text: str, draft: Draft) -> None:
    """The measures of the blocks that tell them: measures, else progress, else effects."""
    for part in DOING:
        chosen = [block for block in draft.blocks if block[0] == part]
        if chosen:
            draft.measures = [
                piece for _, first, last in chosen for piece in split_measures(text, first, last)
            ]
            return
    draft.measures = []
