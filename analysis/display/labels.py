"""The briefing's own words in Chinese and English, from ``lookups/publishing/labels.yml``."""

from __future__ import annotations

from functools import cache
from typing import Any

from analysis.lookups import load_csv, load_yaml

LANGUAGES = ("zh", "en")


class UnknownLabel(KeyError):
    """A key that labels.yml does not have; a misspelling in the code that asks."""


@cache
def _labels() -> dict[str, dict[str, str]]:
    return load_yaml("publishing/labels")


def label(key: str, lang: str, **values: Any) -> str:
    """The text of ``key`` in ``lang``, with ``{name}`` places filled from ``values``."""
    try:
        text = _labels()[key][lang]
    except KeyError:
        raise UnknownLabel(f"no label {key!r} in {lang!r}") from None
    return text.format(**values) if values else text


@cache
def _codes(name: str) -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in load_csv(f"codes/codes_{name}")}


def code_label(name: str, code: str | None, lang: str) -> str:
    """Label of a member of the code list ``codes_<name>``; the code itself when it is not listed."""
    if code is None:
        return ""
    row = _codes(name).get(code)
    return (row.get(f"label_{lang}") or code) if row else code


def code_note(name: str, code: str, lang: str) -> str:
    """What the code list ``codes_<name>`` notes about a member; empty when it notes nothing."""
    return _codes(name).get(code, {}).get(f"note_{lang}", "")


def code_order(name: str) -> list[str]:
    """Members of a code list in the order of its file."""
    return list(_codes(name))
