"""The one document that HTML, PDF and DOCX are rendered from: chapters of blocks, blocks of spans.

Nothing in it is markup: a span is text with a few properties, and a link is an address that
``settle`` found to arrive. The renderers differ in how it looks, never in what it says.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from analysis.publishing import drawings, fonts

TEMPLATES = Path(__file__).parent / "templates"
# Characters of a value that may stand in a tile.
_TILE = 18
TONES = ("note", "warning", "left_out")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
# An address of another page of the edition, as notebooks write it: relative to their own folder.
_PAGE = re.compile(
    r"(?:\.\./reports/latest/|\./)?((?:sources/)?[a-z0-9][a-z0-9-]*\.html)(?:#([\w.~%=&,;:/?+!-]*))?\Z",
    re.ASCII,
)
_OUTSIDE = re.compile(r"(?:https?://|mailto:)[^\s\"'<>\\]+\Z")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text; ``\\n`` in it is a line break."""

    text: str
    href: str = ""
    strong: bool = False
    emphasis: bool = False
    code: bool = False


@dataclass(slots=True)
class Heading:
    level: int
    spans: list[Span]
    anchor: str = ""
    # A chapter's title right above its first finding is set small.
    is_kicker: bool = False


@dataclass(slots=True)
class Paragraph:
    spans: list[Span]


@dataclass(slots=True)
class Code:
    """Text as it stands: printed output, a code fence."""

    text: str


@dataclass(slots=True)
class BulletList:
    """A list of items, each of blocks; numbered from ``start`` unless that is None."""

    items: list[list[Block]]
    start: int | None = None


@dataclass(slots=True)
class Quote:
    """Quoted or framed blocks; ``tone`` is empty for a quotation, else one of ``TONES``."""

    blocks: list[Block]
    tone: str = ""
    title: str = ""


@dataclass(slots=True, eq=False)
class Cell:
    """One cell; the same object stands at every place of the grid that it spans."""

    spans: list[Span]
    is_head: bool = False


@dataclass(slots=True)
class Table:
    """``head`` and ``rows`` are grids of cells, all as wide as ``aligns`` (left, right, center)."""

    head: list[list[Cell]]
    rows: list[list[Cell]]
    aligns: list[str]
    caption: list[Span] = field(default_factory=list)
    # The notes below; without a ``number``: tiles, which are not counted.
    notes: list[list[Span]] = field(default_factory=list)
    number: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Figure:
    """A drawing (``svg``) or a picture (``raster``, PNG or JPEG); ``rows`` is the data it shows."""

    svg: str = ""
    raster: bytes = b""
    caption: str = ""
    alt: str = ""
    notes: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    width_mm: float = 160.0
    number: str = ""
    anchor: str = ""


@dataclass(slots=True)
class Folded:
    """What an edition keeps for its annex: folded in HTML, absent from PDF and DOCX."""

    title: str
    blocks: list[Block]


Block = Heading | Paragraph | Code | BulletList | Quote | Table | Figure | Folded


@dataclass(slots=True)
class Chapter:
    """What one executed notebook displays. ``warnings`` belong into the run's record."""

    title: str
    blocks: list[Block]
    warnings: list[str] = field(default_factory=list)
    name: str = ""


@dataclass(slots=True)
class Document:
    """``front`` are messages for the first page, framed; ``aside`` what stands under the title in small print;
    ``blocks`` the chapters in order, titles included."""

    title: str
    blocks: list[Block]
    lang: str = "zh"
    scope: str = ""
    as_of: str = ""
    front: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    # The chapter (its name) that each block came from, by position.
    origins: list[str] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        return words(self.lang)

    @property
    def timestamp(self) -> datetime:
        """The fixed time written into every file: midnight of the day the data stand at."""
        match = re.search(r"\d{4}-\d{2}-\d{2}", self.as_of)
        try:
            return datetime.fromisoformat(match.group()).replace(tzinfo=UTC) if match else _NO_DAY
        except ValueError:
            return _NO_DAY


_NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@cache
def words(lang: str) -> dict[str, str]:
    """The publisher's own words in ``zh`` or ``en``; ValueError for another language."""
    table = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    if lang not in table:
        raise ValueError(f"language {lang!r}: choose one of {', '.join(sorted(table))}")
    return table[lang]


def plain(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans)


