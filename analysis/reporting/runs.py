"""Notebook runs: checked parameters → papermill → an executed notebook and a record for each.

A notebook that raises, hangs, dies or passes its memory limit fails alone: what it displayed
so far is kept as ``<name>.failed.ipynb`` with the place marked, and the others go on. Executed
notebooks hold no times and no machine paths: the same data and parameters give the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.reporting.parameters import ParameterError, check_run, nearest

DEFAULT_SECONDS = 600.0
DEFAULT_MEMORY = 3 * 1024**3


@dataclass(slots=True)
class Job:
    """One run: the notebook, where its executed copy goes, what to set."""

    source: Path
    target: Path
    parameters: dict[str, Any] = field(default_factory=dict)


def suite_notebooks() -> list[Path]:
    """Notebooks of the suite, in order."""
    return sorted(paths.notebooks_dir().glob("[0-9][0-9]_*.ipynb"))


def find_notebook(name: str | Path) -> Path:
    """A notebook by path, by name (``03_completion``), by number (``03``) or by subject (``completion``).

    Raises ParameterError naming the nearest.
    """
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path.resolve()
    known = {p.stem: p for p in suite_notebooks()}
    word = path.stem if path.suffix == ".ipynb" else str(name)
    for stem, found in known.items():
        if word in (stem, stem[:2], stem[3:]):
            return found
    guess = nearest(word, known)
    raise ParameterError(
        f"no notebook {str(name)!r}."
        + (f" Did you mean {guess!r}?" if guess else "")
        + f" The suite holds: {', '.join(known) or 'none'}."
    )


def run_notebooks(
    notebooks: Iterable[str | Path],
    parameters: Mapping[str, Any] | None = None,
    out_dir: str | Path = ".",
    *,
    data_dir: str | Path | None = None,
    **options: Any,
) -> list[dict[str, Any]]:
    """Check ``parameters`` for every notebook, then execute them into ``out_dir``; options as :func:`run_jobs`.

    ``data_dir`` overrides the notebooks' own. Raises ParameterError before anything is started.
    """
    sources = [find_notebook(item) for item in notebooks]
    twice = sorted({p.name for p in sources if [q.name for q in sources].count(p.name) > 1})
    if twice:
        raise ParameterError(f"{twice[0]} is named twice; one run writes one {twice[0]}.")
    given = dict(parameters or {})
    if data_dir is not None:
        given["data_dir"] = str(Path(data_dir).resolve())
    checked = check_run(sources, given, Path(data_dir) if data_dir is not None else None)
    return run_jobs(
        [Job(source, Path(out_dir) / source.name, checked[source]) for source in sources], **options
    )


def run_jobs(
    jobs: Iterable[Job],
    *,
    engine: str = "auto",
    workers: int = 2,
    timeout_seconds: float = DEFAULT_SECONDS,
    memory_bytes: int = DEFAULT_MEMORY,
    report: Callable[[str], None] | None = None,
    pool: Any = None,
) -> list[dict[str, Any]]:
    """Execute notebooks; one record each, in the order given.

    ``engine``: ``fork`` (fast, ``workers`` at once), ``kernel`` (an ordinary Jupyter kernel, one
    after another: several that start at once race) or ``auto``. A record holds ``notebook`` (file
    name of the target), ``output`` (the file written, ``….failed.ipynb`` after a failure),
    ``outcome`` (done, failed, timed_out, out_of_memory, died), ``error``, ``parameters``,
    ``engine``, ``started_at``, ``ended_at``, ``seconds``, ``peak_memory_bytes``. ``report`` gets a
    line per notebook. ``pool`` is an open ``engine_pool.WorkerPool``, for a caller who started one
    while it still had other work to do. Only a misuse raises; a failure inside a notebook is in its record.
    """
    from analysis.reporting import engine as engines

    jobs = [Job(Path(j.source), Path(j.target), _portable(j.parameters)) for j in jobs]
    if not jobs:
        return []
    if engine not in ("auto", "fork", "kernel"):
        raise ValueError(f"engine must be auto, fork or kernel, not {engine!r}")
    fork = engine == "fork" or engine == "auto" and engines.can_fork()
    engines.register()

    def work(job: Job) -> dict[str, Any]:
        record = _run_one(
            job, engines.FORK if fork else engines.KERNEL, pool, engines.Limits(timeout_seconds, memory_bytes)
        )
        if report:
            how = "" if record["outcome"] == "done" else f": {record['error']}"
            report(f"{record['notebook']} {record['outcome']} ({record['seconds']:.1f} s){how}")
        return record

    with _quiet():
        if not fork:
            return [work(job) for job in jobs]
        with nullcontext(pool) if pool is not None else engines.WorkerPool() as pool:
            return _at_once(work, jobs, workers, pool)


def _at_once(
    work: Callable[[Job], dict[str, Any]], jobs: list[Job], workers: int, pool: Any
) -> list[dict[str, Any]]:
    """``work`` over ``jobs``, several at once; an interruption ends the notebooks that run instead of waiting."""
    with ThreadPoolExecutor(max(1, min(workers, len(jobs)))) as threads:
        futures = [threads.submit(work, job) for job in jobs]
        try:
            return [future.result() for future in futures]
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            pool.abort()
            raise


def _portable(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with the data folder named without machine paths where it lies in the project."""
    ready = dict(parameters)
    if ready.get("data_dir"):
        folder = Path(ready["data_dir"])
        ready["data_dir"] = shown_folder(folder) if folder.is_absolute() else ready["data_dir"]
    return ready


