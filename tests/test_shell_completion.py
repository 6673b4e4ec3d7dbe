"""The Tab key: who has to look IDs up elsewhere will not walk from a number to its sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import get_completion_class

from analysis.cli import main

SHELLS = ("bash", "zsh")


def offered(monkeypatch: pytest.MonkeyPatch, shell: str, line: str, typed: str) -> set[str]:
    """What the shell would show for ``line`` with ``typed`` as its last word."""
    words = ["zhenggai", *line.split(), typed]
    monkeypatch.setenv("COMP_WORDS", " ".join(words))
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1))
    completer = get_completion_class(shell)(main, {}, "zhenggai", "_ZHENGGAI_COMPLETE")
    return {item.value for item in completer.get_completions(*completer.get_completion_args())}


@pytest.mark.parametrize("shell", SHELLS)
def test_ids_are_offered_step_by_step(monkeypatch: pytest.MonkeyPatch, ledger_data: Path, shell: str) -> None:
    line = f"explain --data {ledger_data}"
    assert offered(monkeypatch, shell, line, "an") == {"anshan-2021"}
    problems = offered(monkeypatch, shell, line, "anshan-2021/1")
    assert {"anshan-2021/1", "anshan-2021/12"} <= problems and not any("#" in name for name in problems)
    assert "anshan-2021/12#m1" in offered(monkeypatch, shell, line, "anshan-2021/12#")
    assert "anshan-2021!completed" in offered(monkeypatch, shell, line, "anshan-2021!")


def test_without_a_ledger_the_tab_key_stays_silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert offered(monkeypatch, "bash", f"explain --data {tmp_path}", "a") == set()


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_options_are_offered(monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    assert offered(monkeypatch, shell, "", "exp") == {"export", "explain"}
    assert "--strict" in offered(monkeypatch, shell, "check", "--")


@pytest.mark.parametrize("shell", SHELLS)
def test_notebooks_and_cities_are_offered(
    monkeypatch: pytest.MonkeyPatch, ledger_data: Path, shell: str
) -> None:
    monkeypatch.setenv("ZHENGGAI_DATA", str(ledger_data))
    assert offered(monkeypatch, shell, "run", "03") == {"03_completion"}
    assert offered(monkeypatch, shell, "briefing --notebook", "11") == {"11_across_years"}
    assert {"210300", "210600"} <= offered(monkeypatch, shell, "briefing --city", "21")
    assert offered(monkeypatch, shell, "compare --city", "鞍") == {"鞍山"}
