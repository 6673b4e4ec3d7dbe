"""Text that stands word for word in several places: maximal common runs of characters, found by hashed windows.

Work grows with the text and with the repetitions in it, not with the number of pairs of texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

SHINGLE = (
    13  # characters of an identical run: shorter ones are idiom (title of a meeting, name of a campaign)
)
MOST_HOLDERS = 40  # places that hold the same run before it counts as a common phrase
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_BASE = np.uint64(1_000_003)

Run = tuple[int, int, int]  # start in the first text, start in the second, length
Array = np.ndarray


def plain(text: str) -> str:
    """The text without punctuation and spaces."""
    return _NOT_WORDS.sub("", text)


def places(text: str) -> list[int]:
    """Where each character of ``plain(text)`` stands in ``text``."""
    return [i for word in re.finditer(r"[\u4e00-\u9fffA-Za-z0-9]+", text) for i in range(*word.span())]


class Copies:
    """Runs of at least 13 characters that stand word for word in several plain texts.

    ``groups``: a number per text (its notice). A run in more than 40 places is idiom: inside a group only its
    own places count, across groups those of all.
    """

    def __init__(self, texts: Sequence[str], groups: Sequence[int]):
        self.lengths = np.array([len(text) for text in texts], dtype=np.int64)
        self.codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32)
        self.starts = np.concatenate([[0], np.cumsum(self.lengths)])
        self.item = np.repeat(np.arange(len(texts), dtype=np.int32), self.lengths)
        self.group = np.asarray(groups, dtype=np.int64)
        windows = max(0, len(self.codes) - SHINGLE + 1)
        keys = np.zeros(windows, dtype=np.uint64)
        for offset in range(SHINGLE if windows else 0):
            keys = keys * _BASE + self.codes[offset : offset + windows]
        at = np.flatnonzero(self.item[:windows] == self.item[SHINGLE - 1 :][:windows]).astype(np.int32)
        keys = keys[at]  # of windows inside one text
        self.across = self._equal(at, keys)
        keys ^= (self.group[self.item[at]].astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        self.within = self._equal(at, keys)

    def _equal(self, at: Array, keys: Array) -> tuple[Array, Array]:
        """Places of windows that stand in few enough places, equal ones together, and the number of their set."""
        places, numbers, before = [at[:0]], [at[:0]], 0
        parts = (keys >> np.uint64(61)).astype(np.uint8)
        for part in range(8):  # sorted in eight parts, for memory
            own = np.flatnonzero(parts == part)
            own = own[np.argsort(keys[own], kind="stable")]
            edges = np.flatnonzero(np.concatenate([[True], np.diff(keys[own]) != 0, [True]]))
            size = np.diff(edges) if len(own) else np.zeros(0, dtype=np.int64)
            few = np.repeat((size > 1) & (size <= MOST_HOLDERS), size)
            places.append(at[own[few]])
            numbers.append((before + np.repeat(np.arange(len(size)), size)[few]).astype(np.int32))
            before += len(size)
        return np.concatenate(places), np.concatenate(numbers)

    def shares(self) -> tuple[Array, Array]:
        """Per text the share of its characters in runs that stand elsewhere in its group, and in other groups."""
        return (
            self._covered(*self.within, self.item.astype(np.int64)),
            self._covered(*self.across, self.group[self.item]),
        )

    def _covered(self, place: Array, number: Array, owner: Array) -> Array:
        if not len(place):
            return np.zeros(len(self.lengths))
        heads = np.flatnonzero(np.concatenate([[True], np.diff(number) != 0]))
        own = owner[place]
        several = np.minimum.reduceat(own, heads) != np.maximum.reduceat(own, heads)
        found = place[np.repeat(several, np.diff(np.append(heads, len(place))))]
        size = len(self.codes) + 1
        depth = np.bincount(found, minlength=size) - np.bincount(found + SHINGLE, minlength=size)
        covered = np.concatenate([[0], np.cumsum(np.cumsum(depth[:-1]) > 0)])
        return np.diff(covered[self.starts]) / np.maximum(self.lengths, 1)

    def runs(self, most: int | None = None) -> dict[tuple[int, int], list[Run]]:
        """Pairs (i, j), i < j, of texts → their maximal common runs, apart in the first; ``most``: of the most shared pairs."""
        inside = self._ends(*self.within, across=False)
        outside = self._ends(*self.across, across=True)
        first, second, last = (np.concatenate(pair) for pair in zip(inside, outside, strict=True))
        if not len(first):
            return {}
        one, two = self.item[first], self.item[second]
        pair = one.astype(np.int64) * len(self.lengths) + two
        if most is not None:
            names, where = np.unique(pair, return_inverse=True)
            total = np.bincount(where, weights=last - first + SHINGLE)
            # twice as many: runs that overlap count less in the end
            wanted = np.sort(np.lexsort((names, -total))[: 2 * most])
            kept = np.isin(where, wanted)
            first, second, last, pair = first[kept], second[kept], last[kept], pair[kept]
        diagonal = second - first
        order = np.lexsort((first, diagonal, pair))
        found: dict[tuple[int, int], list[Run]] = {}
        for a, b, end in zip(
            first[order].tolist(), second[order].tolist(), last[order].tolist(), strict=True
        ):
            i, j = int(self.item[a]), int(self.item[b])
            runs = found.setdefault((i, j), [])
            start_a, start_b = a - int(self.starts[i]), b - int(self.starts[j])
            length = end - a + SHINGLE
            if (
                runs
                and runs[-1][1] - runs[-1][0] == start_b - start_a
                and start_a <= runs[-1][0] + runs[-1][2]
            ):
                runs[-1] = (runs[-1][0], runs[-1][1], start_a + length - runs[-1][0])
            else:
                runs.append((start_a, start_b, length))
        return {key: _apart(runs) for key, runs in sorted(found.items())}

    def _ends(self, place: Array, number: Array, across: bool) -> tuple[Array, Array, Array]:
        """First windows of common runs (place in one text, in the other) and the last window in the one."""
        known = np.zeros(len(self.codes) + 1, dtype=bool)
        known[place] = True
        heads: list[tuple[Array, Array]] = []
        tails: list[tuple[Array, Array]] = []
        for step in range(1, MOST_HOLDERS):
            same = number[step:] == number[:-step]
            if not same.any():
                break
            a, b = place[:-step][same], place[step:][same]
            kept = self.item[a] != self.item[b]
            if across:
                kept &= self.group[self.item[a]] != self.group[self.item[b]]
            a, b = a[kept], b[kept]
            heads.append(self._without(a, b, -1, known))
            tails.append(self._without(a, b, 1, known))
        if not heads:
            return place[:0], place[:0], place[:0]
        first, last = (
            tuple(np.concatenate([pair[k] for pair in pairs]) for k in (0, 1)) for pairs in (heads, tails)
        )
        # along a diagonal of two texts heads and tails take turns
        orders = [np.lexsort((a, b - a, self.item[b], self.item[a])) for a, b in (first, last)]
        return first[0][orders[0]], first[1][orders[0]], last[0][orders[1]]

    def _without(self, a: Array, b: Array, step: int, known: Array) -> tuple[Array, Array]:
        """Those pairs of equal windows that have no equal neighbours one place on."""
        other = step if step < 0 else SHINGLE
        x, y = np.clip(a + other, 0, len(self.codes) - 1), np.clip(b + other, 0, len(self.codes) - 1)
        goes_on = (
            (a + other >= 0)
            & (b + other < len(self.codes))
            & (self.item[x] == self.item[a])
            & (self.item[y] == self.item[b])
            & (self.codes[x] == self.codes[y])
            & known[np.clip(a + step, 0, None)]
        )
        return a[~goes_on], b[~goes_on]


def _apart(runs: list[Run]) -> list[Run]:
    kept: list[Run] = []
    for run in sorted(runs, key=lambda r: (-r[2], r[0], r[1])):
        if all(run[0] >= other[0] + other[2] or other[0] >= run[0] + run[2] for other in kept):
            kept.append(run)
    return sorted(kept)


def covered(length: int, spans: list[tuple[int, int]]) -> float:
    """Share of ``length`` characters that lie in any of the spans (start, end)."""
    total, last = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, last))
        last = max(last, end)
    return min(1.0, total / length) if length else 0.0
