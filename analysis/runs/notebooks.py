"""Notebook runs: parameters → papermill → an executed notebook and an outcome for each.

Each notebook runs in a process of its own, forked from one that has imported everything. A
notebook that raises, hangs, dies or passes its memory limit fails alone: what it displayed so far
is kept as ``<name>.failed.ipynb`` with the place marked, and the others go on. Executed notebooks
hold no times and no machine paths: the same data and parameters give the same bytes.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from analysis import paths
from analysis.runs import messages
from analysis.runs.record import memory_mb

SECONDS = 600.0
MEGABYTES = 3072.0
AT_ONCE = 2
POLL_SECONDS = 0.2
LOADING_SECONDS = 120.0
BEGUN = "begun"


@dataclass(slots=True)
class Job:
    """One notebook to run: its file, the executed copy to write, the parameters to set."""

    source: Path
    target: Path
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of a job; ``outcome`` is done, failed, timed_out, out_of_memory or died.

    ``output`` is the file written (``….failed.ipynb`` after a failure, "" for none).
    """

    notebook: str
    outcome: str
    error: str
    output: str
    parameters: dict[str, Any]
    seconds: float
    peak_memory_mb: float

    as_dict = asdict


def start_preloading() -> None:
    """Start the process that notebooks are forked from, so that it loads while other work goes on."""
    context = _context()
    if context.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        context.set_forkserver_preload(["analysis.runs.preload"])
        forkserver.ensure_running()


def run_jobs(
    jobs: Iterable[Job],
    *,
    kernel: bool = False,
    at_once: int = AT_ONCE,
    seconds: float = SECONDS,
    megabytes: float = MEGABYTES,
    data: Path | None = None,
    report: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """Execute notebooks, ``at_once`` of them side by side; one outcome each, in the order given.

    ``kernel``: in an ordinary Jupyter kernel instead of a fork (slower; the same outputs).
    ``seconds``, ``megabytes``: limits of one notebook. ``data``: the tables that ``select()`` reads
    where a notebook names none. ``report`` gets a line per notebook. A failure inside a notebook is
    in its outcome; nothing raises.
    """
    start_preloading()
    waiting = list(enumerate(jobs))[::-1]
    running: dict[int, _Run] = {}
    done: dict[int, Outcome] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, job = waiting.pop()
                running[number] = _Run(job, kernel, seconds, megabytes, data or paths.processed_dir())
            connection.wait([run.process.sentinel for run in running.values()], timeout=POLL_SECONDS)
            for number, run in list(running.items()):
                if run.has_ended():
                    done[number] = run.outcome()
                    del running[number]
                    if report:
                        report(_line(done[number]))
    finally:
        for run in running.values():  # an interruption ends the notebooks that run
            run.kill()
    return [done[number] for number in sorted(done)]


def run_apart(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """What a function returns, from a fork of the process that has imported everything: this one need not.

    Function, arguments and result are picklable. Raises what the function raises, and RuntimeError where
    its process ends on its own.
    """
    start_preloading()
    answers, theirs = multiprocessing.Pipe(duplex=False)
    process = _started(_answer, (function, arguments, named, theirs))
    theirs.close()
    try:
        error, result = answers.recv()
    except EOFError:
        process.join()
        name = getattr(function, "__name__", "work")
        raise RuntimeError(
            f"the process of {name} ended on its own (exit code {process.exitcode}); is there enough memory?"
        ) from None
    finally:
        with suppress(OSError):
            end_group(process.pid or 0)
        process.join()
    if error is not None:
        raise error
    return result


def _answer(
    function: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any], answers: Any
) -> None:
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_end_with_owner, daemon=True).start()
    try:
        answers.send((None, function(*arguments, **named)))
    except Exception as error:
        answers.send((error, None))


def _line(outcome: Outcome) -> str:
    how = "" if outcome.outcome == "done" else f": {outcome.error}"
    return f"{outcome.notebook} {outcome.outcome} ({outcome.seconds:.1f} s){how}"


def _context() -> Any:
    """Forks of a preloaded process where the platform has them; fresh processes elsewhere."""
    methods = multiprocessing.get_all_start_methods()
    is_safe = "forkserver" in methods and sys.platform != "darwin"
    return multiprocessing.get_context("forkserver" if is_safe else "spawn")


def _started(target: Callable[..., None], arguments: tuple[Any, ...]) -> BaseProcess:
    """A process at work; where the preloaded one has just died it is started anew, at the next try."""
    for wait in (0.2, 1.0, 5.0):
        process: BaseProcess = _context().Process(target=target, args=arguments, daemon=False)
        try:
            process.start()
            return process
        except (ConnectionError, EOFError):
            time.sleep(wait)
    raise RuntimeError("the process that notebooks are forked from cannot be started; see the lines above")


