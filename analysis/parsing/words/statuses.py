"""Results: the words of a status, mapped by status_words.csv and by nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from analysis.lookups import load_csv
from analysis.parsing.words.status_model import told_status


class Status(NamedTuple):
    """``code`` None: the words stand where a result stands, and say a ``share`` only or cannot be read."""

    code: str | None
    start: int
    end: int
    share: float | None = None


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {row["word"]: row["status_code"] for row in load_csv("parsing/status_words")}


# What may stand before a status and changes nothing of it, each with an example.
_NOW = r"(?:截[至止]?(?:目前|\d{4}年\d{1,2}月(?:\d{1,2}日|底)?|巡察[^,]{0,8})|(?:到)?目前(?:为止)?|现阶段|现在?|至此|当前)"  # 截至2023年6月底
_BY_THEN = r"(?:已?于?(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|初|末|[上中下]旬)?(?:之?前)?)"  # 已于6月底前
_MEANWHILE = r"(?:(?:已?[于在])?巡[察视](?:整改)?期间(?:就)?)"  # 在巡察期间就
_EVERY = r"(?:(?:以上|上述|所有|相关|有关|业已|均|都|全部|全面|总体|整体)上?)"  # 上述均
_DONE = r"(?:已经?|(?:均|都|全部)已|已(?:全部|全面))"  # 均已
_LEAD = re.compile(rf"(?:(?:{_MEANWHILE}|{_NOW}|{_BY_THEN}|{_DONE}|{_EVERY}){_DONE}?[,:]?)+")
_COUNT = r"(?:\d+|[一二三四五六七八九十]+)?"
_KIND = r"(?:反馈|具体|整改)"
_THING = r"(?:问题|任务|事项|工作|措施|情况|整改|项)"
# 该问题 · 上述3个反馈问题 · 5个问题 · 整改任务: the subject of a status
_SUBJECT = re.compile(
    rf"""
    (?:{_NOW},?)*
    (?: (?:该|此|本|这|上述|以上|各|有关|相关|反馈)+的?{_COUNT}(?:个|项|类|条|些|方面)?的?{_KIND}*{_THING}*的?(?:整改)?(?:任务|工作|措施)?
      | {_COUNT}(?:个|项|条)?(?:反馈)?(?:问题|整改(?:任务|工作|事项|措施)|任务|事项)的?(?:整改)?(?:任务|工作|措施)?
    )
    """,
    re.VERBOSE,
)
# 已完成,并长期坚持 · 立行立改、长期坚持 · 已整改但仍需巩固: what joins two statuses
_SPLIT = re.compile(r"[,、;()和及]|并[将需且]?|且将?|同时|但仍?需?|将|需要?|仍|继续(?=长期|坚持)")
_TRIM = " 。.,;:!、\n【】[]()（）“”\"'|*"
# 整改进度80% · 完成率已达到99.2%
_SHARE = re.compile(
    r"(?:整改|完成|推进|总体|工程|任务)*(?:完成)?(?:进度|率|度|比例)?(?:已|为|约|达到?|:|超过?)*\ ?(\d{1,3}(?:\.\d+)?)\ ?%",
    re.VERBOSE,
)
SURE = 0.8  # from which probability words that no lookup lists are a result, wherever they stand
_CLOSED = {"completed", "completed_long_term"}


@lru_cache(maxsize=1 << 14)
def status_code(words: str) -> str | None:
    """The status of a short phrase, None when it is none or unlike all that were seen."""
    phrase = words.strip(_TRIM).replace(" ", "")
    if is_due(phrase):
        return None
    return listed_status(phrase) or told_status(phrase, SURE)[0]


def listed_status(words: str) -> str | None:
    """The status of a short phrase that the lookup knows, in whole or part by part; else None."""
    known = _words()
    phrase = words.strip(_TRIM).replace(" ", "")
    if not phrase:
        return None
    code = _simple(phrase, known)
    if code is not None:
        return code
    codes = []
    for part in _SPLIT.split(phrase):
        part = part.strip(_TRIM)
        if not part:
            continue
        code = _simple(part, known)
        if code is None:
            return None
        codes.append(code)
    return combined(codes) if codes else None


def _simple(phrase: str, known: dict[str, str]) -> str | None:
    code = known.get(phrase)
    if code is None:
        bare = phrase[:-1] if phrase[-1] in "了的" else phrase
        code = known.get(bare)
        if code is None:
            lead = _LEAD.match(bare)
            if lead is not None and lead.end() < len(bare):
                rest = bare[lead.end() :]
                # 已全部到位: the adverb between may hide 已 (has been) that the lookup's word holds.
                code = known.get(rest) or known.get("已" + rest)
    return code


def combined(codes: list[str]) -> str:
    """One status for several said of the same problem (done, and kept up)."""
    first = codes[0]
    for code in codes[1:]:
        if code == first:
            continue
        pair = {first, code}
        if (
            first in _CLOSED
            and code in ("long_term", "in_progress")
            or code in _CLOSED
            and first == "long_term"
        ):
            first = "completed_long_term"
        elif pair == {"not_completed", "in_progress"}:
            first = "in_progress"
        elif "not_completed" in pair:
            first = "not_completed"
        elif "phased" in pair:
            first = "phased"
        elif "basically_completed" in pair:
            first = "basically_completed"
        elif "in_progress" in pair:
            first = "in_progress"
        elif pair == {"completed", "completed_long_term"}:
            first = "completed_long_term"
    return first


def stated_share(words: str) -> float | None:
    """The share of a stated progress (整改进度：80%), 0 to 1; None without one."""
    match = _SHARE.search(words) if "%" in words else None
    share = float(match.group(1)) / 100 if match is not None else 2.0
    return share if share <= 1 else None


def is_share(words: str) -> bool:
    """Whether the words are a stated progress and nothing else (整改进度:80%)."""
    return "%" in words and _SHARE.fullmatch(words) is not None


def share_code(share: float) -> str:
    """The status of a problem of which only the progress is stated."""
    return "completed" if share == 1 else "not_completed" if share == 0 else "in_progress"


_AIMED = r"(?:预计|预期|计划|力争|拟[于在]?|争取|确保|目标是)"
_REACHED = r"(?:完成|到位|实现|落实|解决|销号|结束|通水|投用|运营|办结|补足|改完|见效|使用)"
# 预计6月底前完成: what follows a status is an outlook on it.
_OUTLOOK = re.compile(rf"(?:{_AIMED}|将于?)[^。\n]{{0,30}}{_REACHED}")
# 正在推进,预计2024年6月底前完成: … behind a comma, to the end of the stretch
_OUTLOOK_TAIL = re.compile(rf"[,;。]{_AIMED}[^。\n]{{2,40}}$")
# 2024年6月底前完成 · 国庆节前改结 without 已 (has been): when it is due, not that it is done.
_DUE_FORM = re.compile(
    r"""
    (?:计划|预计|拟|要求|须|应)?[于在]?(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日|底|末|[上中下]旬|年底|[一-鿿]{1,2}节)?之?前
    (?:全面|全部|基本)?(?:完成|整改|到位|落实|解决|改|办|销)[^,;。]{0,4}
    """,
    re.VERBOSE,
)


def is_due(words: str) -> bool:
    """Whether the words tell when something is due (2024年6月底前完成), not that it is done."""
    return "前" in words and _DUE_FORM.fullmatch(words) is not None


def before_outlook(text: str, start: int, end: int) -> int:
    """Where a stretch ends without an outlook (,预计6月底前完成) at its end."""
    match = _OUTLOOK_TAIL.search(text, max(start, end - 48), end)
    return match.start() if match is not None and match.start() > start + 1 else end


# 整改情况：一是成立专班，清查已完成；二是…: what stands in a list of measures is said of one of them
_LIST_BEGINS = re.compile(r"一是|①|⑴|\(1\)|首先,")


def leading_status(text: str, start: int, end: int, *, is_result: bool) -> Status | None:
    """The status at the beginning of a segment.

    ``is_result``: the label says that a result follows, so words that are not read are returned
    with code None; otherwise only words that are surely a result are taken.
    """
    for mark in "\n。":
        stop = text.find(mark, start, end)
        end = stop if stop >= 0 else end
    while start < end and text[start] in " \n*":
        start += 1
    lists = _LIST_BEGINS.search(text, start, end)
    end = before_outlook(text, start, lists.start() if lists is not None else end)
    words = text[start:end].strip(" \n*")
    share = stated_share(words) if is_result or "进度" in words or "完成率" in words else None
    for mark in ("", *"(【[;", *("," if is_result else "")):
        stop = text.find(mark, start, end) if mark else end
        if start < stop <= start + 60:
            code = status_code(text[start:stop]) or _with_subject(text[start:stop])
            if code is not None and (mark != "," or not _goes_on(text[stop + 1 : end])):
                return Status(code, start, stop, share)
    if share is not None or words and is_result and len(words) <= 40 and lists is None:
        return Status(None, start, start + len(words), share)
    return None


def _goes_on(words: str) -> bool:
    """Whether what stands behind the first clause is a result too (未销号,跟踪办理)."""
    return status_code(words) is not None


def _with_subject(sentence: str) -> str | None:
    match = _SUBJECT.match(sentence)
    if match is None or match.end() == 0:
        return None
    stripped = sentence[match.end() :]
    code = status_code(stripped) if stripped else None
    if code is None:
        for word in ("整改任务", "整改工作", "整改", "任务", "工作"):
            # The subject took 整改 (rectification) that belongs to the status: 该问题|整改完成.
            if sentence[: match.end()].endswith(word):
                code = status_code(word + stripped)
                if code is not None:
                    break
    return code


# 该问题, 此项整改 (this problem, this item): a subject that can only be the problem itself.
_NAMED = re.compile(
    rf"(?:{_NOW},?)*(?:该|此|本|这一?)(?:一)?(?:项|个|条|类)?{_KIND}*(?:问题|任务|事项|整改|工作|项|已|正|基本|仍|尚)"
)
_TAIL_BRACKET = re.compile(r"[(【\[〔]([^()【】\[\]\n]{2,40})[)】\]〕][。.;]?\ ?$", re.VERBOSE)


def closing_status(text: str, start: int, end: int) -> Status | None:
    """The status in a bracket at the end of a stretch, or in a last clause that names its subject.

    (该问题已整改到位 · 整改进度为65%.) A bare 已完成 there may be said of the last measure: ``results`` looks at the
    notice's other problems.
    """
    while end > start and text[end - 1] in " \n。.;,|":
        end -= 1
    end = before_outlook(text, start + 3, end)
    if end - start < 2:
        return None
    if text[end - 1] in ")】]〕":
        match = _TAIL_BRACKET.search(text, max(start, end - 44), end)
        if match is not None:
            code, share = bracket_status(match.group(1))
            if code is not None or share is not None:
                return Status(code, *match.span(1), share)
    low = max(start, end - 48)
    at = max(low, *(text.rfind(mark, low, end) + 1 for mark in "。;\n!"))
    while at < end:
        named = _NAMED.match(text, at, end)
        code = _with_subject(text[at:end]) if named is not None else None
        if code is not None:
            return Status(code, at, end)
        words = text[at:end].lstrip("(【[ ")
        if is_share(words) and ("进度" in words or "完成率" in words):
            return Status(None, at, end, stated_share(words))
        comma = text.find(",", at, end)
        at = comma + 1 if comma >= 0 else end
    return None


# [x] · (√) · ☑ ticked (with a group), [ ] · ( ) · □ not. (Each alternative begins with one plain character:
# the search then leaps from one of these to the next.)
_TICK = r" *(?:([xX√✓✔■●]) *)?[\])]"
BOX = re.compile(rf"\[{_TICK}|\({_TICK}|☑()|✅()|□(?=\S)|☐(?=\S)")


def ticked_status(text: str, start: int, end: int) -> Status | None:
    """The status behind the ticked of several boxes: [x] 已完成 [ ] 正在整改; a box before other words is no answer."""
    boxes = list(BOX.finditer(text, start, end))
    if all(box.lastindex for box in boxes):
        return None
    answers = []
    for box, following in zip(boxes, [*boxes[1:], None]):
        line = text.find("\n", box.end(), end)
        stop = min(following.start() if following is not None else end, line if line >= 0 else end)
        code = listed_status(text[box.end() : stop])
        if code is not None:
            answers.append((code, box.end(), stop, box.lastindex is not None))
    told = [answer for answer in answers if answer[3]]
    if not told or len(told) == len(answers):
        return None
    return Status(combined([answer[0] for answer in told]), told[0][1], told[-1][2])


def bracket_status(inner: str) -> tuple[str | None, float | None]:
    """Status and share of the words in a bracket (进度75%,完成时限:2022年6月)."""
    code = status_code(inner) or _with_subject(inner)
    if code is None:
        code = next((found for part in re.split(r"[,;:、 ]", inner) if (found := status_code(part))), None)
    return code, stated_share(inner) if "进度" in inner or "完成" in inner else None


def is_outlook(text: str, start: int, end: int) -> bool:
    """Whether a stretch says no more than when the rest is expected (预计6月底前完成)."""
    match = _OUTLOOK.match(text, start, end)
    return match is not None and end - match.end() <= 2


_DUE = re.compile(
    r"(?:完成|整改)?(?:时限|期限|时间)(?:要求)?[:为是]? ?([^,;。)】\n]{2,24})|((?:(?:\d{4}|今|明|本)年)?(?:\d{1,2}月)?(?:\d{1,2}日|底|末|上旬|中旬|下旬)?(?:之)?前)(?:完成|整改)"
)


def due_words(text: str) -> str | None:
    """The due date or period named in a bracket or a short segment."""
    match = _DUE.search(text)
    return (match.group(1) or match.group(2)).strip() if match else None
