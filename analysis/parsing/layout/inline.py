"""Line breaks lost in republication: headings and problems run together in one line are parted again."""

from __future__ import annotations

import re

from analysis.parsing.text.numerals import read_whole
from analysis.parsing.words.cues import is_action, is_finding

LEAST = 200  # characters from which a line may hold several problems
LEAST_CUTS = 3  # breaks that a line must have lost where no other line of the text has lost any
_H = "[一二三四五六七八九十]{1,3}"
# A printed number in mid-line; what stands before it is checked separately.
_NUMBER = re.compile(
    rf"({_H})、|\(({_H})\)|(\d{{1,3}})(?:、|\.(?!\d)|\.(?=(?:19|20)\d\d年))|\((\d{{1,3}})\)|((?:反馈|整改|巡察)?(?:问题|事项)(?:{_H}|\d{{1,3}})[:、])"
)
_STYLES = ("", "C", "PC", "A", "PA", "W")
_DOING = re.compile(r"(?:整改|措施|举措|落实情况|进展)[^:。,;]{0,8}[:】]")
# Labels of the parts of a problem, which a break belongs before as well.
_LABEL = re.compile(
    r"[【\[]?(?:主要表现|具体表现|反馈问题|存在问题|具体问题|原因分析|问题产生的(?:主要)?原因|问题原因|整改(?:落实|进展|完成|具体|工作)*(?:情况|措施|举措|结果|状态|成效|时限|进度|进展)|落实情况|完成情况|完成时限|责任(?:领导|单位|部门|人))[】\]]?:|【[^】]{2,8}】"
)
_CLOSING = re.compile(
    r"(?<=[。】)] )(?:欢迎|联系电话|监督电话|如有意见|公示期)|(?<=[。】)])(?:欢迎|联系电话|监督电话|如有意见|公示期)"
)
_DIGITS = re.compile(rf"\d{{1,3}}|{_H}")


def lost_breaks(line: str, least: int = LEAST_CUTS) -> list[int]:
    """Offsets at which a line of shadow text should be broken; empty where fewer than ``least`` problems
    stand in it beside the first, as in an ordinary line."""
    if line.count(":") + line.count("】") < 3 and line.count("问题。") < 3 and line.count("方面。") < 3:
        return []
    if len(_DOING.findall(line)) < 2 and line.count("问题。") < 3 and line.count("方面。") < 3:
        return []
    cuts: list[int] = []
    last: dict[str, int] = {}
    lists: dict[str, int] = {}  # lists opened behind a label: style → last number
    for match in _NUMBER.finditer(line):
        index = match.lastindex or 0
        style = _STYLES[index]
        digits = _DIGITS.search(match.group(index))
        number = read_whole(digits.group()) if digits else None
        at = match.start()
        before = line[at - 1] if at else "。"
        if number is None or before.isdigit() or before in "第、(-—~至和及":
            continue
        if (
            style in ("C", "W", "PC")
            and before not in "。;:!?)】” "
            and not (style == "PC" and before in "面题况")
        ):
            continue
        if before in ":】" and number == 1 and style != "W":
            lists[style] = 1
            continue
        if (
            style in lists
            and number == lists[style] + 1
            and before in ";。"
            and not (number == last.get(style, 0) + 1 and _opens_problem(line, match.end()))
        ):
            lists[style] = number
            continue
        expected = last.get(style)
        if (
            number == 1
            or at == 0
            or expected is not None
            and expected < number <= expected + 2
            or expected is None
            and style in ("A", "W", "PA")
            and number < 200
        ):
            if at:
                cuts.append(at)
            last[style] = number
            lists.clear()
            if style in ("C", "PC"):
                last.pop("PA", None)
    if len(cuts) < least:
        return []
    cuts += [match.start() for match in _LABEL.finditer(line) if match.start()]
    cuts += [match.start() for match in _CLOSING.finditer(line)]
    return sorted(set(cuts))


def _opens_problem(line: str, start: int) -> bool:
    head = line[start : start + 300]
    clause = head.partition("。")[0]
    return is_finding(clause) and not is_action(clause)