class _Run:
    """A notebook at work in its process, watched from outside."""

    def __init__(self, job: Job, kernel: bool, seconds: float, megabytes: float, data: Path):
        self.job, self.seconds, self.megabytes = job, seconds, megabytes
        stem = job.target.name.removesuffix(".ipynb")
        job.target.parent.mkdir(parents=True, exist_ok=True)
        self.working = job.target.with_name(f".{stem}.running.ipynb")
        self.broken = job.target.with_name(f"{stem}.failed.ipynb")
        for stale in (self.working, self.broken, job.target):
            stale.unlink(missing_ok=True)
        self.begun, self.peak, self.ended_by, self.has_begun = time.monotonic(), 0.0, "", False
        self.answers, theirs = multiprocessing.Pipe(duplex=False)
        arguments = (job.source, self.working, job.parameters, kernel, paths.notebooks_dir(), data, theirs)
        self.process = _started(execute, arguments)
        theirs.close()

    def has_ended(self) -> bool:
        """Whether the process is gone; kills it when it passes a limit."""
        if not self.process.is_alive():
            return True
        if not self.has_begun and self.answers.poll():  # what it imports before does not count
            self.has_begun, self.begun = self.answers.recv() == BEGUN, time.monotonic()
        used = memory_mb(self.process.pid)
        self.peak = max(self.peak, used)
        if used > self.megabytes:
            self.ended_by = "out_of_memory"
        elif time.monotonic() - self.begun > self.seconds + (0 if self.has_begun else LOADING_SECONDS):
            self.ended_by = "timed_out"
        if self.ended_by:
            self.kill()
        return bool(self.ended_by)

    def kill(self) -> None:
        """End the process and everything it started."""
        with suppress(OSError):
            end_group(self.process.pid or 0)
        with suppress(OSError, AttributeError):
            self.process.kill()
        self.process.join()

    def outcome(self) -> Outcome:
        outcome, error = self._answer()
        self.kill()  # processes that a cell started and left must not outlive their notebook
        final = self.job.target if outcome == "done" else self.broken
        if self.working.exists():
            settle(self.working, self.job, outcome, error)
            os.replace(self.working, final)
        return Outcome(
            notebook=self.job.target.name,
            outcome=outcome,
            error=error,
            output=final.name if final.exists() else "",
            parameters=self.job.parameters,
            seconds=round(time.monotonic() - self.begun, 3),
            peak_memory_mb=round(self.peak, 1),
        )

    def _answer(self) -> tuple[str, str]:
        if self.ended_by == "timed_out":
            return "timed_out", f"the notebook was still running after {self.seconds:g} s and was stopped"
        if self.ended_by == "out_of_memory":
            return "out_of_memory", f"the notebook passed its limit of {self.megabytes:g} MB and was stopped"
        error = None
        with suppress(EOFError):
            while self.answers.poll():
                error = self.answers.recv()
        error = None if error == BEGUN else error
        if error is None:
            code = self.process.exitcode
            return "died", f"the process of the notebook ended on its own (exit code {code})"
        if error.startswith("DeadKernelError"):
            return "died", error
        return ("failed", error) if error else ("done", "")


def execute(
    source: Path,
    target: Path,
    parameters: dict[str, Any],
    kernel: bool,
    folder: Path,
    data: Path,
    answers: Any,
) -> None:
    """The life of one run, in its own process: sends "" or what went wrong, and ends."""
    if hasattr(os, "setsid"):
        os.setsid()
    threading.Thread(target=_end_with_owner, daemon=True).start()
    answers.send(BEGUN)
    os.chdir(folder)
    os.environ["ZHENGGAI_DATA"] = str(data.resolve())
    os.environ.pop(messages.VARIABLE, None)  # addresses and tokens are not for notebooks
    sys.path.insert(0, "")
    import logging
    import warnings

    import papermill
    from papermill.exceptions import PapermillExecutionError

    from analysis.runs import shell

    shell.register()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    if kernel:  # ipykernel warns of its own transport on the terminal
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    warnings.filterwarnings("ignore", module="papermill|nbformat|zmq|traitlets")
    sys.modules.pop("analysis", None)  # the notebook's own import sets the house style, as in a kernel
    try:
        papermill.execute_notebook(
            _braced(source),
            _braced(target),
            parameters,
            engine_name=None if kernel else shell.ENGINE,
            kernel_name="python3",  # this environment's, whatever name the notebook was saved with
            request_save_on_cell_execute=True,
            autosave_cell_every=0,
            progress_bar=False,
            cwd=str(folder),
        )
        answers.send("")
    except PapermillExecutionError as error:
        answers.send(f"cell {error.exec_count or error.cell_index}: {error.ename}: {error.evalue}")
    except Exception as error:
        answers.send(f"{type(error).__name__}: {error}")
    answers.close()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def _end_with_owner() -> None:
    """Wait for the process that ordered the run, in a thread; when it is gone, end with all that was started."""
    owner = multiprocessing.parent_process()
    if owner is not None:
        owner.join()
        end_group(os.getpid())


def end_group(pid: int) -> None:
    """Kill a process and, where the system has process groups, all that it started."""
    if hasattr(os, "killpg"):
        os.killpg(pid, signal.SIGKILL)
    else:
        psutil.Process(pid).kill()


def _braced(path: Path) -> str:
    """Papermill formats its paths: braces in a folder's name must be doubled."""
    return str(path.absolute()).replace("{", "{{").replace("}", "}}")


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
        marks = cell.get("metadata", {}).pop("papermill", {})
        cell["metadata"].pop("execution", None)
        cell["id"] = f"cell-{index:02d}"
        if marks.get("status") == "running" and outcome != "done" and cell["cell_type"] == "code":
            cell["outputs"].append(
                {
                    "output_type": "error",
                    "ename": outcome,
                    "evalue": error,
                    "traceback": [f"{outcome}: {error}"],
                }
            )
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")
