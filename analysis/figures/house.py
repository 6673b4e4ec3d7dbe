"""The figure every chart function returns, and the parts that several charts draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec

import matplotlib
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import blended_transform_factory

from analysis.display import style

Arguments = ParamSpec("Arguments")


class HouseFigure(Figure):
    """A matplotlib figure that knows what a page prints around it.

    ``caption`` and ``alt`` are text, ``notes`` lines below the figure, ``data`` the rows it draws.
    It is outside pyplot, so a notebook shows it once. Titles, limits and colours can be changed as
    on any figure: ``figure.axes[0].set_title("…")``.
    """

    caption: str = ""
    alt: str = ""
    notes: Sequence[str] = ()
    data: pl.DataFrame | None = None


def new_figure(height_mm: float, width_mm: float = style.WIDTH_MM) -> HouseFigure:
    """An empty figure of this size; ``add_subplot`` gives its axes."""
    figure = HouseFigure(figsize=(width_mm / 25.4, height_mm / 25.4), dpi=144, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def drawn(function: Callable[Arguments, HouseFigure]) -> Callable[Arguments, HouseFigure]:
    """Draw in the house style whatever a notebook has set for its own plots."""

    @wraps(function)
    def in_house_style(*args: Arguments.args, **kwargs: Arguments.kwargs) -> HouseFigure:
        style.register_fonts()
        with matplotlib.rc_context(style.HOUSE):
            return function(*args, **kwargs)

    return in_house_style


def empty(caption: str, said: str) -> HouseFigure:
    """A figure that says why there is nothing to draw."""
    figure = new_figure(18)
    axes = figure.add_subplot()
    axes.axis("off")
    axes.text(0, 0.5, said, color=style.GREY, va="center")
    figure.caption, figure.alt = caption, said
    return figure


def row_label(axes: Axes, y: float, text: str, below: str = "", size: float = 8.5) -> None:
    """A row's name left of the axes, with a second line in grey."""
    place = blended_transform_factory(axes.transAxes, axes.transData)
    lines = [(text, 4.5 if below else 0, size, "bold", style.INK)]
    if below:
        lines.append((below, -5.5, 6.8, "normal", style.GREY))
    for words, up, points, weight, colour in lines:
        axes.annotate(
            words,
            (0, y),
            xycoords=place,
            xytext=(-6, up),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=points,
            fontweight=weight,
            color=colour,
            annotation_clip=False,
        )


def right_text(
    axes: Axes, y: float, text: str, offset: float = 8, colour: str = style.INK, weight: str = "normal"
) -> None:
    """Text right of the axes at row ``y``, in a column that starts ``offset`` points out."""
    axes.annotate(
        text,
        (1.0, y),
        xycoords=blended_transform_factory(axes.transAxes, axes.transData),
        xytext=(offset, 0),
        textcoords="offset points",
        va="center",
        fontsize=7.6,
        color=colour,
        fontweight=weight,
        annotation_clip=False,
    )


def dot(
    axes: Axes,
    x: float,
    y: float,
    low: float | None,
    high: float | None,
    marker: str = "o",
    filled: bool = True,
    colour: str = style.BLUE,
    size: float = 5.2,
) -> None:
    """An estimate with its interval."""
    if low is not None and high is not None:
        axes.plot([low, high], [y, y], color=colour, linewidth=1.3, solid_capstyle="butt", clip_on=False)
        for end in (low, high):
            axes.plot([end, end], [y - 0.12, y + 0.12], color=colour, linewidth=0.8, clip_on=False)
    axes.plot(
        [x],
        [y],
        marker=marker,
        markersize=size,
        color=colour,
        markerfacecolor=colour if filled else "white",
        markeredgewidth=1.1,
        linestyle="none",
        zorder=3,
        clip_on=False,
    )


def share_axis(axes: Axes, low: float = 0.0, high: float = 1.0, step: float = 0.2) -> None:
    """A percentage axis with light vertical rules and no vertical spine."""
    ticks = [low + step * i for i in range(round((high - low) / step) + 1)]
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [f"{round(tick * 100)}%" for tick in ticks])
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
