"""Watched processes that read files: one that hangs, grows or dies costs the file it was at, nothing else.

A worker is started once and given one task after another. It notes which file it is at; the kernel
ends it when that file takes too much time or memory, and the task is repeated in a new worker
without the file.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

from analysis.ledger.tasks import Task, WorkerLost
from analysis.paths import PACKAGE

# A notice takes some milliseconds, the slowest sound file met a few seconds. Processor seconds for one
# file: so much, and more for a large one; by the clock (a disk that does not answer) ten times as many.
FILE_SECONDS = 20
SECONDS_PER_MEGABYTE = 4
CLOCK_SECONDS = 600
# Bytes that one file may add to what a worker holds; the largest sound files take some hundred megabytes.
FILE_MEMORY = 1_500_000_000

Started = Callable[[int, int], None]  # told the number and the size of a file before each step of reading it
# How polars keeps what it has freed: by itself it holds more with every part, to half as much again.
_MEMORY = {"_RJEM_MALLOC_CONF": "narenas:1,muzzy_decay_ms:0"}
_TOO_SLOW, _TOO_LARGE, _CRASHED = "too_much_time", "too_much_memory", "reader_died"
_MEMORY_EXIT = 77


MORE_MEMORY = "Free some memory, or raise the limits set with `ulimit`; nothing was changed."


class _Worker:
    def __init__(self, threads: int):
        limits = FILE_SECONDS, FILE_MEMORY
        ours, theirs = socket.socketpair()
        # open as long as the worker; in ``place`` it notes the number of the file that it is at
        self.log, self.place = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115
        environment = {
            **_MEMORY,
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH")))),
            "POLARS_MAX_THREADS": str(threads),
            "OPENBLAS_NUM_THREADS": "1",
        }
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "analysis.ledger.workers"),
                    *map(str, (theirs.fileno(), self.place.fileno(), *limits)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=self.log,
                stderr=self.log,
                pass_fds=[theirs.fileno(), self.place.fileno()],
                env=environment,
                start_new_session=True,  # Ctrl-C is for the command, which then ends its workers
            )
        self.connection = Connection(ours.detach())
        self.is_ready = False
        self.heard = time.monotonic()

    def give(self, task: Task) -> None:
        self.heard = time.monotonic()
        self.place.truncate(0)
        # a worker that died meanwhile is noticed when its answer is read
        with contextlib.suppress(OSError):
            self.connection.send_bytes(
                pickle.dumps((task.function, task.arguments, task.skip), pickle.HIGHEST_PROTOCOL)
            )

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.process.kill()
        self.process.wait()
        self.connection.close()
        self.log.close()
        self.place.close()

    def file(self) -> int | None:
        """The number of the file that it is at, or was at when it died."""
        noted = os.pread(self.place.fileno(), 8, 0)
        return int.from_bytes(noted, "little") if noted else None

    def last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else "it said nothing"


class Workers:
    """``count`` worker processes; a context manager that ends all of them."""

    def __init__(self, count: int):
        self._count = count
        self._threads = max(1, (os.cpu_count() or 1) // count)
        self._idle = [_Worker(self._threads)]  # the others when there is work for them
        self._busy: dict[Connection, tuple[_Worker, Task]] = {}

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in [*self._idle, *(worker for worker, _ in self._busy.values())]:
            worker.end()
        self._idle, self._busy = [], {}

    def run(
        self, tasks: Iterable[Task], on_file: Callable[[int], None] | None = None
    ) -> Iterator[tuple[Task, Any]]:
        """Each task with what it gives, in the order in which they end; ``on_file`` is told of each file begun.

        A task is taken from ``tasks`` only when a worker is free for it. Raises what a task raises,
        and WorkerLost.
        """
        try:
            yield from self._run(iter(tasks), on_file)
        finally:
            for worker, _ in self._busy.values():  # left in the middle of something
                worker.end()
            self._busy = {}

    def _run(
        self, waiting: Iterator[Task], on_file: Callable[[int], None] | None
    ) -> Iterator[tuple[Task, Any]]:
        again: list[Task] = []
        while True:
            while self._idle or len(self._busy) < self._count:
                task = again.pop() if again else next(waiting, None)
                if task is None:
                    break
                worker = self._idle.pop() if self._idle else _Worker(self._threads)
                self._busy[worker.connection] = worker, task
                worker.give(task)
            if not self._busy:
                return
            ready = wait(list(self._busy), timeout=5.0)
            for worker, task in list(self._busy.values()):
                if worker.connection not in ready:
                    if time.monotonic() - worker.heard > CLOCK_SECONDS:
                        again.append(self._lose(worker, task, timed_out=True))
                    continue
                try:
                    kind, content = worker.connection.recv()
                except (EOFError, OSError):
                    again.append(self._lose(worker, task))
                    continue
                worker.heard = time.monotonic()
                if kind == "ready":
                    worker.is_ready = True
                elif kind == "file":
                    if on_file:
                        on_file(content)
                else:
                    del self._busy[worker.connection]
                    self._idle.append(worker)
                    if kind == "failed":
                        raise content
                    yield task, content

    def _lose(self, worker: _Worker, task: Task, timed_out: bool = False) -> Task:
        """The task of a worker that died, without the file that it was at; a new worker takes its place."""
        number = worker.file()
        del self._busy[worker.connection]
        words = worker.last_words()
        if not timed_out:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.process.wait(5)
        code = worker.process.poll()
        worker.end()
        if not worker.is_ready:
            raise WorkerLost(f"a reading process could not start ({words}). {MORE_MEMORY}")
        task.losses += 1
        if number is not None:
            task.skip = {**task.skip, number: _why(code, timed_out)}
        elif task.losses > 2:
            raise WorkerLost(
                f"a reading process ended with no file to blame (exit {code}): {words}. {MORE_MEMORY}"
            )
        return task


def _why(code: int | None, timed_out: bool) -> tuple[str, str]:
    if timed_out or code in (-signal.SIGXCPU, -signal.SIGKILL):
        return _TOO_SLOW, "reading it took more time than any notice needs, so it was stopped"
    if code in (_MEMORY_EXIT, -signal.SIGABRT):
        return (
            _TOO_LARGE,
            "reading it took more memory than any notice needs, or broke its reader, so it was stopped",
        )
    return _CRASHED, f"the process that read it ended (exit {code})"


_own = threading.local()


def run_contained(task: Task) -> Any:
    """One task in this thread's own watched worker, which is kept for the next one."""
    if not hasattr(_own, "workers"):
        _own.workers = Workers(1)
    [(_, answer)] = _own.workers.run([task])
    return answer


