"""A text cut into pieces — sentences, labels, what stands in opening quotation marks — and where each stands.

Everything is computed for the whole text at once, as whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from analysis.parsing.text.ngrams import codes_of

NEAR = 14  # characters from a line's head within which a quotation mark opens a frame
HEAD = 6  # characters of a line whose kinds of signs are its shape
_ENDS = "。!?;:\n|】]—"
_BLANKS = " \u3000\xa0"
_HAN_NUMBERS = "一二三四五六七八九十百"
_BEHIND_FRAME = "问方的等情这整\n。:;,("  # what follows the mark that closes a frame
_BEFORE_FRAME = "对于的是:就、.)\n"  # what stands before the mark that opens one
_DIGIT, _HAN_NUMBER, _LATIN, _HAN, _BLANK, _DRAWN, _ARROW = range(1, 8)


class Pieces(NamedTuple):
    """One entry per piece. ``start``/``end``: its characters, the sign that ends it included;
    ``line``: which line it stands in; ``place``: which of that line's pieces it is; ``label``: a
    number for the words before the colon or bracket that it follows, 0 without; ``shape``: a number
    for the signs at the line's head; ``own_shape``: the same of the piece; ``ending``: code of its last
    sign; ``codes``: code points of the text, digits alike. ``text``: which of several texts it stands in,
    ``origin``: that text's first character, ``first`` and ``last``: its first and its last piece."""

    start: np.ndarray
    end: np.ndarray
    line: np.ndarray
    place: np.ndarray
    label: np.ndarray
    shape: np.ndarray
    own_shape: np.ndarray
    ending: np.ndarray
    codes: np.ndarray
    text: np.ndarray
    origin: np.ndarray
    first: np.ndarray
    last: np.ndarray


@cache
def _kinds() -> np.ndarray:
    """Kind of every code point below 2¹⁶: signs have one of their own, letters of a script share one."""
    kinds = np.arange(1 << 16, dtype=np.int32) + 16
    kinds[48:58] = _DIGIT
    kinds[65:91] = kinds[97:123] = _LATIN
    kinds[0x2460:0x24FF] = kinds[0x2776:0x2794] = _DIGIT + 8  # ① and the like
    kinds[0x2190:0x2200] = _ARROW
    kinds[0x2500:0x2776] = kinds[0x27C0:0x27F0] = _DRAWN  # ● and the like
    kinds[0x3400:0xA000] = _HAN
    kinds[[ord(char) for char in _HAN_NUMBERS]] = _HAN_NUMBER
    kinds[[ord(char) for char in _BLANKS]] = _BLANK
    return kinds


@cache
def _is_one_of(chars: str) -> np.ndarray:
    found = np.zeros(1 << 16, dtype=bool)
    found[[ord(char) for char in chars]] = True
    return found


def cut(text: str) -> Pieces:
    """The pieces of a text that holds one paragraph a line, in order."""
    codes = codes_of(text + "\n")
    low = np.minimum(codes, 0xFFFF)
    size = len(codes)
    after = np.append(low[1:], 10)
    breaks = np.flatnonzero(low == 10)
    line_starts = np.concatenate(([0], breaks[:-1] + 1))
    line_of = np.zeros(size + 1, dtype=np.int32)
    line_of[line_starts[1:]] = 1
    line_of = np.cumsum(line_of, dtype=np.int32)
    ends = _is_one_of(_ENDS)[low]
    stops = np.flatnonzero(low == 46)
    ends[stops] = (low[np.maximum(stops - 1, 0)] > 0xFF) & (stops > 0)
    opens = np.flatnonzero(low == 0x201C)
    before_opens = _is_one_of(_BEFORE_FRAME)[low[np.maximum(opens - 1, 0)]] | (opens == 0)
    opens = opens[before_opens & (opens - line_starts[line_of[opens]] <= NEAR)]
    closes = np.flatnonzero(low == 0x201D)
    if len(opens) and len(closes):
        framed = np.zeros(len(line_starts), dtype=bool)
        framed[line_of[opens]] = True
        ends[opens] = True
        # The mark that closes a frame is where those inside it, which look the same, are closed.
        marks = np.flatnonzero((low == 0x201C) | (low == 0x201D))
        depth = np.cumsum(np.where(low[marks] == 0x201C, 1, -1))
        outer = np.concatenate(([0], depth))[np.searchsorted(marks, line_starts)]
        closing = depth[np.searchsorted(marks, closes)] <= outer[line_of[closes]]
        ends[closes] = closing & framed[line_of[closes]] & _is_one_of(_BEHIND_FRAME)[after[closes]]
    bounds = np.flatnonzero(ends) + 1
    start = np.concatenate(([0], bounds[:-1]))
    blank = _is_one_of(_BLANKS)
    for _ in range(4):  # blanks at the head of a piece
        start = start + (blank[low[np.minimum(start, size - 1)]] & (start < bounds))
    kept = bounds - start > 1
    start, bounds = start[kept], bounds[kept]
    line = line_of[start]
    first = np.concatenate(([True], line[1:] != line[:-1])) if len(line) else np.zeros(0, dtype=bool)
    order = np.arange(len(start))
    place = order - np.maximum.accumulate(np.where(first, order, 0)) if len(start) else order
    kinds = _kinds()[low]
    runs = np.flatnonzero(np.concatenate(([True], kinds[1:] != kinds[:-1])))
    before = np.maximum(start - 1, 0)
    ending_before = low[before]
    is_labelled = ~first & ((ending_before == 58) | (ending_before == 0x3011) | (ending_before == 93))
    signs = np.where(kinds == _HAN, low, kinds)  # numbers and brackets before a colon are alike
    label = np.where(
        is_labelled, signs[np.maximum(before - 1, 0)] * 65599 + signs[np.maximum(before - 2, 0)], 0
    )
    return Pieces(
        start,
        bounds,
        line,
        place,
        label,
        _shape(kinds, runs, line_starts, size)[line],
        _shape(kinds, runs, start, size),
        low[bounds - 1],
        codes,
        *(np.full(len(start), value) for value in (0, 0, 0, len(start) - 1)),
    )


def together(texts: Sequence[Pieces]) -> Pieces:
    """The pieces of several texts, text after text, each numbered on from the text before it."""
    counts = [len(p.start) for p in texts]
    sizes = [len(p.codes) for p in texts]
    first = np.repeat(np.cumsum(counts) - counts, counts)
    origin = np.repeat(np.cumsum(sizes) - sizes, counts)
    p = Pieces(*map(np.concatenate, zip(*texts, strict=True)))
    return p._replace(
        start=p.start + origin,
        end=p.end + origin,
        text=np.repeat(np.arange(len(texts)), counts),
        origin=origin,
        first=first,
        last=p.last + first,
    )


def _shape(kinds: np.ndarray, runs: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    """A number for the kinds of the first three runs of signs behind ``starts``."""
    at = np.searchsorted(runs, starts)
    shape = kinds[np.minimum(starts, size - 1)].astype(np.int64)
    last = len(runs) - 1
    for step in (1, 2):
        position = runs[np.minimum(at + step, last)]
        shape = shape * 1009 + np.where(position - starts <= HEAD, kinds[position], 0)
    return shape
