"""Time: strips aligned on the feedback, and dated events per week."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure

_DATES = (
    "inspection_start_date",
    "inspection_end_date",
    "feedback_date",
    "cutoff_date",
    "comment_start_date",
    "comment_end_date",
    "publication_date",
)


def timeline(page: Any) -> list[Figure]:
    """One strip per notice, in days from its feedback (or from the end of inspection, dashed)."""
    rows = [r for r in page.rows("out_timeline") if any(r[c] for c in _DATES) and page.holds(r)]
    return [_timeline_part(page, suffix, part) for suffix, part in parts.chunks(rows, 12)]


def _timeline_part(page: Any, suffix: str, rows: list[dict[str, Any]]) -> Figure:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    with d.house_style():
        figure = d.new_figure(len(rows) * 15 + 26)
        axes = figure.add_subplot()
        said, data = [], []
        for y, row in enumerate(rows):
            said.append(_strip(page, axes, y, row))
            data.append(
                [
                    row["notice_id"],
                    page.of(row),
                    *(row[c] for c in _DATES),
                    row["period_days"],
                    row["feedback_to_publication_days"],
                    row["flags"],
                ]
            )
        axes.axvline(0, color=d.GREY, linewidth=0.8, zorder=1)
        axes.set_ylim(len(rows) - 0.35, -0.7)
        axes.set_yticks([])
        low, high = axes.get_xlim()
        axes.set_xlim(low - 0.03 * (high - low), high + 0.06 * (high - low))
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(page.t("axis_days"))
        axes.xaxis.set_major_formatter(lambda v, _: f"{v:.0f}".replace("-", "−"))
        handles = [
            Patch(facecolor=d.RULE, label=page.t("mark_inspection")),
            Line2D(
                [], [], marker="|", color=d.INK, linestyle="none", markersize=9, label=page.t("mark_feedback")
            ),
            Line2D(
                [],
                [],
                marker="D",
                color=d.BLUE,
                markerfacecolor="white",
                linestyle="none",
                label=page.t("mark_cutoff"),
            ),
            Line2D([], [], marker="o", color=d.BLUE, linestyle="none", label=page.t("mark_publication")),
            Patch(
                facecolor="white", edgecolor=d.BLUE, hatch="////", linewidth=0.5, label=page.t("mark_comment")
            ),
            Patch(facecolor="#f6e7c8", label=page.t("mark_period")),
        ]
        figure.legend(
            handles=handles,
            loc="outside upper left",
            ncols=6,
            handlelength=1.2,
            columnspacing=1.2,
            fontsize=7.6,
        )
        caption = parts.part_caption(page, page.t("fig_timeline"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("timeline", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=["notice_id", "notice", *_DATES, "period_days", "feedback_to_publication_days", "flags"],
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_timeline_note")],
        )


def _strip(page: Any, axes: Any, y: int, row: dict[str, Any]) -> str:
    """Draw one notice; what was drawn, in words."""
    anchor = row["feedback_date"] or row["inspection_end_date"] or next(row[c] for c in _DATES if row[c])
    known = bool(row["feedback_date"])

    def at(day: dt.date) -> int:
        return (day - anchor).days

    words = []
    if row["inspection_start_date"] and row["inspection_end_date"]:
        start, end = at(row["inspection_start_date"]), at(row["inspection_end_date"])
        axes.barh(y, end - start, left=start, height=0.3, color=d.RULE, zorder=2)
        axes.text(
            (start + end) / 2,
            y - 0.26,
            f"{row['inspection_start_date'].year}.{_short(row['inspection_start_date'])}–"
            + _short(row["inspection_end_date"]),
            ha="center",
            va="bottom",
            fontsize=6.6,
            color=d.GREY,
        )
        words.append(
            f"{page.t('mark_inspection')} {row['inspection_start_date']} – {row['inspection_end_date']}"
        )
    if row["period_days"] and known:
        axes.barh(y, row["period_days"], left=0, height=0.62, color="#f6e7c8", zorder=0)
    if row["comment_start_date"] or row["comment_end_date"]:
        first, last = (
            row["comment_start_date"] or row["comment_end_date"],
            row["comment_end_date"] or row["comment_start_date"],
        )
        start, end = at(first), at(last)
        axes.barh(
            y,
            max(1, end - start),
            left=start,
            height=0.3,
            facecolor="white",
            edgecolor=d.BLUE,
            hatch="////",
            linewidth=0.5,
            zorder=2,
        )
        axes.annotate(
            f"{first.year}.{_short(first)}–{_short(last)}",
            ((start + end) / 2, y),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=6.6,
            color=d.GREY,
        )
        words.append(f"{page.t('mark_comment')} {first} – {last}")
    placed: list[tuple[int, int]] = []
    ends = [at(row[c]) for c in _DATES if row[c]]
    axes.plot(
        [min(ends), max(ends)],
        [y, y],
        color=d.GREY,
        linewidth=0.8,
        linestyle="-" if known else (0, (3, 2)),
        zorder=1,
    )
    for column, key, marker, filled in (
        ("feedback_date", "mark_feedback", "|", True),
        ("cutoff_date", "mark_cutoff", "D", False),
        ("publication_date", "mark_publication", "o", True),
    ):
        if not row[column]:
            continue
        x = at(row[column])
        colour = d.INK if column == "feedback_date" else d.BLUE
        axes.plot(
            [x],
            [y],
            marker=marker,
            markersize=11 if marker == "|" else 5.4,
            color=colour,
            linestyle="none",
            markerfacecolor=colour if filled else "white",
            zorder=4,
        )
        line = sum(1 for px, _ in placed if abs(px - x) < 60)
        placed.append((x, line))
        axes.annotate(
            row[column].isoformat(),
            (x, y),
            xytext=(0, -9 - 8 * line),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=6.8,
            color=colour,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
            zorder=5,
        )
        words.append(f"{page.t(key)} {row[column]}")
    below = "" if known else page.t("days_unknown")
    parts.row_label(axes, y, page.of(row), row["flags"], below)
    return f"{page.of(row)} " + ("，" if page.lang == "zh" else ", ").join(words)


def _short(day: dt.date) -> str:
    return f"{day.month}.{day.day}"


def weekly(page: Any) -> list[Figure]:
    """Dated events per week after the feedback: one panel per notice on common axes."""
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_weekly_events"):
        if page.holds(row):
            by_notice.setdefault(row["notice_id"], []).append(row)
    kept = [sorted(rows, key=lambda r: r["week_start_date"]) for rows in by_notice.values()]
    return [_weekly_part(page, suffix, part) for suffix, part in parts.chunks(kept, 8)]


def _weekly_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    with d.house_style():
        figure = d.new_figure(len(notices) * 19 + 16)
        every = figure.subplots(len(notices), 1, sharex=True, sharey=True, squeeze=False)[:, 0]
        top = max(r["event_count"] for rows in notices for r in rows) or 1
        data, said = [], []
        for axes, rows in zip(every, notices):
            dashed = rows[0]["window_basis"] != "feedback"
            axes.bar(
                [r["week_index"] + 0.5 for r in rows],
                [r["event_count"] for r in rows],
                width=0.8,
                facecolor="white" if dashed else d.BLUE,
                edgecolor=d.BLUE,
                linewidth=0.7,
                hatch="///" if dashed else "",
            )
            last = max(r["week_index"] for r in rows) + 1
            axes.plot([last, last], [0, top], color=d.RULE, linewidth=0.8)
            axes.set_yticks([0, top], ["0", str(top)], fontsize=7, color=d.GREY)
            axes.set_ylim(0, top * 1.1)
            flags = f"  [{rows[0]['flags'].replace(',', ' ')}]" if rows[0]["flags"] else ""
            basis = "" if not dashed else f"  {page.t('days_unknown')}"
            axes.text(
                0,
                1.02,
                f"{page.of(rows[0])}{flags}  n = {rows[0]['n_count']}{basis}",
                transform=axes.transAxes,
                fontsize=8,
                fontweight="bold",
                va="bottom",
            )
            said.append(
                f"{page.of(rows[0])} n = {rows[0]['n_count']}: "
                + " ".join(str(r["event_count"]) for r in rows)
            )
            data += [
                [
                    r["notice_id"],
                    page.of(r),
                    r["week_start_date"],
                    r["week_index"],
                    r["window_basis"],
                    r["event_count"],
                    r["n_count"],
                    r["flags"],
                ]
                for r in rows
            ]
        every[-1].set_xlabel(page.t("axis_weeks"))
        every[-1].set_xlim(left=0)
        caption = parts.part_caption(page, page.t("fig_weekly"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("weekly-events", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "week_start_date",
                "week_index",
                "window_basis",
                "event_count",
                "n_count",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_weekly_note")],
        )
