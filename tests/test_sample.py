"""The sample edition in the repository says what this code says: a visitor reads no old number."""

from __future__ import annotations

from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests import sample


def words_of(page: Path) -> list[str]:
    body = LexborHTMLParser(page.read_text(encoding="utf-8")).body
    return [] if body is None else body.text(separator=" ").split()


@pytest.mark.slow
def test_the_sample_edition_is_up_to_date(tmp_path: Path) -> None:
    sample.make(tmp_path / "sample")
    for name in ("briefing.html", "sources/anshan-2021.html"):
        assert words_of(sample.SAMPLE / name) == words_of(tmp_path / "sample" / name), (
            "run `make sample` and commit it"
        )
    for name in (*sample.FILES, *(f"notebooks/{name}" for name in sample.NOTEBOOKS)):
        assert (sample.SAMPLE / name).stat().st_size > 10_000, name
