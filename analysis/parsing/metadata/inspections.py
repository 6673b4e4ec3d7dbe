"""Who inspected when: period, team, round and kind of the inspection, date of the feedback.

Works on a Passage (clean text of a stretch with a map back to the document). Every value comes
with the span of its words; nothing is filled in that the text does not say.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.lookups import load_csv
from analysis.parsing.layout.passages import Passage
from analysis.parsing.text.dates import (
    DATE_PATTERN,
    DateRange,
    PrintedDate,
    following_year,
    printed_date,
    range_at,
    relative_year,
)

_NUMBER = "[一二三四五六七八九十0-9]{1,3}"
# 巡察组 inspection team (county, city), 巡视组 inspection team (province, centre)
_TEAM_TAIL = re.compile(
    rf"""
    巡[察视查] (?:\([^)]{{1,8}}\))? (?:工作)? (?:第?{_NUMBER})? 组
    (?: [、和及] (?:[省市县区州旗盟]委)? 第?{_NUMBER} 巡[察视]组 )*       # 、第三巡察组
    """,
    re.VERBOSE,
)
_BARE_TEAM = re.compile(rf"第{_NUMBER}(?:[一-鿿]{{0,4}})?巡[察视]组|巡[察视](?:第{_NUMBER}|{_NUMBER})组")
# The committee that sends the team; the longest comes first.
_SENDER = re.compile(
    r"自治区党委|兵团党委|中央和国家机关工委|省委|市委|县委|区委|旗委|州委|盟委|地委|党工委|工委|党组|党委|中央|总支|师党委"
)
# What may stand before a body's own name, and the name up to its 党组 or 党委: 由|省局(公司)
_OWN_NAME_END = re.compile(
    r"""
    (?: 由|对|经|被|向|和|与|接受|根据|按照|起|受|了|[0-9]日|[一二三四五六七八九十]日|月|年|[^一-鿿()] )
    ( (?: [一-鿿] | \([一-鿿]{1,6}\) )* ) $
    """,
    re.VERBOSE,
)
# Between the committee and 巡察组: 市委|派出第一、第三|巡察组
_MIDDLE = re.compile(
    rf"""
    (?:派出|派驻|选派|组建|巡[察视]工作领导小组)? (?:的)?
    (?: 第?{_NUMBER} (?:[、和及]第?{_NUMBER})* )?
    (?:[一-鿿“”\"]{{0,12}})
    """,
    re.VERBOSE,
)
# 十二届市委2021年第九轮
_ROUND = re.compile(
    r"""
    (?:第?[一二三四五六七八九十]{1,4}届)?
    (?:中央|自治区党委|集团党委|省委|市委|县委|区委|旗委|州委|盟委|党委|党组)? [ ]?
    (?:[0-9]{4}年)? (?:第[一二三四五六七八九十]{1,4}届)?
    第 (?:[一二三四五六七八九十]{1,3}|[0-9]{1,2}) [ ]? (?:轮|批) (?:次)?
    """,
    re.VERBOSE,
)
# 2021年3-4月: months alone, the first without its 月
_MONTHS = re.compile(r"((?:19|20)[0-9]{2}) ?年 ?([0-9]{1,2}) ?(?:-{1,2}|—{1,2}|–|至|~|～) ?([0-9]{1,2}) ?月")
_FEEDBACK = re.compile(r"反馈")
# Between a date and 反馈 none of this may stand: the sentence then tells what the body did.
_OWN_WORK = re.compile(
    r"传达|学习|研究|部署|整改方案|成立|印发|制定|专题会|民主生活会|落实反馈|对照反馈|听取|截至|截止|整改情况|整改报告"
)
_DATE_AFTER = re.compile(r"(?:时间|日期|意见|情况)?(?:为|是)?[:(]? ?")
_COUNTED = re.compile(r"了?(?:[0-9]+|[一二三四五六七八九十]+)(?:个|项|条)")
_UNTIL = re.compile(r"(?:截[至止]到?|[到至])(?:目前)?$")
_NOUN = re.compile(r"的(?:[0-9]+|[一二三四五六七八九十]+)(?:个|项|条)|问题整改|意见整改|整改")
_MEETING = re.compile(r"反馈会|反馈大会|情况反馈|意见反馈|集中反馈")


@dataclass(slots=True)
class Found:
    """A value with the passage span of its words and the way it was read."""

    value: Any
    start: int
    end: int
    basis: str = "read"
    precision: str = "day"


REACH = 600  # the longest sentences of heads have some 300 characters


def sentence_bounds(text: str, at: int) -> tuple[int, int]:
    """The sentence around an offset: up to 。 or a line break on both sides, at most ``REACH`` characters away."""
    low, high = max(0, at - REACH), min(len(text), at + REACH)
    start = max(text.rfind("。", low, at), text.rfind("\n", low, at)) + 1 or low
    stops = [stop for stop in (text.find("。", at, high), text.find("\n", at, high)) if stop >= 0]
    return start, min(stops, default=high)


def find_period(
    passage: Passage, written: date | None
) -> tuple[DateRange | None, Found | None, Found | None]:
    """The inspection's first and last day: (range as printed, start, end).

    The first range in a sentence on 巡察/巡视 that is no comment window; without one, a single date
    with 起/开始/进驻 gives a start and no end. ``written``: the notice's own date, for elided years.
    """
    text = passage.text
    for match in _MONTHS.finditer(text):
        start, end = sentence_bounds(text, match.start())
        if "巡察" in text[start:end] or "巡视" in text[start:end]:
            printed_year, head, tail = (int(part) for part in match.groups())
            if not 1 <= head <= 12 or not 1 <= tail <= 12:
                continue
            first = PrintedDate(match.start(), match.end(2), printed_year, None, head, None, None)
            last = PrintedDate(match.start(3), match.end(), None, None, tail, None, None)
            until = printed_year if tail >= head else printed_year + 1
            return (
                DateRange(
                    match.start(), match.end(), first, last, first.first(printed_year), last.last(until)
                ),
                Found(first.first(printed_year), first.start, first.end, "read", "month"),
                Found(last.last(until), last.start, last.end, "elided_year", "month"),
            )
    single: Found | None = None
    for match in DATE_PATTERN.finditer(text):
        printed = printed_date(match)
        if printed is None:
            continue
        start, end = sentence_bounds(text, match.start())
        sentence = text[start:end]
        if (
            "巡察" not in sentence
            and "巡视" not in sentence
            and "巡查组" not in sentence
            and "进驻" not in sentence
        ):
            continue
        before = text[max(start, match.start() - 12) : match.start()]
        if re.search(r"公示|公开期|公布期|监督|欢迎|截至|截止", before):
            continue
        year, basis = _head_year(text, printed, start, written)
        found = range_at(text, printed, year)
        if found is not None:
            after = text[found.end : min(end, found.end + 60)]
            if re.match(r"[^,]{0,6}(?:公示|监督|反映)", after) or found.first is None:
                continue
            same = "elided_year" if basis != "read" or found.tail.year is None else "read"
            return (
                found,
                Found(found.first, printed.start, printed.end, basis, printed.precision),
                Found(found.last, found.tail.start, found.tail.end, same, found.tail.precision),
            )
        if single is None and year is not None:
            after = text[match.end() : match.end() + 50]
            if (
                re.match(
                    r"(?: ?(?:起|开始|以来))|[^。反馈]{0,40}?(?:进驻|(?:开展|进行)(?:了|为期)[^。]{0,30}?巡[察视])",
                    after,
                )
                and "反馈" not in text[match.end() : match.end() + 14]
            ):
                single = Found(printed.first(year), match.start(), match.end(), basis, printed.precision)
    return None, single, _stay_end(text, single) if single is not None else None


_LEFT = re.compile(r"[^,。;0-9]{0,6}(?:结束|撤离|撤出|离开)")


def _stay_end(text: str, start: Found) -> Found | None:
    """The last day where both are told apart: 3月21日进驻，6月20日结束."""
    _, stop = sentence_bounds(text, start.start)
    for match in DATE_PATTERN.finditer(text, start.end, stop):
        printed = printed_date(match)
        if printed is not None and _LEFT.match(text, match.end(), stop):
            year = printed.year or following_year(printed, start.value)
            basis = "read" if printed.year else "elided_year"
            return Found(printed.last(year), match.start(), match.end(), basis, printed.precision)
    return None


def _head_year(
    text: str, printed: PrintedDate, sentence_start: int, written: date | None
) -> tuple[int | None, str]:
    if printed.year is not None:
        return printed.year, "read"
    base = written.year if written else None
    earlier = None
    for match in re.finditer(r"((?:19|20)[0-9]{2}) ?年", text[sentence_start : printed.start]):
        earlier = int(match.group(1))
    if printed.relative:
        return relative_year(printed.relative, base, earlier), "relative"
    if earlier is not None:
        return earlier, "elided_year"
    return None, "elided_year"


def find_feedback(
    passage: Passage,
    period: DateRange | None,
    start_found: Found | None,
    last_day: date | None,
    written: date | None,
) -> Found | None:
    """The day on which the findings were handed over, with its precision; None when not stated.

    ``start_found``: the inspection's start, whose words are no feedback date; ``last_day`` its last known day.
    """
    if period is not None:
        taken = (period.start, period.end)
    else:
        taken = (start_found.start, start_found.end) if start_found is not None else (-1, -1)
    text = passage.text
    dates: list[PrintedDate] = []
    read = 0  # dates are looked for once, and only in sentences with 反馈
    for mention in _FEEDBACK.finditer(text):
        start, _ = sentence_bounds(text, mention.start())
        for match in DATE_PATTERN.finditer(text, max(start, read), mention.start()):
            printed = printed_date(match)
            if printed is not None and not taken[0] <= printed.start < taken[1]:
                dates.append(printed)
        read = mention.start()
        best = dates[-1] if dates and dates[-1].start >= start else None
        if best is None:
            best = _date_after(text, mention.end())
            if best is None:
                continue
        elif not _is_feedback_date(text, best, mention.start(), mention.end()):
            continue
        year, basis = _feedback_year(best, period, last_day, written)
        if year is None:
            continue
        value = best.first(year)
        return Found(value, best.start, best.end, basis, "approximate" if best.part else best.precision)
    return None


def _date_after(text: str, at: int) -> PrintedDate | None:
    """反馈时间：2021年3月5日, 反馈意见(2021年3月5日)."""
    match = _DATE_AFTER.match(text, at)
    if match is None or match.end() == at or match.group()[-1] not in ":(为是 ":
        return None
    found = DATE_PATTERN.match(text, match.end())
    return printed_date(found) if found else None


def _is_feedback_date(text: str, printed: PrintedDate, mention: int, mention_end: int) -> bool:
    between = text[printed.end : mention]
    if len(between) > 90:
        return False
    if _OWN_WORK.search(between):
        return bool(_MEETING.search(text[mention - 4 : mention_end + 4])) and not re.search(
            r"传达|研究|部署|学习|截至|截止", between
        )
    after = text[mention_end : mention_end + 8]
    if _COUNTED.match(after):  # 12月14日反馈7个问题, but not 截至6月30日，反馈7个问题已整改
        return _UNTIL.search(text, max(0, printed.start - 6), printed.start) is None
    # 反馈 as a noun about something else: 反馈问题整改 …
    return not _NOUN.match(after) or "巡察组" in between or "巡视组" in between


def _feedback_year(
    printed: PrintedDate, period: DateRange | None, last_day: date | None, written: date | None
) -> tuple[int | None, str]:
    if printed.year is not None:
        return printed.year, "read"
    head = last_day.year if last_day else None
    if printed.relative in ("次年", "翌年") and period is not None and period.first is not None:
        head = period.first.year  # 2020年12月…次年3月: next to the year that is printed
    if printed.relative:
        year = relative_year(printed.relative, written.year if written else None, head)
        if year is not None:
            return year, "relative"
    return (following_year(printed, last_day) if last_day is not None else None), "elided_year"


def find_team(passage: Passage, near: tuple[int, int] | None) -> Found | None:
    """The inspecting team as printed (市委第五巡察组), from the inspection sentence first."""
    text = passage.text
    teams = [team for match in _TEAM_TAIL.finditer(text) if (team := _team_at(text, match))]
    if not teams:  # 第三巡察组, the committee named elsewhere
        bare = _BARE_TEAM.search(text)
        return Found(bare.group(), bare.start(), bare.end()) if bare else None
    chosen = None
    if near is not None:
        chosen = next((team for team in teams if near[0] <= team.start < near[1]), None)
    numbered = [team for team in teams if re.search(rf"{_NUMBER}", str(team.value))]
    if chosen is None:
        return numbered[0] if numbered else teams[0]
    if "轮" in str(chosen.value):  # 市委第五轮巡察第三巡察组: the short form, where the notice uses it too
        number = re.search(rf"第?{_NUMBER}(?=巡[察视]组$)", str(chosen.value))
        if number:
            chosen = next(
                (
                    team
                    for team in numbered
                    if "轮" not in str(team.value) and number.group() + "巡" in str(team.value)
                ),
                chosen,
            )
    return chosen


def _team_at(text: str, match: re.Match[str]) -> Found | None:
    """The team whose name ends with a match of 巡察组; None for a bare 巡察组."""
    low = max(0, match.start() - 26)
    before = text[low : match.start()]
    sender = None
    for candidate in _SENDER.finditer(before):  # the last that fits: …局党组关于县委第三巡察组
        if _MIDDLE.fullmatch(before, candidate.end()) and not re.search(
            r"对|向|的[^第]|统一|安排|部署|要求|配合|接受|抽调|组成", before[candidate.end() :]
        ):
            sender = candidate
    if sender is None:
        return None
    start = low + sender.start()
    word = sender.group()
    if word in (
        "党组",
        "党委",
        "工委",
        "党工委",
        "总支",
    ):  # 部党组, 集团党委: the body's own name belongs to it
        head = text[max(0, start - 16) : start]
        own = _OWN_NAME_END.search(head)
        start -= len(own.group(1)) if own else len(head)
    value = text[start : match.end()]
    return Found(value, start, match.end())


def find_sender(passage: Passage) -> str | None:
    """The committee whose plan the opening names (根据市委统一部署), for a team printed without it."""
    match = re.search(
        r"(?:根据|按照|经|依据)[^。\n]{0,12}?(自治区党委|中央|省委|市委|县委|区委|旗委|州委|盟委|地委)",
        passage.text[:1500],
    )
    return match.group(1) if match else None


def find_round(passage: Passage, title: str | None, sentence: tuple[int, int] | None) -> Found | None:
    """The round as printed (第十二届市委第九轮); a congress term alone is none."""
    text = passage.text
    limit = sentence[1] + 200 if sentence else 1200
    limit = max(limit, 400)
    position = -1
    while (
        position := min(
            [
                at
                for at in (text.find("轮", position + 1, limit), text.find("批", position + 1, limit))
                if at >= 0
            ],
            default=-1,
        )
    ) >= 0:
        match = next(
            (
                found
                for found in _ROUND.finditer(text, max(0, position - 30), position + 2)
                if found.start() <= position < found.end()
            ),
            None,
        )
        if match is None:
            continue
        start, end = match.span()
        after = text[end : end + 14]
        before = text[max(0, start - 6) : start]
        if re.search(r"上$|历次|以往|历届", before) or not re.match(
            r"[^,。;\n]{0,10}?巡[察视]|[^,。;\n]{0,4}?(?:集中|常规)", after
        ):
            continue
        value = match.group()
        return Found(value, start, end)
    return None


def find_kind(passage: Passage, title: str, sentence: tuple[int, int] | None, team: str | None) -> Found:
    """regular, look_back, special or linked, by ``lookups/parsing/inspection_kinds.csv`` in its order.

    Read from the title, the inspection sentence and the team's name only: look-backs and special
    checks that the body speaks of elsewhere are its measures.
    """
    text = passage.text
    scope_start, scope_end = sentence if sentence else (0, min(len(text), 300))
    scope = text[scope_start:scope_end]
    for row in load_csv("parsing/inspection_kinds"):
        pattern = re.compile(row["pattern"])
        if match := pattern.search(scope):
            return Found(row["code"], scope_start + match.start(), scope_start + match.end())
        if (title and pattern.search(title)) or (team and pattern.search(team)):
            return Found(row["code"], -1, -1, "title")
    if match := re.search(r"常规巡[察视]", scope):
        return Found("regular", scope_start + match.start(), scope_start + match.end())
    return Found("regular", -1, -1, "inferred")
