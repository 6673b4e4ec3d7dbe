"""XLSX and CSV: a 台账 (ledger of items) kept as a spreadsheet, its visible sheets as tables of cells."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from analysis.parsing.records import Document
from analysis.sources.building import TextBuilder
from analysis.sources.decode import decode_text
from analysis.sources.errors import UnreadableSource
from analysis.sources.ooxml import Package

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_ROWS = 20_000
MAX_COLUMNS = 60


def read_sheet(data: bytes, name: str) -> Document:
    """Every visible sheet as one table; a row with one filled cell is a paragraph (title, note)."""
    package = Package(data, name)
    for part in package.names:
        if part.endswith((".xml", ".rels")):
            package.xml(part)  # refuses bombs and entities before anything else reads the file
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=False, keep_links=False)
    except Exception as error:
        raise UnreadableSource(
            "read",
            "broken_file",
            (
                f"{name}: the spreadsheet cannot be opened ({type(error).__name__}). Open it in Excel, WPS or LibreOffice and save it anew as XLSX."
            ),
        ) from None
    builder = TextBuilder()
    warnings: list[str] = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if sheet.max_row > MAX_ROWS or sheet.max_column > 10 * MAX_COLUMNS:
            warnings.append(
                f"of sheet {sheet.title} only the first {MAX_ROWS:,} rows and {MAX_COLUMNS} columns were read"
            )
        _add_rows(builder, _filled_rows(sheet))
    if not builder.length and any(part.startswith("xl/media/") for part in package.names):
        raise UnreadableSource(
            "read",
            "pictures_only",
            f"{name}: the spreadsheet holds pictures and no text. Run text recognition (OCR) on them and drop in the result.",
        )
    return Document(text=builder.text, encoding=None, blocks=builder.blocks, reader_warnings=warnings)


def _filled_rows(sheet: Worksheet) -> Iterator[list[object]]:
    """The values of each row that has any; a cell far out costs nothing for the empty ones before it."""
    rows: dict[int, dict[int, object]] = {}
    for (row, col), cell in sheet._cells.items():  # iter_rows would make every cell between
        if row <= MAX_ROWS and col <= MAX_COLUMNS and cell.value is not None:
            rows.setdefault(row, {})[col] = cell.value
    for _, values in sorted(rows.items()):
        yield [values.get(col) for col in range(1, max(values) + 1)]


def read_csv(data: bytes, name: str) -> Document:
    """Comma-, semicolon- or tab-separated values as one table of cells."""
    text, encoding, warnings = decode_text(data, name)
    head = text[:20_000]
    delimiter = max(",\t;，", key=head.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    builder = TextBuilder()
    try:
        _add_rows(builder, (row[:MAX_COLUMNS] for row, _ in zip(rows, range(MAX_ROWS))))
    except csv.Error as error:
        raise UnreadableSource(
            "read",
            "broken_file",
            f"{name}: line {rows.line_num} is no row of values ({error}). Open the file in a spreadsheet and save it as XLSX.",
        ) from None
    return Document(text=builder.text, encoding=encoding, blocks=builder.blocks, reader_warnings=warnings)


def _add_rows(builder: TextBuilder, rows: Iterable[Iterable[object]]) -> None:
    table = None
    number = 0
    for values in rows:
        cells = [(col, text) for col, text in enumerate(map(_as_text, values)) if text]
        if not cells:
            continue
        if len(cells) == 1 and (table is None or len(cells[0][1]) > 20 and cells[0][0] == 0):
            # A title above the table or a note under it, usually a row of merged cells.
            for line in cells[0][1].split("\n"):
                builder.add(line)
            table = None
            continue
        if table is None:
            table, number = builder.new_table(), 0
        for col, text in cells:
            builder.add_cell(text, table, number, col)
        number += 1


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"  # yes / no
    if isinstance(value, datetime.datetime):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "\n".join(
        line.strip()
        for line in str(value).replace("\r\n", "\n").replace("_x000D_", "").split("\n")
        if line.strip()
    )
