"""The stages of a run: each takes the order and leaves its result in the work folder, or reuses one.

Reuse is by content: an executed notebook is kept under the digest of its source, parameters,
tables and code; an export under the digest of what it renders and of the theme.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from analysis import paths
from analysis.reporting import fingerprints
from analysis.reporting.run_record import RunRecord, Step

CACHE_NAME = ".cache"
SUMMARY_NOTEBOOK = "10_briefing.ipynb"
PROFILE_NOTEBOOK = "08_city_profile.ipynb"
PAIR_NOTEBOOK = "09_pair_comparison.ipynb"
START_NOTEBOOK = "00_start.ipynb"


class NotebookFailed(RuntimeError):
    """At least one notebook failed; its partial output is kept and marked."""


def parse(order: Any, record: RunRecord, step: Step) -> None:
    """Raw files → core tables. Raises RuntimeError where nothing could be read."""
    from analysis.ledger.build import build_ledger
    from analysis.ledger.store import read_table

    summary = build_ledger([order.raw], order.data)
    record.table_rows, record.quarantine = summary.table_rows, summary.quarantine
    record.warnings += [row["reason_text"] for row in summary.quarantine if row["notice_id"] is not None]
    step.note = f"{summary.notices} of {summary.files} files read, {summary.set_aside} set aside"
    if summary.unchanged:
        step.note += f", {summary.unchanged} unchanged"
        step.outcome = "reused" if summary.unchanged == summary.files else step.outcome
    if not summary.notices:
        reasons = "; ".join(row["reason_text"] for row in summary.quarantine[:5])
        raise RuntimeError(
            f"{order.raw}: no notice could be read. {reasons or 'The folder is empty: put at least one notice there.'}"
        )
    checks = read_table(order.data, "core_checks")
    wrong = checks.filter(~pl.col("is_agreeing"))
    record.checks = {
        "agreeing": checks["is_agreeing"].sum() or 0,
        "disagreeing": wrong.height,
        "undecided": checks["is_agreeing"].null_count(),
    }
    record.disagreements = [
        f"{r['check_id']}: {r['stated_value']:g} / {r['counted_value']:g}"
        for r in wrong.sort("check_id").to_dicts()
    ]


def compare(order: Any, record: RunRecord) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Core tables → the frames of the selection and its ``out_*`` tables, which are also written."""
    from analysis.compare.ledger import EmptySelection, load_ledger
    from analysis.compare.outputs import build_outputs
    from analysis.ledger.store import commit_tables, new_build, read_table, table_names, write_part
    from analysis.reporting.parameters import ParameterError

    try:
        ledger = load_ledger(
            order.data, order.city_codes, order.first_year or None, order.last_year or None, order.year_basis
        )
    except EmptySelection as error:
        raise ParameterError(str(error)) from error
    outputs = build_outputs(
        ledger, completion=order.completion, unit={"item": "leaf_item"}.get(order.unit, order.unit)
    )
    build = new_build(order.data)
    for name, frame in outputs.items():
        write_part(build, name, 0, frame)
        record.table_rows[name] = frame.height
    commit_tables(order.data, build)
    frames = dict(ledger.frames)
    chosen = frames["core_notices"]["notice_id"].implode()
    frames["core_regions"] = read_table(order.data, "core_regions").filter(pl.col("notice_id").is_in(chosen))
    frames["core_quarantine"] = read_table(order.data, "core_quarantine")
    frames |= {
        name: read_table(order.data, name) for name in table_names(order.data) if name.startswith("codes_")
    }
    return frames, outputs


def suite_sources() -> list[Path]:
    """The notebooks that editions are made of; the start page is for readers of the notebooks only."""
    return [path for path in sorted(paths.notebooks_dir().glob("*.ipynb")) if path.name != START_NOTEBOOK]


def suite_plan(order: Any, cities: list[str]) -> list[tuple[Path, str, dict[str, Any]]]:
    """(notebook, name of the executed copy, its own parameters) of the suite, in binding order.

    Raises ParameterError for a page that was asked for and does not exist.
    """
    from analysis.reporting.parameters import ParameterError, nearest

    folder = paths.notebooks_dir()
    found = [p for p in suite_sources() if p.name not in (SUMMARY_NOTEBOOK, PROFILE_NOTEBOOK, PAIR_NOTEBOOK)]
    plan: list[tuple[Path, str, dict[str, Any]]] = [(folder / SUMMARY_NOTEBOOK, SUMMARY_NOTEBOOK, {})]
    plan += [(path, path.name, {}) for path in found]
    if len(cities) == 2:
        plan.append((folder / PAIR_NOTEBOOK, PAIR_NOTEBOOK, {"left": cities[0], "right": cities[1]}))
    plan += [(folder / PROFILE_NOTEBOOK, f"profile-{code}.ipynb", {"city_code": code}) for code in cities]
    plan = [entry for entry in plan if entry[0].is_file()]
    if order.notebooks:
        wanted = {name.removesuffix(".ipynb") for name in order.notebooks}
        known = {entry[0].stem for entry in plan} | {entry[1].removesuffix(".ipynb") for entry in plan}
        if unknown := sorted(wanted - known):
            guess = nearest(unknown[0], sorted(known))
            raise ParameterError(
                f"--notebook {unknown[0]}: this edition has no such page.{f' Did you mean {guess}?' if guess else ''} It has {', '.join(sorted(known))}."
            )
        plan = [
            entry for entry in plan if entry[0].stem in wanted or entry[1].removesuffix(".ipynb") in wanted
        ]
    return plan


