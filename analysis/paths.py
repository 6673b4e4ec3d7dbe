"""Every folder and file name of the project, in one place; imports nothing from ``analysis``.

``ZHENGGAI_HOME`` moves the project folder (a scheduled run, a test); otherwise it is the
nearest folder above the working directory, or above this file, that holds ``notebooks/``
and ``data/raw/``.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
LOOKUPS = PACKAGE / "lookups"
FONTS = PACKAGE / "fonts"


def _is_project(folder: Path) -> bool:
    return (folder / "notebooks").is_dir() and (folder / "data" / "raw").is_dir()


def project_home() -> Path:
    """The project folder; the working directory when nothing above looks like one."""
    named = os.environ.get("ZHENGGAI_HOME")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents, PACKAGE.parent):
        if _is_project(folder):
            return folder
    return here


def raw_dir() -> Path:
    return project_home() / "data" / "raw"


def processed_dir() -> Path:
    """The tables; ``ZHENGGAI_DATA`` moves them, so that every notebook of an edition reads the edition's own."""
    named = os.environ.get("ZHENGGAI_DATA")
    return Path(named) if named else project_home() / "data" / "processed"


def notebooks_dir() -> Path:
    return project_home() / "notebooks"


def reports_dir() -> Path:
    return project_home() / "reports"
