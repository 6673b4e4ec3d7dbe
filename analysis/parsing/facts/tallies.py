"""Tallies: how many of a stated total are done, under way or open (9个问题，交账7个，大体改好1个，正在施工1个).

Every number that counts something is read with the words before it or, where none stand there, with those
behind it (2个正在推进). What the words mean is said by the lexicon of results, by the items and the legend of
the same notice, or by the trained model where it is sure. Parts that add up to their total are results
whatever their words: there the model need only say which, and what nothing else explains beside parts that
are open is what is done.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from analysis.parsing.facts.sizes import CLASSIFIER, ORDINAL, OTHERS
from analysis.parsing.structure import Structure
from analysis.parsing.text.numerals import HAN_NUMERALS, read_number
from analysis.parsing.words.status_model import CODES, LONGEST, chances, told_status
from analysis.parsing.words.statuses import listed_status

# A number that counts: 12项, 八个, 20余条, and 42问题个 as it is misprinted. 3个月 is a time. (The looks back
# stand behind the first sign, as in ``sizes``.)
_COUNT = re.compile(
    rf"""
    (?P<number> [0-9](?<![0-9.第〔\[/].)(?<![0-9],.) (?:[0-9]{{0,3}}|[0-9]{{0,2}},[0-9]{{3}})
      | [{HAN_NUMERALS}](?<![第{HAN_NUMERALS}].) [{HAN_NUMERALS}]{{0,6}} )
    [ ]?(?P<about>[余多])?
    (?P<noun>问题)?
    (?P<word>{CLASSIFIER})
    (?!月|工作日|百分点|星期|小时|季度|年|方面|大方面)
    """,
    re.VERBOSE,
)
_HAN = re.compile(r"[一-鿿]")
_NOT_HAN = re.compile(r"[^一-鿿]")
_CLAUSE_END = re.compile(r"[,;。]")
NOUN = (
    r"(?:(?:反馈|反映|具体|整改|巡[察视]|落实|重点|的)*(?:问题|任务|措施|举措|事项|责任清单|清单|子项|小项))"
)
UNIT_OF_NOUN = (
    ("问题", "problem"), ("任务", "task"), ("责任清单", "task"), ("清单", "task"), ("措施", "measure"),
    ("举措", "measure"), ("事项", "item"), ("子项", "item"), ("小项", "item"),
)  # fmt: skip
_NOUN = re.compile(NOUN)
_NOUN_BEHIND = re.compile(
    r"(?P<bare>.*?)(?P<noun>的?(?:反馈|反映|具体|巡[察视]|重点)*(?:问题|任务|措施|举措|事项|责任清单|清单|子项|小项))"
)
_LINK_BEHIND = re.compile(r"(?:的|了|有|共|共计|合计|为|达|计|:|,|、| )+$")
# What may stand before a number whose result follows it: 其中5个已销号, 其余2个正在推进.
_LINK_BEFORE = re.compile(
    r"(?:其中|目前|现在|已经|另外|已有|另|还|尚|有|中|的|其余|剩余|剩下|余下|下剩|里|内|为|共|计|和|以及|:|,|、| |至此|当前|截至目前|截止目前)*"
)
_ADVERB = re.compile(r"(?:中|当中|目前|现在|已经|现|也|都|均|全部|正逐项|逐项| )*(?=.)")
_ENUMERATOR = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.]|[0-9]{1,2}[、.]")
_PIECE = re.compile(r"[,;:。()\n|]")
_STOP = re.compile(r"[,;:。()、\n|]|$")
_MARKS = "“”‘’\"'*、 "
_MARK = re.compile(f"[{_MARKS}]*")
_AFTER_RESULT = re.compile(r"(?:并(?:已)?(?:全部)?(?:销号|验收)|整改|推进|落实)+(?:的|了)?$")
# 完成率, 整改时限, 整改情况: the word goes on and is no result.
_GOES_ON = re.compile(r"率|时限|期限|标准|情况|方案|台账|责任")
_TIME = re.compile(r"[月日年次轮]")
# Never of what is done.
_OPEN_SIGN = re.compile(r"[未没无正仍还尚在待暂难缓不半延续]")
# Results only beside a total that they are a part of: 29个问题，整改27个，正在整改2个.
_WORK = {
    "整改": "completed",
    "落实": "completed",
    "解决": "completed",
    "到位": "completed",
    "推进": "in_progress",
    "坚持": "long_term",
}
# When it is to be done, not how far it is: 限期整改12个
_PLANNED = re.compile(r"限期|限时|预计|拟|力争|计划于|确保")
_TERM = re.compile(rf"{_PLANNED.pattern}|期限|个月|近期|中期|短期|年[内底末]")
# 13个问题，截至年底全部整改完毕: the whole of the total before
_ALL = re.compile(
    r"[,:]?(?:截[至止][^,。;]{2,14}?|目前|现|至此)?,?(?:已经|已|现已)?(?:均|都|全部|全)+(?:已经|已|均)*"
    r"(?P<told>[一-鿿]{2,8})(?=[,;。]|$)"
)
_AT_ONCE = re.compile(r"立行立改的?$")  # put right at once
_DONE = ("completed", "completed_long_term")
# 整改完成(已痊愈): the notice's own word for a result, explained at its head
_LEGEND = re.compile(r"\((?<=[一-鿿]{2}\()“?([一-鿿]{1,8})”?\)")
_LEGEND_HEAD = re.compile(r"[一-鿿]+\Z")
_LEGEND_REACH = 4_000
_LONGEST_FORM = 32
MOST_PARTS = 60  # of one total; more are no tally
SURE = 0.8  # from which probability the model's word is taken where the numbers do not add up
LIKELY = 0.5  # … where they do, among the results alone
MOST_SENTENCES = 3  # between a total and its parts


class Total(NamedTuple):
    """A size that parts may belong to; ``end`` in offsets of the passage."""

    value: float
    word: str
    unit: str
    end: int = 0


class Part(NamedTuple):
    """A number with its words, in offsets of the sentence; ``code`` None where no form or lexicon knows them."""

    value: float
    word: str  # the classifier
    at: int  # where the number begins
    start: int
    end: int
    approximate: bool
    code: str | None
    words: str
    noun: str | None
    is_before: bool  # whether the words stand before the number
    is_ended: bool = True  # whether nothing else is counted: 7个, not 7个基地


@lru_cache(maxsize=1 << 12)
def form_code(words: str, from_start: bool = False) -> str | None:
    """The result that words end with (``from_start``: that they are) in the lexicon's words; None for any other.

    The longest ending that is a result counts; words of work that is no result by itself (整改, 落实) are none.
    """
    if from_start and len(words) > _LONGEST_FORM or _PLANNED.search(words):
        return None
    words = words[-_LONGEST_FORM:]
    if _AT_ONCE.search(words):
        return "rectified_at_once"
    for start in range(1 if from_start else max(1, len(words) - 1)):
        ending = words[start:]
        if ending.lstrip("及和并的") in _WORK or start and _OPEN_SIGN.match(words, start - 1):
            return None
        code = listed_status(ending) or listed_status(_AFTER_RESULT.sub("", ending))
        if code is not None:
            return code
    return None


def own_results(structure: Structure) -> dict[str, str]:
    """Words → result as the legend of this notice explains them, 整改完成(已痊愈), and as its items use them."""
    shadow = structure.shadow
    found: dict[str, str] = {}
    for match in _LEGEND.finditer(shadow, 0, _LEGEND_REACH):
        head = _LEGEND_HEAD.search(shadow, max(0, match.start() - 8), match.start())
        first, second = head.group() if head else "", match.group(1)
        known, other = form_code(first), listed_status(second)
        if known and not other:
            found.setdefault(second, known)
        elif other and not known:
            found.setdefault(first, other)
    used: dict[str, set[str]] = {}
    for problem in structure.problems:
        if problem.status_start is not None and problem.status_code != "not_stated":
            words = _NOT_HAN.sub("", shadow[problem.status_start : problem.status_end])
            used.setdefault(words, set()).add(problem.status_code)
    for words, codes in used.items():
        if words and len(codes) == 1:
            found.setdefault(words, min(codes))
    return found


def parts_in(text: str, ends: dict[int, int]) -> list[Part]:
    """Every counting number of a sentence with its words, in order; ``ends``: number's start → end of its noun."""
    counts = [
        match
        for match in _COUNT.finditer(text)
        if not ORDINAL.search(text, max(0, match.start() - 24), match.start())
    ]
    parts = []
    position = 0
    for index, count in enumerate(counts):
        value = read_number(count.group("number"))
        following = counts[index + 1].start() if index + 1 < len(counts) else len(text)
        end = ends.get(count.start(), count.end())
        if value is not None:
            part = _part(text, count, value, position, end, following)
            parts.append(part)
            end = max(end, part.end)
        position = max(position, end)
    return parts


def _part(text: str, count: re.Match[str], value: float, low: int, end: int, following: int) -> Part:
    at, word, about = count.start(), count.group("word"), bool(count.group("about"))
    lead, noun, start = _lead(text, low, at)
    code = form_code(lead) if lead else None
    if code is None:
        tail, last = _tail(text, end, following)
        known = form_code(tail, True) if tail else None
        if not tail and (every := _ALL.match(text, end)):
            known, last = form_code(every.group("told"), True), every.end()
            tail = every.group() if known else ""
        if known is not None or not lead:
            return Part(
                value, word, at, at, last if tail else end, about, known, tail, count.group("noun"), False
            )
    behind = _NOUN.match(text, count.end())
    if noun is None and behind is not None:  # 已解决7个问题
        noun = behind.group()
    is_ended = noun is not None or _HAN.match(text, count.end()) is None
    return Part(value, word, at, start, count.end(), about, code, lead, noun, True, is_ended)


def _lead(text: str, low: int, at: int) -> tuple[str, str | None, int]:
    """The words of the clause before a number without links and noun, the noun, and where the words begin."""
    clause = text[low:at].rstrip("(:| ")  # 已完成的问题(9个)
    start = max((cut.end() for cut in _PIECE.finditer(clause)), default=0)
    words = _LINK_BEHIND.sub("", clause[start:])
    for skipped in (_ENUMERATOR, _LINK_BEFORE, _MARK):
        if (found := skipped.match(words)) is not None:
            start += found.end()
            words = words[found.end() :]
    words = words.rstrip(_MARKS)
    noun = _NOUN_BEHIND.fullmatch(words)
    if noun is not None:
        return _LINK_BEHIND.sub("", noun.group("bare")).strip(_MARKS), noun.group("noun"), low + start
    return words.strip(_MARKS), None, low + start


def _tail(text: str, end: int, following: int) -> tuple[str, int]:
    """The words of the clause behind a number, and where they end; "" where they belong to another number."""
    start = found.end() if (found := _ADVERB.match(text, end)) else end
    stop = _STOP.search(text, start, start + 40)
    last = stop.start() if stop else min(len(text), start + 40)
    return ("", end) if following < last else (text[start:last].strip(_MARKS), last)


def is_told(text: str, part: Part, has_sizes: bool, has_context: bool) -> bool:
    """Whether a part whose words are a result speaks of this notice's totals."""
    number = text[part.at : part.at + 1]
    follows = text[part.end : part.end + 2]
    if (
        not has_context
        or part.value != int(part.value)
        or number == "一"
        and (part.is_before or not has_sizes)
    ):
        return False
    if (_TIME if part.is_before else _GOES_ON).match(follows):
        return False
    first = min(part.start, part.at)
    clause = _CLAUSE_END.split(text[max(0, first - 14) : first])[-1]
    return not (OTHERS.search(clause) or OTHERS.search(part.words)) or has_sizes and part.is_before


def unit_of(noun: str | None, units: set[str]) -> str | None:
    """The unit that a noun names; 事项 only where items were counted (列入长期坚持的事项15个 are problems)."""
    for name, unit in UNIT_OF_NOUN if noun else ():
        if noun and name in noun:
            return None if name == "事项" and "item" not in units else unit
    return None


def settle(
    run: list[tuple[Part, bool]], totals: list[Total], own: dict[str, str]
) -> list[tuple[Part, str | None, str]]:
    """(part, code or None, unit) for the parts since the last total. ``run``: (part, nested in the one before)."""
    units = {total.unit for total in totals}
    told: dict[int, tuple[str | None, str]] = {}
    for word in dict.fromkeys(part.word for part, _ in run):
        near = [total for total in totals if total.word == word]
        plain = [
            index
            for index, (part, is_nested) in enumerate(run)
            if part.word == word and not is_nested and part.noun is None
        ]
        whole, chosen = _closing([run[index][0] for index in plain], near)
        total = whole or (near[-1] if near else None)
        closed = [plain[index] for index in chosen]
        if any(_TERM.search(run[index][0].words) for index in closed):
            closed = []  # parts by when they are to be done
        codes = {index: _code(run[index][0], own, index in closed, total) for index in range(len(run))}
        if (rest := _left_over(run, closed, codes)) is not None:
            codes[rest] = "completed"
        fallback = total.unit if total else "problem" if word == "个" or not totals else totals[-1].unit
        for index, (part, _) in enumerate(run):
            if part.word == word:
                told[index] = codes[index], unit_of(part.noun, units) or fallback
    settled: list[tuple[Part, str | None, str]] = []
    for index, (part, is_nested) in enumerate(run):
        code, unit = told[index]
        if is_nested and code == "long_term" and index and settled[-1][1] in _DONE:
            code = "completed_long_term"
        settled.append((part, code, unit))
    return settled


def _left_over(run: list[tuple[Part, bool]], closed: list[int], codes: dict[int, str | None]) -> int | None:
    """The one part of a whole that nothing explains, where all others are open: it is what is done."""
    if any(codes[index] in _DONE for index in closed):
        return None
    rest = [index for index in closed if codes[index] is None and not _OPEN_SIGN.search(run[index][0].words)]
    return rest[0] if len(rest) == 1 else None


def _closing(parts: list[Part], totals: list[Total]) -> tuple[Total | None, range]:
    """The total that two or more parts in a row add up to, the latest first, and which parts they are.

    From the first part on, or where all but one of them are results in listed words.
    """
    for total in reversed(totals):
        for first in range(len(parts)):
            added = 0.0
            for last in range(first, len(parts)):
                added += parts[last].value
                if added >= total.value:
                    if added == total.value and last > first:
                        unlisted = sum(part.code is None for part in parts[first : last + 1])
                        if first == 0 or unlisted < 2:
                            return total, range(first, last + 1)
                    break
    return None, range(0)


def _code(part: Part, own: dict[str, str], is_closed: bool, total: Total | None) -> str | None:
    """What the words of a part mean; None where nothing says it."""
    if part.code is not None:
        return part.code
    words = part.words
    if total is None or part.value > total.value or not 1 < len(words) <= LONGEST:
        return None
    if not part.is_ended or _TERM.search(words):
        return None
    if words in _WORK:
        return _WORK[words] if is_closed or 0 <= part.start - total.end < 2 else None
    if (known := own.get(_NOT_HAN.sub("", words))) is not None:
        return known
    if is_closed:
        likely = chances(words)
        best = max(range(1, len(CODES)), key=lambda index: likely[index])
        return CODES[best] if likely[best] >= LIKELY * (1 - likely[0]) and likely[0] < SURE else None
    if words.endswith(tuple(_WORK)):  # 坚持三条: the verb of what follows
        return None
    return told_status(words, SURE)[0]
