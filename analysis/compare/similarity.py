"""The same problem in other words: suggestions for a reader, never a finding.

Character 2- and 3-grams of the problem statement, tf-idf weighted, compared by cosine between
notices. The words of judgement that every notice uses (lookup verdict_words) are masked, or
every "不到位" would resemble every other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from functools import lru_cache
from math import log, sqrt
from typing import Any

import polars as pl

from analysis.compare.context import Comparison
from analysis.compare.grid import join_flags, join_ids, out_frame
from analysis.lookups import load_csv

LEAST = 0.3
MOST_SHOWN = 200
SIZES = (2, 3)
# An n-gram in more statements than this tells nothing apart, and pairs through it grow with its square.
MOST_HOLDERS = 60
LONGEST = 400  # characters of a statement that are compared
_NOT_WORDS = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9]+")


@lru_cache(maxsize=1)
def _verdicts() -> re.Pattern[str]:
    words = sorted((row["word"] for row in load_csv("verdict_words")), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def grams(statement: str) -> dict[str, int]:
    """n-gram → how often, with verdict words and punctuation as breaks."""
    counts: dict[str, int] = {}
    for part in _NOT_WORDS.split(_verdicts().sub(" ", statement[:LONGEST])):
        for size in SIZES:
            for i in range(len(part) - size + 1):
                gram = part[i : i + size]
                counts[gram] = counts.get(gram, 0) + 1
    return counts


def similar_statements(comparison: Comparison) -> pl.DataFrame:
    """``out_similar_statements``: at most 200 cross-notice pairs at or above 0.3, most similar first.

    Work grows with the shared rare n-grams, not with the number of pairs.
    """
    units = comparison.units.join(
        comparison.problems.select("problem_id", "statement_text"),
        on="problem_id",
        how="left",
        maintain_order="left",
    )
    ids = units["problem_id"].to_list()
    notices = units["notice_id"].to_list()
    types = units["primary_type_code"].to_list()
    vectors, holders = _weighted([grams(statement or "") for statement in units["statement_text"]])
    dots: dict[tuple[int, int], float] = defaultdict(float)
    for gram, documents in holders.items():
        if 1 < len(documents) <= MOST_HOLDERS:
            for position, a in enumerate(documents):
                weight = vectors[a][gram]
                for b in documents[position + 1 :]:
                    if notices[a] != notices[b]:
                        dots[a, b] += weight * vectors[b][gram]
    lengths = [sqrt(sum(w * w for w in vector.values())) for vector in vectors]
    scored = sorted(
        (
            (dot / (lengths[a] * lengths[b]), a, b)
            for (a, b), dot in dots.items()
            if dot >= LEAST * lengths[a] * lengths[b]
        ),
        key=lambda t: (-t[0], t[1], t[2]),
    )
    looked_at = (len(ids) ** 2 - sum(size * size for size in Counter(notices).values())) // 2
    rows: list[dict[str, Any]] = []
    for score, a, b in scored[:MOST_SHOWN]:
        one, two = comparison.by_id[notices[a]], comparison.by_id[notices[b]]
        rows.append(
            {
                "problem_id_a": ids[a],
                "problem_id_b": ids[b],
                "notice_id_a": notices[a],
                "notice_id_b": notices[b],
                "label_a_zh": one["label_zh"],
                "label_b_zh": two["label_zh"],
                "label_a_en": one["label_en"],
                "label_b_en": two["label_en"],
                "unit": comparison.unit,
                "definition_code": "cosine_of_character_2_3_grams_tfidf_verdict_words_masked",
                "similarity": min(1.0, score),
                "shares_type": types[a] == types[b],
                "n_count": looked_at,
                "is_suggestion": True,
                "flags": join_flags(
                    {f for n in (notices[a], notices[b]) for f in comparison.flags_for(n, "types")}
                ),
                "source_ids": join_ids([ids[a], ids[b]]),
            }
        )
    return out_frame("out_similar_statements", rows)


def _weighted(counted: list[dict[str, int]]) -> tuple[list[dict[str, float]], dict[str, list[int]]]:
    """tf-idf vectors, and for each n-gram the statements that hold it (in order)."""
    holders: dict[str, list[int]] = defaultdict(list)
    for document, counts in enumerate(counted):
        for gram in counts:
            holders[gram].append(document)
    total = len(counted)
    weights = {gram: log((1 + total) / (1 + len(documents))) + 1 for gram, documents in holders.items()}
    return [{gram: count * weights[gram] for gram, count in counts.items()} for counts in counted], dict(
        holders
    )