def _serve(descriptor: int, place: int, seconds: int, memory: int) -> None:
    """The life of a worker: tasks in, answers out, until the other end is closed."""
    import gc

    gc.disable()  # records hold no cycles worth a search; what there is goes after each task

    # dataframely loads it where it is installed, and no table here goes to a database: 0.2 s of a start of 0.6
    sys.modules["sqlalchemy"] = None  # type: ignore[assignment]

    from analysis.ledger import batches, finish  # noqa: F401  (loaded before the first file is timed)

    connection = Connection(descriptor)
    base = _held_bytes()
    begun: set[int] = set()
    limit = 0  # processor seconds at which this process ends

    def started(number: int, size: int) -> None:
        nonlocal limit
        os.pwrite(place, number.to_bytes(8, "little"), 0)
        last = int(time.process_time()) + 1 + seconds + SECONDS_PER_MEGABYTE * size // 1_000_000
        if last != limit:  # told a dozen times a notice; the second is nearly always the same
            limit = last
            _limit_seconds(last)
        if number not in begun:
            begun.add(number)
            connection.send(("file", number))

    gc.collect()
    gc.freeze()
    connection.send(("ready", None))
    while True:
        try:
            function, arguments, skip = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        begun.clear()
        limit = 0
        _limit_memory(base + memory if base else 0)
        try:
            answer = "done", pkgutil.resolve_name(function)(*arguments, started=started, skip=skip)
        except MemoryError:
            os._exit(_MEMORY_EXIT)
        except Exception as error:
            answer = "failed", _portable(error)
        _limit_seconds(None)
        gc.collect()
        connection.send(answer)
        del function, arguments, skip, answer


def _portable(error: Exception) -> Exception:
    """The error itself where it survives the way to another process, else its words."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


def _held_bytes() -> int:
    try:
        with open("/proc/self/status", encoding="ascii") as handle:
            return next(int(line.split()[1]) * 1000 for line in handle if line.startswith("VmData"))
    except (OSError, StopIteration, ValueError):
        return 0


def _limit_seconds(seconds: int | None) -> None:
    """Let the kernel end this process after so many processor seconds in all; None: never."""
    import resource

    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = hard if seconds is None else seconds
    if hard == resource.RLIM_INFINITY or soft <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _limit_memory(size: int) -> None:
    """Let the kernel refuse this process more than ``size`` bytes; 0: as many as it wants."""
    import resource

    if size:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        soft = size if hard == resource.RLIM_INFINITY else min(hard, size)
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from analysis.ledger.workers import _serve as serve  # the module under its own name, as pickles know it

    serve(*map(int, sys.argv[1:5]))
