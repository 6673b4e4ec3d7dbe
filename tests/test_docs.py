"""The documents name the commands, tables, notebooks and parameters that exist, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.cli import main
from analysis.ledger.schemas import CORE_TABLES
from analysis.runs.parameters import declared_parameters

PROJECT = Path(__file__).resolve().parents[1]
READMES = [PROJECT / "README.md", PROJECT / "README.zh.md"]


@pytest.fixture(params=READMES, ids=lambda p: p.name)
def readme(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def test_every_command_stands_there(readme: str) -> None:
    for name in main.commands:
        assert f"`zhenggai {name}" in readme, name
    for named in re.findall(r"zhenggai ([a-z]+)[ `]", readme):
        assert named in main.commands, named


def test_every_option_named_for_a_command_exists(readme: str) -> None:
    for name, text in re.findall(r"^\| `zhenggai ([a-z]+)([^|]*(?:\\\|[^|]*)*)`", readme, flags=re.M):
        known = {option for parameter in main.commands[name].params for option in parameter.opts}
        for option in re.findall(r"--[a-z-]+", text):
            assert option in known, f"{name} {option}"


def test_every_table_stands_there(readme: str) -> None:
    for name in CORE_TABLES:
        assert f"| `{name}` |" in readme, name
    assert set(re.findall(r"^\| `(core_[a-z]+)`", readme, flags=re.M)) == set(CORE_TABLES)


def test_every_notebook_and_parameter_stands_there(readme: str) -> None:
    notebooks = sorted((PROJECT / "notebooks").glob("*.ipynb"))
    assert re.findall(r"^\| `(\d\d_[a-z_]+)`", readme, flags=re.M) == [p.stem for p in notebooks]
    for path in notebooks:
        for name in declared_parameters(path):
            assert f"`{name}`" in readme, f"{path.name}: {name}"


def test_the_two_commands_and_the_other_targets_exist(readme: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)", readme)):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    assert "make briefing" in readme and "make test" in readme


def test_every_file_linked_exists(readme: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", readme):
        if not target.startswith("http"):
            assert (PROJECT / target).exists(), target


def test_every_dependency_is_explained(readme: str) -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for line in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        name = re.match(r"[A-Za-z0-9-]+", line)[0]
        assert name in readme, f"{name}: what is it for?"


def test_the_walked_number_is_the_number(readme: str, ledger_data: Path) -> None:
    """The worked example of the documents, step by step, on the real reports."""
    from analysis import compare
    from analysis.ledger.explain import explain
    from analysis.selection import select

    [row] = [
        r
        for r in compare.completion(select(data_dir=ledger_data)).to_dicts()
        if r["notice_id"] == "anshan-2021" and r["definition_code"] == "itemised" and r["unit"] == "problem"
    ]
    assert (row["x_count"], row["n_count"]) == (50, 60)
    assert (
        f"{row['share']:.1%}".replace("%", "") in readme
        and f"{row['wilson_low']:.1%}"[:-1] in readme
        and f"{row['wilson_high']:.1%}"[:-1] in readme
    )
    counted = row["source_ids"]
    assert len(counted) == 50 and "anshan-2021/12" not in counted
    twelve = explain(ledger_data, "anshan-2021/12")
    assert twelve.row["status_code"] == "in_progress" and twelve.row["status_basis"] == "item"
    assert any(p.marked.startswith("正在整改") and p.before.endswith("整改情况：") for p in twelve.passages)
    check = explain(ledger_data, "anshan-2021!completed")
    assert check.row["stated_value"] == 53 and check.passages[0].marked == "已完成整改的问题53个"
