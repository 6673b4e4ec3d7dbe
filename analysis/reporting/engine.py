"""Papermill engines of the suite: a fast one that forks, and the ordinary kernel.

Both honour a time limit and a memory limit per notebook, turn a run that was ended by either
(or that died) into an ordinary cell error, so that papermill marks the place and keeps what
was displayed before it, and report the peak memory. ``ForkEngine`` runs cells in a process
forked from a preloaded one; where the platform cannot fork, ``KernelEngine`` does the work.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from papermill.engines import NBClientEngine, papermill_engines

POLL_SECONDS = 0.2
FORK, KERNEL = "zhenggai-fork", "zhenggai-kernel"


def can_fork() -> bool:
    """Whether the fast engine works here."""
    return hasattr(os, "fork") and hasattr(socket, "send_fds") and not sys.platform.startswith(("win", "darwin"))


@dataclass(slots=True)
class Limits:
    """What one run may use, and what it did use."""

    seconds: float = 600.0
    memory_bytes: int = 3 * 1024**3
    peak_memory_bytes: int = 0
    ended_by: str = ""  # timed_out, out_of_memory, died

    def reason(self, exit_code: int | None = None) -> tuple[str, str]:
        """Error name and text for the cell that was running."""
        if self.ended_by == "timed_out":
            return "TimeoutError", f"the notebook was still running after {self.seconds:g} s and was stopped"
        if self.ended_by == "out_of_memory":
            return "MemoryError", f"the notebook passed its limit of {self.memory_bytes // 2**20} MiB and was stopped"
        self.ended_by = "died"
        how = f" (exit code {exit_code})" if exit_code is not None else ""
        return "WorkerDied", f"the process that ran this cell ended on its own{how}"


def _memory_of(pid: int) -> int:
    """Resident bytes of a process and its descendants; 0 when it is gone."""
    import psutil

    total = 0
    try:
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            try:
                total += member.memory_info().rss
            except psutil.Error:
                continue
    except psutil.Error:
        return 0
    return total


def _mark(nb_man: Any, cell: Any, index: int, name: str, text: str) -> None:
    from nbformat.v4 import new_output

    cell.outputs.append(new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"]))
    nb_man.cell_exception(cell, cell_index=index)


class WorkerPool:
    """The preloaded process; ``start_run`` forks a worker from it. Safe to use from threads."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        environment["PYTHONPATH"] = os.pathsep.join(
            part for part in (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "analysis.reporting.engine_worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        theirs.close()
        self._control = ours
        self._lock = threading.Lock()
        self._ready = False

    def _ask(self, request: dict[str, Any], fds: tuple[int, ...] = ()) -> dict[str, Any]:
        with self._lock:
            if not self._ready:
                self._answer()
                self._ready = True
            socket.send_fds(self._control, [json.dumps(request).encode()], list(fds))
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        held = b""
        while not held.endswith(b"\n"):
            part = self._control.recv(65536)
            if not part:
                raise RuntimeError("the preloaded notebook process ended; see its message above")
            held += part
        return json.loads(held)

    def start_run(self, cwd: str) -> "Worker":
        """A fresh worker whose working directory is ``cwd``."""
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        try:
            pid = self._ask({"op": "fork", "cwd": cwd}, (to_read, from_write))["pid"]
        except BaseException:
            os.close(to_write)
            os.close(from_read)
            raise
        finally:
            os.close(to_read)
            os.close(from_write)
        return Worker(self, pid, to_write, from_read)

    def reap(self, pid: int) -> dict[str, Any]:
        return self._ask({"op": "reap", "pid": pid})

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(self, *_details: Any) -> None:
        self.close()


class Worker:
    """One forked process that runs the cells of one notebook."""

    def __init__(self, pool: WorkerPool, pid: int, write_fd: int, read_fd: int):
        self._pool, self.pid = pool, pid
        self._write = os.fdopen(write_fd, "wb", buffering=0)
        self._read_fd = read_fd
        self._held = b""
        self._lines: list[bytes] = []
        self._checked = 0.0

    def execute(self, code: str, outputs: list, limits: Limits, deadline: float) -> tuple[bool, int | None]:
        """Run one cell, filling ``outputs``; (worked, execution count). Raises EOFError when it ends early."""
        from nbformat import from_dict

        try:
            self._write.write(json.dumps({"code": code}, ensure_ascii=False).encode("utf-8") + b"\n")
        except BrokenPipeError:
            raise EOFError from None
        named: dict[str, list[Any]] = {}
        clear_first = False
        while True:
            message = json.loads(self._next_line(limits, deadline))
            kind = message["kind"]
            if kind == "done":
                return message["ok"], message["count"]
            if kind == "clear":
                clear_first = message["wait"]
                if not clear_first:
                    outputs.clear()
                continue
            if kind == "update":
                for shown in named.get(message["display_id"], ()):
                    shown.update(from_dict(message["output"]))
                continue
            if clear_first:
                outputs.clear()
                clear_first = False
            output = from_dict(message["output"])
            last = outputs[-1] if outputs else None
            if output.output_type == "stream" and last and last.output_type == "stream" and last.name == output.name:
                last.text += output.text
                continue
            outputs.append(output)
            if message.get("display_id"):
                named.setdefault(message["display_id"], []).append(output)

    def _next_line(self, limits: Limits, deadline: float) -> bytes:
        while not self._lines:
            ready, _, _ = select.select([self._read_fd], [], [], POLL_SECONDS)
            now = time.monotonic()
            if now - self._checked >= POLL_SECONDS:
                self._checked = now
                used = _memory_of(self.pid)
                limits.peak_memory_bytes = max(limits.peak_memory_bytes, used)
                if used > limits.memory_bytes:
                    limits.ended_by = "out_of_memory"
                elif now > deadline:
                    limits.ended_by = "timed_out"
                if limits.ended_by:
                    self.kill()
                    raise EOFError
            if not ready:
                continue
            part = os.read(self._read_fd, 1 << 20)
            if not part:
                raise EOFError
            *whole, self._held = (self._held + part).split(b"\n")
            self._lines.extend(whole)
        return self._lines.pop(0)

    def kill(self) -> None:
        for end in (os.killpg, os.kill):
            try:
                end(self.pid, signal.SIGKILL)
            except OSError:
                continue

    def close(self, limits: Limits) -> int:
        """End the worker; its exit code (negative: the signal)."""
        self._write.close()
        os.close(self._read_fd)
        if limits.ended_by:
            self.kill()
        answer = self._pool.reap(self.pid)
        self.kill_group_left_behind()
        limits.peak_memory_bytes = max(limits.peak_memory_bytes, answer["peak_memory_bytes"])
        return answer["exit"]

    def kill_group_left_behind(self) -> None:
        """Processes a cell started and left must not outlive their notebook."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass


class ForkEngine(NBClientEngine):
    """Runs the notebook in a process forked from the preloaded one."""

    @classmethod
    def execute_managed_notebook(cls, nb_man, kernel_name, log_output=False, stdout_file=None, stderr_file=None,
                                 start_timeout=60, execution_timeout=None, *, pool=None, limits=None,
                                 working_dir=None, **kwargs):
        limits = limits or Limits(seconds=execution_timeout or Limits().seconds)
        own_pool = None if pool else WorkerPool()
        worker = (pool or own_pool).start_run(str(working_dir or os.getcwd()))
        deadline = time.monotonic() + limits.seconds
        try:
            _run_all(nb_man, worker, limits, deadline)
        finally:
            if own_pool:
                own_pool.close()
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
    def execute_managed_notebook(cls, nb_man, kernel_name, log_output=False, stdout_file=None, stderr_file=None,
                                 start_timeout=60, execution_timeout=None, *, limits=None, working_dir=None,
                                 pool=None, **kwargs):
        from nbclient.exceptions import CellTimeoutError, DeadKernelError
        from papermill.clientwrap import PapermillNotebookClient

        limits = limits or Limits(seconds=execution_timeout or Limits().seconds)
        kwargs.pop("input_path", None)
        client = PapermillNotebookClient(
            nb_man, kernel_name=kernel_name, startup_timeout=start_timeout, timeout=None,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(working_dir or os.getcwd())}}, **kwargs)
        stop = threading.Event()
        watch = threading.Thread(target=_watch_kernel, args=(client, limits, stop), daemon=True)
        watch.start()
        try:
            client.execute()
        except (DeadKernelError, CellTimeoutError):
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.metadata.papermill.get("exception") is False and cell.metadata.papermill["status"] == "running" \
                        or cell.metadata.papermill["status"] == "completed" and index == _last_started(nb_man.nb):
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
        used = _memory_of(pid)
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