def run_suite(
    order: Any, record: RunRecord, work: Path, step: Step, report: Callable[[str], None]
) -> list[Path]:
    """Execute the suite into ``work/notebooks``; raises NotebookFailed after all of them ran."""
    from analysis.reporting.runs import Job, run_jobs, shown_folder

    shared = {
        "city_codes": list(order.city_codes),
        "first_year": order.first_year,
        "last_year": order.last_year,
        "year_basis": order.year_basis,
        "completion": order.completion,
        "unit": order.unit,
        "lang": order.lang,
        "data_dir": shown_folder(order.data),
    }
    notices = (
        pl.read_parquet(order.data / "out_notices.parquet")
        if (order.data / "out_notices.parquet").is_file()
        else pl.DataFrame()
    )
    cities = (
        sorted({c for c in notices["city_code"].to_list() if c}) if "city_code" in notices.columns else []
    )
    plan = suite_plan(order, cities)
    folder, cache = work / "notebooks", order.out / CACHE_NAME / "notebooks"
    folder.mkdir()
    tables, code = fingerprints.tables_digest(order.data), fingerprints.notebook_code()
    jobs, kept = [], {}
    for source, name, own in plan:
        key = fingerprints.digest_of([fingerprints.file_digest(source), shared, own, tables, code])
        kept[name] = cache / f"{key}.ipynb"
        if order.if_changed and kept[name].is_file():
            shutil.copyfile(kept[name], folder / name)
            record.notebooks.append({"notebook": name, "outcome": "reused", "seconds": 0.0, "error": None})
        else:
            jobs.append(Job(source, folder / name, {**shared, **own}))
    for result in (
        ()
        if not jobs
        else run_jobs(
            jobs,
            report=report,
            timeout_seconds=order.notebook_seconds,
            memory_bytes=int(order.notebook_mb * 2**20),
        )
    ):
        record.notebooks.append(result)
        if result["outcome"] == "done":
            keep(folder / result["notebook"], kept[result["notebook"]])
    failed = [n for n in record.notebooks if n["outcome"] not in ("done", "reused")]
    step.note = f"{len(plan)} notebooks, {len(plan) - len(jobs)} unchanged"
    if failed:
        raise NotebookFailed(
            "; ".join(f"{n['notebook']}: {n['error']}" for n in failed)
            + ". Their partial output is in the run's notebooks folder."
        )
    prune(cache)
    return [folder / name for _, name, _ in plan]


def export(
    order: Any,
    kind: str,
    executed: list[Path],
    frames: dict[str, pl.DataFrame],
    outputs: dict[str, pl.DataFrame],
    work: Path,
    step: Step,
) -> None:
    """One export format into the work folder; raises what the exporter or a gate raises."""
    from analysis.ledger.store import TABLE_PREFIXES
    from analysis.reporting.render import export as render_export

    key = fingerprints.digest_of(
        [
            kind,
            order.parameters(),
            [(p.name, fingerprints.file_digest(p)) for p in executed],
            fingerprints.tables_digest(order.data, TABLE_PREFIXES),
            fingerprints.theme_code(),
        ]
    )
    cached = order.out / CACHE_NAME / "exports" / key
    if order.if_changed and cached.is_dir():
        shutil.copytree(cached, work, dirs_exist_ok=True)
        step.outcome = "reused"
        return
    rendered = work / f".export-{kind}"
    rendered.mkdir()
    render_export(executed, {**frames, **outputs}, rendered, {kind}, order.lang, order.redact)
    fresh = cached.with_name(f".{key}-{os.getpid()}")
    fresh.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(rendered, fresh)
    if cached.exists():
        shutil.rmtree(cached)
    os.replace(fresh, cached)
    shutil.copytree(rendered, work, dirs_exist_ok=True)
    shutil.rmtree(rendered)
    prune(cached.parent)


def keep(made: Path, target: Path) -> None:
    """Copy a result into the cache in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    shutil.copyfile(made, temporary)
    os.replace(temporary, target)


def prune(folder: Path, count: int = 60) -> None:
    """Remove all but the newest ``count`` entries of a cache folder."""
    entries = sorted(folder.iterdir(), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in entries[count:]:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
