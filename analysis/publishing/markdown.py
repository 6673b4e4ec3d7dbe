"""Markdown → blocks. HTML in it is shown as the text it is; only ``<br>`` and comments are understood."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
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
)

PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,([A-Za-z0-9+/=\s]+)\Z")
# GitHub's and JupyterLab's alerts: > [!WARNING]
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*", re.I)
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef。，、；：“”‘’（）]")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_BREAK = re.compile(r"<br\s*/?>\Z", re.I)
_PLAIN = Span("")


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def picture_size(raster: bytes) -> tuple[int, int, str]:
    """(width, height, png or jpeg) of a picture in pixels."""
    from docx.image.image import Image

    held = Image.from_blob(raster)
    return held.px_width, held.px_height, held.content_type.rpartition("/")[2]


def picture(address: str) -> bytes:
    """The bytes of a ``data:`` address with a PNG or JPEG; empty for anything else."""
    from docx.image.exceptions import (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
    )

    match = PICTURE.match(address)
    try:
        raster = base64.b64decode(match[1]) if match else b""
        return raster if raster and picture_size(raster)[2] in ("png", "jpeg") else b""
    except (binascii.Error, InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError):
        return b""


class _Reader:
    """Reads one text; ``attachments`` gives the address of a picture that the notebook itself carries."""

    def __init__(self, lang: str, attachments: Callable[[str], str]):
        self.lang, self.attachments = lang, attachments
        self.warnings: list[str] = []

    def spans(self, nodes: Sequence[Any], style: Span = _PLAIN) -> list[Span]:
        """Inline nodes as spans; pictures are taken out beforehand."""
        made: list[Span] = []
        for node in nodes:
            kind = node.type
            if kind == "text":
                made.append(replace(style, text=node.content))
            elif kind == "code_inline":
                made.append(replace(style, text=node.content, code=True))
            elif kind == "softbreak":
                before = plain(made)[-1:]
                # Chinese lines are joined without a space.
                made.append(replace(style, text="" if _WIDE.match(before) else " "))
            elif kind == "hardbreak" or kind == "html_inline" and _BREAK.match(node.content):
                made.append(replace(style, text="\n"))
            elif kind == "html_inline":
                made.append(replace(style, text=_COMMENT.sub("", node.content)))
            elif kind != "image":
                inner: dict[str, Any] = {"strong": {"strong": True}, "em": {"emphasis": True}}.get(kind, {})
                if kind == "link":
                    inner = {"href": str(node.attrs.get("href", ""))}
                made += self.spans(node.children, replace(style, **inner))
        return [span for span in made if span.text]

    def paragraph(self, inline: Any) -> list[Block]:
        """A paragraph; its pictures follow it as figures."""
        made: list[Block] = []
        spans = self.spans(inline.children)
        if plain(spans).strip():
            made.append(Paragraph(spans))
        for node in inline.walk():
            if node.type != "image":
                continue
            address, alt = str(node.attrs.get("src", "")), node.content
            raster = picture(self.attachments(address) or address)
            if raster:
                made.append(Figure(raster=raster, alt=alt, caption=str(node.attrs.get("title", ""))))
            else:
                self.warnings.append(
                    f"left out: picture {address[:80]!r}; attach it to the cell or show it with a figure"
                )
                made.append(left_out(alt or address[:80], self.lang))
        return made

    def table(self, node: Any) -> Table:
        grids: list[list[list[Cell]]] = [[], []]
        aligns: list[str] = []
        for part in node.children:
            for row in part.children:
                cells = [
                    Cell(self.spans(cell.children[0].children if cell.children else []), part.type == "thead")
                    for cell in row.children
                ]
                grids[part.type == "tbody"].append(cells)
                styles = [str(cell.attrs.get("style", "")).rpartition(":")[2] for cell in row.children]
                aligns = aligns or [style or "left" for style in styles]
        return Table(grids[0], grids[1], aligns)

    def quote(self, node: Any) -> Quote:
        blocks = self.blocks(node.children)
        first = blocks[0] if blocks else None
        match = _ALERT.match(plain(first.spans)) if isinstance(first, Paragraph) else None
        if match is None or not isinstance(first, Paragraph):
            return Quote(blocks)
        first.spans[0] = replace(first.spans[0], text=first.spans[0].text[match.end() :])
        first.spans[:] = tidy(first.spans)
        kept = blocks if plain(first.spans).strip() else blocks[1:]
        return Quote(kept, "warning" if match[1].upper() in ("WARNING", "CAUTION") else "note")

    def blocks(self, nodes: Sequence[Any]) -> list[Block]:
        made: list[Block] = []
        for node in nodes:
            kind = node.type
            if kind == "heading":
                spans = tidy(self.spans(node.children[0].children))
                made += [Heading(int(node.tag[1]), spans)] if plain(spans) else []
            elif kind in ("paragraph", "inline"):
                made += self.paragraph(node.children[0] if kind == "paragraph" else node)
            elif kind in ("bullet_list", "ordered_list"):
                start = int(node.attrs.get("start", 1)) if kind == "ordered_list" else None
                made.append(BulletList([self.blocks(item.children) for item in node.children], start))
            elif kind == "blockquote":
                made.append(self.quote(node))
            elif kind == "table":
                made.append(self.table(node))
            elif kind in ("fence", "code_block"):
                made.append(Code(node.content.rstrip("\n")))
            elif kind == "html_block" and (shown := _COMMENT.sub("", node.content).strip()):
                made.append(Paragraph([Span(shown)]))
        return made


def read_markdown(
    text: str, lang: str = "zh", attachments: Callable[[str], str] = lambda address: ""
) -> tuple[list[Block], list[str]]:
    """(blocks, warnings) of a Markdown text; pictures come from ``attachments`` or ``data:`` addresses only."""
    from markdown_it.tree import SyntaxTreeNode

    reader = _Reader(lang, attachments)
    return reader.blocks(SyntaxTreeNode(_parser().parse(text)).children), reader.warnings
