"""Packages of others: those that only one rare command needs, and those that would be loaded for nothing."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any


class MissingPackage(ImportError):
    """A package that is installed on request only; the message is the command that installs it."""


def needed(module: str, extra: str, purpose: str) -> Any:
    """A module of an optional dependency; raises MissingPackage where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] != module:
            raise  # it is there, and broken
        raise MissingPackage(
            f"{purpose} needs the package {module}, which is not installed: .venv/bin/pip install 'zhenggai[{extra}]'",
            name=module,
        ) from None


@contextlib.contextmanager
def without(*names: str) -> Iterator[None]:
    """Imports in this block find packages missing that they would load, where they are installed, for nothing."""
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # what the import system reads as "not there"
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
