"""What is known of one problem while it is read: flow offsets, before they become spans of the text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from analysis.parsing.layout.flow import Flow
from analysis.parsing.layout.measures import Piece


class Candidate(NamedTuple):
    """What may be the result of a problem: the place that tells it, its code, and the span of its words.

    ``code`` None: the words stand where a result stands and nobody can read them. ``share`` alone
    (进度80%) is a result only where no words are (``results.decide``).
    """

    place: str
    code: str | None
    start: int
    end: int
    share: float | None = None


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
    candidates: list[Candidate] = field(default_factory=list)
    due: str | None = None
    is_remedy: bool = False
    told: tuple[int, int] | None = None  # what stands behind a result's label or in its cell
    close: int = 0  # where the last stretch ends that may close with a result

    def is_told(self) -> bool:
        """Whether its result was read in words: behind its label where it has one, else anywhere."""
        return any(
            each.code is not None and (self.told is None or each.place == "result")
            for each in self.candidates
        )


def draft_in_text(flow: Flow, draft: Draft) -> Draft:
    """The draft with its spans in the document's own text."""

    return Draft(
        flow.to_text(draft.start),
        flow.to_text(draft.body),
        flow.span(draft.start, draft.end)[1],
        None if draft.statement is None else flow.span(*draft.statement),
        None if draft.cause is None else flow.span(*draft.cause),
        [(part, *flow.span(start, end)) for part, start, end in draft.blocks if end > start],
        [Piece(piece.marker, *flow.span(piece.start, piece.end)) for piece in draft.measures],
        [
            candidate._replace(start=start, end=end)
            for candidate in draft.candidates
            if candidate.end > candidate.start
            for start, end in [flow.span(candidate.start, candidate.end)]
        ],
        draft.due,
        draft.is_remedy,
        None if draft.told is None else flow.span(*draft.told),
        flow.span(draft.start, max(draft.close, draft.start + 1))[1] if draft.close else 0,
    )


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch without the blanks, breaks and table bars at its ends."""
    while end > start and text[end - 1] in " \n|":
        end -= 1
    while start < end and text[start] in " \n|":
        start += 1
    return start, end
