"""Tables: ``tables.NAME(frame, lang="zh") → great_tables.GT``, which Jupyter shows as HTML."""

from analysis.tables.completion import completion

__all__ = ["completion"]
