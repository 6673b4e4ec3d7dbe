"""Where the tasks of a parse run: watched processes of this machine, or a dask cluster.

The cluster needs no disk in common with this machine: the bytes of the files go out with each task,
the bytes of what it wrote come back.
"""

from __future__ import annotations

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from analysis.ledger.tasks import Run, Task, WorkerLost
from analysis.ledger.workers import Workers, run_contained
from analysis.packages import needed
from analysis.sources.archive import SourceFile
from analysis.sources.errors import UnreadableSource

CONNECT_SECONDS = 20


@contextlib.contextmanager
def open_engine(
    engine: str,
    jobs: int,
    scheduler: str | None,
    workers: Workers | None,
    build: Path,
    report: Callable[[int], None] | None,
) -> Iterator[Run]:
    """A function that runs tasks and gives each with its answer, in the order in which they end."""
    if engine != "dask":
        with contextlib.nullcontext(workers) if workers is not None else Workers(jobs) as pool:
            yield lambda tasks: pool.run(tasks, report)
        return
    distributed = needed("distributed", "dask", "parse --engine dask")
    local = {"n_workers": jobs, "threads_per_worker": 1, "dashboard_address": None}
    try:
        opened = (
            distributed.Client(scheduler, timeout=CONNECT_SECONDS)
            if scheduler
            else distributed.Client(**local)
        )
    except (OSError, ValueError) as error:
        raise WorkerLost(
            f"no dask scheduler answers at {scheduler} ({error}). Start one with `dask scheduler` and workers with `dask worker {scheduler}`."
        ) from None
    with opened as client:
        yield lambda tasks: _run_on_cluster(client, tasks, build, report)


def _run_on_cluster(
    client: Any, tasks: Iterable[Task], build: Path, report: Callable[[int], None] | None
) -> Iterator[tuple[Task, Any]]:
    from distributed import KilledWorker, as_completed

    running = as_completed()
    sent: dict[str, tuple[Task, list[Path]]] = {}

    def taken(future: Any) -> tuple[Task, Any]:
        task, paths = sent.pop(future.key)
        try:
            answer, written = future.result()
        except KilledWorker as error:
            raise WorkerLost(
                f"a task of {len(paths)} files and folders ended several workers of the cluster ({error}). "
                "Look at the workers' logs; nothing was changed."
            ) from None
        for place, name, data in written:
            target = paths[place] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        if report and task.function.endswith("stage_files"):
            for number, _ in task.arguments[0]:
                report(number)
        return task, answer

    for task in tasks:
        paths: list[Path] = []
        contents: list[dict[str, bytes]] = []
        packed = _pack(task.arguments, build, paths, contents)
        # a task that is lost with its worker is repeated by dask on another one
        future = client.submit(run_shipped, task.function, packed, contents, pure=False)
        sent[future.key] = task, paths
        running.add(future)
        if running.count() >= 2 * max(1, len(client.scheduler_info()["workers"])):
            yield taken(next(running))
    for future in running:
        yield taken(future)


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Stands for a path while a task is on its way: its number among the shipped ones."""

    number: int


def _pack(value: Any, build: Path, paths: list[Path], contents: list[dict[str, bytes]]) -> Any:
    """A task's arguments with files in place of paths; ``build`` is written to and goes out empty."""
    if isinstance(value, Path):
        paths.append(value)
        if value.is_file():
            contents.append({"": value.read_bytes()})
        else:
            found = value.iterdir() if value.is_dir() and value != build else ()
            contents.append({path.name: path.read_bytes() for path in found})
        return _Place(len(paths) - 1)
    if isinstance(value, SourceFile):
        if value.fault is None and value.content is None:
            with contextlib.suppress(UnreadableSource):
                return dataclasses.replace(value, content=value.read_bytes())
        return value
    if isinstance(value, dict):
        return {key: _pack(item, build, paths, contents) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_pack(item, build, paths, contents) for item in value])
    return value


def _unpack(value: Any, places: list[Path]) -> Any:
    if isinstance(value, _Place):
        return places[value.number]
    if isinstance(value, dict):
        return {key: _unpack(item, places) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)([_unpack(item, places) for item in value])
    return value


def run_shipped(
    function: str, packed: tuple[Any, ...], contents: list[dict[str, bytes]]
) -> tuple[Any, list[tuple[int, str, bytes]]]:
    """One task on a worker of the cluster: its answer, and (path, name, bytes) of each file written."""
    with tempfile.TemporaryDirectory(prefix="zhenggai-") as scratch:
        places = []
        sent = set()
        for number, files in enumerate(contents):
            place = Path(scratch) / str(number)
            places.append(place)
            for name, data in files.items():
                target = place / name if name else place
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
                sent.add(target)
            if "" not in files:
                place.mkdir(exist_ok=True)
        answer = run_contained(Task(function, _unpack(packed, places)))
        written = [
            (number, path.relative_to(place).as_posix(), path.read_bytes())
            for number, place in enumerate(places)
            for path in sorted(place.rglob("*"))
            if path.is_file() and path not in sent
        ]
    return answer, written
