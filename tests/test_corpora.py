"""Ordinary corpora publish: many notices of one city, of one body over years, of many cities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from analysis.runs.briefing import Order, produce
from tests import corpora

pytestmark = pytest.mark.slow
MOST_PAGES = 12


@pytest.mark.parametrize(
    ("texts", "profiles"),
    [
        (corpora.one_city(5), 1),
        (corpora.one_city(15), 1),
        (corpora.one_city(60), 1),
        (corpora.one_city(8, years=4), 1),
        (corpora.many_cities(40), 2),
        (corpora.many_cities(100), 0),
    ],
    ids=[
        "5 of one city",
        "15 of one city",
        "60 of one city",
        "2 bodies over 4 years",
        "40 cities",
        "100 cities",
    ],
)
def test_an_ordinary_corpus_publishes_whole(
    tmp_path: Path, texts: Iterator[tuple[str, str]], profiles: int
) -> None:
    """No chart, name or page stops it, nothing is left out, and the briefing stays short enough to be read."""
    raw = corpora.write(tmp_path / "raw", texts)
    order = Order(
        raw=raw, data=tmp_path / "data", out=tmp_path / "reports", formats=("html", "pdf"), profiles=profiles
    )
    record, folder = produce(order, report=lambda line: None)
    assert record.outcome == "published" and record.table_rows["core_notices"] == len(list(raw.iterdir()))
    assert not [line for line in record.warnings if "left out" in line], record.warnings
    assert len(PdfDocument(folder / "briefing.pdf")) <= MOST_PAGES
    assert (folder / "briefing.html").stat().st_size < 5_000_000
    for profile in folder.glob("profile-*.pdf"):
        assert len(PdfDocument(profile)) <= 6 + 2 * len(list(raw.iterdir())), profile.name
