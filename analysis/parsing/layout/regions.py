"""What every stretch of the text was read as, without gap or overlap, and how much was read."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import pairwise

from analysis.parsing.structure import Span, Structure

_BLANK = re.compile(r"\s*")
_MARKUP = re.compile(
    r"(?:[\s#*>|:_=~-]|\[bookmark:[^\]\n]*\])*"
)  # marks of Markdown, bookmarks of Word between two records
_SPACES = (" ", "\n", "\u3000", "\r", "\t", "\xa0")


def fill_regions(structure: Structure, headings: list[Span]) -> None:
    """Set ``regions``, ``front_end`` and ``coverage_share``.

    ``headings`` are the spans of section headings, labels included.
    """
    text = structure.text
    blocks = [(p.block_start, p.block_end) for p in structure.problems if p.parent_key is None]
    pieces = sorted([(*span, "problem") for span in blocks] + [(*span, "heading") for span in headings])
    structure.front_end = pieces[0][0] if pieces else len(text)
    last = max((end for _, end in blocks), default=len(text))
    chrome = sorted(structure.flow.chrome)
    regions: list[tuple[str, int, int]] = []
    position = 0
    for start, end, code in [*pieces, (len(text), len(text), "")]:
        start = max(start, position)
        if start > position:
            beside = (
                "front" if position < structure.front_end else "closing" if position >= last else "body_other"
            )
            _add(regions, text, beside, position, start, chrome)
        if end > start:
            _add(regions, text, code, start, end, chrome)
        position = max(start, end)
    structure.regions = regions
    _check(regions, len(text))
    unread = sum(_solid(text, start, end) for code, start, end in regions if code == "body_other")
    total = _solid(text, 0, len(text))
    structure.coverage_share = round(1 - unread / total, 4) if total else 1.0


def _add(
    regions: list[tuple[str, int, int]], text: str, code: str, start: int, end: int, chrome: list[Span]
) -> None:
    """Append a stretch; outside problems parted at the page's own furniture."""
    first = max(0, bisect_left(chrome, (start, start)) - 1)
    for low, high in chrome[first : bisect_left(chrome, (end, end))] if code != "problem" else ():
        low, high = max(low, start), min(high, end)
        if low < high:
            if low > start:
                _append(regions, text, code, start, low)
            regions.append(("chrome", low, high))
            start = high
    if start < end:
        _append(regions, text, code, start, end)


def _append(regions: list[tuple[str, int, int]], text: str, code: str, start: int, end: int) -> None:
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
