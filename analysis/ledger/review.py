"""Rows that need a human eye, out to a spreadsheet and back in as corrections and labels.

The sheet lists low-confidence readings and types, contradictions, unknown result words and
records set aside. A reviewer fills ``new_value``, ``reason`` and ``author``; reading it back gives
entries for ``corrections.yml`` (values) and ``type_labels.csv`` (problem types).
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl

from analysis.ledger.corrections import load_corrections
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import read_table, scan_table
from analysis.lookups import load_csv
from analysis.paths import LOOKUPS

COLUMNS = ("row_id", "table", "field", "parsed_value", "why", "source_text", "new_value", "reason", "author")
LOW_TYPE = 0.35


class ReviewError(ValueError):
    """A filled sheet that cannot be taken back; names the row and the rule."""


def review_rows(folder: Path) -> list[dict[str, Any]]:
    """Rows for review, most urgent kind first, in the order of the IDs within a kind."""
    rows = _unknown_words(folder) + _contradictions(folder) + _weak_readings(folder) + _weak_types(folder)
    return [{**dict.fromkeys(COLUMNS, ""), **row} for row in rows]


def _row(row_id: str, table: str, field: str, parsed: Any, why: str, source: str | None) -> dict[str, Any]:
    return {
        "row_id": row_id,
        "table": table,
        "field": field,
        "parsed_value": "" if parsed is None else str(parsed),
        "why": why,
        "source_text": (source or "")[:500],
    }


def _unknown_words(folder: Path) -> list[dict[str, Any]]:
    found = (
        scan_table(folder, "core_problems")
        .filter(pl.col("status_text").is_not_null() & (pl.col("status_code") == "not_stated"))
        .collect()
    )
    return [
        _row(
            r["problem_id"],
            "core_problems",
            "status_code",
            r["status_code"],
            "result word not in the list",
            r["status_text"],
        )
        for r in found.to_dicts()
    ]


def _contradictions(folder: Path) -> list[dict[str, Any]]:
    found = (
        scan_table(folder, "core_checks")
        .filter(pl.col("is_agreeing").eq_missing(False) & pl.col("claim_id").is_not_null())
        .collect()
    )
    return [
        _row(
            r["claim_id"],
            "core_claims",
            "value",
            r["stated_value"],
            f"stated {r['stated_value']:g}, counted {r['counted_value']:g} ({r['check_code']})",
            r["stated_quote_text"],
        )
        for r in found.to_dicts()
    ]


def _weak_readings(folder: Path) -> list[dict[str, Any]]:
    return weak_readings(
        scan_table(folder, "core_notices").filter(pl.col("reading_doubt_codes") != "").collect()
    )


def weak_readings(notices: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of core_notices that were probably misread, surest first, with the signs and what to do."""
    labels = {row["code"]: row for row in load_csv("codes/codes_reading_doubts")}
    found = notices.filter(pl.col("reading_doubt_codes") != "").sort(
        pl.min_horizontal("reading_score", "status_score"), "notice_id"
    )
    return [
        _row(
            r["notice_id"],
            "core_notices",
            "problem_count",
            r["problem_count"],
            f"problems right with a chance of {r['reading_score']:.0%}, results of {r['status_score']:.0%}: "
            + "; ".join(
                f"{labels[code]['label_en']} ({labels[code]['note_en']})"
                for code in r["reading_doubt_codes"].split(",")
            ),
            r["title"],
        )
        for r in found.to_dicts()
    ]


def _weak_types(folder: Path) -> list[dict[str, Any]]:
    weak = (pl.col("type_score") < LOW_TYPE) | (pl.col("primary_type_code") == "unclassified")
    found = scan_table(folder, "core_problems").filter(weak & (pl.col("type_basis") == "automatic")).collect()
    return [
        _row(
            r["problem_id"],
            "core_problems",
            "primary_type_code",
            r["primary_type_code"],
            f"type decided with score {r['type_score']:.2f} by: {r['type_evidence_text'] or 'nothing'}",
            r["statement_text"],
        )
        for r in found.to_dicts()
    ]


