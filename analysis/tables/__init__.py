"""Tables: ``tables.NAME(frame, lang="zh") → great_tables.GT``, which Jupyter shows as HTML."""

from analysis.tables.across import round_changes, rounds, trend, type_changes
from analysis.tables.corpus import (
    dictionary,
    flags,
    notices,
    parameters,
    pooled,
    robustness,
    set_aside,
    suite,
)
from analysis.tables.items import evidence, open_items, problems, recurrences, similar
from analysis.tables.results import checks, completion, differences, key_numbers, reconciliation, timeline
from analysis.tables.types import agreement, counts, measures_by_type, overrepresentation, prevalence

__all__ = [
    "agreement",
    "checks",
    "completion",
    "counts",
    "dictionary",
    "differences",
    "evidence",
    "flags",
    "key_numbers",
    "measures_by_type",
    "notices",
    "open_items",
    "overrepresentation",
    "parameters",
    "pooled",
    "prevalence",
    "problems",
    "reconciliation",
    "recurrences",
    "robustness",
    "round_changes",
    "rounds",
    "set_aside",
    "similar",
    "suite",
    "timeline",
    "trend",
    "type_changes",
]
