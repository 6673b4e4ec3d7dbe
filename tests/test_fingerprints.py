"""What counts as changed: too little means a stale edition, too much means that nothing is ever reused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from analysis.paths import PACKAGE
from analysis.runs import fingerprints
from tests.test_architecture import ORDER

# Rooms that organise runs and never change what an edition says.
ORGANISING = {"packages", "runs", "cli", "cli_reports"}


@pytest.fixture()
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    target = tmp_path / "analysis"
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(fingerprints, "PACKAGE", target)
    fingerprints.code.cache_clear()
    return target


def digests() -> dict[str, str]:
    fingerprints.code.cache_clear()
    rooms = ("TABLE_ROOMS", "NOTEBOOK_ROOMS", "EDITION_ROOMS")
    return {name: fingerprints.code(getattr(fingerprints, name)) for name in rooms}


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("parsing/records.py", {"TABLE_ROOMS", "NOTEBOOK_ROOMS", "EDITION_ROOMS"}),
        ("lookups/parsing/status_words.csv", {"TABLE_ROOMS", "NOTEBOOK_ROOMS", "EDITION_ROOMS"}),
        ("figures/completion.py", {"NOTEBOOK_ROOMS", "EDITION_ROOMS"}),
        ("text/zh/completion.md.j2", {"NOTEBOOK_ROOMS", "EDITION_ROOMS"}),
        ("publishing/html.py", {"EDITION_ROOMS"}),
        ("runs/schedule_loop.py", set()),
    ],
)
def test_a_change_counts_for_the_work_it_decides_and_for_no_other(
    package: Path, file: str, changed: set[str]
) -> None:
    before = digests()
    with open(package / file, "a", encoding="utf-8") as handle:
        handle.write("\n")
    after = digests()
    assert {name for name in before if before[name] != after[name]} == changed


def test_every_room_counts_for_something_or_only_organises() -> None:
    """A new room that nobody names would leave stale editions behind."""
    counted = {Path(name).parts[0].removesuffix(".py") for name in fingerprints.EDITION_ROOMS}
    present = {p.stem for p in PACKAGE.iterdir() if p.stem[0] != "_"}
    assert present - counted - ORGANISING == set()
    assert set(ORDER) - present - {"cli"} == set(), "a room that is gone is still named"


def test_a_name_that_is_no_utf8_is_hashed_and_spelt_out(tmp_path: Path) -> None:
    """A GBK name from an archive must not stop a briefing."""
    odd = Path(str(tmp_path) + "/" + b"\xb0\xb0.txt".decode("utf-8", "surrogateescape"))
    odd.write_text("x")
    [name] = fingerprints.tree_digest([odd], tmp_path)
    assert name.encode("utf-8") and fingerprints.digest_of([str(odd)])
