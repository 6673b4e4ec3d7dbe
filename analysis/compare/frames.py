"""What every comparison is made with: its declared table, the columns of a notice, flags, shares with intervals."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import polars as pl

from analysis.compare.out_tables import OUT_TABLES
from analysis.compare.stored import read_stored
from analysis.lookups import load_csv
from analysis.selection import COMPLETIONS, JOINED, UNITS, Ledger, check_choice

KEYS = ["notice_id", *JOINED]
FLAG_ORDER = "UDTXRSNLAQ"
Z = 1.959963984540054  # 97.5 % point of the normal distribution
IDS = pl.List(pl.String)
Build = Callable[..., pl.DataFrame]
P = ParamSpec("P")
T = TypeVar("T")


def table(name: str) -> Callable[[Build], Build]:
    """Declares that a function builds ``name``: checks its choices, validates its frame, computes it once.

    A frame that ``zhenggai compare`` stored for the same selection, choices, tables and code is read instead.
    """

    def declared(build: Build) -> Build:
        signature = inspect.signature(build)

        @wraps(build)
        def compared(ledger: Ledger, *args: Any, **named: Any) -> pl.DataFrame:
            bound = signature.bind(ledger, *args, **named)
            bound.apply_defaults()
            choices = {key: value for key, value in bound.arguments.items() if key != "ledger"}
            for choice, allowed in (("unit", UNITS), ("completion", COMPLETIONS)):
                if choices.get(choice) is not None:
                    check_choice(choice, choices[choice], allowed)
            key = (name, *choices.values())
            if key not in ledger.memo:
                found = read_stored(ledger, name, choices)
                ledger.memo[key] = declare(name, build(ledger, **choices)) if found is None else found
            return ledger.memo[key]

        compared.table = name  # type: ignore[attr-defined]
        return compared

    return declared


def shared(build: Callable[P, T]) -> Callable[P, T]:
    """Keeps what several tables of one ledger need (first argument: the ledger)."""

    @wraps(build)
    def kept(*args: P.args, **named: P.kwargs) -> T:
        ledger: Any = args[0]
        key = (build.__qualname__, *args[1:], *named.values())
        if key not in ledger.memo:
            ledger.memo[key] = build(*args, **named)
        return ledger.memo[key]

    return kept


@cache
def columns_of(name: str) -> dict[str, pl.DataType]:
    return {column: spec.dtype for column, spec in OUT_TABLES[name].columns().items()}


def declare(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` as the declared table: its columns, order and types, valid. An ID list without IDs is empty."""
    cast = [
        pl.col(column).cast(kind).fill_null([]).list.drop_nulls()
        if kind == IDS
        else pl.col(column).cast(kind)
        for column, kind in columns_of(name).items()
    ]
    return OUT_TABLES[name].validate(frame.select(cast))


def empty(name: str) -> pl.DataFrame:
    return pl.DataFrame(schema=columns_of(name))


def keys(ledger: Ledger) -> pl.DataFrame:
    """The columns by which a row says what notice it is of, in display order."""
    return ledger.notices.select(KEYS)


def with_keys(ledger: Ledger, frame: pl.DataFrame) -> pl.DataFrame:
    """``frame`` (with ``notice_id``) with the notice's other columns, in display order of notices."""
    return keys(ledger).join(
        frame.drop(column for column in JOINED if column in frame.columns),
        on="notice_id",
        how="inner",
        maintain_order="left_right",
    )


def wilson(x: str = "x_count", n: str = "n_count") -> list[pl.Expr]:
    """``share``, ``wilson_low``, ``wilson_high`` of columns ``x`` and ``n``; null where one is null or n is 0."""
    known = pl.when(pl.col(n) > 0).then(pl.col(n).cast(pl.Float64))
    share = pl.col(x) / known
    spread = Z * Z / known
    centre = (share + spread / 2) / (1 + spread)
    half = Z * (share * (1 - share) / known + spread / (4 * known)).sqrt() / (1 + spread)
    return [
        share.alias("share"),
        pl.when(share == 0).then(0.0).otherwise((centre - half).clip(0, 1)).alias("wilson_low"),
        pl.when(share == 1).then(1.0).otherwise((centre + half).clip(0, 1)).alias("wilson_high"),
    ]


def newcombe() -> list[pl.Expr]:
    """``difference`` of ``share_a`` less ``share_b`` and its interval, from both Wilson intervals (suffixes _a, _b)."""
    a, b = pl.col("share_a"), pl.col("share_b")
    low = ((a - pl.col("wilson_low_a")) ** 2 + (pl.col("wilson_high_b") - b) ** 2).sqrt()
    high = ((pl.col("wilson_high_a") - a) ** 2 + (b - pl.col("wilson_low_b")) ** 2).sqrt()
    return [
        (a - b).alias("difference"),
        (a - b - low).alias("newcombe_low"),
        (a - b + high).alias("newcombe_high"),
    ]


@cache
def flag_rows() -> Mapping[str, dict[str, str]]:
    return {row["code"]: row for row in load_csv("codes/codes_flags")}


def threshold(flag: str) -> float:
    return float(flag_rows()[flag]["threshold"])


def concerning(topic: str) -> set[str]:
    """Flags that a number on this topic carries (``applies_to`` of codes_flags)."""
    return {flag for flag, row in flag_rows().items() if topic in row["applies_to"].split()}


def flag_list(has: Callable[[str], pl.Expr]) -> pl.Expr:
    """A list column of the flags for which ``has`` holds, in the order of codes_flags."""
    return pl.concat_list(
        [pl.when(has(flag)).then(pl.lit(flag)).otherwise(None) for flag in FLAG_ORDER]
    ).list.drop_nulls()


def topic_flags(topic: str, n: str | None, extra: Mapping[str, pl.Expr]) -> pl.Expr:
    """``flags`` from a joined list column ``_flags``: those of the topic, L where ``n`` is small, and ``extra``."""
    wanted = concerning(topic)

    def has(flag: str) -> pl.Expr:
        held = pl.col("_flags").list.contains(flag).fill_null(False) if flag in wanted else pl.lit(False)
        if flag == "L":
            held = (pl.col(n) < threshold("L")).fill_null(False) if n and flag in wanted else pl.lit(False)
        return held | extra[flag].fill_null(False) if flag in extra else held

    return flag_list(has).alias("flags")


def union_of_flags(*columns: str) -> pl.Expr:
    joined = pl.concat_list([pl.col(column).fill_null([]) for column in columns])
    return flag_list(lambda flag: joined.list.contains(flag)).alias("flags")


def code_frame(name: str, *columns: str) -> pl.DataFrame:
    """A code list as a frame: ``code``, ``label_zh``, ``label_en`` and further ``columns``."""
    return pl.DataFrame(load_csv(f"codes/{name}"), infer_schema_length=None).select(
        "code", "label_zh", "label_en", *columns
    )
