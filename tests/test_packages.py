"""Packages on request: who asks for what they do must be told how to get them, not shown a traceback."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from analysis import packages
from analysis.cli import main
from analysis.runs import messages

PROJECT = Path(__file__).resolve().parents[1]
EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


@pytest.mark.parametrize(
    ("package", "extra", "command"),
    [
        ("duckdb", "duckdb", ["export", "--format", "duckdb", "{out}/l.duckdb", "--data", "{data}"]),
        ("distributed", "dask", ["parse", "{raw}", "--engine", "dask", "--out", "{out}"]),
    ],
)
def test_a_missing_package_is_named_with_its_command(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    ledger_data: Path,
    package: str,
    extra: str,
    command: list[str],
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    places = {"out": tmp_path, "data": ledger_data, "raw": PROJECT / "data" / "raw"}
    result = CliRunner().invoke(main, [word.format(**places) for word in command])
    assert result.exit_code == 1 and isinstance(result.exception, SystemExit)
    assert result.output.strip().endswith(f"pip install 'zhenggai[{extra}]'")
    assert len(result.output.strip().splitlines()) == 1
    assert EXTRAS[extra] == [package]


def test_a_run_says_why_no_message_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(messages.VARIABLE, "json://127.0.0.1/secret-token")
    monkeypatch.setitem(sys.modules, "apprise", None)
    warning = messages.send("failure", {"run_id": "x", "outcome": "failed"})
    assert warning and warning.endswith("pip install 'zhenggai[notify]'") and "secret" not in warning
    assert EXTRAS["notify"] == ["apprise"]


def test_a_package_that_is_broken_is_not_called_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Installing it again would not help: the error itself is what helps."""
    (tmp_path / "half_installed.py").write_text("import a_part_that_is_not_there")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ImportError, match="a_part_that_is_not_there") as caught:
        packages.needed("half_installed", "dask", "this")
    assert not isinstance(caught.value, packages.MissingPackage)


def test_the_help_loads_none_of_the_heavy_packages() -> None:
    """``zhenggai --help`` is read while one waits for it."""
    code = "import sys, analysis.cli; print([n for n in ('polars', 'numpy', 'matplotlib', 'yaml', 'papermill') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
