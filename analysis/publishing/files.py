"""The ledger as plain files for other tools: CSV that a spreadsheet cannot run, JSON, DuckDB."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.datapackage import write_package
from analysis.ledger.dictionary import CODE_LISTS
from analysis.packages import needed
from analysis.publishing import fonts
from analysis.publishing.dictionary import DECLARED, dictionary_of, table_text

# What makes Excel, WPS or LibreOffice take a text for a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
DICTIONARY = "data_dictionary"


def csv_value(value: Any) -> Any:
    """A value as it stands in a CSV cell.

    A text that a spreadsheet would take for a formula gets an apostrophe before it (so does one
    that begins with an apostrophe: taking away one always gives the text back). Numbers stay.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return (
            ""
            if value != value
            else repr(int(value))
            if value.is_integer() and abs(value) < 1e15
            else repr(value)
        )
    if isinstance(value, int):
        return value
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    text = fonts.without_controls(
        ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    )
    return "'" + text if text.startswith(_FORMULA) else text


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """One table as UTF-8 CSV with a byte-order mark (Excel reads Chinese only with it)."""
    with open(path, "w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\r\n")
        writer.writerow([csv_value(str(c)) for c in columns])
        writer.writerows([csv_value(v) for v in row] for row in rows)
    return path


def write_frame(path: Path, frame: pl.DataFrame) -> Path:
    """A frame as ``write_csv`` writes its rows, column by column: a tenth of the time."""
    made = [_csv_column(frame[name]).replace("", None) for name in frame.columns]
    pl.DataFrame(made).write_csv(path, include_bom=True, line_terminator="\r\n", quote_style="necessary")
    return path


def _csv_column(column: pl.Series) -> pl.Series:
    """The texts of ``csv_value`` for a whole column; null for an empty cell."""
    kind = column.dtype
    if kind.is_integer() or kind == pl.Boolean:
        return column.cast(pl.String)
    if not (kind == pl.String or isinstance(kind, pl.List)):
        values = [None if value is None else str(csv_value(value)) for value in column]
        return pl.Series(column.name, values, pl.String)
    if isinstance(kind, pl.List):
        column = column.cast(pl.List(pl.String)).list.join(", ")
    text = column.str.replace_all(fonts.UNPRINTABLE, "")
    is_formula = text.str.contains("\\A[" + "".join(_FORMULA).replace("-", "\\-") + "]")
    return text.zip_with(~is_formula.fill_null(False), "'" + text)


def write_csv_folder(frames: Mapping[str, Any], folder: Path) -> Path:
    """One CSV per table, ``data_dictionary.csv`` and, for other tools, ``datapackage.json`` in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in sorted(frames):
        write_frame(folder / f"{name}.csv", frames[name])
    write_frame(folder / f"{DICTIONARY}.csv", dictionary_of(frames))
    described = [name for name in frames if name in DECLARED or name in CODE_LISTS]
    write_package(folder, described, DECLARED, kind="csv")
    return folder


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be written as JSON")


def _no_nan(row: dict[str, Any]) -> dict[str, Any]:
    return {
        k: None if isinstance(v, float) and (v != v or v in (float("inf"), float("-inf"))) else v
        for k, v in row.items()
    }


def write_json(frames: Mapping[str, Any], path: Path) -> Path:
    """One JSON object: ``data_dictionary`` and ``tables`` (name → list of rows)."""
    with open(path, "w", encoding="utf-8", newline="\n") as handle:
        handle.write(
            '{"data_dictionary": '
            + json.dumps(dictionary_of(frames).to_dicts(), ensure_ascii=False)
            + ',\n"tables": {'
        )
        for place, name in enumerate(sorted(frames)):
            handle.write((",\n" if place else "\n") + json.dumps(name) + ": [")
            for number, row in enumerate(frames[name].iter_rows(named=True)):
                handle.write(
                    (",\n" if number else "\n") + json.dumps(_no_nan(row), ensure_ascii=False, default=_plain)
                )
            handle.write("]")
        handle.write("}}\n")
    return path


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def write_duckdb(frames: Mapping[str, Any], path: Path) -> Path:
    """A DuckDB file with every table, ``data_dictionary``, and a comment on every table and every column of the ledger."""
    duckdb = needed("duckdb", "duckdb", "export --format duckdb")
    rows = dictionary_of(frames)
    with duckdb.connect(str(path)) as connection:
        for name in sorted(frames):
            held = frames[name].to_arrow()
            connection.register("held", held)
            connection.execute(f"CREATE TABLE {_name(name)} AS SELECT * FROM held")
            connection.unregister("held")
        held = rows.to_arrow()
        connection.register("held", held)
        connection.execute(f"CREATE TABLE {_name(DICTIONARY)} AS SELECT * FROM held")
        for name in sorted(frames):
            said = table_text(name)
            text = f"{said.title_zh}：{said.description_zh}\n{said.title_en}: {said.description_en}"
            connection.execute(f"COMMENT ON TABLE {_name(name)} IS {_literal(text)}")
        text = "数据字典：每行说明一张表的一列。\nData dictionary: what one column of a table means."
        connection.execute(f"COMMENT ON TABLE {_name(DICTIONARY)} IS {_literal(text)}")
        for row in rows.iter_rows(named=True):
            text = f"{row['label_zh']}：{row['description_zh'] or ''}\n{row['description_en'] or ''}"
            connection.execute(
                f"COMMENT ON COLUMN {_name(row['table'])}.{_name(row['column'])} IS {_literal(text)}"
            )
    return path
