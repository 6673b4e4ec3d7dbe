"""The structure of one notice: sections, problems, measures, results and what lies around them.

Every ``*_start``/``*_end`` is a code-point offset into ``Structure.text`` (the document's own
text); ``Structure.shadow`` has the same length and is what patterns are matched against.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.parsing.layout.flow import Flow

Span = tuple[int, int]


@dataclass(slots=True)
class Section:
    """An aspect (方面) or category (分类): ``key`` a1, a2 … or c1, c2 … in order of the text."""

    key: str
    level: str  # "aspect" or "category"
    ordinal: int
    parent_key: str | None
    label: str | None
    title_start: int
    title_end: int
    block_start: int = 0
    block_end: int = 0


@dataclass(slots=True)
class Measure:
    """One measure; ``marker`` is the printed enumeration mark (一是, ①), None for plain text."""

    ordinal: int
    marker: str | None
    start: int
    end: int


@dataclass(slots=True)
class Problem:
    """One problem (``unit`` problem) or a sub-item of one (``unit`` item, ``key`` such as 4.2)."""

    key: str
    unit: str = "problem"
    is_leaf: bool = True
    ordinal: int = 0
    label: str | None = None
    parent_key: str | None = None
    aspect_key: str | None = None
    category_key: str | None = None
    block_start: int = 0
    block_end: int = 0
    statement_start: int | None = None
    statement_end: int | None = None
    statement_basis: str = "finding"  # or "remedy_heading"
    cause_start: int | None = None
    cause_end: int | None = None
    measure_spans: list[Span] = field(default_factory=list)  # stretches that tell measures
    measures: list[Measure] = field(default_factory=list)
    status_code: str = "not_stated"
    status_text: str | None = None
    status_start: int | None = None
    status_end: int | None = None
    status_basis: str = "none"
    progress_share: float | None = None
    due_text: str | None = None


@dataclass(slots=True)
class Structure:
    """What one notice was read as.

    ``regions`` (code, start, end) cover the whole text without overlap, in order; what stands before
    ``front_end`` stands before every section and problem.
    """

    text: str
    shadow: str
    flow: Flow  # seams joined, page furniture dropped, with its map back
    sections: list[Section] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    front_end: int = 0
    regions: list[tuple[str, int, int]] = field(default_factory=list)
    coverage_share: float = 0.0
    reading_code: str | None = None
    rule_score: float = 0.0  # how clearly the chosen reading beats the next, 0 to 1
    agreement: float = 1.0  # how far the second reader found the same statements, 0 to 1
    alternative_problem_count: int | None = None
    is_excerpt: bool = False
    excerpt_note: str | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list)  # (reason_code, reason_text)
