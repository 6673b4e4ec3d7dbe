"""Labels inside a problem: 整改情况：, 原因分析：, 整改结果： … and where each stands.

A label opens a segment that runs to the next label or the end of the unit.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from analysis.parsing.layout.flow import Flow
from analysis.parsing.words.labels import label_parts, occurrences
from analysis.parsing.words.statuses import status_code


class Mark(NamedTuple):
    """One label: ``start``–``end`` in the flow (end is where its content begins), ``part`` of
    segment_labels.csv, the label's ``word``, and ``owner`` printed before it (博物馆整改情况)."""

    start: int
    end: int
    part: str
    word: str
    owner: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    words = sorted(label_parts(), key=len, reverse=True)
    core = "|".join(map(re.escape, words))
    at_line = re.compile(
        rf"(?:[◆◇●○■□▲△★☆▪▫►▶•·➢] ?|\d{{1,2}}[.、]|\([一二三四五六七八九十\d]{{1,2}}\))? ?(?:[【\[(]({core})[】\])] ?:?|({core})(?: +(?=\S)|(?=一是|[①⑴]|\(1\)|\(一\)|1[.、])|$))"
    )
    return at_line, frozenset(word[-1] for word in words), frozenset(word[0] for word in words)


# A whole short line that gives a status behind some word and a colon: the status tells what it is.
_RESULT_LINE = re.compile(r"([\u4e00-\u9fff]{2,8}): ?(\S{2,24}?)[。;*]*$")


def result_line(line: str) -> re.Match[str] | None:
    """Label and status of a line that is nothing else (进展：已完成), None for any other line."""
    found = _RESULT_LINE.match(line)
    return found if found is not None and status_code(found.group(2)) is not None else None


# What may stand before a label: a break or punctuation, a number, a bracket, and a short owner.
_BEFORE = re.compile(
    r"(?:^|[\n。;!?”)】\]\.〕]|(?<=,)|  ) ?((?:\d{1,2}[.、]|\([一二三四五六七八九十\d]{1,2}\)|[①-⑳])? ?)[【\[(]?([^\n。;,:、“”()【】\[\]\d]{0,14})\Z"
)


def _label_at_end(window: str, parts: dict[str, str]) -> tuple[str, int]:
    """The longest label a stretch ends with, and where it begins; "" without one."""
    end = len(window.rstrip(" "))
    for stop in (
        end,
        end - 2
        if window.endswith("如下", 0, end)
        else end - 1
        if window[end - 1 : end] in ("为", "是")
        else 0,
    ):
        for length in range(min(14, stop), 1, -1):
            if window[stop - length : stop] in parts:
                return window[stop - length : stop], stop - length
    return "", 0


def is_label(line: str, induced: dict[str, str]) -> bool:
    """Whether a line is nothing but a label of measures or progress, listed or ``induced``."""
    word = line.strip("【】[]():* ◆◇●○■□▲△★☆▪▫►▶•·➢")
    return (label_parts().get(word) or induced.get(word)) in ("measures", "progress")


# Labels spoken as the beginning of a sentence: 反馈指出，(the feedback says,) 整改中，(in the rectification,).
_SPOKEN = (
    ("反馈指出,", "statement"),
    ("反馈意见指出,", "statement"),
    ("对此,", "measures"),
    ("针对这一问题,", "measures"),
    ("针对该问题,", "measures"),
    ("整改中,", "measures"),
    ("整改过程中,", "measures"),
    ("整改期间,", "measures"),
    ("整改以来,", "measures"),
)
# 此问题的产生是因为 (this problem arose because), 针对此问题进行了如下整改 (the following was done about it).
_CAUSE = re.compile(
    r"(?:此|该|这一?|上述|以上|本|出现此类|导致该|存在上述)问题(?:的)?(?:产生|出现|存在|发生)?的?(?:主要)?(?:原因)?(?:在于|主要是|是|为)?(?:因为|由于|因)?"
)
_CAUSE_SIGN = re.compile(r"产生|原因|出现|因为|由于")