def write_review(folder: Path, target: Path) -> int:
    """Write the review sheet (XLSX); returns the number of rows. Text is never a formula."""
    import xlsxwriter

    rows = review_rows(folder)
    book = xlsxwriter.Workbook(
        str(target), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet("review")
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    head = book.add_format({"bold": True, "bg_color": "#DDE6EF"})
    for column, (name, width) in enumerate(zip(COLUMNS, (24, 16, 22, 22, 42, 60, 22, 30, 16), strict=True)):
        sheet.set_column(column, column, width, wrap)
        sheet.write_string(0, column, name, head)
        for number, row in enumerate(rows, start=1):
            sheet.write_string(number, column, row[name])
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
    book.close()
    return len(rows)


def read_review(
    sheet: Path, folder: Path, lookups: Path = LOOKUPS, today: dt.date | None = None
) -> tuple[int, int]:
    """Take a filled sheet back: (corrections added, type labels added).

    Rows without ``new_value`` are passed over. Raises ReviewError naming the row and the rule;
    nothing is written then.
    """
    day = today or dt.date.today()
    lines = iter(_sheet_rows(sheet))
    head = [str(name) for name in next(lines, ())]
    if missing := set(COLUMNS) - set(head):
        raise ReviewError(
            f"{sheet.name}: columns {', '.join(sorted(missing))} are missing; fill the sheet that `zhenggai review` wrote"
        )
    corrections, labels = [], []
    for number, values in enumerate(lines, start=2):
        row = {
            name: "" if value is None else str(value).strip()
            for name, value in zip(head, values, strict=False)
        }
        if not row["new_value"]:
            continue
        if not _is_column(row["table"], row["field"]) or not row["row_id"]:
            raise ReviewError(
                f"{sheet.name}, row {number}: no column {row['field']!r} of {row['table']!r} and no row {row['row_id']!r} to change; "
                "leave the first columns as `zhenggai review` wrote them"
            )
        if not row["reason"] or not row["author"]:
            raise ReviewError(f"{sheet.name}, row {number}: a new value needs a reason and an author")
        if row["field"] == "primary_type_code":
            labels.append(
                {
                    "problem_id": row["row_id"],
                    "primary": _known_type(row["new_value"], sheet, number, folder),
                    "secondary": "",
                    "coder": row["author"],
                    "date": day.isoformat(),
                    "reason": row["reason"],
                }
            )
        else:
            corrections.append(
                {
                    "id": row["row_id"],
                    "field": row["field"],
                    "parsed": _typed(row, "parsed_value", sheet, number),
                    "value": _typed(row, "new_value", sheet, number),
                    "reason": row["reason"],
                    "author": row["author"],
                    "date": day,
                }
            )
    _append_corrections(corrections, lookups / "corrections.yml")
    _append_labels(labels, lookups / "type_labels.csv")
    return len(corrections), len(labels)


def _sheet_rows(sheet: Path) -> list[tuple[Any, ...]]:
    """The rows of the first sheet; raises ReviewError for what is no spreadsheet."""
    from openpyxl import load_workbook

    if not sheet.is_file():
        raise ReviewError(f"{sheet.name}: no regular file; give the sheet that `zhenggai review` wrote")
    try:
        book = load_workbook(sheet, read_only=True, data_only=True)
        return list(book.active.iter_rows(values_only=True)) if book.active is not None else []
    except Exception as error:  # openpyxl raises what its XML and zip readers raise
        raise ReviewError(
            f"{sheet.name}: cannot be opened as a spreadsheet ({type(error).__name__}); save it as XLSX"
        ) from None


def _is_column(table: str, field: str) -> bool:
    return table in CORE_TABLES and field in CORE_TABLES[table].columns()


def _known_type(code: str, sheet: Path, number: int, folder: Path) -> str:
    known = read_table(folder, "codes_problem_types")["code"].to_list()
    if code not in known:
        raise ReviewError(
            f"{sheet.name}, row {number}: {code!r} is no problem type; one of {', '.join(known)}"
        )
    return code


def _typed(row: dict[str, str], column: str, sheet: Path, number: int) -> Any:
    dtype = CORE_TABLES[row["table"]].columns()[row["field"]].dtype
    value = row[column]
    if value == "":
        return None
    try:
        return (
            int(float(value))
            if dtype.is_integer()
            else float(value)
            if dtype.is_float()
            else dt.date.fromisoformat(value)
            if dtype == pl.Date
            else value
        )
    except (ValueError, OverflowError) as error:
        raise ReviewError(
            f"{sheet.name}, row {number}: {value!r} is no {dtype} for {row['field']}"
        ) from error


def _append_corrections(entries: list[dict[str, Any]], path: Path) -> None:
    if entries:
        import yaml  # rarely needed, and slow to load for those who only look for weak readings

        old = path.read_text(encoding="utf-8")
        comments = "".join(line for line in old.splitlines(keepends=True) if line.startswith("#"))
        kept = (yaml.safe_load(old) or []) + entries
        load_corrections(kept)
        path.write_text(
            comments + yaml.safe_dump(kept, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )


def _append_labels(labels: list[dict[str, str]], path: Path) -> None:
    if labels:
        with open(path, encoding="utf-8", newline="") as handle:
            reader = csv.DictReader(handle)
            fields, old = list(reader.fieldnames or []), list(reader)
        replaced = {label["problem_id"] for label in labels}
        rows = sorted(
            [r for r in old if r["problem_id"] not in replaced] + labels, key=lambda r: r["problem_id"]
        )
        with open(path, "w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, fields, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
