"""The notebooks in the hands of other programs: papermill, nbconvert, jupyter execute, nbmake, jupyter-scheduler.

Each is called as a person types it, from the folder that its users stand in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project_copy import PROJECT, environment_of

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, ledger_data: Path) -> Path:
    """A project with the notebooks and the tables of the five reports."""
    home = tmp_path_factory.mktemp("整改 项目")
    shutil.copytree(PROJECT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_*"))
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(ledger_data, home / "data" / "processed")
    return home


def call(home: Path, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    program, *arguments = words
    environment = environment_of(home, PYTHONPATH=str(PROJECT), PATH=f"{BIN}{os.pathsep}{os.environ['PATH']}")
    environment.pop("ZHENGGAI_HOME")
    return subprocess.run(
        [str(BIN / program), *arguments],
        cwd=cwd or home,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def words_of(notebook: Path) -> str:
    """Everything the executed cells display as text."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    shown = [o.get("data", {}) for c in content["cells"] for o in c.get("outputs", ())]
    return json.dumps(shown, ensure_ascii=False)


def test_papermill_takes_a_list_typed_on_the_command_line(home: Path) -> None:
    out = home / "out.ipynb"
    done = call(
        home, "papermill", "notebooks/03_completion.ipynb", str(out), "-p", "city_codes", '["210300"]'
    )
    assert done.returncode == 0, done.stderr[-2000:]
    shown = words_of(out)
    assert "鞍山" in shown and "丹东" not in shown


def test_papermill_takes_yaml_and_tells_the_parameters(home: Path) -> None:
    out = home / "yaml.ipynb"
    done = call(
        home, "papermill", "notebooks/02_problem_counts.ipynb", str(out), "-y", "{lang: en, unit: item}"
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Anshan" in words_of(out)
    told = call(home, "papermill", "--help-notebook", "notebooks/03_completion.ipynb")
    assert told.returncode == 0 and all(
        name in told.stdout for name in ("city_codes", "completion", "data_dir")
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("city_codes", "鞍汕", "鞍山"),
        ("completion", "lenent", "lenient"),
        ("first_year", "soon", "whole number"),
    ],
)
def test_a_wrong_value_gets_the_line_that_zhenggai_run_gives(
    home: Path, name: str, value: str, said: str
) -> None:
    refused = call(
        home, "papermill", "notebooks/03_completion.ipynb", str(home / "x.ipynb"), "-p", name, value
    )
    ours = call(home, "zhenggai", "run", "03", "-p", name, value)
    assert refused.returncode and ours.returncode == 2
    [line] = [line for line in ours.stderr.splitlines() if line.startswith("zhenggai: ")]
    assert said in line and said in refused.stderr


def test_nbconvert_and_jupyter_execute_run_it_as_it_is(home: Path) -> None:
    done = call(
        home,
        "jupyter-nbconvert",
        "--to",
        "html",
        "--execute",
        "notebooks/07_reconciliation.ipynb",
        "--output-dir",
        ".",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "鞍山" in (home / "07_reconciliation.html").read_text(encoding="utf-8")
    done = call(home, "jupyter-execute", "notebooks/05_timeline.ipynb", "--output", "timeline_executed")
    assert done.returncode == 0, done.stderr[-2000:]


def test_nbmake_and_jupyter_scheduler_run_it_on_its_defaults(home: Path) -> None:
    done = call(home, "pytest", "--nbmake", "-q", "-p", "no:cacheprovider", "notebooks/10_briefing.ipynb")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout[-2000:]
    # what jupyter-scheduler's default manager does with a job that has no parameters
    code = (
        "import nbformat, sys\n"
        "from nbconvert.preprocessors import ExecutePreprocessor\n"
        "from jupyter_scheduler.executors import DefaultExecutionManager\n"
        "nb = nbformat.read('notebooks/01_corpus_quality.ipynb', 4)\n"
        "ExecutePreprocessor(kernel_name='python3', store_widget_state=True, cwd='notebooks').preprocess(nb, {'metadata': {'path': 'notebooks'}})\n"
    )
    done = call(home, "python", "-c", code)
    assert done.returncode == 0, done.stderr[-2000:]


def test_run_names_its_copies_and_says_where_they_are(home: Path) -> None:
    """The second city must not overwrite the first."""
    for code in ("210300", "410200"):
        done = call(home, "zhenggai", "run", "08", "-p", "city_code", code)
        assert done.returncode == 0, done.stderr
        [path] = [Path(line.strip()) for line in done.stdout.splitlines() if line.strip().endswith(".ipynb")]
        assert code in path.name and path.is_file()
    done = call(home, "zhenggai", "run", "03", "-p", "data_dir", "nowhere")
    assert done.returncode == 2 and "nowhere" in done.stderr
