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

from analysis.display import formats, style
from analysis.display.labels import label

MOST_NOTICES = 12  # drawn one by one; of more, figures aggregate
# Columns of a name of a row: wider than the first it is set smaller, wider than the second in two lines.
LONG_NAME, LONGEST_NAME = 30, 42
LEGEND = 90  # columns of names that fit on one line above a figure
Arguments = ParamSpec("Arguments")


class HouseFigure(Figure):
    """A matplotlib figure that knows what a page prints around it.

    ``caption`` and ``alt`` are text, ``notes`` lines below the figure, ``data`` the rows it draws;
    ``name`` (of the function that drew it) names its files in an edition; one that ``is_empty`` is left out.
    It is outside pyplot, so a notebook shows it once. Titles, limits and colours can be changed as
    on any figure: ``figure.axes[0].set_title("…")``.
    """

    name: str = ""
    caption: str = ""
    alt: str = ""
    notes: Sequence[str] = ()
    data: pl.DataFrame | None = None
    is_empty: bool = False


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
            figure = function(*args, **kwargs)
        figure.name = function.__name__
        return figure

    return in_house_style


def empty(caption: str, said: str) -> HouseFigure:
    """A figure that says why there is nothing to draw; for the notebook only."""
    figure = new_figure(18)
    axes = figure.add_subplot()
    axes.axis("off")
    axes.text(0, 0.5, said, color=style.GREY, va="center")
    figure.caption, figure.alt, figure.is_empty = caption, f"{caption}: {said}", True
    return figure


def describe(
    figure: HouseFigure, caption: str, said: Sequence[str], data: pl.DataFrame, lang: str, *notes: str
) -> HouseFigure:
    """``figure`` with its caption, its rows in words, what it draws, and the notes (label keys) below it.

    The words are cut at forty rows: a figure draws no more.
    """
    figure.caption = caption
    figure.alt = label("alt_rows", lang, title=caption, rows="; ".join(said[:40]))
    figure.notes = [label(note, lang) for note in (*notes, "source_line")]
    figure.data = data
    return figure


def stacked_shares(
    frame: pl.DataFrame,
    *,
    part: str,
    order: Sequence[str],
    names: Sequence[str],
    colours: Sequence[str],
    caption: str,
    note: str,
    lang: str,
) -> HouseFigure:
    """Each notice as one bar of parts that add up to 100 %; of more than twelve notices, each year.

    ``frame``: notice_id, label_*, year, ``part`` (a code), value_count. Parts carry their counts; shades
    differ in lightness, and the legend follows the order of the bar.
    """
    by_notice = frame["notice_id"].n_unique() <= MOST_NOTICES
    key = f"label_{lang}" if by_notice else "year"
    counts = frame.group_by(key, part, maintain_order=True).agg(pl.col("value_count").sum())
    rows = counts[key].unique(maintain_order=True).to_list()
    if not by_notice:
        rows = sorted(row for row in rows if row is not None)[-MOST_NOTICES:]
    if not rows:
        return empty(caption, label("nothing", lang))
    figure = new_figure(len(rows) * 7 + 22)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(rows):
        values = dict(counts.filter(pl.col(key) == row).select(part, "value_count").iter_rows())
        total = sum(values.values())
        left = 0.0
        for code, name, colour in zip(order, names, colours, strict=True):
            width = values.get(code, 0) / total
            axes.barh(y, width, left=left, height=0.62, color=colour, edgecolor="white", linewidth=0.6,
                      label=name if y == 0 else None)  # fmt: skip
            if width > 0.035:
                dark = sum(matplotlib.colors.to_rgb(colour)) < 1.55
                axes.text(left + width / 2, y, str(values[code]), ha="center", va="center", fontsize=7.5,
                          color="white" if dark else style.INK)  # fmt: skip
            left += width
        right_text(axes, y, f"n = {total}")
        inside = ", ".join(f"{name} {values[c]}" for c, name in zip(order, names, strict=True) if c in values)
        said.append(f"{row}: {inside}")
    axes.set_yticks(range(len(rows)), [wrapped(str(row)) for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    share_axis(axes)
    axes.grid(visible=False)
    across = len(order) if sum(map(formats.width, names)) <= LEGEND else 3
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=across, handlelength=1, columnspacing=1.2
    )
    data = frame.select("notice_id", "year", part, "value_count")
    return describe(figure, caption, said, data, lang, note)


def heat_cells(
    axes: Axes, rows: Sequence[str], heads: Sequence[str], shades: Sequence[Sequence[float]],
    words: Sequence[Sequence[str]],
) -> None:  # fmt: skip
    """A grid of shaded cells with a word in each: rows down, heads across the top."""
    most = max((max(line, default=0) for line in shades), default=0) or 1
    axes.pcolormesh(shades, cmap="Blues", vmin=0, vmax=most * 1.25, edgecolors="white", linewidth=0.8)
    for y, line in enumerate(words):
        for x, word in enumerate(line):
            colour = "white" if shades[y][x] > most * 0.72 else style.INK
            axes.text(x + 0.5, y + 0.5, word, ha="center", va="center", fontsize=7, color=colour)
    steep = len(heads) > 7 or max(map(formats.width, heads), default=0) > 96 / max(len(heads), 1)
    axes.set_xticks([x + 0.5 for x in range(len(heads))], heads, rotation=40 if steep else 0,
                    ha="left" if steep else "center", rotation_mode="anchor" if steep else "default",
                    fontsize=7.5)  # fmt: skip
    axes.xaxis.tick_top()
    axes.set_yticks([y + 0.5 for y in range(len(rows))], [wrapped(row, 44) for row in rows], fontsize=7.8)
    axes.tick_params(length=0)
    axes.set_ylim(len(rows), 0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def wrapped(text: str, most: int = LONG_NAME) -> str:
    """``text`` in two lines where it is wider than ``most`` columns and has a space to break at."""
    if formats.width(text) <= most or " " not in text:
        return text
    words = text.split(" ")
    cut = min(
        range(1, len(words)),
        key=lambda place: max(formats.width(" ".join(words[:place])), formats.width(" ".join(words[place:]))),
    )
    return " ".join(words[:cut]) + "\n" + " ".join(words[cut:])


def row_label(axes: Axes, y: float, text: str, below: str = "", size: float = 8.5) -> None:
    """A row's name left of the axes, with a second line in grey; a very long name takes two lines itself."""
    text, size = wrapped(text, LONGEST_NAME), size if formats.width(text) <= LONG_NAME else size - 1.5
    place = blended_transform_factory(axes.transAxes, axes.transData)
    lines = [(text, (9 if "\n" in text else 4.5) if below else 0, size, "bold", style.INK)]
    if below:
        lines.append((below, -9 if "\n" in text else -5.5, 6.8, "normal", style.GREY))
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
    axes.tick_params(axis="y", pad=6)
    axes.set_xticks(ticks, [f"{round(tick * 100)}%" for tick in ticks])
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def point_ticks(axes: Axes) -> None:
    """Ticks of a difference of shares, in percentage points with their sign; 0 has none."""
    axes.xaxis.set_major_formatter(
        lambda value, _: "0" if abs(value) < 1e-9 else formats.points(value).removesuffix(".0")
    )
