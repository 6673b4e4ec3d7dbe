"""Chances of the problem types: two small trained linear models over the same character n-grams.

The first gives the chance of each primary type; the first clause, which names the object, counts in
full, what follows it less. The second says which objects are named anywhere, for secondary types.
All statements of a notice are scored at once. Weights are trained by ``make train`` from labelled
statements of many sectors; their temperature and thresholds are fitted on sectors left out, so that
a chance can be read as one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from analysis.lookups import load_csv
from analysis.parsing.text.ngrams import codes_of
from analysis.paths import LOOKUPS

LATER = 0.5  # share of what stands behind the first clause
POWER = 2.5  # how fast chances part with the scores; fitted on sectors left out
FLOOR = 0.02  # what every type has of a score
_BITS = 21  # of a code point
LEAD = 6  # a clause shorter than this is no first clause: 思想上，… (in thought, …)
_CLAUSE_END = re.compile("[，,。；;：:！？!?]")
# Signs that say nothing of the object; a page seam's break stands inside words.
_SIGNS = re.compile("[\\s“”\"'‘’《》〈〉「」『』（）()【】]+")
# Where an earlier finding is named first, one sign stands for all its wordings.
_FOUND_BEFORE = (
    ("\ue000", re.compile("审计[^，。；,;]{0,8}?(?:指出|查出|发现|反映|提出|列出|要求)")),
    (
        "\ue001",
        re.compile(
            "(?:巡[察视]|纪委|上[一]?[轮次届])[^，。；,;]{0,10}?(?:指出|反馈|发现|提出|移交|点名|要求)"
        ),
    ),
)
_NEAR_START = 30  # characters within which it is named first


class Grams(NamedTuple):
    """The n-grams of several texts: ``key`` (a whole number for its one to three characters), ``share``
    (how much it counts for the primary type), ``owner`` (which text), ``place`` (first character, in the
    text without signs) and ``length``; one entry each."""

    key: np.ndarray
    share: np.ndarray
    owner: np.ndarray
    place: np.ndarray
    length: np.ndarray


@cache
def type_codes() -> tuple[str, ...]:
    """Every type in the order of the model's classes."""
    return tuple(row["code"] for row in load_csv("codes/codes_problem_types"))


def bare(text: str) -> str:
    """The text without quotation marks, brackets and breaks."""
    return _SIGNS.sub("", text)


def model_text(text: str) -> str:
    """What the model reads: the bare text, a sign before it for an earlier finding."""
    text = bare(text)
    return "".join(sign for sign, named in _FOUND_BEFORE if named.search(text, 0, _NEAR_START)) + text


def printed_places(text: str) -> list[int] | range:
    """Where each character of ``bare(text)`` stands in ``text``."""
    gaps = [match.span() for match in _SIGNS.finditer(text)]
    if not gaps:
        return range(len(text))
    places: list[int] = []
    last = 0
    for start, end in gaps:
        places += range(last, start)
        last = end
    return [*places, *range(last, len(text))]


