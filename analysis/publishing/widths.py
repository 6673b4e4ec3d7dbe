"""How wide the columns of a printed table are: portrait, landscape, or continued in parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.publishing.document import Cell, Table, plain
from analysis.publishing.markup import looks_numeric

PORTRAIT_MM, LANDSCAPE_MM = 166.0, 261.0
# Sizes a table may shrink to (points) with the padding beside a cell's text (mm).
_SIZES = ((8.5, 1.4), (7.5, 1.1), (6.8, 0.8))
_MM_PER_POINT = 0.3528
# Fewer rows than this would leave a landscape page half empty: the columns continue in parts instead.
_LANDSCAPE_ROWS = 24
_SHORT_LABEL = 7.6
_DATE = re.compile(r"\d{4}(?:-\d\d){1,2}|\d{4}年\S{0,6}")
_BREAKS = re.compile(r"([/#.\-_?&=:;,@])(?=\S)")


@dataclass(slots=True)
class Part:
    """Some columns of a table: their places, widths (mm), text size (points), padding (mm)."""

    columns: list[int]
    widths: list[float]
    size: float
    pad: float


def em(text: str) -> float:
    """Width in em: full-width characters 1, others as wide as their glyph class in Noto Sans SC."""
    total = 0.0
    for char in text:
        if unicodedata.east_asian_width(char) in "WF" or char in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩":
            total += 1.0
        elif char in " .,:;'|!()[]-iIjlft":
            total += 0.36
        elif char in "mwMW%@—":
            total += 0.92
        else:
            total += 0.66 if char.isupper() else 0.57
    return total


def breakable(text: str) -> str:
    """``text`` with invisible break hints inside words too long for a column."""

    def hinted(match: re.Match[str]) -> str:
        at_marks = _BREAKS.sub("\\1\u200b", match.group())
        return re.sub(r"([^\u200b]{14})(?=[^\u200b]{2})", "\\1\u200b", at_marks)

    # Other alphabets are broken only where a word would not fit a line at all.
    text = re.sub(r"[\u00a1-\u1fff]{40,}", lambda m: re.sub(r"(.{30})(?=.)", "\\1\u200b", m.group()), text)
    return re.sub(r"[!-~]{15,}", hinted, text)


def _longest_word(text: str) -> float:
    words = re.findall(r"[!-~\u00a0-\u024f]+", breakable(text).replace("\u200b", " "))
    return max(map(em, words), default=1.0)


def _needs(table: Table) -> list[tuple[float, float, float]]:
    """Per column (least, comfortable, total) width in em; cells that span columns fit themselves in."""
    needs = []

    def own(grid: Sequence[Sequence[Cell]], column: int) -> list[str]:
        cells = [r[column] for r in grid if not any(r[i] is r[column] for i in range(len(r)) if i != column)]
        return [line for cell in dict.fromkeys(cells) for line in plain(cell.spans).split("\n")]

    for column in range(len(table.aligns)):
        found, heads = own(table.rows, column), own(table.head, column)
        widths = [em(text) for text in found]
        widest, head = max(widths, default=1.0), max(map(em, heads), default=0.0)
        if looks_numeric(found) or all(_DATE.fullmatch(text) for text in found if text):
            # Numbers stay whole.
            least = min(widest, 14.0)
        else:
            # Short labels (鞍山 2021) stay on one line; longer texts need room for their longest word.
            short = max((w for w in widths if w <= _SHORT_LABEL), default=1.0)
            least = max(
                min(widest, 5.0), short, max((min(_longest_word(t), 9.0) for t in found), default=1.0)
            )
        # Heads are bold, hence wider.
        wordy = max((min(1.08 * _longest_word(text), 9.0) for text in heads if text), default=1.0)
        least = max(least, min(head, max(2.2, head / 2 + 0.2), 4.2), wordy) + 0.15
        comfortable = max(least, min(max(widest, min(head, 6.0)) + 0.15, 34.0))
        needs.append((least, comfortable, sum(widths) + head))
    return needs


def _share_out(
    needs: Sequence[tuple[float, float, float]], em_mm: float, pad: float, room: float
) -> list[float] | None:
    """Column widths in mm that fill ``room``; None when the least widths do not fit."""
    widths = [need[0] * em_mm + 2 * pad for need in needs]
    comfortable = [need[1] * em_mm + 2 * pad for need in needs]
    spare = room - sum(widths)
    if spare < 0:
        return None
    if sum(comfortable) <= room:
        # Everything fits; widen up to the full measure only where there is running text.
        texty = [i for i, need in enumerate(needs) if need[1] >= 12.0]
        rest = room - sum(comfortable)
        return [
            w + (rest / len(texty) if i in texty else 0.0 if texty else min(rest / len(needs), 6.0))
            for i, w in enumerate(comfortable)
        ]
    # Give most to the columns that would otherwise grow tallest.
    weights = [
        (c - w) * max(need[2], 1.0) ** 0.8 for w, c, need in zip(widths, comfortable, needs, strict=True)
    ]
    growing = {i for i, weight in enumerate(weights) if weight > 0}
    while spare > 0.01 and growing:
        total = sum(weights[i] for i in growing)
        steps = {i: min(spare * weights[i] / total, comfortable[i] - widths[i]) for i in sorted(growing)}
        for i, step in steps.items():
            widths[i] += step
        spare -= sum(steps.values())
        growing = {i for i in growing if comfortable[i] - widths[i] > 0.01}
    return widths


def lay_out(table: Table) -> tuple[bool, list[Part]]:
    """(landscape?, parts): the largest size that fits, portrait before landscape.

    A table too wide for its page continues in parts that repeat its first column.
    """
    needs = _needs(table)
    every = list(range(len(needs)))
    rooms: list[tuple[float, bool, tuple[tuple[float, float], ...]]] = [(PORTRAIT_MM, False, _SIZES[:2])]
    if len(table.rows) >= _LANDSCAPE_ROWS:
        rooms.append((LANDSCAPE_MM, True, _SIZES))
    for room, is_landscape, sizes in rooms:
        for size, pad in sizes:
            widths = _share_out(needs, size * _MM_PER_POINT, pad, room)
            if widths is not None:
                return is_landscape, [Part(every, widths, size, pad)]
    room, is_landscape, _ = rooms[-1]
    size, pad = _SIZES[1]
    unit = size * _MM_PER_POINT
    groups = [[0]]
    for column in every[1:]:
        together = [needs[i] for i in (*groups[-1], column)]
        if len(groups[-1]) > 1 and _share_out(together, unit, pad, room) is None:
            groups.append([0])
        groups[-1].append(column)
    parts = []
    for group in groups:
        chosen = [needs[i] for i in group]
        widths = _share_out(chosen, unit, pad, room)
        if widths is None:
            least = [need[0] * unit + 2 * pad for need in chosen]
            widths = [width * room / sum(least) for width in least]
        parts.append(Part(group, widths, size, pad))
    return is_landscape, parts
