"""Reads and writes the tables of one data folder; a new set of tables is taken up whole or not at all.

A table is ``<name>.parquet`` or, where it is partitioned, a folder ``<name>/part-*.parquet``.
New tables are built in a hidden folder beside the old ones. ``commit_tables`` first writes a
journal, then moves; a run that is killed in between is rolled forward by the next reader.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path

import polars as pl

JOURNAL = ".commit.json"
BUILD_PREFIX = ".build-"
TABLE_PREFIXES = ("core_", "codes_", "out_")


class MissingTables(FileNotFoundError):
    """A data folder that holds no ledger yet; the message says how to make one."""


def table_path(folder: Path, name: str) -> Path | None:
    """The file or folder that holds a table, or None."""
    single, parts = folder / f"{name}.parquet", folder / name
    if single.is_file():
        return single
    return parts if parts.is_dir() else None


def table_names(folder: Path) -> list[str]:
    """Names of the tables in a data folder, sorted."""
    recover(folder)
    found = {p.name.removesuffix(".parquet") for p in folder.glob("*") if p.name.startswith(TABLE_PREFIXES)}
    return sorted(found)


def scan_table(folder: Path, name: str) -> pl.LazyFrame:
    """A lazy frame over one table; raises MissingTables where it does not exist."""
    recover(folder)
    path = table_path(folder, name)
    if path is None:
        raise MissingTables(f"{folder}: no table {name!r}. Run `zhenggai parse --out {folder}` first.")
    if path.is_dir():
        return pl.scan_parquet(sorted(path.glob("*.parquet")))
    return pl.scan_parquet(path)


def read_table(folder: Path, name: str, **filters: object) -> pl.DataFrame:
    """One table as a frame, optionally only the rows whose columns equal ``filters``."""
    frame = scan_table(Path(folder), name)
    for column, value in filters.items():
        frame = frame.filter(pl.col(column) == value)
    return frame.collect()


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
    target = build / name
    target.mkdir(exist_ok=True)
    frame.write_parquet(
        target / f"part-{part:05d}.parquet", compression="zstd", compression_level=1, statistics=True
    )


def commit_tables(folder: Path, build: Path) -> None:
    """Put the tables of a build folder in place of the old ones: whole, or not at all."""
    moves = []
    for table in sorted(p for p in build.iterdir() if p.is_dir()):
        parts = sorted(table.glob("*.parquet"))
        if len(parts) == 1:
            moves.append([f"{table.name}/{parts[0].name}", f"{table.name}.parquet"])
        else:
            moves.append([table.name, table.name])
    prefixes = {target.split("_")[0] + "_" for _, target in moves}
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
    """Finish a commit that was interrupted; does nothing where there is none."""
    path = folder / JOURNAL
    try:
        journal = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    build = folder / journal["build"]
    keep = {new for _, new in journal["moves"]}
    for old, new in journal["moves"]:
        source, target = build / old, folder / new
        if not source.exists():
            continue  # moved before the interruption
        other = folder / (new.removesuffix(".parquet") if new.endswith(".parquet") else f"{new}.parquet")
        for stale in (other, target if target.is_dir() else None):
            if stale is not None:
                _remove(stale)
        os.replace(source, target)
    for stale in folder.iterdir():
        if stale.name.startswith(tuple(journal["prefixes"])) and stale.name not in keep:
            _remove(stale)
    path.unlink(missing_ok=True)
    shutil.rmtree(build, ignore_errors=True)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