def features(texts: Sequence[str]) -> Grams:
    """The n-grams of bare texts, text after text, those of the first clause before the others; shares are
    scaled so that their squares sum to one in each text."""
    lengths = np.array([len(text) for text in texts])
    codes = codes_of("".join(texts))
    size = len(codes)
    owner = np.repeat(np.arange(len(texts)), lengths)
    inside = np.arange(size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    ends = np.array(
        [match.start() if (match := _CLAUSE_END.search(text, LEAD)) else len(text) for text in texts]
    )
    keys = np.zeros((size, 3), dtype=np.int64)
    keys[:, 0] = codes
    keys[:-1, 1] = (codes[:-1] << _BITS) | codes[1:]
    keys[:-2, 2] = (keys[:-2, 1] << _BITS) | codes[2:]
    whole = (lengths[owner] - inside)[:, None] > np.arange(3)  # none across two texts
    first, shorter = whole.nonzero()
    of, place = owner[first], inside[first]
    share = np.where(place < ends[of], np.float32(1.0), np.float32(LATER))
    norms = np.sqrt(np.bincount(of, share.astype(np.float64) ** 2, len(texts)))
    share /= np.maximum(norms, 1e-9)[of].astype(np.float32)
    return Grams(keys[whole], share, of, place, shorter + 1)


class Scored(NamedTuple):
    """Texts and what the models say: ``known``, the chance of every primary type, and ``named``, the score
    of every object that is named (both texts × types); for ``deciding_spans`` the n-grams that the models
    know, and which row of the weights each has."""

    known: np.ndarray
    named: np.ndarray
    found: Grams
    row: np.ndarray


@cache
def _weights() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys of the known n-grams in rising order, the weights for both models side by side as they are
    stored (the bias last), and the scale of each column."""
    stored = np.load(LOOKUPS / "models/type_weights.npy")
    return np.load(LOOKUPS / "models/type_grams.npy"), stored[1:], np.float32(2.0) ** stored[0]


@cache
def pair_scores() -> np.ndarray:
    """What each primary type (rows) adds to the score of a further type; given where the sum is over 0."""
    return np.load(LOOKUPS / "models/type_pairs.npy").astype(np.float32)


def known_grams(found: Grams, keys: np.ndarray) -> tuple[Grams, np.ndarray]:
    """The n-grams that stand among ``keys`` (in rising order), and where each stands."""
    distinct, which = np.unique(found.key, return_inverse=True)
    at = np.searchsorted(keys, distinct)
    at[at == len(keys)] = 0
    kept = (keys[at] == distinct)[which].nonzero()[0]
    return Grams(*(column[kept] for column in found)), at[which[kept]]


def even_share(texts: Sequence[str]) -> np.ndarray:
    """How much each n-gram of a text counts for the named objects, the same wherever it stands."""
    lengths = np.array([len(text) for text in texts], dtype=np.float64)
    return 1 / np.sqrt(np.maximum(3 * lengths - 3, 1))


def chances(scores: np.ndarray) -> np.ndarray:
    """The chance of every type from the scores of the first model, which lie about 0 to 1."""
    raised = (np.maximum(scores, 0) + FLOOR) ** POWER
    return raised / raised.sum(axis=-1, keepdims=True)


def score_texts(texts: Sequence[str]) -> Scored:
    """Score texts as ``model_text`` gives them; columns are in the order of ``type_codes``.

    What a text is given does not depend on the texts beside it: whole numbers are added up.
    """
    keys, stored, scale = _weights()
    found, row = known_grams(features(texts), keys)
    types = len(type_codes())
    # The n-grams of one text stand together, those with the same share of it side by side.
    breaks = (found.owner[1:] != found.owner[:-1]) | (found.share[1:] != found.share[:-1])
    starts = np.concatenate(([True], breaks))[: len(row)].nonzero()[0]
    sums = np.add.reduceat(stored.take(row, axis=0), starts, axis=0, dtype=np.int32)
    of = found.owner[starts]
    scores = np.tile(stored[-1].astype(np.float64), (len(texts), 1))
    np.add.at(scores[:, :types], of, sums[:, :types] * found.share[starts, None].astype(np.float64))
    np.add.at(scores[:, types:], of, sums[:, types:] * even_share(texts)[of, None])
    scores *= scale
    return Scored(chances(scores[:, :types]), scores[:, types:], found, row)


def deciding_spans(scored: Scored, types: np.ndarray, lengths: Sequence[int]) -> list[list[tuple[int, int]]]:
    """For each text the stretches that spoke most for its type, at most three, in order of place.

    ``types``: the class of each text; ``lengths``: of the first so many texts. A character's part is its
    share of every n-gram over it.
    """
    found = scored.found
    sizes = np.array(lengths)
    mine = found.owner < len(lengths)
    place, length, owner = found.place[mine], found.length[mine], found.owner[mine]
    spoke = _weights()[1][scored.row[mine], types[owner]] * found.share[mine] / length
    starts = np.cumsum(sizes) - sizes
    place = starts[owner] + place
    total = int(sizes.sum())
    parts = np.bincount(place, spoke, total)
    for offset in (1, 2):
        over = length > offset
        parts += np.bincount(place[over] + offset, spoke[over], total)
    each = parts.tolist()
    return [
        _strongest(each[start : start + size])
        for start, size in zip(starts.tolist(), sizes.tolist(), strict=True)
    ]


def _strongest(parts: list[float]) -> list[tuple[int, int]]:
    """Runs of characters with at least half of the largest part; of more than three the strongest."""
    if not parts:
        return []
    least = max(parts) / 2
    if least <= 0:
        return [(0, len(parts))]
    runs: list[list[float]] = []
    for place, part in enumerate(parts):
        if part < least:
            continue
        if runs and runs[-1][1] == place:
            runs[-1][1] = place + 1
            runs[-1][2] += part
        else:
            runs.append([place, place + 1, part])
    runs.sort(key=lambda run: (-run[2], run[0]))
    # One character is no word: the next one is given with it.
    spans = {(int(low), max(int(high), min(int(low) + 2, len(parts)))) for low, high, _ in runs[:3]}
    return sorted(spans)
