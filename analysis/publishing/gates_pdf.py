"""Reads a finished PDF back and compares it with the document it was made from.

Typst leaves a character of a drawing without a word when no font draws it, and a table that is too
wide runs off the page: both show here, as a text that is not found again inside a page.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analysis.publishing import drawings
from analysis.publishing.document import Block, Document, Figure, Heading, Table, printed, texts, walk
from analysis.publishing.gates import ADDRESS, Finding, stop
from analysis.publishing.pdf import Layout

# Two stretches of text overlap when this share of the smaller one lies under the other.
_OVERLAP = 0.35
_EDGE_POINTS = 1.0
_POINTS_PER_MM = 72 / 25.4
# Head and foot of a page, in mm, which every page has and which fill none.
_MARGINS_MM = (20.0, 17.0)
_BRIDGED_MM = 12.0
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\u2010\u2011\u2060\ufe00-\ufe0f\ufeff\ufffe\x00-\x1f-]+")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PIECES = 8
_URI = 3

Box = tuple[float, float, float, float]


def squeeze(text: str) -> str:
    """``text`` as it is compared: no spaces, no hyphens (line ends add and drop both), one form per character."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


def _found(wanted: str, whole: str) -> bool:
    """Is ``wanted`` in ``whole``, in one piece or (a cell over a page break) in a few?"""
    place, pieces = 0, 0
    while place < len(wanted) and pieces < _PIECES:
        low, high = 0, len(wanted) - place
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if wanted[place : place + middle] in whole else (low, middle - 1)
        if low < min(2, len(wanted) - place):
            return False
        place, pieces = place + low, pieces + 1
    return place >= len(wanted)


def _overlaps(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    """Pairs of boxes of which one lies well over the other."""
    import numpy as np

    rows = np.array([b for b in boxes if (b[2] - b[0]) * (b[3] - b[1]) > 0.5])
    found: list[tuple[Box, Box]] = []
    if len(rows) < 2:
        return found
    left, bottom, right, top = rows.T
    area = (right - left) * (top - bottom)
    for start in range(0, len(rows), 1000):  # in slices: a page full of small labels must not take gigabytes
        part = slice(start, start + 1000)
        width = np.minimum(right[part, None], right) - np.maximum(left[part, None], left)
        height = np.minimum(top[part, None], top) - np.maximum(bottom[part, None], bottom)
        over = (width > 0) & (height > 0) & (width * height > _OVERLAP * np.minimum(area[part, None], area))
        found += [
            (tuple(rows[i + start]), tuple(rows[j]))
            for i, j in zip(*np.nonzero(over), strict=True)
            if i + start < j
        ]
    return found


def _is_slanted(text_page: Any, box: Box) -> bool:
    """Is the text in ``box`` printed at an angle? Upright boxes around slanted labels overlap where the labels do not."""
    import pypdfium2.raw as raw

    left, bottom, right, top = box
    index = raw.FPDFText_GetCharIndexAtPos(
        text_page.raw, (left + right) / 2, (bottom + top) / 2, (right - left) / 2 + 1, (top - bottom) / 2 + 1
    )
    return index >= 0 and abs(math.sin(2 * raw.FPDFText_GetCharAngle(text_page.raw, index))) > 0.05


def _addresses(file: Any, page: Any) -> Iterator[str]:
    """The addresses outside the file that the links of a page lead to; ``?`` for another kind of action."""
    import pypdfium2.raw as raw

    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page.raw, ctypes.byref(position), ctypes.byref(link)):
        action = raw.FPDFLink_GetAction(link)
        kind = raw.FPDFAction_GetType(action) if action else 1
        if kind == _URI:
            held = ctypes.create_string_buffer(raw.FPDFAction_GetURIPath(file.raw, action, None, 0))
            raw.FPDFAction_GetURIPath(file.raw, action, held, len(held))
            yield held.value.decode("utf-8", "replace")
        elif kind != 1:
            yield "?"


def fills(path: Path) -> list[tuple[float, bool]]:
    """Per page (share of its text area that is used, is it landscape?), as read back from the file."""
    import pypdfium2 as pdfium

    made = []
    file = pdfium.PdfDocument(str(path))
    for page in file:
        width, height = page.get_size()
        low, high = _MARGINS_MM[1] * _POINTS_PER_MM, height - _MARGINS_MM[0] * _POINTS_PER_MM
        spans = []
        for thing in page.get_objects(max_depth=4):
            _, bottom, _, top = thing.get_bounds()
            if top > low and bottom < high and top - bottom < height * 0.98:
                spans.append((max(bottom, low), min(top, high)))
        used, reached = 0.0, low
        for bottom, top in sorted(spans):
            start = reached if bottom - reached < _BRIDGED_MM * _POINTS_PER_MM else bottom
            used += max(0.0, top - max(start, reached))
            reached = max(reached, top)
        made.append((used / (high - low), width > height))
        page.close()
    file.close()
    return made


