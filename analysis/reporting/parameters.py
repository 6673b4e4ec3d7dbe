"""Notebook parameters, checked before any kernel starts.

The types come from the notebook itself: its one cell tagged ``parameters`` holds simple
annotated assignments (``first_year: int = 0  # …``). A name that is not there, a value of
another type, a value outside the allowed ones or a selection that holds no notice raises
:class:`ParameterError`, which names the nearest valid choice.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ALLOWED: dict[str, tuple[str, ...]] = {
    "year_basis": ("inspection", "feedback", "publication"),
    "completion": ("strict", "lenient"),
    "unit": ("problem", "item"),
    "lang": ("zh", "en"),
}
_KINDS = {"str": str, "int": int, "float": float, "bool": bool, "list": list}


class ParameterError(ValueError):
    """A parameter that cannot be used; the message says which, why and what would do."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter as its notebook declares it."""

    name: str
    kind: str
    default: Any
    note: str


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like ``word``, or None when none is at all alike."""
    from rapidfuzz import fuzz, process

    found = process.extractOne(word.lower(), list(choices), scorer=fuzz.WRatio, score_cutoff=45)
    return found[0] if found else None


def _did_you_mean(word: str, choices: Iterable[str]) -> str:
    guess = nearest(word, choices)
    return f" Did you mean {guess!r}?" if guess else ""


def declared_parameters(notebook: Path) -> dict[str, Declared]:
    """Parameters of a notebook by name, in the order of its ``parameters`` cell.

    Raises ParameterError when the file is no notebook, or holds not exactly one such cell,
    or an assignment there is not a literal with a simple annotation.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    except FileNotFoundError:
        raise ParameterError(f"no notebook {notebook.name!r} in {notebook.parent}.") from None
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ParameterError(f"{notebook.name} is not a readable notebook ({error}).") from None
    tagged = [c for c in cells if "parameters" in c.get("metadata", {}).get("tags", [])]
    if len(tagged) != 1:
        raise ParameterError(
            f"{notebook.name} has {len(tagged)} cells tagged 'parameters'; it needs exactly one."
        )
    code = tagged[0]["source"]
    code = code if isinstance(code, str) else "".join(code)
    lines = code.splitlines()
    try:
        statements = ast.parse(code).body
    except SyntaxError as error:
        raise ParameterError(f"{notebook.name}: the parameters cell is not Python ({error}).") from None
    found: dict[str, Declared] = {}
    for statement in statements:
        simple = isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        kind = statement.annotation.id if simple and isinstance(statement.annotation, ast.Name) else ""
        if kind not in _KINDS or statement.value is None:
            raise ParameterError(
                f"{notebook.name}, parameters cell line {statement.lineno}: expected "
                f"'name: {'|'.join(_KINDS)} = literal'."
            )
        try:
            default = ast.literal_eval(statement.value)
        except ValueError:
            raise ParameterError(
                f"{notebook.name}, parameters cell line {statement.lineno}: the default must be a literal."
            ) from None
        comment = lines[statement.end_lineno - 1][statement.end_col_offset :].partition("#")[2].strip()
        found[statement.target.id] = Declared(statement.target.id, kind, default, comment)
    return found


def _typed(declared: Declared, value: Any) -> Any:
    """``value`` as the declared type; text from a command line is converted, nothing else."""
    name, kind = declared.name, declared.kind
    refused = ParameterError(f"{name} takes {_describe(kind)}, not {value!r} ({type(value).__name__}).")
    if kind == "list":
        if isinstance(value, str):
            value = [part.strip() for part in value.replace("，", ",").split(",") if part.strip()]
        if isinstance(value, int) and not isinstance(value, bool):
            value = [value]  # one code
        if not isinstance(value, (list, tuple)) or not all(isinstance(part, (str, int)) for part in value):
            raise refused
        return [str(part) for part in value]
    if kind == "str":
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)  # 210300 typed for a city code
        raise refused
    if kind == "bool":
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in ("true", "false", "yes", "no"):
            return value.lower() in ("true", "yes")
        raise refused
    if isinstance(value, bool):
        raise refused
    if isinstance(value, str):
        try:
            return _KINDS[kind](value.strip())
        except ValueError:
            raise refused from None
    if kind == "float" and isinstance(value, (int, float)) or kind == "int" and isinstance(value, int):
        return _KINDS[kind](value)
    raise refused


def _describe(kind: str) -> str:
    return {
        "str": "text",
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "list": "a list (comma-separated)",
    }[kind]


