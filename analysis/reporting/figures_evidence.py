"""Evidence behind items reported completed: composition by kinds, and shares with intervals."""

from __future__ import annotations

from typing import Any

from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure

# number of kinds of hard evidence → face, hatch; more kinds are darker
KIND_LOOKS = [
    ("#ffffff", "///"),
    ("#dbe8f3", ""),
    ("#a9c9e4", ".."),
    ("#6ba3cf", ""),
    ("#2f77b3", "\\\\"),
    ("#0b3f70", ""),
]
MEASURES = (
    "hard_evidence",
    "dated_event",
    "document",
    "quantity",
    "sanction",
    "money",
    "intent",
    "reused_half",
)


def composition(page: Any) -> list[Figure]:
    """Items reported completed by the number of kinds of evidence written, one bar per notice."""
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in page.rows("out_evidence"):
        if row["is_said_completed"] and page.holds(row):
            by_notice.setdefault(row["notice_id"], []).append(row)
    return [
        _composition_part(page, suffix, part) for suffix, part in parts.chunks(list(by_notice.values()), 16)
    ]


def _kind_label(page: Any, kinds: int) -> str:
    return (
        page.t(("evidence_kind_zero", "evidence_kind_one")[kinds])
        if kinds < 2
        else page.t("evidence_kinds", n=kinds)
    )


def _composition_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    from matplotlib.patches import Patch

    with d.house_style():
        figure = d.new_figure(len(notices) * 8.6 + 26)
        axes = figure.add_subplot()
        data, said = [], []
        for y, rows in enumerate(notices):
            left, words = 0.0, []
            for kinds, (colour, hatch) in enumerate(KIND_LOOKS):
                count = sum(1 for r in rows if r["evidence_kind_count"] == kinds)
                data.append(
                    [rows[0]["notice_id"], page.of(rows[0]), kinds, count, len(rows), rows[0]["flags"]]
                )
                if not count:
                    continue
                width = count / len(rows)
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
                    axes.text(
                        left + width / 2,
                        y,
                        str(count),
                        ha="center",
                        va="center",
                        fontsize=7.8,
                        color="white" if kinds > 3 else d.INK,
                        bbox={"facecolor": colour, "edgecolor": "none", "pad": 1.2} if hatch else None,
                    )
                left += width
                words.append(f"{_kind_label(page, kinds)} {count}")
            parts.row_label(axes, y, page.of(rows[0]), rows[0]["flags"])
            parts.right_text(axes, y, f"n = {len(rows)}", offset=4)
            said.append(
                f"{page.of(rows[0])} (n = {len(rows)}) " + ("，" if page.lang == "zh" else ", ").join(words)
            )
        axes.set_ylim(len(notices) - 0.4, -0.6)
        axes.set_yticks([])
        parts.share_axis(axes)
        axes.set_xlim(0, 1)
        axes.grid(False)
        handles = [
            Patch(facecolor=c, hatch=h, edgecolor="#7a7a7a", linewidth=0.5, label=_kind_label(page, k))
            for k, (c, h) in enumerate(KIND_LOOKS)
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=6, handlelength=1.4, columnspacing=1.4)
        caption = parts.part_caption(page, page.t("fig_evidence"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("evidence-kinds", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=["notice_id", "notice", "evidence_kind_count", "item_count", "n_count", "flags"],
            rows=data,
            source_line=page.t("source_line"),
            notes=[page.t("fig_evidence_note")],
        )


def shares(page: Any) -> list[Figure]:
    """Share of completed items with each kind of evidence, with intent wording, with reused text."""
    rows = [
        r
        for r in page.rows("out_evidence_by_notice", scope_code="completed")
        if r["n_count"] and page.holds(r)
    ]
    by_notice: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_notice.setdefault(row["notice_id"], []).append(row)
    return [_shares_part(page, suffix, part) for suffix, part in parts.chunks(list(by_notice.values()), 8)]


def _shares_part(page: Any, suffix: str, notices: list[list[dict[str, Any]]]) -> Figure:
    shown = [m for m in MEASURES if any(r["measure_code"] == m for rows in notices for r in rows)]
    with d.house_style():
        figure = d.new_figure(len(shown) * (4.4 * len(notices) + 3.2) + 16)
        axes = figure.add_subplot()
        y, data, said, ticks = 0.0, [], [], []
        for measure in shown:
            top = y
            for rows in notices:
                row = next((r for r in rows if r["measure_code"] == measure), None)
                if row is None:
                    continue
                hollow = measure in ("intent", "reused_half")
                parts.dot(
                    axes,
                    row["share"],
                    y,
                    row["wilson_low"],
                    row["wilson_high"],
                    filled=not hollow,
                    marker="D" if hollow else "o",
                    colour=d.ORANGE if hollow else d.BLUE,
                    size=4.4,
                )
                marks = f" [{row['flags'].replace(',', ' ')}]" if row["flags"] else ""
                parts.right_text(axes, y, f"{row['x_count']}/{row['n_count']}", offset=6)
                parts.right_text(axes, y, f"{page.of(row)}{marks}", offset=38, colour=d.GREY, size=7.2)
                data.append(
                    [
                        row["notice_id"],
                        page.of(row),
                        measure,
                        row["x_count"],
                        row["n_count"],
                        row["share"],
                        row["wilson_low"],
                        row["wilson_high"],
                        row["flags"],
                    ]
                )
                said.append(
                    f"{page.of(row)} {page.of(row, 'measure_label')} {row['x_count']}/{row['n_count']}"
                )
                y += 1.0
            first = next(r for rows in notices for r in rows if r["measure_code"] == measure)
            ticks.append(((top + y - 1) / 2, page.of(first, "measure_label")))
            axes.axhline(y - 0.15, color="#ececec", linewidth=0.6)
            y += 0.7
        axes.set_ylim(y - 0.9, -0.7)
        axes.set_yticks(
            [t for t, _ in ticks], [_folded(text) for _, text in ticks], fontsize=8, fontweight="bold"
        )
        parts.share_axis(axes)
        axes.set_xlabel(page.t("axis_share"))
        caption = parts.part_caption(page, page.t("fig_evidence_shares"), suffix)
        return d.finish(
            figure,
            id=parts.part_id("evidence-shares", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "measure_code",
                "x_count",
                "n_count",
                "share",
                "wilson_low",
                "wilson_high",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line"),
            notes=[page.t("fig_evidence_shares_note")],
        )


def _folded(text: str, width: int = 12) -> str:
    """Long names over two lines; Latin text breaks at a space."""
    if text.isascii():
        import textwrap

        return "\n".join(textwrap.wrap(text, width * 2))
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))
