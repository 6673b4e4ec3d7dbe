"""What stands where on a PDF's pages: runs of characters with positions, and ruling lines."""

from __future__ import annotations

import ctypes
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import islice
from types import ModuleType
from typing import TYPE_CHECKING, Any

from analysis.sources.glyphs import RADICALS

if TYPE_CHECKING:
    from pypdfium2 import PdfObject, PdfPage

# Points between two characters of one run, in em: wider gaps separate columns.
_COLUMN_GAP = 1.6
_SPACE_GAP = 0.2
_RULE_WIDTH = 2.5
_MIN_RULE = 6.0
MAX_RULES = 20_000
MAX_OBJECTS = 100_000


@dataclass(slots=True)
class Run:
    """Characters on one baseline without a wide gap; points, the origin at the bottom left."""

    text: str
    x0: float
    x1: float
    y: float
    em: float


@dataclass(slots=True)
class Page:
    """``horizontal``: (y, x0, x1) and ``vertical``: (x, y0, y1) ruling lines."""

    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    horizontal: list[tuple[float, float, float]] = field(default_factory=list)
    vertical: list[tuple[float, float, float]] = field(default_factory=list)
    has_picture: bool = False


def read_page(page: PdfPage, max_chars: int) -> Page:
    """Runs (at most ``max_chars`` characters), rules and pictures of one pypdfium2 page."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    result = Page(width, height)
    for item in islice(
        page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE), max_depth=4),
        MAX_OBJECTS,
    ):
        if item.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = _bounds(item)
            result.has_picture |= (right - left) * (top - bottom) > 0.25 * width * height
        elif len(result.horizontal) + len(result.vertical) < MAX_RULES:
            _add_rules(pdfium, result, item)
    textpage = page.get_textpage()
    try:
        result.runs = _read_runs(
            pdfium, textpage.raw, min(textpage.count_chars(), max_chars), result.vertical
        )
    finally:
        textpage.close()
    return result


def _read_runs(
    pdfium: ModuleType, raw: Any, count: int, rules: list[tuple[float, float, float]]
) -> list[Run]:
    rules = sorted(rules)
    places = [place for place, _, _ in rules]

    def is_ruled_off(before: float, after: float, at: float) -> bool:
        """Whether a vertical line stands between two characters: they are in different cells."""
        index = bisect_left(places, before - 1.0)
        while index < len(places) and places[index] <= after + 1.0:
            if rules[index][1] <= at <= rules[index][2]:
                return True
            index += 1
        return False

    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    runs: list[Run] = []
    chars: list[str] = []
    x0 = x1 = base = em = last_left = 0.0
    pending = 0

    def close() -> None:
        text = "".join(chars).translate(RADICALS).strip()
        if text:
            runs.append(Run(text, x0, x1, base, em))
        chars.clear()

    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:
            pending = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((pending - 0xD800) << 10) + (code - 0xDC00) if pending else 0xFFFD
        pending = 0
        # Line ends and wide blanks are judged by position; pdfium's own guesses are left out.
        if code in (0, 2, 10, 13, 0xFFFE, 0xFFFF) or pdfium.FPDFText_IsGenerated(raw, index) == 1:
            continue
        angle = pdfium.FPDFText_GetCharAngle(raw, index)
        if 0.1 < angle < 6.18:
            continue  # watermarks run across the page
        pdfium.FPDFText_GetLooseCharBox(raw, index, box)
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        char = chr(code)
        left, right, line = min(box.left, box.right), max(box.left, box.right), y.value
        is_wide = char >= "\u2e80"
        size = (right - left) if is_wide and right > left else (box.top - box.bottom) * 0.72
        if chars:
            unit = max(em, 1.0)
            gap = left - x1
            if (
                abs(line - base) > 0.35 * unit
                or gap > _COLUMN_GAP * unit
                or gap < -0.8 * unit
                or gap > 0.1 * unit
                and is_ruled_off(x1, left, line + 0.3 * unit)
            ):
                close()
            elif char == chars[-1] and abs(left - last_left) < 0.1 * unit:
                continue  # printed twice for boldness
            elif (
                gap > _SPACE_GAP * unit
                and char < "\u2e80"
                and chars[-1] < "\u2e80"
                and not char.isspace()
                and not chars[-1].isspace()
            ):
                chars.append(" ")
        if not chars:
            x0, base, em = left, line, size
        elif is_wide and size > em:
            em = size
        if char.isspace() and not chars:
            continue
        chars.append(char)
        last_left, x1 = left, right if not char.isspace() else x1
    close()
    return runs


def _bounds(item: PdfObject) -> tuple[float, float, float, float]:
    try:
        return item.get_bounds()
    except Exception:
        return (0.0, 0.0, 0.0, 0.0)


def _add_rules(pdfium: ModuleType, page: Page, item: PdfObject) -> None:
    left, bottom, right, top = _bounds(item)
    if right - left <= _RULE_WIDTH or top - bottom <= _RULE_WIDTH:
        _add_line(page, left, bottom, right, top)
        return
    count = pdfium.FPDFPath_CountSegments(item.raw)
    if not 2 <= count <= 400 or (right - left < _MIN_RULE and top - bottom < _MIN_RULE):
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(item.raw, fill, stroke)
    if not stroke.value:
        return  # a filled area is shading, not a frame
    matrix = item.get_matrix()
    px, py = ctypes.c_float(), ctypes.c_float()
    start = last = None
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(item.raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, px, py)
        point = matrix.on_point(px.value, py.value)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO and last is not None:
            _add_line(page, *last, *point)
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment) and start is not None:
            _add_line(page, *last, *start)
            last = start


def _add_line(page: Page, x0: float, y0: float, x1: float, y1: float) -> None:
    width, height = abs(x1 - x0), abs(y1 - y0)
    if width >= _MIN_RULE and height <= _RULE_WIDTH:
        page.horizontal.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    elif height >= _MIN_RULE and width <= _RULE_WIDTH:
        page.vertical.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
