"""A small project folder of its own for tests that run the real commands."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from analysis.paths import PACKAGE

PROJECT = PACKAGE.parent
BRIEF = ["--format", "html", "--notebook", "03_completion"]


def copy_project(home: Path, reports: list[str]) -> Path:
    """Notebooks and the named raw reports with their sidecars; kaifeng.txt lies ready beside them."""
    (home / "data" / "raw").mkdir(parents=True)
    shutil.copytree(PROJECT / "notebooks", home / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name in reports:
        for path in PROJECT.joinpath("data", "raw").glob(f"{name}*"):
            shutil.copyfile(path, home / "data" / "raw" / path.name)
    shutil.copyfile(PROJECT / "data" / "raw" / "kaifeng.txt", home / "kaifeng.txt")
    return home


def run_command(home: Path, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    """``zhenggai`` in that folder, as a user would call it."""
    return subprocess.run([sys.executable, "-m", "analysis.cli", *arguments], cwd=home, capture_output=True, text=True, check=False,
                          timeout=timeout, env={**os.environ, "ZHENGGAI_HOME": str(home), "PYTHONUTF8": "1"})


def run_briefing(home: Path, *arguments: str, brief: bool = True) -> subprocess.CompletedProcess[str]:
    return run_command(home, "briefing", *(BRIEF if brief else BRIEF[:2]), *arguments)
