"""DOCX: paragraphs with their printed numbers, tables as cells, changes as accepted.

Read from the XML itself: automatic numbers stand nowhere in the text, tracked insertions count
and deletions do not, hidden text, comments, headers and footers are left out, footnotes follow
the text as chrome.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.parsing.records import Document
from analysis.sources.building import TextBuilder
from analysis.sources.docx_numbering import Numbering, is_on, whole
from analysis.sources.errors import UnreadableSource
from analysis.sources.furniture import mark_furniture
from analysis.sources.ooxml import Package, W

if TYPE_CHECKING:
    from lxml.etree import _Element

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Containers whose content is part of the line or the body around them.
_TRANSPARENT = frozenset(
    W + name
    for name in (
        "ins",
        "moveTo",
        "hyperlink",
        "smartTag",
        "sdt",
        "sdtContent",
        "customXml",
        "fldSimple",
        "dir",
        "bdo",
        "ruby",
        "rubyBase",
        "r",
    )
)
_SKIPPED = frozenset(
    W + name
    for name in (
        "del",
        "moveFrom",
        "instrText",
        "delText",
        "delInstrText",
        "rt",
        "rubyPr",
        "rPr",
        "pPr",
        "sdtPr",
        "sdtEndPr",
        "footnoteReference",
        "endnoteReference",
        "annotationRef",
        "commentReference",
        "lastRenderedPageBreak",
    )
) | {_MC + "Fallback"}
MAX_DEPTH = 60


def read_docx(data: bytes, name: str) -> Document:
    """Text and blocks of a Word document; raises UnreadableSource."""
    package = Package(data, name)
    part = next((part for part in ("word/document.xml", "word/document2.xml") if part in package.names), None)
    root = package.xml(part) if part else None
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise UnreadableSource(
            "read",
            "broken_file",
            f"{name}: the document has no body. Open it in Word, WPS or LibreOffice and save it anew.",
        )
    reader = _Reader(Numbering(package.xml("word/numbering.xml"), package.xml("word/styles.xml")))
    for element in _contents(body):
        if element.tag == W + "p":
            reader.paragraph(element)
        elif element.tag == W + "tbl":
            reader.table(element)
    if not reader.builder.text.strip() and any(part.startswith("word/media/") for part in package.names):
        raise UnreadableSource(
            "read",
            "pictures_only",
            (
                f"{name}: the document holds pictures of pages and no text. Run text recognition (OCR) on it, proof-read the result, and drop it in as text or DOCX."
            ),
        )
    for notes in ("word/footnotes.xml", "word/endnotes.xml"):
        reader.notes(package.xml(notes))
    mark_furniture(reader.builder.text, reader.builder.blocks)
    return Document(
        text=reader.builder.text, encoding=None, blocks=reader.builder.blocks, reader_warnings=reader.warnings
    )


class _Reader:
    def __init__(self, numbering: Numbering):
        self.numbering = numbering
        self.builder = TextBuilder()
        self.warnings: list[str] = []

    def paragraph(self, element: _Element) -> None:
        properties = element.find(W + "pPr")
        style = self._style(properties)
        lines = self._lines(element, properties, style)
        name = self.numbering.style_names.get(style or "", "")
        if name.startswith("toc ") or name == "toc heading":
            kind, level = "chrome", 0  # the table of contents repeats every heading
        else:
            level = self._level(properties, style)
            kind = "heading" if level else "paragraph"
        for line in lines:
            self.builder.add(line, kind, level)

    def table(self, element: _Element) -> None:
        number = self.builder.new_table()
        for row, cells in enumerate(_rows(element)):
            for col, cell in cells:
                if cell is not None:
                    self.builder.add_cell("\n".join(self._cell_lines(cell, 0)), number, row, col)

    def notes(self, root: _Element | None) -> None:
        if root is None:
            return
        for note in root:
            if note.get(W + "type") in (None, "normal"):
                for paragraph in note.iter(W + "p"):
                    for line in self._lines(paragraph, paragraph.find(W + "pPr"), None):
                        self.builder.add(line, "chrome")

    def _cell_lines(self, cell: _Element, depth: int) -> list[str]:
        lines: list[str] = []
        for element in _contents(cell):
            if element.tag == W + "p":
                properties = element.find(W + "pPr")
                lines += self._lines(element, properties, self._style(properties))
            elif element.tag == W + "tbl" and depth < 5:
                for cells in _rows(element):
                    for _, inner in cells:
                        lines += self._cell_lines(inner, depth + 1) if inner is not None else []
        return [line for line in (line.strip() for line in lines) if line]

    def _lines(self, element: _Element, properties: _Element | None, style: str | None) -> list[str]:
        """The lines of a paragraph (more than one with manual breaks), text boxes after it."""
        label = self.numbering.label(properties, style)
        boxes: list[_Element] = []
        text = "".join(_run_text(element, boxes))
        if not text.strip():
            label = ""
        elif label and label[-1].isascii() and label[-1] not in ")]":
            label += " "
        lines = (label + text.lstrip(" \t") if label else text).split("\n")
        for box in boxes:
            for paragraph in box.iter(W + "p"):
                lines += "".join(_run_text(paragraph, [])).split("\n")
        return lines

    def _style(self, properties: _Element | None) -> str | None:
        style = properties.find(W + "pStyle") if properties is not None else None
        return style.get(W + "val") if style is not None else self.numbering.default_style

    def _level(self, properties: _Element | None, style: str | None) -> int:
        if properties is not None and properties.find(W + "outlineLvl") is not None:
            level = whole(properties.find(W + "outlineLvl"), 9)
            return level + 1 if level < 6 else 0
        return self.numbering.headings.get(style or "", 0)


def _contents(container: _Element) -> Iterator[_Element]:
    """Paragraphs and tables of a body or cell, through content controls and tracked insertions."""
    stack = list(reversed(container))
    while stack:
        element = stack.pop()
        if element.tag in (W + "p", W + "tbl"):
            yield element
        elif element.tag in _TRANSPARENT or element.tag in (_MC + "AlternateContent", _MC + "Choice"):
            stack.extend(reversed(element))


def _rows(table: _Element) -> Iterator[list[tuple[int, _Element | None]]]:
    """Rows of (column, cell); None for the continuation of a cell merged downwards."""
    for row in _inside(table, W + "tr"):
        properties = row.find(W + "trPr")
        if properties is not None and properties.find(W + "del") is not None:
            continue
        col = whole(properties.find(W + "gridBefore"), 0) if properties is not None else 0
        cells: list[tuple[int, _Element | None]] = []
        for cell in _inside(row, W + "tc"):
            inner = cell.find(W + "tcPr")
            merged = inner.find(W + "vMerge") if inner is not None else None
            continues = merged is not None and merged.get(W + "val") != "restart"
            cells.append((col, None if continues else cell))
            col += max(1, whole(inner.find(W + "gridSpan"), 1)) if inner is not None else 1
        yield cells


def _inside(container: _Element, tag: str) -> Iterator[_Element]:
    stack = list(reversed(container))
    while stack:
        element = stack.pop()
        if element.tag == tag:
            yield element
        elif element.tag in _TRANSPARENT:
            stack.extend(reversed(element))


def _run_text(paragraph: _Element, boxes: list[_Element]) -> Iterator[str]:
    """Visible text of a paragraph in order; text boxes are collected, not read in place."""
    stack = [(element, 1) for element in reversed(paragraph)]
    in_instruction = 0
    fields: list[bool] = []
    while stack:
        element, depth = stack.pop()
        tag = element.tag
        if tag == W + "fldChar":
            kind = element.get(W + "fldCharType")
            if kind == "begin":
                fields.append(True)
            elif kind == "separate" and fields:
                fields[-1] = False
            elif kind == "end" and fields:
                fields.pop()
            in_instruction = sum(fields)
            continue
        if tag == W + "r":
            properties = element.find(W + "rPr")
            if properties is not None and (
                is_on(properties.find(W + "vanish")) or is_on(properties.find(W + "webHidden"))
            ):
                continue
        if tag in _SKIPPED:
            continue
        if tag == W + "t":
            if not in_instruction:
                yield element.text or ""
        elif tag == W + "tab":
            yield "\t" if not in_instruction else ""
        elif tag in (W + "br", W + "cr"):
            yield "\n"
        elif tag == W + "noBreakHyphen":
            yield "-"
        elif tag == W + "txbxContent":
            boxes.append(element)
        elif depth < MAX_DEPTH and len(element) and tag not in (W + "p", W + "tbl"):
            stack.extend((child, depth + 1) for child in reversed(element))
