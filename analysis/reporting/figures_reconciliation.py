"""Stated totals against counted ones: a slope per claim, a panel per notice."""

from __future__ import annotations

from typing import Any

from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure

COLUMNS = {1: 1, 2: 2, 4: 2}  # otherwise three


def reconciliation(page: Any) -> list[Figure]:
    """One panel per notice; disagreements bold with both numbers, agreements grey."""
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_reconciliation"):
        if row["stated_value"] is None or row["counted_value"] is None or row["group_id"]:
            continue
        if page.holds(row):
            by_notice.setdefault(row["notice_id"], []).append(row)
    return [_part(page, suffix, part) for suffix, part in parts.chunks(list(by_notice.values()), 9)]


def _part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    columns = COLUMNS.get(len(notices), 3)
    lines = -(-len(notices) // columns)
    with d.house_style():
        figure = d.new_figure(lines * 66 + 4)
        panels = figure.subplots(lines, columns, squeeze=False).ravel()
        data, said = [], []
        for axes, rows in zip(panels, notices):
            _panel(page, axes, rows)
            words = []
            for row in rows:
                data.append(
                    [
                        row["notice_id"],
                        page.of(row),
                        row["check_code"],
                        page.of(row, "check_label"),
                        row["unit"],
                        row["stated_value"],
                        row["counted_value"],
                        row["is_agreeing"],
                        row["flags"],
                    ]
                )
                words.append(
                    f"{page.of(row, 'check_label')} {d.number(row['stated_value'])}/{d.number(row['counted_value'])}"
                )
            said.append(f"{page.of(rows[0])} " + ("，" if page.lang == "zh" else ", ").join(words))
        for axes in panels[len(notices) :]:
            axes.set_visible(False)
        caption = parts.part_caption(page, page.t("fig_reconciliation"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("reconciliation", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "check_code",
                "check",
                "unit",
                "stated_value",
                "counted_value",
                "is_agreeing",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_reconciliation_note")],
        )


def _panel(page: Any, axes: Any, rows: list[dict[str, Any]]) -> None:
    """Slopes with labels moved apart so that none covers another."""
    high = max(max(r["stated_value"], r["counted_value"]) for r in rows) or 1
    gap = high * 0.072
    order = sorted(rows, key=lambda r: (r["stated_value"], r["counted_value"], r["check_id"]))
    left = spread([r["stated_value"] for r in order], gap)
    right_order = sorted(
        range(len(order)), key=lambda i: (order[i]["counted_value"], order[i]["stated_value"])
    )
    right_places = spread([order[i]["counted_value"] for i in right_order], gap)
    right = dict(zip(right_order, right_places))
    for i, row in enumerate(order):
        off = row["is_agreeing"] is False
        colour, width = (d.ORANGE, 1.8) if off else (d.RULE, 1.0)
        unsure = row["is_agreeing"] is None
        axes.plot(
            [0, 1],
            [row["stated_value"], row["counted_value"]],
            color=colour,
            linewidth=width,
            marker="o",
            linestyle=(0, (2, 2)) if unsure else "-",
            markersize=4.2,
            markerfacecolor=colour if off else "white",
            zorder=3 if off else 2,
        )
        ink, weight = (d.INK, "bold") if off else (d.GREY, "normal")
        name = page.of(row, "check_label")
        _label(
            axes,
            0,
            row["stated_value"],
            left[i],
            f"{name} {d.number(row['stated_value'])}",
            "right",
            ink,
            weight,
        )
        _label(axes, 1, row["counted_value"], right[i], d.number(row["counted_value"]), "left", ink, weight)
    ends = [*left, *right.values(), 0]
    axes.set_ylim(min(0, min(ends)) - gap, max(high, max(ends)) + gap)
    axes.set_xlim(-1.55, 1.4)
    axes.set_yticks([])
    axes.set_xticks([0, 1], [page.t("col_stated"), page.t("col_counted")])
    axes.tick_params(axis="x", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    flags = parts.shown_flags(rows).replace(",", " ")
    axes.set_title(page.of(rows[0]) + (f"  [{flags}]" if flags else ""), fontsize=8.5)


def _label(
    axes: Any, x: float, value: float, place: float, text: str, ha: str, ink: str, weight: str
) -> None:
    shift = -0.09 if ha == "right" else 0.09
    if abs(place - value) > 1e-9:
        axes.plot(
            [x + shift * 0.3, x + shift * 0.9], [value, place], color="#cccccc", linewidth=0.5, zorder=1
        )
    axes.text(x + shift, place, text, ha=ha, va="center", fontsize=7, color=ink, fontweight=weight)


def spread(values: list[float], gap: float) -> list[float]:
    """Ascending places at least ``gap`` apart, as near to the ascending ``values`` as that allows.

    Neighbours that would overlap form a group whose first place is the mean of what its members
    would each have wanted for it.
    """
    groups: list[tuple[float, int]] = []  # (sum of wanted first places, members)
    for value in values:
        total, count = value, 1
        while groups and groups[-1][0] / groups[-1][1] + groups[-1][1] * gap > total / count:
            before_total, before_count = groups.pop()
            total += before_total - count * before_count * gap
            count += before_count
        groups.append((total, count))
    return [total / count + i * gap for total, count in groups for i in range(count)]
