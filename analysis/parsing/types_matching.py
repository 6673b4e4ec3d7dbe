"""Finding cue words in a statement: bigram look-up first, then an exact search.

A statement of a hundred characters holds a hundred bigrams; intersecting them with the cues'
anchor bigrams leaves a handful of cues to search for, however long the list of cues grows.
"""

from __future__ import annotations

import re
from functools import lru_cache
from operator import add
from typing import NamedTuple

from analysis.lookups import load_csv

NEUTRAL = "-"  # a cue that hides shorter cues inside it and says nothing itself
SECTOR_CODES = ("public_culture", "tourism_industry", "sports", "heritage", "sector_business", "publicity")
# 局 bureau, 厅 department, 委 commission: a field word inside a body's name is the actor, not the object.
_REST_OF_BODY_NAME = re.compile("(?:文化|旅游|文旅|广电|广播电视|广播|电视|体育|新闻出版|文物|版权|教育|科技|卫生|健康|水利|农业|农村|城乡|建设|和|与|[、和])*(?:局|厅|委员会|总局|系统|行业)")


_BLANKS = "\x00" * 40  # longer than any cue


class Hit(NamedTuple):
    """One cue found: where it starts, its word as printed, its code and weight."""

    start: int
    word: str
    code: str
    weight: float


@lru_cache(maxsize=1)
def _anchors() -> dict[str, list[tuple[str, str, float]]]:
    """Anchor bigram → cues; each cue hangs on the bigram that fewest cues share."""
    cues = [(row["cue"], row["code"], float(row["weight"])) for row in load_csv("type_cues")]
    shared: dict[str, int] = {}
    for cue, _, _ in cues:
        for gram in set(map(add, cue, cue[1:])):
            shared[gram] = shared.get(gram, 0) + 1
    anchors: dict[str, list[tuple[str, str, float]]] = {}
    for entry in cues:
        cue = entry[0]
        gram = min(map(add, cue, cue[1:]), key=lambda part: shared[part])
        anchors.setdefault(gram, []).append(entry)
    return anchors


def find_cues(text: str) -> list[Hit]:
    """Cues of ``text`` in order of position; a cue inside a longer one is dropped.

    Line breaks inside a statement (page seams) do not hide a cue; the word is given as printed.
    """
    broken = "\n" in text
    searched = "".join(text.split()) if broken else text
    anchors = _anchors()
    found = []
    for gram in set(map(add, searched, searched[1:])) & anchors.keys():
        for cue, code, weight in anchors[gram]:
            start = searched.find(cue)
            if start >= 0:
                found.append((start, cue, code, weight))
    if not found:
        return []
    # Longest first, and what a cue covers is blanked: 学习 inside 理论学习中心组 is not a second word.
    found.sort(key=lambda entry: (-len(entry[1]), entry))
    hits = []
    for _, cue, code, weight in found:
        start = searched.find(cue)
        if start < 0:
            continue
        end = start + len(cue)
        body = code in SECTOR_CODES and _REST_OF_BODY_NAME.match(searched, end)
        searched = searched.replace(cue, _BLANKS[: len(cue)])
        if code != NEUTRAL and not body:
            hits.append(Hit(start, cue, code, weight))
    hits.sort()
    return _as_printed(text, hits) if broken else hits


def _as_printed(text: str, hits: list[Hit]) -> list[Hit]:
    """The same hits with position and word of the text that holds the line breaks."""
    printed = []
    for hit in hits:
        match = re.search(r"\s*".join(map(re.escape, hit.word)), text)
        if match:
            printed.append(Hit(match.start(), match.group(), hit.code, hit.weight))
    return printed
