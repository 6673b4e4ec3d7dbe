"""What counts as changed: too little means a stale edition, too much means that nothing is ever reused."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest

from analysis.paths import PACKAGE
from analysis.reporting import fingerprints

KINDS = {
    "table": fingerprints.TABLE_ROOTS,
    "notebook": fingerprints.NOTEBOOK_ROOTS,
    "theme": fingerprints.EXPORT_ROOTS,
}


def test_every_module_of_reporting_decides_something_or_is_named_as_deciding_nothing() -> None:
    """A module that is only reached by its name at run time would slip through and leave stale editions."""
    present = {path.stem for path in (PACKAGE / "reporting").glob("[!_]*.py")}
    reached = {
        module.rpartition(".")[2]
        for roots in (*KINDS.values(), fingerprints.EDITION_ROOTS[1:])
        for module in fingerprints.reached_modules(roots)
        if module.startswith("analysis.reporting.")
    }
    named = set(fingerprints.RUN_MODULES)
    assert named <= present, "a module that is gone is still named"
    assert present - reached - named == set(), (
        "import it from a root of fingerprints.py, or name it in RUN_MODULES"
    )
    assert not named & {
        module.rpartition(".")[2]
        for roots in KINDS.values()
        for module in fingerprints.reached_modules(roots)
        if ".reporting." in module
    }


def test_every_reader_and_parser_counts_for_the_tables() -> None:
    reached = fingerprints.reached_modules(fingerprints.TABLE_ROOTS)
    for room in ("sources", "parsing"):
        for path in (PACKAGE / room).glob("[!_]*.py"):
            assert f"analysis.{room}.{path.stem}" in reached


def test_everything_that_a_notebook_loads_counts_for_it() -> None:
    """What the cells import is where the work of a notebook starts."""
    notebooks = PACKAGE.parent / "notebooks"
    roots = set()
    for path in notebooks.glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                roots |= {
                    node.module
                    for node in ast.walk(ast.parse("".join(cell["source"])))
                    if isinstance(node, ast.ImportFrom) and node.module.startswith("analysis")
                }
    assert roots and roots <= fingerprints.reached_modules(fingerprints.NOTEBOOK_ROOTS)


class Copy:
    """A copy of the package that may be changed, and what the fingerprints say about it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.before = self.asked()

    def asked(self) -> dict[str, str]:
        kinds = {
            "table": fingerprints.table_code,
            "notebook": fingerprints.notebook_code,
            "theme": fingerprints.theme_code,
            "edition": fingerprints.edition_code,
        }
        with pytest.MonkeyPatch.context() as patch:
            for name, part in (
                ("PACKAGE", ""),
                ("LOOKUPS", "lookups"),
                ("FONTS", "fonts"),
                ("TEMPLATES", "reporting/templates"),
            ):
                patch.setattr(fingerprints, name, self.folder / part)
            try:
                forget()
                return {kind: ask() for kind, ask in kinds.items()}
            finally:
                forget()


def forget() -> None:
    for kept in (
        fingerprints.table_code,
        fingerprints.notebook_code,
        fingerprints.theme_code,
        fingerprints.edition_code,
        fingerprints._imports,
    ):
        kept.cache_clear()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    target = tmp_path_factory.mktemp("package") / "analysis"
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__"))
    return Copy(target)


@pytest.mark.parametrize(
    ("name", "moved"),
    [
        ("sources/readers_pdf.py", {"table", "edition"}),
        ("lookups/codes_statuses.csv", {"table", "notebook", "theme", "edition"}),
        ("reporting/figures_ratios.py", {"notebook", "edition"}),
        ("reporting/templates/briefing.css", {"theme", "edition"}),
        ("reporting/templates/briefing.typ", {"theme", "edition"}),
        ("reporting/templates/words.json", {"theme", "edition"}),
        ("fonts/NotoSansSC-Bold.sub.ttf", {"notebook", "theme", "edition"}),
        ("reporting/changes.py", {"edition"}),
        ("reporting/messages.py", set()),
        ("reporting/templates/failure.html.j2", set()),
        ("fonts/OFL.txt", set()),
    ],
)
def test_a_change_moves_what_it_decides_and_nothing_else(package: Copy, name: str, moved: set[str]) -> None:
    path = package.folder / name
    content = path.read_bytes()
    path.write_bytes(content + b"\n")
    after = package.asked()
    path.write_bytes(content)
    assert {kind for kind in after if package.before[kind] != after[kind]} == moved


def test_a_copied_clone_with_new_time_stamps_is_the_same(package: Copy, tmp_path: Path) -> None:
    shutil.copytree(package.folder, tmp_path / "clone" / "analysis", copy_function=shutil.copyfile)
    assert Copy(tmp_path / "clone" / "analysis").before == package.before
