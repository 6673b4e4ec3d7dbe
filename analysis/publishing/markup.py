"""HTML that a notebook displays → blocks: tables as they were shown, and the text around them.

Only text, its emphasis and its links are taken; styles, scripts and everything that would need a
browser is not, and what is left out is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from analysis.publishing.document import (
    Block,
    BulletList,
    Cell,
    Code,
    Figure,
    Heading,
    Paragraph,
    Quote,
    Span,
    Table,
    left_out,
    plain,
    tidy,
    words,
)
from analysis.publishing.markdown import picture

_SILENT = frozenset(
    ["style", "head", "meta", "link", "title", "template", "colgroup", "-comment", "!doctype"]
)
_LOST = frozenset(
    "script iframe object embed canvas video audio svg form input button select textarea math applet".split()
)
_INLINE = frozenset(
    "a abbr b strong i em u s small sub sup code span br mark cite q del ins kbd font time label".split()
)
_STYLE = {
    "b": "strong",
    "strong": "strong",
    "th": "strong",
    "i": "emphasis",
    "em": "emphasis",
    "code": "code",
}
_DIGITS = r"(?:\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = re.compile(
    rf"[<>≈~约]?[-+−]?[¥$]?{_DIGITS}(?:[%‰]|e[-+]?\d+)?(?:\s*[–~/-]\s*[-+−]?{_DIGITS}%?)?\Z", re.I
)
_EMPTY = frozenset(["", "—", "–", "-", "null", "NaN", "NaT", "None", "<NA>", "…", "..."])
_POLARS_SHAPE = re.compile(r"shape: \(([\d_,]+), ([\d_,]+)\)")
_PANDAS_SHAPE = re.compile(r"(\d+) rows × (\d+) columns")
_ELISION = frozenset(["…", "..."])


def looks_numeric(texts: Sequence[str]) -> bool:
    """Is every text a number, a share, an interval, or nothing at all (and one of them something)?"""
    said = [text for text in texts if text not in _EMPTY]
    return bool(said) and all(_NUMBER.match(text) for text in said)


def _children(node: Any) -> list[Any]:
    return list(node.iter(include_text=True))


def _classes(node: Any) -> list[str]:
    return (node.attributes.get("class") or "").split()


class _Reader:
    def __init__(self, lang: str):
        self.lang = lang
        self.blocks: list[Block] = []
        self.open: list[Span] = []
        self.warnings: list[str] = []

    # --- text -----------------------------------------------------------
    def flush(self) -> None:
        """End the paragraph that inline text has opened."""
        spans = tidy(self.open)
        if plain(spans):
            self.blocks.append(Paragraph(spans))
        self.open = []

    def lose(self, what: str) -> None:
        self.warnings.append(f"left out: {what}")
        self.flush()
        self.blocks.append(left_out(what, self.lang))

    def spans(self, node: Any, style: Span) -> list[Span]:
        """The inline content of ``node``; what is no text is lost with a warning."""
        made: list[Span] = []
        for child in _children(node):
            tag = child.tag
            if tag == "-text":
                made.append(replace(style, text=re.sub(r"[ \t\r\n]+", " ", child.text_content or "")))
            elif tag == "br":
                made.append(replace(style, text="\n"))
            elif tag in _LOST or tag == "img":
                self.warnings.append(f"left out: <{tag}> inside a table or a text")
                made.append(
                    replace(
                        style, text=words(self.lang)["left_out"].format(child.attributes.get("alt") or tag)
                    )
                )
            elif tag not in _SILENT:
                inner: dict[str, Any] = {_STYLE[tag]: True} if tag in _STYLE else {}
                if tag == "a" and child.attributes.get("href"):
                    inner = {"href": child.attributes["href"].strip()}
                if tag in ("p", "div", "li", "tr") and plain(made).strip():
                    made.append(Span("\n"))
                made += self.spans(child, replace(style, **inner))
        return made

    # --- tables ---------------------------------------------------------
    def table(self, node: Any) -> None:
        self.flush()
        caption: list[Span] = []
        notes: list[list[Span]] = []
        placed: dict[str, list[list[tuple[Cell, int, int]]]] = {"head": [], "body": []}
        sides: dict[int, str] = {}
        for row in node.css("tr"):
            section = row.parent.tag if row.parent is not None else "tbody"
            entries = [cell for cell in row.iter() if cell.tag in ("td", "th")]
            kinds = {name for cell in entries for name in _classes(cell)} | set(_classes(row))
            if kinds & {"gt_title", "gt_subtitle", "gt_heading"}:
                text = tidy([span for cell in entries for span in self.spans(cell, Span(""))])
                caption += ([Span("\n")] if caption else []) + text
            elif section == "tfoot" or kinds & {"gt_sourcenote", "gt_footnote"}:
                notes += [tidy(self.spans(cell, Span(""))) for cell in entries]
            else:
                is_head = section == "thead" or (section == "table" and all(c.tag == "th" for c in entries))
                cells, place = [], 0
                for cell in entries:
                    across = _count(cell.attributes.get("colspan"))
                    cells.append(
                        (
                            Cell(tidy(self.spans(cell, Span(""))), cell.tag == "th"),
                            across,
                            _count(cell.attributes.get("rowspan")),
                        )
                    )
                    if not is_head and across == 1:
                        for side in ("left", "right", "center"):
                            if f"gt_{side}" in _classes(cell):
                                sides[place] = side
                    place += across
                placed["head" if is_head else "body"].append(cells)
        if (found := node.css_first("caption")) is not None:
            caption = tidy(self.spans(found, Span("")))
        width = max((sum(c[1] for c in row) for part in placed.values() for row in part), default=0)
        if not width:
            self.lose(words(self.lang)["empty_table"])
            return
        head, rows = _grid(placed["head"], width), _grid(placed["body"], width)
        aligns = []
        for column in range(width):
            own = [plain(row[column].spans) for row in rows if width == 1 or row[0] is not row[-1]]
            aligns.append(sides.get(column) or ("right" if looks_numeric(own) else "left"))
        made = Table(head, rows, aligns, caption, [note for note in notes if plain(note)])
        if any(rule in (node.attributes.get("style") or "") for rule in ("background", "color")) or (
            (node.attributes.get("id") or "").startswith("T_") and self.coloured
        ):
            self.warnings.append(
                "the colours of a table's cells are not bound; say them in words or draw a figure"
            )
        self.blocks.append(made)

    coloured = False

    # --- blocks ---------------------------------------------------------
    def read(self, node: Any) -> None:
        for child in _children(node):
            tag = child.tag
            if tag == "style":
                self.coloured = "background" in (child.text(deep=True) or "")
            if tag in _SILENT:
                continue
            if tag == "-text" or tag in _INLINE:
                holder = _Wrapped(child)
                self.open += self.spans(holder, Span(""))
            elif tag == "table":
                self.table(child)
            elif tag in _LOST:
                self.lose(f"<{tag}>")
            elif tag == "img":
                raster = picture(child.attributes.get("src") or "")
                self.flush()
                if raster:
                    self.blocks.append(Figure(raster=raster, alt=child.attributes.get("alt") or ""))
                else:
                    self.lose(child.attributes.get("alt") or "<img>")
            elif tag in ("ul", "ol"):
                self.flush()
                items = [self.inner(item) for item in child.iter() if item.tag == "li"]
                self.blocks.append(BulletList(items, 1 if tag == "ol" else None))
            elif tag == "pre":
                self.flush()
                self.blocks.append(Code((child.text(deep=True) or "").strip("\n")))
            elif tag == "blockquote":
                self.flush()
                self.blocks.append(Quote(self.inner(child)))
            elif re.fullmatch(r"h[1-6]", tag):
                self.flush()
                spans = tidy(self.spans(child, Span("")))
                self.blocks += [Heading(int(tag[1]), spans)] if plain(spans) else []
            else:
                self.flush()
                self.read(child)
                self.flush()

    def inner(self, node: Any) -> list[Block]:
        """The blocks inside ``node``, apart from those around it."""
        outer, self.blocks = self.blocks, []
        self.read(node)
        self.flush()
        inner, self.blocks = self.blocks, outer
        return inner


class _Wrapped:
    """One node as the only child of nothing: lets ``spans`` see the node itself."""

    def __init__(self, node: Any):
        self.node = node

    def iter(self, include_text: bool = True) -> list[Any]:
        return [self.node]


def _count(value: str | None) -> int:
    return min(max(int(value), 1), 1000) if value and value.isascii() and value.isdigit() else 1


def _grid(rows: Sequence[Sequence[tuple[Cell, int, int]]], width: int) -> list[list[Cell]]:
    """Rows of (cell, columns, rows) as a full grid; a cell stands at every place that it spans."""
    grid: list[list[Cell | None]] = [[None] * width for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell, across, down in row:
            while x < width and grid[y][x] is not None:
                x += 1
            for line in grid[y : y + down]:
                for place in range(x, min(x + across, width)):
                    line[place] = line[place] or cell
    return [[cell or Cell([]) for cell in row] for row in grid]


def _settle_frame(table: Table, said: str, lang: str) -> None:
    """What polars and pandas print for a frame, made a table for readers: no row of types, no counter, the cut stated."""
    polars, pandas = _POLARS_SHAPE.search(said), _PANDAS_SHAPE.search(said)
    width = len(table.aligns)
    if polars and len(table.head) > 1:
        kinds = [plain(cell.spans) for cell in table.head.pop(1)]
        for row in table.rows:
            for kind, cell in zip(kinds, row, strict=True):
                text = plain(cell.spans)
                if kind in ("str", "cat", "enum") and len(text) > 1 and text[0] == text[-1] == '"':
                    cell.spans = [Span(text[1:-1])]
    shown = [row for row in table.rows if not all(plain(cell.spans) in _ELISION for cell in row)]
    shown = [row for row in shown if not (width > 2 and all(plain(c.spans) in _ELISION for c in row[1:]))]
    counter = [plain(row[0].spans) for row in shown]
    if not polars and table.head and not plain(table.head[-1][0].spans) and all(r[0].is_head for r in shown):
        total = int(pandas[1]) if pandas else len(shown)
        if counter and all(text.isdigit() for text in counter):
            places = [int(text) for text in counter]
            rising = all(a < b for a, b in zip(places, places[1:], strict=False))
            # A frame that was not filtered or sorted counts 0 … N - 1: no information.
            if rising and places[0] == 0 and places[-1] == total - 1:
                for grid in (table.head, table.rows):
                    grid[:] = [row[1:] for row in grid]
                table.aligns = table.aligns[1:]
    stated = polars or pandas
    if stated:
        rows, columns = (int(part.replace(",", "").replace("_", "")) for part in stated.groups())
        kept = sum(plain(cell.spans) not in _ELISION for cell in table.head[-1]) if table.head else columns
        say = words(lang)
        cut = [say["of_rows"].format(len(shown), rows)] if len(shown) < rows else []
        if kept < min(columns, kept + 1) and any(plain(c.spans) in _ELISION for c in table.head[-1]):
            cut.append(say["of_columns"].format(kept, columns))
        if cut:
            table.notes.append([Span(say["sep"].join(cut))])


def read_html(source: str, lang: str = "zh") -> tuple[list[Block], list[str]]:
    """(blocks, warnings) of displayed HTML: polars, pandas, Styler and great_tables tables, text and lists."""
    from selectolax.lexbor import LexborHTMLParser

    reader = _Reader(lang)
    # A leading script or style would otherwise go into the head, unseen.
    body = LexborHTMLParser("<body>" + source).body
    if body is not None:
        reader.read(body)
        reader.flush()
    frames = [block for block in reader.blocks if isinstance(block, Table)]
    if len(frames) == 1 and ('class="dataframe' in source or 'id="T_' in source):
        outside = [b for b in reader.blocks if isinstance(b, Paragraph)]
        said = " ".join(plain(b.spans) for b in outside)
        _settle_frame(frames[0], said, lang)
        shapes = [
            b
            for b in outside
            if _POLARS_SHAPE.fullmatch(plain(b.spans)) or _PANDAS_SHAPE.fullmatch(plain(b.spans))
        ]
        reader.blocks = [b for b in reader.blocks if b not in shapes]
    return reader.blocks, reader.warnings
