"""The short form of ``make fuzz``: a few hundred altered files, no traceback, no neighbour lost."""

from __future__ import annotations

import pytest

from tests.fuzz import fuzz


@pytest.mark.slow
def test_altered_files_are_read_or_named_and_cost_nobody_else() -> None:
    result = fuzz(300, seed=20)
    assert result["read"] >= 100, "altering so much that nothing is read would try the readers only"
    assert result["slowest_batch_seconds"] < 60 and len(result["stopped"]) <= 3
