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

from analysis.publishing import files, fonts
from analysis.publishing.dictionary import dictionary_of, table_text
from analysis.publishing.workbook_sheets import HEADS, WIDTHS, ledger_rows

CELL_LIMIT = 32_767
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
    """One workbook being written: formats, and cells that cannot become formulas."""

    def __init__(self, path: Path, lang: str, created: dt.datetime, title: str):
        import xlsxwriter

        self.words = WORDS[lang]
        self.book = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "constant_memory": True,
                "tmpdir": str(path.parent),
            },
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

    def put(self, sheet: Any, row: int, column: int, value: Any, wrap: bool = False) -> None:
        if value is None or (isinstance(value, float) and value != value):
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.cell)
        elif isinstance(value, (int, float)):
            # A whole number beyond 15 digits would be rounded by the spreadsheet.
            if isinstance(value, int) and abs(value) >= 10**15 or value in (float("inf"), float("-inf")):
                sheet.write_string(row, column, str(value), self.cell)
            else:
                sheet.write_number(row, column, value, self.cell)
        elif isinstance(value, (dt.date, dt.datetime)):
            if value.year < 1900:
                sheet.write_string(row, column, value.isoformat(), self.cell)
            else:
                sheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), self.date)
        else:
            text = fonts.without_controls(
                ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
            )
            if len(text) * 2 > CELL_LIMIT and len(units := text.encode("utf-16-le")) // 2 > CELL_LIMIT:
                # The limit counts UTF-16 units: a rare character is two.
                text = (
                    units[: 2 * (CELL_LIMIT - len(self.words["cut"]))].decode("utf-16-le", "ignore")
                    + self.words["cut"]
                )
            sheet.write_string(row, column, text, self.text if wrap else self.cell)

    def sheet(
        self,
        name: str,
        heads: Sequence[str],
        names: Sequence[str] | None,
        widths: Sequence[float],
        rows: Any,
        wrap: bool,
        frozen: int = 1,
        notes: Sequence[str] = (),
    ) -> None:
        """One sheet: heads with notes (and, below, machine names), filter, frozen heads.

        Rows beyond a sheet's limit are refused.
        """
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        top = 0
        sheet.set_row(0, 32)
        for column, text in enumerate(heads):
            sheet.write_string(0, column, text, self.head)
        for column, text in enumerate(notes):
            sheet.write_comment(0, column, text, {"author": "zhenggai", "x_scale": 2})
        if names:
            top = 1
            for column, text in enumerate(names):
                sheet.write_string(1, column, text, self.sub)
        sheet.freeze_panes(top + 1, min(frozen, max(0, len(heads) - 1)))
        last = top
        for last, row in enumerate(rows, top + 1):
            if last >= ROW_LIMIT:
                raise ValueError(
                    f"sheet {name}: more than {ROW_LIMIT:,} rows do not fit a spreadsheet; export CSV or DuckDB instead"
                )
            for column, value in enumerate(row):
                self.put(sheet, last, column, value, wrap)
        if heads:
            sheet.autofilter(top, 0, max(last, top), len(heads) - 1)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, top)


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
    rows = ledger_rows(frames, lang)
    if rows:
        book.sheet(titles[say["ledger"]], HEADS[lang], None, WIDTHS, rows, True)
    dictionary = dictionary_of(frames)
    book.sheet(
        titles[say["dictionary"]],
        dictionary.columns,
        None,
        (24, 28, 10, 12, 10, 24, 24, 60, 60, 40),
        dictionary.iter_rows(),
        False,
        2,
    )
    for name in names:
        frame, described = frames[name], dictionary.filter(table=name)
        heads = described[f"label_{lang}"].to_list()
        widths = [_width(column, kind) for column, kind in described.select("column", "type").iter_rows()]
        notes = [
            text or column for text, column in described.select(f"description_{lang}", "column").iter_rows()
        ]
        notes[:1] = [f"{_content(name, lang)}\n\n{note}" for note in notes[:1]]
        book.sheet(titles[name], heads, frame.columns, widths, frame.iter_rows(), False, notes=notes)
    book.book.close()
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
