"""Reviewed judgements shipped as data: loaders only, each file read once per process."""

from __future__ import annotations

import csv
from functools import cache
from typing import Any

from analysis.paths import LOOKUPS


@cache
def load_csv(name: str) -> tuple[dict[str, str], ...]:
    """Rows of ``analysis/lookups/<name>.csv`` (``parsing/status_words``) as dicts of strings, in file order."""
    with open(LOOKUPS / f"{name}.csv", encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def load_yaml(name: str) -> Any:
    """Content of ``analysis/lookups/<name>.yml``."""
    import yaml

    with open(LOOKUPS / f"{name}.yml", encoding="utf-8") as handle:
        # libyaml reads the labels in a tenth of the time; it is not in every build of PyYAML
        return yaml.load(handle, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
