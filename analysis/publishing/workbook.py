"""The ledger as a spreadsheet (台账), and for other tools: XLSX, CSV, DuckDB, JSON.

No cell is ever a formula or a link made from a notice's words; a text that is longer than a cell
may hold is cut and says so.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.publishing import files
from analysis.publishing.dictionary import dictionary_of, table_text
from analysis.publishing.workbook_rows import fill_sheets, plain_columns
from analysis.publishing.workbook_sheets import SOURCES, WIDTHS, ledger_frame

ROW_LIMIT = 1_048_576
SHEET_NAME_LIMIT = 31
KINDS = ("csv", "xlsx", "duckdb", "json")
WORDS = {
    "zh": {
        "about": "说明",
        "ledger": "台账",
        "dictionary": "数据字典",
        "title": "巡察整改台账",
        "table": "表",
        "rows": "行数",
        "what": "内容",
        "as_of": "数据截至",
        "self": "各项整改状态均为被巡察单位自报。",
        "cut": "……（过长，已截断；全文见数据文件）",
    },
    "en": {
        "about": "About",
        "ledger": "Ledger",
        "dictionary": "Data dictionary",
        "title": "Ledger of rectification notices",
        "table": "table",
        "rows": "rows",
        "what": "content",
        "as_of": "Data as of",
        "self": "Every status is the inspected body's own word (self-reported).",
        "cut": "… (too long, cut; the data files hold all of it)",
    },
}


def sheet_names(names: Sequence[str]) -> dict[str, str]:
    """Table name → sheet name: at most 31 characters, none of ``[]:*?/\\``, unique whatever the case."""
    taken: set[str] = set()
    made = {}
    for name in names:
        base = "".join("_" if c in "[]:*?/\\'" else c for c in name)[:SHEET_NAME_LIMIT] or "sheet"
        candidate, count = base, 2
        while candidate.lower() in taken:
            tail = f"~{count}"
            candidate, count = base[: SHEET_NAME_LIMIT - len(tail)] + tail, count + 1
        taken.add(candidate.lower())
        made[name] = candidate
    return made


class _Book:
    """One workbook being written: its formats, heads and notes; the rows of ``frames`` come at its end."""

    def __init__(self, path: Path, lang: str, created: dt.datetime, title: str):
        import xlsxwriter

        self.words = WORDS[lang]
        self.path = path
        self.skeleton = path.with_name(f".{path.name}.skeleton")
        self.frames: dict[int, pl.DataFrame] = {}
        self.book = xlsxwriter.Workbook(
            str(self.skeleton),
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
        )
        self.book.set_properties(
            {"title": title, "author": "zhenggai", "created": created.replace(tzinfo=None)}
        )
        plain = {"font_name": "等线", "font_size": 10, "valign": "top"}
        add = self.book.add_format
        self.text = add({**plain, "text_wrap": True})
        self.cell = add(plain)
        self.date = add({**plain, "num_format": "yyyy-mm-dd"})
        self.head = add(
            {
                **plain,
                "bold": True,
                "bg_color": "#1F4E79",
                "font_color": "#FFFFFF",
                "text_wrap": True,
                "valign": "vcenter",
                "border": 1,
                "border_color": "#FFFFFF",
            }
        )
        self.sub = add({**plain, "font_color": "#59636E", "bg_color": "#E9EEF3", "bottom": 1})
        self.title = add({**plain, "bold": True, "font_size": 16, "font_color": "#1F4E79"})
        self.link = add({**plain, "font_color": "#1F4E79", "underline": 1})

    def sheet(
        self,
        name: str,
        heads: Sequence[str],
        frame: pl.DataFrame,
        widths: Sequence[float],
        *,
        names: bool = False,
        wrap: bool = False,
        frozen: int = 1,
        notes: Sequence[str] = (),
    ) -> None:
        """One sheet: heads with notes (and, below, the columns' names), filter, frozen heads, the rows of ``frame``.

        Rows beyond a sheet's limit are refused.
        """
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        top = int(names)
        if frame.height + top >= ROW_LIMIT:
            raise ValueError(
                f"sheet {name}: more than {ROW_LIMIT:,} rows do not fit a spreadsheet; export CSV or DuckDB instead"
            )
        sheet.set_row(0, 32)
        for column, text in enumerate(heads):
            sheet.write_string(0, column, text, self.head)
        for column, text in enumerate(notes):
            sheet.write_comment(0, column, text, {"author": "zhenggai", "x_scale": 2})
        for column, text in enumerate(frame.columns if names else ()):
            sheet.write_string(1, column, text, self.sub)
        held = plain_columns(frame, self.words["cut"])
        for column, kind in enumerate(held.dtypes):  # the pattern of the rows
            style = self.date if kind == pl.Date else self.text if wrap and kind == pl.String else self.cell
            sheet.write_blank(top + 1, column, None, style)
        self.frames[len(self.book.worksheets())] = held
        sheet.freeze_panes(top + 1, min(frozen, max(0, len(heads) - 1)))
        if heads:
            sheet.autofilter(top, 0, top + frame.height, len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, top)

    def close(self) -> None:
        try:
            self.book.close()
            fill_sheets(self.skeleton, self.path, self.frames)
        finally:
            self.skeleton.unlink(missing_ok=True)


def _width(name: str, kind: str | None) -> float:
    if kind in ("integer", "number", "boolean", "date"):
        return 13
    return (
        46
        if name.endswith(("_text", "text", "title"))
        else 30
        if name.endswith(("_name", "ids", "note"))
        else 22
    )


def _content(table: str, lang: str) -> str:
    said = table_text(table)
    return (
        f"{said.title_zh}：{said.description_zh}"
        if lang == "zh"
        else f"{said.title_en}: {said.description_en}"
    ).rstrip("：: ")


def write_ledger(
    frames: Mapping[str, Any],
    path: Path,
    *,
    lang: str = "zh",
    as_of: str = "",
    created: dt.datetime | None = None,
) -> Path:
    """Write ``frames`` (table name → polars frame) as one workbook: about, 台账, dictionary, a sheet per table.

    The same frames give the same bytes. Raises ValueError for a table too long for a sheet.
    """
    created = created or dt.datetime(2000, 1, 1)
    say, names = WORDS[lang], sorted(frames)
    titles = sheet_names([say["about"], say["ledger"], say["dictionary"], *names])
    book = _Book(path, lang, created, say["title"])
    about = book.book.add_worksheet(titles[say["about"]])
    about.hide_gridlines(2)
    about.set_row(0, 30)
    about.set_landscape()
    about.set_paper(9)
    about.fit_to_pages(1, 0)
    about.set_column(0, 0, 34)
    about.set_column(1, 1, 10)
    about.set_column(2, 2, 90)
    about.write_string(0, 0, say["title"], book.title)
    about.write_string(1, 0, f"{say['as_of']} {as_of}" if as_of else "", book.cell)
    about.write_string(2, 0, say["self"], book.cell)
    for column, word in enumerate((say["table"], say["rows"], say["what"])):
        about.write_string(4, column, word, book.head)
    for row, name in enumerate(names, 5):
        about.write_url(row, 0, f"internal:'{titles[name]}'!A1", book.link, name)
        about.write_number(row, 1, frames[name].height, book.cell)
        about.write_string(row, 2, _content(name, lang), book.cell)
    dictionary = dictionary_of(frames)
    ledger = ledger_frame(frames, lang)
    if ledger.height:
        described = dictionary.select("table", "column", f"description_{lang}")
        words = {(table, column): text or column for table, column, text in described.iter_rows()}
        notes = [words.get(source, source[1]) for source in SOURCES]
        book.sheet(titles[say["ledger"]], ledger.columns, ledger, WIDTHS, wrap=True, notes=notes)
    book.sheet(
        titles[say["dictionary"]],
        dictionary.columns,
        dictionary,
        (24, 28, 10, 12, 10, 24, 24, 60, 60, 40),
        frozen=2,
    )
    for name in names:
        frame, described = frames[name], dictionary.filter(table=name)
        heads = described[f"label_{lang}"].to_list()
        widths = [_width(column, kind) for column, kind in described.select("column", "type").iter_rows()]
        notes = [
            text or column for text, column in described.select(f"description_{lang}", "column").iter_rows()
        ]
        notes[:1] = [f"{_content(name, lang)}\n\n{note}" for note in notes[:1]]
        book.sheet(titles[name], heads, frame, widths, names=True, notes=notes)
    book.close()
    return path


def read_frames(data_dir: Path) -> dict[str, Any]:
    """Every table of a data folder; raises MissingTables where there is no ledger."""
    from analysis.ledger.store import MissingTables, read_table, table_names

    names = table_names(Path(data_dir))
    if "core_notices" not in names:
        raise MissingTables(f"{data_dir}: no ledger here. Run `zhenggai parse --out {data_dir}` first.")
    return {name: read_table(Path(data_dir), name) for name in names}


def export_ledger(data_dir: Path, target: Path, kind: str) -> Path:
    """Write the whole ledger of ``data_dir`` to ``target`` as csv (a folder), xlsx, duckdb or json, with its dictionary.

    The target appears whole or not at all. Raises MissingTables, ValueError for another kind or a
    target of the wrong sort (a folder where a file is meant).
    """
    if kind not in KINDS:
        raise ValueError(f"format {kind!r}: choose one of {', '.join(KINDS)}")
    target = Path(target)
    frames = read_frames(data_dir)
    if kind == "csv":
        if target.exists() and not target.is_dir():
            raise ValueError(f"{target}: a file stands there; CSV export writes a folder")
        return files.write_csv_folder(frames, target)
    if target.is_dir():
        raise ValueError(f"{target}: is a folder; name a file such as {target / ('ledger.' + kind)}")
    target.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".zhenggai-", dir=target.parent))
    try:
        made = folder / f"ledger.{kind}"
        {"xlsx": write_ledger, "duckdb": files.write_duckdb, "json": files.write_json}[kind](frames, made)
        os.replace(made, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return target
