"""Charts: ``figures.NAME(frame, lang="zh") → matplotlib.figure.Figure``, one function a table of ``compare``."""

from analysis.figures.completion import completion
from analysis.figures.house import HouseFigure

__all__ = ["HouseFigure", "completion"]
