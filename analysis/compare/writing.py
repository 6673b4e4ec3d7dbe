"""Every comparison of a data folder, computed once and kept beside its core tables."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from analysis.compare.changes import round_changes, type_returns
from analysis.compare.coding import coding_agreement
from analysis.compare.flagging import flags
from analysis.compare.kinds import mix_distances, overrepresentation, prevalence, type_counts
from analysis.compare.out_tables import OUT_TABLES
from analysis.compare.pairs import differences
from analysis.compare.pooling import pooled
from analysis.compare.proof import evidence, evidence_by_notice, measures_by_type, reuse
from analysis.compare.ratios import completion, status_mix
from analysis.compare.repeats import recurrences, similar
from analysis.compare.robust import robustness
from analysis.compare.series import rounds, trend
from analysis.compare.stored import store
from analysis.compare.tallies import counts, notices, reconciliation
from analysis.compare.timing import timeline, weekly_events
from analysis.compare.unfinished import open_items
from analysis.ledger import datapackage
from analysis.ledger.dictionary import CODE_LISTS
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import table_names
from analysis.selection import Ledger, select

Build = Callable[..., pl.DataFrame]
_BUILDS: tuple[Build, ...] = (
    notices, flags, counts, completion, status_mix, differences, reconciliation, open_items,
    type_counts, prevalence, overrepresentation, mix_distances, measures_by_type, coding_agreement,
    rounds, round_changes, type_returns, trend, pooled, robustness,
    recurrences, similar, timeline, weekly_events, evidence, evidence_by_notice, reuse,
)  # fmt: skip
TABLES: dict[str, Build] = {build.table: build for build in _BUILDS}  # type: ignore[attr-defined]


def compare_all(ledger: Ledger, **choices: Any) -> dict[str, pl.DataFrame]:
    """Every table of a ledger by name; ``choices`` (unit, completion) go to the functions that take them."""
    return {name: build(ledger, **_taken(build, choices)) for name, build in TABLES.items()}


def write(
    data_dir: str | Path | None = None,
    unit: str = "problem",
    completion: str = "lenient",
    *,
    out_dir: str | Path | None = None,
    **selection: Any,
) -> dict[str, Path]:
    """Write every ``out_*`` table of a selection (as ``select`` takes it) and return their paths by name.

    ``datapackage.json`` then describes them as well.
    To ``out_dir``, by default the data folder itself, where notebooks and exports then read instead of
    computing. Raises SelectionError.
    """
    ledger = select(data_dir=data_dir, **selection)
    folder = Path(out_dir) if out_dir is not None else ledger.data_dir
    assert folder is not None
    choices = {"unit": unit, "completion": completion}
    written = {
        name: store(
            ledger, name, _taken(build, choices, whole=True), build(ledger, **_taken(build, choices)), folder
        )
        for name, build in TABLES.items()
    }
    declared = {**CORE_TABLES, **OUT_TABLES}
    described = [name for name in table_names(folder) if name in CODE_LISTS or name in declared]
    datapackage.write_package(folder, described, declared)
    datapackage.set_paths(folder)
    return written


def _taken(
    build: Callable[..., pl.DataFrame], choices: dict[str, Any], whole: bool = False
) -> dict[str, Any]:
    """Those choices that a function takes; ``whole``: with its defaults for the rest."""
    parameters = inspect.signature(build).parameters
    taken = {
        name: choices[name]
        for name, parameter in parameters.items()
        if name in choices and parameter.default is not None
    }
    if whole:
        taken = {name: p.default for name, p in parameters.items() if name != "ledger"} | taken
    return taken
