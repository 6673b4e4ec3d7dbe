"""The document as one HTML file that needs nothing else to be read: style, script, figures and
fonts are inside it, and its content policy forbids any request.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup, escape

from analysis.publishing import drawings, fonts
from analysis.publishing.document import (
    TEMPLATES,
    Cell,
    Document,
    Figure,
    Heading,
    Span,
    Table,
    merged,
    plain,
    texts,
    walk,
)
from analysis.publishing.markup import looks_numeric

_HAN = "\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(rf"([{_HAN}](?:[{_HAN}\uff00-\uffef“”‘’…·\s\d]*[{_HAN}\uff00-\uffef])?)")
_SHOWN_ROWS = 400


@cache
def template_text(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def tongue(text: str, lang: str) -> Markup:
    """``text`` escaped; in an English page its Chinese words are marked as Chinese."""
    if lang == "zh" or text.isascii():
        return escape(text)
    pieces = _CHINESE.split(text)
    return Markup("").join(
        Markup('<span lang="zh-CN">{}</span>').format(p) if i % 2 else escape(p) for i, p in enumerate(pieces)
    )


def spans_as_html(spans: Sequence[Span], lang: str) -> Markup:
    made = Markup("")
    for span in spans:
        piece = Markup("<br>").join(tongue(line, lang) for line in span.text.split("\n"))
        for tag, is_set in (("code", span.code), ("em", span.emphasis), ("strong", span.strong)):
            if is_set:
                piece = Markup("<{0}>{1}</{0}>").format(Markup(tag), piece)
        if span.href.startswith(("http", "mailto")):
            piece = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(span.href, piece)
        elif span.href:
            piece = Markup('<a href="{}">{}</a>').format(span.href, piece)
        made += piece
    return made


def _cell_class(table: Table, column: int, cell: Cell, part: str) -> str:
    text = plain(cell.spans)
    width = (
        "num"
        if len(text) <= (6 if part == "head" else 9) or looks_numeric([text])
        else "mid"
        if len(text) <= 24
        else "long"
    )
    return f"{table.aligns[column]} {width}"


def _rows(table: Table, part: str) -> list[list[tuple[Cell, int, int, str]]]:
    grid = table.head if part == "head" else table.rows
    made = []
    for row, full in zip(merged(grid, range(len(table.aligns))), grid, strict=True):
        places = {id(cell): full.index(cell) for cell, _, _ in row}
        made.append(
            [(c, across, down, _cell_class(table, places[id(c)], c, part)) for c, across, down in row]
        )
    return made


def _is_plain(table: Table) -> bool:
    """May the rows be sorted: no cell spans others?"""
    return len(table.head) == 1 and all(len(set(row)) == len(row) for row in (*table.head, *table.rows))


def _raster_address(figure: Figure) -> str:
    kind = "png" if figure.raster.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(figure.raster).decode('ascii')}"


@cache
def environment(lang: str) -> jinja2.Environment:
    """Jinja with escaping always on, and the filters of the page templates."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(str(TEMPLATES)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "kind": lambda block: type(block).__name__,
        "spans": lambda spans: spans_as_html(spans, lang),
        "tongue": lambda text: tongue(text, lang),
        "plain": plain,
        "rows": _rows,
        "sortable": _is_plain,
        # Drawings went through drawings.sanitise: known elements and attributes only.
        "drawing": lambda figure: Markup(figure.svg),
        "raster": _raster_address,
    }
    return made


def _digest(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii") + "'"


def policy(style: str, script: str = "") -> str:
    """The content policy of a page: this style and this script by their hash, embedded fonts and pictures, nothing else."""
    run = f"script-src {_digest(script)}; " if script else ""
    return (
        f"default-src 'none'; style-src {_digest(style)}; {run}font-src data:; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _shown(document: Document) -> str:
    """Every character that the page may show."""
    parts = [
        document.title,
        document.scope,
        document.as_of,
        *document.front,
        *document.aside,
        *document.words.values(),
    ]
    for block in walk(document.blocks):
        parts += texts(block)
        if isinstance(block, Figure):
            parts += drawings.texts(block.svg) if block.svg else []
            parts += [*block.columns, *(str(value) for row in block.rows for value in row)]
    return "".join(parts)


def write_html(
    document: Document,
    path: Path,
    *,
    data_links: Mapping[str, str] | None = None,
    related: Sequence[tuple[str, str]] = (),
) -> Path:
    """Write ``document`` as one self-contained page.

    ``data_links``: figure anchor → relative address of its CSV; ``related``: (address, words) of further pages.
    """
    # All characters in both weights: what is bold where is the style sheet's business.
    shown = _shown(document) + "".join(words for _, words in related) + "↕↑↓•"
    style = fonts.css_faces(shown, shown, document.lang) + "\n" + template_text("briefing.css")
    script = template_text("briefing.js")
    page = (
        environment(document.lang)
        .get_template("briefing.html.j2")
        .render(
            doc=document,
            w=document.words,
            html_lang="zh-CN" if document.lang == "zh" else "en",
            policy=policy(style, script),
            style=Markup(style),
            script=Markup(script),
            contents=[b for b in document.blocks if isinstance(b, Heading) and b.level <= 2],
            related=list(related),
            data_links=dict(data_links or {}),
            shown_rows=_SHOWN_ROWS,
        )
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path
