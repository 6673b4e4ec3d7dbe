"""Reads a finished PDF back and compares it with the document it was made from.

Typst leaves a character without a word when no font draws it, and a table that is too wide runs
off the page: both show here, as a text that is not found again inside a page.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.reporting.render_document import strings

# Two stretches of text overlap when this share of the smaller one lies under the other.
_OVERLAP = 0.35
_EDGE_POINTS = 1.0
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\u2010\u2011\u2060\ufe00-\ufe0f\ufeff\ufffe\x00-\x1f-]+")
_PIECES = 8
_SHORTEST_PIECE = 2


def squeeze(text: str) -> str:
    """``text`` as it is compared: no spaces, no hyphens (line ends add and drop both), one form per character."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", text))


def _found(wanted: str, whole: str) -> bool:
    """Is ``wanted`` in ``whole``, in one piece or (a cell over a page break) in a few?"""
    if wanted in whole:
        return True
    place, pieces = 0, 0
    while place < len(wanted) and pieces < _PIECES:
        low, high = 0, len(wanted) - place
        while low < high:
            middle = (low + high + 1) // 2
            if wanted[place : place + middle] in whole:
                low = middle
            else:
                high = middle - 1
        if low < min(_SHORTEST_PIECE, len(wanted) - place):
            return False
        place, pieces = place + low, pieces + 1
    return place >= len(wanted)


def _boxes(page: Any, text_page: Any) -> list[tuple[float, float, float, float]]:
    return [text_page.get_rect(i) for i in range(text_page.count_rects())]


def _overlaps(
    boxes: list[tuple[float, float, float, float]],
) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """Pairs of boxes of which one lies well over the other."""
    import numpy as np

    rows = np.array([b for b in boxes if (b[2] - b[0]) * (b[3] - b[1]) > 0.5])
    if len(rows) < 2:
        return []
    found = []
    left, bottom, right, top = rows.T
    area = (right - left) * (top - bottom)
    for start in range(0, len(rows), 1000):  # in slices: a page full of small labels must not take gigabytes
        part = slice(start, start + 1000)
        width = np.minimum(right[part, None], right) - np.maximum(left[part, None], left)
        height = np.minimum(top[part, None], top) - np.maximum(bottom[part, None], bottom)
        over = (width > 0) & (height > 0) & (width * height > _OVERLAP * np.minimum(area[part, None], area))
        for i, j in zip(*np.nonzero(over)):
            if i + start < j:
                found.append((tuple(rows[i + start]), tuple(rows[j])))
    return found


def _is_slanted(text_page: Any, box: tuple[float, ...]) -> bool:
    """Is the text in ``box`` printed at an angle?"""
    import math

    import pypdfium2.raw as raw

    left, bottom, right, top = box
    index = raw.FPDFText_GetCharIndexAtPos(
        text_page.raw, (left + right) / 2, (bottom + top) / 2, (right - left) / 2 + 1, (top - bottom) / 2 + 1
    )
    if index < 0:
        return False
    return abs(math.sin(2 * raw.FPDFText_GetCharAngle(text_page.raw, index))) > 0.05


def _actions(page: Any) -> list[int]:
    """The kinds of action behind the links of a page (1 is a jump inside the file)."""
    import ctypes

    import pypdfium2.raw as raw

    kinds, position, link = [], ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page.raw, ctypes.byref(position), ctypes.byref(link)):
        action = raw.FPDFLink_GetAction(link)
        if action:
            kinds.append(raw.FPDFAction_GetType(action))
    return kinds


def findings_of(path: Path, document: Mapping[str, Any]) -> list[str]:
    """What is wrong with the PDF at ``path``; an empty list for a good one."""
    import pypdfium2 as pdfium

    findings: list[str] = []
    texts: list[str] = []
    file = pdfium.PdfDocument(str(path))
    try:
        for number in range(len(file)):
            page = file[number]
            width, height = page.get_size()
            text_page = page.get_textpage()
            texts.append(text_page.get_text_bounded())
            boxes = _boxes(page, text_page)
            for left, bottom, right, top in boxes:
                if (
                    left < -_EDGE_POINTS
                    or bottom < -_EDGE_POINTS
                    or right > width + _EDGE_POINTS
                    or top > height + _EDGE_POINTS
                ):
                    findings.append(
                        f"page {number + 1}: text outside the page: {text_page.get_text_bounded(left, bottom, right, top)[:40]!r}"
                    )
            for one, other in _overlaps(boxes):
                if _is_slanted(text_page, one) or _is_slanted(text_page, other):
                    continue  # upright boxes around slanted labels overlap where the labels do not
                findings.append(
                    f"page {number + 1}: {text_page.get_text_bounded(*one)[:30]!r} and {text_page.get_text_bounded(*other)[:30]!r} lie over each other"
                )
            if any(kind != 1 for kind in _actions(page)):
                findings.append(f"page {number + 1}: a link that leaves the file")
            text_page.close()
            page.close()
    finally:
        file.close()
    whole = "\n".join(texts)
    if "\ufffd" in whole:
        findings.append("a glyph without a character")
    findings += _absent(whole, document)
    return findings


def _absent(whole: str, document: Mapping[str, Any]) -> list[str]:
    """Texts of the document that the pages do not show."""
    pages, letters = squeeze(whole), Counter(unicodedata.normalize("NFKC", whole))
    # What the PDF does not print: sort values, data of figures, addresses, the words of other formats.
    printed = []
    for block in document["body"]:
        kind = block["kind"]
        if kind == "table":
            printed += [c["label"] for c in block["columns"]] + [
                block["caption"],
                block["note"],
                block["source_line"],
            ]
            printed += [cell["text"] for row in block["rows"] for cell in row]
        elif kind == "figure":
            printed += strings({"svg": block["svg"]}) + [
                block["caption"],
                block["source_line"],
                *block["notes"],
            ]
        else:
            printed += [
                r["text"] for r in block.get("runs") or [r for item in block.get("items", ()) for r in item]
            ]
            printed += [block.get("title", ""), block.get("text", "")]
    missing = []
    for text in dict.fromkeys(printed):
        if _RIGHT_TO_LEFT.search(text):
            # Read back in visual order: compare the letters only.
            if any(
                letters[c] == 0
                for c in unicodedata.normalize("NFKC", text)
                if not c.isspace() and unicodedata.category(c)[0] in "LN"
            ):
                missing.append(f"not on any page: {text[:40]!r}")
            continue
        wanted = squeeze(text)
        if wanted and not _found(wanted, pages):
            missing.append(f"not on any page: {text[:40]!r}")
    return missing
