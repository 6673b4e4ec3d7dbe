"""The data dictionary of frames that are written for others: what is declared, for the columns that are there."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from analysis.compare.out_tables import OUT_TABLES
from analysis.ledger.dictionary import (
    CODE_LISTS,
    COLUMNS,
    Declared,
    TableText,
    describe_table,
    dictionary,
)
from analysis.ledger.schemas import CORE_TABLES

DECLARED: Declared = {**CORE_TABLES, **OUT_TABLES}


def table_text(table: str) -> TableText:
    """Title and description of a table; a table of an earlier version is known by its name alone."""
    if table in CODE_LISTS or table in DECLARED:
        return describe_table(table, DECLARED)
    return TableText(table, table, "", "")


def dictionary_of(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One row per column of ``frames`` (table name → frame), by table and in the columns' own order: COLUMNS."""
    known = dictionary([name for name in sorted(frames) if name in CODE_LISTS or name in DECLARED], DECLARED)
    held = pl.DataFrame(
        [(name, column) for name in sorted(frames) for column in frames[name].columns],
        schema={"table": pl.String, "column": pl.String},
        orient="row",
    )
    return (
        held.join(known, on=["table", "column"], how="left", maintain_order="left")
        .with_columns(pl.col("label_en", "label_zh").fill_null(pl.col("column")))
        .select(COLUMNS)
    )