def tidy(spans: Sequence[Span]) -> list[Span]:
    """Spans without the white space of the markup around them; neighbours of one kind joined."""
    made: list[Span] = []
    for span in spans:
        before = made[-1].text[-1:] if made else "\n"
        text = span.text.lstrip(" ") if before in " \n" else span.text
        if text.startswith("\n") and made:
            made[-1] = replace(made[-1], text=made[-1].text.rstrip(" "))
        if text and made and replace(made[-1], text="") == replace(span, text=""):
            made[-1] = replace(made[-1], text=made[-1].text + text)
        elif text:
            made.append(replace(span, text=text))
    while made and not made[-1].text.rstrip():
        made.pop()
    if made:
        made[-1] = replace(made[-1], text=made[-1].text.rstrip())
        made[0] = replace(made[0], text=made[0].text.lstrip())
    return [span for span in made if span.text]


def left_out(what: str, lang: str) -> Quote:
    """The visible line in place of something that was displayed and cannot be bound."""
    return Quote([Paragraph([Span(words(lang)["left_out"].format(what))])], "left_out")


def in_language(text: str, lang: str) -> str:
    """「中文 · English」 cut to one language; other text as it is."""
    left, dot, right = text.partition(" · ")
    if not dot or bool(_HAN.search(left)) == bool(_HAN.search(right)):
        return text
    return left if bool(_HAN.search(left)) == (lang == "zh") else right


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """Every block, the inner ones of lists, quotes and folds after their outer one."""
    for block in blocks:
        yield block
        if isinstance(block, (Quote, Folded)):
            yield from walk(block.blocks)
        elif isinstance(block, BulletList):
            for item in block.items:
                yield from walk(item)


def printed(blocks: Iterable[Block]) -> list[Block]:
    """The blocks that PDF and DOCX show."""
    return [block for block in blocks if not isinstance(block, Folded)]


def cells_of(table: Table) -> list[Cell]:
    """The cells of a table in reading order, a spanning one once."""
    return list(dict.fromkeys(cell for row in (*table.head, *table.rows) for cell in row))


def span_lists(block: Block) -> list[list[Span]]:
    """The span lists that a block itself holds (not its inner blocks)."""
    if isinstance(block, (Heading, Paragraph)):
        return [block.spans]
    if isinstance(block, Table):
        return [block.caption, *(cell.spans for cell in cells_of(block)), *block.notes]
    return []


def texts(block: Block) -> list[str]:
    """The texts that a block itself shows, a drawing's words excepted."""
    if isinstance(block, Code):
        return [block.text]
    if isinstance(block, (Quote, Folded)):
        return [block.title]
    if isinstance(block, Figure):
        return [block.caption, *block.notes]
    return [plain(spans) for spans in span_lists(block)]


def rewrite(block: Block, change: Any) -> None:
    """Replace every text of ``block`` and its inner blocks by ``change(text)``, alt texts and data included."""
    for inner in walk([block]):
        for spans in span_lists(inner):
            spans[:] = [replace(span, text=change(span.text)) for span in spans]
        if isinstance(inner, Code):
            inner.text = change(inner.text)
        elif isinstance(inner, (Quote, Folded)):
            inner.title = change(inner.title)
        elif isinstance(inner, Figure):
            inner.caption, inner.alt = change(inner.caption), change(inner.alt)
            inner.notes = [change(note) for note in inner.notes]
            inner.columns = [change(name) for name in inner.columns]
            inner.rows = [[change(v) if isinstance(v, str) else v for v in row] for row in inner.rows]


def is_tiles(table: Table) -> bool:
    """One row of a few short values under heads: printed large, side by side, as the numbers of a first page."""
    cells = [plain(cell.spans) for row in table.rows for cell in row]
    return (
        len(table.rows) == len(table.head) == 1
        and 3 <= len(cells) <= 8
        and len(set(table.rows[0])) == len(cells)
        and all(0 < len(text) <= _TILE and "\n" not in text for text in cells)
    )


def merged(grid: Sequence[Sequence[Cell]], columns: Sequence[int]) -> list[list[tuple[Cell, int, int]]]:
    """The rows of ``grid`` cut to ``columns``: (cell, columns spanned, rows spanned), each cell once."""
    cut = [[row[column] for column in columns] for row in grid]
    made: list[list[tuple[Cell, int, int]]] = []
    for y, row in enumerate(cut):
        made.append([])
        for x, cell in enumerate(row):
            if (x and row[x - 1] is cell) or (y and cut[y - 1][x] is cell):
                continue
            across = next((i for i, other in enumerate(row[x:]) if other is not cell), len(row) - x)
            down = next((y2 for y2 in range(y + 1, len(cut)) if cut[y2][x] is not cell), len(cut)) - y
            made[-1].append((cell, across, down))
    return made


