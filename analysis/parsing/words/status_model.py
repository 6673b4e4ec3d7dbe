"""Results in words that no lookup lists: a small trained model over character n-grams and a place.

The lookup overrides it (``statuses.status_code``); below its threshold it says nothing, so that the
words are listed for review and no result is invented.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from analysis.parsing.records import STATUS_CODES
from analysis.parsing.text.ngrams import BUCKETS, codes_of, grams, grams_of_each, load_weights, softmax

CODES = ("none", *(code for code in STATUS_CODES if code != "not_stated"))
LONGEST = 40
ANYWHERE = "?"  # the place of words of which only the words are known
MOST_DOUBT = 0.25  # probability of being no result from which a result's place does not help


def _marked(words: str, place: str) -> str:
    return f"{place}^{words}${place}"


def features(words: str, place: str = ANYWHERE) -> np.ndarray:
    """Buckets of the n-grams of a phrase between two signs of its place."""
    return grams(codes_of(_marked(words, place)))


def chances_at(slots: Sequence[tuple[str, str]]) -> np.ndarray:
    """Probabilities of ``CODES`` for (place, words), words without punctuation at their ends; n × codes."""
    weights = load_weights("status_weights")
    found, sizes = grams_of_each([_marked(words, place) for place, words in slots])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    scores = np.add.reduceat(weights[found], starts, axis=0) / np.sqrt(sizes)[:, None]
    known = softmax(scores + weights[BUCKETS])
    for index, (_, words) in enumerate(slots):
        if _PUT_OFF.search(words) is not None:
            known[index] = np.eye(len(CODES))[0]
    return known


@lru_cache(maxsize=1 << 15)
def chances(words: str) -> tuple[float, ...]:
    """The probability of every code of ``CODES`` for a phrase without punctuation at its ends."""
    return tuple(chances_at([(ANYWHERE, words)])[0].tolist())


# What nearly every result says in one way or another; words without any of it are not weighed.
HINTS = frozenset(
    "完改结办销成落解纠推进坚持续长常未尚还仍正好妥毕到达闭清账收归抓除消竣愈行待延缓无没难巩固化"
)
# 待定 (to be determined), 另行通报 (told elsewhere): a result is put off, not stated.
_PUT_OFF = re.compile(r"待定|未定|另行|详?见附|不详")
_COUNTS = re.compile(r"\d[\d,.]* ?(?:[个项人次家件份场户名条处元万亿辆套公篇]|余|%)")


def _likeliest(known: tuple[float, ...]) -> int:
    """The position of the most probable result."""
    return known.index(max(known[1:]), 1)


def told_status(words: str, least: float) -> tuple[str | None, float]:
    """Code and probability where the words are a result with at least that probability; else None."""
    if not 2 <= len(words) <= LONGEST or HINTS.isdisjoint(words) or _COUNTS.search(words) is not None:
        return None, 0.0
    known = chances(words)
    best = _likeliest(known)
    return (CODES[best], known[best]) if known[best] >= least else (None, known[best])


def meant_status(words: str, least: float) -> str | None:
    """The code where the place says that the words are a result, whichever it is."""
    if not 2 <= len(words) <= LONGEST:
        return None
    known = chances(words)
    best = _likeliest(known)
    return CODES[best] if known[best] >= least * (1 - known[0]) and known[0] < MOST_DOUBT else None
