"""Dot-and-interval charts: completion ratios, their differences, shares of a profile or pair."""

from __future__ import annotations

from typing import Any

from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure

# definition → marker, filled, colour; shape and filling tell them apart without colour
LOOKS = {
    "stated": ("D", False, d.ORANGE),
    "itemised": ("o", True, d.INK),
    "strict": ("s", False, d.BLUE),
    "lenient": ("^", True, d.GREEN),
}


def completion(page: Any) -> list[Figure]:
    """The four ratios of each notice, each with its interval and x/n; absent ones say so."""
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_completion"):
        if page.holds(row):
            by_notice.setdefault(row["notice_id"], []).append(row)
    return [
        _completion_part(page, suffix, part) for suffix, part in parts.chunks(list(by_notice.values()), 8)
    ]


def _completion_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    with d.house_style():
        height = sum(len(rows) for rows in notices) * 5.0 + len(notices) * 3.5 + 16
        figure = d.new_figure(height)
        axes = figure.add_subplot()
        y, data, said = 0.0, [], []
        for rows in notices:
            top = y
            for row in rows:
                _completion_row(page, axes, y, row)
                data.append(
                    [
                        row["notice_id"],
                        page.of(row),
                        row["definition_code"],
                        row["unit"],
                        row["x_count"],
                        row["n_count"],
                        row["share"],
                        row["wilson_low"],
                        row["wilson_high"],
                        row["missing_count"],
                        row["days_since_feedback"],
                        row["flags"],
                    ]
                )
                y += 1.0
            first = rows[0]
            parts.row_label(
                axes, top + (len(rows) - 1) / 2, page.of(first), parts.shown_flags(rows), _since(page, first)
            )
            said.append(
                f"{page.of(first)} "
                + (", " if page.lang == "en" else "，").join(_said(page, r) for r in rows)
            )
            y += 0.7
            axes.axhline(y - 0.85, color="#ececec", linewidth=0.6, zorder=0)
        axes.set_ylim(y - 0.7, -0.7)
        axes.set_yticks([])
        parts.share_axis(axes)
        axes.set_xlabel(page.t("axis_share"))
        caption = parts.part_caption(page, page.t("fig_completion"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("completion", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "definition_code",
                "unit",
                "x_count",
                "n_count",
                "share",
                "wilson_low",
                "wilson_high",
                "missing_count",
                "days_since_feedback",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line"),
            notes=[page.t("fig_completion_note")],
        )


def _completion_row(page: Any, axes: Any, y: float, row: dict[str, Any]) -> None:
    marker, filled, colour = LOOKS[row["definition_code"]]
    strong = "bold" if row["is_headline"] else "normal"
    parts.right_text(axes, y, page.t(f"definition_{row['definition_code']}"), offset=8, weight=strong)
    if row["share"] is None:
        axes.text(0.01, y, page.t("not_published"), fontsize=7.4, color=d.GREY, va="center", style="normal")
        parts.right_text(axes, y, "—", offset=62, colour=d.GREY)
        return
    parts.dot(
        axes,
        row["share"],
        y,
        row["wilson_low"],
        row["wilson_high"],
        marker=marker,
        filled=filled,
        colour=colour,
    )
    parts.right_text(axes, y, f"{row['x_count']}/{row['n_count']}", offset=62, weight=strong)
    parts.right_text(axes, y, d.share(row["share"]), offset=94, weight=strong)


def _since(page: Any, row: dict[str, Any]) -> str:
    if row["days_since_feedback"] is None:
        return page.t("days_unknown")
    key = "days_after_feedback_min" if row["is_days_lower_bound"] else "days_after_feedback"
    return page.t(key, days=row["days_since_feedback"])


def _said(page: Any, row: dict[str, Any]) -> str:
    name = page.t(f"definition_{row['definition_code']}")
    if row["share"] is None:
        return f"{name} {page.t('not_published')}"
    return (
        f"{name} {row['x_count']}/{row['n_count']} {d.share(row['share'])} "
        f"({d.interval(row['wilson_low'], row['wilson_high'])})"
    )


PAIRS_DRAWN = 36


def compared_pairs(page: Any) -> list[dict[str, Any]]:
    """Pairs to show: all definitions for a chosen pair; otherwise the best available definition,
    and of very many pairs only those that differ."""
    pair = page.focus.get("pair")
    rows = [r for r in page.out["out_differences"].to_dicts() if r["comparison_code"] == "pair"]
    if pair:
        return [r for r in rows if {r["notice_id_a"], r["notice_id_b"]} == set(pair)]
    rows = [r for r in rows if r["definition_code"] == "best_available"]
    return rows if len(rows) <= PAIRS_DRAWN else [r for r in rows if r["verdict_code"] == "differs"]


def differences(page: Any) -> list[Figure]:
    """Differences of ratios pair by pair, in the order of the names; refused pairs stay out of the chart."""
    rows = [r for r in compared_pairs(page) if r["difference"] is not None]
    return [_differences_part(page, suffix, part) for suffix, part in parts.chunks(rows, 18)]


def _differences_part(page: Any, suffix: str, rows: list[dict[str, Any]]) -> Figure:
    with d.house_style():
        figure = d.new_figure(len(rows) * 8.2 + 22)
        axes = figure.add_subplot()
        said, data = [], []
        for y, row in enumerate(rows):
            text = f"{page.of(row, 'label_a')} − {page.of(row, 'label_b')}"
            told = row["verdict_code"] == "differs"
            parts.dot(
                axes,
                row["difference"],
                y,
                row["newcombe_low"],
                row["newcombe_high"],
                filled=told,
                colour=d.ORANGE if told else d.INK,
            )
            below = (
                f"{page.t('definition_' + row['definition_code'])} {row['x_a_count']}/{row['n_a_count']} − "
                f"{row['x_b_count']}/{row['n_b_count']}"
            )
            parts.row_label(axes, y, text, row["flags"], below, size=8)
            verdict = page.t(f"verdict_{row['verdict_code']}")
            p = d.p_value(row["p_adjusted"])
            p = p.replace("<", "< ") if p.startswith("<") else f"= {p}"
            parts.right_text(axes, y, f"{d.points(row['difference'])}   p {p}   {verdict}")
            said.append(
                f"{text} {d.points(row['difference'])} "
                f"({d.points(row['newcombe_low'])} – {d.points(row['newcombe_high'])}) {verdict}"
            )
            data.append(
                [
                    row["notice_id_a"],
                    row["notice_id_b"],
                    row["definition_code"],
                    row["unit"],
                    row["x_a_count"],
                    row["n_a_count"],
                    row["x_b_count"],
                    row["n_b_count"],
                    row["difference"],
                    row["newcombe_low"],
                    row["newcombe_high"],
                    row["p_adjusted"],
                    row["verdict_code"],
                    row["flags"],
                ]
            )
        axes.axvline(0, color=d.GREY, linewidth=0.9)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks([])
        reach = max(
            [0.2, *(abs(v) for r in rows for v in (r["newcombe_low"], r["newcombe_high"]) if v is not None)]
        )
        axes.set_xlim(-reach * 1.05, reach * 1.05)
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda v, _: f"{v * 100:+.0f}".replace("-", "−").replace("+0", "0"))
        )
        axes.grid(axis="x")
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(page.t("axis_difference"))
        caption = parts.part_caption(page, page.t("fig_differences"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("differences", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id_a",
                "notice_id_b",
                "definition_code",
                "unit",
                "x_a_count",
                "n_a_count",
                "x_b_count",
                "n_b_count",
                "difference",
                "newcombe_low",
                "newcombe_high",
                "p_adjusted",
                "verdict_code",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line"),
            notes=[page.t("fig_differences_note")],
        )
