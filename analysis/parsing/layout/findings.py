"""The finding of one problem: where its statement stops and what was done begins, without a label."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Candidate, Draft, trim
from analysis.parsing.layout.segments import Mark
from analysis.parsing.words.cues import (
    FRAME_TAIL,
    OPEN_FRAME,
    POINTED,
    frame_at,
    is_action,
    is_finding,
    tells_finding,
)
from analysis.parsing.words.statuses import bracket_status, closing_status

LEAD_BRACKET = re.compile(r"[(【\[〔]([^()【】\[\]〔〕\n]{2,20})[)】\]〕] ?")
_ENUMERATED = re.compile(
    r"一是|[①⑴❶]|\(1\)|(?<![\d.])1[.、](?!\d)|(?<=\n)1[.、]|(?<=\n)[-*•·●○■◆▪➢] ?|\(一\)|第一[,、]|一方面"
)

# 针对…的问题，制定…: the frame ends at a comma and what was done follows in the same sentence.
_COMMA_FRAME = re.compile(r"(?:针对|关于)(?!此|该|这|上述|以上)[^。;:,\n“”]{5,90}?问题(?=,)")


def read_zone(
    text: str,
    start: int,
    stop: int,
    labels: list[Mark],
    told: bool,
    draft: Draft,
    has_detail: bool | None,
    has_fact: bool = False,
) -> None:
    """Statement, and measures that follow it without a label.

    ``has_fact``: in this document the finding stands behind 在…方面。 in the same line.
    """
    if labels:
        named = [mark for mark in labels if mark.word != "问题" or mark.start <= start]
        # 反馈问题： (the finding:) replaces the heading above it; 主要表现： (in detail:) where it tells more.
        first = next(
            (
                mark
                for mark in named
                if mark.start <= start
                or not mark.word.startswith(("具体", "主要表现", "表现"))
                or stop - mark.end >= mark.start - start
            ),
            None,
        )
        if first is not None and stop - first.end > 4:
            start = first.end
            has_detail = False  # the label says where the finding is told
    start, stop = trim(text, start, stop)
    if stop <= start:
        return
    pointed = POINTED.match(text, start, stop)
    if pointed is not None and stop - pointed.end() > 8:
        start = pointed.end()
    frame = frame_at(text, start, stop) if text[start] in "针关对" else None
    if frame is not None:
        after = _skip_tail(text, frame[2], stop, draft)
        draft.statement = frame[:2]
        if after < stop:
            _after_frame(text, frame[0], after, stop, told, draft, has_detail)
        return
    head_end = _sentence_end(text, start, stop)
    if told:
        if not draft.is_told():
            found = closing_status(text, head_end, stop) if head_end < stop else None
            if found is not None:
                draft.candidates.append(Candidate("closing", *found))
                stop = trim(text, start, found.start - (text[found.start - 1] in "(【[〔"))[1]
        draft.statement = (start, _status_free(text, start, stop, draft))
        return
    open_frame = OPEN_FRAME.match(text, start, stop) or _COMMA_FRAME.match(text, start, stop)
    if open_frame is not None and (text[start] in "针关对在" or open_frame.end() >= stop - 1):
        end = open_frame.end()
        after = _skip_tail(text, end, stop, draft)
        if after > end and text[after - 1] in "。" and text[end] in "。":
            end += 1
        draft.statement = (start, end)
        if has_fact and not told and (fact := _fact_end(text, after, stop)) > after:
            draft.statement = trim(text, after, fact)  # 在…方面。 names the area, not the finding
            start = after = fact
        if after < stop:
            _after_frame(text, start, after, stop, told, draft, has_detail)
        return
    _split_plain(text, start, head_end, stop, draft, has_detail)


def _fact_end(text: str, start: int, stop: int) -> int:
    """Behind the sentences from ``start`` that tell the finding, before the first mark of a list."""
    mark = _ENUMERATED.search(text, start, stop)
    line = text.find("\n", start, stop)
    limit = min(mark.start() if mark is not None else stop, line if line >= 0 else stop)
    end = _sentence_end(text, start, limit)
    return max(end, _detail_end(text, start, limit, -1, None))


def opens_with_fact(text: str, start: int, stop: int) -> bool | None:
    """Whether a finding stands behind 在…方面。 in the same line; None where nothing begins so."""
    frame = OPEN_FRAME.match(text, start, stop)
    if frame is None or text[start] not in "在对" or not frame.group().endswith("方面"):
        return None
    after = frame.end() + 1
    sentence = text[after : _sentence_end(text, after, stop)]
    return tells_finding(sentence) and _ENUMERATED.match(sentence) is None


def _skip_tail(text: str, at: int, stop: int, draft: Draft) -> int:
    """Past 整改情况 and the like behind a frame, a bracketed result, and the punctuation."""
    match = FRAME_TAIL.match(text, at, stop)
    at = match.end() if match is not None else at
    bracket = LEAD_BRACKET.match(text, at, stop)
    if bracket is not None:
        code, share = bracket_status(bracket.group(1))
        if code is not None or share is not None:
            at = bracket.end()
            draft.candidates.append(Candidate("frame", code, *bracket.span(1), share))
    while at < stop and text[at] in "。:;,. \n":
        at += 1
    return at


def opens_with_detail(text: str, start: int, stop: int) -> bool | None:
    """Whether the paragraph behind a framed heading begins with a finding; None without one."""
    line = text.find("\n", start, stop)
    if line < 0 or line + 1 >= stop:
        return None
    sentence = text[line + 1 : _sentence_end(text, line + 1, stop)]
    return tells_finding(sentence) and _ENUMERATED.match(sentence) is None


def _after_frame(
    text: str, statement_start: int, start: int, stop: int, told: bool, draft: Draft, has_detail: bool | None
) -> None:
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
        draft.statement = (statement_start, trim(text, start, detail)[1])
    first, last = trim(text, detail, stop)
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
    for told in draft.candidates:
        if start < told.start < stop and text[told.end : stop].strip(" )】]〕。\n:") == "":
            return trim(text, start, told.start - 1)[1]
    return trim(text, start, stop)[1]


def _split_plain(
    text: str, start: int, head_end: int, stop: int, draft: Draft, has_detail: bool | None
) -> None:
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
            at = _detail_end(
                text,
                line + 1,
                limit,
                second if second >= 0 else limit - 1 if mark is not None and text[limit - 1] == "\n" else -1,
                has_detail,
            )
    elif is_finding(text[start:head_end]):
        at = _detail_end(text, head_end, limit, -1, None)
    statement_end = _status_free(text, start, min(at, limit), draft)
    draft.statement = (start, statement_end)
    first, last = trim(text, max(at, statement_end), stop)
    if any(text[first:last].strip("【】()[]。 ") == text[told.start : told.end] for told in draft.candidates):
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
