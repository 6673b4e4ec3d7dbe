"""What the Tab key offers of a ledger; loads no more than it takes to read a column, for someone waits."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl

from analysis.ledger.identity import ROW_KEYS
from analysis.ledger.store import MissingTables, scan_table

ID_COLUMNS = {**ROW_KEYS, "core_checks": "check_id"}


def ids_beginning(folder: Path, typed: str) -> list[str]:
    """IDs that begin with ``typed``, one step deep: notices, behind / their problems and sections, behind # what these hold.

    None where there is no ledger.
    """
    wanted = pl.col("id").str.starts_with(typed) & ~pl.col("id").str.slice(len(typed)).str.contains("[/#!]")
    tables = ID_COLUMNS if re.search("[/#!]", typed) else {"core_notices": "notice_id"}
    try:
        columns = [scan_table(folder, table).select(id=pl.col(key)) for table, key in tables.items()]
    except MissingTables:
        return []
    return pl.concat(columns).filter(wanted).collect()["id"].to_list()


def cities(folder: Path) -> list[str]:
    """Codes and names of the cities whose notices were read; none where there is no ledger."""
    try:
        notices = scan_table(folder, "core_notices").select("city_code", "city_name").unique().collect()
    except MissingTables:
        return []
    return sorted({word for row in notices.iter_rows() for word in row if word})
