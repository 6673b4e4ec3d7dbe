"""Which pieces of a text begin or go on with a finding: two small trained linear models, one upon the other.

The first weighs a piece's n-grams, its place and its neighbours. The second lets pieces in the same
place of lines of the same shape vote together: what ten lines of a notice share, one alone cannot show.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from analysis.parsing.statements.pieces import Pieces, together
from analysis.parsing.text.ngrams import BUCKETS, grams
from analysis.paths import LOOKUPS

PLACES = 1 << 13  # buckets of what is known of a piece beside its words
LONGEST = 80  # characters of a piece that are weighed
HEADS = 3  # a piece begins a finding; it is one or a part of one; its words alone say so
_TIMES = np.array((2, 3, 6, 12))  # steps of how often pieces of the same shape stand in a text
_MIX = 0x9E3779B97F4A7C15 & 0x7FFFFFFFFFFF


def _size(lengths: np.ndarray) -> np.ndarray:
    """Whole steps of the logarithm, half an octave each."""
    return (2 * np.log2(np.maximum(lengths, 1))).astype(np.int64)


def _alike(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each key the number of its value, and how often each value stands among them.

    A third of the time of ``np.unique`` on the few hundred pieces of a notice.
    """
    order = keys.argsort(kind="stable")
    inside = keys[order]
    number = np.zeros(len(keys), dtype=np.intp)
    number[1:] = inside[1:] != inside[:-1]
    number = number.cumsum()
    which = np.empty_like(number)
    which[order] = number
    return which, np.bincount(number)


def _in_text(p: Pieces, keys: np.ndarray) -> np.ndarray:
    """Keys that are the same only within one text."""
    return keys + p.text * _MIX


def _times(keys: np.ndarray) -> np.ndarray:
    """How often the number of each piece stands among them, in coarse steps."""
    which, counts = _alike(keys)
    return _TIMES.searchsorted(counts, side="right")[which]


