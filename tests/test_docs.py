"""What the documents say can be done: a command, path, table or number that is wrong there costs a reader an hour."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from analysis.cli import main
from analysis.ledger.schemas import CORE_TABLES
from analysis.runs.parameters import declared_parameters
from tests.project_copy import copy_project, run_command

PROJECT = Path(__file__).resolve().parents[1]
READMES = [PROJECT / "README.md", PROJECT / "README.zh.md"]
DOCUMENTS = [*READMES, *(PROJECT / name for name in ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"))]
REPORTS = ("anshan", "dandong", "kaifeng", "yiyang", "yushu")


@pytest.fixture(params=READMES, ids=lambda p: p.name)
def readme(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


@pytest.fixture
def english() -> str:
    """For what is run: ``test_both_languages_say_the_same`` holds the other to it."""
    return READMES[0].read_text(encoding="utf-8")


@pytest.fixture(params=DOCUMENTS, ids=lambda p: p.name)
def document(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(ledger_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder of a user who has run the parser."""
    copied = copy_project(tmp_path_factory.mktemp("user") / "home", list(REPORTS))
    shutil.copytree(ledger_data, copied / "data" / "processed")
    (copied / "reports" / "latest").mkdir(parents=True)
    return copied


@pytest.fixture
def home(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, with the user standing in it."""
    monkeypatch.setenv("ZHENGGAI_HOME", str(project))
    monkeypatch.chdir(project)
    return project


def call(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def blocks(text: str, language: str = "") -> list[str]:
    """What stands between fences of a language, * for any."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, flags=re.M | re.S)
    return [block for named, block in found if language in (named, "*")]


def shell_calls(text: str) -> list[list[str]]:
    """The words behind ``zhenggai`` of every call that a document shows, in blocks and in running text."""
    lines = [line for block in blocks(text) for line in block.splitlines()]
    shown = [line.partition("zhenggai ")[2] for line in lines if re.match(r"(\.venv/bin/)?zhenggai ", line)]
    shown += re.findall(r"`zhenggai ([^`…|]*)`", re.sub(r"^\|.*$", "", text, flags=re.M))
    calls = [shlex.split(line, comments=True) for line in shown]
    return [words for words in calls if not {"COMMAND", "PATH", "ID"} & set(words)]


def test_every_command_stands_there(readme: str) -> None:
    for name in main.commands:
        assert f"| `zhenggai {name}" in readme, name


def test_every_call_that_is_shown_is_understood(document: str) -> None:
    for words in shell_calls(document):
        result = call(*words, "--help")
        assert result.exit_code == 0, f"zhenggai {shlex.join(words)}: {result.output}"


def test_every_option_of_a_command_stands_there_and_no_other(readme: str) -> None:
    lines = dict(re.findall(r"^\| `zhenggai ([a-z]+)(.*)$", readme, flags=re.M))
    for name in ("parse", "check", "verify", "explain", "run", "briefing", "export", "review", "history"):
        known = {
            option
            for parameter in main.commands[name].params
            if not getattr(parameter, "hidden", False)
            for option in parameter.opts
            if option.startswith("--")
        }
        assert set(re.findall(r"--[a-z-]+", lines[name])) == known, name


def test_every_id_that_is_named_can_be_explained(document: str, home: Path) -> None:
    named = set(
        re.findall(r"(?:anshan|dandong|kaifeng|yiyang|yushu)-\d{4}(?:[/#!][a-z0-9.#_]*[a-z0-9])?", document)
    )
    for row_id in named - {"anshan-2021/a"}:
        result = call("explain", row_id)
        assert result.exit_code == 0 and row_id in result.output, result.output


def test_every_table_stands_there_and_every_one_named_exists(document: str, readme: str) -> None:
    from analysis.ledger.codes import read_code_lists
    from analysis.publishing.dictionary import DECLARED

    for name in CORE_TABLES:
        assert f"| `{name}` |" in readme, name
    for name in re.findall(r"`((?:core|out|codes)_[a-z_]+)`", document + readme):
        assert name in DECLARED or name in read_code_lists(), name


def test_every_notebook_and_parameter_stands_there(readme: str) -> None:
    notebooks = sorted((PROJECT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert re.findall(r"^\| `(\d\d_[a-z_]+)`", readme, flags=re.M) == [p.stem for p in notebooks]
    for path in notebooks:
        for name in declared_parameters(path):
            assert f"`{name}`" in readme, f"{path.name}: {name}"


def test_every_target_of_make_exists(document: str, readme: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for target in set(
        re.findall(r"\bmake ([a-z-]+)`", document) + re.findall(r"^make ([a-z-]+)", document, re.M)
    ):
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    assert "make briefing  " in readme and "make test  " in readme


def test_every_path_exists(document: str) -> None:
    """Links, and files of the project named in running text; what a run makes is made by runs."""
    for target in re.findall(r"\]\(([^)]+)\)", document):
        if target.startswith("#"):
            heads = [
                re.sub(r"[^\w一-鿿 -]", "", head).strip().lower().replace(" ", "-")
                for head in re.findall(r"^#+ (.*)$", document, flags=re.M)
            ]
            assert target[1:] in heads, target
        elif not target.startswith("http"):
            assert (PROJECT / target).exists(), target
    paths = re.findall(r"`((?:analysis|tests|data/raw|notebooks|\.ci|\.github)/[^`*<…]*)`", document)
    for path in paths:
        if Path(path).stem not in ("NAME.md", "my", "my_chapter"):
            assert (PROJECT / path).exists(), path


def test_every_dependency_is_explained(readme: str) -> None:
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        name = re.match(r"[A-Za-z0-9-]+", line)[0]
        assert name in readme, f"{name}: what is it for?"


def test_the_exit_codes_are_those(english: str, home: Path, tmp_path: Path) -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", english, flags=re.M)}
    assert codes == {0, 1, 2, 3, 4, 5}
    text = (home / "data" / "raw" / "anshan.txt").read_bytes()
    folders = {name: tmp_path / name for name in ("good", "bad", "both")}
    for name, folder in folders.items():
        folder.mkdir()
        if name != "bad":
            (folder / "a.txt").write_bytes(text)
        if name != "good":
            (folder / "b.txt").write_text("今天天气很好。", encoding="utf-8")
    out = str(tmp_path / "out")
    got = {name: call("parse", str(folder), "--out", out).exit_code for name, folder in folders.items()}
    assert got == {"good": 0, "bad": 1, "both": 3}
    assert call("parse", str(tmp_path / "none")).exit_code == 2
    assert call("verify").exit_code == 0 and call("check").exit_code == 0
    assert call("check", "--strict").exit_code == 4
    assert call("run", "03_completion", "-p", "city_codes", "Atlantis").exit_code == 2


def test_the_python_that_is_shown_runs(english: str, home: Path) -> None:
    assert call("export", "--format", "xlsx", "reports/latest/ledger.xlsx").exit_code == 0
    shown = blocks(english, "python")
    assert len(shown) == 2
    made: dict[str, object] = {}
    for block in shown:
        exec(compile(block, "README", "exec"), made)  # noqa: S102  (our own document)
    ratios, problems, same = made["ratios"], made["problems"], made["same"]
    assert set(ratios["city_name"]) == {"鞍山", "益阳"}
    assert list(same.columns) == list(problems.columns) and len(same) == len(problems) > 100


def test_the_line_for_a_chapter_of_your_own_is_taken(english: str, home: Path) -> None:
    from analysis.runs.chapters import listed_chapters

    [line] = blocks(english, "yaml")
    shutil.copyfile(home / "notebooks" / "03_completion.ipynb", home / "notebooks" / "my_chapter.ipynb")
    with open(home / "notebooks" / "briefing.yml", "a", encoding="utf-8") as handle:
        handle.write(line)
    assert [entry["file"] for entry in listed_chapters()][-1] == "my_chapter.ipynb"


@pytest.mark.slow
def test_the_notebook_that_is_shown_runs(english: str, home: Path) -> None:
    [words] = [words for words in shell_calls(english) if words[0] == "run"]
    result = run_command(home, *words)
    assert result.returncode == 0, result.stderr
    assert list((home / "reports" / "notebooks").glob("03_completion-*.ipynb"))


def test_the_schedule_that_is_shown_is_taken(english: str, home: Path) -> None:
    [install] = [words for words in shell_calls(english) if words[:2] == ["schedule", "install"]]
    shown = call(*install, "--print")
    assert shown.exit_code == 0 and "briefing" in shown.output
    assert call("schedule", "status").exit_code == 0
    assert "reports" in call("history").output, "without a run, history says where it looked"


def test_the_counts_of_the_introduction_are_the_counts(readme: str, home: Path) -> None:
    from analysis import compare, select
    from analysis.ledger.codes import read_code_lists

    types = read_code_lists()["codes_problem_types"].filter(pl.col("code") != "unclassified").height
    assert f"{types} problem types" in readme or f"{types} 类" in readme
    rows = compare.completion(select(city_codes="鞍山")).filter(unit="problem")
    stated = rows.row(by_predicate=pl.col("definition_code") == "stated", named=True)
    items = rows.row(by_predicate=pl.col("definition_code") == "itemised", named=True)
    told = [
        stated["x_count"],
        stated["n_count"] - stated["x_count"],
        items["n_count"],
        items["x_count"],
        items["n_count"] - items["x_count"],
    ]
    line = next(line for line in readme.splitlines() if "53" in line and "60" in line)
    assert [int(number) for number in re.findall(r"\d+", line)] == told


def test_the_walked_number_is_the_number(readme: str, home: Path) -> None:
    """The worked example, step by step, on the real reports."""
    from analysis import compare, select
    from analysis.links import source_href

    ratios = compare.completion(select(), unit="problem").filter(notice_id="anshan-2021")
    row = ratios.row(by_predicate=pl.col("definition_code") == "itemised", named=True)
    said = re.search(r"\*\*(\d+)/(\d+) = ([\d.]+) ?% ?[(（]([\d.]+)–([\d.]+)[)）]\*\*", readme)
    assert said is not None
    percent = [f"{row[name]:.1%}".rstrip("%") for name in ("share", "wilson_low", "wilson_high")]
    assert list(said.groups()) == [str(row["x_count"]), str(row["n_count"]), *percent]
    assert f"{row['wilson_low']:.3f}–{row['wilson_high']:.3f}" in readme
    assert len(row["source_ids"]) == row["x_count"] and "anshan-2021/12" not in row["source_ids"]
    assert "R" in row["flags"]
    twelve = call("explain", "anshan-2021/12").output
    for shown in ("status_code: in_progress", "status_basis: item", "整改情况：【正在整改。】"):
        assert shown in readme and shown.removesuffix("。】") in twelve, shown
    check = call("explain", "anshan-2021!completed").output
    assert "【已完成整改的问题53个】" in readme and "【已完成整改的问题53个】" in check
    listed = re.search(r"counted_quote_text: (.*)", check)[1]
    assert listed.count("/") == 24 and listed.endswith("(50)") and "24" in readme
    stated = ratios.row(by_predicate=pl.col("definition_code") == "stated", named=True)
    assert f"{stated['x_count']}/{stated['n_count']}" in readme
    assert source_href("anshan-2021/12").endswith("sources/anshan-2021.html#p12")


def test_both_languages_say_the_same() -> None:
    """Same commands, tables, notebooks, code and numbers, in the same order."""
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    for pattern in (
        r"^#+ ",
        r"^\| `([^`]*)`",
        r"`[a-z_]+\.(?:html|pdf|docx|xlsx|ipynb|yml)`",
        r"https?://[^)]+",
    ):
        assert re.findall(pattern, english, flags=re.M) == re.findall(pattern, chinese, flags=re.M), pattern
    code = [re.sub(r" *#.*", "", block).replace('"en"', '"zh"') for block in blocks(english, "*")]
    assert code == [re.sub(r" *#.*", "", block) for block in blocks(chinese, "*")]
