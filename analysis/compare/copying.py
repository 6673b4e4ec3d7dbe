"""Text that stands word for word in several places: maximal common runs of characters, found by hashed windows.

Work grows with the text and with the repetitions in it, not with the number of pairs of texts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

SHINGLE = (
    13  # characters of an identical run: shorter ones are idiom (title of a meeting, name of a campaign)
)
MOST_HOLDERS = 40  # places that hold the same run before it counts as a common phrase
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")
_BASE = np.uint64(1_000_003)

Run = tuple[int, int, int]  # start in the first text, start in the second, length


def plain(text: str) -> str:
    """The text without punctuation and spaces."""
    return _NOT_WORDS.sub("", text)


def places(text: str) -> list[int]:
    """Where each character of ``plain(text)`` stands in ``text``."""
    return [i for word in re.finditer(r"[\u4e00-\u9fffA-Za-z0-9]+", text) for i in range(*word.span())]


def shared_runs(
    texts: Sequence[str], groups: Sequence[int] | None = None
) -> dict[tuple[int, int], list[Run]]:
    """Pairs (i, j), i < j, of plain texts → their maximal common runs of at least 13 characters.

    Runs of one pair do not overlap in the first text. A run in more than 40 places is idiom. ``groups`` (a
    number per text): inside a group only its own places count, across groups those of all.
    """
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < SHINGLE:
        return {}
    item = np.repeat(np.arange(len(texts)), lengths)
    start_of = np.concatenate([[0], np.cumsum(lengths)])
    windows = len(codes) - SHINGLE + 1
    hashed = np.zeros(windows, dtype=np.uint64)
    for offset in range(SHINGLE):
        hashed = hashed * _BASE + codes[offset : offset + windows]
    at = np.flatnonzero(item[:windows] == item[SHINGLE - 1 :])  # windows inside one text
    group = np.zeros(len(texts), dtype=np.int64) if groups is None else np.asarray(groups, dtype=np.int64)
    seeds = [_seeds(at, hashed[at], item, group, across=False)]
    if groups is not None:
        seeds[0] = _seeds(at, hashed[at] ^ _mixed(group[item[at]]), item, group, across=False)
        seeds.append(_seeds(at, hashed[at], item, group, across=True))
    first, second = (np.concatenate([pair[k] for pair in seeds]) for k in (0, 1))
    return _joined(first, second, item, start_of)


def _mixed(group: np.ndarray) -> np.ndarray:
    return (group.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)


def _seeds(
    at: np.ndarray, keys: np.ndarray, item: np.ndarray, group: np.ndarray, across: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Positions (first < second) of windows with equal keys, in different texts, of few enough places."""
    order = np.argsort(keys, kind="stable")
    key, place = keys[order], at[order]
    edges = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1], [True]]))
    size = np.repeat(np.diff(edges), np.diff(edges))
    few = (size > 1) & (size <= MOST_HOLDERS)
    key, place = key[few], place[few]
    found: list[tuple[np.ndarray, np.ndarray]] = []
    for step in range(1, MOST_HOLDERS):
        same = key[step:] == key[:-step] if len(key) > step else np.zeros(0, dtype=bool)
        if not same.any():
            break
        a, b = place[:-step][same], place[step:][same]
        kept = item[a] != item[b]
        if across:
            kept &= group[item[a]] != group[item[b]]
        found.append((a[kept], b[kept]))
    if not found:
        return at[:0], at[:0]
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _joined(
    first: np.ndarray, second: np.ndarray, item: np.ndarray, start_of: np.ndarray
) -> dict[tuple[int, int], list[Run]]:
    """Seeds on one diagonal of a pair of texts as runs; of overlapping ones the longest."""
    one, two = item[first], item[second]
    a, b = first - start_of[one], second - start_of[two]
    order = np.lexsort((a, b - a, two, one))
    one, two, a, b = one[order], two[order], a[order], b[order]
    if not len(a):
        return {}
    same_diagonal = (one[1:] == one[:-1]) & (two[1:] == two[:-1]) & (b[1:] - a[1:] == b[:-1] - a[:-1])
    opens = np.concatenate([[True], ~(same_diagonal & (a[1:] - a[:-1] <= SHINGLE))])
    heads = np.flatnonzero(opens)
    tails = np.concatenate([heads[1:], [len(a)]]) - 1
    runs: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for i, j, start_a, start_b, end in zip(
        one[heads].tolist(),
        two[heads].tolist(),
        a[heads].tolist(),
        b[heads].tolist(),
        a[tails].tolist(),
        strict=True,
    ):
        runs[i, j].append((start_a, start_b, end - start_a + SHINGLE))
    return {pair: _apart(found) for pair, found in runs.items()}


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
