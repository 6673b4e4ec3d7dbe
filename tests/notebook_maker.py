"""Small notebooks for the run tests."""

from __future__ import annotations

import json
from pathlib import Path


def make_notebook(path: Path, cells: list[str]) -> Path:
    """A notebook of code cells; the first is the parameters cell."""
    written = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {"tags": ["parameters"]} if i == 0 else {},
            "source": text,
            "execution_count": None,
            "outputs": [],
        }
        for i, text in enumerate(cells)
    ]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": written, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}),
        encoding="utf-8",
    )
    return path


def outputs_of(path: Path) -> list[list[dict]]:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell["outputs"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
