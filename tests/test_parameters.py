"""Parameters: what a user loses when a misspelt or impossible parameter starts a run all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis.runs import parameters as p
from analysis.selection import SelectionError
from tests.notebook_maker import make_notebook

SUITE = """city_codes: list = []  # 城市代码 / codes of the places
first_year: int = 0  # 起始年份 / first year
last_year: int = 0
year_basis: str = "publication"
completion: str = "lenient"
unit: str = "problem"
lang: str = "zh"
data_dir: str = "../data/processed"
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_notebook(tmp_path_factory.mktemp("nb") / "03_own.ipynb", [SUITE, "1"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"citycodes": ["210300"]}, ["no parameter 'citycodes'", "'city_codes'"]),
        ({"first_year": "soon"}, ["first_year", "a whole number", "'soon'"]),
        ({"first_year": 2021.5}, ["first_year", "a whole number"]),
        ({"first_year": True}, ["first_year", "bool"]),
        ({"city_codes": 7}, ["city_codes", "7", "210300"]),
        ({"completion": "lenent"}, ["'lenient'", "strict, lenient"]),
        ({"year_basis": "published"}, ["'publication'", "feedback"]),
        ({"lang": "de"}, ["lang", "zh, en"]),
        ({"unit": "task"}, ["unit", "problem, item"]),
        ({"city_codes": "鞍汕"}, ["鞍汕", "鞍山"]),
        ({"city_codes": ["210399"]}, ["210399", "210300"]),
        ({"first_year": 2022, "last_year": 2021}, ["after"]),
        ({"first_year": 2031}, ["no notice", "2025"]),
        ({"city_codes": ["210300"], "first_year": 2022}, ["no notice"]),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_and_says_what_would_do(
    notebook, ledger_data, given, words
):
    with pytest.raises(SelectionError) as refused:
        p.check_run([notebook], given, ledger_data)
    assert "\n" not in str(refused.value)
    for word in words:
        assert word in str(refused.value)


def test_text_from_a_command_line_becomes_the_declared_type(notebook, ledger_data):
    given = {"city_codes": "鞍山,410200", "first_year": "2019", "completion": "strict"}
    checked = p.check_run([notebook], given, ledger_data)[notebook]
    assert checked["city_codes"] == ["鞍山", "410200"] and checked["first_year"] == 2019
    assert p.check_run([notebook], {"city_codes": 210300}, ledger_data)[notebook]["city_codes"] == ["210300"]


def test_over_several_notebooks_each_gets_what_it_declares(notebook, ledger_data):
    profile = make_notebook(notebook.with_name("08_own.ipynb"), [SUITE + 'city_code: str = ""', "1"])
    checked = p.check_run([notebook, profile], {"city_code": 210300, "lang": "en"}, ledger_data)
    assert "city_code" not in checked[notebook] and checked[profile]["city_code"] == "210300"
    with pytest.raises(SelectionError, match="'lang'"):
        p.check_run([notebook, profile], {"langue": "en"}, ledger_data)


def test_a_profile_of_a_city_that_has_no_notice_is_refused(notebook, ledger_data):
    profile = make_notebook(notebook.with_name("08_own.ipynb"), [SUITE + 'city_code: str = ""', "1"])
    with pytest.raises(SelectionError, match="999999"):
        p.check_run([profile], {"city_code": "999999"}, ledger_data)


def test_without_parsed_tables_the_message_says_what_to_run(notebook, tmp_path):
    with pytest.raises(SelectionError, match="zhenggai parse"):
        p.check_run([notebook], {"city_codes": "210300"}, tmp_path)


@pytest.mark.parametrize(
    ("cell", "words"),
    [("x: int = 1 + y", "literal"), ("x: int = (", "not Python"), ("import os", "name: type = literal")],
)
def test_a_parameters_cell_that_papermill_would_misread_is_refused(tmp_path, cell, words):
    with pytest.raises(SelectionError, match=words):
        p.declared_parameters(make_notebook(tmp_path / "n.ipynb", [cell]))


def test_an_analysts_own_notebook_needs_no_parameters_and_no_annotations(tmp_path):
    """A notebook that papermill runs must not be refused for its style."""
    plain = make_notebook(tmp_path / "n.ipynb", ["top = 5  # rows\nname: str | None = None"])
    assert {n: d.kind for n, d in p.declared_parameters(plain).items()} == {
        "top": "int",
        "name": "str | None",
    }
    assert p.declared_parameters(plain)["top"].note == "rows"


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    for content in ("not json", "[]", '{"cells": [1]}', ""):
        (tmp_path / "x.ipynb").write_text(content)
        with pytest.raises(SelectionError, match="not a readable notebook"):
            p.declared_parameters(tmp_path / "x.ipynb")
