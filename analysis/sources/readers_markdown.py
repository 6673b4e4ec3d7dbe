"""Markdown: the text is left as it is, tables in it are pointed out as cells."""

from __future__ import annotations

import re

from analysis.parsing.records import Block, Document
from analysis.sources.decode import decode_text

# The second line of a pipe table: | --- | :---: | :-: | (a lone - is an empty cell of some other row)
_RULE = r"[ \t]*(?::-+:?|-+:|-{2,})[ \t]*"
_DELIMITER = re.compile(rf"^[ \t]*\|?{_RULE}(?:\|{_RULE})+\|?[ \t\r]*$", re.MULTILINE)
_TABLE_OPENS = re.compile(r"<table\b[^<>]*>", re.IGNORECASE)
_TABLE_CLOSES = re.compile(r"</table\s*>", re.IGNORECASE)
_TAG_ROW = re.compile(r"<tr\b[^<>]*>(.*?)(?=<tr\b|$)", re.IGNORECASE | re.DOTALL)
_TAG_CELL = re.compile(r"<t[dh]\b([^<>]*)>(.*?)(?=</t[dh]\b|<t[dh]\b|</tr\b|$)", re.IGNORECASE | re.DOTALL)
_SPAN = re.compile(r"(row|col)span\s*=\s*[\"']?(\d{1,2})", re.IGNORECASE)
_MAX_TAKEN = 100_000  # places taken by spans in one table; beyond it spans are not believed
MAX_TABLE_TEXT = 2_000_000  # characters; no ledger of one body is longer
_BLANK = " \t\r\n\u3000\u00a0"


def read_markdown(data: bytes, name: str) -> Document:
    """Text unchanged; cells of pipe tables and of HTML tables as blocks."""
    text, encoding, warnings = decode_text(data, name)
    return Document(text=text, encoding=encoding, blocks=table_cells(text), reader_warnings=warnings)


def table_cells(text: str) -> list[Block]:
    """Cells of the tables written into plain text, in order; cheap when there is none."""
    cells: list[Block] = []
    if len(text) > MAX_TABLE_TEXT:
        return cells
    if "|" in text and ("--" in text or ":-" in text):
        cells += _pipe_cells(text, 0)
    if "<t" in text and "<table" in text.lower():
        cells += _tag_cells(text, cells[-1].table + 1 if cells else 0)
    if text.count("\t") >= 6:
        cells += _tab_cells(text, cells[-1].table + 1 if cells else 0)
    return sorted(cells, key=lambda cell: cell.start)


def _tab_cells(text: str, table: int) -> list[Block]:
    """Tables pasted from a word processor: three or more lines with the same number of tabs."""
    cells: list[Block] = []
    run: list[tuple[int, int]] = []
    width = 0

    def close() -> None:
        nonlocal table
        if len(run) >= 3:
            for row, (start, end) in enumerate(run):
                left = start
                for col, part in enumerate(text[start:end].split("\t")):
                    _add_trimmed(cells, text, left, left + len(part), table, row, col)
                    left += len(part) + 1
            table += 1
        run.clear()

    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        tabs = text.count("\t", start, end)
        is_row = tabs >= 2 and sum(bool(part.strip()) for part in text[start:end].split("\t")) >= 2
        if not is_row or run and tabs != width:
            close()
        if is_row:
            run.append((start, end))
            width = tabs
        start = end + 1
    close()
    return cells


def _pipe_cells(text: str, table: int) -> list[Block]:
    cells: list[Block] = []
    end_of_last = 0
    for delimiter in _DELIMITER.finditer(text):
        if delimiter.start() < end_of_last:
            continue
        head_end = delimiter.start() - 1
        head_start = text.rfind("\n", 0, max(head_end, 0)) + 1
        if head_end < 0 or "|" not in text[head_start:head_end]:
            continue
        _add_row(cells, text, head_start, head_end, table, 0)
        row, position = 1, delimiter.end() + 1
        while position < len(text):
            line_end = text.find("\n", position)
            line_end = len(text) if line_end < 0 else line_end
            if "|" not in text[position:line_end]:
                break
            _add_row(cells, text, position, line_end, table, row)
            row, position = row + 1, line_end + 1
        end_of_last = position
        table += 1
    return cells


def _add_row(cells: list[Block], text: str, start: int, end: int, table: int, row: int) -> None:
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    if start < end and text[start] == "|":
        start += 1
    if end > start and text[end - 1] == "|" and text[end - 2 : end - 1] != "\\":
        end -= 1
    col, left = 0, start
    for position in range(start, end + 1):
        if position == end or text[position] == "|" and text[position - 1] != "\\":
            _add_trimmed(cells, text, left, position, table, row, col)
            col, left = col + 1, position + 1


def _tag_cells(text: str, table: int) -> list[Block]:
    cells: list[Block] = []
    position = 0
    while (opens := _TABLE_OPENS.search(text, position)) and (
        closes := _TABLE_CLOSES.search(text, opens.end())
    ):
        position = closes.end()
        taken: set[tuple[int, int]] = set()
        for row, line in enumerate(_TAG_ROW.finditer(text, opens.end(), closes.start())):
            col = 0
            for cell in _TAG_CELL.finditer(text, line.start(1), line.end(1)):
                spans = {side.lower(): max(1, int(size)) for side, size in _SPAN.findall(cell.group(1))}
                while (row, col) in taken:
                    col += 1
                for down in range(spans.get("row", 1) if len(taken) < _MAX_TAKEN else 0):
                    taken.update((row + down, col + across) for across in range(spans.get("col", 1)))
                _add_trimmed(cells, text, cell.start(2), cell.end(2), table, row, col)
                col += spans.get("col", 1)
        table += 1
    return cells


def _add_trimmed(cells: list[Block], text: str, start: int, end: int, table: int, row: int, col: int) -> None:
    while start < end and text[start] in _BLANK:
        start += 1
    while end > start and text[end - 1] in _BLANK:
        end -= 1
    if start < end:
        cells.append(Block("cell", start, end, 0, table, row, col))
