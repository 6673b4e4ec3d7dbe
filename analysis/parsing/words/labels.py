"""Labels known by their recurrence: a short string at the same place of many problems is a label.

What follows it says which part it opens: words of a result, what was done, what is wrong. Listed
labels (segment_labels.csv) keep the part that the lookup gives them.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from statistics import median

from analysis.lookups import load_csv
from analysis.parsing.words.cues import is_action, tells_finding
from analysis.parsing.words.status_model import meant_status
from analysis.parsing.words.statuses import status_code

LEAST_TIMES = 3  # how often a string must stand as a label
LONGEST = 10  # characters of one
_BEFORE = frozenset("\n。;!?)】”] *_>#|〕")
# (Each alternative begins with one plain character: the search then leaps from one of these to the next.)
_ENDS = re.compile(r":|\||】|\]|〕|”|\*\*")
_WORD = re.compile(r"[一-鿿](?:[一-鿿]{0,9})\Z")
_STOP = re.compile(r"[。;,、(\n]| {2,}")
_ENUMERATED = re.compile(r"一是|首先|①|⑴|\(1\)|\(一\)|1[.、)/](?!\d)|A[.、)]|[-*•▲△■◇◆○●·] ?")
_DATE = re.compile(r"\d{1,2}月|\d{4}年|立行立改|年底|长期|[春夏秋冬]季|当场|即时")
_PERSON = re.compile(r"[长记任员组科股室处局部委院所队班办级]")
# What is counted or pointed to, not a part of a problem; and numbers in words.
_NO_LABEL = re.compile(
    r"第?[一二三四五六七八九十百]+[项条个]?|序号|编号|.*(?:类别|类型|分类)|(?:反馈)?(?:问题|事项|任务|清单)[一二三四五六七八九十]*|其[一二三四五六]|图例|注|附|来源|时间|日期|电话|地址|邮箱|传真|.*(?:电话|邮箱|地址)"
)


def occurrences(text: str) -> list[tuple[int, int, str]]:
    """(start, where the content begins, word) of every short string that stands as a label can stand."""
    found: list[tuple[int, int, str]] = []
    for match in _ENDS.finditer(text):
        sign, at = match.group(), match.start()
        stop = at
        if sign == "|":
            close = text.find("\n", at)
            if text.count("|", text.rfind("\n", 0, at) + 1, close if close >= 0 else len(text)) > 1:
                continue  # a row of a table
        if sign in ":|":
            if stop and text[stop - 1] == ")":  # 反馈意见(整改完成): a result between label and colon
                opened = text.rfind("(", max(0, stop - 18), stop)
                stop = opened if opened >= 0 else stop
            while stop and text[stop - 1] in "】]”〕*_ ":
                stop -= 1
        word = _WORD.search(text, max(0, stop - LONGEST - 1), stop)
        if word is None or stop - word.start() > LONGEST:
            continue
        first = word.start()
        if sign in "】]〕":
            if first == 0 or text[first - 1] not in "【[〔":
                continue
        elif sign == "”":
            if first == 0 or text[first - 1] != "“" or first > 1 and text[first - 2] != "\n":
                continue
        elif sign == "**":
            if text[max(0, first - 2) : first] != "**":
                continue
        elif stop - first < 2:
            continue
        start = first
        while start and text[start - 1] in "【[“〔*_":
            start -= 1
        if start and text[start - 1] not in _BEFORE and not (text[start - 1] in ".、" and start > 1):
            continue
        end = match.end()
        while end < len(text) and text[end] in ":*_ 】]”〕":
            end += 1
        if not found or found[-1][0] != start:
            found.append((start, end, word.group()))
    position = 0
    for line in text.split("\n"):
        word_line = line.strip(" #*_>")
        if 2 <= len(word_line) <= LONGEST and _WORD.fullmatch(word_line):
            start = position + line.index(word_line[0])
            found.append((start, min(len(text), position + len(line) + 1), word_line))
        position += len(line) + 1
    found.sort()
    return found


@lru_cache(maxsize=1)
def label_parts() -> dict[str, str]:
    """Label → part of a problem it opens (segment_labels.csv)."""
    return {row["label"]: row["part"] for row in load_csv("parsing/segment_labels")}


_RESULT_NAMES = ("结论", "结果", "状态", "与否", "如何", "怎样", "几分")  # how the label of a result ends
_HEAD_WORD = re.compile(r"[【\[“〔]?([一-鿿]{1,10})(?=[】\]”〕:|( ]|$)")


@lru_cache(maxsize=8)
def recurring_labels(text: str) -> dict[str, str]:
    """Unlisted word → the part of a problem that it opens, for a text whose problems recur."""
    listed = label_parts()
    places = occurrences(text)
    counts = Counter(word for _, _, word in places)
    words = {
        word
        for word, times in counts.items()
        if times >= LEAST_TIMES
        and word not in listed
        and _NO_LABEL.fullmatch(word) is None
        and (status_code(word) is None or word.endswith(("情况", "结果", "状态", "结论", "意见")))
    }
    # A line that mostly stands alone behind another label is what that label says, no label itself.
    said: Counter[str] = Counter()
    known = [place for place in places if place[2] in words or place[2] in listed]
    for (_, end, _), (start, _, word) in zip(known, known[1:]):
        said[word] += not text[end:start].strip(" \n*_>#|")
    words -= {word for word in words if said[word] * 2 > counts[word]}
    if not words:
        return {}
    labels = [place for place in places if place[2] in words or place[2] in listed]
    contents: dict[str, list[str]] = {}
    after: dict[str, Counter[str]] = {}
    fresh: Counter[str] = Counter()
    for index, (start, end, word) in enumerate(labels):
        stop = labels[index + 1][0] if index + 1 < len(labels) else len(text)
        contents.setdefault(word, []).append(text[end : min(stop, end + 120)].strip(" \n*_>#"))
        after.setdefault(word, Counter())[labels[index - 1][2] if index else ""] += 1
        low = text[max(0, start - 200) : start].rstrip(" \n*_>#【“[")
        before = low[low.rfind("\n") + 1 :].strip(" *_>#【“[")
        named = _HEAD_WORD.match(before)
        part = listed.get(named.group(1)) if named is not None else None
        is_labelled = part not in (None, "statement") or named is not None and named.group(1) in words
        fresh[word] += is_labelled or _opens_unit(before)
    parts: dict[str, str] = {}
    order = sorted(words, key=lambda word: next(place[0] for place in labels if place[2] == word))
    for word in order:
        parts_before = {
            parts.get(name) or listed.get(name, "")
            for name, times in after[word].items()
            if times * 3 >= counts[word]
        }
        part = (
            "result"
            if word.endswith(_RESULT_NAMES)
            else _part_of(contents[word], fresh[word] * 2 > counts[word], parts_before)
        )
        if part is not None:
            parts[word] = part
    return parts


def _opens_unit(before: str) -> bool:
    """Whether what stands before a label is no finding yet: nothing, a number, a short title."""
    return len(before) < 60 and not before.endswith(("。", ";", "!", ",", ":"))


def _part_of(contents: list[str], is_first: bool, before: set[str]) -> str | None:
    """The part that a label opens, by what stands behind it, whether it opens a problem, and what part
    the label ``before`` it opens."""
    is_after_measures = not before.isdisjoint(("measures", "progress"))
    lines = [content.partition("\n")[0] for content in contents]
    heads = [_STOP.split(line, maxsplit=1)[0].strip(" :*_”】") for line in lines]
    times = len(lines)
    filled = [head for head in heads if head]
    if sum(map(bool, lines)) * 2 < times:
        return None
    told = sum(
        status_code(head) is not None or status_code(line.strip(" 。*_")) is not None
        for head, line in zip(heads, lines)
    )
    kinds = len(set(heads))
    length = median(map(len, lines))
    if told * 2 >= times:
        return "result"
    dated = sum(_DATE.search(head) is not None for head in heads)
    meant = sum(meant_status(head, 0.5) is not None for head in heads)
    if dated * 3 >= times * 2 and length < 24:
        return "due"
    doing = sum(
        is_action(line) or _ENUMERATED.match(content) is not None for line, content in zip(lines, contents)
    )
    if length <= 16 and kinds * 2 <= times + 1 and times >= 4 and doing * 3 < times:
        posts = sum(_PERSON.search(head[-1:]) is not None for head in filled)
        if meant * 2 >= times or posts * 3 < times:
            return "result"  # few different short words, told of every problem
        return "responsible"
    wrong = sum(tells_finding(line.partition("。")[0]) for line in lines)
    if wrong * 2 >= times and not is_first and doing * 3 < times:
        return "cause"
    if doing * 5 >= times * 2:
        return (
            "effect"
            if is_after_measures and not any("一是" in content for content in contents)
            else "measures"
        )
    if length <= 14 and not (is_after_measures and sum(line.endswith("。") for line in lines) * 2 > times):
        return "responsible"
    if is_after_measures:
        return "effect"
    if wrong * 2 >= times or is_first:
        return "statement" if is_first and "statement" not in before else "cause"
    return "measures" if length > 30 else None
