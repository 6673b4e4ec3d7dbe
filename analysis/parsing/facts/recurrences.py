"""Statements that an earlier finding came back or was never put right.

Read from findings only (statements, headings and the front), never from measures: a body that
goes through old problems again does not say that they recurred.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.parsing.structure import Problem, Structure
from analysis.parsing.text.numerals import NUMBER, read_whole

# 上轮 last round, 整改不彻底 not fully put right, 反弹 rebound, 仍有 still, 审计 audit
_CUE = re.compile(r"上一?[轮次届]|前[一两]轮|以往|此前|审计|巡[察视]|年(?:(?<=[0-9]{4}年)|(?<=[0-9]{4} 年))")
_BACK = re.compile(
    r"""
      (?:仍有|仍存在|仍然存在|依然存在|仍未|仍然|尚有|还有|尚未|仍|目前依然|至今) [^。;]{0,30}?
      (?:未|没有|不|存在|反弹|欠|出现)                                # 仍有3个问题没有整改
    | 仍有[0-9一二两三四五六七八九十]+
    | 整改(?:仍)?(?:不彻底|不到位|不力|不实|未到位|未完成|不够|滞后|流于形式|打折扣|走过场|效果不明显|进度滞后|多停留)
    | 整而未改|未整改|未改到位|未能整改|没有整改                        # found, never put right
    | 边改边犯|改而又犯|屡改屡犯|屡查屡犯|前改后犯|反弹|回潮|反复|再次出现|重复出现|死灰复燃  # came back
    | 纸面整改|虚假整改|“(?:纸面|书面)整改”                            # put right on paper
    | 依然(?:严重|突出|存在)
    """,
    re.VERBOSE,
)
_SOURCE = (
    ("audit", re.compile(r"审计")),
    ("inspection", re.compile(r"巡[察视]")),
)
_EARLIER = re.compile(
    rf"(?:反馈|指出|提出|反映|发现|查出|审计|涉及|整改|事项|问题)[^。;0-9一二两三四五六七八九十]{{0,12}}?(?:共|的)?({NUMBER}) ?(?:余|多)?(?:个|项|条|件)"
)
_OPEN = re.compile(
    rf"(?:仍有|尚有|还有|其中有?|有|剩余|余下)({NUMBER}) ?(?:余|多)?(?:个|项|条|件)[^。;]{{0,24}}?(?:未|没有|不彻底|不到位|反弹|反复|存在|滞后|整改)"
)
_SENTENCE = re.compile(r"[^。\n]+。?")
_UPHEAVAL = re.compile(r"整改|反弹|未|仍|依然|反复|回潮")


def read_recurrences(structure: Structure, notice: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of ``core_recurrences`` without IDs, with ``problem_key``; one per finding that says so.

    ``earlier_count``: findings then; ``still_open_count``: of these still open or back; null where not
    said. Sub-items of a problem about earlier findings are rows of their own, without counts.
    """
    rows: list[dict[str, Any]] = []
    followed: dict[str, str] = {}
    for problem in structure.problems:
        row = _from_statement(structure, problem)
        if row is None and problem.parent_key in followed:
            row = _whole(structure, problem, followed[problem.parent_key])
        if row is not None:
            rows.append(row)
            if not problem.is_leaf:
                followed[problem.key] = row["earlier_source"]
    return rows


def _row(
    structure: Structure,
    key: str | None,
    source: str,
    earlier: int | None,
    still: int | None,
    start: int,
    end: int,
) -> dict[str, Any]:
    return {
        "problem_key": key,
        "earlier_source": source,
        "earlier_count": earlier,
        "still_open_count": still,
        "quote_text": structure.text[start:end],
        "char_start": start,
        "char_end": end,
    }


def _from_statement(structure: Structure, problem: Problem) -> dict[str, Any] | None:
    start, end = problem.statement_start, problem.statement_end
    if start is None or end is None:
        return None
    if structure.shadow[end - 1] not in "。;!?\n":
        limit = min(problem.block_end, end + 60, problem.measures[0].start if problem.measures else end + 60)
        stop = structure.shadow.find("。", end, limit)
        end = stop + 1 if stop >= 0 else end  # a statement cut short: its sentence says more
    statement = structure.shadow[start:end]
    if not _CUE.search(statement) or not _BACK.search(statement):
        return None
    sentences = list(_SENTENCE.finditer(statement))
    for index, sentence in enumerate(sentences):
        words = sentence.group()
        if not _CUE.search(words):
            continue
        source = _source_of(words)
        if source is None:
            continue
        stretch, stop = words, sentence.end()
        if not _BACK.search(words):
            # the next sentence says that it is still open: …事项共31项,目前仍有7项未整改到位
            if index + 1 >= len(sentences) or not _BACK.search(sentences[index + 1].group()):
                continue
            stop = sentences[index + 1].end()
            stretch = statement[sentence.start() : stop]
        elif (
            index + 1 < len(sentences)
            and not _OPEN.search(words)
            and _counts(words)[0] is None
            and (
                _OPEN.search(follows := sentences[index + 1].group())
                or _CUE.search(follows)
                and _BACK.search(follows)
            )
        ):
            stop = sentences[index + 1].end()
            stretch = statement[sentence.start() : stop]
        if not _UPHEAVAL.search(stretch) or not _about_earlier(stretch, source):
            continue
        earlier, still = _counts(stretch)
        return _row(structure, problem.key, source, earlier, still, start + sentence.start(), start + stop)
    return None


def _source_of(words: str) -> str | None:
    return next((source for source, pattern in _SOURCE if pattern.search(words)), None)


def _about_earlier(words: str, source: str) -> bool:
    """Earlier findings (上轮巡察, 2018年审计), not the inspection at hand or audit work in general."""
    if source == "audit":
        return bool(
            re.search(
                r"审计(?:提出|指出|发现|反映|反馈|查出|报告|整改|意见|结果|问题|决定)|(?:经济责任|预算执行|专项|财务|离任)审计",
                words,
            )
        )
    return bool(
        re.search(
            r"上一?[轮次届]|前[一两]轮|以往|此前|[0-9]{4} ?年[^,。;]{0,14}?巡[察视]|原[^,。;]{0,14}巡[察视]|巡[察视][^,。;]{0,12}?问题[^,。;]{0,8}?(?:未整改|整改|整而未改)|专项巡[察视]|(?:省委|中央|市委|县委|区委)[^,。;]{0,16}?巡[察视]",
            words,
        )
    )


def _counts(words: str) -> tuple[int | None, int | None]:
    still_match = _OPEN.search(words)
    still = read_whole(still_match.group(1)) if still_match else None
    earlier = None
    for match in _EARLIER.finditer(words):
        if still_match is not None and match.start(1) == still_match.start(1):
            continue
        earlier = read_whole(match.group(1))
        break
    return earlier, still


def _whole(structure: Structure, problem: Problem, source: str) -> dict[str, Any] | None:
    """A sub-item of a problem about earlier findings: its first sentence."""
    start, end = problem.statement_start, problem.statement_end
    if start is None or end is None:
        return None
    stop = structure.shadow.find("。", start, end)
    return _row(structure, problem.key, source, None, None, start, stop + 1 if stop >= 0 else end)
