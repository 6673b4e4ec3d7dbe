"""Words behind evidence: intent inside items said to be done, sanctions, and text reused word for word."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

from analysis.lookups import load_csv

SHINGLE = (
    13  # characters of an identical run: shorter ones are idiom (title of a meeting, name of a campaign)
)
MOST_HOLDERS = 40  # places that hold the same run before it counts as a common phrase of all notices
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]")
_TITLE = re.compile(r"《[^《》]{0,80}》")


@lru_cache(maxsize=1)
def _intent() -> list[tuple[str, re.Pattern[str]]]:
    return [(row["word"], re.compile(row["pattern"])) for row in load_csv("intent_words")]


def intent_words(text: str) -> list[str]:
    """Words of the future or of intent (lookup intent_words), in order of place; words inside 《…》 are none."""
    bare = _TITLE.sub(lambda m: "《" + "　" * (len(m.group()) - 2) + "》", text)
    found = sorted((match.start(), word) for word, pattern in _intent() for match in pattern.finditer(bare))
    return [word for _, word in found]


@lru_cache(maxsize=1)
def _sanctions() -> re.Pattern[str]:
    return re.compile("|".join(row["pattern"] for row in load_csv("sanction_words")))


def sanction_count(text: str) -> int:
    """Sanctions and formal reminders named in a text (lookup sanction_words)."""
    return sum(1 for _ in _sanctions().finditer(_TITLE.sub("《》", text)))


def plain(text: str) -> tuple[str, list[int]]:
    """The text without punctuation and spaces, and where each character stood."""
    places = [i for i, character in enumerate(text) if not _NOT_WORDS.match(character)]
    return "".join(text[i] for i in places), places


Run = tuple[int, int, int]  # start in the first text, start in the second, length


def shared_runs(texts: list[str]) -> dict[tuple[int, int], list[Run]]:
    """Pairs (i, j), i < j, of plain texts → their maximal common runs of at least 13 characters.

    Runs of one pair do not overlap in the first text. Work grows with the text and with the
    repetitions in it, not with the number of pairs.
    """
    holders: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for number, text in enumerate(texts):
        for start in range(len(text) - SHINGLE + 1):
            holders[text[start : start + SHINGLE]].append((number, start))
    seeds: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for places in holders.values():
        if 1 < len(places) <= MOST_HOLDERS:
            for position, (i, a) in enumerate(places):
                for j, b in places[position + 1 :]:
                    if i != j:
                        seeds[i, j].append((a, b))
    return {pair: _maximal(found) for pair, found in seeds.items()}


def _maximal(seeds: list[tuple[int, int]]) -> list[Run]:
    """Join seeds on one diagonal into runs; then keep the longest that do not overlap in the first text."""
    runs: list[Run] = []
    for a, b in sorted(seeds, key=lambda s: (s[1] - s[0], s[0])):
        if runs and runs[-1][1] - runs[-1][0] == b - a and a <= runs[-1][0] + runs[-1][2]:
            start_a, start_b, _ = runs[-1]
            runs[-1] = (start_a, start_b, a - start_a + SHINGLE)
        else:
            runs.append((a, b, SHINGLE))
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
