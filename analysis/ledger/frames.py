"""Row dicts in, typed frames out: the one place where records become polars columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

import polars as pl

from analysis.ledger.schemas import CORE_TABLES


@cache
def table_schema(name: str) -> dict[str, pl.DataType]:
    """Column name → polars type of a core table, in declared order."""
    return {column: spec.dtype for column, spec in CORE_TABLES[name].columns().items()}


def frame_from_rows(
    name: str, rows: list[dict[str, Any]], extra: Mapping[str, pl.DataType] | None = None
) -> pl.DataFrame:
    """A frame of table ``name`` with its declared columns (plus ``extra``).

    A key that a row lacks is null. Built column by column: about ten times as fast as handing
    polars the dicts.
    """
    schema = {**table_schema(name), **(extra or {})}
    if not rows:
        return pl.DataFrame(schema=schema)
    try:
        columns: Iterable[Iterable[Any]] = zip(*map(itemgetter(*schema), rows), strict=True)
    except KeyError:
        columns = ([row.get(column) for row in rows] for column in schema)
    return pl.DataFrame(
        [
            pl.Series(column, list(values), dtype=dtype, strict=False)
            for (column, dtype), values in zip(schema.items(), columns, strict=True)
        ]
    )
