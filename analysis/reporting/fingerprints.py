"""Content fingerprints: what decides whether work has to be done again.

Inputs, parameters, code and lookups are hashed by content, never by time stamp, so that a copied
clone or a changed clock makes no difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis.paths import PACKAGE

CODE_SUFFIXES = {".py", ".csv", ".yml", ".json"}
THEME_SUFFIXES = {".typ", ".j2", ".css", ".js", ".ttf", ".xz"}
# Rooms that decide what the tables say; what only decides how they look is hashed apart.
TABLE_ROOMS = ("sources", "parsing", "tables", "lookups")
NOTEBOOK_ROOMS = (*TABLE_ROOMS, "compare")


def digest_of(content: Any) -> str:
    """Hex digest of any JSON-able content."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def file_digest(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _tree(paths: Iterable[Path], suffixes: set[str]) -> dict[str, str]:
    found = {}
    for root in paths:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
                found[path.relative_to(PACKAGE).as_posix()] = file_digest(path)
    return found


@lru_cache(maxsize=None)
def table_code() -> str:
    """Fingerprint of everything that decides the core tables."""
    return digest_of(_tree((PACKAGE / room for room in TABLE_ROOMS), CODE_SUFFIXES))


@lru_cache(maxsize=None)
def notebook_code() -> str:
    """Fingerprint of everything but the notebook itself that decides what an executed notebook holds."""
    rooms = [PACKAGE / room for room in NOTEBOOK_ROOMS] + [PACKAGE / "reporting"]
    return digest_of({path: digest for path, digest in _tree(rooms, CODE_SUFFIXES).items() if not _is_export_code(path)})


@lru_cache(maxsize=None)
def theme_code() -> str:
    """Fingerprint of what decides how a briefing looks: templates, fonts, exporters."""
    return digest_of({**_tree([PACKAGE / "reporting", PACKAGE / "fonts"], THEME_SUFFIXES),
                      **{p: d for p, d in _tree([PACKAGE / "reporting"], CODE_SUFFIXES).items() if _is_export_code(p)}})


EXPORT_MODULES = {"html", "pdf", "docx", "workbook", "workbook_csv", "source_pages", "gates", "render", "redact", "fonts"}


def _is_export_code(path: str) -> bool:
    return path.startswith("reporting/") and Path(path).stem.split("_")[0] in {name.split("_")[0] for name in EXPORT_MODULES}


def tables_digest(folder: Path) -> str:
    """Fingerprint of the core tables of a data folder."""
    names = sorted(p for p in folder.rglob("*.parquet") if not any(part.startswith(".") for part in p.relative_to(folder).parts))
    return digest_of({p.relative_to(folder).as_posix(): file_digest(p) for p in names if p.relative_to(folder).parts[0].startswith(("core_", "codes_"))})
