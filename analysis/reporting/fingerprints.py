"""Content fingerprints: what decides whether work has to be done again.

Inputs, parameters, code and lookups are hashed by content, never by time stamp, so that a copied
clone or a changed clock makes no difference. Which code decides a result is read from the import
statements: a module counts for a kind of work when that work's roots import it, directly or not.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from analysis.paths import FONTS, LOOKUPS, PACKAGE, TEMPLATES

# Where each kind of work starts; everything these import, also inside functions, counts for it.
# ``.*`` takes a whole room: its modules find each other by name, not by import.
TABLE_ROOTS = ("analysis.ledger.build", "analysis.sources.*", "analysis.parsing.*")
NOTEBOOK_ROOTS = (
    "analysis.reporting.notebook",
    "analysis.reporting.runs",
    "analysis.reporting.engine_worker",
    "analysis.compare.outputs",
)
EXPORT_ROOTS = ("analysis.reporting.render",)
# What binds the parts of an edition together; it changes neither tables nor executed notebooks.
EDITION_ROOTS = ("analysis.reporting.stages", "analysis.reporting.changes", "analysis.reporting.edition_page")
# Modules that organise runs and never change what an edition says.
RUN_MODULES = (
    "briefing",
    "cities",
    "editions",
    "engine_entry",
    "fingerprints",
    "history",
    "index_page",
    "messages",
    "run_record",
    "schedule_loop",
    "schedule_status",
    "schedule_units",
    "stages",
)
PACKAGES = (
    "polars",
    "pandas",
    "numpy",
    "scipy",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "dataframely",
    "papermill",
    "ipython",
    "typst",
    "jinja2",
    "python-docx",
    "xlsxwriter",
    "uharfbuzz",
    "selectolax",
    "pypdfium2",
    "charset-normalizer",
    "rapidfuzz",
)
DATA_SUFFIXES = {".csv", ".yml", ".yaml", ".json", ".typ", ".j2", ".css", ".js", ".ttf", ".xz"}
# Pages about runs, not about notices.
RUN_TEMPLATES = {"editions.html.j2", "failure.html.j2"}


def digest_of(content: Any) -> str:
    """Hex digest of any JSON-able content."""
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False, default=str).encode()
    ).hexdigest()


def file_digest(path: Path) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _module_path(module: str) -> Path | None:
    """The file of a module of this package, or None (another package, or a name inside a module)."""
    parts = module.split(".")
    if parts[0] != PACKAGE.name:
        return None
    base = PACKAGE.joinpath(*parts[1:])
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _imports(path: Path) -> frozenset[str]:
    """Modules that a file of this package imports anywhere in it."""
    named: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            named |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(name for name in named if name.startswith(f"{PACKAGE.name}.") and _module_path(name))


def reached_modules(roots: Iterable[str]) -> frozenset[str]:
    """The roots and every module of this package that they import, directly or not."""
    found: set[str] = set()
    waiting: list[str] = []
    for root in roots:
        if root.endswith(".*"):
            room = root.removesuffix(".*")
            waiting += [
                f"{room}.{path.stem}" for path in PACKAGE.joinpath(*room.split(".")[1:]).glob("[!_]*.py")
            ]
        else:
            waiting.append(root)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting.extend(_imports(_module_path(module)))
    return frozenset(found)


def _digests(paths: Iterable[Path]) -> dict[str, str]:
    return {path.relative_to(PACKAGE).as_posix(): file_digest(path) for path in sorted(set(paths))}


def _code(roots: Iterable[str]) -> dict[str, str]:
    return _digests(_module_path(module) for module in reached_modules(roots))


def _data(folder: Path) -> dict[str, str]:
    return _digests(
        p
        for p in folder.rglob("*")
        if p.is_file() and p.suffix in DATA_SUFFIXES and p.name not in RUN_TEMPLATES
    )


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
def table_code() -> str:
    """Fingerprint of everything but the files read that decides the core tables."""
    return digest_of([_code(TABLE_ROOTS), _data(LOOKUPS), packages()])


@cache
def notebook_code() -> str:
    """Fingerprint of everything but the notebook, its parameters and the tables that decides an executed notebook.

    The fonts count: charts are measured and drawn with them.
    """
    return digest_of([_code(NOTEBOOK_ROOTS), _data(LOOKUPS), _data(FONTS), packages()])


@cache
def theme_code() -> str:
    """Fingerprint of what decides how a briefing looks: exporters, templates, fonts, words."""
    return digest_of([_code(EXPORT_ROOTS), _data(LOOKUPS), _data(FONTS), _data(TEMPLATES), packages()])


@cache
def edition_code() -> str:
    """Fingerprint of all code that decides what an edition holds."""
    return digest_of(
        [table_code(), notebook_code(), theme_code(), _digests(_module_path(root) for root in EDITION_ROOTS)]
    )


def tables_digest(folder: Path, prefixes: tuple[str, ...] = ("core_", "codes_")) -> str:
    """Fingerprint of the tables of a data folder whose names begin with ``prefixes``."""
    found = {}
    for path in sorted(folder.rglob("*.parquet")):
        place = path.relative_to(folder)
        if place.parts[0].startswith(prefixes):
            found[place.as_posix()] = file_digest(path)
    return digest_of(found)
