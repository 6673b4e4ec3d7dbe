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
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterable, Iterator, Mapping

from analysis import paths
from analysis.reporting.parameters import ParameterError, check_run, declared_parameters, nearest

DEFAULT_SECONDS = 600.0
DEFAULT_MEMORY = 3 * 1024**3


@dataclass(slots=True)
class RunRequest:
    """One run: a notebook, what to set, and the name of its output (without suffix)."""

    notebook: Path
    parameters: dict[str, Any] = field(default_factory=dict)
    output_name: str = ""


@dataclass(slots=True)
class RunRecord:
    """What happened: ``outcome`` is succeeded, failed, timed_out, out_of_memory or died."""

    notebook: str
    output: str
    parameters: dict[str, Any]
    engine: str
    started_at: str
    ended_at: str
    seconds: float
    peak_memory_bytes: int
    outcome: str
    error: str = ""

    def json(self) -> dict[str, Any]:
        return asdict(self)


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
    raise ParameterError(f"no notebook {str(name)!r}." + (f" Did you mean {guess!r}?" if guess else "")
                         + f" The suite holds: {', '.join(known) or 'none'}.")


def run_notebooks(notebooks: Iterable[str | Path | RunRequest], parameters: Mapping[str, Any] | None = None,
                  out_dir: str | Path = ".", *, engine: str = "auto", jobs: int = 2, timeout_seconds: float = DEFAULT_SECONDS,
                  memory_bytes: int = DEFAULT_MEMORY, data_dir: str | Path | None = None,
                  on_record: Callable[[RunRecord], None] | None = None, check: bool = True) -> list[RunRecord]:
    """Execute notebooks into ``out_dir``; one record each, in the order given.

    ``engine``: ``fork`` (fast), ``kernel`` (an ordinary Jupyter kernel, one after another) or
    ``auto``. ``data_dir`` overrides the notebooks' own. Raises ParameterError before anything
    is started when a parameter cannot be used; a failure inside a notebook is in its record.
    """
    from analysis.reporting import engine as engines

    requests = [_request(item) for item in notebooks]
    given = dict(parameters or {})
    if data_dir is not None:
        given["data_dir"] = _relative(Path(data_dir))
    if check:
        _check_requests(requests, given, Path(data_dir) if data_dir is not None else None)
    else:
        for request in requests:
            known = declared_parameters(request.notebook)
            request.parameters = {**{k: v for k, v in given.items() if k in known}, **request.parameters}
    fork = engine == "fork" or engine == "auto" and engines.can_fork()
    engines.register()
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    pool_context = engines.WorkerPool() if fork else nullcontext()
    with pool_context as pool, _quiet(), ThreadPoolExecutor(max(1, jobs if fork else 1)) as threads:
        def work(request: RunRequest) -> RunRecord:
            limits = engines.Limits(timeout_seconds, memory_bytes)
            record = _run_one(request, folder, engines.FORK if fork else engines.KERNEL, pool, limits)
            if on_record:
                on_record(record)
            return record

        return list(threads.map(work, requests))


def _request(item: str | Path | RunRequest) -> RunRequest:
    request = item if isinstance(item, RunRequest) else RunRequest(find_notebook(item))
    return RunRequest(find_notebook(request.notebook), dict(request.parameters), request.output_name or Path(request.notebook).stem)


def _relative(data_dir: Path) -> str:
    """A data folder as notebooks name it: relative to theirs where it lies in the project."""
    target, home = data_dir.resolve(), paths.project_home()
    inside = target.is_relative_to(home)
    return Path(os.path.relpath(target, paths.notebooks_dir())).as_posix() if inside else str(target)


def _check_requests(requests: list[RunRequest], given: dict[str, Any], data_dir: Path | None) -> None:
    names = [request.output_name for request in requests]
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise ParameterError(f"two runs would write {twice[0]}.ipynb; give them different output names.")
    shared = check_run([request.notebook for request in requests], given, data_dir)
    from analysis.reporting.parameters import check_parameters

    for request in requests:
        own = request.parameters
        both = {**shared[request.notebook], **own}
        request.parameters = check_parameters(request.notebook, both, data_dir) if own else shared[request.notebook]


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


def _run_one(request: RunRequest, folder: Path, engine_name: str, pool: Any, limits: Any) -> RunRecord:
    """One papermill run; whatever happens, a record."""
    import papermill
    from papermill.exceptions import PapermillExecutionError

    working = folder / f".{request.output_name}.running.ipynb"
    started, clock = dt.datetime.now(dt.timezone.utc), time.monotonic()
    outcome, error = "succeeded", ""
    try:
        papermill.execute_notebook(
            _braced(request.notebook), _braced(working), dict(request.parameters), engine_name=engine_name,
            request_save_on_cell_execute=False, progress_bar=False, autosave_cell_every=0, pool=pool, limits=limits,
            working_dir=str(paths.notebooks_dir()))
    except PapermillExecutionError as failure:
        outcome, error = limits.ended_by or "failed", f"cell {failure.exec_count or failure.cell_index}: {failure.ename}: {failure.evalue}"
    except Exception as failure:  # noqa: BLE001 - a broken run must not cost the others theirs
        outcome, error = limits.ended_by or "failed", f"{type(failure).__name__}: {failure}"
    final = folder / f"{request.output_name}{'' if outcome == 'succeeded' else '.failed'}.ipynb"
    for stale in (folder / f"{request.output_name}.ipynb", folder / f"{request.output_name}.failed.ipynb"):
        stale.unlink(missing_ok=True)
    if working.exists():
        settle(working, request, outcome, error)
        os.replace(working, final)
    seconds = time.monotonic() - clock
    ended = started + dt.timedelta(seconds=seconds)
    return RunRecord(request.notebook.stem, final.name if final.exists() else "", dict(request.parameters), engine_name,
                     started.isoformat(timespec="milliseconds"), ended.isoformat(timespec="milliseconds"),
                     round(seconds, 3), limits.peak_memory_bytes, outcome, error)


def _braced(path: Path) -> str:
    """Papermill formats its paths: braces in a folder's name must be doubled."""
    return str(path.resolve() if path.exists() else path.absolute()).replace("{", "{{").replace("}", "}}")


def settle(path: Path, request: RunRequest, outcome: str, error: str) -> None:
    """Take times and machine paths out of an executed notebook and write the outcome into it."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "zhenggai": {"notebook": request.notebook.stem, "parameters": request.parameters, "outcome": outcome, "error": error}}
    for index, cell in enumerate(notebook["cells"]):
        marks = cell.get("metadata", {})
        marks.pop("papermill", None)
        marks.pop("execution", None)
        cell["id"] = f"cell-{index:02d}"
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
