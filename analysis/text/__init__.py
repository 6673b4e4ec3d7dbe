"""Sentences: ``text.NAME(frame, lang="zh") → Markdown``; every number leads to its sentence."""

from analysis.text.across import again, rounds
from analysis.text.corpus import method, quality, robustness, start
from analysis.text.items import evidence, intent, open_items, recurrences, timeline
from analysis.text.profile import pair, profile
from analysis.text.results import completion, differences, pooled, reconciliation
from analysis.text.summary import summary, to_do
from analysis.text.types import counts, measures_by_type, quotes, types

__all__ = [
    "again",
    "completion",
    "counts",
    "differences",
    "evidence",
    "intent",
    "measures_by_type",
    "method",
    "open_items",
    "pair",
    "pooled",
    "profile",
    "quality",
    "quotes",
    "reconciliation",
    "recurrences",
    "robustness",
    "rounds",
    "start",
    "summary",
    "timeline",
    "to_do",
    "types",
]