def _known_cities(data_dir: Path) -> dict[str, str]:
    """City codes and names of the parsed notices, by code."""
    import polars as pl

    from analysis.ledger.store import MissingTables, scan_table

    try:
        frame = scan_table(data_dir, "core_notices").select("city_code", "city_name").collect()
    except MissingTables:
        raise ParameterError(f"no parsed notices in {data_dir}: run 'zhenggai parse' first.") from None
    rows = frame.filter(pl.col("city_code").is_not_null()).unique().sort("city_code").rows()
    return {code: name or code for code, name in rows}


def _city(word: str, cities: Mapping[str, str], name: str) -> str:
    """City code for a code or a name of the data; refuses others with the nearest."""
    if word in cities:
        return word
    by_name = {label: code for code, label in cities.items()}
    for candidate in (word, word.removesuffix("市")):  # 市: city
        if candidate in by_name:
            return by_name[candidate]
    listed = ", ".join(f"{code} {label}" for code, label in cities.items()) or "none has a city code"
    guess = nearest(word, [*cities, *by_name])
    hint = f" Did you mean {by_name.get(guess, guess)} {cities[by_name.get(guess, guess)]}?" if guess else ""
    raise ParameterError(f"{name}: no notice of {word!r}.{hint} Available: {listed}.")


def check_parameters(
    notebook: Path, given: Mapping[str, Any], data_dir: Path | None = None, ignore: Iterable[str] = ()
) -> dict[str, Any]:
    """``given`` typed and checked for one notebook; defaults are not filled in.

    ``data_dir`` (a folder of parsed tables) also checks cities and that something is selected;
    without it the notebook's own is used. Names in ``ignore`` may be unknown here (another
    notebook of the same run takes them). Raises ParameterError.
    """
    declared = declared_parameters(notebook)
    checked: dict[str, Any] = {}
    for name, value in given.items():
        if name not in declared:
            if name in ignore:
                continue
            raise ParameterError(
                f"{notebook.stem} has no parameter {name!r}.{_did_you_mean(name, declared)} "
                f"It takes: {', '.join(declared)}."
            )
        value = _typed(declared[name], value)
        allowed = ALLOWED.get(name)
        if allowed and value not in allowed:
            raise ParameterError(
                f"{name} cannot be {value!r}.{_did_you_mean(value, allowed)} Allowed: {', '.join(allowed)}."
            )
        checked[name] = value
    merged = {name: item.default for name, item in declared.items()} | checked
    if data_dir is None:
        data_dir = Path(checked.get("data_dir") or merged.get("data_dir") or ".")
        data_dir = data_dir if data_dir.is_absolute() else notebook.parent / data_dir
    _check_selection(merged, checked, data_dir)
    return checked


def _check_selection(merged: dict[str, Any], checked: dict[str, Any], data_dir: Path) -> None:
    """Cities exist and the selection holds a notice; city names in ``checked`` become codes."""
    if "data_dir" not in merged:
        return
    cities = _known_cities(data_dir)
    if checked.get("city_codes"):
        checked["city_codes"] = [_city(word, cities, "city_codes") for word in checked["city_codes"]]
    if checked.get("city_code"):
        checked["city_code"] = _city(checked["city_code"], cities, "city_code")
    merged = merged | checked
    first, last = merged.get("first_year") or None, merged.get("last_year") or None
    if first and last and first > last:
        raise ParameterError(f"first_year {first} is after last_year {last}.")
    from analysis.compare.ledger import EmptySelection, load_ledger

    try:
        ledger = load_ledger(
            data_dir,
            tuple(merged.get("city_codes") or ()),
            first,
            last,
            merged.get("year_basis", "publication"),
        )
    except EmptySelection as error:
        raise ParameterError(str(error)) from None
    from analysis.reporting.sides import pick_pair  # two notices or two cities of the selection

    if merged.get("city_code") and merged["city_code"] not in ledger.notices["city_code"].to_list():
        raise ParameterError(
            f"city_code {merged['city_code']} lies outside city_codes or the years selected."
        )
    if "left" in merged and "right" in merged:
        try:
            pick_pair(ledger.notices, merged["left"], merged["right"])
        except LookupError as error:
            raise ParameterError(f"left/right: {error.args[0]}") from None


def check_run(
    notebooks: Iterable[Path], given: Mapping[str, Any], data_dir: Path | None = None
) -> dict[Path, dict[str, Any]]:
    """Checked parameters for each notebook of a run; a name must be known to at least one."""
    paths = list(notebooks)
    known = {path: declared_parameters(path) for path in paths}
    for name in given:
        if not any(name in declared for declared in known.values()):
            every = sorted({n for declared in known.values() for n in declared})
            raise ParameterError(
                f"no notebook of this run has a parameter {name!r}."
                f"{_did_you_mean(name, every)} They take: {', '.join(every)}."
            )
    return {path: check_parameters(path, given, data_dir, ignore=given) for path in paths}
