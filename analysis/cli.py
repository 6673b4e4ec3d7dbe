"""``zhenggai`` (整改): each command is one call into the library and prints what it gave.

Exit codes: 0 done · 1 nothing could be read, or a span does not fit · 2 usage · 3 some files were
set aside and the others read · 4 a disagreement under ``check --strict``.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import click

from analysis import __version__, paths
from analysis.ledger.remote import is_address
from analysis.packages import MissingPackage

SET_ASIDE, DISAGREEMENT = 3, 4
MOST_LISTED = 50  # lines of one kind that a command prints


def _data_option(function: Any) -> Any:
    return click.option(
        "--data",
        "data_dir",
        type=click.Path(path_type=Path),
        default=None,
        help="Folder of the tables.  [default: data/processed]",
    )(function)


def _data(folder: Path | None) -> Path:
    return folder or paths.processed_dir()


def _fail(message: str, code: int = 1) -> None:
    click.echo(f"zhenggai: {message}", err=True)
    sys.exit(code)


def complete_ids(context: click.Context, _parameter: Any, typed: str) -> list[str]:
    """IDs that begin with what was typed, for the shell: notices, then what stands in one of them."""
    from analysis.ledger.completion import ids_beginning

    return ids_beginning(_data(context.params.get("data_dir")), typed)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="zhenggai")
def main() -> None:
    """Read rectification notices (整改通报), compare them across cities and years, publish briefings."""


class _Place(click.Path):
    """A path, or an address such as ``s3://bucket/notices``, which stays text."""

    def convert(self, value: Any, parameter: Any, context: Any) -> Any:
        return value if is_address(value) else Path(str(super().convert(value, parameter, context)))


