"""Rows of a sheet as spreadsheet XML, made column by column in polars: a million cells take a second.

xlsxwriter makes the workbook with its styles, heads, notes and filters, and one row of empty cells
below the heads, the pattern of a sheet. Here the rows of the frame are put in the pattern's place.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from analysis.publishing import fonts

CELL_LIMIT = 32_767  # UTF-16 units
_SLICE = 20_000  # rows made at a time
_LEVEL = 3  # of compression: half the time of the usual 6 for a tenth more bytes
_ESCAPED = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
# What a reader would take for an escaped character (_x000D_) is escaped itself.
_ESCAPE = "(_x[0-9A-Fa-f]{4}_)"
_PATTERN = re.compile(rb'<row r="(\d+)"[^>]*>((?:<c [^>]*/>)*)</row></sheetData>')
_STYLE = re.compile(rb'<c r="([A-Z]+)\d+" s="(\d+)"/>')
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')


def plain_columns(frame: pl.DataFrame, cut: str = "") -> pl.DataFrame:
    """``frame`` with every column a number, truth value, date or printable text.

    Lists become one text; texts longer than a cell holds are cut and end with ``cut`` where it is given;
    numbers that a spreadsheet would round or refuse become texts; NaN becomes null.
    """
    return frame.with_columns(_plain(frame[name], cut) for name in frame.columns)


def _plain(column: pl.Series, cut: str) -> pl.Series:
    kind, name = column.dtype, column.name
    if isinstance(kind, pl.List):
        column = column.cast(pl.List(pl.String)).list.join(", ")
    elif isinstance(kind, pl.Datetime):
        column = column.dt.date()
    elif kind.is_integer():
        if column.abs().max() is not None and (column.abs() >= 10**15).any():
            column = column.cast(pl.String)
    elif kind.is_float():
        column = column.fill_nan(None)
        if column.is_infinite().any():
            column = column.cast(pl.String)
    elif not (isinstance(kind, pl.Date) or kind == pl.Boolean):
        column = column.cast(pl.String)
    if column.dtype != pl.String:
        return column
    column = column.str.replace_all(fonts.UNPRINTABLE, "")
    if cut:
        for place in (column.str.len_chars() * 2 > CELL_LIMIT).fill_null(False).arg_true():
            units = column[place].encode("utf-16-le")
            if len(units) // 2 > CELL_LIMIT:  # a rare character is two
                kept = units[: 2 * (CELL_LIMIT - len(cut))].decode("utf-16-le", "ignore") + cut
                column = column.scatter(place, kept)
    return column.alias(name)


def _cell(column: str, kind: pl.DataType, letters: str, style: str) -> pl.Expr:
    """A ``<c>`` element for each value, null for none."""
    value = pl.col(column)
    place = f'<c r="{letters}'
    if kind == pl.String:
        text = value
        for character, entity in _ESCAPED:
            text = text.str.replace_all(character, entity, literal=True)
        text = text.str.replace_all(_ESCAPE, "_x005F${1}")
        is_padded = value.str.contains(r"\A\s|\s\z")
        opened = (
            pl.when(is_padded)
            .then(pl.lit(f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'))
            .otherwise(pl.lit(f'" s="{style}" t="inlineStr"><is><t>'))
        )
        return pl.concat_str(pl.lit(place), "_row", opened, text, pl.lit("</t></is></c>"))
    if kind == pl.Boolean:
        return pl.concat_str(
            pl.lit(place), "_row", pl.lit(f'" s="{style}" t="b"><v>'), value.cast(pl.Int8), pl.lit("</v></c>")
        )
    if kind == pl.Date:
        # the spreadsheet counts from 1900 on, and counts a 29 February of 1900
        days = value.cast(pl.Int32) + 25_568
        serial = pl.when(days > 59).then(days + 1).otherwise(days)
        early = pl.concat_str(
            pl.lit(place),
            "_row",
            pl.lit(f'" s="{style}" t="inlineStr"><is><t>'),
            value.cast(pl.String),
            pl.lit("</t></is></c>"),
        )
        dated = pl.concat_str(pl.lit(place), "_row", pl.lit(f'" s="{style}"><v>'), serial, pl.lit("</v></c>"))
        return pl.when(days < 1).then(early).otherwise(dated)
    return pl.concat_str(pl.lit(place), "_row", pl.lit(f'" s="{style}"><v>'), value, pl.lit("</v></c>"))


def _rows(frame: pl.DataFrame, first: int, styles: list[tuple[str, str]]) -> Iterator[bytes]:
    """XML of the rows of a frame of ``plain_columns``, from row ``first`` of the sheet on."""
    cells = [
        _cell(name, kind, letters, style)
        for (name, kind), (letters, style) in zip(frame.schema.items(), styles, strict=True)
    ]
    for start in range(0, frame.height, _SLICE):
        part = frame.slice(start, _SLICE)
        number = pl.int_range(first + start, first + start + part.height, eager=True).cast(pl.String)
        made = part.with_columns(number.alias("_row")).select(
            pl.concat_str(
                pl.lit('<row r="'),
                "_row",
                pl.lit('">'),
                pl.concat_str(cells, ignore_nulls=True),
                pl.lit("</row>"),
            )
        )
        yield "".join(made.to_series()).encode("utf-8")


def fill_sheets(skeleton: Path, target: Path, frames: Mapping[int, pl.DataFrame]) -> None:
    """Write ``target``: the workbook ``skeleton`` with the rows of ``frames`` (by number of the sheet, from 1).

    The last row of each of these sheets is its pattern; every column of its frame has a cell there.
    """
    held = {f"xl/worksheets/sheet{number}.xml": frame for number, frame in frames.items()}
    with (
        zipfile.ZipFile(skeleton) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as made,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            frame = held.get(entry.filename)
            found = _PATTERN.search(content) if frame is not None else None
            with made.open(entry.filename, "w") as sheet:
                if frame is None or found is None:
                    sheet.write(content)
                    continue
                first = int(found[1])
                styles = [(a.decode(), b.decode()) for a, b in _STYLE.findall(found[2])]
                corner = f"{styles[-1][0]}{max(1, first + frame.height - 1)}"
                sheet.write(
                    _DIMENSION.sub(f'<dimension ref="A1:{corner}"/>'.encode(), content[: found.start()])
                )
                for rows in _rows(frame, first, styles):
                    sheet.write(rows)
                sheet.write(b"</sheetData>" + content[found.end() :])
