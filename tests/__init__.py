"""Tests say what a reader would lose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def one_in_four(values: Sequence[Any]) -> list[Any]:
    """Parameters of which the daily loop takes every fourth, and the whole suite all."""
    import pytest  # the benchmarks of this package need none

    return [
        value if place % 4 == 0 else pytest.param(value, marks=pytest.mark.slow)
        for place, value in enumerate(values)
    ]
