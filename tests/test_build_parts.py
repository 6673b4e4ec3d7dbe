"""A second parse reads what changed, and gives what a first one would give: no stale row, no lost one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.ledger import plan
from analysis.ledger.build import ParseSummary
from analysis.ledger.build import build_ledger as build_with
from analysis.ledger.schemas import CORE_TABLES
from analysis.ledger.store import read_table, table_parts
from analysis.ledger.workers import Workers
from tests.project_copy import PROJECT
from tests.test_build import same_tables

GOLD = PROJECT / "tests" / "gold" / "notices"
NAMES = "anshun_museum changzhou_soe dali_prison danzhou_commerce enshi_court fujin_grain_depot hainan_transport jinghong_tourism linzhi_housing"
NOTICES = [GOLD / f"{name}.txt" for name in NAMES.split()]


_workers: list[Workers] = []


@pytest.fixture(scope="module", autouse=True)
def workers() -> Iterator[None]:
    """One process for all parses of this module: a start takes longer than nine notices."""
    with Workers(1) as started:
        _workers[:] = [started]
        yield


def build_ledger(paths: list[Path], data: Path) -> ParseSummary:
    return build_with(paths, data, workers=_workers[0])


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nine notices in parts of three, parsed into ``data``."""
    monkeypatch.setattr(plan, "PART_FILES", 3)
    raw = tmp_path / "raw"
    raw.mkdir()
    for number, path in enumerate(NOTICES):
        shutil.copyfile(path, raw / f"{number}-{path.name}")
    return raw


def inodes(data: Path, table: str = "core_problems") -> list[int]:
    return [path.stat().st_ino for path in table_parts(data, table)]


def parse_again(raw: Path) -> ParseSummary:
    """Parse into ``data`` as it stands and into a new folder; the tables must be the same."""
    data, new = raw.parent / "data", raw.parent / "new"
    again = build_ledger([raw], data)
    shutil.rmtree(new, ignore_errors=True)
    first = build_ledger([raw], new)
    same_tables(data, new)
    for field in ("files", "notices", "set_aside", "invalid_rows", "table_rows"):
        assert getattr(again, field) == getattr(first, field), field
    assert sorted(map(str, again.quarantine)) == sorted(map(str, first.quarantine))
    return again


def edit(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(
        data
        + "\n欢迎广大干部群众监督。\n".encode("utf-8" if b"\xe6\x95\xb4\xe6\x94\xb9" in data else "gb18030")
    )


def test_what_did_not_change_is_neither_read_nor_written_again(corpus: Path) -> None:
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}
    assert build_ledger([corpus], data).unchanged == 9
    assert before == {path: path.stat().st_mtime_ns for path in data.rglob("*") if path.is_file()}
    for path in corpus.iterdir():
        os.utime(path)  # touched, not changed: the bytes count
    assert parse_again(corpus).unchanged == 9


