"""One unit of the outline → statement, cause, blocks of measures, result (flow offsets)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from analysis.parsing.cues import FRAME_TAIL, OPEN_FRAME, frame_at, is_action, is_finding, tells_finding
from analysis.parsing.measures import Piece, split_measures
from analysis.parsing.segments import Mark
from analysis.parsing.statuses import Status, bracket_status, closing_status, due_words, leading_status, status_code

DOING = ("measures", "progress", "effect")


@dataclass(slots=True)
class Draft:
    """A unit read so far; every span is in the flow."""

    start: int
    body: int
    end: int
    statement: tuple[int, int] | None = None
    cause: tuple[int, int] | None = None
    blocks: list[tuple[str, int, int]] = field(default_factory=list)  # (part, start, end)
    measures: list[Piece] = field(default_factory=list)
    status: Status | None = None
    weak_status: Status | None = None
    due: str | None = None
    is_remedy: bool = False
    unknown: Status | None = None


def read_unit(text: str, start: int, body: int, end: int, marks: list[Mark], has_detail: bool | None = None) -> Draft:
    """Read the stretch ``body``–``end`` of the flow; ``marks`` are the labels inside it.

    ``has_detail``: whether in this document a paragraph telling the finding in full stands
    between a framed heading and what was done; None: judge by its words.
    """
    body, end = _trim(text, body, end)
    draft = Draft(start, body, end)
    zone_end = next((mark.start for mark in marks if mark.part != "statement"), end)
    zone = [body, max(body, zone_end)]
    _heading_status(text, zone, draft)
    if draft.status is None and zone_end < end:
        _end_status(text, zone, draft)
    _read_segments(text, marks, end, draft)
    told = any(part in ("measures", "progress") for part, _, _ in draft.blocks)
    labels = [mark for mark in marks if mark.part == "statement" and mark.start < zone[1]]
    _read_zone(text, zone[0], zone[1], labels, told, draft, has_detail)
    if draft.status is None and draft.statement is not None:
        tail = [draft.statement[0], draft.statement[1]]
        _end_status(text, tail, draft)
        if draft.status is not None:
            draft.statement = (tail[0], _trim(text, tail[0], draft.status.start - 1)[1])
    _read_closing(text, draft, marks, end)
    _read_measures(text, draft)
    return draft


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1] in " \n|":
        end -= 1
    while start < end and text[start] in " \n|":
        start += 1
    return start, end


# ——已整改到位 (done) behind a dash at the end of a heading.
_HEAD_DASH = re.compile(r" ?[—–-]{1,3} ?([^—–\-。;\n]{2,18})[。:]? ?$")
_HEAD_BRACKET = re.compile(r" ?[(【\[〔]([^()【】\[\]〔〕\n]{2,40})[)】\]〕][。:]? ?$")
_LEAD_BRACKET = re.compile(r"[(【\[〔]([^()【】\[\]〔〕\n]{2,20})[)】\]〕] ?")


def _tail_status(text: str, first: int, last: int) -> re.Match[str] | None:
    """A bracket or words behind a dash at the end of a stretch."""
    low = max(first, last - 44)
    end = text[max(low, last - 4):last]
    if (")" in end or "】" in end or "]" in end or "〕" in end) and (found := _HEAD_BRACKET.search(text, low, last)):
        return found
    low = max(first, last - 24)
    end = text[low:last]
    return _HEAD_DASH.search(text, low, last) if "—" in end or "–" in end or "-" in end else None


def _heading_status(text: str, zone: list[int], draft: Draft) -> None:
    """A result in a bracket at the end or the beginning of the first line."""
    line = text.find("\n", zone[0], zone[1])
    stop = line if line >= 0 else zone[1]
    lead = _LEAD_BRACKET.match(text, zone[0], stop)
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
    first, last = _trim(text, zone[0], zone[1])
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
        first, stop = _trim(text, mark.end, stop)
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
                draft.due = due_words(text[first:min(stop, first + 60)])
        elif mark.part in ("progress", "effect"):
            status = leading_status(text, first, stop, is_result=False)
            if status is not None:
                if draft.status is None or mark.part == "progress":
                    draft.status = status
                rest = status.end
                while rest < stop and text[rest] in "。.;,、:! \n)】":
                    rest += 1
                if stop - rest > 12:
                    draft.blocks.append((mark.part, rest, stop))
            else:
                draft.blocks.append((mark.part, first, stop))
        elif mark.part == "measures":
            draft.blocks.append(("measures", first, stop))
        elif mark.part == "due" and draft.due is None:
            line = text.find("\n", first, stop)
            draft.due = text[first:line if line >= 0 else stop].strip("。;,. ")[:40] or None


_ENUMERATED = re.compile(r"一是|[①⑴❶]|\(1\)|(?<![\d.])1[.、](?!\d)|(?<=\n)1[.、]|(?<=\n)[-*•·●○■◆▪➢] ?|\(一\)|第一[,、]|一方面")


def _read_zone(text: str, start: int, stop: int, labels: list[Mark], told: bool, draft: Draft, has_detail: bool | None) -> None:
    """Statement, and measures that follow it without a label."""
    if labels:
        named = [mark for mark in labels if mark.word != "问题" or mark.start <= start]
        # 反馈问题： (the finding:) replaces the heading above it; 主要表现： (in detail:) where it tells more.
        first = next((mark for mark in named if mark.start <= start or not mark.word.startswith(("具体", "主要表现", "表现"))
                      or stop - mark.end >= mark.start - start), None)
        if first is not None and stop - first.end > 4:
            start = first.end
            has_detail = False  # the label says where the finding is told
    start, stop = _trim(text, start, stop)
    if stop <= start:
        return
    frame = frame_at(text, start, stop) if text[start] in "针关对" else None
    if frame is not None:
        after = _skip_tail(text, frame[2], stop, draft)
        draft.statement = frame[:2]
        if after < stop:
            _after_frame(text, frame[0], after, stop, told, draft, has_detail)
        return
    head_end = _sentence_end(text, start, stop)
    if told:
        if draft.status is None:
            found = closing_status(text, head_end, stop) if head_end < stop else None
            if found is not None and found[1]:
                draft.status = found[0]
                stop = _trim(text, start, found[0].start - 1 if text[found[0].start - 1] in "(【[〔" else found[0].start)[1]
        draft.statement = (start, _status_free(text, start, stop, draft))
        return
    open_frame = OPEN_FRAME.match(text, start, stop)
    if open_frame is not None and (text[start] in "针关对在" or open_frame.end() >= stop - 1):
        end = open_frame.end()
        after = _skip_tail(text, end, stop, draft)
        if after > end and text[after - 1] in "。" and text[end] in "。":
            end += 1
        draft.statement = (start, end)
        if after < stop:
            _after_frame(text, start, after, stop, told, draft, has_detail)
        return
    _split_plain(text, start, head_end, stop, draft, has_detail)


def _skip_tail(text: str, at: int, stop: int, draft: Draft) -> int:
    """Past 整改情况 and the like behind a frame, a bracketed result, and the punctuation."""
    match = FRAME_TAIL.match(text, at, stop)
    at = match.end() if match is not None else at
    bracket = _LEAD_BRACKET.match(text, at, stop)
    if bracket is not None:
        code, share = bracket_status(bracket.group(1))
        if code is not None:
            at = bracket.end()
            if draft.status is None:
                draft.status = Status(code, bracket.start(1), bracket.end(1), share)
    while at < stop and text[at] in "。:;,. \n":
        at += 1
    return at


def opens_with_detail(text: str, start: int, stop: int) -> bool | None:
    """Whether the paragraph behind a framed heading begins with a finding; None without one."""
    line = text.find("\n", start, stop)
    if line < 0 or line + 1 >= stop:
        return None
    sentence = text[line + 1:_sentence_end(text, line + 1, stop)]
    return tells_finding(sentence) and _ENUMERATED.match(sentence) is None


def _after_frame(text: str, statement_start: int, start: int, stop: int, told: bool, draft: Draft, has_detail: bool | None) -> None:
    """What follows a frame: more of the finding, then measures."""
    own_line = text.find("\n", start - 1, start) >= 0
    mark = _ENUMERATED.search(text, start, stop)
    limit = mark.start() if mark is not None else stop
    detail = start
    if told:
        while detail < stop:
            end = _sentence_end(text, detail, stop)
            if is_action(text[detail:end]) and not tells_finding(text[detail:end]):
                break
            detail = end
            while detail < stop and text[detail] in " \n":
                detail += 1
    elif own_line and has_detail is not False:
        line = text.find("\n", start, limit)
        paragraph = line if line >= 0 else limit - 1 if mark is not None and text[limit - 1] == "\n" else -1
        detail = _detail_end(text, start, limit, paragraph, has_detail)
    if detail > start:
        draft.statement = (statement_start, _trim(text, start, detail)[1])
    first, last = _trim(text, detail, stop)
    if last > first and not told:
        draft.blocks.insert(0, ("measures", first, last))


# Where a sentence may stop; a half-width full stop only behind a Han character.
_STOP = re.compile(r"[“”\n。!?.]")


def _sentence_end(text: str, start: int, stop: int) -> int:
    """Behind the first sentence of the stretch; a full stop inside quotation marks ends none."""
    depth = 0
    for match in _STOP.finditer(text, start, stop):
        position = match.start()
        char = text[position]
        if char == "“":
            depth += 1
        elif char == "”":
            depth -= 1
        elif char == "\n":
            return position
        elif depth <= 0 and (char != "." or position > start and text[position - 1] > "\xff"):
            return position + 1
    return stop


def _status_free(text: str, start: int, stop: int, draft: Draft) -> int:
    """The statement's end before a bracketed result at the end of its line."""
    if draft.status is not None and start < draft.status.start < stop:
        at = draft.status.start - 1
        if text[draft.status.end:stop].strip(" )】]〕。\n:") == "":
            return _trim(text, start, at)[1]
    return _trim(text, start, stop)[1]