@main.command()
@click.argument("sources", nargs=-1, type=_Place())
@click.option(
    "--raw",
    type=_Place(),
    default=None,
    help="Folder read when no PATH is given.  [default: data/raw]",
)
@click.option(
    "--out",
    type=_Place(),
    default=None,
    help="Folder of the tables.  [default: data/processed]",
)
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", default=None, help="Address of a dask scheduler (with --engine dask).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def parse(
    sources: tuple[Path | str, ...],
    raw: Path | str | None,
    out: Path | str | None,
    jobs: int,
    engine: str,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Files or folders (default: data/raw) → tables; either may be an address such as s3://bucket/folder."""
    from analysis.ledger.build import build_ledger
    from analysis.ledger.progress import progress
    from analysis.ledger.store import FolderInUse
    from analysis.ledger.tasks import WorkerLost
    from analysis.sources.errors import BadSidecar, HashMismatch

    if scheduler and engine != "dask":
        raise click.UsageError("--scheduler goes with --engine dask")
    wanted = list(sources) or [raw or paths.raw_dir()]
    for path in wanted:
        if isinstance(path, Path) and not path.exists():
            raise click.UsageError(f"{path}: no such file or folder")
    target = out or paths.processed_dir()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # its workers and half-made tables go with it
    try:
        with progress([path for path in wanted if isinstance(path, Path)]) as report:
            summary = build_ledger(
                wanted, target, jobs=jobs, engine=engine, scheduler=scheduler, report=report
            )
    except KeyboardInterrupt:
        _fail("interrupted; the tables that stood there stand as they were", 130)
    except (HashMismatch, BadSidecar, FolderInUse, WorkerLost, MissingPackage, ValueError) as error:
        _fail(str(error))
    if as_json:
        click.echo(json.dumps(summary.as_dict(), ensure_ascii=False, default=str))
    else:
        rows = summary.table_rows
        click.echo(
            f"{summary.notices} of {summary.files} files read: {rows['core_problems']} problems and sub-items, "
            f"{rows['core_measures']} measures, {rows['core_claims']} stated totals → {click.format_filename(str(target))}"
        )
        if summary.unchanged:
            click.echo(f"{summary.unchanged} of them had not changed since the last parse.")
        if summary.invalid_rows:
            click.echo(
                f"WARNING: {summary.invalid_rows} rows break a rule of their table and were left out; numbers are too low by them.",
                err=True,
            )
        if summary.misread_notices:
            click.echo(
                f"{summary.misread_notices} of {summary.notices} notices were probably misread in part (zhenggai review lists what to look at):",
                err=True,
            )
            for notice_id, why in summary.misread[:MOST_LISTED]:
                click.echo(f"  {notice_id}: {why}", err=True)
            if (more := summary.misread_notices - MOST_LISTED) > 0:
                click.echo(f"  … and {more} more", err=True)
        for row in summary.quarantine[:MOST_LISTED]:
            click.echo(f"  {row['stage']}/{row['reason_code']}: {row['reason_text']}", err=True)
        if (more := rows.get("core_quarantine", 0) - MOST_LISTED) > 0:
            click.echo(f"  … and {more} more in core_quarantine", err=True)
    if not summary.notices:
        _fail("nothing could be read; the reasons are above and in core_quarantine")
    sys.exit(SET_ASIDE if summary.set_aside or summary.invalid_rows else 0)


@main.command()
@_data_option
@click.option("--strict", is_flag=True, help="Exit 4 when there is a disagreement.")
@click.option("--all", "show_all", is_flag=True, help="Also print what agrees and what cannot be decided.")
def check(data_dir: Path | None, strict: bool, show_all: bool) -> None:
    """Stated totals against counted items, with both quotes."""
    from analysis.ledger.store import MissingTables, read_table

    try:
        checks = read_table(_data(data_dir), "core_checks").to_dicts()
    except MissingTables as error:
        _fail(str(error))
    wrong = [row for row in checks if row["is_agreeing"] is False]
    for row in checks if show_all else wrong:
        verdict = {True: "agrees", False: "DISAGREES", None: "cannot be decided"}[row["is_agreeing"]]
        click.echo(
            f"{row['notice_id']}  {row['check_code']}: stated {_number(row['stated_value'])}, counted {_number(row['counted_value'])} — {verdict}"
        )
        click.echo(f"    stated:  “{row['stated_quote_text'] or '–'}”")
        click.echo(f"    counted: {row['counted_quote_text'] or '–'}")
        if row["note_text"]:
            click.echo(f"    {row['note_text']}")
    agreeing = sum(row["is_agreeing"] is True for row in checks)
    click.echo(
        f"{len(wrong)} disagreements, {agreeing} agreements, {len(checks) - len(wrong) - agreeing} undecided."
    )
    sys.exit(DISAGREEMENT if strict and wrong else 0)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


@main.command()
@_data_option
def verify(data_dir: Path | None) -> None:
    """Re-slice every span of every table from the stored text and compare."""
    from analysis.ledger.store import MissingTables
    from analysis.ledger.verify import verify_ledger

    try:
        result = verify_ledger(_data(data_dir))
    except MissingTables as error:
        _fail(str(error))
    for wrong in result.mismatches[:20]:
        click.echo(
            f"{wrong.table} {wrong.row_id}: stored {wrong.stored[:60]!r}, source has {wrong.sliced[:60]!r}",
            err=True,
        )
    for line in result.uncovered[:20]:
        click.echo(line, err=True)
    click.echo(
        f"{result.spans} spans compared, {len(result.mismatches)} wrong, {result.without_span} values without a span, "
        f"{len(result.uncovered)} texts not covered exactly once."
    )
    sys.exit(0 if result.is_sound else 1)


@main.command()
@click.argument("row_id", shell_complete=complete_ids)
@_data_option
def explain(row_id: str, data_dir: Path | None) -> None:
    """One notice, problem, measure or number: the row, and its sentence with the span marked."""
    from analysis.ledger.explain import UnknownID
    from analysis.ledger.explain import explain as explain_row
    from analysis.ledger.store import MissingTables

    try:
        found = explain_row(_data(data_dir), row_id)
    except (UnknownID, MissingTables) as error:
        _fail(str(error))
    click.echo(f"{found.table}  {row_id}  ({found.source_path})")
    for column, value in found.row.items():
        if value is not None:
            click.echo(f"  {column}: {value}")
    for passage in found.passages:
        click.echo(f"\n  {passage.column} [{passage.start}:{passage.end}]")
        click.echo("  " + f"…{passage.before}【{passage.marked}】{passage.after}…".replace("\n", "⏎"))


@main.command()
@click.option("--write", "write_to", type=click.Path(path_type=Path), help="Write the sheet (XLSX).")
@click.option(
    "--read", "read_from", type=click.Path(exists=True, path_type=Path), help="Take a filled sheet back."
)
@_data_option
def review(write_to: Path | None, read_from: Path | None, data_dir: Path | None) -> None:
    """Rows that need a human eye, out to a spreadsheet and back in."""
    from analysis.ledger.review import ReviewError, read_review, write_review
    from analysis.ledger.store import MissingTables

    if (write_to is None) == (read_from is None):
        raise click.UsageError("give either --write FILE.xlsx or --read FILE.xlsx")
    try:
        if write_to:
            click.echo(f"{write_review(_data(data_dir), write_to)} rows to look at → {write_to}")
        elif read_from:
            corrections, labels = read_review(read_from, _data(data_dir))
            click.echo(
                f"{corrections} corrections and {labels} type labels taken; run `zhenggai parse` to apply them"
            )
    except (ReviewError, MissingTables) as error:
        _fail(str(error))


@main.command()
@click.option("--format", "kind", type=click.Choice(["csv", "xlsx", "duckdb", "json"]), required=True)
@click.argument("target", type=click.Path(path_type=Path))
@_data_option
def export(kind: str, target: Path, data_dir: Path | None) -> None:
    """The ledger for other tools, with its data dictionary."""
    from analysis.ledger.store import MissingTables
    from analysis.publishing.workbook import export_ledger

    try:
        click.echo(f"written: {export_ledger(_data(data_dir), target, kind)}")
    except (MissingTables, MissingPackage, ValueError, OSError) as error:
        _fail(str(error))


from analysis import cli_reports  # noqa: E402  (adds its commands to the group above)

cli_reports.register(main)


if __name__ == "__main__":
    main()
