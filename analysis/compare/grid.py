"""The complete city × year grid, and rows into declared ``out_*`` frames."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import polars as pl

from analysis.compare.intervals import LEVEL, normal_quantile
from analysis.compare.ledger import UNKNOWN_PLACE_ZH, Ledger
from analysis.compare.schemas import OUT_TABLES

KEYS = ["notice_id", "city_code", "city_name", "year", "label_zh", "label_en"]
LONGEST_SPAN = 60  # years; a wider span is a misread year, and its empty cells would drown the table


@cache
def out_schema(name: str) -> dict[str, pl.DataType]:
    return {column: spec.dtype for column, spec in OUT_TABLES[name].columns().items()}


def out_frame(name: str, rows: Iterable[dict[str, Any]] | pl.DataFrame) -> pl.DataFrame:
    """``rows`` as the declared table ``name``: its columns, its order, its types. A missing key is an error."""
    schema = out_schema(name)
    if isinstance(rows, pl.DataFrame):
        return rows.select(pl.col(column).cast(dtype) for column, dtype in schema.items())
    listed = list(rows)
    return pl.DataFrame(
        {
            column: pl.Series(column, [row[column] for row in listed], dtype=dtype, strict=False)
            for column, dtype in schema.items()
        },
        schema=schema,
    )


def grid_cells(ledger: Ledger) -> pl.DataFrame:
    """One row per notice, and one with a null ``notice_id`` for each city-year without any; columns KEYS and ``is_missing``.

    Cities are those of the selection; years run from its first to its last. A notice without a
    year keeps a row of its own.
    """
    notices = ledger.notices.select(KEYS).with_columns(pl.lit(False).alias("is_missing"))
    years = [y for y in ledger.years if y >= ledger.years[-1] - LONGEST_SPAN] if ledger.years else []
    cities = notices.select(
        "city_code", "city_name", pl.col("label_en").str.replace(r" [^ ]+( \(\d+\))?$", "").alias("_place")
    ).unique(["city_code", "city_name"], keep="first", maintain_order=True)
    empty = cities.join(pl.DataFrame({"year": years}, schema={"year": pl.Int64}), how="cross").join(
        notices, on=["city_code", "city_name", "year"], how="anti", nulls_equal=True
    )
    empty = empty.select(
        pl.lit(None, pl.String).alias("notice_id"),
        "city_code",
        "city_name",
        "year",
        pl.concat_str(
            [pl.col("city_name").fill_null(UNKNOWN_PLACE_ZH), pl.col("year").cast(pl.String)], separator=" "
        ).alias("label_zh"),
        pl.concat_str([pl.col("_place"), pl.col("year").cast(pl.String)], separator=" ").alias("label_en"),
        pl.lit(True).alias("is_missing"),
    )
    return pl.concat([notices, empty]).sort(
        "city_code", "city_name", "year", "notice_id", nulls_last=True, maintain_order=True
    )


def key_of(notice: dict[str, Any]) -> dict[str, Any]:
    """The grid columns of a notice's row."""
    return {column: notice[column] for column in KEYS}


def wilson_columns(x: str, n: str, level: float = LEVEL) -> list[pl.Expr]:
    """``share``, ``wilson_low`` and ``wilson_high`` of columns ``x`` and ``n``; null where n is null or 0."""
    z = normal_quantile(0.5 + level / 2)
    known = pl.when(pl.col(n) > 0).then(pl.col(n).cast(pl.Float64))
    share = pl.col(x) / known
    spread = z * z / known
    centre = (share + spread / 2) / (1 + spread)
    half = z * (share * (1 - share) / known + spread / (4 * known)).sqrt() / (1 + spread)
    return [
        share.alias("share"),
        pl.when(pl.col(x) == 0)
        .then(known * 0)
        .otherwise(pl.max_horizontal(centre - half, pl.lit(0.0)))
        .alias("wilson_low"),
        pl.when(pl.col(x) == pl.col(n))
        .then(known / known)
        .otherwise(pl.min_horizontal(centre + half, pl.lit(1.0)))
        .alias("wilson_high"),
    ]


def join_ids(ids: Iterable[str | None]) -> str:
    return ",".join(i for i in ids if i)


def join_flags(flags: Iterable[str]) -> str:
    """Flags in the order of codes_flags, comma-joined."""
    order = "UDTXRSNLAQ"
    return ",".join(sorted(set(flags), key=lambda f: (order.find(f), f)))
