"""Sentences: ``text.NAME(frame, lang="zh") → Markdown``; every number leads to its sentence."""

from analysis.text.completion import completion

__all__ = ["completion"]
