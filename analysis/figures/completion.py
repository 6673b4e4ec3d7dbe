"""Completion ratios with their intervals, what became of the items, and differences between notices."""

from __future__ import annotations

from typing import Any

import polars as pl
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from analysis.display import formats, style
from analysis.display.labels import code_label, code_order, label
from analysis.figures.house import (
    MOST_NOTICES,
    HouseFigure,
    describe,
    dot,
    drawn,
    empty,
    new_figure,
    point_ticks,
    right_text,
    row_label,
    share_axis,
    stacked_shares,
)

# definition → marker, filled, colour; shape and filling tell them apart without colour
LOOKS = {
    "itemised": ("o", True, style.INK),
    "stated": ("D", False, style.ORANGE),
    "strict": ("s", False, style.BLUE),
    "lenient": ("^", True, style.GREEN),
}
DRAWN = ["notice_id", "definition_code", "unit", "x_count", "n_count", "share", "wilson_low", "wilson_high"]
MOST_PAIRS = 15
STATUS_COLOURS = {
    "completed": style.BLUE,
    "completed_long_term": "#5b8fbf",
    "basically_completed": "#9fc0dd",
    "phased": style.AMBER,
    "in_progress": style.ORANGE,
    "long_term": "#7b5ea7",
    "not_completed": "#7a2500",
    "not_stated": style.LIGHT,
}


@drawn
def completion(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """What each notice reports, with its 95 % Wilson interval, and where other definitions would put it.

    ``frame``: rows of ``compare.completion``. The large mark is the count by items, else the total that
    the notice states; small marks are the other definitions. Of more than twelve notices the
    distribution under each definition is drawn, since nobody reads a hundred intervals.
    """
    caption = label("fig_completion", lang)
    notices = frame.partition_by("notice_id", maintain_order=True)
    if len(notices) > MOST_NOTICES:
        return _distribution(frame, len(notices), lang)
    figure = new_figure(len(notices) * 9.5 + 24)
    axes = figure.add_subplot()
    said = []
    for y, rows in enumerate(part.to_dicts() for part in notices):
        row_label(axes, y, rows[0][f"label_{lang}"], _since(rows[0], lang))
        known = {row["definition_code"]: row for row in rows if row["share"] is not None}
        main = _main(known)
        if main is None:
            words = _without(rows, lang)
            axes.text(0.01, y, words, fontsize=8, color=style.GREY, va="center")
        else:
            marker, filled, colour = LOOKS[main["definition_code"]]
            dot(axes, main["share"], y, main["wilson_low"], main["wilson_high"], marker, filled, colour, 7)
            right_text(axes, y, formats.share(main["share"]), 10, weight="bold")
            right_text(axes, y, formats.of_total(main["x_count"], main["n_count"]), 46)
            words = ", ".join(_in_words(row, lang) for row in known.values())
        for row in known.values():
            if row is not main:
                marker, filled, colour = LOOKS[row["definition_code"]]
                dot(axes, row["share"], y + 0.3, None, None, marker, filled, colour, 4)
        said.append(f"{rows[0][f'label_{lang}']}: {words}")
    axes.set_ylim(len(notices) - 0.4, -0.6)
    axes.set_yticks([])
    share_axis(axes)
    axes.set_xlabel(label("axis_reported", lang))
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="none", markersize=5,
               markerfacecolor=colour if filled else "white", label=label(f"definition_{code}", lang))
        for code, (marker, filled, colour) in LOOKS.items()
    ]  # fmt: skip
    axes.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, handletextpad=0.2)
    return describe(figure, caption, said, frame.select(DRAWN), lang, "fig_completion_note")


