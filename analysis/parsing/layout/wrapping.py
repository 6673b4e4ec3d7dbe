"""Lines wrapped at the width of a layout: which line breaks of a text end no paragraph."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from analysis.parsing.text.numbering import read_label

_CLOSERS = frozenset("。!?;:…】]|>")
LEAST_WIDTH, MOST_WIDTH = 16, 90
LEAST_LINES = 5  # full lines from which a width can be told
SLACK = 4  # closing marks kept from a line's head, half-width digits and letters


@lru_cache(maxsize=8)
def wrapped_breaks(shadow: str) -> tuple[frozenset[int], frozenset[int]]:
    """Offsets of the line breaks that only the width made, and of those that end a short line.

    Both are empty for a text that is not wrapped: one where no width is reached by several lines,
    mostly in mid-sentence, and passed by hardly any.
    """
    bodies = [raw.strip() for raw in shadow.split("\n")]
    width = _width([body for body in bodies if body and "|" not in body])
    if width is None:
        return frozenset(), frozenset()
    lines: list[tuple[int, str, int]] = []  # offset of the break behind, words, blanks before
    position = 0
    for raw, body in zip(shadow.split("\n"), bodies):
        position += len(raw) + 1
        lines.append((position - 1, body, len(raw) - len(raw.lstrip(" "))))
    indents = Counter(
        min(blanks, 4)
        for (_, before, _), (_, body, blanks) in zip(lines, lines[1:])
        if body and len(before) >= width and before[-1] not in _CLOSERS
    )
    usual = indents.most_common(1)[0][0] if indents else 0
    soft: set[int] = set()
    hard: set[int] = set()
    numbered: set[int] = set()
    after_short = 0  # numbered lines in their turn behind a short line
    last: dict[str, int] = {}
    for (at, body, _), (_, following, blanks) in zip(lines, lines[1:]):
        label = read_label(body) if body else None
        if label is not None:
            last[label.style] = label.number
        if not body or not following or "|" in body or "|" in following:
            continue
        follows = read_label(following)
        in_turn = follows is not None and (
            follows.number <= 1 or 0 < follows.number - last.get(follows.style, 0) <= 2
        )
        if len(body) <= width - 2 * SLACK:
            hard.add(at)
            after_short += in_turn
        elif len(body) >= width and not (
            min(blanks, 4) > usual or following[0] in "#【" or _opens(following)
        ):
            (numbered if in_turn else soft).add(at)
    # Where numbered lines stand behind full lines mostly, the breaks between paragraphs are lost as
    # well: a number at the head of a line begins a paragraph no more than one in mid-line does.
    if len(numbered) > 2 * after_short:
        soft |= numbered
    return frozenset(soft), frozenset(hard)


def _opens(line: str) -> bool:
    """Whether a line begins with a label and a colon, or is one alone."""
    head = line[:16]
    colon = head.find(":")
    return 2 <= colon <= 12 and all("一" <= char <= "鿿" for char in head[:colon])


def _width(bodies: list[str]) -> int | None:
    """The number of characters from which a line is full; None where nothing cuts the lines."""
    if len(bodies) < 2 * LEAST_LINES:
        return None
    longest = sorted(map(len, bodies))[-1 - len(bodies) // 50]  # one line in fifty may stick out
    if not LEAST_WIDTH <= longest <= MOST_WIDTH:
        return None
    counts = Counter(map(len, bodies))
    near = {length: number for length, number in counts.items() if length > longest - 2 * SLACK}
    usual = max(near, key=lambda length: (near[length], length))
    # Cut at exactly so many characters, closing marks kept from a head aside, or about so many.
    exact = near[usual] * 10 >= sum(number for length, number in near.items()) * 6
    width = usual if exact else longest - SLACK + 1
    full = [body for body in bodies if len(body) >= width]
    cut = sum(body[-1] not in _CLOSERS for body in full)
    enough = 6 if len(full) * 10 >= len(bodies) * 3 else 8 if exact or len(full) * 5 >= len(bodies) else 99
    if len(full) < LEAST_LINES or cut * 10 < len(full) * enough:
        return None
    return width
