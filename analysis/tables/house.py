"""The table every table function returns: a frame with labels, formats, links and notes, as great_tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from great_tables import GT
from markupsafe import Markup, escape

from analysis.display import formats
from analysis.display.labels import label
from analysis.links import source_href

MOST_ROWS = 300  # of one table; the workbook and the ledger page hold every row
SHOWN: Mapping[str, Callable[[Any], str]] = {
    "text": lambda value: formats.DASH if value in (None, "") else str(value),
    "count": lambda value: value if isinstance(value, str) else formats.number(value),
    "share": formats.share,
    "points": formats.points,
    "p": formats.p_value,
    "day": formats.day,
    "list": lambda value: " ".join(value) if value else formats.DASH,
}
LEFT = {"text", "list", "day"}


@dataclass(frozen=True)
class Column:
    """A printed column: ``value`` is a column of the frame or a function of its row (a dict).

    ``kind`` is one of SHOWN; ``link`` names the column that holds the ID the cell leads to.
    """

    head: str
    value: str | Callable[[dict[str, Any]], Any]
    kind: str = "text"
    link: str = ""


def notice(lang: str) -> Column:
    """The notice of a row, leading to its page."""
    return Column(label("col_notice", lang), f"label_{lang}", link="notice_id")


def interval_of(stem: str, lang: str) -> Column:
    """The 95 % interval in columns ``<stem>_low`` and ``<stem>_high``."""
    return Column(
        label("col_interval", lang),
        lambda row: formats.interval(row[f"{stem}_low"], row[f"{stem}_high"]),
        "count",
    )


def house_table(
    frame: pl.DataFrame,
    columns: Sequence[Column],
    *,
    caption: str,
    notes: Sequence[str] = (),
    lang: str = "zh",
    most_rows: int = MOST_ROWS,
) -> GT:
    """``frame`` as a table with heads, formats and links; a cut says how many rows of how many are shown.

    Of a frame without rows the table says so in the notebook; an edition leaves it out.
    """
    rows = frame.head(most_rows).to_dicts()
    names = [f"c{number}" for number in range(len(columns))]
    cells = {
        name: pl.Series([_cell(row, column) for row in rows], dtype=pl.String)
        for name, column in zip(names, columns, strict=True)
    }
    if not rows:
        columns, names, cells = columns[:1], names[:1], {names[0]: pl.Series([label("none", lang)])}
    cut = [label("table_cut", lang, shown=most_rows, total=frame.height)] if frame.height > most_rows else []
    table = (
        GT(pl.DataFrame(cells), id="zg" if rows else formats.EMPTY_TABLE)
        .tab_header(title=caption)
        .cols_label(cases={name: column.head for name, column in zip(names, columns, strict=True)})
        .cols_align("left", columns=[n for n, c in zip(names, columns, strict=True) if c.kind in LEFT])
        .cols_align("right", columns=[n for n, c in zip(names, columns, strict=True) if c.kind not in LEFT])
        .fmt(lambda html: html, columns=names)  # the cells are escaped already; links must stay links
        .opt_table_font(font=["Noto Sans SC", "sans-serif"])
        .tab_options(table_font_size="13px", data_row_padding="3px")
    )
    for note in [*cut, *filter(None, notes)]:
        table = table.tab_source_note(source_note=_plain(note))
    return table


def _cell(row: dict[str, Any], column: Column) -> str:
    value = row[column.value] if isinstance(column.value, str) else column.value(row)
    shown = escape(SHOWN[column.kind](value))
    target = row[column.link] if column.link else None
    return str(Markup('<a href="{}">{}</a>').format(source_href(target), shown) if target else shown)


def _plain(text: str) -> Any:
    """A note as it stands: great_tables would read it as Markdown."""
    from great_tables import html

    return html(str(escape(text)))
