"""Content fingerprints: what decides whether work has to be done again.

Inputs, parameters, code and lookups are hashed by content, never by time stamp, so that a copied
clone or a changed clock makes no difference. Imports run one way through the rooms, so a kind of
work depends on its own room and on those before it, and on no other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from analysis.paths import PACKAGE

TABLE_ROOMS = ("paths.py", "lookups", "sources", "parsing", "ledger")
NOTEBOOK_ROOMS = (
    *TABLE_ROOMS,
    *(
        "selection.py",
        "english.py",
        "bodies.py",
        "compare",
        "links.py",
        "display",
        "figures",
        "tables",
        "text",
        "fonts",
    ),
    *("publishing/standard.py", "runs/shell.py", "runs/notebooks.py"),
)
EDITION_ROOMS = (*NOTEBOOK_ROOMS, "publishing", "runs/briefing.py", "runs/changes.py")
PACKAGES = (
    *(
        "polars",
        "pandas",
        "numpy",
        "scipy",
        "statsmodels",
        "matplotlib",
        "seaborn",
        "dataframely",
        "papermill",
    ),
    *(
        "ipython",
        "great-tables",
        "markdown-it-py",
        "typst",
        "jinja2",
        "python-docx",
        "xlsxwriter",
        "uharfbuzz",
    ),
    *("selectolax", "pypdfium2", "charset-normalizer", "rapidfuzz"),
)


def digest_of(content: Any) -> str:
    """Hex digest of any JSON-able content."""
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode(
            "utf-8", "surrogateescape"
        )
    ).hexdigest()


def file_digest(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@cache
def packages() -> dict[str, str]:
    """Versions of the packages that decide bytes: a newer one may draw or round differently."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def code(rooms: tuple[str, ...]) -> str:
    """Fingerprint of the code and data of some rooms of the package, and of the packages they stand on."""
    files: set[Path] = set()
    for room in rooms:
        place = PACKAGE / room
        files |= (
            {p for p in place.rglob("*") if p.is_file()}
            if place.is_dir()
            else {place} & set(PACKAGE.glob(room))
        )
    kept = sorted(path for path in files if "__pycache__" not in path.parts)
    return digest_of([{p.relative_to(PACKAGE).as_posix(): file_digest(p) for p in kept}, packages()])


def tree_digest(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Relative path → digest of every file; one that cannot be read says so."""
    found = {}
    for path in sorted(paths):
        name = (
            path.relative_to(root)
            .as_posix()
            .encode("utf-8", "surrogateescape")
            .decode("utf-8", "backslashreplace")
        )
        try:
            found[name] = file_digest(path)
        except OSError as error:
            found[name] = f"unreadable: {error.strerror}"
    return found


def tables_digest(folder: Path, prefixes: tuple[str, ...] = ("core_", "codes_")) -> str:
    """Fingerprint of the tables of a data folder whose names begin with ``prefixes``."""
    tables = (p for p in folder.rglob("*.parquet") if p.is_file())
    return digest_of(
        tree_digest((p for p in tables if p.relative_to(folder).parts[0].startswith(prefixes)), folder)
    )
