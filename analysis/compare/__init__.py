"""Comparisons: ``compare.NAME(ledger, …)`` gives one validated polars frame, the table ``out_NAME``.

Pure functions of a ledger (``analysis.select``) and choices: ``unit`` problem or item, ``completion``
strict or lenient. Columns, units and flags are declared in ``out_tables``. ``compare.write(data_dir)``
computes all of them once.
"""

from __future__ import annotations

from analysis.compare.changes import round_changes, type_returns
from analysis.compare.coding import coding_agreement
from analysis.compare.flagging import flags
from analysis.compare.kinds import mix_distances, overrepresentation, prevalence, type_counts
from analysis.compare.out_tables import OUT_TABLES
from analysis.compare.pairs import differences
from analysis.compare.pooling import pooled
from analysis.compare.proof import evidence, evidence_by_notice, measures_by_type, reuse
from analysis.compare.ratios import completion, status_mix
from analysis.compare.repeats import recurrences, similar
from analysis.compare.robust import robustness
from analysis.compare.series import rounds, trend
from analysis.compare.tallies import counts, notices, reconciliation
from analysis.compare.timing import timeline, weekly_events
from analysis.compare.unfinished import open_items
from analysis.compare.writing import compare_all, write

__all__ = [
    "OUT_TABLES",
    "coding_agreement",
    "compare_all",
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
    "pooled",
    "prevalence",
    "reconciliation",
    "recurrences",
    "reuse",
    "robustness",
    "round_changes",
    "rounds",
    "similar",
    "status_mix",
    "timeline",
    "trend",
    "type_counts",
    "type_returns",
    "weekly_events",
    "write",
]
