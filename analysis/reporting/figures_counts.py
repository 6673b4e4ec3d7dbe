"""Counts: aligned small multiples, the mix of results, dimensions."""

from __future__ import annotations

from typing import Any

from analysis.display.labels import code_label, code_order
from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure

# result → colour, hatch: lightness falls with completion; "not stated" is white and hatched
STATUS_LOOKS = {
    "completed": ("#0b4f8a", ""),
    "completed_long_term": ("#3f86bd", ""),
    "basically_completed": ("#6ba3cf", ".."),
    "phased": ("#a6c8e4", "//"),
    "long_term": ("#cfe0ef", ".."),
    "in_progress": ("#f0c27a", ""),
    "not_completed": ("#d55e00", "xx"),
    "not_stated": ("#ffffff", "///"),
}


def counts(page: Any) -> list[Figure]:
    """Problems, leaf items, measures, and as context days of inspection and length, one panel each."""
    return [_counts_part(page, suffix, part) for suffix, part in parts.chunks(page.notices(), 14)]


def _counts_part(page: Any, suffix: str, notices: list[dict[str, Any]]) -> Figure:
    panels = [
        ("problem_count", page.t("col_problems"), d.BLUE, 1),
        ("leaf_item_count", page.t("col_items"), d.BLUE, 1),
        ("measure_count", page.t("col_measures"), d.BLUE, 1),
        ("inspection_days", page.t("panel_inspection_days"), d.RULE, 1),
        ("char_count", page.t("panel_chars"), d.RULE, 1000),
    ]
    with d.house_style():
        figure = d.new_figure(len(notices) * 8.0 + 18)
        every = figure.subplots(1, len(panels), sharey=True)
        for axes, (column, title, colour, unit) in zip(every, panels):
            values = [None if row[column] is None else row[column] / unit for row in notices]
            top = max([1, *(v for v in values if v is not None)])
            for y, value in enumerate(values):
                if value is None:
                    axes.text(0.02 * top, y, page.t("unknown"), va="center", fontsize=7, color=d.GREY)
                    continue
                axes.barh(y, value, height=0.5, color=colour)
                text = f"{value:.1f}" if unit > 1 else d.number(value)
                axes.text(value + 0.04 * top, y, text, va="center", fontsize=8)
            axes.set_xlim(0, top * 1.32)
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines["bottom"].set_visible(False)
            axes.set_title(
                _wrapped(title, page.lang), fontsize=8, fontweight="normal" if colour == d.RULE else "bold"
            )
        every[0].set_ylim(len(notices) - 0.5, -0.6)
        for y, row in enumerate(notices):
            parts.row_label(every[0], y, page.of(row), row["flags"])
        caption = parts.part_caption(page, page.t("fig_counts"), suffix)
        columns = ["notice_id", "notice", *(p[0] for p in panels), "flags"]
        data = [[r["notice_id"], page.of(r), *(r[p[0]] for p in panels), r["flags"]] for r in notices]
        said = [
            f"{page.of(r)} "
            + ("，" if page.lang == "zh" else ", ").join(
                f"{title} {d.number(r[column])}" for column, title, _, _ in panels[:3]
            )
            for r in notices
        ]
        return d.finish(
            figure,
            id=parts.part_id("counts", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=columns,
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_counts_note")],
        )


def _wrapped(title: str, lang: str) -> str:
    """Two lines for a title that says what it is in brackets."""
    for mark in ("，", "（", ", ", " ("):
        if mark in title and len(title) > 6:
            head, _, tail = title.partition(mark)
            return f"{head}\n{mark.strip('，, ')}{tail}"
    return f"{title}\n"


def status_mix(page: Any) -> list[Figure]:
    """Results as stated item by item, one bar per notice, parts labelled with their counts."""
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_status_mix"):
        by_notice.setdefault(row["notice_id"], []).append(row)
    kept = [rows for rows in by_notice.values() if rows[0]["n_count"]]
    return [_status_part(page, suffix, part) for suffix, part in parts.chunks(kept, 16)]


def _status_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    from matplotlib.patches import Patch

    order = [code for code in code_order("statuses") if code in STATUS_LOOKS] or list(STATUS_LOOKS)
    with d.house_style():
        figure = d.new_figure(len(notices) * 8.6 + 26)
        axes = figure.add_subplot()
        data, said, used = [], [], set()
        for y, rows in enumerate(notices):
            left, words = 0.0, []
            by_code = {row["status_code"]: row for row in rows}
            for code in order:
                row = by_code.get(code)
                if not row or not row["value_count"]:
                    continue
                colour, hatch = STATUS_LOOKS[code]
                width = row["value_count"] / row["n_count"]
                axes.barh(
                    y,
                    width,
                    left=left,
                    height=0.62,
                    facecolor=colour,
                    hatch=hatch,
                    edgecolor="#7a7a7a",
                    linewidth=0.5,
                )
                if width >= 0.035:
                    dark = code in ("completed", "completed_long_term", "not_completed")
                    axes.text(
                        left + width / 2,
                        y,
                        str(row["value_count"]),
                        ha="center",
                        va="center",
                        fontsize=7.8,
                        color="white" if dark else d.INK,
                        bbox=None if not hatch else {"facecolor": colour, "edgecolor": "none", "pad": 1.2},
                    )
                left += width
                used.add(code)
                words.append(f"{code_label('statuses', code, page.lang)} {row['value_count']}")
                data.append(
                    [
                        row["notice_id"],
                        page.of(row),
                        code,
                        row["unit"],
                        row["value_count"],
                        row["n_count"],
                        row["share"],
                        row["goodman_low"],
                        row["goodman_high"],
                        row["flags"],
                    ]
                )
            parts.row_label(axes, y, page.of(rows[0]), rows[0]["flags"])
            parts.right_text(axes, y, f"n = {rows[0]['n_count']}", offset=4)
            said.append(f"{page.of(rows[0])} " + ("，" if page.lang == "zh" else ", ").join(words))
        axes.set_ylim(len(notices) - 0.4, -0.6)
        axes.set_yticks([])
        axes.set_xlim(0, 1)
        parts.share_axis(axes)
        axes.grid(False)
        handles = [
            Patch(
                facecolor=STATUS_LOOKS[c][0],
                hatch=STATUS_LOOKS[c][1],
                edgecolor="#7a7a7a",
                linewidth=0.5,
                label=code_label("statuses", c, page.lang),
            )
            for c in order
            if c in used
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=4, handlelength=1.4, columnspacing=1.4)
        caption = parts.part_caption(page, page.t("fig_status"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("status-mix", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "status_code",
                "unit",
                "value_count",
                "n_count",
                "share",
                "goodman_low",
                "goodman_high",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line"),
            notes=[page.t("fig_status_note")],
        )


def dimensions(page: Any) -> list[Figure]:
    """Share of each dimension per notice with intervals: one panel a dimension, rows aligned."""
    rows = [
        r for r in page.rows("out_problem_counts", group_code="dimension", unit=page.unit) if r["n_count"]
    ]
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_notice.setdefault(row["notice_id"], []).append(row)
    return [
        _dimensions_part(page, suffix, part) for suffix, part in parts.chunks(list(by_notice.values()), 14)
    ]


def _dimensions_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    codes = [c for c in code_order("dimensions") if any(r["group_id"] == c for rows in notices for r in rows)]
    with d.house_style():
        figure = d.new_figure(len(notices) * 8.6 + 26)
        every = figure.subplots(1, max(1, len(codes)), sharey=True, squeeze=False)[0]
        data, said = [], []
        for axes, code in zip(every, codes):
            for y, rows in enumerate(notices):
                row = next((r for r in rows if r["group_id"] == code), None)
                if row is None or row["share"] is None:
                    continue
                parts.dot(axes, row["share"], y, row["wilson_low"], row["wilson_high"], colour=d.BLUE)
                axes.annotate(
                    f"{row['value_count']}/{row['n_count']}",
                    (row["share"], y),
                    xytext=(0, 6),
                    textcoords="offset points",
                    ha="center",
                    fontsize=6.8,
                    color=d.GREY,
                )
                data.append(
                    [
                        row["notice_id"],
                        page.of(row),
                        code,
                        row["unit"],
                        row["value_count"],
                        row["n_count"],
                        row["share"],
                        row["wilson_low"],
                        row["wilson_high"],
                        row["flags"],
                    ]
                )
            parts.share_axis(axes, 0, 1, 0.5)
            axes.set_yticks([])
            title = page.t(f"dimension_{code}")
            axes.set_title(title, fontsize=8)
        every[0].set_ylim(len(notices) - 0.5, -0.8)
        for y, rows in enumerate(notices):
            parts.row_label(every[0], y, page.of(rows[0]), rows[0]["flags"])
            said.append(
                f"{page.of(rows[0])} "
                + ("，" if page.lang == "zh" else ", ").join(
                    f"{page.t('dimension_' + r['group_id'])} {r['value_count']}/{r['n_count']}"
                    for r in rows
                    if r["group_id"] in codes
                )
            )
        caption = parts.part_caption(page, page.t("fig_dimensions"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("dimensions", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "dimension_code",
                "unit",
                "value_count",
                "n_count",
                "share",
                "wilson_low",
                "wilson_high",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_dimensions_note")],
        )
