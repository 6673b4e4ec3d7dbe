"""Problem types: the city × type heat map with prevalence, and two sides compared."""

from __future__ import annotations

from typing import Any

from analysis.display.labels import code_order
from analysis.reporting import display as d
from analysis.reporting import figures_parts as parts
from analysis.reporting.blocks import Figure


def _type_order(rows: list[dict[str, Any]]) -> list[str]:
    """Types that occur, in the order of the code book (never by frequency)."""
    present = {row["type_code"] for row in rows if row.get("primary_count") or row.get("any_count")}
    return [code for code in code_order("problem_types") if code in present]


def heatmap(page: Any) -> list[Figure]:
    """Types in rows, notices in columns, and beside it in how many notices each type occurs."""
    rows = [r for r in page.rows("out_type_counts", unit=page.unit) if r["primary_count"] is not None]
    ids = list(dict.fromkeys(r["notice_id"] for r in rows))
    types = _type_order(rows)
    if not types:
        return []
    return [_heatmap_part(page, suffix, part, rows, types) for suffix, part in parts.chunks(ids, 12)]


def _heatmap_part(
    page: Any, suffix: str, ids: list[str], rows: list[dict[str, Any]], types: list[str]
) -> Figure:
    import numpy as np
    import seaborn as sns
    from matplotlib.colors import LinearSegmentedColormap

    cell = {(r["type_code"], r["notice_id"]): r for r in rows}
    name = {r["notice_id"]: (page.of(r), r["flags"]) for r in rows}
    labels = {r["type_code"]: page.of(r, "type_label") for r in rows}
    spread = {
        r["type_code"]: r
        for r in page.out["out_type_prevalence"].to_dicts()
        if r["definition_code"] == "notice" and r["unit"] == page.unit
    }
    shares = np.array([[cell[t, n]["share"] or 0.0 for n in ids] for t in types])
    marks = [[_mark(cell[t, n]) for n in ids] for t in types]
    blues = LinearSegmentedColormap.from_list("house", ["#ffffff", "#cfe0ef", "#6ba3cf", "#0b4f8a"])
    with d.house_style():
        figure = d.new_figure(len(types) * 6.2 + 34)
        map_axes, side = figure.subplots(1, 2, sharey=False, width_ratios=[max(2.2, len(ids) * 0.62), 1.7])
        sns.heatmap(
            shares,
            ax=map_axes,
            cmap=blues,
            vmin=0,
            vmax=max(0.12, float(np.quantile(shares, 0.98))),
            cbar=False,
            annot=np.array(marks),
            fmt="",
            annot_kws={"fontsize": 7.8},
            linewidths=0.8,
            linecolor="#f2f2f2",
        )
        map_axes.set_yticks(
            [i + 0.5 for i in range(len(types))], [labels[t] for t in types], rotation=0, fontsize=7.8
        )
        slanted = len(ids) > 6 or any(_width_mm(name[n][0].split(" ")[0]) > 84 / len(ids) for n in ids)
        heads = [_head(*name[n], cell[types[0], n]["n_count"], slanted) for n in ids]
        map_axes.set_xticks(
            [i + 0.5 for i in range(len(ids))],
            heads,
            fontsize=7.6,
            rotation=45 if slanted else 0,
            ha="left" if slanted else "center",
        )
        map_axes.xaxis.tick_top()
        map_axes.tick_params(axis="x", length=0, colors=d.INK)
        map_axes.spines["bottom"].set_visible(False)
        _prevalence(page, side, types, spread)
        _dimension_rules(map_axes, side, rows, types)
        common = next((r["common_n"] for r in spread.values() if r["common_n"]), None)
        caption = parts.part_caption(page, page.t("fig_heatmap"), suffix)
        said = []
        for n in ids:
            held = [
                f"{labels[t]} {cell[t, n]['primary_count']}" for t in types if cell[t, n]["primary_count"]
            ]
            said.append(
                f"{name[n][0]} (n = {cell[types[0], n]['n_count']}) "
                + ("、" if page.lang == "zh" else ", ").join(held)
            )
        data = [
            [
                n,
                name[n][0],
                t,
                labels[t],
                cell[t, n]["unit"],
                cell[t, n]["primary_count"],
                cell[t, n]["any_count"],
                cell[t, n]["n_count"],
                cell[t, n]["share"],
                spread.get(t, {}).get("present_count"),
                spread.get(t, {}).get("n_count"),
                spread.get(t, {}).get("wilson_low"),
                spread.get(t, {}).get("wilson_high"),
                spread.get(t, {}).get("rarefied_share"),
                name[n][1],
            ]
            for t in types
            for n in ids
        ]
        return d.finish(
            figure,
            id=parts.part_id("type-heatmap", suffix),
            caption=caption,
            alt=parts.alt_text(page, caption, said),
            columns=[
                "notice_id",
                "notice",
                "type_code",
                "type",
                "unit",
                "primary_count",
                "any_count",
                "n_count",
                "share",
                "present_count",
                "notice_count",
                "wilson_low",
                "wilson_high",
                "rarefied_share",
                "flags",
            ],
            rows=data,
            source_line=page.t("source_line_counts"),
            notes=[page.t("fig_heatmap_note", n=common if common else "—")],
        )


