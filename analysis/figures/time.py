"""When: stages of an inspection, and the age of what is still open."""

from __future__ import annotations

import polars as pl
from matplotlib.ticker import MaxNLocator

from analysis.display import style
from analysis.display.labels import code_label, label
from analysis.figures.completion import STATUS_COLOURS
from analysis.figures.house import (
    MOST_NOTICES,
    HouseFigure,
    describe,
    drawn,
    empty,
    new_figure,
    right_text,
    row_label,
)

INTERVALS = (
    "inspection_days",
    "inspection_to_feedback_days",
    "feedback_to_cutoff_days",
    "feedback_to_publication_days",
)
MOST_TYPES = 15


@drawn
def timeline(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Inspection, feedback, cut-off and publication of each notice, in days from its feedback.

    ``frame``: rows of ``compare.timeline``. A notice without a day of feedback is aligned on the end of the
    inspection and drawn dashed. Of more than twelve notices the intervals are drawn as distributions.
    """
    caption = label("fig_timeline", lang)
    if frame.height > MOST_NOTICES:
        return _intervals(frame, lang)
    rows = frame.filter(pl.any_horizontal(pl.col("feedback_date", "inspection_end_date").is_not_null()))
    if rows.is_empty():
        return empty(caption, label("no_dates", lang))
    figure = new_figure(rows.height * 10 + 24)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(rows.to_dicts()):
        known = row["feedback_date"] is not None
        zero = row["feedback_date"] or row["inspection_end_date"]
        day = {
            name: (row[f"{name}_date"] - zero).days
            for name in ("inspection_start", "inspection_end", "feedback", "cutoff", "publication")
            if row[f"{name}_date"] is not None
        }
        if known and "publication" not in day and row["feedback_to_publication_days"] is not None:
            day["comment"] = row[
                "feedback_to_publication_days"
            ]  # no day of issue: when comments were invited
        row_label(axes, y, row[f"label_{lang}"], str(zero))
        if row["period_days"] and known:
            axes.barh(y, row["period_days"], left=0, height=0.5, color="#eeeeee", zorder=0)
        axes.plot([min(day.values()), max(day.values())], [y, y], color=style.RULE, linewidth=1,
                  linestyle="-" if known else (0, (3, 2)))  # fmt: skip
        if "inspection_start" in day and "inspection_end" in day:
            axes.barh(y, day["inspection_end"] - day["inspection_start"], left=day["inspection_start"],
                      height=0.26, color="#9fc0dd")  # fmt: skip
        for name, marker, colour in (
            ("feedback", "o", style.INK),
            ("cutoff", "s", style.GREEN),
            ("publication", "D", style.ORANGE),
            ("comment", "D", style.ORANGE),
        ):
            if name in day:
                axes.plot(day[name], y, marker=marker, color=colour, markersize=5, linestyle="none",
                          markerfacecolor="white" if name == "comment" else colour)  # fmt: skip
        last = [
            f"{label(f'mark_{name}', lang)} {day[name]:+d}"
            for name in ("cutoff", "publication", "comment")
            if name in day
        ]
        words = ", ".join(last) or label("no_publication_day", lang)
        if not known:
            words = label("from_inspection_end", lang, words=words)
        right_text(axes, y, words)
        said.append(f"{row[f'label_{lang}']} ({zero}): {words}")
    axes.set_ylim(rows.height - 0.4, -0.6)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(label("axis_days", lang))
    axes.barh(0, 0, color="#9fc0dd", label=label("mark_inspection", lang))
    for name, marker, colour in (
        ("feedback", "o", style.INK),
        ("cutoff", "s", style.GREEN),
        ("publication", "D", style.ORANGE),
    ):
        axes.plot([], [], marker=marker, color=colour, linestyle="none", label=label(f"mark_{name}", lang))
    axes.barh(0, 0, color="#eeeeee", label=label("mark_period", lang))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=5, columnspacing=1.2)
    data = frame.select("notice_id", "inspection_start_date", "inspection_end_date", "feedback_date",
                        "cutoff_date", "publication_date", *INTERVALS)  # fmt: skip
    return describe(figure, caption, said, data, lang, "fig_timeline_note")


def _intervals(frame: pl.DataFrame, lang: str) -> HouseFigure:
    known = [name for name in INTERVALS if frame[name].count()]
    if not known:
        return empty(label("fig_timeline", lang), label("no_dates", lang))
    figure = new_figure(len(known) * 11 + 16)
    axes = figure.add_subplot()
    said = []
    for y, name in enumerate(known):
        days = frame[name].drop_nulls()
        title = _interval_name(name, lang)
        row_label(axes, y, title, f"n = {len(days)}/{frame.height}")
        axes.boxplot([days.to_list()], positions=[y], orientation="horizontal", widths=0.4, whis=(0, 100),
                     medianprops={"color": style.ORANGE, "linewidth": 1.6}, manage_ticks=False)  # fmt: skip
        words = label("median_days", lang, days=round(float(days.median())))  # type: ignore[arg-type]
        right_text(axes, y, words)
        said.append(f"{title} n = {len(days)}: {words}")
    axes.set_yticks([])
    axes.set_ylim(len(known) - 0.4, -0.6)
    axes.set_xlim(left=0)
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(label("axis_interval_days", lang))
    data = frame.select("notice_id", *INTERVALS)
    described = describe(figure, label("fig_timeline", lang), said, data, lang, "fig_intervals_note")
    if len(known) < len(INTERVALS):
        names = label("joiner", lang).join(_interval_name(n, lang) for n in INTERVALS if n not in known)
        described.notes = [label("intervals_unknown", lang, names=names), *described.notes]
    return described


def _interval_name(name: str, lang: str) -> str:
    if name == "inspection_days":
        return label("col_inspection_days", lang)
    return label(f"col_to_{name.removesuffix('_days').rsplit('_to_', 1)[1]}", lang)


@drawn
def open_items(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """What is not done, by problem type and reported result, with days since the feedback.

    ``frame``: rows of ``compare.open_items``; the fifteen types with most open items.
    """
    caption = label("fig_open", lang)
    if frame.is_empty():
        return empty(caption, label("nothing_open", lang))
    sizes = (
        frame.group_by("primary_type_code", maintain_order=True)
        .agg(
            pl.len().alias("n"), pl.col("age_days").min().alias("low"), pl.col("age_days").max().alias("high")
        )
        .sort("n", descending=True, maintain_order=True)
    )
    shown = sizes.head(MOST_TYPES)
    statuses = [code for code in STATUS_COLOURS if code in set(frame["status_code"])]
    figure = new_figure(shown.height * 6 + 22)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(shown.to_dicts()):
        left = 0
        for code in statuses:
            n = frame.filter(primary_type_code=row["primary_type_code"], status_code=code).height
            axes.barh(y, n, left=left, height=0.6, color=STATUS_COLOURS[code], edgecolor="white",
                      label=code_label("statuses", code, lang) if y == 0 else None)  # fmt: skip
            left += n
        if row["low"] is None:
            age = label("days_unknown", lang)
        else:
            days = str(row["low"]) if row["low"] == row["high"] else f"{row['low']}–{row['high']}"
            age = label("days_after_feedback", lang, days=days)
        right_text(axes, y, f"{row['n']}", weight="bold")
        right_text(axes, y, age, 26)
        said.append(f"{code_label('problem_types', row['primary_type_code'], lang)} {row['n']}, {age}")
    axes.set_yticks(
        range(shown.height), [code_label("problem_types", c, lang) for c in shown["primary_type_code"]]
    )
    axes.set_ylim(shown.height - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.grid(axis="x")
    axes.set_xlabel(label("axis_open", lang))
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4)
    data = frame.select("notice_id", "problem_id", "status_code", "primary_type_code", "age_days")
    described = describe(figure, caption, said, data, lang, "fig_open_note")
    if sizes.height > shown.height:
        described.notes = [label("cut", lang, shown=shown.height, total=sizes.height), *described.notes]
    return described
