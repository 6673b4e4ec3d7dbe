"""What is known of one problem while it is read: flow offsets, before they become spans of the text."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.parsing.layout.measures import Piece
from analysis.parsing.words.statuses import Status


@dataclass(slots=True)
class Draft:
    """A unit read so far; every span is in the flow."""

    start: int
    body: int
    end: int
    statement: tuple[int, int] | None = None
    cause: tuple[int, int] | None = None
    blocks: list[tuple[str, int, int]] = field(default_factory=list)  # (part, start, end)
    measures: list[Piece] = field(default_factory=list)
    status: Status | None = None
    weak_status: Status | None = None
    due: str | None = None
    is_remedy: bool = False
    unknown: Status | None = None


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the blanks, breaks and table bars at its ends."""
    while end > start and text[end - 1] in " \n|":
        end -= 1
    while start < end and text[start] in " \n|":
        start += 1
    return start, end