def _mark(row: dict[str, Any]) -> str:
    """3, 3+1 or +1: units with it as first type, and those with it as a further one."""
    further = (row["any_count"] or 0) - (row["primary_count"] or 0)
    return (str(row["primary_count"]) if row["primary_count"] else "") + (f"+{further}" if further else "")


def _width_mm(text: str, points: float = 7.6) -> float:
    """About how wide a text is printed: Han characters are square, Latin ones half as wide."""
    return sum(points if ord(c) > 0x2E7F else points * 0.56 for c in text) * 25.4 / 72


def _head(text: str, flags: str, units: int, slanted: bool) -> str:
    marks = f"[{flags.replace(',', ' ')}]" if flags else ""
    if slanted:
        return f"{text}  n = {units} {marks}".strip()
    return "\n".join(part for part in (text.replace(" ", "\n"), f"n = {units}", marks) if part)


def _prevalence(page: Any, axes: Any, types: list[str], spread: dict[str, dict[str, Any]]) -> None:
    for i, code in enumerate(types):
        row = spread.get(code)
        if not row or row["share"] is None:
            continue
        y = i + 0.5
        parts.dot(axes, row["share"], y, row["wilson_low"], row["wilson_high"], colour=d.INK, size=4.2)
        if row["rarefied_share"] is not None:
            axes.plot(
                [row["rarefied_share"]],
                [y],
                marker="o",
                markersize=5.6,
                markerfacecolor="none",
                markeredgecolor=d.ORANGE,
                markeredgewidth=1.1,
                linestyle="none",
                zorder=4,
            )
        parts.right_text(axes, y, f"{row['present_count']}/{row['n_count']}", offset=9)
    axes.set_ylim(len(types), 0)
    axes.set_yticks([])
    parts.share_axis(axes, 0, 1, 0.5)
    axes.set_title(page.t("fig_heatmap_right"), fontsize=8)


def _dimension_rules(map_axes: Any, side: Any, rows: list[dict[str, Any]], types: list[str]) -> None:
    """A thin rule wherever the code book's dimension changes."""
    of_type = {r["type_code"]: r["dimension_code"] for r in rows}
    for i in range(1, len(types)):
        if of_type[types[i]] != of_type[types[i - 1]]:
            for axes in (map_axes, side):
                axes.axhline(i, color=d.GREY, linewidth=0.8, zorder=5)


def types_pair(page: Any) -> list[Figure]:
    """Shares of the types in two notices, with intervals; types that at least one holds."""
    left, right = page.focus["pair"]
    rows = [r for r in page.rows("out_type_counts", unit=page.unit)]
    sides = [{r["type_code"]: r for r in rows if r["notice_id"] == n} for n in (left, right)]
    types = _type_order([r for r in rows if r["notice_id"] in (left, right)])
    return (
        _two_sides(page, types, sides, [page.of(next(iter(s.values()))) for s in sides], "types-pair")
        if types
        else []
    )


