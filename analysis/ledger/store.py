"""Reads and writes the tables of one data folder; a new set of tables is taken up whole or not at all.

A table is always ``<name>.parquet``: one file, or a folder of that very name that holds its parts
in order. New tables are built in a hidden folder beside the old ones. ``commit_tables`` first
writes a journal, then moves; a run that is killed in between is rolled forward by the next reader.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # polars is loaded by those who read or write rows
    import polars as pl

JOURNAL = ".commit.json"
BUILD_PREFIX = ".build-"
TABLE_PREFIXES = ("core_", "codes_", "out_")


class MissingTables(FileNotFoundError):
    """A data folder that holds no ledger yet; the message says how to make one."""


class FolderInUse(RuntimeError):
    """Another process writes into the data folder."""


def table_path(folder: Path, name: str) -> Path:
    """The file or folder that holds a table."""
    return folder / f"{name}.parquet"


def table_parts(folder: Path, name: str) -> list[Path]:
    """The Parquet files of a table in the order of its rows; none where the table does not exist."""
    path = table_path(folder, name)
    if path.is_dir():
        return sorted(path.glob("part-*.parquet"))
    return [path] if path.is_file() else []


def table_names(folder: Path) -> list[str]:
    """Names of the tables in a data folder, sorted."""
    recover(folder)
    return sorted(
        path.name.removesuffix(".parquet")
        for path in folder.glob("*.parquet")
        if path.name.startswith(TABLE_PREFIXES)
    )


def scan_table(folder: Path, name: str) -> pl.LazyFrame:
    """A lazy frame over one table; raises MissingTables where it does not exist."""
    import polars as pl

    recover(folder)
    parts = table_parts(folder, name)
    if not parts:
        raise MissingTables(f"{folder}: no table {name!r}. Run `zhenggai parse --out {folder}` first.")
    return pl.scan_parquet(parts)


def read_table(folder: Path, name: str, **filters: object) -> pl.DataFrame:
    """One table as a frame, optionally only the rows whose columns equal ``filters``."""
    import polars as pl

    frame = scan_table(Path(folder), name)
    for column, value in filters.items():
        frame = frame.filter(pl.col(column) == value)
    return frame.collect()


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold a data folder for writing; raises FolderInUse where another process does.

    The lock lies on the folder itself and ends with the process: there is no file to be left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"{folder}: another `zhenggai parse` is writing into this folder. Wait until it ends, or give another --out."
            ) from None
        yield
    finally:
        os.close(handle)


def new_build(folder: Path) -> Path:
    """A fresh hidden folder to build tables in; leftovers of killed runs are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    recover(folder)
    for old in folder.glob(f"{BUILD_PREFIX}*"):
        owner = old / ".pid"
        if owner.is_file() and _is_alive(owner.read_text()):
            continue
        shutil.rmtree(old, ignore_errors=True)
    build = folder / f"{BUILD_PREFIX}{uuid.uuid4().hex[:8]}"
    build.mkdir()
    (build / ".pid").write_text(str(os.getpid()))
    return build


def _is_alive(text: str) -> bool:
    try:
        os.kill(int(text), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def write_part(build: Path, name: str, part: int, frame: pl.DataFrame) -> None:
    """Write one part of a table into a build folder."""
    target = part_path(build, name, part)
    target.parent.mkdir(exist_ok=True)
    frame.write_parquet(target, compression="zstd", compression_level=1, statistics=True)


def part_path(build: Path, name: str, part: int) -> Path:
    """Where a part of a table lies in a build folder, and in a table of several parts."""
    return build / f"{name}.parquet" / f"part-{part:05d}.parquet"


def commit_tables(folder: Path, build: Path) -> None:
    """Put the tables of a build folder, and the hidden files beside them, in place of the old ones:
    whole, or not at all."""
    moves = []
    for entry in sorted(build.iterdir()):
        if entry.is_dir() and entry.suffix == ".parquet":
            parts = sorted(entry.glob("*.parquet"))
            source = f"{entry.name}/{parts[0].name}" if len(parts) == 1 else entry.name
            moves.append([source, entry.name])
        elif entry.is_file() and entry.name != ".pid":
            moves.append([entry.name, entry.name])
    prefixes = {target.split("_")[0] + "_" for _, target in moves if target.startswith(TABLE_PREFIXES)}
    if "core_" in prefixes:
        prefixes.add("out_")  # comparisons of the old tables would be stale
    journal = {"build": build.name, "moves": moves, "prefixes": sorted(prefixes)}
    temporary = folder / f"{JOURNAL}.tmp"
    with open(temporary, "w", encoding="utf-8") as handle:
        json.dump(journal, handle)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(temporary, folder / JOURNAL)
    recover(folder)


def recover(folder: Path) -> None:
    """Finish a commit that was interrupted; does nothing where there is none.

    A journal that cannot be understood is none: the old tables stand, or the next parse makes new ones.
    """
    path = folder / JOURNAL
    try:
        handle = open(path, encoding="utf-8")  # noqa: SIM115 - the errors caught are those of opening alone
    except FileNotFoundError:
        return
    except IsADirectoryError:
        _remove(path)
        return
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # another reader may be at it; it takes the journal away
        if not path.exists():
            return
        try:
            journal = json.load(handle)
            build = folder / journal["build"]
            moves = [(build / old, folder / new) for old, new in journal["moves"]]
            prefixes = tuple(journal["prefixes"])
            if build.parent != folder or not build.name.startswith(BUILD_PREFIX):
                raise ValueError(build)
        except (ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            return
        for source, target in moves:
            if source.exists():  # else moved before the interruption
                if target.is_dir() or source.is_dir():
                    _remove(target)
                os.replace(source, target)
        keep = {target.name for _, target in moves}
        for stale in folder.iterdir():
            if stale.name.startswith(prefixes) and stale.name not in keep:
                _remove(stale)
        path.unlink(missing_ok=True)
        shutil.rmtree(build, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
