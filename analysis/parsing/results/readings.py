"""Results in words that only their place makes known as such, read by the trained model.

What stands behind a result's label, in a bracket or at the end of one problem after another is a
result, whatever it says: the model tells which, and how much the notice's other problems say at the
same place decides with it. A legend (A类为已完成的) tells more. What stays open is listed for review.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import numpy as np

from analysis.parsing.layout.drafts import Candidate, Draft
from analysis.parsing.results.slots import (
    BRACKET,
    EARLIER,
    LABEL,
    LABEL_END,
    LINE,
    OPENING,
    PLACE_OF,
    SENTENCE,
    Slot,
    slots_of,
)
from analysis.parsing.words.status_model import CODES, LONGEST, chances_at
from analysis.parsing.words.statuses import listed_status
from analysis.paths import LOOKUPS

LEAST = 0.75  # probability from which words at a place are taken for a result of that code
LISTED = 0.98  # … of what the lookup lists
# Which of several readings in one problem counts: the surer place, then the longer words.
_PLACE = dict.fromkeys((LABEL, LABEL_END), "result")
_RANK = {LABEL: 4, LABEL_END: 4, BRACKET: 3, EARLIER: 1, OPENING: 0}
_SIGN = "[A-Z甲乙丙丁√×○●◐◑◇◆□■△▲☆★◎]"
# A类为已经整改完成的 · ●已销号 ◐正在整改 · 红灯：未完成
_LEGEND = re.compile(
    rf"""
    (?:^|[\s,;。:、“])
    (?: ({_SIGN})\ ?(?=[一-鿿]{{3}})
      | ({_SIGN}[类级]?|[一-鿿]{{1,4}})\ ?”?(?:为|是指|指的是|指|是|即|表示|代表|:|=|—{{1,2}})\ ?
    )
    ((?:已|正|基本|未|尚|需|长期|持续|整改|完成|取得)[^;。\n]{{1,18}}?)
    (?=[;。\n]|[,\ 、]*{_SIGN})
    """,
    re.VERBOSE,
)


def read_legend(text: str) -> dict[str, str]:
    """Signs that the notice explains as results (A类为已经整改完成的); empty for fewer than two."""
    found = {}
    for match in _LEGEND.finditer(text):
        words = match.group(3).strip(" ,、").removesuffix("的").removesuffix("问题")
        known = known_at([(LABEL, words)])[0]
        best = int(known[1:].argmax()) + 1
        if known[best] >= 0.5:
            found[match.group(1) or match.group(2)] = CODES[best]
    return found if len(found) > 1 else {}


def known_at(slots: list[tuple[str, str]], legend: dict[str, str] | None = None) -> np.ndarray:
    """Probabilities of ``CODES`` for (place, words); the legend and the lookup override the model."""
    known = chances_at(slots)
    for row, (_, words) in zip(known, slots):
        code = (legend or {}).get(words) or listed_status(words)
        if code is not None:
            row[:] = (1 - LISTED) / (len(CODES) - 1)
            row[CODES.index(code)] = LISTED
    return known


def said_at(place: str, words: str) -> tuple[str | None, float]:
    """The likeliest code of words at a place that tells of many problems, and how sure it is."""
    row = known_at([(place, words)])[0]
    best = int(row[1:].argmax()) + 1
    return CODES[best], float(row[best])


def evidence(slots: list[Slot], known: np.ndarray, told: np.ndarray) -> np.ndarray:
    """What speaks for each slot's being a result, one row each.

    A constant; the log odds of its words; how much stands at this place in the notice's other
    problems; the share of those that tell a result already (``told``); both with the words; how many
    of them have words there that begin or end as these do; whether a label leads it, a bracket holds
    it, it opens what was done, it is a whole sentence, or more is told behind it; how long it is.
    """
    likely = 1 - known[:, 0]
    at_place: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(len(told)))
    alike: dict[tuple[str, str], set[int]] = defaultdict(set)
    for slot, chance in zip(slots, likely):
        chances = at_place[PLACE_OF[slot.place]]
        chances[slot.draft] = max(chances[slot.draft], chance)
        for key in _ends(slot):
            alike[key].add(slot.draft)
    others = max(1, len(told) - 1)
    odds = np.log(np.clip(likely, 1e-3, 1 - 1e-3) / np.clip(1 - likely, 1e-3, 1 - 1e-3))
    rows = np.zeros((len(slots), COLUMNS))
    sums = {place: found.sum() for place, found in at_place.items()}
    all_told = told.sum()
    for index, slot in enumerate(slots):
        place = PLACE_OF[slot.place]
        shared = (sums[place] - at_place[place][slot.draft]) / others
        stated = (all_told - told[slot.draft]) / others
        begins, ends = (min(1.0, (len(alike[key]) - 1) / others) for key in _ends(slot))
        rows[index] = (
            1,
            odds[index],
            shared,
            stated,
            shared * odds[index],
            stated * odds[index],
            begins,
            ends,
            place == LABEL,
            place == BRACKET,
            place == OPENING,
            slot.place in (SENTENCE, LINE),
            place == EARLIER,
            len(slot.words) / LONGEST,
        )
    return rows


COLUMNS = 14


def _ends(slot: Slot) -> tuple[tuple[str, str], tuple[str, str]]:
    """How the words at a place begin and end, to be compared with the notice's other problems'."""
    place = PLACE_OF[slot.place]
    return (place, "^" + slot.words[:2]), (place, slot.words[-2:] + "$")


@cache
def place_weights() -> np.ndarray:
    """Weights of the columns of ``evidence``."""
    return np.load(LOOKUPS / "models/result_weights.npy") / 1000.0


def read_results(text: str, drafts: list[Draft], before: int) -> list[tuple[Draft, Candidate]]:
    """Results of drafts that tell none in words, with the draft; ``before``: where the first begins."""
    told = np.array([draft.is_told() for draft in drafts], dtype=float)
    if told.all():
        return []
    legend = read_legend(text[:before])
    slots = [slot for number, draft in enumerate(drafts) for slot in slots_of(text, number, draft)]
    found = read_slots(slots, told, legend)
    for number, draft in enumerate(drafts):
        if text[draft.body : draft.body + 1] in legend:
            found[number] = Candidate("heading", legend[text[draft.body]], draft.body, draft.body + 1)
    return [(drafts[number], result) for number, result in sorted(found.items())]


def read_slots(
    slots: list[Slot], told: np.ndarray, legend: dict[str, str], least: float = LEAST
) -> dict[int, Candidate]:
    """Number of a problem → its result among its slots; ``told``: 1.0 for those that tell theirs already."""
    if not slots:
        return {}
    known = known_at([(slot.place, slot.words) for slot in slots], legend)
    chance = 1 / (1 + np.exp(-evidence(slots, known, told) @ place_weights()))
    read: dict[int, list[tuple[int, int, Candidate]]] = defaultdict(list)
    for slot, row, is_result in zip(slots, known, chance):
        code = int(row[1:].argmax()) + 1
        if not told[slot.draft] and is_result * row[code] >= least * (1 - row[0]) > 0:
            found = Candidate(_PLACE.get(slot.place, "read"), CODES[code], slot.start, slot.end)
            read[slot.draft].append((_RANK.get(slot.place, 2), slot.end - slot.start, found))
    return {number: _chosen(found) for number, found in read.items()}


def _chosen(read: list[tuple[int, int, Candidate]]) -> Candidate:
    """The surest place's longest words, told by the shortest of them that say the same."""
    rank, _, longest = max(read, key=lambda each: each[:2])
    return min(
        (each for of, _, each in read if of == rank and each.code == longest.code),
        key=lambda each: (not longest.start <= each.start < each.end <= longest.end, each.end - each.start),
    )
