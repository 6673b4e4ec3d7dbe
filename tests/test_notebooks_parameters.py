"""Parameters: what a user loses when a misspelt or impossible parameter starts a run all the same."""

from __future__ import annotations

import pytest

from analysis.reporting import parameters as p
from analysis.reporting import runs
from tests.compare_notices import reference_five
from tests.notebook_maker import make_notebook


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for name, frame in reference_five().frames().items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def check(data, name="03_completion", **given):
    return p.check_parameters(runs.find_notebook(name), given, data)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"citycodes": ["210300"]}, ["no parameter 'citycodes'", "'city_codes'"]),
        ({"first_year": "soon"}, ["first_year", "a whole number", "'soon'"]),
        ({"first_year": 2021.5}, ["first_year", "a whole number"]),
        ({"first_year": True}, ["first_year", "bool"]),
        ({"city_codes": 7}, ["city_codes", "'7'", "210300"]),
        ({"city_codes": 2.5}, ["city_codes", "a list"]),
        ({"completion": "lenent"}, ["'lenient'", "strict, lenient"]),
        ({"year_basis": "published"}, ["'publication'", "inspection, feedback, publication"]),
        ({"lang": "de"}, ["lang", "zh, en"]),
        ({"unit": "task"}, ["unit", "problem, item"]),
        ({"city_codes": "鞍汕"}, ["鞍汕", "210300", "鞍山"]),
        ({"city_codes": ["210399"]}, ["210399", "210300"]),
        ({"first_year": 2022, "last_year": 2021}, ["after"]),
        ({"first_year": 2031}, ["no notice", "2025"]),
        ({"city_codes": ["210300"], "first_year": 2022}, ["no notice"]),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_and_says_what_would_do(data, given, words):
    with pytest.raises(p.ParameterError) as refused:
        check(data, **given)
    for word in words:
        assert word in str(refused.value)


def test_text_from_a_command_line_becomes_the_declared_type(data):
    assert check(data, city_codes="鞍山,410200", first_year="2019", completion="strict") == {
        "city_codes": ["210300", "410200"],
        "first_year": 2019,
        "completion": "strict",
    }
    assert check(data, city_codes=210300) == check(data, city_codes=["鞍山市"]) == {"city_codes": ["210300"]}


def test_a_pair_needs_two_different_notices_that_exist(data):
    assert check(data, "09_pair_comparison", left="210300", right="kaifeng-2020") == {
        "left": "210300",
        "right": "kaifeng-2020",
    }
    for given, word in (
        ({"left": "210300", "right": "210300"}, "both sides"),
        ({"left": "999999"}, "no notice or city"),
        ({"city_codes": ["210300"]}, "two notices"),
    ):
        with pytest.raises(p.ParameterError, match=word):
            check(data, "09_pair_comparison", **given)


def test_a_profile_of_a_city_outside_the_selection_is_refused(data):
    assert check(data, "08_city_profile", city_code="鞍山") == {"city_code": "210300"}
    with pytest.raises(p.ParameterError, match="outside"):
        check(data, "08_city_profile", city_code="210300", city_codes=["410200"])


def test_over_several_notebooks_each_gets_what_it_declares_and_a_stray_name_is_refused(data):
    both = [runs.find_notebook("03"), runs.find_notebook("08")]
    checked = p.check_run(both, {"city_code": "210300", "lang": "en"}, data)
    assert checked[both[0]] == {"lang": "en"} and checked[both[1]] == {"city_code": "210300", "lang": "en"}
    with pytest.raises(p.ParameterError, match="'lang'"):
        p.check_run(both, {"langue": "en"}, data)


def test_nothing_is_started_when_a_parameter_is_refused(data, tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "run_jobs", lambda *a, **k: pytest.fail("a run was started"))
    with pytest.raises(p.ParameterError):
        runs.run_notebooks(["03", "04"], {"langg": "en"}, tmp_path, data_dir=data)


def test_without_parsed_tables_the_message_says_what_to_run(tmp_path):
    with pytest.raises(p.ParameterError, match="zhenggai parse"):
        p.check_parameters(runs.find_notebook("03"), {"city_codes": "210300"}, tmp_path)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("x = 1", "expected 'name:"),
        ("x: str | None = None", "expected 'name:"),
        ("x: int = 1 + y", "literal"),
        ("x: int = (", "not Python"),
    ],
)
def test_a_parameters_cell_that_papermill_would_misread_is_refused(tmp_path, cell, words):
    with pytest.raises(p.ParameterError, match=words):
        p.declared_parameters(make_notebook(tmp_path / "n.ipynb", [cell]))


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "x.ipynb").write_text("not json")
    with pytest.raises(p.ParameterError, match="not a readable notebook"):
        p.declared_parameters(tmp_path / "x.ipynb")
