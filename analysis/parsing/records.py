"""What goes into and comes out of the parser: plain records, no frames, no files.

``Document`` is what a reader makes of one source file; ``ParsedNotice`` is what the parser
makes of one Document. Every ``*_start``/``*_end`` is a Python code-point offset into
``Document.text``. Rows are plain dicts keyed by the column names of
``analysis.ledger.schemas``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# The results that a notice can state; the trained reader of results learns these.
STATUS_CODES = (
    "completed",
    "completed_long_term",
    "basically_completed",
    "phased",
    "in_progress",
    "long_term",
    "not_completed",
    "not_stated",
)


@dataclass(slots=True)
class Block:
    """A stretch of a document whose kind the source format states.

    ``kind``: ``paragraph`` · ``heading`` (``level`` 1–6) · ``cell`` (``table``, ``row``, ``col``
    zero-based; a continuation of a merged cell is not repeated) · ``chrome`` (navigation,
    breadcrumbs, buttons; kept in the text, never read as content). Plain text has no blocks.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    table: int = -1
    row: int = -1
    col: int = -1


@dataclass(slots=True)
class Document:
    """The text of one source file, as its reader decoded it."""

    text: str
    source_path: str = ""
    sha256: str = ""
    media_type: str = "text/plain"
    encoding: str | None = "utf-8"
    blocks: list[Block] = field(default_factory=list)
    # What the sidecar or the page's metadata says and the text itself does not; keys are
    # column names of core_notices (e.g. publication_date, city_code) plus `title`.
    sidecar: dict[str, Any] = field(default_factory=dict)
    page_metadata: dict[str, Any] = field(default_factory=dict)
    reader_warnings: list[str] = field(default_factory=list)


class NotANotice(Exception):
    """The text is no rectification notice; ``reason_code`` and ``reason_text`` tell the user."""

    def __init__(self, reason_code: str, reason_text: str):
        super().__init__(reason_text)
        self.reason_code = reason_code
        self.reason_text = reason_text


@dataclass(slots=True)
class ParsedNotice:
    """The ledger of one notice; ``tables[name]`` is a list of row dicts of that core table."""

    notice_id: str
    tables: dict[str, list[dict[str, Any]]]
    warnings: list[dict[str, Any]] = field(default_factory=list)  # record-level core_quarantine rows