def settle(href: str, pages: Mapping[str, frozenset[str] | None], anchors: Mapping[str, str]) -> str:
    """``href`` as it stands in an edition; empty where it would not arrive.

    ``pages``: address of a page of the edition → the anchors on it (None: any). ``anchors``: what
    a link inside the document may say → the anchor there.
    """
    if href.startswith("#"):
        target = anchors.get(unquote(href[1:]), "")
        return f"#{target}" if target else ""
    match = _PAGE.match(href)
    if match and match[1] in pages:
        page, anchor, known = match[1], match[2] or "", pages[match[1]]
        return (
            ""
            if anchor and known is not None and anchor not in known
            else page + (f"#{anchor}" if anchor else "")
        )
    return href if _OUTSIDE.match(href) else ""


def _slug(text: str, fall_back: str) -> str:
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or fall_back
    return made if made[0].isalpha() else f"{fall_back}-{made}"


def assemble(
    chapters: Sequence[Chapter],
    *,
    title: str,
    lang: str = "zh",
    scope: str = "",
    as_of: str = "",
    front: Sequence[str] = (),
    aside: Sequence[str] = (),
    pages: Mapping[str, frozenset[str] | None] | None = None,
) -> Document:
    """One document of ``chapters``: headings levelled, tables and figures numbered, anchors unique, links settled.

    What is folded is numbered on its own (A1, A2 …), so that PDF and DOCX, which leave it out, count without a gap.
    Every text is made printable with the shipped fonts.
    """
    made = Document(title, [], lang, scope, as_of)
    made.front, made.aside = ([fonts.printable(message) for message in told] for told in (front, aside))
    made.title, made.scope = (fonts.printable(" ".join(words.split())) for words in (title, scope))
    taken, counts = {"top", "contents", "main", "theme"}, Counter[tuple[type, bool]]()
    jumps: dict[str, str] = {}

    def anchor(wanted: str) -> str:
        name, count = wanted, 2
        while name in taken:
            name, count = f"{wanted}-{count}", count + 1
        taken.add(name)
        return name

    for number, chapter in enumerate(chapters, 1):
        slug = _slug(re.sub(r"^\d+_", "", chapter.name), f"chapter-{number}")
        inner = [b for b in walk(chapter.blocks) if isinstance(b, Heading)]
        highest = min((b.level for b in inner), default=2)
        opening = Heading(1, [Span(" ".join(chapter.title.split()) or chapter.name)])
        opening.is_kicker = bool(chapter.blocks) and isinstance(chapter.blocks[0], Heading)
        for block in (opening, *chapter.blocks):
            rewrite(block, fonts.printable)
        folded = {
            id(b) for fold in walk(chapter.blocks) if isinstance(fold, Folded) for b in walk(fold.blocks)
        }
        depth = 1
        for block in walk([opening, *chapter.blocks]):
            if isinstance(block, Heading):
                if block is not opening:
                    # A level may not be skipped: screen readers and PDF/UA follow the levels.
                    depth = block.level = min(block.level - highest + 2, depth + 1, 4)
                if not plain(block.spans).strip():
                    # Nothing of it could be printed; PDF/UA allows no empty heading.
                    block.spans = [Span("—")]
                block.anchor = anchor(slug)
                # JupyterLab's own address of a heading is its text with hyphens for spaces.
                jumps.setdefault(plain(block.spans).replace(" ", "-"), block.anchor)
            elif isinstance(block, (Table, Figure)):
                kind = "table" if isinstance(block, Table) else "figure"
                if isinstance(block, Table) and is_tiles(block):
                    kind = "numbers"
                else:
                    is_annex = id(block) in folded
                    counts[type(block), is_annex] += 1
                    block.number = f"{'A' if is_annex else ''}{counts[type(block), is_annex]}"
                block.anchor = anchor(block.anchor or f"{kind}-{block.number.lower() or 1}")
                if isinstance(block, Figure) and block.svg:
                    block.svg = fonts.named(block.svg, "".join(drawings.texts(block.svg)))
                if isinstance(block, Figure) and not block.alt:
                    drawn = drawings.title(block.svg) if block.svg else ""
                    say = words(lang)
                    block.alt = say["no_alt"].format(block.caption or drawn or say["unnamed_figure"])
        made.blocks += [opening, *chapter.blocks]
        made.origins += [chapter.name] * (1 + len(chapter.blocks))
    jumps.update((name, name) for name in taken)
    for block in walk(made.blocks):
        for spans in span_lists(block):
            spans[:] = [replace(s, href=settle(s.href, pages or {}, jumps)) if s.href else s for s in spans]
    return made