def _main(known: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """Of a notice's ratios by definition the one it reports: counted item by item, else its total."""
    return known.get("itemised") or known.get("stated") or next(iter(known.values()), None)


def _without(rows: list[dict[str, Any]], lang: str) -> str:
    """Why a notice has no ratio."""
    return label("not_published" if any("N" in row["flags"] for row in rows) else "no_ratio", lang)


def reported_in_words(frame: pl.DataFrame, lang: str) -> dict[str, str]:
    """What each notice reports, by its label: 83.3% (50/60), or that nothing is published.

    ``frame``: rows of ``compare.completion``.
    """
    found = {}
    for part in frame.partition_by("notice_id", maintain_order=True):
        rows = part.to_dicts()
        main = _main({row["definition_code"]: row for row in rows if row["share"] is not None})
        found[rows[0][f"label_{lang}"]] = (
            f"{formats.share(main['share'])} ({formats.of_total(main['x_count'], main['n_count'])})"
            if main
            else _without(rows, lang)
        )
    return found


def _since(row: dict[str, Any], lang: str) -> str:
    if row["days_since_feedback"] is None:
        return label("days_unknown", lang)
    key = "days_after_feedback_min" if row["is_days_lower_bound"] else "days_after_feedback"
    return label(key, lang, days=row["days_since_feedback"])


def _in_words(row: dict[str, Any], lang: str) -> str:
    name = label(f"definition_{row['definition_code']}", lang)
    low_high = formats.interval(row["wilson_low"], row["wilson_high"])
    counted = formats.of_total(row["x_count"], row["n_count"])
    return f"{name} {counted} {formats.share(row['share'])} ({low_high})"


def _distribution(frame: pl.DataFrame, notice_count: int, lang: str) -> HouseFigure:
    """How many notices lie where on the scale, a row a definition that any notice meets."""
    found = set(frame.drop_nulls("share")["definition_code"])
    drawn_looks = {code: look for code, look in LOOKS.items() if code in found}
    if not drawn_looks:
        return empty(label("fig_completion", lang), label("nothing", lang))
    figure = new_figure(18 * len(drawn_looks) + 12)
    rows = figure.subplots(len(drawn_looks), 1, sharex=True, sharey=True, squeeze=False).ravel()
    said = []
    for axes, (code, (_, _, colour)) in zip(rows, drawn_looks.items(), strict=True):
        shares = frame.filter(definition_code=code)["share"].drop_nulls()
        axes.hist(shares.to_list(), bins=[i / 20 for i in range(21)], color=colour, edgecolor="white")
        words = label(
            "distribution_of", lang, definition=label(f"definition_{code}", lang), n=len(shares), total=notice_count
        )  # fmt: skip
        if len(shares):
            middle = float(shares.median())  # type: ignore[arg-type]
            axes.axvline(middle, color=style.INK, linewidth=0.8, linestyle=":")
            words += label("and_median", lang, share=formats.share(middle))
        axes.set_title(words, fontsize=8)
        share_axis(axes)
        axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        said.append(words)
    rows[-1].set_xlabel(label("axis_distribution", lang))
    caption = label("fig_completion", lang)
    return describe(figure, caption, said, frame.select(DRAWN), lang, "fig_completion_note")


@drawn
def status_mix(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Results reported item by item, as parts of each notice (of more than twelve: of each year).

    ``frame``: rows of ``compare.status_mix``.
    """
    rows = frame.filter(pl.col("value_count") > 0)
    present = set(rows["status_code"])
    order = [code for code in code_order("statuses") if code in present]
    return stacked_shares(
        rows,
        part="status_code",
        order=order,
        names=[code_label("statuses", code, lang) for code in order],
        colours=[STATUS_COLOURS[code] for code in order],
        caption=label("fig_status", lang),
        note="fig_status_note",
        lang=lang,
    )


@drawn
def differences(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Differences between two notices in percentage points with 95 % Newcombe intervals.

    ``frame``: rows of ``compare.differences``; pairs that could be tested are drawn, the first fifteen.
    """
    caption = label("fig_differences", lang)
    pairs = frame.filter((pl.col("comparison_code") == "pair") & pl.col("difference").is_not_null())
    if pairs.is_empty():
        return empty(caption, label("no_pair", lang))
    shown = pairs.head(MOST_PAIRS)
    figure = new_figure(shown.height * 7.5 + 20)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(shown.to_dicts()):
        name = f"{row[f'label_a_{lang}']} − {row[f'label_b_{lang}']}"
        definition = code_label("completion_definitions", row["definition_code"], lang)
        differs = row["verdict_code"] == "differs"
        row_label(axes, y, name, definition, 8)
        colour = style.ORANGE if differs else style.GREY
        dot(axes, row["difference"], y, row["newcombe_low"], row["newcombe_high"], "o", differs, colour)
        verdict = label(f"verdict_{row['verdict_code']}", lang)
        right_text(axes, y, formats.points(row["difference"]), 8)
        right_text(axes, y, verdict, 40)
        said.append(f"{name} {formats.points(row['difference'])}, {verdict}")
    _point_axis(axes, shown.height, lang)
    if pairs.height > shown.height:
        said.append(label("cut", lang, shown=shown.height, total=pairs.height))
    data = pairs.select(
        "notice_id_a", "notice_id_b", "definition_code", "unit", "difference", "newcombe_low", "newcombe_high"
    )
    return describe(figure, caption, said, data, lang, "fig_differences_note")


def _point_axis(axes: Axes, rows: int, lang: str) -> None:
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    point_ticks(axes)
    axes.set_xlabel(label("axis_difference", lang))
