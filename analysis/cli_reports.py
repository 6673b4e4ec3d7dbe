"""The reporting commands of ``zhenggai``: run, compare, briefing, schedule, history."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from analysis import paths

BUSY = 5


def _fail(message: str, code: int = 1) -> None:
    say(f"zhenggai: {message}", err=True)
    sys.exit(code)


def say(message: str, err: bool = False) -> None:
    """Print a line whatever its characters; a reader who has gone (``| head``) costs the run nothing."""
    text = message.encode("utf-8", "backslashreplace").decode("utf-8")
    try:
        click.echo(text, err=err)
    except BrokenPipeError:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 2 if err else 1)
    except UnicodeEncodeError:  # a terminal that is not UTF-8
        click.echo(text.encode("ascii", "backslashreplace").decode("ascii"), err=err)


def _literal(value: str) -> Any:
    """A value from the command line: JSON where it is JSON (numbers, lists, true), else the text itself."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def complete_notebooks(_context: Any, _parameter: Any, typed: str) -> list[str]:
    """Names of the suite's notebooks, for the shell."""
    return [
        path.stem for path in sorted(paths.notebooks_dir().glob("*.ipynb")) if path.stem.startswith(typed)
    ]


def complete_cities(_context: Any, _parameter: Any, typed: str) -> list[str]:
    """Codes and names of the parsed notices' cities, for the shell."""
    from analysis.ledger.completion import cities

    return [word for word in cities(paths.processed_dir()) if word.startswith(typed)]


def _choice(name: str, values: tuple[str, ...], default: str) -> Callable[[Any], Any]:
    return click.option(name, type=click.Choice(values), default=default, show_default=True)


SELECTION = [
    click.option(
        "--city",
        "city_codes",
        multiple=True,
        shell_complete=complete_cities,
        help="City code or name; may be given several times.  [default: all]",
    ),
    click.option("--from", "first_year", type=int, default=0, help="First year."),
    click.option("--to", "last_year", type=int, default=0, help="Last year."),
    _choice("--year-basis", ("inspection", "feedback", "publication"), "publication"),
    _choice("--completion", ("strict", "lenient"), "lenient"),
    _choice("--unit", ("problem", "item"), "problem"),
]


def _selecting(command: Any) -> Any:
    for option in reversed(SELECTION):
        command = option(command)
    return command


@click.command()
@click.argument("notebooks", nargs=-1, required=True, shell_complete=complete_notebooks)
@click.option(
    "-p",
    "given",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help="A notebook parameter; lists as JSON: -p city_codes '[\"210300\"]'.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the executed notebooks.  [default: reports/notebooks]",
)
@click.option(
    "--data",
    "data_dir",
    type=click.Path(path_type=Path),
    default=None,
    help="Folder of the tables.  [default: data/processed]",
)
@click.option("--kernel", is_flag=True, help="Use an ordinary Jupyter kernel instead of the fast engine.")
def run(
    notebooks: tuple[str, ...],
    given: tuple[tuple[str, str], ...],
    out: Path | None,
    data_dir: Path | None,
    kernel: bool,
) -> None:
    """Papermill over one or more notebooks; parameters are checked before anything starts.

    An executed copy is named after its notebook and the parameters given.
    """
    from analysis.runs.notebooks import Job, run_jobs
    from analysis.runs.parameters import check_run, find_notebook
    from analysis.selection import SelectionError

    values = {name: _literal(value) for name, value in given}
    try:
        named = values.pop("data_dir", None)
        data = data_dir or (_below_notebooks(str(named)) if named else paths.processed_dir())
        sources = list(dict.fromkeys(find_notebook(name) for name in notebooks))
        checked = check_run(sources, values, data)
    except SelectionError as error:
        _fail(str(error), 2)
    folder, mark = out or paths.reports_dir() / "notebooks", _mark(given)
    jobs = [Job(source, folder / f"{source.stem}{mark}.ipynb", checked[source]) for source in sources]
    results = run_jobs(jobs, kernel=kernel, data=data, report=say)
    for result in results:
        if result.output:
            say(f"  {folder / result.output}")
    sys.exit(0 if all(result.outcome == "done" for result in results) else 1)


def _below_notebooks(folder: str) -> Path:
    """A data folder as a notebook reads it: relative to the notebooks, or to here."""
    beside = paths.notebooks_dir() / folder
    return beside if beside.is_dir() else Path(folder)


def _mark(given: tuple[tuple[str, str], ...]) -> str:
    """``-210300-strict``: what tells the copies of one notebook with different parameters apart."""
    words = re.sub(r"[^0-9A-Za-z]+", "-", "-".join(value for _, value in given)).strip("-")
    return f"-{words[:60]}" if words else ""


