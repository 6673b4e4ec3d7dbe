"""Notices and tables at addresses: what a user would lose who keeps them in an object store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fsspec
import pytest

from analysis.ledger.build import build_ledger
from analysis.ledger.remote import AddressError, local_copies
from analysis.ledger.store import read_table
from tests import corpora


@pytest.fixture
def store() -> Any:
    """A store of this process, with three notices in ``/shelf/notices``."""
    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    for name, text in corpora.many_cities(3):
        memory.pipe(f"/shelf/notices/{name}", text.encode())
    return memory


@pytest.mark.slow
def test_a_parse_reads_and_writes_addresses(store: Any, tmp_path: Path) -> None:
    """Tables that never arrive, or those of another parse."""
    first = build_ledger(["memory://shelf/notices"], "memory://shelf/tables")
    assert first.notices == 3
    store.get("/shelf/tables/", str(tmp_path / "tables"), recursive=True)
    assert not [name for name in store.find("/shelf/tables") if "/." in name], (
        "names of folders of this machine"
    )
    local = tmp_path / "raw"
    corpora.write(local, corpora.many_cities(3))
    build_ledger([local], tmp_path / "local")
    for table in ("core_notices", "core_problems"):
        assert read_table(tmp_path / "tables", table).equals(read_table(tmp_path / "local", table))
    store.rm("/shelf/notices/m0000.txt")
    assert build_ledger(["memory://shelf/notices"], "memory://shelf/tables").notices == 2
    one = build_ledger(["memory://shelf/notices/m0001.txt"], (tmp_path / "one").as_uri())
    assert one.notices == 1 and read_table(tmp_path / "one", "core_notices").height == 1


def test_what_is_no_longer_made_goes_from_the_address(store: Any) -> None:
    """A part of a table that stands on, so that its rows are read twice."""
    store.pipe("/shelf/tables/core_notices.parquet/part-0001.parquet", b"old")
    store.pipe("/shelf/tables/note.txt", b"the user's own")
    with local_copies([], "memory://shelf/tables") as (_, folder):
        (folder / "core_notices.parquet").mkdir()
        (folder / "core_notices.parquet" / "part-0000.parquet").write_bytes(b"new")
    assert sorted(store.find("/shelf/tables")) == [
        "/shelf/tables/core_notices.parquet/part-0000.parquet",
        "/shelf/tables/note.txt",
    ]


def test_a_parse_that_fails_sends_nothing(store: Any) -> None:
    """Half-made tables in place of good ones."""
    with (
        pytest.raises(RuntimeError, match="stop"),
        local_copies([], "memory://shelf/tables") as (_, folder),
    ):
        (folder / "core_notices.parquet").write_bytes(b"half")
        raise RuntimeError("stop")
    assert not store.exists("/shelf/tables/core_notices.parquet")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://shelf/nowhere", "memory://shelf/nowhere: nothing is there"),
        ("nosuch://shelf", "nosuch://shelf: Protocol not known"),
    ],
)
def test_an_address_that_cannot_be_read_is_named(store: Any, tmp_path: Path, address: str, said: str) -> None:
    """A traceback of a library that the user has never heard of."""
    with pytest.raises(AddressError, match=said):
        build_ledger([address], tmp_path / "data")


def test_a_name_in_a_store_never_leads_out_of_its_folder(store: Any, tmp_path: Path) -> None:
    """A file of this machine overwritten by whoever may write into the bucket."""
    store.pipe("/shelf/notices/../../escaped.txt", b"x")
    with pytest.raises(AddressError, match="escaped.txt"), local_copies(["memory://shelf/notices"], tmp_path):
        pass