def test_tables_are_the_same_however_much_a_task_reads(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows in another order, or twice, on a machine that cuts its work otherwise."""
    build_ledger([corpus], corpus.parent / "whole")
    monkeypatch.setattr(plan, "PIECE_BYTES", 5_000)
    build_ledger([corpus], corpus.parent / "cut")
    same_tables(corpus.parent / "whole", corpus.parent / "cut")


def test_one_changed_file_costs_one_file_and_one_part(corpus: Path) -> None:
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    before = inodes(data)
    edit(sorted(corpus.iterdir())[4])
    assert parse_again(corpus).unchanged == 8
    after = inodes(data)
    assert (before[0], before[2]) == (after[0], after[2]) and before[1] != after[1]


@pytest.mark.slow
def test_files_that_come_and_go(corpus: Path) -> None:
    build_ledger([corpus], corpus.parent / "data")
    files = sorted(corpus.iterdir())
    files[3].unlink()
    assert parse_again(corpus).unchanged == 8
    shutil.copyfile(NOTICES[3], corpus / "00-first.txt")
    shutil.copyfile(PROJECT / "data" / "raw" / "yushu.txt", corpus / "9-last.txt")
    assert parse_again(corpus).unchanged == 8
    for name in "abcdefgh":  # more than a part holds
        (corpus / f"4-{name}.txt").write_text(files[5].read_text(encoding="utf-8") + name, encoding="utf-8")
    parse_again(corpus)
    for path in files[:3]:
        path.unlink()
    parse_again(corpus)


def test_a_namesake_changes_the_id_of_a_notice_elsewhere_and_gives_it_back(corpus: Path) -> None:
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    [local, *_] = read_table(data, "core_notices")["notice_id"]
    text = read_table(data, "core_texts", notice_id=local)["text"][0]
    (corpus / "9-namesake.txt").write_text(text + "\n", encoding="utf-8")
    parse_again(corpus)
    ids = read_table(data, "core_notices")["notice_id"].to_list()
    assert local not in ids and sum(name.startswith(f"{local}-") for name in ids) == 2
    (corpus / "9-namesake.txt").unlink()
    parse_again(corpus)
    assert read_table(data, "core_notices")["notice_id"][0] == local


def test_a_copy_is_set_aside_until_its_original_goes(corpus: Path) -> None:
    build_ledger([corpus], corpus.parent / "data")
    first = sorted(corpus.iterdir())[0]
    shutil.copyfile(first, corpus / "9-copy.txt")
    assert parse_again(corpus).set_aside == 1
    first.unlink()
    assert parse_again(corpus).set_aside == 0


def test_a_near_copy_is_marked_anew_without_being_read(corpus: Path) -> None:
    """The original's ID holds the hash of its bytes: a hundred copies of one notice must not all be read for a comma."""
    original, copy = corpus / f"0-{NOTICES[0].name}", corpus / "9-copy.txt"
    copy.write_bytes(original.read_bytes() + "\n（转载）\n".encode())
    original.write_bytes(original.read_bytes() + "\n\n特此通报，欢迎监督。\n".encode())
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    marks = read_table(data, "core_notices")["near_copy_of"]
    assert marks.null_count() == marks.len() - 1
    before = inodes(data)
    original.write_bytes(original.read_bytes() + "特此通报。\n".encode())
    assert parse_again(corpus).unchanged == 9
    assert (
        read_table(data, "core_notices")["near_copy_of"].drop_nulls().to_list()
        != marks.drop_nulls().to_list()
    )
    assert [old == new for old, new in zip(before, inodes(data))] == [False, True, True, True]


def test_a_changed_sidecar_is_read(corpus: Path) -> None:
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    first = sorted(corpus.iterdir())[0]
    Path(f"{first}.meta.yml").write_text("publication_date: 2024-05-06\n")
    parse_again(corpus)
    assert str(read_table(data, "core_notices")["publication_date"][0]) == "2024-05-06"
    Path(f"{first}.meta.yml").write_text("publication_date: 0204-05-06\n")
    assert parse_again(corpus).set_aside == 1


@pytest.mark.slow
def test_a_state_that_is_damaged_is_as_if_absent(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, good = corpus.parent / "data", corpus.parent / "good"
    build_ledger([corpus], good)
    record = data / plan.RECORD
    damages: dict[str, Callable[[], object]] = {
        "cut off": lambda: record.write_bytes(record.read_bytes()[:200]),
        "a line gone": lambda: record.write_bytes(b"\n".join(record.read_bytes().split(b"\n")[:-2]) + b"\n"),
        "of another shape": lambda: record.write_text('{"code": [], "parts": 3}'),
        "another table": lambda: table_parts(data, "core_measures")[1].write_bytes(b"PAR1"),
        "a part gone": lambda: table_parts(data, "core_events")[0].unlink(),
        "other code": lambda: monkeypatch.setattr(plan, "code_digest", lambda: "another parser"),
    }
    for name, damage in damages.items():
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(good, data)
        assert build_ledger([corpus], data).unchanged == 9
        damage()
        assert build_ledger([corpus], data).unchanged == 0, name
        same_tables(data, good)


@pytest.mark.slow
def test_archives_are_taken_over_and_read_again_where_an_id_changes(corpus: Path) -> None:
    data = corpus.parent / "data"
    first = sorted(corpus.iterdir())[0]
    shutil.make_archive(str(corpus / "8-bundle"), "zip", corpus, first.name)
    text = first.read_bytes()
    first.unlink()
    build_ledger([corpus], data)
    assert parse_again(corpus).unchanged == 9
    (corpus / "9-more.txt").write_bytes(text + b"\n")  # the namesake of the archive's member
    parse_again(corpus)


def test_every_table_is_there_when_a_folder_was_emptied(corpus: Path) -> None:
    data = corpus.parent / "data"
    build_ledger([corpus], data)
    for path in list(corpus.iterdir()):
        path.unlink()
    assert parse_again(corpus).notices == 0
    assert all(read_table(data, name).is_empty() for name in CORE_TABLES)
