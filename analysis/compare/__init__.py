"""Comparisons: ``compare.NAME(ledger, …)`` gives one validated polars frame, the table ``out_NAME``.

Pure functions of a ledger (``analysis.select``) and choices: ``unit`` problem or item, ``completion``
strict or lenient. Columns, units and flags are declared in ``out_tables``.
"""

from __future__ import annotations

from analysis.compare.changes import round_changes, type_returns
from analysis.compare.coding import coding_agreement
from analysis.compare.flagging import flags
from analysis.compare.kinds import mix_distances, overrepresentation, prevalence, type_counts
from analysis.compare.pairs import differences
from analysis.compare.proof import evidence, evidence_by_notice, measures_by_type, reuse
from analysis.compare.ratios import completion, status_mix
from analysis.compare.repeats import recurrences, similar
from analysis.compare.series import rounds, trend
from analysis.compare.tallies import counts, notices, reconciliation
from analysis.compare.timing import timeline, weekly_events
from analysis.compare.unfinished import open_items

__all__ = [
    "coding_agreement",
    "completion",
    "counts",
    "differences",
    "evidence",
    "evidence_by_notice",
    "flags",
    "measures_by_type",
    "mix_distances",
    "notices",
    "open_items",
    "overrepresentation",
    "prevalence",
    "reconciliation",
    "recurrences",
    "reuse",
    "round_changes",
    "rounds",
    "similar",
    "status_mix",
    "timeline",
    "trend",
    "type_counts",
    "type_returns",
    "weekly_events",
]
