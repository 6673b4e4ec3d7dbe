"""Results told elsewhere: by number (第9、14项正在推进), for the rest, or by a total that covers all."""

from __future__ import annotations

import re
from typing import NamedTuple

from analysis.parsing.numbering import han_number
from analysis.parsing.statuses import percent_status, status_code
from analysis.parsing.text import Flow

_H = "[一二三四五六七八九十百]{1,4}"
_ONE = rf"(?:\d{{1,3}}|{_H})"
# 第9、14、19项(问题)正在推进; 问题3、问题9 …; 第3至5项
_NUMBERS = re.compile(
    rf"(?:其中,?|除)?(?:序号|编号|问题|第) ?({_ONE}(?: ?(?:项|个|条)?(?:问题)?(?:[、,和及]|以及|至|到|-|—|~) ?(?:第|问题|序号)? ?{_ONE})*) ?(?:项|个|条|号)?(?:整改|具体|反馈)*(?:问题|任务|事项)?(?:外)?(?:共\d+个)?([^。;\n]{{2,40}})"
)
# (一)至(五)项已整改到位,(六)(七)项正在整改: the printed numbers in their brackets
_BRACKETED = re.compile(
    rf"(\({_ONE}\)(?: ?(?:、|,|和|及|以及|至|到|-|—|~)? ?\({_ONE}\))*) ?(?:项|个|条)(?:整改|具体|反馈)*(?:问题|任务|事项)?([^。;\n(]{{2,30}})"
)
_REST = re.compile(
    r"(?:其余|其他|其它|剩余|除此之外|除上述问题外)(?:的)?(?:\d+|[一二三四五六七八九十]+)?(?:个|项|条)?(?:反馈|具体|整改)*(?:问题|任务|事项)?([^。;\n,]{2,30})"
)


class Told(NamedTuple):
    """A status told for ``numbers`` (None: for all that nothing else is said of)."""

    numbers: tuple[int, ...] | None
    code: str
    start: int
    end: int
    basis: str
    share: float | None = None


def _numbers(words: str) -> tuple[int, ...]:
    found: list[int] = []
    for part in re.split(r"[、,和及]|以及|\) ?(?=\()", words):
        ends = [
            han_number(re.sub(r"[^\d一二三四五六七八九十百]", "", end))
            for end in re.split(r"至|到|-|—|~", part)
        ]
        ends = [end for end in ends if end]
        if len(ends) == 2 and ends[0] < ends[1] < ends[0] + 200:
            found += range(ends[0], ends[1] + 1)
        else:
            found += ends
    return tuple(found)


def _phrase_code(words: str) -> tuple[str | None, int, float | None]:
    """Status of the words behind a reference: as much of them as the lookup knows."""
    words = words.split("。")[0]
    for length in [len(words.rstrip(",; "))] + [match.start() for match in re.finditer(r"[,;(]", words)][
        ::-1
    ]:
        head = words[:length].lstrip("均都已,:目前仍尚现")
        for candidate in (words[:length].lstrip(",:均都"), "已" + head, head):
            code = status_code(candidate)
            if code is not None:
                return code, length, None
        percent = percent_status(words[:length]) if "%" in words[:length] else None
        if percent is not None:
            return percent[0], length, percent[1]
    return None, 0, None


def statuses_by_reference(flow: Flow, spans: list[tuple[int, int]]) -> list[Told]:
    """Statuses told by number in the given stretches of the flow."""
    told: list[Told] = []
    text = flow.text
    for start, end in spans:
        matches = list(_NUMBERS.finditer(text, start, end))
        if (
            text.find(")项", start, end) >= 0
            or text.find(")个", start, end) >= 0
            or text.find(")条", start, end) >= 0
        ):
            matches += _BRACKETED.finditer(text, start, end)
        for match in matches:
            numbers = _numbers(match.group(1))
            if not numbers:
                continue
            code, length, share = _phrase_code(match.group(2))
            if code is not None:
                told.append(Told(numbers, code, match.start(), match.start(2) + length, "reference", share))
        if told:
            for match in _REST.finditer(text, start, end):
                code, length, share = _phrase_code(match.group(1))
                if code is not None:
                    told.append(Told(None, code, match.start(), match.start(1) + length, "total", share))
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


def status_by_total(flow: Flow, spans: list[tuple[int, int]], counts: set[int]) -> Told | None:
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
        return Told(None, "completed", match.start(), match.end(), "total")
    for pattern, group in ((_ALL_OF, 1), (_DONE_COUNT, 2), (_COUNT_DONE, 1)):
        for match in pattern.finditer(text, start, end):
            if han_number(match.group(group)) in counts and not _of_measures(text, match):
                return Told(None, "completed", match.start(), match.end(), "total")
    return None


def _of_measures(text: str, match: re.Match[str]) -> bool:
    """Whether the number counts measures or tasks, not problems."""
    before = text[max(0, match.start() - 16) : match.start()]
    around = before.rpartition("。")[2].rpartition(";")[2] + match.group()
    return "问题" not in around and any(word in around for word in ("措施", "任务", "制度", "举措"))