def _split_plain(text: str, start: int, head_end: int, stop: int, draft: Draft, has_detail: bool | None) -> None:
    """A bare statement with what was done straight behind it."""
    inline = _ENUMERATED.search(text, start, head_end)
    if inline is not None and inline.start() > start + 4 and text[inline.start() - 1] in "。;:,.":
        head_end = inline.start()
    mark = _ENUMERATED.search(text, min(head_end, stop), stop)
    limit = mark.start() if mark is not None else stop
    line = text.find("\n", start, limit)
    at = head_end
    if line >= 0:
        at = line if limit == line + 1 and mark is not None else _paragraph_end(text, start, head_end, line)
        second = text.find("\n", line + 1, limit)
        if has_detail is not False and at == line and line + 1 < limit:
            at = _detail_end(text, line + 1, limit, second if second >= 0 else limit - 1 if mark is not None and text[limit - 1] == "\n" else -1, has_detail)
    elif is_finding(text[start:head_end]):
        at = _detail_end(text, head_end, limit, -1, None)
    statement_end = _status_free(text, start, min(at, limit), draft)
    draft.statement = (start, statement_end)
    first, last = _trim(text, max(at, statement_end), stop)
    if draft.status is not None and first <= draft.status.start <= last and text[first:last].strip("【】()[]。 ") == text[draft.status.start:draft.status.end]:
        return
    if last > first:
        draft.blocks.insert(0, ("measures", first, last))
    if not is_finding(text[start:statement_end]) and is_action(text[start:statement_end]):
        draft.is_remedy = True


