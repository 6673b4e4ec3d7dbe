"""The rooms of the package: imports run one way, modules stay small, nothing of one machine is in the tree."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "analysis"
ORDER = [
    "packages",
    "paths",
    "lookups",
    "sources",
    "parsing",
    "ledger",
    "english",
    "bodies",
    "selection",
    "compare",
    "links",
    "display",
    "figures",
    "text",
    "tables",
    "publishing",
    "runs",
    "cli",
]
# Plain record classes that a reader fills and the parser takes: no behaviour, no imports.
SHARED = {"analysis.parsing.records"}


def room_of(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] != "analysis" or len(parts) < 2:
        return None
    return "cli" if parts[1].startswith("cli") else parts[1]


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


MODULES = sorted(p for p in PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_run_one_way(path: Path) -> None:
    """A reader of one room must not have to know the rooms after it."""
    own = room_of("analysis." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    if own not in ORDER:
        return
    for module in imports_of(path):
        other = room_of(module)
        if other in ORDER and not any(module.startswith(name) for name in SHARED):
            assert ORDER.index(other) <= ORDER.index(own), f"{own} imports {module}"


PARSING = ["text", "words", "statements", "layout", "results", "facts", "metadata", "types"]
PARSER_MODULES = [path for path in MODULES if path.parent.parent.name == "parsing"]


@pytest.mark.parametrize("path", PARSER_MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_the_rooms_of_the_parser_run_one_way(path: Path) -> None:
    """Who mends the reading of a word must not have to know the layouts that use it."""
    for module in imports_of(path):
        parts = module.split(".")
        if parts[:2] == ["analysis", "parsing"] and len(parts) > 2 and parts[2] in PARSING:
            assert PARSING.index(parts[2]) <= PARSING.index(path.parent.name), f"{path.name} imports {module}"


def test_parsing_knows_no_files_and_no_frames() -> None:
    for path in (PACKAGE / "parsing").rglob("*.py"):
        loaded = {module.split(".")[0] for module in imports_of(path)}
        assert not loaded & {"polars", "pandas", "pathlib", "os", "pyarrow"}, path.name


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(PROJECT), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [PROJECT / name for name in listed.stdout.decode().split("\0") if name]


def test_no_machine_and_no_index_is_named() -> None:
    """A path or host of one machine breaks the project on every other."""
    paths = re.compile(rb"(^|[^A-Za-z0-9_.])/(work|farm|root|home)/[A-Za-z0-9_.]")
    hosts = re.compile(rb"(index-url|extra-index|find-links|resolved)[^a-z\n]{0,5}(https?|file)://")
    for path in tracked_files():
        if (
            path.is_file()
            and path.suffix not in {".pdf", ".docx", ".ttf", ".png", ".xz", ".xlsx"}
            and path != Path(__file__)
        ):
            content = path.read_bytes()
            assert not paths.search(content), f"{path.name} names a path of a machine"
            assert not hosts.search(content), f"{path.name} names a package index"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_lock_pins_every_package_with_a_hash(lock: str) -> None:
    text = (PROJECT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(
        r"\n(?=[A-Za-z0-9])", "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    )
    assert entries and all("--hash=sha256:" in entry for entry in entries if entry.strip())


def test_the_top_level_holds_what_was_agreed() -> None:
    shown = {p.relative_to(PROJECT).parts[0] for p in tracked_files()}
    assert {"pyproject.toml", "notebooks", "analysis", "data", "reports", "tests"} <= shown
    allowed = {
        "pyproject.toml",
        "notebooks",
        "analysis",
        "data",
        "reports",
        "tests",
        "README.md",
        "README.zh.md",
        "CHANGELOG.md",
        "CITATION.cff",
        "CONTRIBUTING.md",
        "SECURITY.md",
        ".github",
        "Makefile",
        "LICENSE",
        "requirements.lock",
        "requirements-dev.lock",
        ".gitignore",
        ".gitattributes",
        ".ci",
    }
    assert shown <= allowed, shown - allowed
