"""Charts: ``figures.NAME(frame, lang="zh") → matplotlib.figure.Figure``, one function a table of ``compare``."""

from analysis.figures.across import round_changes, rounds
from analysis.figures.completion import completion, differences, status_mix
from analysis.figures.evidence import evidence, reconciliation
from analysis.figures.house import HouseFigure
from analysis.figures.time import open_items, timeline
from analysis.figures.types import counts, measures_by_type, strip, types, types_compared

__all__ = [
    "HouseFigure",
    "completion",
    "counts",
    "differences",
    "evidence",
    "measures_by_type",
    "open_items",
    "reconciliation",
    "round_changes",
    "rounds",
    "status_mix",
    "strip",
    "timeline",
    "types",
    "types_compared",
]
