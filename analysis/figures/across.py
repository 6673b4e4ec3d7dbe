"""Rounds of one body: its line over the years, and the changes between consecutive rounds."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from analysis.display import formats, style
from analysis.display.labels import label
from analysis.figures.house import (
    LONGEST_NAME,
    HouseFigure,
    describe,
    dot,
    drawn,
    empty,
    new_figure,
    point_ticks,
    right_text,
    row_label,
    wrapped,
)

MOST_BODIES = 12
MOST_CHANGES = 20


@drawn
def rounds(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Each body's ratio from round to round with 95 % intervals, a small panel a body.

    ``frame``: rows of ``compare.rounds`` under one definition and unit. Bodies with two rounds or more;
    of more than twelve bodies all lines stand in one panel, the median of each year on top.
    """
    caption = label("fig_rounds", lang)
    known = frame.filter(pl.col("share").is_not_null() & pl.col("year").is_not_null())
    line = ["body_id", "basis_code"]  # results by item and stated totals are no one series
    series = known.filter(pl.len().over(line) >= 2).sort(*line, "year", "round_number")
    bodies = series.partition_by(line, maintain_order=True)
    if not bodies:
        return empty(caption, label("no_second_round", lang))
    years = series["year"].min(), series["year"].max()
    many = len(bodies) > MOST_BODIES
    across = 1 if many else min(len(bodies), 4)
    down = 1 if many else -(-len(bodies) // across)
    figure = new_figure(82 if many else 42 * down + 10)
    panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    said = []
    for axes in panels:
        _years(axes, years)
    for place, body in enumerate(bodies):
        rows = body.to_dicts()
        axes = panels[0] if many else panels[place]
        axes.plot(body["year"], body["share"], color=style.RULE if many else style.BLUE,
                  linewidth=0.7 if many else 1.2, alpha=0.7 if many else 1)  # fmt: skip
        said.append(f"{_body(rows[0], lang)}: " + ", ".join(_in_words(row) for row in rows))
        if not many:
            for row in rows:
                axes.plot(
                    [row["year"]] * 2, [row["wilson_low"], row["wilson_high"]], color=style.BLUE, linewidth=1
                )
                axes.plot(row["year"], row["share"], marker="o", color=style.BLUE, markersize=4)
            axes.set_title(wrapped(_body(rows[0], lang), 26), fontsize=7.8)
    for axes in panels[1 if many else len(bodies) :]:
        axes.axis("off")
    if many:
        middle = series.group_by("year").agg(pl.col("share").median(), pl.len().alias("n")).sort("year")
        panels[0].plot(
            middle["year"], middle["share"], color=style.ORANGE, linewidth=2, marker="o", markersize=5
        )
        panels[0].set_title(label("median_of_bodies", lang, bodies=len(bodies)), fontsize=8)
        said = [f"{year}: {formats.share(share)} (n = {n})" for year, share, n in middle.iter_rows()]
    data = series.select(
        "body_id",
        "notice_id",
        "year",
        "definition_code",
        "unit",
        "x_count",
        "n_count",
        "share",
        "wilson_low",
        "wilson_high",
    )
    return describe(figure, caption, said, data, lang, "fig_rounds_note")


def _years(axes: Any, years: tuple[Any, Any]) -> None:
    axes.set_ylim(0, 1.02)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    axes.set_xlim(years[0] - 0.5, years[1] + 0.5)
    step = max(1, -(-(years[1] - years[0]) // 3))  # four years at most: panels are narrow
    axes.set_xticks(range(years[0], years[1] + 1, step))
    axes.tick_params(labelbottom=True)
    axes.grid(axis="y")


def _body(row: dict[str, Any], lang: str) -> str:
    """The body as its notices are labelled, without the year."""
    return re.sub(r" \d{4}\b.*$", "", row[f"label_{lang}"])


def _round(shown: str) -> str:
    """The year in a notice's label: what tells it from the other rounds of its body."""
    found = re.search(r"\d{4}\b.*$", shown)
    return found[0] if found else shown


def _in_words(row: dict[str, Any]) -> str:
    return f"{row['year']} {formats.of_total(row['x_count'], row['n_count'])}"


@drawn
def round_changes(changes: pl.DataFrame, trend: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Change between consecutive rounds of one body in points, with Newcombe intervals and the mean of all.

    ``changes``, ``trend``: rows of ``compare.round_changes`` and ``compare.trend``, under one
    definition and unit. Of more than twenty changes the distribution is drawn.
    """
    caption = label("fig_changes", lang)
    known = changes.filter(pl.col("difference").is_not_null())
    if known.is_empty():
        return empty(caption, label("no_second_round", lang))
    mean = trend.filter((pl.col("method_code") == "paired_mean") & pl.col("estimate").is_not_null())
    mean = mean.filter(pl.col("verdict_code") != "too_few")
    mean = mean.sort("pair_count", descending=True, maintain_order=True).head(1)
    many = known.height > MOST_CHANGES
    bodies = [_body({f"label_{lang}": name}, lang) for name in known[f"label_to_{lang}"]]
    tall = 9.5 if any("\n" in wrapped(name, LONGEST_NAME) for name in bodies) else 7.5
    figure = new_figure(60 if many else (known.height + mean.height) * tall + 18)
    axes = figure.add_subplot()
    said = []
    if many:
        axes.hist(known["difference"].to_list(), bins=20, color="#9fc0dd", edgecolor="white")
        axes.set_ylabel(label("axis_pairs", lang))
        said.append(label("changes_drawn", lang, n=known.height))
        for row in mean.to_dicts():
            axes.axvspan(row["low"], row["high"], color=style.ORANGE, alpha=0.25)
            axes.axvline(row["estimate"], color=style.ORANGE, linewidth=1.6)
    else:
        for y, row in enumerate(known.to_dicts()):
            earlier, later = row[f"label_from_{lang}"], row[f"label_to_{lang}"]
            row_label(axes, y, bodies[y], f"{_round(earlier)} → {_round(later)}", 8)
            dot(axes, row["difference"], y, row["newcombe_low"], row["newcombe_high"])
            right_text(axes, y, formats.points(row["difference"]))
            said.append(f"{earlier} → {later} {formats.points(row['difference'])}")
        for y, row in enumerate(mean.to_dicts(), known.height):
            row_label(axes, y, label("method_paired_mean", lang), f"n = {row['pair_count']}", 8)
            dot(axes, row["estimate"], y, row["low"], row["high"], "D", True, style.ORANGE, 6.5)
            right_text(axes, y, formats.points(row["estimate"]), weight="bold")
        axes.set_ylim(known.height + mean.height - 0.4, -0.6)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    for row in mean.to_dicts():
        low_high = f"{formats.points(row['low'])} – {formats.points(row['high'])}"
        said.append(f"{label('method_paired_mean', lang)} {formats.points(row['estimate'])} ({low_high})")
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.grid(axis="x")
    point_ticks(axes)
    axes.set_xlabel(label("axis_change", lang))
    data = known.select("body_id", "from_notice_id", "to_notice_id", "definition_code", "unit", "difference",
                        "newcombe_low", "newcombe_high", "p_adjusted", "verdict_code")  # fmt: skip
    return describe(figure, caption, said, data, lang, "fig_changes_note")
