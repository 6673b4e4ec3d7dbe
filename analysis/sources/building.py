"""Builds a Document's text line by line and notes what the source format says of each line."""

from __future__ import annotations

import re

from analysis.parsing.records import Block

# Invisible in print and in the way of every match: zero-width marks, soft hyphen, byte order mark.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"))
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


class TextBuilder:
    """Lines go in, one text with its blocks comes out; every block is exactly the text added."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._tables = 0
        self.blocks: list[Block] = []

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def length(self) -> int:
        return self._length

    def add(self, text: str, kind: str = "paragraph", level: int = 0) -> None:
        """One paragraph, heading or chrome line; blank text adds nothing."""
        self._append(text, Block(kind, 0, 0, level))

    def new_table(self) -> int:
        """Number of the next table, from 0."""
        self._tables += 1
        return self._tables - 1

    def add_cell(self, text: str, table: int, row: int, col: int) -> None:
        """One table cell on a line of its own (more lines when it has paragraphs); blank adds nothing."""
        self._append(text, Block("cell", 0, 0, 0, table, row, col))

    def _append(self, text: str, block: Block) -> None:
        text = clean_line(text)
        if not text:
            return
        block.start = self._length
        block.end = self._length + len(text)
        self.blocks.append(block)
        self._parts.append(text)
        self._parts.append("\n")
        self._length = block.end + 1


def clean_line(text: str) -> str:
    """Without invisible characters, control characters and blanks at either end."""
    text = text.translate(_INVISIBLE)
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
    return text.strip()  # every Unicode blank, the ideographic and the em space included
