"""The preloaded process from the owner's side: fork a worker, run cells in it, watch its limits, end it."""

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

POLL_SECONDS = 0.2


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
            return (
                "MemoryError",
                f"the notebook passed its limit of {self.memory_bytes // 2**20} MiB and was stopped",
            )
        self.ended_by = "died"
        how = f" (exit code {exit_code})" if exit_code is not None else ""
        return "WorkerDied", f"the process that ran this cell ended on its own{how}"


def memory_of(pid: int) -> int:
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


class PoolEnded(RuntimeError):
    """The preloaded process is gone."""


class WorkerPool:
    """The preloaded process; ``start_run`` forks a worker from it. Safe to use from threads.

    It starts to import at once and is waited for only when first needed. Should it die, it is
    started anew for the next run; only the runs it carried are lost.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._launch()

    def _launch(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        environment["PYTHONPATH"] = os.pathsep.join(
            part
            for part in (str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", ""))
            if part
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "analysis.reporting.engine_worker", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self._control, self._ready = ours, False

    def _ask(self, request: dict[str, Any], fds: tuple[int, ...] = ()) -> dict[str, Any]:
        """One request and its answer; the caller holds the lock."""
        try:
            if not self._ready:
                self._answer()
                self._ready = True
            socket.send_fds(self._control, [json.dumps(request).encode()], list(fds))
            return self._answer()
        except OSError as error:
            raise PoolEnded(f"the preloaded notebook process ended ({error})") from None

    def _answer(self) -> dict[str, Any]:
        held = b""
        while not held.endswith(b"\n"):
            part = self._control.recv(65536)
            if not part:
                raise PoolEnded("the preloaded notebook process ended")
            held += part
        return json.loads(held)

    def _fork(self, cwd: str, fds: tuple[int, int]) -> int:
        with self._lock:
            try:
                return self._ask({"op": "fork", "cwd": cwd}, fds)["pid"]
            except PoolEnded:
                if self._closed:
                    raise
                self._stop()
                self._launch()
                return self._ask({"op": "fork", "cwd": cwd}, fds)["pid"]

    def start_run(self, cwd: str) -> Worker:
        """A fresh worker whose working directory is ``cwd``. Raises PoolEnded where none can be had."""
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        try:
            pid = self._fork(cwd, (to_read, from_write))
        except BaseException:
            os.close(to_write)
            os.close(from_read)
            raise
        finally:
            os.close(to_read)
            os.close(from_write)
        return Worker(self, pid, to_write, from_read)

    def reap(self, pid: int) -> dict[str, Any]:
        """Exit code and peak memory of an ended worker; unknown where its parent died with it."""
        try:
            with self._lock:
                return self._ask({"op": "reap", "pid": pid})
        except PoolEnded:
            return {"exit": None, "peak_memory_bytes": 0}

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._control.close()

    def abort(self) -> None:
        """End the preloaded process and every worker at once."""
        self._closed = True
        self._process.kill()

    def close(self) -> None:
        """End the preloaded process; it ends on its own when the channel closes."""
        self._closed = True
        self._control.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> WorkerPool:
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
            if (
                output.output_type == "stream"
                and last
                and last.output_type == "stream"
                and last.name == output.name
            ):
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
                used = memory_of(self.pid)
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

    def close(self, limits: Limits) -> int | None:
        """End the worker; its exit code (negative: the signal; None: unknown)."""
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
