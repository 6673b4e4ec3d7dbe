"""Parts that several charts share: row labels with flags, dots with intervals, chunks of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analysis.display.labels import code_order
from analysis.reporting import display as d

ROWS_PER_FIGURE = 10


def chunks(rows: Sequence[Any], size: int = ROWS_PER_FIGURE) -> Iterator[tuple[str, Sequence[Any]]]:
    """(suffix, rows) in even parts of at most ``size``: a long selection becomes several figures."""
    parts = max(1, -(-len(rows) // size))
    width = -(-len(rows) // parts) if rows else 0
    for index in range(parts):
        part = rows[index * width : (index + 1) * width]
        if part:
            yield (f"{index + 1}/{parts}" if parts > 1 else ""), part


def part_caption(page: Any, caption: str, suffix: str) -> str:
    """Caption with its part where a figure is one of several."""
    if not suffix:
        return caption
    part, parts = suffix.split("/")
    return caption + page.t("prev_part", part=part, parts=parts)


def part_id(stem: str, suffix: str) -> str:
    return stem + (f"-{suffix.split('/')[0]}" if suffix else "")


def row_label(axes: Any, y: float, text: str, flags: str = "", below: str = "", size: float = 8.5) -> None:
    """A row's name left of the axes, its flags and a second line in grey."""
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transAxes, axes.transData)
    marks = f"  [{flags.replace(',', ' ')}]" if flags else ""
    second = (below + marks).strip()
    axes.annotate(
        text,
        (0, y),
        xycoords=place,
        xytext=(-6, 4.5 if second else 0),
        textcoords="offset points",
        ha="right",
        va="center",
        fontsize=size,
        fontweight="bold",
        annotation_clip=False,
    )
    if second:
        axes.annotate(
            second,
            (0, y),
            xycoords=place,
            xytext=(-6, -5.5),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=6.8,
            color=d.GREY,
            annotation_clip=False,
        )


def dot(
    axes: Any,
    x: float,
    y: float,
    low: float | None,
    high: float | None,
    *,
    marker: str = "o",
    filled: bool = True,
    colour: str = d.BLUE,
    size: float = 5.2,
) -> None:
    """An estimate with its interval."""
    if low is not None and high is not None:
        axes.plot(
            [low, high], [y, y], color=colour, linewidth=1.3, solid_capstyle="butt", zorder=2, clip_on=False
        )
        for end in (low, high):
            axes.plot([end, end], [y - 0.12, y + 0.12], color=colour, linewidth=0.8, zorder=2, clip_on=False)
    axes.plot(
        [x],
        [y],
        marker=marker,
        markersize=size,
        color=colour,
        markerfacecolor=colour if filled else "white",
        markeredgecolor=colour,
        markeredgewidth=1.1,
        linestyle="none",
        zorder=3,
        clip_on=False,
    )


def share_axis(axes: Any, low: float = 0.0, high: float = 1.0, step: float = 0.2) -> None:
    """A percentage axis with light vertical rules."""
    count = round((high - low) / step)
    ticks = [low + step * i for i in range(count + 1)]
    axes.set_xlim(low, high)
    axes.set_xticks(ticks, [f"{round(t * 100)}%" for t in ticks])
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)


def right_text(
    axes: Any,
    y: float,
    text: str,
    *,
    x: float = 1.0,
    offset: float = 8,
    colour: str = d.INK,
    size: float = 7.6,
    ha: str = "left",
    weight: str = "normal",
) -> None:
    """Text right of the axes at row ``y`` (data), in a column that starts ``offset`` points out."""
    from matplotlib.transforms import blended_transform_factory

    place = blended_transform_factory(axes.transAxes, axes.transData)
    axes.annotate(
        text,
        (x, y),
        xycoords=place,
        xytext=(offset, 0),
        textcoords="offset points",
        ha=ha,
        va="center",
        fontsize=size,
        color=colour,
        fontweight=weight,
        annotation_clip=False,
    )


def shown_flags(rows: Sequence[dict[str, Any]]) -> str:
    """The flags of several rows of one notice together, in the order of the code list."""
    held = {flag for row in rows for flag in d.flags(row["flags"])}
    order = code_order("flags")
    return ",".join(sorted(held, key=lambda f: (order.index(f) if f in order else len(order), f)))


def alt_text(page: Any, title: str, parts: Sequence[str]) -> str:
    """Title and what the chart shows, as one sentence per row."""
    joiner = "；" if page.lang == "zh" else "; "
    return page.t("alt_rows", title=title, rows=joiner.join(parts))