def find_marks(flow: Flow) -> list[Mark]:
    """All labels of the flow, in order."""
    text = flow.text
    parts = label_parts()
    at_line, endings, beginnings = _patterns()
    marks: list[Mark] = []
    if flow.labels or "|" in text or "\n“" in text:
        for start, end, word in occurrences(text):
            if word in flow.labels:
                marks.append(Mark(start, end, flow.labels[word], word, ""))
            elif word in parts and text[end - 1 : end] in "|”" and start and text[start - 1] == "\n":
                marks.append(Mark(start, end, parts[word], word, ""))
    at = text.find(":")
    closers = "】])如下为是 "
    while at >= 0:
        if at and (text[at - 1] in endings or text[at - 1] in closers):
            low = at - 34 if at > 34 else 0
            line = text.rfind("\n", low, at)
            window = text[line if line >= 0 else low : at]
            if text[at - 1] == ")" and "(" in window:  # 反馈意见(整改完成): a result between label and colon
                window = window[: window.rindex("(")]
            word, stop = _label_at_end(window, parts)
            found = _BEFORE.search(window, 0, stop) if word else None
            if found is not None:
                base = line if line >= 0 else low
                owner = found.group(2)
                part = parts[word]
                if _plausible(owner, word, part):
                    start = base + found.start(1)
                    while start > base and text[start - 1] in "【[(":
                        start -= 1
                    end = at + 1
                    while end < len(text) and text[end] == " ":
                        end += 1
                    marks.append(Mark(start, end, part, word, owner.strip()))
        at = text.find(":", at + 1)
    for para in flow.paras:
        body = para.text
        if body[0] in beginnings or body[0] in "【[(1234567890◆◇●○■□▲△★☆▪▫►▶•·➢":
            found = at_line.match(body)
            if found is not None:
                word = found.group(1) or found.group(2)
                if found.group(2) and parts[word] not in (
                    "measures",
                    "progress",
                    "result",
                    "cause",
                    "effect",
                ):
                    continue
                end = para.start + found.end()
                if end == para.start + len(body) and end < len(text):
                    end += 1
                marks.append(Mark(para.start, end, parts[word], word, ""))
                continue
        if 5 <= len(body) <= 34:
            found = result_line(body)
            if found is not None and found.group(1) not in parts and found.group(1) not in flow.labels:
                marks.append(Mark(para.start, para.start + found.start(2), "result", found.group(1), ""))
    for opening, closing in ("【】", "[]"):
        at = text.find(opening)
        while at >= 0:
            close = text.find(closing, at, at + 16)
            word = text[at + 1 : close].strip(" :") if close > 0 else ""
            if word in parts:
                end = close + 1
                while end < len(text) and text[end] in ": ":
                    end += 1
                marks.append(Mark(at, end, parts[word], word, ""))
            at = text.find(opening, at + 1)
    for words, part in _SPOKEN:
        at = text.find(words)
        if words == "对此," and text.count(words) < 3:
            continue  # a label only where it comes again and again
        while at >= 0:
            start = at
            while start > 0 and text[start - 1] in "巡察视组反馈意见":
                start -= 1
            if start == 0 or text[start - 1] in "。\n;":
                marks.append(Mark(start, at + len(words), part, words, ""))
            at = text.find(words, at + len(words))
    at = text.find("问题")
    while at >= 0:
        if at and text[at - 1] in "此该这一述上本类":
            start = at - 1
            while start > 0 and text[start - 1] in "此该这一上述以本出现类导致存在":
                start -= 1
            if start == 0 or text[start - 1] in "\n。":
                found = _CAUSE.match(text, start)
                if found is not None and _CAUSE_SIGN.search(found.group()):
                    marks.append(Mark(start, start, "cause", found.group(), ""))
        at = text.find("问题", at + 2)
    marks.sort()
    result: list[Mark] = []
    for mark in marks:
        if result and mark.start < result[-1].end and mark.part == result[-1].part:
            continue  # the same label found in two ways
        result.append(mark)
    return result


def _plausible(owner: str, word: str, part: str) -> bool:
    """Whether the words before a label leave it a label: a linking phrase, or a body's name."""
    owner = owner.strip("【[( *")
    if not owner:
        return True
    if word.startswith(("如下", "以下")):
        return True
    if len(word) < 4:
        return owner in ("目前", "主要", "具体", "针对性", "巡察", "巡视")
    if part in ("measures", "progress", "result", "effect"):
        return len(owner) <= 12 and not any(sign in owner for sign in "是了已将要把为于在")
    return False