@click.command()
@_selecting
@click.option("--data", type=click.Path(path_type=Path), default=None, help="[default: data/processed]")
def compare(data: Path | None, **choices: Any) -> None:
    """Core tables → comparison tables (out_*) in the same folder."""
    from analysis import compare as comparison
    from analysis.selection import SelectionError

    try:
        written = comparison.write(data or paths.processed_dir(), **choices)
    except SelectionError as error:
        _fail(str(error), 2)
    for name, path in written.items():
        say(f"{name}  {path}")


def _log_to(path: Path) -> None:
    """All output of this process and its children goes to the end of a file."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = open(path, "a", encoding="utf-8", buffering=1)  # noqa: SIM115 - open as long as the process
    except OSError as error:
        _fail(f"--log {path}: cannot be written ({error.strerror})")
    sys.stdout.flush()
    sys.stderr.flush()
    for number in (1, 2):
        os.dup2(target.fileno(), number)
    sys.stdout = sys.stderr = target


def _stop(number: int, _frame: Any) -> None:
    """A scheduler or container that stops the run: it is recorded as failed, not left behind."""
    sys.exit(128 + number)


@click.command()
@_selecting
@_choice("--lang", ("zh", "en"), "zh")
@click.option("--format", "formats", default="html,pdf,docx,xlsx", show_default=True, help="Comma-separated.")
@click.option("--redact", is_flag=True, help="Mask names of persons, telephone numbers and e-mail addresses.")
@click.option(
    "--notebook",
    "notebooks",
    multiple=True,
    shell_complete=complete_notebooks,
    help="Add this notebook as a chapter; may be given several times.",
)
@click.option("--profiles", default="60", show_default=True, help="City profiles: all, none or how many.")
@click.option(
    "--if-changed", is_flag=True, help="Do nothing, or as little as possible, where the content is unchanged."
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Editions and failed runs to keep.",
)
@click.option(
    "--wait",
    "wait_seconds",
    type=float,
    default=0.0,
    help="Seconds to wait for another run to end.  [default: leave at once]",
)
@click.option(
    "--notebook-timeout",
    "notebook_seconds",
    type=click.FloatRange(min=1),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="A notebook that runs longer is stopped and fails alone.",
)
@click.option(
    "--notebook-memory",
    "notebook_mb",
    type=click.FloatRange(min=64),
    default=3072.0,
    show_default=True,
    metavar="MB",
    help="A notebook that needs more is stopped and fails alone.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Append all output to this file instead of showing it.",
)
@click.option("--raw", type=click.Path(path_type=Path), default=None, help="[default: data/raw]")
@click.option("--data", type=click.Path(path_type=Path), default=None, help="[default: data/processed]")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="[default: reports]")
def briefing(
    formats: str,
    profiles: str,
    raw: Path | None,
    data: Path | None,
    out: Path | None,
    log: Path | None,
    **options: Any,
) -> None:
    """The whole suite and the bound briefing, published under reports/latest.

    Exit codes: 0 published or unchanged; 1 nothing published; 2 usage; 3 published, but rows of a
    table had to be left out; 5 another run is at work.
    """
    from analysis.runs.briefing import Busy, Order, RunFailed, produce
    from analysis.runs.editions import NotWritable
    from analysis.selection import SelectionError
    from analysis.sources.errors import BadSidecar, HashMismatch

    if log:
        _log_to(log)
    signal.signal(signal.SIGTERM, _stop)
    count = {"all": sys.maxsize, "none": 0}.get(profiles, int(profiles) if profiles.isdecimal() else -1)
    if count < 0:
        raise click.UsageError(f"--profiles takes all, none or a whole number, not {profiles!r}")
    if options["first_year"] and options["last_year"] and options["first_year"] > options["last_year"]:
        raise click.UsageError(f"--from {options['first_year']} lies after --to {options['last_year']}")
    order = Order(
        formats=tuple(dict.fromkeys(part.strip() for part in formats.split(",") if part.strip())),
        profiles=count,
        raw=raw or paths.raw_dir(),
        data=data or paths.processed_dir(),
        out=out or paths.reports_dir(),
        **options,
    )
    try:
        record, folder = produce(order, say)
    except SelectionError as error:
        _fail(str(error), 2)
    except Busy as error:
        _fail(str(error), BUSY)
    except (NotWritable, BadSidecar, HashMismatch) as error:
        _fail(str(error))
    except RunFailed as error:
        note = f" The note is {error.folder / 'failure.html'}." if error.folder else ""
        _fail(f"nothing was published: {error}{note} The last good edition stays in place.")
    for row in record.quarantine:
        say(f"{'set aside' if row['notice_id'] is None else 'left out'}: {row['reason_text']}", err=True)
    for line in record.warnings:
        say(f"warning: {line}", err=True)
    say(f"\n{record.outcome}: edition {folder.name}")
    shown = order.out / "latest"
    made = sorted(p.name for p in folder.iterdir() if p.suffix in (".html", ".pdf", ".docx", ".xlsx"))
    for name in made:
        if name.startswith("briefing.") or name in ("ledger.html", "ledger.xlsx"):
            say(f"  {shown / name}")
    if profiles_made := sum(name.startswith("profile-") and name.endswith(".html") for name in made):
        say(f"  {shown / 'profile-*'}  ({profiles_made} cities)")
    say(f"  {order.out / 'index.html'}  (all editions)")
    sys.exit(3 if record.invalid_rows else 0)


@click.command()
@click.argument("pair", nargs=-1)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="[default: reports]")
@click.option("--json", "as_json", is_flag=True)
def history(pair: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """All runs; with two run names, what differs between them."""
    from analysis.runs.history import compare_runs, read_history, with_details

    reports = out or paths.reports_dir()
    runs, broken = read_history(reports)
    if broken:
        click.echo(
            f"zhenggai: {broken} broken lines in the history file were passed over; the records of the runs were used",
            err=True,
        )
    if pair:
        if len(pair) != 2:
            raise click.UsageError("give no run, or two")
        by_id = {entry["run_id"]: entry for entry in runs}
        unknown = [name for name in pair if name not in by_id]
        if unknown:
            _fail(f"no run {unknown[0]!r}; there are {', '.join(by_id) or 'none'}", 2)
        for name, before, after in compare_runs(*(with_details(reports, by_id[name]) for name in pair)):
            click.echo(f"{name}: {'–' if before is None else before} → {'–' if after is None else after}")
        return
    if as_json:
        click.echo(json.dumps(runs, ensure_ascii=False))
        return
    if not runs:
        say(f"no run yet in {reports}")
    for entry in runs:
        click.echo(
            f"{entry['run_id']:<16} {entry['started_at']}  {entry['outcome']:<10} {entry['seconds'] or 0:>7.1f} s  "
            f"notices {entry['notices'] if entry['notices'] is not None else '–'}  {entry['error'] or ''}".rstrip()
        )


@click.group()
def schedule() -> None:
    """Scheduled generation with the scheduler you already have, or in the foreground."""


@schedule.command()
@click.option(
    "--at", required=True, help='Days and time: "Mon 07:00", "weekdays 07:00", "daily 07:00", "1 07:00".'
)
@click.option("--target", type=click.Choice(["systemd", "cron", "windows", "github"]), required=True)
@click.option("--print", "only_print", is_flag=True, help="Print the units instead of writing them.")
def install(at: str, target: str, only_print: bool) -> None:
    """Write or print the units that run the briefing for this clone."""
    from analysis.runs.schedule_units import BadTime, install_units

    try:
        for line in install_units(at, target, only_print):
            click.echo(line)
    except BadTime as error:
        _fail(str(error), 2)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}; use --print and put the units there yourself")


@schedule.command("run")
@click.option("--cron", required=True, help='Five fields, e.g. "0 7 * * 1".')
@click.option("--once", is_flag=True, hidden=True)
@click.argument("briefing_options", nargs=-1, type=click.UNPROCESSED)
def run_schedule(cron: str, once: bool, briefing_options: tuple[str, ...]) -> None:
    """Stay in the foreground and run the briefing at these times; a missed run is caught up once.

    Options of `zhenggai briefing` go behind two dashes: schedule run --cron "0 7 * * 1" -- --lang en
    """
    from analysis.runs.editions import NotWritable
    from analysis.runs.schedule_loop import BadCron, run_forever

    try:
        briefing.make_context(
            "briefing", list(briefing_options), resilient_parsing=False
        )  # a typing error is said now, not on Monday
        run_forever(cron, list(briefing_options), say, once=once)
    except BadCron as error:
        _fail(str(error), 2)
    except NotWritable as error:
        _fail(str(error))


@schedule.command()
def status() -> None:
    """The next run and the last ones."""
    from analysis.runs.schedule_status import describe_status

    for line in describe_status():
        click.echo(line)


def register(group: click.Group) -> None:
    """Add the reporting commands to the ``zhenggai`` group."""
    for command in (run, compare, briefing, history, schedule):
        group.add_command(command)
