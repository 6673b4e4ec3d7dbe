"""Comparative analytics over Chinese rectification notices (巡察整改通报).

The public library, as the notebooks use it::

    from analysis import select, compare, figures, tables, text, publish

    ledger = select(city_codes="鞍山,益阳")            # what is compared; refuses what is not there
    ratios = compare.completion(ledger)               # polars frame, documented columns
    figures.completion(ratios, lang="zh")             # matplotlib Figure
    tables.completion(ratios, lang="zh")              # great_tables GT
    text.completion(ratios, lang="zh")                # Markdown; numbers link to their sentence

Importing it in a notebook sets the house fonts and style, for your own plots as well.
The rooms, imports running one way only::

    paths ← lookups ← sources ← parsing ← ledger ← selection ← compare
          ← display ← figures, tables, text ← publishing ← runs ← cli
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

__version__ = "0.2.0"
__all__ = ["compare", "figures", "publish", "select", "tables", "text"]

_HOMES = {"select": "analysis.selection", "publish": "analysis.publishing.standard"}


def __getattr__(name: str) -> Any:
    """The public names, loaded when first asked for: a command that draws nothing loads no matplotlib."""
    if name not in __all__:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    _dress()
    value = (
        getattr(import_module(_HOMES[name]), name) if name in _HOMES else import_module(f"analysis.{name}")
    )
    globals()[name] = value
    return value


def _dress() -> None:
    """House style for matplotlib, and figures that Jupyter shows as SVG with live text."""
    from analysis.display import style

    style.apply()
    if "IPython" in sys.modules:
        from analysis.publishing.standard import register_formatters

        register_formatters()


if "ipykernel" in sys.modules or "matplotlib" in sys.modules:
    _dress()
