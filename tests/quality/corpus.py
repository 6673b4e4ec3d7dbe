"""Where the gold lies and how a gold file becomes parsed tables."""

from __future__ import annotations

import hashlib
import json
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.parsing.records import Document, NotANotice

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests" / "gold"
RAW = ROOT / "data" / "raw"
REFUSED = GOLD / "refused"
SEALED = GOLD / "sealed"  # scored, never learnt from, and not to be looked at by who works on the parser


@dataclass(frozen=True)
class GoldNotice:
    """One gold document and the file that it is about."""

    gold: dict[str, Any]
    path: Path


def gold_notices(folders: list[Path] | None = None) -> list[GoldNotice]:
    """Every gold notice, sorted by file name; the notice lies beside its JSON or in data/raw."""
    found = []
    for folder in folders or [GOLD / "reports", GOLD / "notices", GOLD / "more"]:
        for source in sorted(folder.glob("*.json")):
            gold = json.loads(source.read_text(encoding="utf-8"))
            beside = source.parent / gold["file"]
            path = beside if beside.exists() else next(iter(sorted(RAW.rglob(gold["file"]))), beside)
            found.append(GoldNotice(gold, path))
    return found


def load_document(path: Path) -> Document:
    """The file as the project's own reader decodes it."""
    from analysis.sources.archive import iter_sources
    from analysis.sources.readers import read_source

    return read_source(next(iter(iter_sources([path]))))


def plain_document(text: str, source_path: str = "notice.txt") -> Document:
    """A plain-text Document without a file, for properties and fuzzing."""
    return Document(
        text=text,
        source_path=source_path,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
    )


def parse_file(path: Path) -> tuple[dict[str, list[dict[str, Any]]] | None, str | None]:
    """Tables of one file, or None with the reason why it was not read.

    A parser that breaks on one golden must not hide the scores of the others: its error is the
    reason, beginning with ``crash``.
    """
    from analysis.parsing.notice import parse_notice

    try:
        document = load_document(path)
        return parse_notice(document).tables, None
    except NotANotice as refusal:
        return None, f"{refusal.reason_code}: {refusal.reason_text}"
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return None, f"crash: {type(error).__name__} {error} at {Path(place.filename).name}:{place.lineno}"
