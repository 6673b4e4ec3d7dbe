"""Results: the words of a status, mapped by status_words.csv and by nothing else."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from analysis.lookups import load_csv
from analysis.parsing.words.status_model import meant_status, told_status


class Status(NamedTuple):
    """``code`` None: the words stand where a result stands but are not in the lookup."""

    code: str | None
    start: int
    end: int
    share: float | None = None


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    return {row["word"]: row["status_code"] for row in load_csv("parsing/status_words")}


# Words around a status that change nothing: now, this item, all, has been.
_LEAD = re.compile(
    r"(?:(?:截至目前|截止目前|截至巡察[^,]{0,8}|(?:已于|已在|在)?巡[察视](?:整改)?期间(?:就)?(?:已)?|目前为止|到目前为止|截至\d{4}年\d{1,2}月(?:\d{1,2}日|底)?|目前|现阶段|现|至此|当前|现在|上述|以上|所有|相关|有关|已经|均已|都已|全部已|业已|均|都|全部|已全部|已全面|全面|总体|整体|整体上|(?:已)?于?(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日|底|初|末|[上中下]旬)?(?:之?前)?(?:已)?|已)(?:,|:)?)+"
)
_SUBJECT = re.compile(
    r"(?:截至目前,?|截止目前,?|目前,?|现,?|至此,?|当前,?|截至\d{4}年\d{1,2}月(?:\d{1,2}日|底)?,?)*"
    r"(?:(?:该|此|本|这|上述|以上|各|有关|相关|反馈)+的?(?:一|两|二|三|四|五|六|[2-9])?(?:个|项|类|条|些|方面)?的?(?:反馈|具体|整改)*(?:问题|任务|事项|工作|措施|情况|整改|项)*的?(?:整改)?(?:任务|工作|措施)?|"
    r"(?:\d+|[一二三四五六七八九十]+)?(?:个|项|条)?(?:反馈)?(?:问题|整改任务|整改工作|整改事项|整改措施|任务|事项)的?(?:整改)?(?:任务|工作|措施)?)"
)
_SPLIT = re.compile(r"[,、;()和及]|并将|并需|并且|并|且将|且|同时|但仍?需?|将|需要|需|仍|继续(?=长期|坚持)")
_TRIM = " 。.,;:!、\n【】[]()（）“”\"'|*"
_PERCENT = re.compile(
    r"(?:整改|完成|推进|总体|工程|任务)*(?:完成)?(?:进度|率|度|比例)?(?:已|为|约|达到?|:|超过?)* ?(\d{1,3}(?:\.\d+)?) ?%"
)
SURE = 0.8  # from which probability words that no lookup lists are a result, wherever they stand
LIKELY = 0.7  # … where the place says that they are one
_CLOSED = {"completed", "completed_long_term"}


def status_code(words: str) -> str | None:
    """The status of a short phrase, None when it is none or unlike all that were seen."""
    phrase = words.strip(_TRIM).replace(" ", "")
    if phrase[:1].isdigit() and _DUE_FORM.fullmatch(phrase):
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


def percent_status(words: str) -> tuple[str, float] | None:
    """Status and share of a stated progress (整改进度：80%), None without one."""
    match = _PERCENT.search(words)
    if match is None:
        return None
    share = float(match.group(1)) / 100
    if share > 1:
        return None
    return ("completed" if share == 1 else "not_completed" if share == 0 else "in_progress"), share


_OPEN = re.compile(r"未|正在|推进|尚|仍|待|部分")
# 正在推进,预计6月底前完成: what follows the status is an outlook on it.
_OUTLOOK = re.compile(
    r"(?:预计|计划|力争|拟于?|确保|将于?|争取)[^。\n]{0,30}(?:完成|到位|实现|落实|解决|销号|结束)"
)


OUTLOOK_TAIL = re.compile(
    r"[,;。]?(?:预计|计划|力争|拟于|拟在|争取|确保|目标是|预期)[^。\n]{2,40}?(?:完成|到位|实现|落实|解决|销号|结束|通水|投用|运营|办结|补足|改完|见效|使用)?$"
)
# 2024年6月底前完成 without 已 (has been): when it is due, not that it is done.
_DUE_FORM = re.compile(
    r"(?:计划|预计|拟|要求|须|应)?(?:于|在)?(?:\d{4}年)?(?:\d{1,2}月)?(?:\d{1,2}日|底|末|[上中下]旬|年底)?之?前(?:全面|全部|基本)?(?:完成|整改|到位|落实|解决)[^,;。]{0,4}"
)


def leading_status(text: str, start: int, end: int, *, is_result: bool) -> Status | None:
    """The status at the beginning of a segment.

    ``is_result``: the label says that a result follows, so unknown words are returned with code
    None; otherwise only words the lookup knows are taken.
    """
    line = text.find("\n", start, end)
    stop = line if line >= 0 else end
    sentence = text.find("。", start, stop)
    if sentence >= 0:
        stop = sentence
    first = text[start:stop].strip()
    if not first:
        return None
    if is_result and "," in first and len(first) <= 60:
        # 进度90%,属长期事项 · 29套已清理完毕,列入长期坚持: what is said of the whole beats a share or a part.
        for clause in first.split(",")[::-1]:
            if clause[:1].isdigit() or "%" in clause:
                continue
            if first[:1].isdigit() or "%" in first:
                code = status_code(clause) or meant_status(clause.strip(_TRIM), LIKELY)
                if code is not None:
                    at = text.find(clause, start, stop)
                    share = percent_status(first) if "%" in first else None
                    return Status(code, at, at + len(clause), share[1] if share else None)
    if len(first) <= 60:
        status = _phrase(text, start, stop, first, is_result)
        if status is not None:
            return status
    for mark in "(【[;,":
        cut = text.find(mark, start, stop)
        if cut > start and (is_result or mark not in "," or _OUTLOOK.match(text, cut + 1)):
            head = text[start:cut].strip()
            if 0 < len(head) <= 30:
                status = _phrase(text, start, cut, head, is_result)
                if status is not None and status.code == "not_completed" and mark == ",":
                    # 未销号,跟踪办理: open, and in work
                    rest = text[cut + 1 : stop].strip(_TRIM)
                    if (status_code(rest) or meant_status(rest, LIKELY)) == "in_progress":
                        return Status("in_progress", status.start, stop)
                if status is not None:
                    return status
    if is_result and len(first) <= 40 and "一是" not in first:
        # 已制定方案，正在推进: words the lookup does not know, then a status of its own.
        head, comma, tail = first.rpartition(",")
        code = status_code(tail) if comma and not _OPEN.search(head) else None
        if code is not None:
            at = text.find(first, start) + len(head) + 1
            return Status(code, at, at + len(tail))
        return Status(meant_status(first.strip(_TRIM), LIKELY), start, stop)
    return None


def _phrase(text: str, start: int, stop: int, words: str, is_result: bool) -> Status | None:
    while start < stop and text[start] in " \n*":
        start += 1
    words = words.strip(" \n*")
    code = status_code(words) or _with_subject(words)
    percent = None
    if "%" in words and len(words) <= 40 and (is_result or "进度" in words or "完成率" in words):
        percent = percent_status(words)
    if code is None and percent is None:
        return None
    if percent is not None and (
        code is None or code in ("in_progress", "completed", "phased") and percent[0] != "completed"
    ):
        code = code if code in ("phased",) else percent[0]
    return Status(code, start, start + len(words), percent[1] if percent else None)


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
    r"(?:截至目前,?|截止目前,?|目前,?|现,?|至此,?)*(?:该|此|本|这一?)(?:一)?(?:项|个|条|类)?(?:反馈|具体|整改)*(?:问题|任务|事项|整改|工作|项|已|正|基本|仍|尚)"
)
_TAIL_BRACKET = re.compile(r"[(【\[〔]([^()【】\[\]\n]{2,40})[)】\]〕][。.;]? ?$")


def closing_status(text: str, start: int, end: int) -> tuple[Status, bool] | None:
    """The status in the last sentence or closing bracket of a stretch, and whether it is strong.

    Strong: a bracket of its own, or a sentence that names its subject (该问题已整改到位); weak: a bare
    status sentence, which counts only where the document has it regularly.
    """
    while end > start and text[end - 1] in " \n。.;,|":
        end -= 1
    outlook = OUTLOOK_TAIL.search(text, max(start, end - 48), end)
    if outlook is not None and outlook.start() > start + 4:
        end = outlook.start()
    if end - start < 2:
        return None
    if text[end - 1] in ")】]〕":
        match = _TAIL_BRACKET.search(text, max(start, end - 44), end)
        if match is not None:
            inner = match.group(1)
            code, share = bracket_status(inner)
            if code is not None:
                return Status(code, match.start(1), match.end(1), share), True
    low = max(start, end - 48)
    at = max(low, *(text.rfind(mark, low, end) + 1 for mark in "。;\n!"))
    if at == low and low > start:
        # The sentence is a long one: only what stands behind its last comma can be a result.
        at = text.rfind(",", low, end) + 1
        if at == 0:
            return None
    sentence = text[at:end].strip()
    skip = len(text[at:end]) - len(text[at:end].lstrip())
    at += skip
    code = status_code(sentence)
    if code is not None:
        return Status(code, at, end), False
    code = _with_subject(sentence)
    if code is not None:
        return Status(code, at, end), _NAMED.match(sentence) is not None
    if "%" in sentence and len(sentence) < 28:
        percent = percent_status(sentence)
        if percent is not None and ("进度" in sentence or "完成率" in sentence):
            return Status(percent[0], at, end, percent[1]), True
    cut = sentence.find(",", max(0, len(sentence) - 28))
    while cut > 0:
        tail = sentence[cut + 1 :]
        code = status_code(tail) or _with_subject(tail)
        if code is not None:
            return Status(code, at + cut + 1, end), _NAMED.match(tail) is not None
        cut = sentence.find(",", cut + 1)
    return None


def bracket_status(inner: str) -> tuple[str | None, float | None]:
    """Status and share of the words in a bracket (进度75%,完成时限:2022年6月)."""
    code = status_code(inner) or _with_subject(inner)
    percent = percent_status(inner) if "%" in inner and ("进度" in inner or "完成" in inner) else None
    if code is None:
        for part in re.split(r"[,;:、 ]", inner):
            code = status_code(part)
            if code is not None:
                break
    if percent is not None and code in (None, "in_progress"):
        return percent
    return code, percent[1] if percent else None


def due_status(text: str, start: int, end: int) -> Status | None:
    """The result in the bracket behind a due date: 2020年3月底前(已完成). 长期坚持 alone is a period."""
    match = _TAIL_BRACKET.search(text, start, end)
    if match is None:
        return None
    code, share = bracket_status(match.group(1))
    return Status(code, match.start(1), match.end(1), share) if code is not None else None


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
