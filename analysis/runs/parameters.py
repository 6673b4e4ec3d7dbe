"""Notebook parameters, checked before anything is started.

Names and types come from the notebook itself: its one cell tagged ``parameters`` holds simple
annotated assignments (``first_year: int = 0  # …``). Values are checked by ``selection``, so that a
command refuses in the same words as the notebook's own ``select``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import paths
from analysis.selection import (
    COMPLETIONS,
    LANGS,
    UNITS,
    YEAR_BASES,
    SelectionError,
    check_choice,
    nearest,
    select,
)

ALLOWED = {"year_basis": YEAR_BASES, "completion": COMPLETIONS, "unit": UNITS, "lang": LANGS}
SELECTING = ("city_codes", "first_year", "last_year", "year_basis", "data_dir")
KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
}


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter as its notebook declares it."""

    name: str
    kind: str
    default: Any
    note: str


def suite_notebooks() -> list[Path]:
    """Notebooks of the suite, in order."""
    return sorted(paths.notebooks_dir().glob("[0-9][0-9]_*.ipynb"))


def find_notebook(name: str | Path) -> Path:
    """A notebook by path, by name (``03_completion``), number (``03``) or subject (``completion``).

    Raises SelectionError naming the nearest.
    """
    for path in (Path(name), paths.notebooks_dir() / name):
        if path.suffix == ".ipynb" and path.is_file():
            return path.resolve()
    known = {path.stem: path for path in suite_notebooks()}
    word = Path(name).stem if str(name).endswith(".ipynb") else str(name)
    for stem, found in known.items():
        if word in (stem, stem[:2], stem[3:]):
            return found
    guess = nearest(word, known)
    hint = f" Did you mean {guess!r}?" if guess else ""
    raise SelectionError(f"no notebook {str(name)!r}.{hint} The suite holds: {', '.join(known) or 'none'}.")


def read_cells(notebook: Path) -> list[dict[str, Any]]:
    """Cells of a notebook file; SelectionError where it is none."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if not all(isinstance(cell, dict) for cell in cells):
            raise ValueError("its cells are not cells")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SelectionError(f"{notebook.name} is not a readable notebook ({error}).") from None
    return cells


def declared_parameters(notebook: Path) -> dict[str, Declared]:
    """Parameters of a notebook by name, in the order of its ``parameters`` cell; none without such a cell.

    An assignment without an annotation takes the type of its default. Raises SelectionError where
    the file is no notebook, has several such cells, or an assignment there is no literal.
    """
    tagged = [c for c in read_cells(notebook) if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) > 1:
        raise SelectionError(f"{notebook.name} has {len(tagged)} cells tagged 'parameters'; it may have one.")
    found: dict[str, Declared] = {}
    for code in ("".join(cell["source"]) for cell in tagged):
        lines = code.splitlines()
        try:
            statements = ast.parse(code).body
        except SyntaxError as error:
            raise SelectionError(f"{notebook.name}: the parameters cell is not Python ({error}).") from None
        for statement in statements:
            declared = _declaration(statement, lines)
            if declared is None:
                raise SelectionError(
                    f"{notebook.name}, parameters cell line {statement.lineno}: expected 'name: type = literal'."
                )
            found[declared.name] = declared
    return found


def _declaration(statement: ast.stmt, lines: list[str]) -> Declared | None:
    """``name: type = literal  # note`` or ``name = literal``; None for anything else."""
    target: ast.expr
    if isinstance(statement, ast.AnnAssign):
        target, annotation = statement.target, ast.unparse(statement.annotation)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, annotation = statement.targets[0], ""
    else:
        return None
    if not isinstance(target, ast.Name) or statement.value is None:
        return None
    try:
        default = ast.literal_eval(statement.value)
    except ValueError:
        return None
    kind = annotation.split("[")[0] or type(default).__name__
    line = lines[(statement.end_lineno or 1) - 1]
    note = line.encode()[statement.end_col_offset or 0 :].decode(errors="ignore").partition("#")[2].strip()
    return Declared(target.id, kind, default, note)


def typed(declared: Declared, value: Any) -> Any:
    """``value`` as the declared type; text from a command line is converted, nothing else."""
    kind = declared.kind
    refused = SelectionError(
        f"{declared.name} takes {KINDS.get(kind, kind)}, not {value!r} ({type(value).__name__})."
    )
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind == "list":
        if isinstance(value, str):
            value = [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
        value = [value] if is_number else value
        if not isinstance(value, (list, tuple)) or not all(isinstance(part, (str, int)) for part in value):
            raise refused
        return [str(part) for part in value]
    if kind == "str" and (isinstance(value, str) or isinstance(value, int) and is_number):
        return str(value)  # 210300 typed for a city code
    if kind == "bool":
        if isinstance(value, bool) or str(value).lower() in ("true", "false", "yes", "no"):
            return str(value).lower() in ("true", "yes")
        raise refused
    if kind in ("int", "float") and (is_number or isinstance(value, str)):
        try:
            number = float(value)
        except ValueError:
            raise refused from None
        if kind == "float":
            return number
        if number.is_integer():
            return int(number)
    if kind not in KINDS:  # a type of the analyst's own: papermill hands the value over as it is
        return value
    raise refused


def check_run(
    notebooks: Iterable[Path], given: Mapping[str, Any], data_dir: Path
) -> dict[Path, dict[str, Any]]:
    """Checked parameters for each notebook of a run; defaults are not filled in.

    A name must be known to at least one notebook, a value must have the declared type, and the
    selection must hold a notice of the tables in ``data_dir``. Raises SelectionError.
    """
    known = {path: declared_parameters(path) for path in notebooks}
    every = sorted({name for declared in known.values() for name in declared})
    for name in given:
        if name not in every:
            guess = nearest(name, every)
            who = next(iter(known)).stem if len(known) == 1 else "this run"
            hint = f" Did you mean {guess!r}?" if guess else ""
            raise SelectionError(f"{who} has no parameter {name!r}.{hint} It takes: {', '.join(every)}.")
    return {path: _checked(declared, given, data_dir) for path, declared in known.items()}


def _checked(declared: Mapping[str, Declared], given: Mapping[str, Any], data_dir: Path) -> dict[str, Any]:
    checked = {name: typed(declared[name], value) for name, value in given.items() if name in declared}
    merged = {name: item.default for name, item in declared.items()} | checked
    for name, allowed in ALLOWED.items():
        if name in merged:
            check_choice(name, merged[name], allowed)
    if "data_dir" in declared:
        checked["data_dir"] = shown_folder(data_dir)
        select(**{n: merged[n] for n in SELECTING if n in merged and n != "data_dir"}, data_dir=data_dir)
        if merged.get("city_code"):
            select(city_codes=[merged["city_code"]], data_dir=data_dir)
    return checked


def shown_folder(folder: Path) -> str:
    """A data folder as notebooks name it: relative to theirs where it lies in the project."""
    import os

    target = folder.resolve()
    inside = target.is_relative_to(paths.project_home())
    return Path(os.path.relpath(target, paths.notebooks_dir())).as_posix() if inside else str(target)
