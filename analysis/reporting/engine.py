"""Papermill engines of the suite: a fast one that forks, and the ordinary kernel.

Both honour a time limit and a memory limit per notebook, turn a run that was ended by either
(or that died) into an ordinary cell error, so that papermill marks the place and keeps what
was displayed before it, and report the peak memory. ``ForkEngine`` runs cells in a process
forked from a preloaded one; where the platform cannot fork, ``KernelEngine`` does the work.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from contextlib import nullcontext
from typing import Any

from papermill.engines import NBClientEngine, papermill_engines

from analysis.reporting.engine_pool import POLL_SECONDS, Limits, Worker, WorkerPool, memory_of

FORK, KERNEL = "zhenggai-fork", "zhenggai-kernel"


def can_fork() -> bool:
    """Whether the fast engine works here."""
    return (
        hasattr(os, "fork") and hasattr(socket, "send_fds") and not sys.platform.startswith(("win", "darwin"))
    )


def _mark(nb_man: Any, cell: Any, index: int, name: str, text: str) -> None:
    from nbformat.v4 import new_output

    cell.outputs.append(new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
    nb_man.cell_exception(cell, cell_index=index)


class ForkEngine(NBClientEngine):
    """Runs the notebook in a process forked from the preloaded one."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        start_timeout=60,
        execution_timeout=None,
        *,
        pool=None,
        limits=None,
        working_dir=None,
        **kwargs,
    ):
        limits = limits or Limits(seconds=execution_timeout or Limits().seconds)
        with nullcontext(pool) if pool is not None else WorkerPool() as source:
            worker = source.start_run(str(working_dir or os.getcwd()))
            _run_all(nb_man, worker, limits, time.monotonic() + limits.seconds)
        nb_man.nb.metadata["language_info"] = {"name": "python", "version": sys.version.split()[0]}


def _run_all(nb_man: Any, worker: Worker, limits: Limits, deadline: float) -> None:
    """Every code cell in order until one fails; the worker is always ended."""
    closed, count = False, 0
    try:
        for index, cell in enumerate(nb_man.nb.cells):
            nb_man.cell_start(cell, index)
            worked = True
            if cell.cell_type == "code" and cell.source.strip():
                cell.execution_count = count + 1
                try:
                    worked, count = worker.execute(cell.source, cell.outputs, limits, deadline)
                    cell.execution_count = count
                    if not worked:
                        nb_man.cell_exception(cell, cell_index=index)
                except EOFError:
                    exit_code, closed, worked = worker.close(limits), True, False
                    _mark(nb_man, cell, index, *limits.reason(exit_code))
            nb_man.cell_complete(cell, cell_index=index)
            if not worked:
                return
    finally:
        if not closed:
            if not limits.ended_by and sys.exc_info()[0] is not None:
                worker.kill()
            worker.close(limits)


class KernelEngine(NBClientEngine):
    """The ordinary Jupyter kernel, with the same limits."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man,
        kernel_name,
        log_output=False,
        stdout_file=None,
        stderr_file=None,
        start_timeout=60,
        execution_timeout=None,
        *,
        limits=None,
        working_dir=None,
        pool=None,
        **kwargs,
    ):
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill.clientwrap import PapermillNotebookClient

        limits = limits or Limits(seconds=execution_timeout or Limits().seconds)
        kwargs.pop("input_path", None)
        client = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout=None,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(working_dir or os.getcwd())}},
            **kwargs,
        )
        stop = threading.Event()
        watch = threading.Thread(target=_watch_kernel, args=(client, limits, stop), daemon=True)
        watch.start()
        try:
            client.execute()
        except (DeadKernelError, CellTimeoutError):
            for index, cell in enumerate(nb_man.nb.cells):
                if (
                    cell.metadata.papermill.get("exception") is False
                    and cell.metadata.papermill["status"] == "running"
                    or cell.metadata.papermill["status"] == "completed"
                    and index == _last_started(nb_man.nb)
                ):
                    _mark(nb_man, cell, index, *limits.reason())
        finally:
            stop.set()
            watch.join()


def _last_started(notebook: Any) -> int:
    started = [i for i, cell in enumerate(notebook.cells) if cell.metadata.papermill.get("start_time")]
    return started[-1] if started else -1


def _watch_kernel(client: Any, limits: Limits, stop: threading.Event) -> None:
    """Poll the kernel's memory and the clock; kill it once when it passes a limit."""
    deadline = time.monotonic() + limits.seconds
    while not stop.wait(POLL_SECONDS):
        pid = getattr(getattr(getattr(client, "km", None), "provisioner", None), "pid", None)
        if not pid:
            continue
        used = memory_of(pid)
        limits.peak_memory_bytes = max(limits.peak_memory_bytes, used)
        if used > limits.memory_bytes:
            limits.ended_by = "out_of_memory"
        elif time.monotonic() > deadline:
            limits.ended_by = "timed_out"
        if limits.ended_by:
            try:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            except OSError:
                pass
            return


def register() -> None:
    """Make both engines known to papermill under their names."""
    papermill_engines.register(FORK, ForkEngine)
    papermill_engines.register(KERNEL, KernelEngine)
