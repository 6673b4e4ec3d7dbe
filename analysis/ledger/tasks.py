"""What a parse hands to its workers; light, so that a parse that finds nothing new loads no engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


class WorkerLost(RuntimeError):
    """A worker could not start, or died where no file is to blame; the message says what it said last."""


@dataclass(slots=True)
class Task:
    """``function(*arguments, started=…, skip=…)`` in a worker; all of it picklable.

    ``function``: ``module:name``, loaded by the worker alone. ``part``: for the caller to know it by.
    ``skip``: number of a file that must not be opened (again) → (reason code, words for the user).
    """

    function: str
    arguments: tuple[Any, ...]
    part: int = -1
    skip: dict[int, tuple[str, str]] = field(default_factory=dict)
    losses: int = 0


# Runs tasks and gives each with its answer, in the order in which they end.
Run = Callable[[Iterable[Task]], Iterator[tuple[Task, Any]]]
