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
from analysis.compare.ratios import completion, status_mix
from analysis.compare.series import rounds, trend
from analysis.compare.tallies import counts, notices, reconciliation

__all__ = [
    "coding_agreement",
    "completion",
    "counts",
    "differences",
    "flags",
    "mix_distances",
    "notices",
    "overrepresentation",
    "prevalence",
    "reconciliation",
    "round_changes",
    "rounds",
    "status_mix",
    "trend",
    "type_counts",
    "type_returns",
]
