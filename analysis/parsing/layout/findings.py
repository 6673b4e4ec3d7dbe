"""The finding of one problem: where its statement stops and what was done begins, without a label."""

from __future__ import annotations

import re

from analysis.parsing.layout.drafts import Candidate, Draft, trim
from analysis.parsing.layout.segments import Mark
from analysis.parsing.words.cues import (
    FRAME_TAIL,
    OPEN_FRAME,
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


# A paragraph of the body's own check: 经查，… (on examination …)
_CHECKED = re.compile(r"\n经(?:查|核查|核实|调查|查实)[,:]")
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

    ``told``: what was done stands behind a label below, so that everything here is the finding;
    ``has_fact``: in this document the finding stands behind 在…方面。 in the same line.
    """
    if labels:
        # 反馈问题： (the finding:) replaces the heading above it; 主要表现： (in detail:) where it tells more.
        first = next(
            (
                mark
                for mark in labels
                if (mark.word != "问题" or mark.start <= start)
                and (
                    mark.start <= start
                    or not (mark.word.startswith("具体") or "表现" in mark.word)
                    or stop - mark.end >= mark.start - start
                )
            ),
            None,
        )
        if first is not None and stop - first.end > 4:
            start = first.end
            has_detail = False  # the label says where the finding is told
    start, stop = trim(text, start, stop)
    if stop <= start:
        return
    checked = _CHECKED.search(text, start, stop)
    if checked is not None:
        # The body's own check tells of the finding above it, it is no part of it.
        if not told:
            draft.blocks.insert(0, ("measures", checked.start() + 1, stop))
            told = True
        stop = trim(text, start, checked.start())[1]
    frame = frame_at(text, start, stop) if text[start] in "针关对" else None
    opened = None
    if frame is None and not told and (text[start] in "针关对在" or has_fact):
        opened = OPEN_FRAME.match(text, start, stop) or _COMMA_FRAME.match(text, start, stop)
    if frame is not None:
        draft.statement = frame[:2]
        begin, after = frame[0], _skip_tail(text, frame[2], stop, draft)
    elif opened is not None:
        begin, after = start, _skip_tail(text, opened.end(), stop, draft)
        draft.statement = (start, opened.end() + (text[opened.end() : after] == "。"))
    else:
        begin = after = start
    if told:
        mark = _ENUMERATED.search(text, after, stop) if frame is not None else None
        end = stop if mark is None else mark.start()
        if frame is None and not draft.is_told():
            found = closing_status(text, _sentence_end(text, start, stop), stop)
            if found is not None:
                draft.candidates.append(Candidate("closing", *found))
                end = trim(text, start, found.start - (text[found.start - 1] in "(【[〔"))[1]
    elif draft.statement is None:
        end = statement_end(text, after, stop, True, has_detail)
    elif opened is not None and has_fact:
        begin = after  # 在…方面。 names the area, not the finding
        end = statement_end(text, after, stop, True, False)
    elif "\n" in text[after - 1 : after] and has_detail is not False:
        end = statement_end(text, after, stop, bool(has_detail), False)
    else:
        end = after
    if end > after:
        draft.statement = trim(text, begin, _status_free(text, begin, end, draft))
    low, high = trim(text, end, stop)
    if high > low and (frame is not None or not told):
        draft.blocks.insert(0, ("measures", low, high))
    if frame is None and opened is None and not told:
        words = text[slice(*draft.statement)] if draft.statement is not None else ""
        draft.is_remedy = not is_finding(words) and is_action(words)


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
    return stop


def statement_end(text: str, start: int, stop: int, is_sure: bool, has_detail: bool | None) -> int:
    """Where the finding that begins at ``start`` ends and what was done begins.

    It ends before the first mark of a list and before the first sentence that does not tell a finding;
    in a paragraph with another behind it only before one that tells what was done, and in one right
    above a list before none. ``is_sure``: its first sentence is the finding whatever its words.
    ``has_detail``: the first sentence of a second paragraph is as well; None: judge by its words;
    False: there is no second paragraph.
    """
    at = _sentence_end(text, start, stop) if is_sure else start
    goes_on = not is_sure or is_finding(text[start:at])
    mark = _ENUMERATED.search(text, at, stop)
    limit = stop if mark is None else mark.start()
    begin = start  # of the paragraph
    while at < limit:
        end = _sentence_end(text, at, limit)
        sentence = text[at:end]
        if not sentence:  # the paragraph is over
            if begin > start or has_detail is False:
                break
            at = begin = at + 1
            continue
        if at == begin:
            tells = tells_finding(sentence) or begin > start and bool(has_detail)
        elif (line := text.find("\n", at, limit)) >= 0:
            tells = line + 1 == limit or not is_action(sentence) or tells_finding(sentence)
        else:
            tells = (goes_on or begin > start) and tells_finding(sentence)
        if not tells or sentence.endswith((":", ",")):
            break
        at = end
    return at
