"""What stands behind "completed", and stated totals against items."""

from __future__ import annotations

import polars as pl

from analysis.display import formats, style
from analysis.display.labels import label
from analysis.figures.house import (
    HouseFigure,
    describe,
    drawn,
    empty,
    new_figure,
    right_text,
    row_label,
    share_axis,
)

KINDS = ("dated_event", "quantity", "document", "numbered_document", "sanction", "money", "no_hard_evidence",
         "intent", "reused_half")  # fmt: skip
WARNINGS = {"no_hard_evidence", "intent", "reused_half"}
MOST_CHECKS = 12


@drawn
def evidence(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Of the items reported completed, the share that shows each kind of evidence: all (bar), each notice (dot).

    ``frame``: rows of ``compare.evidence_by_notice``.
    """
    caption = label("fig_evidence", lang)
    rows = frame.filter((pl.col("scope_code") == "completed") & (pl.col("n_count") > 0))
    if rows.is_empty():
        return empty(caption, label("nothing_completed", lang))
    figure = new_figure(len(KINDS) * 6.4 + 18)
    axes = figure.add_subplot()
    said = []
    for y, kind in enumerate(KINDS):
        part = rows.filter(measure_code=kind)
        x, n = int(part["x_count"].sum()), int(part["n_count"].sum())
        axes.barh(
            y, x / n if n else 0, height=0.5, color=style.ORANGE if kind in WARNINGS else "#9fc0dd", zorder=1
        )
        axes.plot(part["share"].to_list(), [y] * part.height, marker="o", markersize=3.6, linestyle="none",
                  color=style.INK, alpha=max(0.15, min(0.8, 8 / part.height if part.height else 1)), clip_on=False)  # fmt: skip
        right_text(axes, y, formats.of_total(x, n), weight="bold" if kind in WARNINGS else "normal")
        said.append(f"{label(f'evidence_{kind}', lang)} {x}/{n}")
    axes.set_yticks(range(len(KINDS)), [label(f"evidence_{kind}", lang) for kind in KINDS])
    axes.axhline(len(KINDS) - len(WARNINGS) - 0.5, color=style.RULE, linewidth=0.6)
    axes.set_ylim(len(KINDS) - 0.4, -0.6)
    share_axis(axes)
    axes.set_xlabel(label("axis_evidence", lang))
    data = rows.select(
        "notice_id", "measure_code", "x_count", "n_count", "share", "wilson_low", "wilson_high"
    )
    return describe(figure, caption, said, data, lang, "fig_evidence_note")


def disagreements(frame: pl.DataFrame) -> pl.DataFrame:
    """Totals that do not agree with the items: those about results first, then problems, then what is only context.

    ``frame``: rows of ``compare.reconciliation``. A plan's measures need not all be printed, so they come last.
    """
    weight = (
        pl.when(pl.col("unit").is_in(["measure", "task"]))
        .then(2)
        .when(
            pl.col("check_code").is_in(
                ["completed", "completed_long_term", "open", "not_completed", "completion_share"]
            )
        )
        .then(0)
        .otherwise(1)
    )
    return frame.filter(~pl.col("is_agreeing")).sort(weight, maintain_order=True)


@drawn
def reconciliation(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Totals that do not agree with the notice's own items: counted minus stated, with both numbers.

    ``frame``: rows of ``compare.reconciliation``; the first twelve disagreements.
    """
    caption = label("fig_reconciliation", lang)
    wrong = disagreements(frame).filter(pl.col("unit") != "share")  # a rate has another scale
    if wrong.is_empty():
        return empty(caption, label("all_agree", lang))
    shown = wrong.head(MOST_CHECKS)
    figure = new_figure(shown.height * 8 + 18)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(shown.to_dicts()):
        row_label(axes, y, row[f"label_{lang}"], row[f"check_label_{lang}"])
        gap = row["counted_value"] - row["stated_value"]
        axes.plot([0, gap], [y, y], color=style.ORANGE, linewidth=2)
        axes.plot(0, y, marker="D", color=style.ORANGE, markerfacecolor="white", linestyle="none")
        axes.plot(gap, y, marker="o", color=style.INK, linestyle="none")
        words = label(
            "stated_counted", lang, stated=formats.number(row["stated_value"]),
            counted=formats.number(row["counted_value"]),
        )  # fmt: skip
        right_text(axes, y, words)
        said.append(f"{row[f'label_{lang}']} {row[f'check_label_{lang}']}: {words}")
    axes.axvline(0, color=style.RULE, linewidth=0.8, zorder=0)
    axes.margins(x=0.12)
    axes.set_ylim(shown.height - 0.4, -0.6)
    axes.set_yticks([])
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(label("axis_gap", lang))
    if wrong.height > shown.height:
        said.append(label("cut", lang, shown=shown.height, total=wrong.height))
    data = frame.select("notice_id", "check_code", "unit", "stated_value", "counted_value", "is_agreeing")
    described = describe(figure, caption, said, data, lang, "fig_reconciliation_note")
    if wrong.height > shown.height:
        described.notes = [label("cut", lang, shown=shown.height, total=wrong.height), *described.notes]
    return described