def shown_folder(data_dir: Path) -> str:
    """A data folder as notebooks name it: relative to theirs where it lies in the project."""
    target, home = data_dir.resolve(), paths.project_home()
    inside = target.is_relative_to(home)
    return Path(os.path.relpath(target, paths.notebooks_dir())).as_posix() if inside else str(target)


@contextmanager
def _quiet() -> Iterator[None]:
    """Papermill's own messages would mix with the progress lines; its errors arrive as exceptions."""
    logger = logging.getLogger("papermill")
    before = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logger.setLevel(before)


def _run_one(job: Job, engine_name: str, pool: Any, limits: Any) -> dict[str, Any]:
    """One papermill run; whatever happens, a record."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    job.target.parent.mkdir(parents=True, exist_ok=True)
    stem = job.target.name.removesuffix(".ipynb")
    working, broken = (
        job.target.with_name(f".{stem}.running.ipynb"),
        job.target.with_name(f"{stem}.failed.ipynb"),
    )
    for stale in (working, broken, job.target):
        stale.unlink(missing_ok=True)
    started, clock = dt.datetime.now(dt.UTC), time.monotonic()
    outcome, error = "done", ""
    try:
        papermill.execute_notebook(
            _braced(job.source),
            _braced(working),
            dict(job.parameters),
            engine_name=engine_name,
            request_save_on_cell_execute=False,
            progress_bar=False,
            autosave_cell_every=0,
            pool=pool,
            limits=limits,
            working_dir=str(paths.notebooks_dir()),
        )
    except PapermillExecutionError as failure:
        outcome, error = (
            limits.ended_by or "failed",
            f"cell {failure.exec_count or failure.cell_index}: {failure.ename}: {failure.evalue}",
        )
    except Exception as failure:
        outcome, error = limits.ended_by or "failed", f"{type(failure).__name__}: {failure}"
    final = job.target if outcome == "done" else broken
    if working.exists():
        settle(working, job, outcome, error)
        os.replace(working, final)
    seconds = time.monotonic() - clock
    ended = started + dt.timedelta(seconds=seconds)
    return {
        "notebook": job.target.name,
        "output": final.name if final.exists() else "",
        "outcome": outcome,
        "error": error,
        "parameters": dict(job.parameters),
        "engine": engine_name,
        "started_at": started.isoformat(timespec="milliseconds"),
        "ended_at": ended.isoformat(timespec="milliseconds"),
        "seconds": round(seconds, 3),
        "peak_memory_bytes": limits.peak_memory_bytes,
    }


def _braced(path: Path) -> str:
    """Papermill formats its paths: braces in a folder's name must be doubled."""
    return str(path.resolve() if path.exists() else path.absolute()).replace("{", "{{").replace("}", "}}")


def settle(path: Path, job: Job, outcome: str, error: str) -> None:
    """Take times and machine paths out of an executed notebook and write the outcome into it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "zhenggai": {
            "notebook": job.source.stem,
            "parameters": job.parameters,
            "outcome": outcome,
            "error": error,
        },
    }
    for index, cell in enumerate(notebook["cells"]):
        marks = cell.get("metadata", {})
        marks.pop("papermill", None)
        marks.pop("execution", None)
        cell["id"] = f"cell-{index:02d}"
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
