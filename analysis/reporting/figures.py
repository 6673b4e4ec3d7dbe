"""Every figure by name; each takes a notebook's page and gives one block or several."""

from __future__ import annotations

from analysis.reporting import (
    figures_counts,
    figures_evidence,
    figures_ratios,
    figures_reconciliation,
    figures_timeline,
    figures_types,
)

FIGURES = {
    "completion": figures_ratios.completion,
    "differences": figures_ratios.differences,
    "counts": figures_counts.counts,
    "status_mix": figures_counts.status_mix,
    "dimensions": figures_counts.dimensions,
    "type_heatmap": figures_types.heatmap,
    "types_pair": figures_types.types_pair,
    "types_city": figures_types.types_city,
    "timeline": figures_timeline.timeline,
    "weekly_events": figures_timeline.weekly,
    "evidence_kinds": figures_evidence.composition,
    "evidence_shares": figures_evidence.shares,
    "reconciliation": figures_reconciliation.reconciliation,
}
