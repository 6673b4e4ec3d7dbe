"""Every comparison table from one ledger, in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import polars as pl

from analysis.compare.agreement import agreement_table, coded_units, notice_kappas
from analysis.compare.context import Comparison
from analysis.compare.ledger import Ledger
from analysis.compare.old_completion import completion_figures, completion_table, status_mix
from analysis.compare.old_counts import notice_table, problem_counts, reconciliation
from analysis.compare.old_differences import difference_table
from analysis.compare.old_evidence import Evidence
from analysis.compare.old_flags import raise_flags
from analysis.compare.old_timeline import timeline_table, weekly_events
from analysis.compare.recurrence import recurrence_table, type_returns
from analysis.compare.schemas import OUT_TABLES
from analysis.compare.similarity import similar_statements
from analysis.compare.types import mix_distances, overrepresentation, type_counts, type_prevalence


class Shared:
    """What several tables of one selection need, worked out when first asked for. Flags come first: every table carries them."""

    def __init__(self, comparison: Comparison):
        self.comparison = comparison
        self.figures = completion_figures(comparison)
        self.coded = coded_units(comparison)
        self.flags = raise_flags(comparison, self.figures, notice_kappas(self.coded["ledger"]))

    @cached_property
    def types(self) -> pl.DataFrame:
        return type_counts(self.comparison)

    @cached_property
    def evidence(self) -> Evidence:
        return Evidence(self.comparison)


def build_outputs(
    ledger: Ledger, completion: str = "lenient", unit: str = "problem", only: Iterable[str] = ()
) -> dict[str, pl.DataFrame]:
    """Table name → frame, in the order of OUT_TABLES; every table, or those named in ``only``.

    Pure: the same ledger and choices give the same frames. Raises ValueError for an unknown
    ``completion``, ``unit`` or table name.
    """
    wanted = list(only) or list(OUT_TABLES)
    unknown = [name for name in wanted if name not in OUT_TABLES]
    if unknown:
        raise ValueError(f"unknown table {unknown[0]!r}; use one of {', '.join(OUT_TABLES)}")
    shared = ledger.prepared.get((completion, unit))
    if shared is None:
        shared = ledger.prepared[completion, unit] = Shared(Comparison(ledger, completion, unit))
    comparison, figures = shared.comparison, shared.figures
    builders: dict[str, Callable[[], pl.DataFrame]] = {
        "out_notices": lambda: notice_table(comparison),
        "out_problem_counts": lambda: problem_counts(comparison),
        "out_completion": lambda: completion_table(comparison, figures),
        "out_status_mix": lambda: status_mix(comparison),
        "out_differences": lambda: difference_table(comparison, figures),
        "out_reconciliation": lambda: reconciliation(comparison),
        "out_flags": lambda: shared.flags,
        "out_type_counts": lambda: shared.types,
        "out_type_prevalence": lambda: type_prevalence(comparison, shared.types),
        "out_overrepresentation": lambda: overrepresentation(comparison, shared.types),
        "out_mix_distances": lambda: mix_distances(comparison, shared.types),
        "out_recurrences": lambda: recurrence_table(comparison),
        "out_type_returns": lambda: type_returns(comparison, shared.types),
        "out_similar_statements": lambda: similar_statements(comparison),
        "out_timeline": lambda: timeline_table(comparison),
        "out_weekly_events": lambda: weekly_events(comparison),
        "out_evidence": lambda: shared.evidence.table(),
        "out_evidence_by_notice": lambda: shared.evidence.by_notice(),
        "out_reuse": lambda: shared.evidence.reuse(),
        "out_coding_agreement": lambda: agreement_table(comparison, shared.coded),
    }
    return {name: builders[name]() for name in OUT_TABLES if name in wanted}


def write_outputs(outputs: dict[str, pl.DataFrame], folder: Path) -> list[Path]:
    """Validate each table against its schema and write ``<folder>/<table>.parquet``; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in outputs.items():
        path = folder / f"{name}.parquet"
        OUT_TABLES[name].validate(frame).write_parquet(path, compression="zstd", compression_level=1)
        written.append(path)
    return written
