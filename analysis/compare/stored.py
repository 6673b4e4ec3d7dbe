"""Comparisons kept beside the core tables: ``out_*.parquet`` with what they were made from in its metadata.

A stored table is used only where selection, choices, core tables, lookups and code are the same.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from analysis import paths
from analysis.ledger.store import table_parts
from analysis.selection import Ledger

KEY = "zhenggai_comparison"
ROOMS = ("compare", "ledger", "lookups", "parsing")  # what decides an out_ table, given the core tables
READ = (
    "core_notices", "core_texts", "core_sections", "core_problems", "core_measures", "core_citations",
    "core_events", "core_figures", "core_claims", "core_checks", "core_recurrences",
)  # fmt: skip


def read_stored(ledger: Ledger, name: str, choices: Mapping[str, Any]) -> pl.DataFrame | None:
    """The stored table where it was made from the same things, else None."""
    if ledger.data_dir is None:
        return None
    path = ledger.data_dir / f"{name}.parquet"
    try:
        made_from = pl.read_parquet_metadata(path).get(KEY, "")
        # another selection is told without reading the core tables: a profile of one city asks for each table
        if made_from.split(":")[0] != _asked(ledger, choices) or made_from != fingerprint(ledger, choices):
            return None
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError):
        return None  # none, or not one of ours: it is computed anew


def store(ledger: Ledger, name: str, choices: Mapping[str, Any], frame: pl.DataFrame, folder: Path) -> Path:
    """Write one table whole: a reader sees the old one or the new one."""
    folder.mkdir(parents=True, exist_ok=True)
    path, temporary = folder / f"{name}.parquet", folder / f".{name}.parquet.new"
    frame.write_parquet(
        temporary,
        compression="zstd",
        compression_level=1,
        metadata={KEY: fingerprint(ledger, choices)},
    )
    temporary.replace(path)
    return path


def fingerprint(ledger: Ledger, choices: Mapping[str, Any]) -> str:
    """One line that changes with anything that could change a comparison: what was asked, and of what."""
    tables = {} if ledger.data_dir is None else _tables_digest(ledger)
    return f"{_asked(ledger, choices)}:{_short({'code': code_digest(), 'tables': tables})}"


def _asked(ledger: Ledger, choices: Mapping[str, Any]) -> str:
    return _short({"selection": ledger.choices, "choices": dict(choices)})


def _short(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _tables_digest(ledger: Ledger) -> dict[str, str]:
    key = "digest of the core tables"
    if key not in ledger.memo:
        assert ledger.data_dir is not None
        found = {name: table_parts(ledger.data_dir, name) for name in READ}
        ledger.memo[key] = {name: _digest(parts) for name, parts in found.items()}
    return ledger.memo[key]


def _digest(parts: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        with open(part, "rb") as handle:
            digest.update(hashlib.file_digest(handle, "blake2b").digest())
    return digest.hexdigest()


@cache
def code_digest() -> str:
    """Of the code and lookups that comparisons rest on, and of the libraries' versions."""
    import scipy

    digest = hashlib.blake2b(f"polars {pl.__version__} scipy {scipy.__version__}".encode(), digest_size=16)
    files = [p for room in ROOMS for p in (paths.PACKAGE / room).rglob("*.*")]
    files = [path for path in files if path.parent.name != "__pycache__"]
    for path in sorted([*files, paths.PACKAGE / "selection.py", paths.PACKAGE / "bodies.py"]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
