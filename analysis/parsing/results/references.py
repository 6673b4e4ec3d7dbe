"""Results told elsewhere: by number (第9、14项正在推进), for the rest, or by a total that covers all."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.parsing.layout.drafts import Candidate
from analysis.parsing.layout.flow import Flow, Whole
from analysis.parsing.text.numerals import read_whole
from analysis.parsing.words.status_model import told_status
from analysis.parsing.words.statuses import combined, share_code, stated_share, status_code

_H = "[一二三四五六七八九十百]{1,4}"
_ONE = rf"(?:\d{{1,3}}|{_H})"
_MORE = rf"(?: ?(?:项|个|条)?(?:问题)?(?:[、和及]|以及|至|到|-|—|~) ?(?:第|问题|序号)? ?{_ONE})*"
# 第9、14、19项(问题) · 问题3、问题9 · 序号3至5 · (一)至(五)项: what the words behind or before are said of
_NUMBERS = re.compile(
    rf"(?P<plain>第 ?{_ONE}{_MORE}(?= ?(?:项|个|条|号|题))|(?<![\d第号月年])\d{{1,2}}(?:[、和及至-]\d{{1,2}})*(?=号)|(?:序号|编号|问题) ?{_ONE}{_MORE}(?! ?[个项条件大类轮]|\d|[.、]))"
    rf" ?(?:项|个|条|号|题)?(?:整改|具体|反馈|巡察)*(?:问题|任务|事项)?(?:共?(?:\d+|{_H})个)?"
    rf"|(?P<bracketed>\({_ONE}\)(?: ?(?:、|,|和|及|以及|至|到|-|—|~)? ?\({_ONE}\))*) ?(?:项|个|条)(?:整改|具体|反馈)*(?:问题|任务|事项)?"
)
# 其余各项 (all the others): of whatever nothing else is said
_REST = re.compile(
    r"(?:其余|其他|其它|剩余|余下|除此之外|除上述问题外|除以上问题外)(?:的)?(?:各|所有|全部)?(?:\d+|[一二三四五六七八九十]+)?(?:个|项|条)?(?:反馈|具体|整改)*(?:问题|任务|事项)?"
)
# What a sentence must hold for either
_REFERS = re.compile(
    r"第 ?[\d一二三四五六七八九十百]|序号 ?[\d一二三四五六七八九十百]|编号 ?[\d一二三四五六七八九十百]|问题 ?[\d一二三四五六七八九十百]"
    r"|号(?<=\d号)|\) ?[项个条]|其余|其他|其它|剩余|余下|除此之外|除上述|除以上"
)
_SENTENCE = re.compile(r"[^。\n]+")


class Told(NamedTuple):
    """A status told for ``numbers`` (None: for all that nothing else is said of)."""

    numbers: tuple[int, ...] | None
    code: str
    start: int
    end: int
    share: float | None = None

    def candidate(self, place: str) -> Candidate:
        """It as a candidate for one problem."""
        return Candidate(place, self.code, self.start, self.end, self.share)


def _numbers(words: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[、,和及]|以及|\) ?(?=\()", words):
        ends = [
            number
            for end in re.split(r"至|到|-|—|~", part)
            if (number := read_whole(re.sub(r"[^\d一二三四五六七八九十百]", "", end)))
        ]
        if len(ends) == 2 and ends[0] < ends[1] < ends[0] + 200:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return tuple(found)


def _code_of(words: str) -> tuple[str | None, float | None]:
    """Status and share that the words before or behind a reference state."""
    words = words.strip(" ,;:。的()均都全仍尚也为是有包括即共计需要")
    if not words:
        return None, None
    for candidate in (words, "已" + words, words.removeprefix("已")):
        code = status_code(candidate)
        if code is not None:
            return code, None
    share = stated_share(words)
    return (share_code(share), share) if share is not None else (told_status(words, 0.6)[0], None)


_CLAUSE = re.compile(r"[^,;:。\n]+")


def statuses_by_reference(flow: Flow | Whole, spans: list[tuple[int, int]]) -> list[Told]:
    """Statuses told by number in the given stretches of the flow.

    A clause without a result of its own (第2、7项尚有资产未过户，正在加快办理) takes the next one's;
    除第4项正在办理外 says something of item 4, and what follows of all the others.
    """
    told: list[Told] = []
    text = flow.text
    for start, end in spans:
        for line in _SENTENCE.finditer(text, start, end):
            if _REFERS.search(text, *line.span()):
                told += _in_sentence(text, *line.span())
    if not any(entry.numbers for entry in told):
        return []
    return told


def _in_sentence(text: str, start: int, end: int) -> list[Told]:
    told: list[Told] = []
    subject: tuple[int, ...] | None = None  # numbers whose result is still to come
    is_open = False
    since = start
    for clause in _CLAUSE.finditer(text, start, end):
        first, last = clause.span()
        match = _NUMBERS.search(text, first, last)
        numbers = _numbers(match.group("plain") or match.group("bracketed")) if match is not None else ()
        if match is not None and numbers:
            before, after = text[first : match.start()], text[match.end() : last]
            excepted = before.endswith("除")
            code, share = _code_of(after.removesuffix("外"))
            if code is None and not excepted and before[-1:] in tuple("为是有(括"):
                code, share = _code_of(re.sub(r"问题|任务|事项|\d+[个项条]|[的(:]", "", before))
            since = match.start()
            if code is not None:
                told.append(Told(numbers, code, match.start() if after else first, last, share))
            subject, is_open = (None, True) if excepted else (numbers, code is None)
            continue
        rest = _REST.search(text, first, last)
        if rest is not None:
            code, share = _code_of(text[rest.end() : last])
            if code is not None:
                told.append(Told(None, code, rest.start(), last, share))
            subject, is_open, since = None, code is None, rest.start()
            continue
        if told and not is_open and text[first] in "并且同":
            code, share = _code_of(text[first:last].lstrip("并且同时"))
            if code is not None:
                told[-1] = told[-1]._replace(code=combined([told[-1].code, code]), end=last)
        if is_open:
            code, share = _code_of(text[first:last])
            if code is not None:
                told.append(Told(subject, code, since, last, share))
                is_open = False
    return told


_DONE = r"(?:(?:已|均|都|全部|全面|按[时期要求]+|现|目前)*(?:完成整改|整改完成|整改到位|完成整改落实|整改落实到位|整改完毕|得到整改|整改销号|完成销号|销号|办结|整改|完成|解决|落实))"
_ALL_OF = re.compile(
    rf"(\d{{1,3}}|{_H}) ?(?:个|项|条)(?:方面)?(?:的)?(?:具体|反馈|突出|主要|巡察|整改)*(?:问题|事项)(?:中)?,?(?:目前|现|截至目前)?,?(?:已经?)?(?:全部|均|都|100%)(?:已)?({_DONE})"
)
_DONE_COUNT = re.compile(
    rf"({_DONE})(?:落实)?(?:的)?(?:具体|反馈)?(?:问题)?(?:共|有|为|:)? ?(\d{{1,3}}|{_H}) ?(?:个|项|条)"
)
# not 7个问题完成整改5个, where the second number is what is done;
# not 36项整改任务: there 整改 (rectification) names the tasks and says nothing of their being done
_COUNT_DONE = re.compile(
    rf"(\d{{1,3}}|{_H}) ?(?:个|项|条)(?:具体|反馈)*(?:问题)?(?:目前|现)?({_DONE})(?!任务|措施|事项|问题|清单|台账|责任|工作|方案|目标|要求|意见|建议|情况|(?:整改|完成|到位|销号|落实|[的了])* ?(?:\d{{1,3}}|{_H}) ?[个项条])"
)
_EVERY = re.compile(
    rf"(?:反馈|指出|提出)(?:的|意见)*(?:各类|各项|具体|全部|所有|上述)*问题,?(?:目前|现)?,?(?:已经?|现已)?(?:全部|均|都)(?:已)?({_DONE})|(?:所有|全部)(?:反馈|具体|整改)*问题(?:已经?|现已)?(?:全部|均|都)?(?:已)?({_DONE})"
)


def status_by_total(flow: Flow | Whole, spans: list[tuple[int, int]], counts: set[int]) -> Told | None:
    """A total that covers every problem (14 of 14 done); partial totals decide nothing."""
    text = flow.text
    for low, high in spans:
        # Only sentences that speak of problems and of all or done are looked at closely.
        start = low
        while start < high:
            stop = text.find("。", start, high)
            stop = stop if stop >= 0 else high
            if text.find("问题", start, stop) >= 0 and any(
                [text.find(word, start, stop) >= 0 for word in _ALL_WORDS]
            ):
                told = _total_in(text, start, stop, counts)
                if told is not None:
                    return told
            start = stop + 1
    return None


_ALL_WORDS = ("完成", "到位", "全部", "均", "销号", "整改", "解决")


def _total_in(text: str, start: int, end: int, counts: set[int]) -> Told | None:
    match = _EVERY.search(text, start, end)
    if match is not None:
        return Told(None, "completed", match.start(), match.end())
    for pattern, group in ((_ALL_OF, 1), (_DONE_COUNT, 2), (_COUNT_DONE, 1)):
        for match in pattern.finditer(text, start, end):
            if read_whole(match.group(group)) in counts and not _of_measures(text, match):
                return Told(None, "completed", match.start(), match.end())
    return None


def _of_measures(text: str, match: re.Match[str]) -> bool:
    """Whether the number counts measures or tasks, not problems."""
    before = text[max(0, match.start() - 16) : match.start()]
    around = before.rpartition("。")[2].rpartition(";")[2] + match.group()
    return "问题" not in around and any(word in around for word in ("措施", "任务", "制度", "举措"))
