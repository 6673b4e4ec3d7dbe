"""Rows of a PDF table over several pages: broken rows completed, repeated heads left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from analysis.sources.building import TextBuilder
from analysis.sources.pdf_tables import Grid
from analysis.sources.pdf_text import Run

# What ends a sentence or introduces the next: text goes on in a new paragraph after it.
ENDS = "。；！？：;!?:”"


@dataclass(slots=True)
class Table:
    """A table in the making; rows map a column to the paragraphs of its cell."""

    columns: list[float]
    rows: list[dict[int, list[str]]] = field(default_factory=list)


def join_lines(texts: list[str]) -> str:
    """Wrapped lines as one; a blank only between two Latin words."""
    result = ""
    for text in texts:
        if (
            result
            and result[-1].isascii()
            and result[-1].isalpha()
            and text[:1].isascii()
            and text[:1].isalpha()
        ):
            result += " "
        result += text
    return result


def same_baseline(runs: list[Run]) -> list[list[Run]]:
    """Runs by printed line from the top, each from left to right."""
    rows: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: -run.y):
        if rows and abs(rows[-1][0].y - run.y) <= 0.35 * max(run.em, rows[-1][0].em):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def continues(table: Table, grid: Grid) -> bool:
    """Whether the grid has the columns of the table: it is its next part."""
    return len(table.columns) == len(grid.columns) and all(
        abs(a - b) < 6 for a, b in zip(table.columns, grid.columns)
    )


def take_rows(table: Table, grid: Grid) -> None:
    """Rows of one page; a row broken by the page's end is completed, a repeated head left out."""
    for row in range(len(grid.rows) - 1):
        cells = {col: cell_lines(grid, runs) for (at, col), runs in sorted(grid.cells.items()) if at == row}
        if not cells:
            continue
        is_first = row == min(at for at, _ in grid.cells)
        if is_first and table.rows:
            if cells == table.rows[0]:
                continue
            if _is_broken_row(table, cells):
                _complete_row(table.rows[-1], cells)
                continue
        table.rows.append(cells)


def _is_broken_row(table: Table, cells: dict[int, list[str]]) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before.

    The number stands on one of the two pages only.
    """
    last = table.rows[-1]
    key = _key_column(table.rows[:-1])
    if key in cells and key in last:
        return False
    if key not in cells and key in last:
        return len(last) >= len(cells)
    if key in cells:
        return True
    return any(last[col][-1][-1] not in ENDS for col in cells if last.get(col))


def _key_column(rows: list[dict[int, list[str]]]) -> int:
    """The column of numbers; without one, the first that nearly every row fills.

    A column of categories before it is merged over several rows and does not tell rows apart.
    """
    numbered = Counter(
        col for row in rows for col, lines in row.items() if lines and lines[0].rstrip(".．、").isdigit()
    )
    for col, count in sorted(numbered.items()):
        if count >= 0.5 * (len(rows) - 1):
            return col
    filled = Counter(col for row in rows for col in row)
    return min((col for col, count in filled.items() if count >= 0.8 * len(rows)), default=0)


def _complete_row(row: dict[int, list[str]], cells: dict[int, list[str]]) -> None:
    for col, lines in cells.items():
        old = row.setdefault(col, [])
        if old and lines and old[-1][-1] not in ENDS:
            old[-1] = join_lines([old[-1], lines[0]])
            lines = lines[1:]
        old += lines


def cell_lines(grid: Grid, runs: list[Run]) -> list[str]:
    """Paragraphs of one cell: its printed lines, joined where they were wrapped."""
    rows = same_baseline(runs)
    right = max(row[-1].x1 for row in rows)
    result: list[str] = []
    last: list[Run] | None = None
    for row in rows:
        text = " ".join(run.text for run in row)
        # A sentence that ends short of the cell's width, or an enumerated line after one, is a paragraph.
        is_new = (
            last is None
            or last[-1].text[-1] in ENDS
            and (
                right - last[-1].x1 > 1.5 * row[0].em
                or bool(re.match(r"[一二三四五六七八九十]+[是、]|[①-⑳]|\d+[.、]|[（(]", text))
            )
        )
        if is_new:
            result.append(text)
        else:
            result[-1] = join_lines([result[-1], text])
        last = row
    return result


def add_table(builder: TextBuilder, table: Table) -> None:
    """Append every cell of the table to the builder, row by row."""
    number = builder.new_table()
    for row, cells in enumerate(table.rows):
        for col in sorted(cells):
            builder.add_cell("\n".join(cells[col]), number, row, col)
