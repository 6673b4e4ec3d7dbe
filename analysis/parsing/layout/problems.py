"""One unit of the outline → statement, cause, blocks of measures, result (flow offsets)."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Draft, trim
from analysis.parsing.layout.findings import LEAD_BRACKET, read_zone
from analysis.parsing.layout.measures import split_measures
from analysis.parsing.layout.segments import Mark
from analysis.parsing.words.statuses import (
    Status,
    bracket_status,
    closing_status,
    due_status,
    due_words,
    is_outlook,
    leading_status,
    status_code,
)

DOING = ("measures", "progress", "effect")


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
        if ")" in text[mark.start : mark.end] and draft.status is None:
            opened = text.find("(", mark.start, mark.end)
            code, share = bracket_status(text[opened + 1 : text.find(")", opened)])
            if code is not None:
                draft.status = Status(code, opened + 1, text.find(")", opened), share)
    if draft.status is None:
        _heading_status(text, zone, draft)
    if draft.status is None and zone_end < end:
        _end_status(text, zone, draft)
    _read_segments(text, marks, end, draft)
    told = any(part in ("measures", "progress") for part, _, _ in draft.blocks)
    labels = [mark for mark in marks if mark.part == "statement" and mark.start < zone[1]]
    read_zone(text, zone[0], zone[1], labels, told, draft, has_detail, has_fact)
    if finding is not None:
        _settle_finding(text, draft, finding, zone[1])
    if draft.status is None and draft.statement is not None:
        tail = [draft.statement[0], draft.statement[1]]
        _end_status(text, tail, draft)
        if draft.status is not None:
            draft.statement = (tail[0], trim(text, tail[0], draft.status.start - 1)[1])
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
    if lead is not None:
        code, share = bracket_status(lead.group(1))
        if code is not None:
            draft.status = Status(code, lead.start(1), lead.end(1), share)
            zone[0] = lead.end()
            return
    tail = _tail_status(text, zone[0], stop)
    if tail is not None and tail.start() > zone[0]:
        code, share = bracket_status(tail.group(1))
        if code is not None and (line >= 0 or zone[1] == stop):
            draft.status = Status(code, tail.start(1), tail.end(1), share)
            draft.due = due_words(tail.group(1))


def _end_status(text: str, zone: list[int], draft: Draft) -> None:
    """A result in a bracket at the end of the finding, before the first label."""
    first, last = trim(text, zone[0], zone[1])
    tail = _tail_status(text, first, last)
    if tail is not None and tail.start() > first:
        code, share = bracket_status(tail.group(1))
        if code is not None:
            draft.status = Status(code, tail.start(1), tail.end(1), share)


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
            status = leading_status(text, first, stop, is_result=True)
            if status is not None and status.code is None:
                if draft.unknown is None:
                    draft.unknown = status
            elif status is not None:
                draft.status = status
            elif "一是" in text[first:stop] or stop - first > 40:
                draft.blocks.append(("progress", first, stop))
            if draft.due is None and status is not None:
                draft.due = due_words(text[first : min(stop, first + 60)])
        elif mark.part in ("progress", "effect"):
            status = leading_status(text, first, stop, is_result=False)
            if status is not None:
                if draft.status is None or mark.part == "progress":
                    draft.status = status
                rest = status.end
                while rest < stop and text[rest] in "。.;,、:! \n)】":
                    rest += 1
                if is_outlook(text, rest, stop):
                    draft.due = draft.due or due_words(text[rest:stop])
                elif stop - rest > 6:
                    draft.blocks.append((mark.part, rest, stop))
            else:
                draft.blocks.append((mark.part, first, stop))
        elif mark.part == "measures":
            draft.blocks.append(("measures", first, stop))
        elif mark.part == "due" and draft.due is None:
            line = text.find("\n", first, stop)
            last = line if line >= 0 else stop
            carried = due_status(text, first, last)
            if carried is not None and draft.status is None:
                draft.status = carried
                last = carried.start - 1 if carried.start > first else first
            draft.due = text[first:last].strip("。;,. (【[")[:40] or None


def _read_closing(text: str, draft: Draft) -> None:
    """A result in the last sentence or bracket of the unit, cut off from the measures."""
    if not draft.blocks:
        if draft.statement is not None and draft.status is None:
            found = closing_status(text, draft.statement[0], draft.statement[1])
            if found is not None and found[1]:
                draft.status = found[0]
        return
    part, first, last = draft.blocks[-1]
    found = closing_status(text, first, last)
    if found is None:
        if len(draft.blocks) == 1 and draft.status is None:
            _read_opening(text, draft)
        return
    status, strong = found
    before = trim(text, first, status.start - 1 if text[status.start - 1] in "(【[〔" else status.start)[1]
    if strong and draft.status is None:
        draft.status = status
        draft.due = draft.due or due_words(text[status.start : last])
    elif not strong:
        draft.weak_status = status
    if strong or before <= first:
        if before - first < 2:
            draft.blocks.pop()
        else:
            draft.blocks[-1] = (part, first, before)


def _read_opening(text: str, draft: Draft) -> None:
    """A status sentence at the head of the only block (已完成整改。…): weak, as it may be chance."""
    _, first, last = draft.blocks[0]
    stop = text.find("。", first, min(last, first + 20))
    if stop > first:
        code = status_code(text[first:stop])
        if code is not None:
            draft.weak_status = Status(code, first, stop)


def accept_weak(text: str, draft: Draft) -> None:
    """Take a bare closing sentence as the result: the document has it regularly."""
    status = draft.weak_status
    if status is None:
        return
    if draft.status is None:
        draft.status = status
    if draft.blocks:
        part, first, last = draft.blocks[-1]
        if status.start == first and status.end < last - 2:
            draft.blocks[-1] = (part, trim(text, status.end + 1, last)[0], last)
            _read_measures(text, draft)
        elif first <= status.start < last:
            before = trim(text, first, status.start)[1]
            if before - first < 2:
                draft.blocks.pop()
            else:
                draft.blocks[-1] = (part, first, before)
            _read_measures(text, draft)


def take_status(text: str, draft: Draft, status: Status) -> None:
    """Put in a result found from outside, and cut it from the statement or the measures it stands in."""
    if draft.statement is not None and draft.statement[0] <= status.start < draft.statement[1]:
        first, last = draft.statement
        if status.start - first < 3:
            draft.statement = trim(text, status.end + 1, last)
        elif last - status.end < 4:
            draft.statement = (first, trim(text, first, status.start - 1)[1])
        draft.status = status
        return
    draft.weak_status = status
    accept_weak(text, draft)


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