def half_empty(path: Path) -> list[int]:
    """Pages (from 1) more than half empty, but the last one and the last before landscape tables."""
    shares = fills(path)
    return [
        number
        for number, (share, is_landscape) in enumerate(shares[:-1], 1)
        if share < 0.5 and shares[number][1] == is_landscape
    ]


def _anchor_at(blocks: Sequence[Block], layout: Layout, page: int, from_top: float) -> str:
    """The anchor of the figure or table that stands there, else of the heading before."""
    anchor = ""
    for index, block in enumerate(blocks):
        if layout.begins.get(index, (10**6, 0.0)) > (page, from_top):
            if index not in layout.floats:
                break
            continue
        is_inside = (page, from_top) <= layout.ends.get(index, (0, 0.0))
        if isinstance(block, Heading) or (isinstance(block, (Figure, Table)) and is_inside):
            anchor = block.anchor
    return anchor


def _absent(whole: str, blocks: Sequence[Block]) -> Iterator[Finding]:
    """Texts of the document that no page shows."""
    pages, letters = squeeze(whole), Counter(unicodedata.normalize("NFKC", whole))
    # Beside text from right to left the reader itself loses characters beyond the first plane.
    is_mixed = bool(_RIGHT_TO_LEFT.search(whole))
    anchor = ""
    for block in walk(blocks):
        anchor = getattr(block, "anchor", anchor)
        wanted = texts(block)
        if isinstance(block, Figure) and block.svg:
            wanted = wanted + drawings.texts(block.svg)
        for text in dict.fromkeys(line for part in wanted for line in part.split("\n")):
            if _RIGHT_TO_LEFT.search(text):
                # Read back in visual order: compare the letters only.
                said = unicodedata.normalize("NFKC", text)
                is_there = all(letters[c] for c in said if unicodedata.category(c)[0] in "LN")
            else:
                is_there = (needle := squeeze(text)) in pages or _found(needle, pages)
            if not is_there and is_mixed:
                is_there = _found(_ASTRAL.sub("", squeeze(_RIGHT_TO_LEFT.sub("", text))), pages)
            if not is_there:
                yield Finding(f"not on any page: {text[:40]!r}", anchor)


def check_pdf(path: Path, document: Document, layout: Layout) -> None:
    """Every text found again inside a page, no box over another, no link but those that were settled."""
    import pypdfium2 as pdfium

    blocks = printed(document.blocks)
    findings: list[Finding] = []
    said: list[str] = []
    file = pdfium.PdfDocument(str(path))
    try:
        for number, page in enumerate(file, 1):
            width, height = page.get_size()
            text_page = page.get_textpage()
            said.append(text_page.get_text_bounded())
            boxes = [text_page.get_rect(i) for i in range(text_page.count_rects())]

            def find(
                what: str, box: Box, is_overlap: bool, number: int = number, height: float = height
            ) -> None:
                place = _anchor_at(blocks, layout, number, (height - (box[1] + box[3]) / 2) / _POINTS_PER_MM)
                findings.append(Finding(f"page {number}: {what}", place, is_overlap))

            for box in boxes:
                left, bottom, right, top = box
                if min(left, bottom, width - right, height - top) < -_EDGE_POINTS:
                    find(f"text outside the page: {text_page.get_text_bounded(*box)[:40]!r}", box, False)
            for one, other in _overlaps(boxes):
                if not (_is_slanted(text_page, one) or _is_slanted(text_page, other)):
                    words = [text_page.get_text_bounded(*box)[:30] for box in (one, other)]
                    find(f"{words[0]!r} and {words[1]!r} lie over each other", one, True)
            for address in _addresses(file, page):
                if not ADDRESS.match(address):
                    findings.append(Finding(f"page {number}: a link to {address[:60]!r}"))
            text_page.close()
            page.close()
    finally:
        file.close()
    whole = "\n".join(said)
    if "\ufffd" in whole:
        findings.append(Finding("a glyph without a character"))
    stop(path.name, [*findings, *_absent(whole, blocks)])
