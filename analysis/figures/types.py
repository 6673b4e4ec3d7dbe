"""Problem types over notices, and the kinds of measure that follow them."""

from __future__ import annotations

import math

import polars as pl
from matplotlib.ticker import MaxNLocator

from analysis.display import formats, style
from analysis.display.labels import code_label, code_order, label
from analysis.figures.completion import reported_in_words
from analysis.figures.house import (
    MOST_NOTICES,
    HouseFigure,
    describe,
    dot,
    drawn,
    empty,
    heat_cells,
    new_figure,
    right_text,
    share_axis,
    stacked_shares,
)

MOST_HEADS = 12
DIMENSION_COLOURS = {
    "decisions": style.BLUE,
    "discipline": style.ORANGE,
    "organisation": style.GREEN,
    "supervision": style.AMBER,
    "unclassified": style.LIGHT,
}


@drawn
def counts(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """How the problems of each notice divide over the four dimensions.

    ``frame``: rows of ``compare.counts``. The numbers themselves are not compared: notices differ in scope.
    """
    rows = frame.filter((pl.col("group_code") == "dimension") & (pl.col("unit") == "problem"))
    present = set(rows.filter(pl.col("value_count") > 0)["group_id"])
    order = [code for code in DIMENSION_COLOURS if code in present]
    return stacked_shares(
        rows.filter(pl.col("value_count") > 0),
        part="group_id",
        order=order,
        names=[label(f"dimension_{code}", lang) for code in order],
        colours=[DIMENSION_COLOURS[code] for code in order],
        caption=label("fig_dimensions", lang),
        note="fig_dimensions_note",
        lang=lang,
    )


def spread(frame: pl.DataFrame, count: str = "primary_count") -> pl.DataFrame:
    """Types that occur, by the number of notices they occur in, then by the code book.

    ``frame``: rows of ``compare.type_counts``. Columns type_code, present_count, unit_count.
    """
    order = {code: place for place, code in enumerate(code_order("problem_types"))}
    return (
        frame.filter((pl.col(count) > 0) & (pl.col("type_code") != "unclassified"))
        .group_by("type_code")
        .agg(pl.col("notice_id").n_unique().alias("present_count"), pl.col(count).sum().alias("unit_count"))
        .with_columns(pl.col("type_code").replace_strict(order, default=99).alias("place"))
        .sort(-pl.col("present_count").cast(pl.Int64), "place")
        .drop("place")
    )


@drawn
def types(frame: pl.DataFrame, prevalence: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Problem type by notice, types found in most notices first; the number at the right is how many.

    ``frame``: rows of ``compare.type_counts``; ``prevalence``: of ``compare.prevalence``. Of more than
    twelve notices the share of notices with each type is drawn, with its 95 % interval; of one, its counts.
    """
    caption = label("fig_types", lang)
    order = spread(frame)
    total = frame["notice_id"].n_unique()
    if order.is_empty():
        return empty(caption, label("nothing", lang))
    if total == 1:
        return _of_one(order.select("type_code").join(frame, on="type_code"), lang)
    if total > MOST_NOTICES:
        return _prevalence(prevalence, order, total, lang)
    heads = frame.unique("notice_id", maintain_order=True)
    cells = {(row["type_code"], row["notice_id"]): row for row in frame.to_dicts()}
    figure = new_figure(order.height * 5.4 + 24)
    axes = figure.add_subplot()
    shades, words, said = [], [], []
    for row in order.to_dicts():
        line = [cells.get((row["type_code"], notice)) for notice in heads["notice_id"]]
        shades.append([cell["share"] or 0.0 if cell else 0.0 for cell in line])
        words.append([str(cell["primary_count"]) if cell and cell["primary_count"] else "" for cell in line])
        name = code_label("problem_types", row["type_code"], lang)
        said.append(f"{name} {row['present_count']}/{total}")
    names = [code_label("problem_types", code, lang) for code in order["type_code"]]
    heat_cells(axes, names, heads[f"label_{lang}"].to_list(), shades, words)
    for y, row in enumerate(order.to_dicts()):
        right_text(axes, y + 0.5, f"{row['present_count']}/{total}", 6)
    data = frame.filter(pl.col("any_count") > 0).select(
        "notice_id", "type_code", "primary_count", "any_count", "n_count", "share"
    )
    return describe(figure, caption, said, data, lang, "fig_types_note")


def _of_one(frame: pl.DataFrame, lang: str) -> HouseFigure:
    rows = frame.sort("primary_count", descending=True, maintain_order=True)
    figure = new_figure(rows.height * 5.4 + 16)
    axes = figure.add_subplot()
    axes.barh(range(rows.height), rows["primary_count"], height=0.6, color="#9fc0dd")
    said = []
    for y, row in enumerate(rows.to_dicts()):
        right_text(axes, y, formats.of_total(row["primary_count"], row["n_count"]), 6)
        said.append(f"{code_label('problem_types', row['type_code'], lang)} {row['primary_count']}")
    names = [code_label("problem_types", code, lang) for code in rows["type_code"]]
    axes.set_yticks(range(rows.height), names)
    axes.set_ylim(rows.height - 0.4, -0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="x")
    axes.spines["left"].set_visible(False)
    data = rows.select("notice_id", "type_code", "primary_count", "any_count", "n_count", "share")
    return describe(figure, label("fig_types_one", lang), said, data, lang)


def _prevalence(prevalence: pl.DataFrame, order: pl.DataFrame, total: int, lang: str) -> HouseFigure:
    rows = prevalence.filter(pl.col("definition_code") == "notice")
    rows = order.select("type_code").join(rows, on="type_code", how="left", maintain_order="left")
    figure = new_figure(rows.height * 5.4 + 18)
    axes = figure.add_subplot()
    said = []
    for y, row in enumerate(rows.to_dicts()):
        dot(axes, row["share"], y, row["wilson_low"], row["wilson_high"])
        right_text(axes, y, f"{row['present_count']}/{row['n_count']}")
        name = code_label("problem_types", row["type_code"], lang)
        said.append(f"{name} {row['present_count']}/{row['n_count']}")
    axes.set_yticks(range(rows.height), [code_label("problem_types", c, lang) for c in rows["type_code"]])
    axes.set_ylim(rows.height - 0.4, -0.6)
    share_axis(axes)
    axes.set_xlabel(label("axis_prevalence", lang, total=total))
    data = rows.select("type_code", "present_count", "n_count", "share", "wilson_low", "wilson_high")
    return describe(figure, label("fig_types", lang), said, data, lang, "fig_prevalence_note")


@drawn
def strip(frame: pl.DataFrame, ratios: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """The widest-spread types across the top, notices below (of more than twelve: years), as a small grid.

    ``frame``, ``ratios``: rows of ``compare.type_counts`` and ``completion``. A filled cell says that the type
    occurs, and at the right stands what the notice reports completed; of years, how many notices of that year
    have the type. Of one notice there is nothing to set side by side.
    """
    by_notice = frame["notice_id"].n_unique() <= MOST_NOTICES
    caption = label("fig_strip" if by_notice else "fig_strip_years", lang)
    order = spread(frame)
    if order.is_empty() or frame["notice_id"].n_unique() < 2:
        return empty(caption, label("nothing", lang))
    shown = order["type_code"].head(MOST_HEADS).to_list()
    key = f"label_{lang}" if by_notice else "year"
    rows = frame[key].unique(maintain_order=True).drop_nulls().to_list()
    rows = rows if by_notice else sorted(rows)[-MOST_NOTICES:]
    held = frame.group_by(key, "type_code").agg(
        (pl.col("primary_count") > 0).sum().alias("with_type"), pl.len().alias("notices")
    )
    cells = {(row[key], row["type_code"]): (row["with_type"], row["notices"]) for row in held.to_dicts()}
    shades, words, said = [], [], []
    for row in rows:
        line = [cells.get((row, code), (0, 1)) for code in shown]
        shades.append([some / of for some, of in line])
        words.append([("●" if some else "") if by_notice else f"{some}/{of}" for some, of in line])
        names = [short_name(code, lang) for code, (some, _) in zip(shown, line, strict=True) if some]
        said.append(f"{row}: {', '.join(names) or label('none', lang)}")
    figure = new_figure(len(rows) * 6 + (26 if lang == "zh" else 34))
    axes = figure.add_subplot()
    heat_cells(axes, [str(row) for row in rows], [short_name(code, lang) for code in shown], shades, words)
    if by_notice:
        results = reported_in_words(ratios, lang)
        for y, row in enumerate(rows):
            right_text(axes, y + 0.5, results.get(row, ""))
            said[y] += f" ({results.get(row, '')})"
    data = frame.filter(pl.col("type_code").is_in(shown)).select("notice_id", "type_code", "primary_count")
    described = describe(figure, caption, said, data, lang)
    note = "fig_strip_note" if by_notice else "fig_strip_note_years"
    described.notes = [label(note, lang, shown=len(shown), total=order.height)]
    return described


def short_name(code: str, lang: str) -> str:
    """A problem type in a word or two, for the head of a narrow column."""
    return label(f"short_{code}", lang)


@drawn
def types_compared(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """Shares of problem types in two notices side by side, with 95 % intervals.

    ``frame``: rows of ``compare.type_counts`` of exactly two notices.
    """
    caption = label("fig_types_compared", lang)
    sides = frame["notice_id"].unique(maintain_order=True).to_list()
    if len(sides) != 2:
        return empty(caption, label("no_pair", lang))
    order = spread(frame)
    looks = [("o", True, style.BLUE), ("D", False, style.ORANGE)]
    figure = new_figure(order.height * 5.6 + 20)
    axes = figure.add_subplot()
    said = []
    for y, code in enumerate(order["type_code"]):
        words = []
        for side, (marker, filled, colour), up in zip(sides, looks, (-0.18, 0.18), strict=True):
            row = frame.row(
                by_predicate=(pl.col("notice_id") == side) & (pl.col("type_code") == code), named=True
            )
            dot(
                axes, row["share"], y + up, row["wilson_low"], row["wilson_high"], marker, filled, colour, 4.5
            )
            words.append(formats.of_total(row["primary_count"], row["n_count"]))
        for place, word in enumerate(words):
            right_text(axes, y, word, 8 + 34 * place)
        said.append(f"{code_label('problem_types', code, lang)} {' / '.join(words)}")
    axes.set_yticks(range(order.height), [code_label("problem_types", c, lang) for c in order["type_code"]])
    axes.set_ylim(order.height - 0.4, -0.6)
    highest = max(frame["wilson_high"].drop_nulls().to_list(), default=1.0)
    share_axis(axes, high=max(1, math.ceil(highest * 5)) / 5, step=0.1)
    axes.set_xlabel(label("axis_share", lang))
    for side, (marker, filled, colour) in zip(sides, looks, strict=True):
        name = frame.filter(notice_id=side)[f"label_{lang}"][0]
        axes.plot([], [], marker=marker, color=colour, linestyle="none", label=name,
                  markerfacecolor=colour if filled else "white")  # fmt: skip
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    data = frame.select(
        "notice_id", "type_code", "primary_count", "n_count", "share", "wilson_low", "wilson_high"
    )
    return describe(figure, caption, said, data, lang, "fig_types_compared_note")


@drawn
def measures_by_type(frame: pl.DataFrame, lang: str = "zh") -> HouseFigure:
    """For each problem type, the share of its measures that are of each kind.

    ``frame``: rows of ``compare.measures_by_type``. The twelve types with most measures.
    """
    caption = label("fig_measures", lang)
    if frame.is_empty():
        return empty(caption, label("nothing", lang))
    sizes = frame.group_by("type_code", maintain_order=True).agg(pl.col("n_count").max())
    shown = sizes.sort("n_count", descending=True, maintain_order=True).head(MOST_HEADS)
    kinds = sorted(frame["kind_code"].unique(maintain_order=True), key=lambda code: code == "other")
    heads = [frame.filter(kind_code=kind)[f"kind_label_{lang}"][0] for kind in kinds]
    cells = {(row["type_code"], row["kind_code"]): row for row in frame.to_dicts()}
    shades, words, said, names = [], [], [], []
    for code, n in shown.iter_rows():
        line = [cells.get((code, kind)) for kind in kinds]
        shades.append([cell["share"] or 0.0 if cell else 0.0 for cell in line])
        words.append([str(cell["x_count"]) if cell and cell["x_count"] else "" for cell in line])
        names.append(f"{code_label('problem_types', code, lang)} ({n})")
        inside = ", ".join(f"{head} {word}" for head, word in zip(heads, words[-1], strict=True) if word)
        said.append(f"{names[-1]}: {inside}")
    figure = new_figure(len(names) * 6 + 26)
    heat_cells(figure.add_subplot(), names, heads, shades, words)
    if sizes.height > shown.height:
        said.append(label("cut", lang, shown=shown.height, total=sizes.height))
    data = frame.select("type_code", "kind_code", "x_count", "n_count", "share")
    described = describe(figure, caption, said, data, lang, "fig_measures_note")
    if sizes.height > shown.height:
        described.notes = [label("cut", lang, shown=shown.height, total=sizes.height), *described.notes]
    return described
