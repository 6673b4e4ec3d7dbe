"""What papermill finds by the entry points of this package: names that load the engines when first used.

papermill loads its entry points while it is itself being imported. The engines import papermill,
so that loading them there would fail whenever they are imported first.
"""

from __future__ import annotations

from typing import Any


class _Late(type):
    """A class whose attributes are those of the engine of the same name."""

    def __getattr__(cls, name: str) -> Any:
        from analysis.reporting import engine

        return getattr(getattr(engine, cls.__name__), name)


class ForkEngine(metaclass=_Late):
    """The engine that runs cells in a process forked from a preloaded one."""


class KernelEngine(metaclass=_Late):
    """The ordinary Jupyter kernel with the suite's limits."""