def _paragraph_end(text: str, start: int, head_end: int, line: int) -> int:
    """The end of the statement in a first paragraph: all of it but sentences that tell what was done."""
    at = head_end
    while at < line:
        end = _sentence_end(text, at, line)
        sentence = text[at:end]
        if is_action(sentence) and not tells_finding(sentence):
            return at
        at = end
    return line


def _detail_end(text: str, start: int, limit: int, paragraph: int, has_detail: bool | None) -> int:
    """Past the sentences from ``start`` that go on telling the finding.

    ``paragraph``: the end of the paragraph that begins here when another follows it, else −1.
    """
    at = start
    while at < limit:
        while at < limit and text[at] in " \n":
            at += 1
        end = _sentence_end(text, at, limit)
        sentence = text[at:end]
        if not sentence.strip() or sentence.rstrip().endswith((":", ",")):
            break
        if not tells_finding(sentence) and not (has_detail and at == start):
            break
        at = end
        if paragraph >= 0:
            return paragraph if paragraph + 1 == limit else _paragraph_end(text, start, at, paragraph)
    return at


def _read_closing(text: str, draft: Draft, marks: list[Mark], end: int) -> None:
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
    before = _trim(text, first, status.start - 1 if text[status.start - 1] in "(【[〔" else status.start)[1]
    if strong and draft.status is None:
        draft.status = status
        draft.due = draft.due or due_words(text[status.start:last])
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
            draft.blocks[-1] = (part, _trim(text, status.end + 1, last)[0], last)
            _read_measures(text, draft)
        elif first <= status.start < last:
            before = _trim(text, first, status.start)[1]
            if before - first < 2:
                draft.blocks.pop()
            else:
                draft.blocks[-1] = (part, first, before)
            _read_measures(text, draft)


def _read_measures(text: str, draft: Draft) -> None:
    """The measures of the blocks that tell them: measures, else progress, else effects."""
    for part in DOING:
        chosen = [block for block in draft.blocks if block[0] == part]
        if chosen:
            draft.measures = [piece for _, first, last in chosen for piece in split_measures(text, first, last)]
            return
    draft.measures = []
