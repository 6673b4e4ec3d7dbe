"""The notebooks of the suite: an analyst would open old results, a wall of code, or a page twice in one briefing."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter

import pytest

from analysis import figures, tables, text
from analysis.paths import PACKAGE

NOTEBOOKS = sorted((PACKAGE.parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
PROFILES = {"00_start", "08_city_profile", "09_pair_comparison"}  # not parts of the briefing itself


def cells(path, kind: str = "code") -> list[dict]:
    return [
        cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind
    ]


def tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_clean_and_bilingual(path):
    code = cells(path)
    assert 3 <= len(code) <= 16
    assert [tags(cell) for cell in code].count(["parameters"]) == 1
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code), (
        "run and saved with its outputs"
    )
    every = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert len({cell["id"] for cell in every}) == len(every)
    for cell in cells(path, "markdown"):
        words = "".join(cell["source"])
        assert tags(cell) == ["remove-cell"], "what is bound comes from code cells, in the language asked for"
        assert re.search("[\u4e00-\u9fff]", words) and re.search("[A-Za-z]{4}", words)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_function_that_a_notebook_calls_exists(path):
    rooms = {"figures": figures, "tables": tables, "text": text}
    for cell in cells(path):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id in rooms
            ):
                assert node.attr in rooms[node.value.id].__all__, f"{node.value.id}.{node.attr}"


def test_nothing_stands_twice_in_the_briefing():
    shown = Counter(
        call
        for path in NOTEBOOKS
        if path.stem not in PROFILES
        for cell in cells(path)
        if not set(tags(cell)) & {"remove-output", "hide-output"}
        for call in re.findall(r"\b(?:figures|tables|text)\.\w+", "".join(cell["source"]))
    )
    assert not [call for call, times in shown.items() if times > 1]
