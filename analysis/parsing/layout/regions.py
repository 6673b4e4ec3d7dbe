"""What every stretch of the text was read as, without gap or overlap, and how much was read."""

from __future__ import annotations

import re
from itertools import pairwise

from analysis.parsing.structure import Span, Structure

_BLANK = re.compile(r"\s*")
_MARKUP = re.compile(
    r"(?:[\s#*>|:_=~-]|\[bookmark:[^\]\n]*\])*"
)  # marks of Markdown, bookmarks of Word between two records
_SPACES = (" ", "\n", "\u3000", "\r", "\t", "\xa0")


def fill_regions(structure: Structure, headings: list[Span]) -> None:
    """Set ``regions``, ``front``, ``between``, ``closing`` and ``coverage_share``.

    ``headings`` are the spans of section headings, labels included.
    """
    text = structure.text
    blocks = sorted((p.block_start, p.block_end) for p in structure.problems if p.parent_key is None)
    pieces: list[tuple[int, int, str]] = [(start, end, "problem") for start, end in blocks]
    pieces += [(start, end, "heading") for start, end in headings]
    pieces.sort()
    first = pieces[0][0] if pieces else len(text)
    last = blocks[-1][1] if blocks else len(text)
    covered: list[tuple[int, int, str]] = []
    position = 0
    for start, end, code in pieces:
        start = max(start, position)
        if end <= start:
            continue
        if start > position:
            covered.append(
                (
                    position,
                    start,
                    "front" if position < first else "closing" if position >= last else "body_other",
                )
            )
        covered.append((start, end, code))
        position = end
    if position < len(text):
        covered.append(
            (
                position,
                len(text),
                "closing" if position >= last and blocks else "front" if not blocks else "body_other",
            )
        )
    regions: list[tuple[str, int, int]] = []
    chrome = sorted(structure.chrome)
    index = 0
    for start, end, code in covered:
        if code in ("front", "closing", "body_other"):
            span = (start, end)
            (
                structure.front
                if code == "front"
                else structure.closing
                if code == "closing"
                else structure.between
            ).append(span)
        while index < len(chrome) and chrome[index][1] <= start:
            index += 1
        at = start
        probe = index
        while probe < len(chrome) and chrome[probe][0] < end and code != "problem":
            low, high = max(chrome[probe][0], at), min(chrome[probe][1], end)
            if low > at:
                _add(regions, text, code, at, low)
            if high > low:
                regions.append(("chrome", low, high))
                at = high
            probe += 1
        if at < end:
            _add(regions, text, code, at, end)
    structure.regions = regions
    _check(regions, len(text))
    unread = sum(_solid(text, start, end) for code, start, end in regions if code == "body_other")
    total = _solid(text, 0, len(text))
    structure.coverage_share = round(1 - unread / total, 4) if total else 1.0


def _add(regions: list[tuple[str, int, int]], text: str, code: str, start: int, end: int) -> None:
    if _BLANK.fullmatch(text, start, end) is not None:
        code = "blank"
    elif code == "body_other" and _MARKUP.fullmatch(text, start, end) is not None:
        code = "chrome"
    regions.append((code, start, end))


def _solid(text: str, start: int, end: int) -> int:
    return end - start - sum([text.count(blank, start, end) for blank in _SPACES])


def _check(regions: list[tuple[str, int, int]], length: int) -> None:
    """Raise where regions leave a gap: a character that belongs to nothing is a defect."""
    if (
        regions
        and (regions[0][1] != 0 or regions[-1][2] != length)
        or any(a[2] != b[1] for a, b in pairwise(regions))
    ):
        raise AssertionError("regions do not cover the text without gap and overlap")