def _wilson(x: int, n: int) -> dict[str, Any]:
    from analysis.compare.intervals import wilson

    low, high = wilson(x, n)
    return {"wilson_low": low, "wilson_high": high}


def types_city(page: Any) -> list[Figure]:
    """Shares of the types in one city's notices against all other notices of the selection."""
    figures = []
    for notice_id in page.focus["notice_ids"]:
        rows = page.rows("out_overrepresentation", notice_id=notice_id, unit=page.unit)
        if not rows:
            continue
        here = {r["type_code"]: {**r, **_wilson(r["primary_count"], r["n_count"])} for r in rows}
        there = {
            r["type_code"]: {
                **r,
                "primary_count": r["other_count"],
                "n_count": r["other_n_count"],
                "share": r["other_share"],
                **_wilson(r["other_count"], r["other_n_count"]),
            }
            for r in rows
        }
        types = _type_order(list(here.values()))
        figures += _two_sides(
            page, types, [here, there], [page.of(rows[0]), page.t("other_notices")], f"types-{notice_id}"
        )
    return figures


def _two_sides(
    page: Any, types: list[str], sides: list[dict[str, Any]], names: list[str], id: str
) -> list[Figure]:
    from matplotlib.lines import Line2D

    looks = [(True, d.BLUE, "o", -0.18), (False, d.ORANGE, "D", 0.18)]
    with d.house_style():
        figure = d.new_figure(len(types) * 6.6 + 26)
        axes = figure.add_subplot()
        data, said, top = [], [], 0.1
        for i, code in enumerate(types):
            said_row = []
            for side, name, (filled, colour, marker, shift) in zip(sides, names, looks):
                row = side.get(code)
                if row is None or row["share"] is None:
                    continue
                parts.dot(
                    axes,
                    row["share"],
                    i + shift,
                    row["wilson_low"],
                    row["wilson_high"],
                    filled=filled,
                    colour=colour,
                    marker=marker,
                    size=4.4,
                )
                top = max(top, row["wilson_high"] or row["share"])
                said_row.append(f"{name} {row['primary_count']}/{row['n_count']}")
                data.append(
                    [
                        name,
                        code,
                        row["unit"],
                        row["primary_count"],
                        row["n_count"],
                        row["share"],
                        row["wilson_low"],
                        row["wilson_high"],
                        row["flags"],
                    ]
                )
            any_row = sides[0].get(code) or sides[1].get(code)
            said.append(f"{page.of(any_row, 'type_label')} {', '.join(said_row)}")
            counts = [f"{s[code]['primary_count']}/{s[code]['n_count']}" if code in s else "—" for s in sides]
            parts.right_text(axes, i, counts[0], offset=6, colour=looks[0][1])
            parts.right_text(axes, i, counts[1], offset=44, colour=looks[1][1])
        axes.set_yticks(
            range(len(types)),
            [page.of(sides[0].get(c) or sides[1].get(c), "type_label") for c in types],
            fontsize=8,
        )
        axes.set_ylim(len(types) - 0.4, -0.6)
        step = 0.1 if top <= 0.5 else 0.2
        parts.share_axis(axes, 0, min(1.0, (int(top / step) + 1) * step), step)
        axes.grid(axis="y", color="#f0f0f0")
        handles = [
            Line2D(
                [],
                [],
                marker=m,
                linestyle="none",
                color=c,
                markerfacecolor=c if f else "white",
                markersize=5,
                label=n,
            )
            for n, (f, c, m, _) in zip(names, looks)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2)
        caption = (
            page.t("fig_types_compared") + f"：{names[0]} / {names[1]}"
            if page.lang == "zh"
            else page.t("fig_types_compared") + f": {names[0]} / {names[1]}"
        )
        return [
            d.finish(
                figure,
                id=id,
                caption=caption,
                alt=parts.alt_text(page, caption, said),
                columns=[
                    "side",
                    "type_code",
                    "unit",
                    "primary_count",
                    "n_count",
                    "share",
                    "wilson_low",
                    "wilson_high",
                    "flags",
                ],
                rows=data,
                source_line=page.t("source_line_counts"),
                notes=[page.t("fig_types_compared_note")],
            )
        ]
