"""The chapters of a briefing: ``notebooks/briefing.yml``, in order, as in Jupyter Book's ``_toc.yml``.

An entry is a path relative to the file, with options::

    - file: 03_completion.ipynb
      core: true                  # an edition without it is not published
    - file: 08_city_profile.ipynb
      for_each: city              # a profile for each city, in a document of its own
      parameters: {unit: item}
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from analysis import paths
from analysis.runs.parameters import declared_parameters, find_notebook
from analysis.selection import SelectionError

LIST_NAME = "briefing.yml"
PROFILES = 60  # cities with a profile of their own unless more are asked for
OPTIONS = {"file", "core", "for_each", "parameters"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """A notebook to run and bind: ``name`` of its executed copy, its own parameters.

    ``city_code`` is set for a profile, which becomes a document of its own.
    """

    source: Path
    name: str
    is_core: bool = False
    is_added: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)
    city_code: str = ""


def listed_chapters(added: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Entries of ``briefing.yml`` and one for each notebook ``added`` to this run.

    Raises SelectionError that names the file, the entry and what is wrong with it.
    """
    path = paths.notebooks_dir() / LIST_NAME
    try:
        entries = list((yaml.safe_load(path.read_text(encoding="utf-8")) or {})["chapters"])
    except (OSError, yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise SelectionError(f"{path.name} cannot be read as a list of chapters ({error}).") from None
    found = []
    for number, entry in enumerate(entries, 1):
        entry = {"file": entry} if isinstance(entry, str) else entry
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str) or set(entry) - OPTIONS:
            raise SelectionError(
                f"{path.name}, chapter {number}: expected 'file: NAME.ipynb' with {', '.join(sorted(OPTIONS))}."
            )
        if entry.get("for_each") not in (None, "city"):
            raise SelectionError(
                f"{path.name}, chapter {number}: for_each takes city, not {entry['for_each']!r}."
            )
        source = (path.parent / entry["file"]).with_suffix(".ipynb")
        if not source.is_file():
            raise SelectionError(f"{path.name}, chapter {number}: there is no notebook {entry['file']}.")
        found.append({**entry, "source": source})
    taken = {entry["source"].resolve() for entry in found}
    extra = [source for source in map(find_notebook, added) if source not in taken]
    return found + [{"source": source, "is_added": True} for source in extra]


def passed_over(entries: list[dict[str, Any]]) -> list[str]:
    """Names of notebooks in the folder that no chapter names."""
    taken = {entry["source"].name for entry in entries}
    return sorted(path.name for path in paths.notebooks_dir().glob("*.ipynb") if path.name not in taken)


def plan(entries: list[dict[str, Any]], cities: pl.DataFrame, profiles: int = PROFILES) -> list[Chapter]:
    """Chapters in binding order; an entry ``for_each: city`` gives one for each of the first ``profiles`` cities.

    ``cities``: ``city_code``, ``city_name``.
    """
    chapters: list[Chapter] = []
    for entry in entries:
        source, own = entry["source"], dict(entry.get("parameters") or {})
        if entry.get("for_each") == "city":
            for code in cities.filter(pl.col("city_code").is_not_null())["city_code"].head(profiles):
                name = f"{source.stem}-{code}.ipynb"
                chapters.append(Chapter(source, name, parameters={**own, "city_code": code}, city_code=code))
        else:
            is_core, is_added = bool(entry.get("core")), bool(entry.get("is_added"))
            chapters.append(Chapter(source, source.name, is_core, is_added, own))
    return chapters


def taken_parameters(source: Path, shared: dict[str, Any]) -> dict[str, Any]:
    """Those of ``shared`` that the notebook declares; others would only make papermill warn."""
    return {name: value for name, value in shared.items() if name in declared_parameters(source)}
