"""Sidecars: what is known about a raw file and does not stand in it, as ``<file>.meta.yml``."""

from __future__ import annotations

import datetime
import os
import re
import stat
from pathlib import Path
from typing import Any

from analysis.sources.errors import BadSidecar

SIDECAR_SUFFIX = ".meta.yml"
MAX_SIDECAR_BYTES = 64_000

FIELDS = frozenset(
    {
        "publisher",
        "city_code",
        "title",
        "publication_date",
        "feedback_date",
        "cutoff_date",
        "url",
        "retrieved_at",
        "retrieved_how",
        "sha256",
        "notes",
    }
)
DATE_FIELDS = ("publication_date", "feedback_date", "cutoff_date")
YEARS = range(1990, 2101)  # notices of inspections are younger; another year is a slip of the pen


def load_sidecar(path: Path) -> dict[str, Any]:
    """The stated (non-null) fields of the sidecar of ``path``.

    Dates are ``datetime.date``, the hash lower case, everything else a string. Raises BadSidecar
    for what cannot be opened, is no mapping, has an unknown field, a city code without six digits,
    a date no notice can have or a bad hash: a misspelt field must not be dropped in silence.
    """
    sidecar = path.with_name(path.name + SIDECAR_SUFFIX)
    try:
        if not stat.S_ISREG(os.stat(sidecar).st_mode):
            raise BadSidecar(sidecar, "no regular file")
        with open(sidecar, "rb") as handle:
            data = handle.read(MAX_SIDECAR_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSidecar(sidecar, f"cannot be opened ({error.strerror or error})") from None
    if len(data) > MAX_SIDECAR_BYTES:
        raise BadSidecar(sidecar, f"larger than {MAX_SIDECAR_BYTES} bytes")
    import yaml

    try:
        values = yaml.load(data, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise BadSidecar(sidecar, f"not YAML ({place}{error.problem or error.context})") from None
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise BadSidecar(sidecar, f"not YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(values, dict):
        raise BadSidecar(sidecar, "not a mapping")
    unknown = sorted(str(key) for key in values if key not in FIELDS)
    if unknown:
        raise BadSidecar(
            sidecar, f"unknown field {', '.join(unknown)}; known are {', '.join(sorted(FIELDS))}"
        )
    stated = {key: value for key, value in values.items() if value is not None}
    for key in DATE_FIELDS:
        if key in stated and (
            isinstance(stated[key], datetime.datetime) or not isinstance(stated[key], datetime.date)
        ):
            raise BadSidecar(sidecar, f"{key} is not a date such as 2021-06-01")
        if key in stated and stated[key].year not in YEARS:
            raise BadSidecar(
                sidecar,
                f"{key} is {stated[key].isoformat()}, a year before {YEARS[0]} or after {YEARS[-1]}",
            )
    for key in stated.keys() - set(DATE_FIELDS):
        if isinstance(stated[key], (dict, list, set, tuple, bytes)):
            raise BadSidecar(sidecar, f"{key} is not one text")
        stated[key] = str(stated[key]).strip()
        if not stated[key].isprintable() and not _is_words(stated[key]):
            raise BadSidecar(sidecar, f"{key} holds characters that no text can have")
    if "city_code" in stated and not re.fullmatch(r"[0-9]{6}", stated["city_code"]):
        raise BadSidecar(sidecar, "city_code is not a quoted GB/T 2260 code of six digits")
    if "sha256" in stated:
        stated["sha256"] = stated["sha256"].lower()
        if not re.fullmatch(r"[0-9a-f]{64}", stated["sha256"]):
            raise BadSidecar(sidecar, "sha256 is not 64 hexadecimal digits")
    return stated


def _is_words(text: str) -> bool:
    """No control characters but line breaks and tabs, no halves of a character."""
    return not re.search("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]", text)
