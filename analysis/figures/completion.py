"""Completion ratios with their intervals."""

from __future__ import annotations

from typing import Any

import polars as pl

from analysis.display import formats, style
from analysis.display.labels import label
from analysis.figures.house import HouseFigure, dot, drawn, new_figure, right_text, row_label, share_axis

# definition → marker, filled, colour; shape and filling tell them apart without colour
LOOKS = {
    "stated": ("D", False, style.ORANGE),
    "itemised": ("o", True, style.INK),
    "strict": ("s", False, style.BLUE),
    "lenient": ("^", True, style.GREEN),
}
MOST_ROWS = 12  # notices drawn one by one; above it, their distribution
DRAWN = ["notice_id", "definition_code", "unit", "x_count", "n_count", "share", "wilson_low", "wilson_high"]


@drawn
def completion(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Ratios of each notice under each definition, with 95 % Wilson intervals; what is not published says so.

    ``frame``: rows of ``compare.completion``. Up to twelve notices stand one by one, in the order of
    the frame; of more the distribution is drawn, since nobody reads a hundred intervals.
    """
    notices = frame.partition_by("notice_id", maintain_order=True)
    if len(notices) > MOST_ROWS:
        return _distribution(frame, len(notices), lang)
    figure = new_figure(frame.height * 5.0 + len(notices) * 3.5 + 16)
    axes = figure.add_subplot()
    y, said = 0.0, []
    for rows in (part.to_dicts() for part in notices):
        row_label(axes, y + (len(rows) - 1) / 2, rows[0][f"label_{lang}"], _since(rows[0], lang))
        for row in rows:
            _ratio(axes, y, row, lang)
            y += 1
        said.append(rows[0][f"label_{lang}"] + ": " + ", ".join(_in_words(row, lang) for row in rows))
        y += 0.7
        axes.axhline(y - 0.85, color="#ececec", linewidth=0.6, zorder=0)
    axes.set_ylim(y - 0.7, -0.7)
    axes.set_yticks([])
    share_axis(axes)
    axes.set_xlabel(label("axis_share", lang))
    return _described(figure, frame, label("fig_completion", lang), "; ".join(said), lang)


def _ratio(axes: Any, y: float, row: dict[str, Any], lang: str) -> None:
    weight = "bold" if row["is_headline"] else "normal"
    right_text(axes, y, label(f"definition_{row['definition_code']}", lang), 8, weight=weight)
    right_text(axes, y, formats.of_total(row["x_count"], row["n_count"]), 62, weight=weight)
    right_text(axes, y, formats.share(row["share"]), 94, weight=weight)
    if row["share"] is None:
        axes.text(0.01, y, label("not_published", lang), fontsize=7.4, color=style.GREY, va="center")
        return
    marker, filled, colour = LOOKS[row["definition_code"]]
    dot(axes, row["share"], y, row["wilson_low"], row["wilson_high"], marker, filled, colour)


def _since(row: dict[str, Any], lang: str) -> str:
    if row["days_since_feedback"] is None:
        return label("days_unknown", lang)
    key = "days_after_feedback_min" if row["is_days_lower_bound"] else "days_after_feedback"
    return label(key, lang, days=row["days_since_feedback"])


def _in_words(row: dict[str, Any], lang: str) -> str:
    name = label(f"definition_{row['definition_code']}", lang)
    if row["share"] is None:
        return f"{name} {label('not_published', lang)}"
    low_high = formats.interval(row["wilson_low"], row["wilson_high"])
    counted = formats.of_total(row["x_count"], row["n_count"])
    return f"{name} {counted} {formats.share(row['share'])} ({low_high})"


def _distribution(frame: pl.DataFrame, notice_count: int, lang: str) -> HouseFigure:
    """How many notices lie where, a row a definition: every tenth of the scale is a column of dots."""
    figure = new_figure(70)
    shown = frame.filter(pl.col("share").is_not_null())
    rows = [(code, shown.filter(definition_code=code)["share"].to_list()) for code in LOOKS]
    said = []
    for place, (code, shares) in enumerate(rows, 1):
        axes = figure.add_subplot(len(rows), 1, place)
        counts, _, _ = axes.hist(shares, bins=[i / 20 for i in range(21)], color=LOOKS[code][2])
        axes.set_title(f"{label(f'definition_{code}', lang)}  n = {len(shares)}/{notice_count}")
        share_axis(axes)
        axes.tick_params(labelbottom=place == len(rows))
        if shares:
            middle = formats.share(float(pl.Series(shares).median()))  # type: ignore[arg-type]
            said.append(f"{label(f'definition_{code}', lang)} n = {len(shares)}, {middle}")
    axes.set_xlabel(label("axis_share", lang))
    return _described(figure, frame, label("fig_completion", lang), "; ".join(said), lang)


def _described(figure: HouseFigure, frame: pl.DataFrame, caption: str, alt: str, lang: str) -> HouseFigure:
    figure.caption, figure.alt = caption, f"{caption}: {alt}"
    figure.notes = [label("fig_completion_note", lang), label("source_line", lang)]
    figure.data = frame.select(DRAWN)
    return figure
