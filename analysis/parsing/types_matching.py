"""Finding cue words in a statement: bigram look-up first, then an exact search.

A statement of a hundred characters holds a hundred bigrams; intersecting them with the cues'
anchor bigrams leaves a handful of cues to search for, however long the list of cues grows.
A cue written ``挤占…资金`` means both words, the second within a few characters of the first.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from operator import add

from analysis.lookups import load_csv

GAP = "…"  # in a cue: some characters between its two words
NEAR = 12  # at most so many, without a comma or full stop
NEUTRAL = "-"  # a cue that hides shorter cues inside it and says nothing itself
SECTORS = frozenset(
    {"public_culture", "tourism_industry", "sports", "heritage", "sector_business", "publicity"}
)
Hit = tuple[int, str, str, float]  # where the cue starts, the cue as printed, its code, its weight

# 局 bureau, 厅 department, 委 commission: a field word inside a body's name is the actor, not the object.
_BODY_NAME = re.compile(
    "(?:文化|旅游|文旅|广电|广播电视|广播|电视|体育|新闻出版|文物|版权|教育|科技|卫生|健康|水利|农业|农村|城乡|建设|[、和与])*"
    "(?:局|厅|委员会|总局|系统|行业)"
)
# In 旅游产业资金 (funds for tourism) the field only qualifies; the noun at the end is the object.
# The same holds for property whose rent or proceeds are the matter (国有房产租金).
_MAY_QUALIFY = SECTORS | {"assets"}
_INSTRUMENT = re.compile(
    "(?:专项|引导|发展|建设|保障|项目|事业|产业|工作|体系|综合|体制|总体|领域|系统|保护|管理|专业|办案|审判|一线|类|和|的){0,3}"
    "(?:资金|经费|补助|补贴|资产|采购|招标|规划|改革|人才|队伍|力量|租金|收益|收入)"
)
_QUALIFIES = 0.5  # weight of a field word that only qualifies
_LONGEST = 20
_BLANKS = tuple("\x00" * length for length in range(_LONGEST + 1))


# Sorting key first: minus length, minus weight; then the cue (its first word), code, second word.
_Entry = tuple[int, float, str, str, str]
_PAIRS = "utf-16-le" if sys.byteorder == "little" else "utf-16-be"
_BREAK = re.compile("[，,。；;：:！？!?\x00]")


@lru_cache(maxsize=1)
def _anchors() -> tuple[frozenset[int], dict[int, tuple[_Entry, ...]]]:
    """Anchor bigrams, and anchor → cues; each cue hangs on the bigram that fewest cues share.

    A bigram is given as the whole number its four bytes of UTF-16 make.
    """
    cues = []
    shared: dict[str, int] = {}
    for line, row in enumerate(load_csv("type_cues"), start=2):
        cue, _, second = row["cue"].partition(GAP)
        if not 2 <= len(cue) <= _LONGEST or (GAP in row["cue"] and not second):
            raise ValueError(
                f"type_cues.csv line {line}: cue {row['cue']!r} must begin with a word of 2 to {_LONGEST} characters"
            )
        cues.append((-len(cue + second), -float(row["weight"]), cue, row["code"], second))
        for gram in set(map(add, cue, cue[1:])):
            shared[gram] = shared.get(gram, 0) + 1
    anchors: dict[str, list[_Entry]] = {}
    for entry in cues:
        cue = entry[2]
        gram = min(map(add, cue, cue[1:]), key=shared.__getitem__)
        anchors.setdefault(gram, []).append(entry)
    numbers = {
        memoryview(gram.encode(_PAIRS)).cast("I")[0]: tuple(entries) for gram, entries in anchors.items()
    }
    return frozenset(numbers), numbers


def find_cues(text: str) -> list[Hit]:
    """Cues of ``text`` in order of position, each at its first independent place.

    The longest cue is taken first and blanked everywhere, so 学习 (study) inside
    理论学习中心组 (study group) is not a second word. Line breaks inside a statement (page seams)
    do not hide a cue; the word is given as printed.
    """
    broken = "\n" in text
    whole = searched = "".join(text.split()) if broken else text
    grams, cues = _anchors()
    # Two readings of the same bytes, one from the second character on, give every bigram as a number:
    # far fewer objects than cutting the text into pairs.
    code = memoryview(whole.encode(_PAIRS, "surrogatepass"))
    size = len(code)
    even, odd = code[: size & ~3].cast("I"), code[2 : 2 + ((size - 2) & ~3)].cast("I") if size > 2 else ()
    found = [
        entry
        for gram in grams.intersection(even) | grams.intersection(odd)
        for entry in cues[gram]
        if entry[2] in whole
    ]
    found.sort()
    hits = []
    pairs = []
    for minus_length, minus_weight, cue, code, second in found:
        if second:
            start, end = _find_pair(whole, cue, second)
            if start >= 0:
                hits.append((start, whole[start:end], code, -minus_weight))
                pairs.append((start, end, code))
            continue
        start = searched.find(cue)
        if start < 0:
            continue
        if code in _MAY_QUALIFY:
            end = start - minus_length
            if code != "assets" and _BODY_NAME.match(searched, end):
                code = NEUTRAL
            elif _INSTRUMENT.match(searched, end):
                minus_weight *= _QUALIFIES
        searched = searched.replace(cue, _BLANKS[-minus_length])
        if code != NEUTRAL and not (pairs and _inside(start, code, pairs)):
            hits.append((start, cue, code, -minus_weight))
    hits.sort()
    return _as_printed(text, hits) if broken else hits


def _inside(start: int, code: str, pairs: list[tuple[int, int, str]]) -> bool:
    """Whether a pair of the same code already covers this place: one object, counted once."""
    return any(low <= start < high and code == pair_code for low, high, pair_code in pairs)


def _find_pair(text: str, cue: str, second: str) -> tuple[int, int]:
    """Start and end of the first place where ``second`` follows ``cue`` nearby; (-1, -1) without one."""
    start = text.find(cue)
    while start >= 0:
        after = start + len(cue)
        place = text.find(second, after, after + NEAR + len(second))
        if place >= 0 and not _BREAK.search(text, after, place):
            return start, place + len(second)
        start = text.find(cue, after)
    return -1, -1


def _as_printed(text: str, hits: list[Hit]) -> list[Hit]:
    """The same hits with position and word of the text that holds the line breaks."""
    printed = []
    for _, word, code, weight in hits:
        match = re.search(r"\s*".join(map(re.escape, word)), text)
        if match:
            printed.append((match.start(), match.group(), code, weight))
    return sorted(printed)
