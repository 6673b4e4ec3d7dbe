"""What every comparison needs, prepared once: notices in display order, unit results, code labels."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import polars as pl

from analysis.compare.grid import grid_cells
from analysis.compare.ledger import Ledger
from analysis.compare.schema_columns import COUNTED_UNITS, DEFINITIONS
from analysis.ledger.checks import principal_total
from analysis.ledger.results import unit_results
from analysis.lookups import load_csv

UNCLASSIFIED = "unclassified"
# totals that can be counted → in which unit
COUNTED_AS = {"problems": "problem", "items": "leaf_item", "tasks": "leaf_item", "measures": "measure"}


@dataclass
class Comparison:
    """A ledger with the reader's choices: which unit is counted, which completion leads."""

    ledger: Ledger
    completion: str = "lenient"
    unit: str = "problem"
    flags: dict[str, set[str]] = field(
        default_factory=dict
    )  # notice → notice-level flags, filled by flags.raise_flags

    def __post_init__(self) -> None:
        if self.unit not in COUNTED_UNITS:
            raise ValueError(
                f"unit {self.unit!r} cannot be counted item by item; use one of {', '.join(COUNTED_UNITS)}"
            )
        if self.completion not in DEFINITIONS:
            raise ValueError(
                f"completion {self.completion!r} is not known; use one of {', '.join(DEFINITIONS)}"
            )

    @cached_property
    def notices(self) -> list[dict[str, Any]]:
        return self.ledger.notices.to_dicts()

    @cached_property
    def by_id(self) -> dict[str, dict[str, Any]]:
        return {row["notice_id"]: row for row in self.notices}

    @cached_property
    def cells(self) -> pl.DataFrame:
        return grid_cells(self.ledger)

    def results(self, unit: str) -> pl.DataFrame:
        """``unit_results`` with type and measure columns; one row per unit, in text order."""
        extra = self.problems.select(
            "problem_id",
            "primary_type_code",
            "secondary_type_codes",
            "type_basis",
            "type_score",
            "measure_count",
        )
        return unit_results(self.problems, unit).join(
            extra, on="problem_id", how="left", maintain_order="left"
        )

    @cached_property
    def units(self) -> pl.DataFrame:
        return self.results(self.unit)

    @cached_property
    def leaves(self) -> pl.DataFrame:
        return self.results("leaf_item")

    @property
    def problems(self) -> pl.DataFrame:
        return self.ledger.frames["core_problems"]

    @cached_property
    def unit_counts(self) -> dict[str, dict[str, int]]:
        """unit → notice → how many."""
        measures = (
            self.problems.filter(pl.col("is_leaf"))
            .group_by("notice_id", maintain_order=True)
            .agg(pl.col("measure_count").sum())
        )
        return {
            "problem": _tally(self.problems.filter(pl.col("unit") == "problem")),
            "leaf_item": _tally(self.problems.filter(pl.col("is_leaf"))),
            "measure": dict(measures.iter_rows()),
        }

    @cached_property
    def claims(self) -> dict[str, list[dict[str, Any]]]:
        """Totals of the whole notice (not of an aspect, not under a problem), in text order."""
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in (
            self.ledger.frames["core_claims"]
            .filter(pl.col("section_id").is_null() & pl.col("problem_id").is_null())
            .iter_rows(named=True)
        ):
            rows[row["notice_id"]].append(row)
        return rows

    def claim(self, notice_id: str, code: str, unit: str | None = None) -> dict[str, Any] | None:
        """The stated total of this code (and unit) that speaks of the whole notice."""
        counted = self.unit_counts[COUNTED_AS[code]].get(notice_id) if code in COUNTED_AS else None
        return principal_total(self.claims.get(notice_id, []), code, unit, counted)

    @cached_property
    def failed_checks(self) -> dict[str, list[dict[str, Any]]]:
        rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.ledger.frames["core_checks"].filter(~pl.col("is_agreeing")).iter_rows(named=True):
            rows[row["notice_id"]].append(row)
        return rows

    def flags_for(self, notice_id: str | None, topic: str, n: int | None = None) -> list[str]:
        """Flags that travel with a number of this notice: its own that concern the topic, and L for a small n."""
        found = [f for f in self.flags.get(notice_id or "", ()) if topic in flag_topics()[f]]
        if n is not None and n < small_n() and topic in flag_topics()["L"]:
            found.append("L")
        return found


def _tally(frame: pl.DataFrame) -> dict[str, int]:
    return dict(frame.group_by("notice_id", maintain_order=True).len().iter_rows())


@lru_cache(maxsize=1)
def flag_rows() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in load_csv("codes_flags")}


@lru_cache(maxsize=1)
def flag_topics() -> dict[str, set[str]]:
    return {code: set(row["applies_to"].split()) for code, row in flag_rows().items()}


def flag_threshold(code: str) -> float:
    return float(flag_rows()[code]["threshold"])


@lru_cache(maxsize=1)
def small_n() -> int:
    return int(flag_threshold("L"))


def problem_types() -> list[dict[str, str]]:
    """The code list of problem types with ``unclassified`` at its end: code, label_zh, label_en, dimension_code."""
    rows = [
        {**row, "dimension_code": row["dimension_code"] or UNCLASSIFIED}
        for row in load_csv("codes_problem_types")
    ]
    if all(row["code"] != UNCLASSIFIED for row in rows):
        rows.append(
            {
                "code": UNCLASSIFIED,
                "label_zh": "未能归类",
                "label_en": "Unclassified",
                "dimension_code": UNCLASSIFIED,
            }
        )
    return rows