def places(p: Pieces) -> np.ndarray:
    """Buckets of what is known of each piece beside its words, pieces × columns."""
    count = len(p.start)
    codes = np.minimum(p.codes, 0xFFFF)
    last = len(codes) - 1

    def pair(at: np.ndarray) -> np.ndarray:
        one = np.minimum(np.maximum(at, p.origin), last)
        return codes[one] * 70001 + codes[np.minimum(np.maximum(at + 1, p.origin), last)]

    place = np.minimum(p.place, 6)
    order = np.arange(count)
    first = np.flatnonzero(p.place == 0)
    line = first.searchsorted(order, side="right")
    line_first = first[line - 1]
    line_before = np.maximum(line_first - 1, p.first)
    next_line = np.minimum(np.append(first, count)[line], p.last)
    previous_line = line_first[line_before]
    in_line = np.minimum(next_line - line_first, 7)
    after = np.minimum(order + 1, p.last)
    before = np.maximum(order - 1, p.first)
    heads = pair(p.start)
    is_last_of_line = after == next_line
    columns = (
        p.shape,
        p.own_shape,
        place,
        p.label,
        p.ending,
        p.ending[before] * 8 + (place > 0),
        p.shape * 8 + place,
        p.label * 31 + p.ending,
        heads,
        heads[line_first] * 8 + place,
        pair(p.end - 3) * 8 + is_last_of_line,
        heads[after] * 8 + is_last_of_line,
        heads[next_line],
        p.shape[next_line] * 8 + place,
        p.shape[previous_line] * 8 + place,
        p.ending[line_before] * 8 + place,
        in_line * 8 + place,
        _size(p.end - p.start) * 8 + place,
        ((order - p.first) * 10 // (p.last + 1 - p.first)) * 2 + (place > 0),
        _times(_in_text(p, p.shape * 8 + place)) * 64 + place * 8,
        _times(_in_text(p, p.label)) * 8 + (p.label > 0),
        _times(_in_text(p, p.own_shape * 8 + place)) * 64 + place,
        heads[before],
        p.label[after] * 8 + place,
        p.ending[after] * 8 + is_last_of_line,
        p.shape[next_line] * 3 + p.shape[line_first] * 5 + place,
    )
    hashed = (np.array(columns, dtype=np.int64) + np.arange(1, 7919 * len(columns), 7919)[:, None]) * _MIX
    return ((hashed ^ (hashed >> 23)) & (PLACES - 1)).T


def gram_sums(p: Pieces, weights: np.ndarray) -> np.ndarray:
    """Mean-like sums of the n-grams' weights of each piece, pieces × heads; whole numbers add up faster."""
    hashed = grams(p.codes)
    size = len(p.codes)
    end = np.minimum(p.end, p.start + LONGEST)
    low, high = [], []
    first = 0  # where the n-grams of this length begin
    for shorter in range(3):
        last = size - shorter
        low.append(first + np.minimum(p.start, last))
        high.append(first + np.minimum(np.maximum(end - shorter, p.start), last))
        first += last
    sums = np.zeros(len(hashed) + 1, np.int32 if weights.dtype.kind == "i" else np.float64)
    total = []
    for head in range(weights.shape[1]):  # one after the other: a third of the time of all side by side
        weights[:, head].take(hashed).cumsum(dtype=sums.dtype, out=sums[1:])
        total.append(sum(sums[after] - sums[before] for before, after in zip(low, high)))
    return np.stack(total, axis=1) / np.sqrt(np.maximum(3 * (end - p.start) - 3, 1))[:, None]


def first_scores(
    p: Pieces, words: np.ndarray, around: np.ndarray, bias: np.ndarray, scale: np.ndarray | float = 1.0
) -> np.ndarray:
    """Log odds of the first model, pieces × heads; ``scale`` of the weights of the words."""
    return gram_sums(p, words) * scale + around.take(places(p).T, axis=0).sum(axis=0) / AROUND + bias


AROUND = 5.0  # brings the sum over the columns to the size of the words' sum


def _grouped(keys: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean score of the pieces that share a key, and how many they are."""
    where, counts = _alike(keys)
    means = np.stack([np.bincount(where, scores[:, k]) for k in range(scores.shape[1])], axis=1)
    return (means / counts[:, None])[where], counts[where]


def votes(p: Pieces, scores: np.ndarray) -> np.ndarray:
    """What the second model weighs, pieces × columns; the last is 1."""
    count = len(p.start)
    scores = np.minimum(np.maximum(scores, -6), 6)
    place = np.minimum(p.place, 6)
    by_line, line_size = _grouped(_in_text(p, (p.shape * 8 + place) * 1_000_003 + p.label), scores)
    by_own, own_size = _grouped(_in_text(p, (p.own_shape * 2 + (place > 0)) * 1_000_003 + p.label), scores)
    by_place, place_size = _grouped(_in_text(p, p.shape * 8 + place), scores)
    by_end, end_size = _grouped(_in_text(p, p.own_shape * 65599 + p.ending * 2 + (place > 0)), scores)
    order = np.arange(count)
    before, after = np.full_like(scores, -6.0), np.full_like(scores, -6.0)
    before[1:], after[:-1] = scores[:-1], scores[1:]
    before[order == p.first] = after[order == p.last] = -6.0
    many = (line_size > 2)[:, None]
    firsts = np.flatnonzero(order == p.first)
    text = np.cumsum(order == p.first) - 1
    best = np.maximum.reduceat(by_line[:, :1], firsts)[text]
    worded = np.maximum.reduceat(by_line[:, 2:] * many, firsts)[text]
    return np.hstack(
        (
            scores,
            by_line * many,
            by_own * (own_size > 2)[:, None],
            by_place * (place_size > 2)[:, None],
            by_end * (end_size > 2)[:, None],
            before,
            after,
            (by_line[:, :1] - best),
            by_line[:, 2:] * many * (place > 0)[:, None],
            (by_line[:, 2:] - worded) * many,
            np.log2(line_size)[:, None] / 4,
            np.log2(own_size)[:, None] / 4,
            many * 1.0,
            (place > 0)[:, None] * 1.0,
            scores[:, :1] * scores[:, :1] / 6,
            by_line[:, :1] * np.minimum(np.log2(line_size), 4)[:, None] / 4,
            np.ones((count, 1)),
        )
    )


def stored_weights() -> tuple[np.ndarray, np.ndarray]:
    """The shipped weights: of the first model as bytes, a scale per head in the first row; of the second in thousandths."""
    folder = LOOKUPS / "models"
    return np.load(folder / "statement_weights.npy"), np.load(folder / "statement_votes.npy")


@cache
def weights() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Weights of n-grams as stored, of places, the bias, the scale of the n-grams', and the weights of the votes."""
    first, second = stored_weights()
    scale = 2.0 ** first[0].astype(float)
    around = (first[BUCKETS + 1 :] * scale).astype(np.float32)
    return first[1 : BUCKETS + 1], around[:-1], around[-1], scale, second / 1000.0


def chances(texts: Sequence[Pieces]) -> list[np.ndarray]:
    """For each text the chance of each piece to begin a finding, and to be one or a part of one; pieces × 2."""
    p = together(texts)
    if not len(p.start):
        return [np.zeros((0, 2)) for _ in texts]
    words, around, bias, scale, second = weights()
    known = 1 / (1 + np.exp(-votes(p, first_scores(p, words, around, bias, scale)) @ second))
    return np.split(known, np.cumsum([len(text.start) for text in texts])[:-1])
